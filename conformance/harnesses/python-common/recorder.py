"""An HTTP/1.1 server on an abstract Unix socket (Linux), in a thread: it keeps what a client truly sends it.

Clients are led to it instead of the URL's host and port, without TLS, so that no name is looked up and nothing leaves
the machine. The scheme, which no request tells, is what the client itself holds of it.
"""

from __future__ import annotations

import secrets
import socket
import socketserver
import threading
from collections import deque
from typing import Any


class _Handler(socketserver.StreamRequestHandler):
    """One request, read octet by octet: a request line that servers would reject is told as it came."""

    server: Recorder

    def handle(self) -> None:
        head = []
        while (line := self.rfile.readline()) not in (b"\r\n", b""):
            head.append(line.decode("latin-1").rstrip("\r\n"))
        headers: dict[str, str] = {}
        for name, _, value in (text.partition(":") for text in head[1:]):
            before = f"{headers[name.lower()]}, " if name.lower() in headers else ""
            headers[name.lower()] = before + value.strip(" \t")
        length = int(headers.get("content-length", 0))
        body = self.rfile.read(length)
        if not line or len(body) < length:
            return  # no whole request: the client thought better of it
        method, _, rest = head[0].partition(" ")
        target = rest.rpartition(" ")[0]
        self.server.received.append({"method": method, "target": target, "headers": headers, "body": body or None})
        self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")


class Recorder(socketserver.ThreadingUnixStreamServer):
    """The server; it goes with the process."""

    daemon_threads = True

    def __init__(self) -> None:
        self.path = f"\0recorder-{secrets.token_hex(16)}"  # of no folder, so that nothing is left to tidy up
        self.received: deque[dict[str, Any]] = deque(maxlen=1)
        super().__init__(self.path, _Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def connect(self) -> socket.socket:
        """A connection to it."""
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(self.path)
        return connection

    def sent(self, scheme: str) -> dict[str, Any]:
        """The request that a client has had its response to: method, url, headers, body (None where it is empty)."""
        request = self.received.pop()
        target = request.pop("target")
        return {**request, "url": f"{scheme}://{request['headers']['host']}{target}"}
