"""Key files that an implementation must read, should read, or should refuse (S5, S43, S46; P18, P19, P46)."""

from __future__ import annotations

import base64

from .. import document, keys
from ..base import Suite
from ..edgecases import der
from ..edgecases.rsa import Key
from ..keys import DOC, EXPONENT_3, EXPONENT_17, EXPONENT_33_BITS, PLATFORM, PRODUCTION, RSA_3072, RSA_4096, WEAK_1024

PASSWORD = "correct horse battery"  # noqa: S105 - of a test key
PKCS1 = der.pem("RSA PRIVATE KEY", keys.pkcs1_private(PRODUCTION)).encode()
PKCS8 = der.pem("PRIVATE KEY", keys.pkcs8_private(PRODUCTION)).encode()
SPKI = keys.public_pem(PLATFORM).encode()
_OPENSSH = b"""\
-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
-----END OPENSSH PRIVATE KEY-----
"""
PKCS1_PUBLIC = der.pem("RSA PUBLIC KEY", keys.pkcs1_public(PLATFORM)).encode()


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("load_key", "key-files")
    _documented(cases)
    _wrapped(cases)
    _encrypted(cases)
    _sizes(cases)
    _refused_private(cases)
    _refused_public(cases)
    return cases


def _data(name: str) -> bytes:
    return (keys.DATA / name).read_bytes()


def _documented(cases: Suite) -> None:
    """What the document's own commands make, and what it prints."""
    cases.load_private(
        "load-key/private/doc-pkcs1", "The document's private key, in lines.", "S43", document.PRIVATE_PEM.encode(), DOC
    )
    cases.load_public(
        "load-key/public/doc-spki", "The document's public key, in lines.", "S43, S5", document.PUBLIC_PEM.encode(), DOC
    )
    cases.load_private(
        "load-key/private/pkcs8", "PKCS#8, which openssl genrsa writes since version 3.", "S46, P19", PKCS8, PRODUCTION
    )
    cases.load_private(
        "load-key/private/pkcs1", "PKCS#1, which openssl genrsa wrote before.", "S46, P19", PKCS1, PRODUCTION
    )
    cases.load_public("load-key/public/spki", "SPKI, which openssl rsa -pubout writes.", "S46, S5", SPKI, PLATFORM)


