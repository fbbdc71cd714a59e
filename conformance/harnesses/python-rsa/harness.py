"""python-rsa behind the signkit harness protocol: sign, verify and read keys, as its documentation shows."""

from __future__ import annotations

import base64
import hashlib
import sys
from importlib import metadata
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parent.parent / "python-common"))

import rsa
import rsa.asn1
import rsa.pem
from protocol import RUNTIME, Implementation, Refused, serve
from pyasn1.codec.der import decoder, encoder
from pyasn1.error import PyAsn1Error


class PythonRsa(Implementation):
    name = "python-rsa"
    version = metadata.version("rsa")
    runtime = f"{RUNTIME}, pyasn1 {metadata.version('pyasn1')}"
    url = "https://stuvel.eu/software/rsa/"

    def private_key(self, data: bytes, password: str | None) -> rsa.PrivateKey:
        if password is not None:
            raise Refused("python-rsa opens no encrypted keys")
        try:
            return rsa.PrivateKey.load_pkcs1(data)
        except PyAsn1Error as error:  # whose text shows the key
            raise Refused(type(error).__name__) from error

    def public_key(self, data: bytes) -> rsa.PublicKey:
        spki = b"-----BEGIN PUBLIC KEY-----" in data
        try:
            return rsa.PublicKey.load_pkcs1_openssl_pem(data) if spki else rsa.PublicKey.load_pkcs1(data)
        except (PyAsn1Error, TypeError) as error:  # TypeError: not an RSA key
            raise Refused(type(error).__name__) from error

    def given_key(self, pem: bytes) -> rsa.PrivateKey:
        """PKCS#8, which python-rsa does not read, is taken out of its wrap first, as ``openssl rsa -traditional``."""
        if b"-----BEGIN PRIVATE KEY-----" in pem:
            wrap, _ = decoder.decode(rsa.pem.load_pem(pem, "PRIVATE KEY"))
            return rsa.PrivateKey.load_pkcs1(wrap[2].asOctets(), "DER")
        return self.private_key(pem, None)

    def fingerprint(self, key: rsa.PublicKey | rsa.PrivateKey) -> str:
        spki = rsa.asn1.OpenSSLPubKey()
        spki["header"]["oid"] = "1.2.840.113549.1.1.1"
        spki["header"]["parameters"] = ""
        spki["key"] = b"\0" + rsa.PublicKey(key.n, key.e).save_pkcs1("DER")  # a bit string without unused bits
        return hashlib.sha256(encoder.encode(spki)).hexdigest()

    def sign(self, message: bytes, key: rsa.PrivateKey) -> str:
        return base64.b64encode(rsa.sign(message, key, "SHA-256")).decode()

    def verify(self, message: bytes, signature: str, key: rsa.PublicKey) -> bool:
        try:
            rsa.verify(message, base64.b64decode(signature), key)
        except (rsa.VerificationError, ValueError):  # ValueError: no base64
            return False
        return True


if __name__ == "__main__":
    serve(PythonRsa())
