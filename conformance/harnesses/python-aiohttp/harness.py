"""A merchant's aiohttp behind the signkit harness protocol: what it sends is read from the wire.

``--json`` leaves the session its own serialiser, ``json.dumps`` with blanks, instead of the one that signs.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(1, str(Path(__file__).resolve().parent.parent / "python-common"))

import aiohttp
import cryptography
import yarl
from merchant import Call, minified
from protocol import EVERYTHING, RUNTIME, Refused, serve
from pyca import Pyca
from recorder import Recorder


class Aiohttp(Pyca):
    name = "python-aiohttp"
    version = aiohttp.__version__
    runtime = f"{RUNTIME}, yarl {yarl.__version__}, cryptography {cryptography.__version__}"
    url = "https://docs.aiohttp.org/"
    supports = EVERYTHING

    def __init__(self, loop: asyncio.Runner, by_json: bool) -> None:
        self._recorder = Recorder()
        self._loop = loop
        self._session = loop.run(self._open(json.dumps if by_json else minified))

    async def _open(self, serialiser: Any) -> aiohttp.ClientSession:
        connector = aiohttp.UnixConnector(self._recorder.path)
        return aiohttp.ClientSession(connector=connector, json_serialize=serialiser)

    def close(self) -> None:
        self._loop.run(self._session.close())

    def send(self, call: Call) -> dict[str, Any]:
        return self._loop.run(self._send(call))

    async def _send(self, call: Call) -> dict[str, Any]:
        try:
            sending = self._session.request(
                call.method, call.url, headers=call.headers, json=call.value, allow_redirects=False
            )
            async with sending as response:
                return self._recorder.sent(response.url.scheme)
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as error:
            raise Refused(f"aiohttp: {type(error).__name__}: {error}") from error


if __name__ == "__main__":
    with asyncio.Runner() as runner:
        implementation = Aiohttp(runner, by_json=sys.argv[1:] == ["--json"])
        serve(implementation)
        implementation.close()
