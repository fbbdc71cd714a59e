"""sign, verify, minify, lint, keys, version, as a user calls them; oracles: pyca/cryptography and the document."""

from __future__ import annotations

import base64
import json
import re
import shlex
import stat
import subprocess
from pathlib import Path

import pytest
from cli_driver import COMMAND, signkit
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

VECTORS = Path(__file__).parents[2] / "vectors"
BASE = "https://api-dev.cdnsoftwaretech.com/api/v1/merchant/transactions/"


def document_files() -> list[dict]:
    return [json.loads(p.read_text()) for p in sorted(VECTORS.glob("*/*.json")) if p.parent.name != "schema"]


def documented_requests() -> list[tuple[str, str, bytes, str]]:
    """(method, url, body, signature) of the document's three printed request signatures (S43)."""
    found = {}
    for file in document_files():
        for case in file["cases"]:
            if case["op"] == "verify" and "S43" in case["clauses"] and case["expect"] == {"valid": True}:
                i = case["input"]
                if i["form"] == "request" and case["differs_from"] is None:
                    found[i["signature"]] = (i["method"], i["url"], base64.b64decode(i["body"]), i["signature"])
    return list(found.values())


@pytest.fixture(scope="module")
def doc_key() -> str:
    for file in document_files():
        for name, key in file["keys"].items():
            if name == "doc":
                return key["private_pem"]
    raise AssertionError("no vector file holds the document's key")


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    key = rsa.generate_private_key(65537, 2048)
    path = tmp_path / "key.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    public = key.public_key()
    (tmp_path / "pub.pem").write_bytes(
        public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return path


def test_the_documented_signatures_come_out_byte_for_byte(doc_key: str, tmp_path: Path) -> None:
    requests = documented_requests()
    assert len(requests) == 3
    for method, url, body, expected in requests:
        words = ["sign", "--key", "env:DOC_KEY", "--method", method, "--url", url, "--output", "signature"]
        if body:
            words += ["--body", "-"]
        done = signkit(*words, stdin=body, env={"DOC_KEY": doc_key})
        assert (done.code, done.text) == (0, expected + "\n")
        assert "P40" in done.err  # the key is public: said every time


@pytest.mark.parametrize(
    "url",
    [
        "https://api.cdnsoftwaretech.com/api/v1/merchant/transactions/",
        "https://API.cdnsoftwaretech.com.:443/t/",
        "https://api.cdnsoftwaretech.com?external_id=24",
        "https://api%2Ecdnsoftwaretech%2ecom/t/",
    ],
)
@pytest.mark.parametrize("form", ["request", "payout_lookup"])
def test_the_documents_key_does_not_sign_for_production(doc_key: str, url: str, form: str) -> None:
    words = ("sign", "--key", "env:DOC_KEY", "--form", form, "--method", "GET", "--url", url)
    lookup = ("--value", "24") if form == "payout_lookup" else ()
    done = signkit(*words, *lookup, env={"DOC_KEY": doc_key})
    assert done.code == 2
    assert "private half is public" in done.err
    assert done.out == b""
    assert doc_key[100:140] not in done.err


def test_every_form_is_sent_to_a_url_that_can_be_signed(key_file: Path) -> None:
    url = "https://user@host.example/payouts?uuid=24"
    done = signkit("sign", "--key", key_file, "--form", "payout_lookup", "--value", "24", "--url", url)
    assert (done.code, done.out) == (2, b"")
    assert "P43" in done.err


@pytest.mark.parametrize("is_pem", [True, False])
def test_a_key_in_base64_on_the_command_line_is_not_repeated(key_file: Path, is_pem: bool) -> None:
    pem = key_file.read_bytes()
    text = (base64.b64encode(pem) if is_pem else b"".join(pem.splitlines()[1:-1])).decode()
    for words in (("sign", "--key", text, "--form", "payout_lookup", "--value", "24"), ("keys", "show", text)):
        done = signkit(*words)
        assert done.code == 2
        assert "must not stand on the command line" in done.err
        assert text[:40] not in done.err


def test_sign_agrees_with_pyca_and_verify_takes_it(key_file: Path) -> None:
    key = serialization.load_pem_private_key(key_file.read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    body = b'{"a": 1}'
    done = signkit("sign", "--key", key_file, "--method", "POST", "--url", BASE, "--body", "-", stdin=body)
    expected = base64.b64encode(key.sign(b"POST" + BASE.encode() + body, padding.PKCS1v15(), hashes.SHA256())).decode()
    assert (done.code, done.text) == (0, f"x-signature: {expected}\n")
    common = ("verify", "--public-key", key_file.parent / "pub.pem", "--method", "POST", "--url", BASE)
    good = signkit(*common, "--body", "-", "--signature", expected, stdin=body)
    assert good.code == 0
    assert good.text.startswith("valid")
    bad = signkit(*common, "--body", "-", "--signature", expected, stdin=b'{"a":1}')
    assert bad.code == 1
    assert bad.text.startswith("invalid: message")


def test_minify_prints_the_body_that_was_signed(key_file: Path) -> None:
    key = serialization.load_pem_private_key(key_file.read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    done = signkit(
        *("sign", "--key", key_file, "--method", "POST", "--url", BASE, "--body", "-", "--minify"),
        stdin=b'{ "city": "a b",\n "n": 1.50 }',
    )
    headers, body = done.out.split(b"\n\n")
    assert body == b'{"city":"a b","n":1.50}\n'
    signed = base64.b64decode(headers.partition(b": ")[2])
    message = b"POST" + BASE.encode() + body.rstrip(b"\n")
    key.public_key().verify(signed, message, padding.PKCS1v15(), hashes.SHA256())


def test_message_and_curl_and_json(key_file: Path, tmp_path: Path) -> None:
    common = ("sign", "--key", key_file, "--method", "POST", "--url", BASE, "--body", "-", "--merchant-id", "m-1")
    assert signkit(*common, "--output", "message", stdin=b"{}").out == b"POST" + BASE.encode() + b"{}"
    words = shlex.split(signkit(*common, "--output", "curl", stdin=b'{"o":"O\'Brien"}').text)
    assert words[0] == "curl"
    assert words[words.index("--data-binary") + 1] == '{"o":"O\'Brien"}'
    assert "x-merchant-id: m-1" in words
    data = json.loads(signkit(*common, "--json", stdin=b"{}").out)
    assert set(data) == {"form", "headers", "signature", "message", "body", "key", "findings"}


def test_card_numbers_come_from_anywhere_but_argv(key_file: Path) -> None:
    common = ("sign", "--key", key_file, "--form", "payout_card_details", "--transaction-id", "abc", "--card-number")
    refused = signkit(*common, "4242424242424242")
    assert refused.code == 2
    assert "4242424242424242" not in refused.err
    done = signkit(*common, "-", "--output", "message", stdin=b"4242424242424242\n")
    assert done.out == b"abc4242424242"
    short = signkit(*common, "env:CARD", env={"CARD": "42424242424"})
    assert short.code == 2
    assert "42424242424" not in short.err


def test_a_key_on_the_command_line_is_refused_and_not_repeated(key_file: Path) -> None:
    pem = key_file.read_text()
    done = signkit("sign", "--key", pem, "--method", "GET", "--url", BASE)
    assert done.code == 2
    assert pem[40:80] not in done.err
    secret = signkit("keys", "show", key_file, "--password", "correct horse")
    assert secret.code == 2
    assert "correct horse" not in secret.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("sign", "--key", "nowhere.pem", "--method", "GET", "--url", BASE), "nowhere.pem"),
        (("sign", "--key", "env:NO_SUCH", "--method", "GET", "--url", BASE), "NO_SUCH"),
        (("sign", "--key", "-", "--body", "-", "--method", "POST", "--url", BASE), "twice"),
        (("sign", "--key", "KEY", "--url", BASE), "--method"),
        (("sign", "--key", "KEY", "--method", "get", "--url", BASE), "P44"),
        (("sign", "--key", "KEY", "--method", "GET", "--url", "https://h.example/a b"), "P43"),
        (("sign", "--key", "KEY", "--form", "webhook"), "--body"),
        (("minify", "nowhere.json"), "nowhere.json"),
        (("list", "--id", "no/such/*"), "no/such"),
        (("show", "no/such/case"), "no/such/case"),
        (("nonsense",), "nonsense"),
        (("run", "ftp://x"), "cmd:"),
        (("run", "python:conformance.reference:Reference", "--report", "json:/no/such/folder/x"), "/no/such/folder/x"),
        (("run", "python:conformance.reference:Reference", "--report", "xlsx:x"), "xlsx"),
    ],
)
def test_a_users_mistake_is_told_in_words(words: tuple[str, ...], told: str, key_file: Path) -> None:
    done = signkit(*(str(key_file) if w == "KEY" else w for w in words), stdin=key_file.read_bytes())
    assert done.code == 2
    assert told in done.err
    assert done.out == b""


