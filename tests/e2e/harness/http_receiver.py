"""A real HTTP server on 127.0.0.1 that keeps the requests it gets and answers as it is told."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .meeting import wait_until


@dataclass
class Request:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    """What the receiver answers."""

    status: int = 200
    body: bytes = b"{}"
    content_type: str = "application/json"


@dataclass
class HttpReceiver:
    """Collects requests. ``replies`` are used up one by one, then 200 with an empty object."""

    requests: list[Request] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)

    def start(self) -> "HttpReceiver":
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                receiver.requests.append(Request(self.command, self.path, dict(self.headers), body))
                reply = receiver.replies.pop(0) if receiver.replies else Reply()
                self.send_response(reply.status)
                self.send_header("Content-Type", reply.content_type)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            do_GET = do_POST = do_PUT = do_DELETE = handle_any

            def log_message(self, *arguments):
                """Keep the terminal quiet; the requests themselves are kept."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def wait_for(self, count: int) -> list[Request]:
        """Return the requests as soon as there are ``count``."""
        wait_until(lambda: len(self.requests) >= count, f"{count} requests at the HTTP receiver")
        return self.requests
