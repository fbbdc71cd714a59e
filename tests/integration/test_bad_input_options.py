"""Bad options and surroundings, one by one: exit 2 and the value's name, secrets left out; and no terminal, locale or
home that the command cannot live with."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import pytest
from cli_driver import Call, Done, signkit, signkit_all

from tests import key_texts
from tests.rsa_oracle import int_key

REFERENCE = "python:conformance.reference:Reference"
KEY = int_key()
CARD = "4111111111111111"
SIGN = "sign --key private.pem"
PAYOUT = f"{SIGN} --form payout_card_details --transaction-id x"
VERIFY = "verify --public-key public.pem --signature AAAA"

# the words of a command -> pieces of what it says
BAD = {
    # what does not exist, and what comes near
    "run R --id minify/blankz": ("no case 'minify/blankz'; there is minify/blanks",),
    "run R --id zzz*": ("no case 'zzz*'",),
    "run R --tag DocExampel": ("no tag 'DocExampel'; there is DocExample",),
    "run R --suite minify-txt": ("no suite 'minify-txt'; there is minify-text",),
    "list --suite nope": ("no suite 'nope'; there is",),
    "show minify/blank": ("no case 'minify/blank'; there is minify/blanks",),
    "show minify/*": ("'minify/*' fits", "name one, such as minify/blanks"),
    "replay minify/blank R": ("no case 'minify/blank'; there is minify/blanks",),
    # numbers
    "run R --timeout 0": ("'--timeout'", "0.0 is not in the range"),
    "run R --timeout -1": ("'--timeout'", "-1.0 is not in the range"),
    "run R --timeout nan": ("'--timeout'", "nan is no number of seconds"),
    "run R --timeout inf": ("'--timeout'", "inf is not in the range"),
    "run R --timeout soon": ("'--timeout'", "'soon' is not a valid"),
    "run R --start-timeout nan": ("'--start-timeout'", "nan is no number of seconds"),
    "doctor R --timeout nan": ("'--timeout'", "nan is no number of seconds"),
    "replay minify/blanks R --timeout inf": ("'--timeout'", "inf is not in the range"),
    "run R --jobs 0": ("'--jobs'", "0 is not in the range 1<=x<=64"),
    "run R --jobs 65": ("'--jobs'", "65 is not in the range 1<=x<=64"),
    "run R --jobs two": ("'--jobs'", "'two' is not a valid"),
    "run R --max-fail 0": ("'--max-fail'", "0 is not in the range x>=1"),
    # words
    "run R --profile lax": ("'lax' is not one of 'default', 'strict'",),
    "run R --report docx:x": ("'docx:x' is not FORMAT:FILE with FORMAT one of text, json, events,",),
    "run R --report json": ("'json' is not FORMAT:FILE",),
    "run R --report json:": ("'json:' is not FORMAT:FILE",),
    "run R extra": ("unexpected extra argument (extra)",),
    "run": ("Missing argument 'TARGET'",),
    "run R --nope": ("No such option",),
    "dance": ("No such command 'dance'",),
    "list --schema nope": ("'nope' is not one of 'protocol', 'vector'",),
    # what a form needs, and what it has no use for
    f"{SIGN}": ("the form request needs --method",),
    f"{SIGN} --method GET": ("the form request needs --url",),
    f"{SIGN} --form nope": ("'nope' is not one of 'request', 'card_details'",),
    f"{SIGN} --form webhook": ("the form webhook needs --body",),
    f"{SIGN} --form payout_lookup": ("the form payout_lookup needs --value",),
    f"{SIGN} --form payout_lookup --value=": ("value is empty",),
    f"{SIGN} --form payout_lookup --value 1 --transaction-id x": (
        "--transaction-id has no part in the form payout_lookup, which takes --value: leave it out",
    ),
    f"{SIGN} --form webhook --body private.pem --value 1": ("--value has no part in the form webhook",),
    f"{SIGN} --form payout_lookup --value 1 --card-number -": ("--card-number has no part in the form",),
    f"{VERIFY} --form webhook --body public.pem --url https://h.example/": ("--url has no part in the form webhook",),
    f"{VERIFY} --form payout_lookup --value 1 --body public.pem": ("--body has no part in the form payout_lookup",),
    f"{PAYOUT}": ("the form payout_card_details needs --card-number",),
    f"{SIGN} --form payout_lookup --value 1 --minify": ("--minify needs --body",),
    f"{SIGN} --form payout_lookup --value 1 --output curl": ("--output curl needs --url",),
    f"{SIGN} --form payout_lookup --value 1 --merchant-id=": ("'' cannot stand in a header",),
    # sources
    f"{SIGN} --form webhook --body no-such-file": ("cannot read the body from 'no-such-file': No such file",),
    f"{SIGN} --form webhook --body=": ("nothing is named to read the body from",),
    "sign --key env:NO_SUCH --form payout_lookup --value 1": ("no variable 'NO_SUCH' to read the private key from",),
    "sign --key env: --form payout_lookup --value 1": ("no variable '' to read the private key from",),
    "sign --key - --password - --form payout_lookup --value 1": (
        "standard input is asked for twice: for the private key and for the password",
    ),
    "sign --key - --form webhook --body -": ("standard input is asked for twice",),
    "verify --public-key - --signature - --form payout_lookup --value 1": ("the public key and for the signature",),
    f"{PAYOUT} --card-number {CARD}": ("the card number must not stand on the command line",),
    f"{PAYOUT} --card-number 4111-1111-1111-1111": ("the card number must not stand on the command line",),
    f"{PAYOUT} --card-number 4111": ("cannot read the card number: No such file",),
    f"{PAYOUT} --card-number env:NO_SUCH": ("no variable 'NO_SUCH' to read the card number from",),
    f"{PAYOUT} --card-number dashes": ("card_number: 3 of its 19 bytes are no digits", "P11"),
    f"{PAYOUT} --card-number eleven": ("card_number: it has 11", "P11"),
    f"{PAYOUT} --card-number /dev/zero": ("the card number in '/dev/zero' is longer than",),
    # no target
    "run cmd:": ("the target 'cmd:' names no command",),
    "run cmd:''": ("names no command",),
    "run foo:bar": ("the target 'foo:bar' is of no known form: a target is cmd:COMMAND LINE",),
    "run php": ("the target 'php' is of no known form",),
    "run python:": ("the target 'python:' does not name a class as python:package.module:Class",),
    "run python:json": ("the target 'python:json' does not name a class",),
    "run python:json:": ("the target 'python:json:' does not name a class",),
    "run http:": ("the target 'http:' has no host",),
    "run http://127.0.0.1:99999/": ("the target 'http://127.0.0.1:99999/' has the port 99999",),
    "run http://tom:secret@127.0.0.1:0/": ("the target 'http://127.0.0.1:0/' has the port 0",),
    "run http://tom:secret@[zz]/": ("the target 'http://[zz]/' is no URL",),
    "run http://xn--/": ("the target 'http://xn--/' is no URL",),
    "doctor foo:bar": ("the target 'foo:bar' is of no known form",),
    "replay minify/blanks foo:bar": ("the target 'foo:bar' is of no known form",),
}
# words with blanks or bytes in them -> a piece of what it says
ODD = {
    ("run", ""): "the target '' is of no known form",
    ("run", 'cmd:php "harness.php'): "cannot be split: No closing quotation; close or escape it",
    ("run", "cmd:php \\"): "cannot be split",
    (*SIGN.split(), "--form", "payout_lookup", "--value", "\udcff"): "value: byte 0xff at 0 is not UTF-8",
    (*SIGN.split(), "--form", "card_details", "--transaction-id", "a\udce9"): "transaction_id: byte 0xe9 at 1",
    (
        *SIGN.split(),
        "--form",
        "payout_lookup",
        "--value",
        "1",
        "--merchant-id",
        "m\r\nx: y",
    ): "cannot stand in a header",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("options")
    (made / "private.pem").write_bytes(KEY.pem)
    (made / "public.pem").write_bytes(key_texts.pem("PUBLIC KEY", key_texts.spki(KEY.n, KEY.e)))
    (made / "dashes").write_text("4111-1111-1111-1111\n")
    (made / "eleven").write_text("41111111111\n")
    shipped = json.loads((Path(__file__).parents[2] / "vectors/minify/minify-text.json").read_text())
    (made / "two.json").write_text(json.dumps({**shipped, "cases": shipped["cases"][:2]}))
    return made


@pytest.fixture(scope="module")
def told(folder: Path) -> dict[str, Done]:
    calls = {words: Call([REFERENCE if word == "R" else word for word in words.split()]) for words in BAD}
    return signkit_all(calls | {repr(words): Call(words) for words in ODD}, folder)


@pytest.mark.parametrize("words", BAD)
def test_a_bad_word_is_exit_2_and_named(words: str, told: dict[str, Done]) -> None:
    done = told[words]
    assert (done.code, done.out) == (2, b"")
    assert [piece for piece in BAD[words] if piece not in done.err] == []
    for secret in (CARD, "4111-1111", "secret"):
        assert secret not in done.err


@pytest.mark.parametrize("words", ODD)
def test_an_odd_word_is_exit_2_and_told(words: tuple[str, ...], told: dict[str, Done]) -> None:
    done = told[repr(words)]
    assert (done.code, done.out) == (2, b"")
    assert ODD[words] in done.err


def test_verify_takes_octets_that_are_no_utf8(folder: Path) -> None:
    header = base64.b64encode(KEY.sign(b"\xff")).decode()
    words = ("verify", "--public-key", "public.pem", "--form", "payout_lookup", "--value", "\udcff")
    assert signkit(*words, "--signature", header, cwd=folder).code == 0


def test_cases_that_exclude_each_other_are_none(folder: Path) -> None:
    done = signkit("list", "--suite", "minify-text", "--id", "request/*")
    assert (done.code, done.out, done.err) == (0, b"", "0 cases\n")


# Surroundings

PLACES = {
    "nothing set": {},
    "C": {"LC_ALL": "C"},
    "C without UTF-8 mode": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "POSIX without UTF-8 mode": {"LANG": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "no such locale": {"LC_ALL": "xx_YY.bogus"},
    "ASCII": {"PYTHONIOENCODING": "ascii:strict"},
    "Latin-1": {"PYTHONIOENCODING": "latin-1:strict"},
    "dumb terminal": {"TERM": "dumb"},
    "no terminal type": {"TERM": ""},
    "40 columns": {"COLUMNS": "40"},
    "1 column": {"COLUMNS": "1"},
    "0 columns": {"COLUMNS": "0"},
    "colours": {"FORCE_COLOR": "1"},
    "home that is not there": {"HOME": "/nonexistent"},
}
COMMANDS = {
    ("run", "cmd:no-such-caf\u00e9", "--vectors", "two.json"): 3,
    ("lint", "caf\u00e9.json"): 1,
}


@pytest.mark.parametrize("place", PLACES)
def test_every_surrounding_will_do(place: str, folder: Path) -> None:
    """What is not ASCII is shown or escaped. These are real starts, since the start is what is tried."""
    (folder / "caf\u00e9.json").write_bytes(b'{"a":"\xc3\xa9",}')
    env = {"PATH": os.environ["PATH"], "COLUMNS": "80", **PLACES[place]}
    for words, code in COMMANDS.items():
        done = signkit(*words, env=env, cwd=folder, clean=True)
        assert done.code == code, done


def test_a_narrow_terminal_is_kept_to(folder: Path) -> None:
    done = signkit("run", "cmd:no-such", "--vectors", "two.json", env={"COLUMNS": "40"}, cwd=folder)
    assert max(map(len, done.text.splitlines()[1:])) <= 40