@pytest.mark.parametrize(
    ("text", "offset"), [(b"", 0), (b'{"a":NaN}', 5), (b"\xef\xbb\xbf{}", 0), (b"[" * 100_000, 100), (b'{"a":1} x', 8)]
)
def test_minify_refuses_with_the_offset(text: bytes, offset: int) -> None:
    done = signkit("minify", "-", stdin=text)
    assert (done.code, done.out) == (2, b"")
    assert re.search(rf"\b{offset}\b", done.err)


def test_lint_of_text_and_url() -> None:
    clean = signkit("lint", "-", stdin=b'{"external_id":"a","currency":"eur"}')
    assert clean.code == 0
    warned = signkit("lint", "-", "--json", stdin=b'{"amount":150.20}')
    assert warned.code == 0
    assert [f["severity"] for f in json.loads(warned.out)["findings"]].count("warning") >= 1
    assert signkit("lint", "-", stdin=b'{"a":NaN}').code == 1
    assert signkit("lint", "https://h.example/#f").code == 1


def test_keys_are_written_private_and_never_over_a_file(tmp_path: Path) -> None:
    private, public = tmp_path / "k.pem", tmp_path / "p.pem"
    done = signkit("keys", "generate", "--out", private, "--public-out", public)
    assert done.code == 0
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    before = private.read_bytes()
    again = signkit("keys", "generate", "--out", private)
    assert again.code == 2
    assert str(private) in again.err
    assert private.read_bytes() == before
    shown = json.loads(signkit("keys", "show", private, "--json").out)
    assert shown["public_pem"] == public.read_text()
    assert "PRIVATE" not in json.dumps(shown)
    checked = signkit("keys", "check", private)
    assert checked.code == 0
    assert "BAD" not in checked.text


