"""Small corpora whose expected results are known by construction, and how to call the fakes."""

from __future__ import annotations

import base64
import shlex
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from conformance.model import Case, Corpus, Key, Level

HERE = Path(__file__).parent


def fake(behaviour: str, window: int = 1, *words: str) -> str:
    """The specification of a fake target."""
    argv = [sys.executable, "-S", "-E", str(HERE / "harness.py"), behaviour, str(window), *words]
    return "cmd:" + shlex.join(argv)


def text(data: bytes) -> str:
    """Bytes as they travel."""
    return base64.b64encode(data).decode("ascii")


def minify(number: int) -> Case:
    """``{"n": NUMBER}`` without its blank."""
    return _case(
        f"minify/n{number}",
        "minify",
        {"text": text(b'{"n": %d}' % number)},
        {"value": text(b'{"n":%d}' % number)},
    )


def long_text(number: int, length: int) -> Case:
    """The case ``minify(number)`` with a string of ``length`` characters in place of the number."""
    body = b'"' + b"x" * length + b'"}'
    return replace(minify(number), input={"text": text(b'{"n": ' + body)}, expect={"value": text(b'{"n":' + body)})


def refusal() -> Case:
    """NaN, which is not JSON."""
    return _case("minify/nan", "minify", {"text": text(b'{"n": NaN}')}, {"refused": True})


def verify(name: str, signed: bytes, sent: bytes) -> Case:
    """A webhook whose signature is over ``signed`` and whose body is ``sent``."""
    signature = _private().sign(signed, padding.PKCS1v15(), hashes.SHA256())
    fields = {"form": "webhook", "body": text(sent), "key": "k", "signature": text(signature)}
    return _case(f"verify/{name}", "verify", fields, {"valid": signed == sent})


def corpus(*cases: Case) -> Corpus:
    """A corpus of these cases, with the one key ``k``."""
    return Corpus(cases=cases, keys={"k": key()}, notes={}, digest="0" * 64)


def numbers(count: int) -> Corpus:
    """A corpus of ``count`` minify cases; n = 7 is where the fakes misbehave."""
    return corpus(*(minify(number) for number in range(count)))


def signatures() -> Corpus:
    """One case of each answer that a verifier may give, and a minify case that needs no key."""
    return corpus(verify("good", b"{}", b"{}"), verify("forged", b"{}", b"[]"), minify(1))


@cache
def _private() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def key() -> Key:
    """A fresh key of this test run."""
    private = _private()
    pem = serialization.Encoding.PEM
    return Key(
        name="k",
        bits=2048,
        e=65537,
        private_pem=private.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
        public_pem=private.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo).decode(),
        source="made for this test run",
    )


def _case(name: str, op: str, fields: dict[str, object], expect: dict[str, object]) -> Case:
    return Case(
        id=name,
        suite="fake",
        comment="a case for the fakes",
        level=Level.MUST,
        clauses=("S41",),
        flags=(),
        differs_from=None,
        op=op,
        input=fields,
        expect=expect,
    )
