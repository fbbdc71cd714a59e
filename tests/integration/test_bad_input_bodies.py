"""Bad bodies and messages, one by one: ``sign`` signs the bytes as they stand and tells, ``minify`` refuses with the
offset, ``lint`` names the rule; and what is huge costs time and memory in proportion."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cli_driver import Call, Done, measured, signkit, signkit_all

from signing_core import PayloadError, PrivateKey, canonical, lint, messages
from tests import key_texts
from tests.rsa_oracle import int_key

KEY = int_key()
URL = "https://h.example/t/"
MB = 1_000_000


class Bad(NamedTuple):
    """A body that is not as it should be."""

    body: bytes
    rule: str  # of lint
    place: int | None  # byte offset at which minify refuses it, None if it passes
    minified: bytes = b""


BODIES = {
    "empty": Bad(b"", "json-invalid", 0),
    "blank": Bad(b" \n", "json-invalid", 2),
    "not JSON": Bad(b"amount=150", "json-invalid", 0),
    "NaN": Bad(b'{"a":NaN}', "json-invalid", 5),
    "byte order mark": Bad(b'\xef\xbb\xbf{"a":1}', "json-invalid", 0),
    "UTF-16": Bad('{"a":1}'.encode("utf-16"), "json-invalid", 0),
    "Latin-1": Bad(b'{"a":"caf\xe9"}', "json-invalid", 9),
    "surrogate in UTF-8": Bad(b'{"a":"\xed\xa0\x80"}', "json-invalid", 6),
    "surrogate as an escape": Bad(b'{"a": "\\ud800"}', "json-lone-surrogate", None, b'{"a":"\\ud800"}'),
    "100 000 arrays": Bad(b"[" * 100_000 + b"]" * 100_000, "json-invalid", 100),
    "100 000 objects": Bad(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "json-invalid", 500),
    "never closed": Bad(b"[" * 100_000, "json-invalid", 100),
    "65 deep": Bad(b"[" * 65 + b" " + b"]" * 65, "json-depth", None, b"[" * 65 + b"]" * 65),
    "binary": Bad(bytes(range(256)), "json-invalid", 0),
    "NUL in a string": Bad(b'{"a":"\0"}', "json-invalid", 6),
    "a name twice": Bad(b'{"a":1, "a":2}', "json-duplicate-name", None, b'{"a":1,"a":2}'),
    "huge exponent": Bad(b'{"a": 1e999}', "json-exponent", None, b'{"a":1e999}'),
    "a million digits": Bad(b" " + b"9" * MB, "json-integer-over-64-bit", None, b"9" * MB),
    "cut off": Bad(b'{"a":"b', "json-invalid", 7),
    "two values": Bad(b"{} {}", "json-invalid", 3),
}
PASSING = [name for name, bad in BODIES.items() if bad.place is None]
REFUSED = [name for name, bad in BODIES.items() if bad.place is not None]


def post(body: bytes) -> bytes:
    return b"POST" + URL.encode() + body


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("bodies")
    (made / "private.pem").write_bytes(KEY.pem)
    (made / "public.pem").write_bytes(key_texts.pem("PUBLIC KEY", key_texts.spki(KEY.n, KEY.e)))
    return made


@pytest.fixture(scope="module")
def told(folder: Path) -> dict[str, Done]:
    calls = {}
    sign = ("sign", "--key", "private.pem", "--method", "POST", "--url", URL, "--body")
    for number, (name, bad) in enumerate(BODIES.items()):
        file = f"{number}.json"
        (folder / file).write_bytes(bad.body)
        calls[f"sign {name}"] = Call((*sign, file, "--output", "signature"))
        calls[f"sign --minify {name}"] = Call((*sign, file, "--minify"))
        calls[f"minify {name}"] = Call(("minify", file))
        calls[f"minify - {name}"] = Call(("minify", "-"), stdin=bad.body)
        calls[f"lint {name}"] = Call(("lint", file, "--json"))
    return signkit_all(calls, folder)


@pytest.mark.parametrize("name", BODIES)
def test_sign_takes_the_bytes_as_they_stand_and_tells(name: str, told: dict[str, Done]) -> None:
    done = told[f"sign {name}"]
    assert (done.code, base64.b64decode(done.out)) == (0, KEY.sign(post(BODIES[name].body)))
    assert f"[{BODIES[name].rule}, " in done.err or not BODIES[name].body
    assert len(done.err) < 2000


@pytest.mark.parametrize("name", REFUSED)
def test_minify_refuses_with_the_offset(name: str, told: dict[str, Done]) -> None:
    for way in ("sign --minify", "minify", "minify -"):
        done = told[f"{way} {name}"]
        assert (done.code, done.out) == (2, b"")
        assert f"JSON, byte {BODIES[name].place}: " in done.err
        assert ("standard input: " if way == "minify -" else ".json: ") in done.err
        assert len(done.err) < 400


@pytest.mark.parametrize("name", PASSING)
def test_minify_keeps_tokens_that_are_only_doubtful(name: str, told: dict[str, Done]) -> None:
    minified = BODIES[name].minified
    assert (told[f"minify {name}"].code, told[f"minify {name}"].out) == (0, minified)
    assert told[f"minify - {name}"].out == minified
    header, _, body = told[f"sign --minify {name}"].out.partition(b"\n\n")
    assert body == minified + b"\n"
    assert base64.b64decode(header.removeprefix(b"x-signature: ")) == KEY.sign(post(minified))


@pytest.mark.parametrize("name", BODIES)
def test_lint_names_the_rule(name: str, told: dict[str, Done]) -> None:
    done = told[f"lint {name}"]
    findings = {finding["rule"]: finding for finding in json.loads(done.out)["findings"]}
    finding = findings[BODIES[name].rule]
    assert done.code == (1 if finding["severity"] == "error" else 0)
    assert finding["mend"]
    if BODIES[name].place is not None:
        assert finding["place"] == BODIES[name].place


@pytest.mark.parametrize("name", BODIES)
def test_the_library_says_the_same(name: str) -> None:
    body, rule, place, minified = BODIES[name]
    assert rule in [finding.rule for finding in lint.json(body)]
    if place is None:
        assert canonical.minify(body) == minified
    else:
        with pytest.raises(PayloadError) as error:
            canonical.minify(body)
        assert error.value.place == place


def test_a_body_on_the_command_line_is_refused_and_not_repeated(folder: Path) -> None:
    body = '{"card_number": "4111111111111111"}'
    for words in (("minify", body), ("sign", "--key", "private.pem", "--form", "webhook", "--body", body)):
        done = signkit(*words, cwd=folder)
        assert (done.code, done.out) == (2, b"")
        assert "itself stands on the command line: give a file, - for standard input" in done.err
        assert "4111" not in done.err


# Messages that are not bytes


NOT_BYTES: tuple[Any, ...] = ("text", None, 24, 1.5, ["a"], {"a": 1}, object())


@pytest.mark.parametrize("value", NOT_BYTES, ids=lambda value: type(value).__name__)
def test_what_is_not_bytes_is_a_type_error_that_names_the_type(value: Any) -> None:
    key = PrivateKey.from_pem(KEY.pem)
    public = key.public_key
    good = key.sign(b"")
    calls: tuple[Callable[[], object], ...] = (
        lambda: key.sign(value),
        lambda: key.sign_many([b"", value]),
        lambda: public.verify(value, good),
        lambda: public.verify(b"", value),
        lambda: public.verify_many([value], [good]),
        lambda: public.verify_many([b""], [value]),
        lambda: messages.request("POST", URL, value),
        lambda: messages.response(value),
        lambda: messages.webhook(value),
        lambda: canonical.minify(value),
        lambda: lint.json(value),
    )
    for call in calls:
        with pytest.raises(TypeError, match=type(value).__name__):
            call()


def test_an_empty_message_is_signed(folder: Path) -> None:
    done = signkit("sign", "--key", "private.pem", "--form", "webhook", "--body", "/dev/null", cwd=folder)
    assert done.code == 0
    assert base64.b64decode(done.text.removeprefix("x-signature: ")) == KEY.sign(b"")


# Huge ones. No times are asserted, for the machine may be busy; memory is.


@pytest.fixture(scope="module")
def baseline_memory(folder: Path) -> int:
    """What the command takes for next to nothing, in bytes."""
    return measured("minify", "/dev/null", cwd=folder)[1]


def members(size: int = 60 * MB) -> bytes:
    item = b'{"id": 12345, "amount": 150.25, "city": "Toyengata 53", "ok": true, "x": [1, 2, 3]}, '
    return b"[ " + item * (size // len(item)) + b"null ]"


@pytest.mark.big
def test_a_message_of_100_mb(folder: Path, baseline_memory: int) -> None:
    body = bytes(range(256)) * (100 * MB // 256)
    (folder / "big").write_bytes(body)
    expected = base64.b64encode(KEY.sign(post(body)))
    request = ("--method", "POST", "--url", URL, "--body", "big")
    done, peak = measured("sign", "--key", "private.pem", *request, "--output", "signature", cwd=folder)
    assert (done.code, done.out) == (0, expected + b"\n")
    assert "[json-unread, " in done.err
    assert peak - baseline_memory < 3.1 * len(body)
    done, peak = measured(
        "verify", "--public-key", "public.pem", "--signature", expected.decode(), *request, cwd=folder
    )
    assert (done.code, done.out) == (0, b"valid: the signature fits the message\n")
    assert peak - baseline_memory < 3.1 * len(body)


@pytest.mark.big
def test_a_message_of_100_mb_through_the_library(folder: Path) -> None:
    code = f"""