def test_encrypted_keys(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("s3cret\n")
    path = tmp_path / "k.pem"
    assert signkit("keys", "generate", "--out", path, "--password", tmp_path / "password").code == 0
    assert "ENCRYPTED" in path.read_text()
    assert signkit("keys", "check", path, "--password", "env:P", env={"P": "s3cret"}).code == 0
    wrong = signkit("keys", "check", path, "--password", "env:P", env={"P": "hunter2"})
    assert wrong.code == 2
    assert "password" in wrong.err
    assert "hunter2" not in wrong.err


def test_full_disk_leaves_nothing_behind(key_file: Path) -> None:
    full_disk = Path("/dev/full")
    if not full_disk.exists():
        pytest.skip("no /dev/full on this system")
    with full_disk.open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "list", "--json"], stdout=full, stderr=subprocess.PIPE, timeout=60, check=False
        )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert b"No space left" in done.stderr


def test_version_tells_what_runs() -> None:
    data = json.loads(signkit("version", "--json").out)
    assert data["backend"] == data["available"][0]
    assert signkit("version").text.startswith("signkit ")
    for name in data["available"]:
        forced = json.loads(signkit("version", "--json", env={"SIGNKIT_BACKEND": name}).out)
        assert forced["backend"] == name
    unknown = signkit("version", env={"SIGNKIT_BACKEND": "abacus"})
    assert unknown.code == 2
    assert "abacus" in unknown.err