def _wrapped(cases: Suite) -> None:
    """The same keys as they look after a copy through a form, an environment variable or an editor."""
    one_line = document.PRIVATE_PEM.strip().replace("\n", " ").encode()
    for name, file, key, told in (
        ("doc-one-line", one_line, DOC, "The document's key on one line, as it prints it a second time"),
        ("literal-newlines", PKCS8.replace(b"\n", b"\\n"), PRODUCTION, "Line ends spelled \\n, as in .env files"),
        ("crlf", PKCS8.replace(b"\n", b"\r\n"), PRODUCTION, "CR LF line ends"),
        ("no-final-newline", PKCS8.rstrip(b"\n"), PRODUCTION, "No line end after the last line"),
        ("blanks-around", b"\n  " + PKCS1 + b"\n \t\n", PRODUCTION, "Blanks and empty lines before and after"),
        ("base64-of-pem", base64.b64encode(PKCS8), PRODUCTION, "base64 of the PEM text"),
        ("base64-of-pkcs8", base64.b64encode(keys.pkcs8_private(PRODUCTION)), PRODUCTION, "base64 of the PKCS#8 DER"),
        ("base64-of-pkcs1", base64.b64encode(keys.pkcs1_private(PRODUCTION)), PRODUCTION, "base64 of the PKCS#1 DER"),
        ("pkcs1-one-line", PKCS1.strip().replace(b"\n", b" "), PRODUCTION, "PKCS#1 on one line"),
        ("pkcs8-one-line", PKCS8.strip().replace(b"\n", b" "), PRODUCTION, "PKCS#8 on one line"),
        ("pkcs1-literal-newlines", PKCS1.replace(b"\n", b"\\n"), PRODUCTION, "PKCS#1 with line ends spelled \\n"),
        ("pkcs1-crlf", PKCS1.replace(b"\n", b"\r\n"), PRODUCTION, "PKCS#1 with CR LF line ends"),
        ("base64-of-pkcs1-pem", base64.b64encode(PKCS1), PRODUCTION, "base64 of PKCS#1's PEM text"),
        ("base64-line-end", base64.b64encode(PKCS8) + b"\n", PRODUCTION, "base64 of the PEM text, with a line end"),
        ("doc-pkcs8", der.pem("PRIVATE KEY", keys.pkcs8_private(DOC)).encode(), DOC, "The document's key as PKCS#8"),
    ):  # fmt: skip
        clauses = "P18, P19" if name.startswith("base64") else "P19"
        cases.load_private(
            f"load-key/private/{name}", f"{told}.", clauses, file, key, level="should", flags="KeyFormat"
        )
    one_line = document.PUBLIC_PEM.strip().replace("\n", " ").encode()
    for name, file, key, told, clauses in (
        ("doc-one-line", one_line, DOC, "The document's public key on one line", "P19, S43"),
        ("pkcs1", PKCS1_PUBLIC, PLATFORM, "PKCS#1, RSA PUBLIC KEY", "P19"),
        ("literal-newlines", SPKI.replace(b"\n", b"\\n"), PLATFORM, "Line ends spelled \\n", "P19"),
        ("crlf", SPKI.replace(b"\n", b"\r\n"), PLATFORM, "CR LF line ends", "P19"),
        ("blanks-around", b" \n" + SPKI + b"\n\n", PLATFORM, "Blanks and empty lines before and after", "P19"),
        ("base64-of-pem", base64.b64encode(SPKI), PLATFORM, "base64 of PEM, as /p/key may serve it", "P18, S4"),
        ("base64-of-pem-line-end", base64.b64encode(SPKI) + b"\n", PLATFORM, "The same with a line end", "P18, S4"),
        ("base64-of-der", base64.b64encode(keys.spki(PLATFORM)), PLATFORM, "base64 of DER, as /p/key may", "P18, S4"),
        ("base64-of-pkcs1-pem", base64.b64encode(PKCS1_PUBLIC), PLATFORM, "base64 of PKCS#1's PEM", "P18, P19"),
        (
            "base64-of-pkcs1-der",
            base64.b64encode(keys.pkcs1_public(PLATFORM)),
            PLATFORM,
            "base64 of PKCS#1's DER",
            "P18, P19",
        ),
        (
            "base64-of-der-line-end",
            base64.b64encode(keys.spki(PLATFORM)) + b"\r\n",
            PLATFORM,
            "base64 of DER with CR LF",
            "P18, S4",
        ),
        ("no-final-newline", SPKI.rstrip(b"\n"), PLATFORM, "No line end after the last line", "P19"),
        ("pkcs1-one-line", PKCS1_PUBLIC.strip().replace(b"\n", b" "), PLATFORM, "PKCS#1 on one line", "P19"),
        ("pkcs1-crlf", PKCS1_PUBLIC.replace(b"\n", b"\r\n"), PLATFORM, "PKCS#1 with CR LF line ends", "P19"),
    ):
        cases.load_public(f"load-key/public/{name}", f"{told}.", clauses, file, key, level="should", flags="KeyFormat")


def _encrypted(cases: Suite) -> None:
    """Made by the openssl command; data/README.md has the commands."""
    formats = (
        ("pkcs8-aes256", "PKCS#8, PBES2 with AES-256-CBC"),
        ("pkcs8-des3", "PKCS#8, PBES2 with triple DES"),
        ("pkcs8-scrypt", "PKCS#8, PBES2 with scrypt"),
        ("pkcs1-aes256", "PKCS#1 with OpenSSL's older encryption, AES-256-CBC"),
        ("pkcs1-des3", "PKCS#1 with OpenSSL's older encryption, triple DES"),
    )
    for name, told in formats:
        file = _data(f"encrypted-{name}.pem")
        cases.load_private(
            f"load-key/encrypted/{name}",
            f"{told}.",
            "P19",
            file,
            PRODUCTION,
            PASSWORD,
            level="should",
            flags="Encrypted",
        )
    for name, format_, password, told in (
        ("wrong-password", "pkcs8-aes256", "correct horse", "A wrong password"),
        ("wrong-password-pkcs1", "pkcs1-aes256", "correct horse", "A wrong password for the older encryption"),
        ("no-password", "pkcs8-aes256", None, "No password where one is needed: not to be asked for, not to hang"),
        ("no-password-pkcs1", "pkcs1-aes256", None, "No password for the older encryption"),
        ("empty-password", "pkcs8-aes256", "", "An empty password"),
    ):
        cases.load_private(
            f"load-key/encrypted/{name}",
            f"{told}.",
            "P19",
            _data(f"encrypted-{format_}.pem"),
            None,
            password,
            level="should",
            flags="Encrypted",
            differs_from=f"load-key/encrypted/{format_}",
        )


