"""Any target's object behind an HTTP server."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from conformance.targets.adapter import Adapter


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@contextmanager
def answering(target: Any, spoils: Callable[[dict[str, Any]], bool] = lambda command: False) -> Iterator[str]:
    """The URL of a server that puts commands to ``target``, and drops the connection of those that ``spoils`` picks."""
    adapter = Adapter(target)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing."""

        def do_POST(self) -> None:
            command = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if spoils(command):
                self.close_connection = True
                return
            answer = b"{}" if command["cmd"] == "bye" else json.dumps(adapter.answer(command)).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    with _Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
