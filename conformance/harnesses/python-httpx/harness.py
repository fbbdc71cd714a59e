"""A merchant's httpx behind the signkit harness protocol: what it sends is read from the wire."""

from __future__ import annotations

import ssl
import sys
from pathlib import Path
from typing import Any

sys.path.insert(1, str(Path(__file__).resolve().parent.parent / "python-common"))

import cryptography
import httpcore
import httpx
from merchant import Call
from protocol import EVERYTHING, RUNTIME, Refused, serve
from pyca import Pyca
from recorder import Recorder


class Httpx(Pyca):
    name = "python-httpx"
    version = httpx.__version__
    runtime = f"{RUNTIME}, httpcore {httpcore.__version__}, cryptography {cryptography.__version__}"
    url = "https://www.python-httpx.org/"
    supports = EVERYTHING

    def __init__(self) -> None:
        self._recorder = Recorder()
        transport = httpx.HTTPTransport(verify=NoTls(ssl.PROTOCOL_TLS_CLIENT), uds=self._recorder.path)
        self._client = httpx.Client(transport=transport, trust_env=False)  # no proxy, no .netrc

    def send(self, call: Call) -> dict[str, Any]:
        try:
            response = self._client.request(call.method, call.url, headers=call.headers, json=call.value)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
            raise Refused(f"httpx: {error}") from error
        return self._recorder.sent(response.request.url.scheme)


class NoTls(ssl.SSLContext):
    """Leaves the connection to the recorder as it is."""

    def wrap_socket(self, sock: Any, *_: Any, **__: Any) -> Any:
        return sock


if __name__ == "__main__":
    serve(Httpx())