def _sizes(cases: Suite) -> None:
    for key, clauses, told in (
        (RSA_3072, "P19", "3072 bits"),
        (RSA_4096, "P19", "4096 bits"),
        (EXPONENT_3, "P46", "exponent 3: taken, with a warning"),
        (EXPONENT_17, "P46", "exponent 17: taken, with a warning"),
        (EXPONENT_33_BITS, "P46", "exponent 2^32 + 1: odd and above 1, so that it is taken"),
    ):
        private = keys.private_pem(key).encode()
        public = keys.public_pem(key).encode()
        rest = {"level": "should", "flags": "KeySize"}
        cases.load_private(
            f"load-key/private/{key.name}", f"A private key of {told}.", clauses, private, key, None, **rest
        )
        cases.load_public(f"load-key/public/{key.name}", f"A public key of {told}.", clauses, public, key, **rest)


def _refused_private(cases: Suite) -> None:
    lines = PKCS8.splitlines(keepends=True)
    table = (
        ("empty", b"", "P19", "An empty file"),
        ("blanks", b" \n\n", "P19", "A file of blanks"),
        ("text", b"not a key\n", "P19", "A file that is no key"),
        ("truncated-pem", b"".join(lines[:10]), "P19", "PEM cut short, the END line missing"),
        ("truncated-body", b"".join([*lines[:10], lines[-1]]), "P19", "PEM with lines missing in the middle"),
        ("begin-missing", b"".join(lines[1:]), "P19", "PEM without its BEGIN line"),
        ("label-of-the-other", PKCS1.replace(b"RSA PRIVATE", b"PRIVATE"), "P19",
         "PKCS#1 content under PKCS#8's label, as where the armour is swapped by hand"),
        ("ec", _data("ec-private.pem"), "P19", "An EC key instead of RSA"),
        ("ed25519", _data("ed25519-private.pem"), "P19", "An Ed25519 key instead of RSA"),
        ("dsa", _data("dsa-private.pem"), "P19", "A DSA key instead of RSA"),
        ("public-instead", SPKI, "P19", "A public key where the private one is wanted"),
        ("certificate", _data("certificate.pem"), "P19", "A certificate"),
        ("1024-bits", keys.private_pem(WEAK_1024).encode(), "P19, S5", "A key of 1024 bits"),
        ("1024-bits-pkcs1", der.pem("RSA PRIVATE KEY", keys.pkcs1_private(WEAK_1024)).encode(), "P19, S5",
         "A key of 1024 bits, PKCS#1"),
        ("public-pkcs1-instead", PKCS1_PUBLIC, "P19", "A public key, PKCS#1, where the private one is wanted"),
        ("end-missing", b"".join(lines[:-1]), "P19", "PEM without its END line"),
        ("empty-armour", lines[0] + lines[-1], "P19", "BEGIN and END with nothing between"),
        ("garbage-in-armour", lines[0] + b"bm90IGEga2V5\n" + lines[-1], "P19", "Other data between BEGIN and END"),
        ("not-base64", lines[0] + b"!!!!" + b"".join(lines[1:]), "P19", "Characters that are no base64"),
        ("der-cut", base64.b64encode(keys.pkcs8_private(PRODUCTION)[:-30]), "P18", "base64 of DER cut short"),
        ("openssh", _OPENSSH, "P19", "OpenSSH's own format"),
        ("jwk", b'{"kty":"RSA","n":"AQAB","e":"AQAB","d":"AQAB"}', "P19", "A JSON web key"),
        ("xml", b"<RSAKeyValue><Modulus>AQAB</Modulus></RSAKeyValue>", "P19", "XML, as .NET writes keys"),
        ("path", b"/etc/keys/merchant.pem", "P19", "The file's name in the place of its content"),
        ("two-keys", PKCS8 + PKCS1, "P19", "Two keys in one file: it cannot be told which is meant"),
    )  # fmt: skip
    for name, file, clauses, told in table:
        cases.load_private(
            f"load-key/private-refused/{name}", f"{told}.", clauses, file, None, level="should", flags="KeyRefused"
        )


