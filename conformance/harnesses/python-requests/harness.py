"""A merchant's requests behind the signkit harness protocol: what it sends is read from the wire.

``--json`` sends the value by ``json=`` instead of the text that was signed by ``data=``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(1, str(Path(__file__).resolve().parent.parent / "python-common"))

import cryptography
import requests
import urllib3
from merchant import Call
from protocol import EVERYTHING, RUNTIME, Refused, serve
from pyca import Pyca
from recorder import Recorder
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

RECORDER = Recorder()


class Requests(Pyca):
    name = "python-requests"
    version = requests.__version__
    runtime = f"{RUNTIME}, urllib3 {urllib3.__version__}, cryptography {cryptography.__version__}"
    url = "https://requests.readthedocs.io/"
    supports = EVERYTHING

    def __init__(self, by_json: bool) -> None:
        self._by_json = by_json
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy, no .netrc
        adapter = HTTPAdapter()
        adapter.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def send(self, call: Call) -> dict[str, Any]:
        body = {"json": call.value} if self._by_json else {"data": call.body}
        try:
            response = self._session.request(call.method, call.url, headers=call.headers, allow_redirects=False, **body)
        except requests.exceptions.InvalidJSONError as error:  # the one refusal that is no ValueError
            raise Refused(f"requests: {error}") from error
        return RECORDER.sent(response.request.url.partition(":")[0])


class Plain(HTTPConnection):
    def connect(self) -> None:
        self.sock = RECORDER.connect()


class Secure(HTTPSConnection):
    def connect(self) -> None:
        self.sock = RECORDER.connect()
        self.is_verified = True


class PlainPool(urllib3.HTTPConnectionPool):
    ConnectionCls = Plain


class SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = Secure


if __name__ == "__main__":
    serve(Requests(by_json=sys.argv[1:] == ["--json"]))