import resource, sys
from signing_core import PrivateKey, PublicKey
message = bytes({100 * MB})
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
signature = PrivateKey.from_file("private.pem").sign(message)
PublicKey.from_file("public.pem").verify(message, signature)
print(signature.hex(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    done, _ = measured("-c", code, cwd=folder, command=(sys.executable,))
    assert (done.code, done.err) == (0, "")
    made, more = done.text.split()
    assert bytes.fromhex(made) == KEY.sign(bytes(100 * MB))
    assert int(more) * 1024 < 50 * MB  # the message is not copied


def escapes(size: int = 60 * MB) -> bytes:
    return b'{"a": "' + b"\\u00e9" * (size // 6) + b'"}'


def blanks(size: int = 100 * MB) -> bytes:
    return b" " * size + b"1"


@pytest.mark.big
@pytest.mark.parametrize(("make", "size"), [(members, 200 * MB), (escapes, 60 * MB)])
def test_minifying_a_huge_body(make: Callable[[int], bytes], size: int, folder: Path, baseline_memory: int) -> None:
    body = make(size)
    (folder / "big").write_bytes(body)
    done, peak = measured("minify", "big", cwd=folder)
    minified = body.replace(b" ", b"").replace(b"Toyengata53", b"Toyengata 53")
    assert (done.code, done.err) == (0, "")
    assert done.out == minified
    assert peak - baseline_memory < 3.1 * len(body)


@pytest.mark.big
def test_signing_a_huge_body_minified(folder: Path, baseline_memory: int) -> None:
    body = members()
    (folder / "big").write_bytes(body)
    minified = body.replace(b" ", b"").replace(b"Toyengata53", b"Toyengata 53")
    request = ("--method", "POST", "--url", URL, "--body", "big", "--minify")
    done, peak = measured("sign", "--key", "private.pem", *request, "--output", "signature", cwd=folder)
    assert (done.code, base64.b64decode(done.out)) == (0, KEY.sign(post(minified)))
    assert peak - baseline_memory < 3.1 * len(body)


@pytest.mark.big
@pytest.mark.parametrize(
    ("body", "rules"),
    [
        (lambda: escapes(6 * MB), ["json-whitespace", "json-non-ascii-escape"]),
        (blanks, ["json-outer-whitespace"]),
    ],
    ids=["a million escapes", "100 MB of blanks"],
)
def test_lint_takes_memory_in_proportion(
    body: Callable[[], bytes], rules: list[str], folder: Path, baseline_memory: int
) -> None:
    size = (folder / "big").write_bytes(body())
    done, peak = measured("lint", "big", "--json", cwd=folder)
    assert (done.code, [finding["rule"] for finding in json.loads(done.out)["findings"]]) == (0, rules)
    assert peak - baseline_memory < 3 * size + 10 * MB


@pytest.mark.big
def test_an_endless_body_ends(folder: Path) -> None:
    done = signkit("lint", "/dev/zero", cwd=folder)
    assert (done.code, done.out) == (2, b"")
    assert "the text in '/dev/zero' is longer than 1073741824 bytes" in done.err