def _refused_public(cases: Suite) -> None:
    lines = SPKI.splitlines(keepends=True)
    truncated = keys.spki(PLATFORM)[:-20]
    table = (
        ("empty", b"", "P18", "An empty file"),
        ("text", b"not a key\n", "P18", "A file that is no key"),
        ("html", b"<!doctype html><title>404</title>", "P18", "An error page in the place of the key"),
        ("truncated-pem", b"".join(lines[:3]), "P19", "PEM cut short, the END line missing"),
        ("truncated-der", base64.b64encode(truncated), "P18", "base64 of DER cut short"),
        ("ec", _data("ec-public.pem"), "P19", "An EC key instead of RSA"),
        ("ed25519", _data("ed25519-public.pem"), "P19", "An Ed25519 key instead of RSA"),
        ("dsa", _data("dsa-public.pem"), "P19", "A DSA key instead of RSA"),
        ("private-instead", PKCS8, "P19", "A private key where the public one is wanted"),
        ("private-pkcs1-instead", PKCS1, "P19", "A private key, PKCS#1, where the public one is wanted"),
        ("certificate", _data("certificate.pem"), "P19, S5", "A certificate: the document asks for a public key"),
        ("1024-bits", keys.public_pem(WEAK_1024).encode(), "P19, S5", "A key of 1024 bits"),
        ("exponent-1", _spki(PLATFORM, 1), "P46, RFC 8017 3.1", "Exponent 1: an encoded message signs itself"),
        ("exponent-0", _spki(PLATFORM, 0), "P46, RFC 8017 3.1", "Exponent 0"),
        ("exponent-2", _spki(PLATFORM, 2), "P46, RFC 8017 3.1", "Exponent 2, which is even"),
        ("exponent-65536", _spki(PLATFORM, 65536), "P46, RFC 8017 3.1", "Exponent 65536, which is even"),
        ("exponent-4", _spki(PLATFORM, 4), "P46, RFC 8017 3.1", "Exponent 4, which is even"),
        ("exponent-even-large", _spki(PLATFORM, 2**32), "P46, RFC 8017 3.1", "Exponent 2^32, which is even"),
        ("exponent-1-pkcs1", der.pem("RSA PUBLIC KEY", keys.pkcs1_public_numbers(PLATFORM.n, 1)).encode(),
         "P46, RFC 8017 3.1", "Exponent 1, PKCS#1"),
        ("1024-bits-pkcs1", der.pem("RSA PUBLIC KEY", keys.pkcs1_public(WEAK_1024)).encode(), "P19, S5",
         "A key of 1024 bits, PKCS#1"),
        ("blanks", b" \n\n", "P18", "A file of blanks"),
        ("begin-missing", b"".join(lines[1:]), "P19", "PEM without its BEGIN line"),
        ("end-missing", b"".join(lines[:-1]), "P19", "PEM without its END line"),
        ("empty-armour", lines[0] + lines[-1], "P19", "BEGIN and END with nothing between"),
        ("truncated-body", b"".join([*lines[:3], lines[-1]]), "P19", "PEM with lines missing in the middle"),
        ("not-base64", lines[0] + b"!!!!" + b"".join(lines[1:]), "P19", "Characters that are no base64"),
        ("json", b'{"key":"' + base64.b64encode(SPKI) + b'"}', "P18", "JSON around the key"),
        ("encoded-twice", base64.b64encode(base64.b64encode(SPKI)), "P18", "base64 of base64 of the PEM"),
        ("hex", keys.spki(PLATFORM).hex().encode(), "P18", "The DER in hex"),
        ("openssh", b"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ== merchant\n", "P19", "OpenSSH's own format"),
        ("jwk", b'{"kty":"RSA","n":"AQAB","e":"AQAB"}', "P19", "A JSON web key"),
        ("two-keys", SPKI + PKCS1_PUBLIC, "P19", "Two keys in one file: it cannot be told which is meant"),
    )  # fmt: skip
    for name, file, clauses, told in table:
        cases.load_public(
            f"load-key/public-refused/{name}", f"{told}.", clauses, file, None, level="should", flags="KeyRefused"
        )


def _spki(key: Key, e: int) -> bytes:
    return der.pem("PUBLIC KEY", keys.spki_numbers(key.n, e)).encode()
