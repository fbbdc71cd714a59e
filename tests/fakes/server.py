"""HTTP servers that answer commands, rightly or not, on a port of their own."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from conformance.targets.adapter import Adapter
from tests.fakes.cases import text
from tests.fakes.python_targets import Good

CULPRIT = text(b'{"n": 7}')


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # with the default of 5, simultaneous connections wait for a second
    behaviour = "good"
    commands: list[dict[str, Any]]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        command = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.commands.append(command)
        behaviour = self.server.behaviour
        struck = command.get("text") == CULPRIT
        answer = json.dumps(Adapter(Good()).answer(command)).encode() if command["cmd"] != "bye" else b""
        if (behaviour == "dead" and command["cmd"] == "op") or (behaviour == "drops" and struck):
            self.close_connection = True
        elif behaviour == "cut" and struck:
            self._send(200, answer[:-5], claimed=len(answer))
            self.close_connection = True
        elif behaviour == "slow" and struck:
            time.sleep(1.5)
            self._send(200, answer)
        elif behaviour == "500" and struck:
            self._send(500, b"Internal Server Error")
        elif behaviour == "404":
            self._send(404, b"nothing here")
        elif behaviour == "redirects" and struck:
            self._send(307, b"", location="/elsewhere")
        elif behaviour == "other-id" and struck:
            self._send(200, json.dumps({"id": "no-such", "value": ""}).encode())
        elif behaviour == "garbage" and struck:
            self._send(200, b"<html>busy</html>")
        elif behaviour == "endless" and struck:
            self._send(200, b" " * (17 * 1024 * 1024))
        else:
            self._send(200, answer)

    def _send(self, status: int, body: bytes, *, claimed: int | None = None, location: str | None = None) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body) if claimed is None else claimed))
            if location is not None:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(body)
        except ConnectionError:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        pass


@contextmanager
def serving(behaviour: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A server while it is open: its URL, and the list of the commands it gets."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.behaviour, server.commands = behaviour, []
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/kit", server.commands
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
