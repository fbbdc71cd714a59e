"""A merchant's Python client with the document's sample library, behind the signkit harness protocol.

pycryptodome as the merchant API document's sample uses it, and requests, whose request is read as it has it prepared.
"""

from __future__ import annotations

import base64
import hashlib
import sys
from pathlib import Path
from typing import Any

sys.path.insert(1, str(Path(__file__).resolve().parent.parent / "python-common"))

import Crypto
import requests
from Crypto.Hash import SHA256
from Crypto.PublicKey import RSA
from Crypto.Signature import pkcs1_15
from merchant import Call
from protocol import EVERYTHING, RUNTIME, Implementation, Refused, serve


class Pycryptodome(Implementation):
    name = "python-pycryptodome"
    version = Crypto.__version__
    runtime = f"{RUNTIME}, requests {requests.__version__}"
    url = "https://www.pycryptodome.org"
    supports = EVERYTHING

    def private_key(self, data: bytes, password: str | None) -> RSA.RsaKey:
        try:
            return RSA.import_key(data, passphrase=password)
        except (ValueError, IndexError, TypeError) as error:  # the three that import_key's documentation names
            raise Refused(str(error)) from error

    def public_key(self, data: bytes) -> RSA.RsaKey:
        return self.private_key(data, None)

    def fingerprint(self, key: RSA.RsaKey) -> str:
        return hashlib.sha256(key.public_key().export_key(format="DER")).hexdigest()

    def sign(self, message: bytes, key: RSA.RsaKey) -> str:
        return base64.b64encode(pkcs1_15.new(key).sign(SHA256.new(message))).decode()

    def verify(self, message: bytes, signature: str, key: RSA.RsaKey) -> bool:
        try:
            pkcs1_15.new(key).verify(SHA256.new(message), base64.b64decode(signature))
        except (ValueError, TypeError):
            return False
        return True

    def send(self, call: Call) -> dict[str, Any]:
        """The request as requests has it ready for the wire."""
        request = requests.Request(call.method, call.url, data=call.body, headers=call.headers)
        ready = requests.Session().prepare_request(request)
        return {
            "method": ready.method,
            "url": ready.url,
            "body": ready.body.encode() if isinstance(ready.body, str) else ready.body,
            "headers": {name: latin1(value) for name, value in ready.headers.items()},
        }


def latin1(text: str) -> str:
    """A header's value, refused where http.client could not encode it for the wire."""
    return text.encode("latin-1").decode("latin-1")


if __name__ == "__main__":
    serve(Pycryptodome())
