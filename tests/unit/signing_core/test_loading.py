"""Keys that cannot be used: what was found is named, and the mend, and nothing of the key is shown."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from signing_core import KeyFormatError, PrivateKey, PublicKey, WeakKeyError
from tests.key_texts import PASSWORD, integer, pem, private, raw, sequence, spki
from tests.rsa_oracle import IntKey, int_key, openssl


def refused(
    read: Callable[..., object], text: object, *words: str, kind: type[Exception] = KeyFormatError, **options: object
) -> None:
    """``read(text, **options)`` raises exactly ``kind``, and its text holds every one of ``words``."""
    with pytest.raises(kind) as caught:
        read(text, **options)
    assert type(caught.value) is kind
    for word in words:
        assert word in str(caught.value)


def fault(read: Callable[[bytes], object], text: bytes) -> ValueError | None:
    """The error that reading ``text`` raises, if it does."""
    try:
        read(text)
    except (KeyFormatError, WeakKeyError) as error:
        return error
    return None


def foreign(name: str) -> bytes:
    """A key or certificate that is not what we want."""
    match name:
        case "EC":
            return openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256")
        case "EC, SEC 1":
            return openssl("ecparam -name prime256v1 -genkey")
        case "Ed25519":
            return openssl("genpkey -algorithm ed25519")
        case "RSA-PSS":
            return openssl("genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048")
        case "DSA":
            return dsa.generate_private_key(1024).private_bytes(  # noqa: S505 - small, so that it is quickly made
                Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
            )
        case "DSA, PKCS#8":
            return openssl("pkcs8 -topk8 -nocrypt", foreign("DSA"))
        case "OpenSSH":
            key = load_pem_private_key(int_key().pem, None)
            return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    raise AssertionError(name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("EC", ["a key for EC, not for RSA", "openssl genrsa"]),
        ("EC, SEC 1", ["EC parameters", "openssl genrsa"]),
        ("Ed25519", ["a key for Ed25519, not for RSA"]),
        ("RSA-PSS", ["a key for RSA-PSS", "PSS padding"]),
        ("DSA", ["a DSA key", "openssl genrsa"]),
        ("DSA, PKCS#8", ["a key for DSA, not for RSA"]),
        ("OpenSSH", ["an OpenSSH private key", "ssh-keygen -p -m PKCS8"]),
    ],
)
def test_keys_of_another_kind(name: str, words: list[str]) -> None:
    text = foreign(name)
    refused(PrivateKey.from_pem, text, *words)
    if b"-----BEGIN PRIVATE KEY" in text:
        public = openssl("pkey -pubout", text)
        refused(PublicKey.from_pem, public, words[0])
        refused(PublicKey.from_pem, base64.b64encode(raw(public)), words[0])
        encrypted = openssl("pkcs8 -topk8 -passout pass:x", text)
        if name != "RSA-PSS":
            refused(PrivateKey.from_pem, encrypted, f"a key for {name.split(',')[0]}, not for RSA", password="x")


def test_certificates_tell_how_to_take_the_key_out(tmp_path: Path, numbers: IntKey) -> None:
    (tmp_path / "key").write_bytes(numbers.pem)
    certificate = openssl(f"req -x509 -key {tmp_path}/key -subj /CN=x")
    request = openssl(f"req -new -key {tmp_path}/key -subj /CN=x")
    refused(PublicKey.from_pem, certificate, "a certificate", "openssl x509 -pubkey -noout")
    refused(PublicKey.from_pem, request, "a certificate request", "openssl req -pubkey")
    refused(PublicKey.from_pem, base64.b64encode(raw(certificate)), "a certificate", "openssl x509 -pubkey")
    refused(PrivateKey.from_pem, certificate, "a certificate, not an RSA private key", "the file of the private key")
    assert PrivateKey.from_pem(certificate + numbers.pem).bits == 2048


def test_the_other_half(key: PrivateKey, numbers: IntKey) -> None:
    public = key.public_key.to_pem()
    for text in (public, base64.b64encode(public), base64.b64encode(raw(public))):
        refused(PrivateKey.from_pem, text, "a public key where a private one is wanted")
    for text in (numbers.pem, base64.b64encode(numbers.pem), base64.b64encode(raw(numbers.pem))):
        refused(
            PublicKey.from_pem, text, "a private key where a public one is wanted", "openssl pkey -in KEY.pem -pubout"
        )


def test_sizes(numbers: IntKey) -> None:
    for bits in (512, 1024):
        weak = int_key(bits)
        public = pem("PUBLIC KEY", spki(weak.n, weak.e))
        for read, text in ((PrivateKey.from_pem, weak.pem), (PublicKey.from_pem, public)):
            refused(read, text, f"the key has {bits} bits, at least 2048", "openssl genrsa", kind=WeakKeyError)
        assert PublicKey.from_pem(pem("PUBLIC KEY", spki(weak.n, weak.e)), allow_weak=True).bits == bits
    refused(
        PublicKey.from_pem,
        pem("PUBLIC KEY", spki(2**511 - 1, 65537)),
        "the key has 511 bits; fewer than 512 cannot sign at all",
        allow_weak=True,
        kind=WeakKeyError,
    )
    assert PublicKey.from_pem(pem("PUBLIC KEY", spki(2**8192 - 1, 65537))).bits == 8192
    for text in (
        pem("PUBLIC KEY", spki(2**16384 - 1, 65537)),
        pem("RSA PUBLIC KEY", sequence(integer(2**16384 - 1), integer(3))),
    ):
        refused(PublicKey.from_pem, text, "the key has 16384 bits, at most 8192", allow_weak=True)
    refused(PrivateKey.from_pem, private(numbers, n=2**16384 - 1), "the key has 16384 bits, at most 8192")
    encrypted = openssl("pkcs8 -topk8 -passout pass:x", int_key(1024).pem)
    refused(PrivateKey.from_pem, encrypted, "1024 bits", password="x", kind=WeakKeyError)
    assert PrivateKey.from_pem(encrypted, "x", allow_weak=True).bits == 1024


@pytest.mark.parametrize(
    ("exponent", "words"),
    [
        (1, "the public exponent is 1;"),
        (0, "the public exponent is 0;"),
        (-3, "the public exponent is -3;"),
        (2, "the public exponent is 2;"),
        (65536, "the public exponent is 65536;"),
        (2**64, "an even number of 65 bits"),
        (2**64 + 1, "has 65 bits, at most 64"),
    ],
)
def test_exponents(numbers: IntKey, exponent: int, words: str) -> None:
    refused(PublicKey.from_pem, pem("PUBLIC KEY", spki(numbers.n, exponent)), words)
    refused(PrivateKey.from_pem, private(numbers, e=exponent), words)


@pytest.mark.parametrize("exponent", [3, 17, 2**64 - 1])
def test_odd_exponents_are_taken(numbers: IntKey, exponent: int) -> None:
    assert PublicKey.from_pem(pem("PUBLIC KEY", spki(numbers.n, exponent))).exponent == exponent


def test_numbers_that_do_not_belong_together(numbers: IntKey) -> None:
    other = int_key(2048, 1)
    cases = {
        "p · q is not n": private(numbers, n=numbers.n + 2),
        "p · q is not n ": private(numbers, p=other.p),
        "d is not the inverse of e": private(numbers, d=numbers.d + 2),
        "d is not the inverse of e ": private(numbers, e=3),
        "are wrong": private(numbers, p=numbers.n, q=1),
        "not a positive number": private(numbers, n=-numbers.n),
        "the modulus is even": private(numbers, n=numbers.n + 1),
    }
    for words, text in cases.items():
        refused(PrivateKey.from_pem, text, words.strip())
    refused(PublicKey.from_pem, pem("PUBLIC KEY", spki(numbers.n + 1, 3)), "the modulus is even")


def test_labels_that_lie(numbers: IntKey, private_forms: dict[str, bytes], public_forms: dict[str, bytes]) -> None:
    old, new = raw(private_forms["PKCS#1"]), raw(numbers.pem)
    cases = [
        (pem("PRIVATE KEY", old), ['labelled "PRIVATE KEY", but the content is a PKCS#1', '"RSA PRIVATE KEY"']),
        (pem("RSA PRIVATE KEY", new), ['labelled "RSA PRIVATE KEY", but the content is a PKCS#8', '"PRIVATE KEY"']),
        (pem("ENCRYPTED PRIVATE KEY", new), ["but the content is a PKCS#8 private key"]),
        (pem("PRIVATE KEY", raw(public_forms["SPKI"])), ["but the content is a SubjectPublicKeyInfo", '"PUBLIC KEY"']),
    ]
    for text, words in cases:
        refused(PrivateKey.from_pem, text, *words)
    text = pem("PUBLIC KEY", raw(public_forms["PKCS#1"]))
    refused(PublicKey.from_pem, text, "the content is a PKCS#1 public key", '"RSA PUBLIC KEY"')


def test_armour_lost_in_part(private_forms: dict[str, bytes]) -> None:
    lines = private_forms["PKCS#1"].splitlines()
    refused(PrivateKey.from_pem, b"\n".join(lines[1:]), "the BEGIN line is missing", '"-----BEGIN PRIVATE KEY-----"')
    refused(PrivateKey.from_pem, b"\n".join(lines[:-1]), '"-----BEGIN RSA PRIVATE KEY-----" has no END line')


def test_passwords(private_forms: dict[str, bytes]) -> None:
    for form, text in private_forms.items():
        if "encrypted" not in form:
            refused(PrivateKey.from_pem, text, "the key is not encrypted", "leave", password="x")
            continue
        for password in (None, ""):
            refused(PrivateKey.from_pem, text, "the key is encrypted; give its password", password=password)
        refused(PrivateKey.from_pem, text, "the password is wrong", password="wrong")
    unknown = private_forms["encrypted PKCS#1, AES"].replace(b"AES-256-CBC", b"ROT13-CBC")
    refused(
        PrivateKey.from_pem,
        unknown,
        "encrypted with ROT13-CBC, which is not supported",
        "openssl pkcs8 -topk8",
        password=PASSWORD,
    )
    with pytest.raises(TypeError, match="a password must be str, bytes or None, not int"):
        PrivateKey.from_pem(unknown, 1)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "the key is empty"),
        (b" \n\t", "the key is empty"),
        ('""', "the key is empty"),
        ("key.pem", "looks like the name of a file"),
        ("/etc/keys/merchant.key", "looks like the name of a file"),
        ("hello, world", "neither PEM nor base64"),
        ("aGVsbG8gd29ybGQ=", "this is base64, but neither of PEM nor of DER"),
        ("aGVsbG8gd29ybG", "truncated or damaged"),
        ("{}", "neither PEM nor base64"),
        ("ssh-rsa AAAAB3NzaC1yc2E me@here", "an OpenSSH public key; convert it: ssh-keygen -e -m PKCS8"),
        ("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----", "the PUBLIC KEY block is empty"),
        ("-----BEGIN PUBLIC KEY-----\nMIIB", '"-----BEGIN PUBLIC KEY-----" has no END line'),
        ("-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PRIVATE KEY-----", "closed by another or a damaged END line"),
        ("----BEGIN PUBLIC KEY----\nMIIB\n----END PUBLIC KEY----", "neither PEM nor base64"),
        ("-----Begin Public Key-----\nMIIB\n-----End Public Key-----", "the BEGIN line is missing or damaged"),
        ("-----BEGIN PUBLIC KEY\nMIIB\n", "the BEGIN line is damaged"),
        ("-----BEGIN public key-----\nMIIB\n-----END public key-----", "the BEGIN line is damaged"),
        ("-----BEGIN PUBLIC KEY-----\nMI_B\n-----END PUBLIC KEY-----", "character 3 without blanks is foreign"),
        ("-----BEGIN PUBLIC KEY-----\nMIIBA\n-----END PUBLIC KEY-----", "truncated or damaged: its 5 characters"),
        ("-----BEGIN PGP PUBLIC KEY BLOCK-----\nMIIB\n-----END PGP PUBLIC KEY BLOCK-----", "PGP PUBLIC KEY BLOCK"),
        ("-----BEGIN X-----\nMIIB\n-----END X-----", '"BEGIN X" is no RSA'),
        (b"\xff\xfe-\x00-\x00", "UTF-16"),
        ("x" * 65537, "has 65537 bytes or more"),
        (base64.b64encode(b"\x30\x03\x02\x01\x05"), "no structure of a key"),
        (base64.b64encode(b"\x30\x80\x02\x01\x05\x00\x00"), "not DER"),
        (base64.b64encode(b"\x30\x03\x02\x01\x05\x00"), "1 surplus bytes"),
        (base64.b64encode(b"\x30\x03\x02\x05\x05"), "truncated"),
    ],
)
def test_texts_that_are_no_keys(data: str | bytes, words: str) -> None:
    for read in (PrivateKey.from_pem, PublicKey.from_pem):
        refused(read, data, words)


@pytest.mark.parametrize("data", [None, 5, ["x"], Path("key.pem")])
def test_wrong_types(data: object) -> None:
    for read in (PrivateKey.from_pem, PublicKey.from_pem):
        with pytest.raises(TypeError, match="a key must be str or bytes, not"):
            read(data)


def test_binary_der(private_forms: dict[str, bytes], public_forms: dict[str, bytes]) -> None:
    for text in (*private_forms.values(), *public_forms.values()):
        if b"Proc-Type" not in text:
            for read in (PrivateKey.from_pem, PublicKey.from_pem):
                refused(read, raw(text), "binary DER", "-inform DER")


def test_two_keys(private_forms: dict[str, bytes], public_forms: dict[str, bytes]) -> None:
    refused(PrivateKey.from_pem, private_forms["PKCS#1"] * 2, "2 private keys in one text")
    refused(PublicKey.from_pem, public_forms["SPKI"] * 3, "3 public keys in one text")


def test_more_than_two_primes() -> None:
    text = openssl("genrsa -primes 3 -traditional 2048")
    refused(PrivateKey.from_pem, text, "more than two primes")


def test_every_truncation_is_told(numbers: IntKey, public_forms: dict[str, bytes], key: PrivateKey) -> None:
    """A file cut anywhere is refused, but where only the final line end is lost."""
    for read, text in ((PublicKey.from_pem, public_forms["SPKI"]), (PrivateKey.from_pem, numbers.pem)):
        for size in range(0, len(text) - 1, 7):
            with pytest.raises(KeyFormatError):
                read(text[:size])
    der = raw(public_forms["SPKI"])
    for size in range(1, len(der)):
        refused(PublicKey.from_pem, pem("PUBLIC KEY", der[:size]), "the key is damaged (truncated")


def test_errors_hold_nothing_of_the_key(numbers: IntKey, private_forms: dict[str, bytes]) -> None:
    """Cut, mix and damage keys, and look for the key's text and numbers in whatever is told."""
    texts = []
    for text in private_forms.values():
        body = text.splitlines()
        texts += [
            text[:900],
            text.replace(b"A", b"_"),
            b"\n".join(body[1:-1]),
            b"\n".join(body[:-1]),
            text.replace(b"=", b""),
        ]
        texts += [text.replace(b"PRIVATE", b"PUBLIC"), text * 2, text.replace(b"\n", b"\n*"), text[40:]]
    texts += [private(numbers, d=numbers.d + 2), private(numbers, n=numbers.n + 2), raw(numbers.pem)]
    told = [
        error for text in texts for read in (PrivateKey.from_pem, PublicKey.from_pem) if (error := fault(read, text))
    ]
    assert len(told) > 40
    for error in told:
        assert error.__cause__ is None
        assert not {str(numbers.d), str(numbers.p), str(numbers.q)} & set(re.findall(r"\d+", str(error)))
        # what looks like base64 in a message is our own words, found in none of the texts
        for run in re.findall(r"[A-Za-z0-9+/]{12,}", str(error)):
            assert not any(run.encode() in text for text in texts)


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
def test_the_mend_for_openssh_keys_works(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(foreign("OpenSSH"))
    path.chmod(0o600)
    keygen = shutil.which("ssh-keygen") or ""
    subprocess.run([keygen, "-p", "-m", "PKCS8", "-N", "", "-f", str(path)], check=True, capture_output=True)
    key = PrivateKey.from_file(path)
    public = subprocess.run([keygen, "-e", "-m", "PKCS8", "-f", str(path)], check=True, capture_output=True).stdout
    assert PublicKey.from_pem(public) == key.public_key
