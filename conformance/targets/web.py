"""The ``http://`` transport: every command is POSTed to one URL.

Each request stands alone, so there are no suspects: a lost connection is that command's crash. Nothing is restarted.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import httpx

from conformance.model import Verdict
from conformance.targets.answers import complaint
from conformance.targets.base import Fault, StderrTail, Stray, TargetError, quote
from conformance.targets.lines import MAX_LINE, LineError, decode, encode

BYE_GRACE = 2.0  # seconds for the answer to bye, which is not looked at


class HttpTarget:
    """A URL that takes commands. A user and password in it are used, but not shown."""

    restartable = False

    def __init__(self, spec: str) -> None:
        shown = re.sub("//.*@", "//", spec)
        try:
            self._url = httpx.URL(spec)
            host, port = self._url.host, self._url.port
        except (httpx.InvalidURL, ValueError) as error:
            raise TargetError(f"the target {shown!r} is no URL: {error}") from None
        if not host:
            raise TargetError(f"the target {shown!r} has no host; write it as http://127.0.0.1:8080/signkit")
        if port is not None and not 0 < port < 65536:
            raise TargetError(f"the target {shown!r} has the port {port}; ports are 1 to 65535")
        self.spec = str(self._url.copy_with(userinfo=b""))

    async def start(self, stray: Stray, stderr: StderrTail) -> HttpSession:
        """A client; nothing is sent yet. Requests have no stray answers, and the server's standard error is its own."""
        return HttpSession(self._url, self.spec)


class HttpSession:
    """One client. See ``base.Session``."""

    broken: Fault | None = None

    def __init__(self, url: httpx.URL, shown: str) -> None:
        self._url = url
        self._shown = shown
        self._client = httpx.AsyncClient(
            timeout=None,  # noqa: S113 - every request runs under its command's deadline
            follow_redirects=False,
            limits=httpx.Limits(max_connections=None),
            headers={"content-type": "application/json"},
        )

    async def ask(self, command: Mapping[str, Any], within: float) -> dict[str, Any]:
        """See ``base.Session``. A status other than 200 becomes an ``error`` answer."""
        name = {"id": command["id"]} if "id" in command else {}
        try:
            async with asyncio.timeout(within):
                problem, body = await self._post(encode(command))
            if problem is not None:
                return {**name, "error": {"kind": "HTTP status", "message": problem}}
            answer = decode(body)
        except TimeoutError:
            raise Fault(Verdict.TIMEOUT, f"no answer within {within:g} s") from None
        except httpx.HTTPError as error:
            raise Fault(Verdict.CRASH, f"no answer came from {self._shown}: {_told(error)}") from None
        except LineError as error:
            raise Fault(Verdict.PROTOCOL_ERROR, str(error)) from None
        if name and answer.get("id") != name["id"]:
            asked = f"where {quote(name['id'])} was asked"
            raise Fault(Verdict.PROTOCOL_ERROR, f"the answer has the id {quote(str(answer.get('id')))} {asked}")
        wrong = complaint(command["op"] if command["cmd"] == "op" else command["cmd"], answer)
        if wrong is not None:
            raise Fault(Verdict.PROTOCOL_ERROR, wrong)
        return answer

    async def _post(self, line: bytes) -> tuple[str | None, bytes]:
        """What is wrong with the status, or None, and the body. Raises LineError for a body over 16 MiB."""
        async with self._client.stream("POST", self._url, content=line) as response:
            if response.status_code in (301, 302, 303, 307, 308):
                place = quote(response.headers.get("location", ""))
                return f"status {response.status_code}: redirected to {place}; redirects are not followed", b""
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > MAX_LINE + 1:
                    raise LineError(f"the answer is longer than {MAX_LINE} bytes, the most the protocol allows")
            if response.status_code != 200:
                return f"status {response.status_code}: {quote(bytes(body))}", b""
            return None, bytes(body)

    async def close(self) -> None:
        """See ``base.Session``."""
        with suppress(TimeoutError, httpx.HTTPError, LineError):
            async with asyncio.timeout(BYE_GRACE):
                await self._post(encode({"cmd": "bye"}))
        await self.kill()

    async def kill(self) -> None:
        """See ``base.Session``."""
        await self._client.aclose()


def _told(error: httpx.HTTPError) -> str:
    words = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return words + "; is the server running?" if isinstance(error, httpx.ConnectError) else words
