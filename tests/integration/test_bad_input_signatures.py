"""Bad signature headers, one by one: exit 1 and a sentence, whether they come in argv or on standard input."""

from __future__ import annotations

import base64
from itertools import count
from pathlib import Path

import pytest
from cli_driver import Call, Done, signkit, signkit_all

from tests import key_texts
from tests.rsa_oracle import int_key

KEY = int_key()
N, K = KEY.n, KEY.k


def _with_room_for_n() -> tuple[str, int]:
    """A message, as the value looked up, and its signature s: s + n has 256 octets, and base64url differs."""
    for number in count():
        s = int.from_bytes(KEY.sign(b"%d" % number))
        if s + N < 1 << (8 * K) and set(base64.b64encode(s.to_bytes(K))) & set(b"+/"):
            return str(number), s
    raise AssertionError


VALUE, S = _with_room_for_n()
RAW = S.to_bytes(K)
GOOD = base64.b64encode(RAW)


def text(number: int, octets: int = K) -> bytes:
    return base64.b64encode(number.to_bytes(octets))


# header -> a piece of the sentence
INVALID = {
    "empty": (b"", "the header is empty"),
    "blanks alone": (b" \t ", "the header is empty"),
    "255 bytes": (base64.b64encode(RAW[:255]), "255 bytes, where the modulus has 256"),
    "257 bytes, zero before": (text(S, 257), "257 bytes"),
    "257 bytes, zero after": (base64.b64encode(RAW + b"\0"), "257 bytes"),
    "n": (text(N), "anybody can write down"),
    "above n": (text((1 << (8 * K)) - 1), "not less than the modulus"),
    "s + n": (text(S + N), "modulus"),
    "zero": (bytes(344 - 2).replace(b"\0", b"A") + b"==", "zero bytes"),
    "one": (text(1), "anybody can write down"),
    "base64url": (base64.urlsafe_b64encode(RAW), "base64url"),
    "line-wrapped": (base64.encodebytes(RAW).rstrip(b"\n"), "wrapped into lines"),
    "line-wrapped with CR": (base64.encodebytes(RAW).rstrip(b"\n").replace(b"\n", b"\r\n"), "wrapped into lines"),
    "hex": (RAW.hex().encode(), "hex"),
    "no padding": (GOOD.rstrip(b"="), "padding"),
    "surplus padding": (GOOD + b"==", ""),
    "in quotes": (b'"' + GOOD + b'"', "in quotes"),
    "with the header's name": (b"x-signature: " + GOOD, "preceded by a scheme or name"),
    "twice": (GOOD + b", " + GOOD, "comma"),
    "UTF-8 before": ("é".encode() + GOOD, "not base64"),
    "Latin-1 before": (b"\xe9" + GOOD, "not base64"),
    "no-break space after": (GOOD + "\u00a0".encode(), "not base64"),
    "lone surrogate": (b"\xed\xa0\x80" + GOOD, "not base64"),
    "raw octets": (RAW.replace(b"\0", b"\1"), ""),
    "a PEM": (b"-----BEGIN SIGNATURE-----", ""),
}
STDIN_ONLY = {
    "NUL before": (b"\0" + GOOD, "not base64"),
    "10 MB of base64": (b"A" * 10_000_000, "7500000 bytes, where the modulus has 256"),
    "10 MB of dashes": (b"-" * 10_000_000, ""),
}
VALID = {
    "as it is": GOOD,
    "blanks at the ends": b" \t " + GOOD + b"  \t",
}
LINE_ENDS = {"LF": GOOD + b"\n", "CR LF": GOOD + b"\r\n"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("signatures")
    (made / "public.pem").write_bytes(key_texts.pem("PUBLIC KEY", key_texts.spki(N, KEY.e)))
    return made


@pytest.fixture(scope="module")
def told(folder: Path) -> dict[str, Done]:
    verify = ("verify", "--public-key", "public.pem", "--form", "payout_lookup", "--value", VALUE, "--signature")
    headers = {name: header for name, (header, _) in (INVALID | STDIN_ONLY).items()} | VALID | LINE_ENDS
    calls = {f"stdin {name}": Call((*verify, "-"), stdin=header) for name, header in headers.items()}
    for name in (*INVALID, *VALID, *LINE_ENDS):
        calls[f"argv {name}"] = Call((*verify, headers[name].decode("utf-8", "surrogateescape")))
    return signkit_all(calls, folder)


@pytest.mark.parametrize(
    "name", [f"stdin {name}" for name in INVALID | STDIN_ONLY] + [f"argv {name}" for name in INVALID]
)
def test_an_invalid_header_is_exit_1_and_a_sentence(name: str, told: dict[str, Done]) -> None:
    done = told[name]
    assert (done.code, done.err) == (1, "")
    _, sentence = (INVALID | STDIN_ONLY)[name.partition(" ")[2]]
    assert done.text.startswith("invalid: ")
    assert sentence in done.text
    assert done.text.count("\n") == 1
    assert len(done.text) < 400


@pytest.mark.parametrize("name", [f"{way} {name}" for way in ("stdin", "argv") for name in VALID])
def test_blanks_at_the_ends_are_no_part_of_it(name: str, told: dict[str, Done]) -> None:
    assert (told[name].code, told[name].text) == (0, "valid: the signature fits the message\n")


def test_a_line_end_belongs_to_standard_input_but_not_to_a_header(told: dict[str, Done]) -> None:
    for name in LINE_ENDS:
        assert told[f"stdin {name}"].code == 0
        assert told[f"argv {name}"].code == 1
        assert "newline" in told[f"argv {name}"].text


def test_standard_input_is_not_shared(folder: Path) -> None:
    words = ("verify", "--public-key", "public.pem", "--form", "webhook", "--body", "-", "--signature", "-")
    done = signkit(*words, stdin=GOOD, cwd=folder)
    assert (done.code, done.out) == (2, b"")
    assert "standard input is asked for twice: for the body and for the signature" in done.err


def test_a_strict_locale_reads_octets_too(folder: Path) -> None:
    words = ("verify", "--public-key", "public.pem", "--form", "payout_lookup", "--value", VALUE, "--signature", "-")
    done = signkit(*words, stdin=b"\xff" + GOOD, env={"PYTHONIOENCODING": "utf-8:strict"}, cwd=folder)
    assert (done.code, done.err) == (1, "")
