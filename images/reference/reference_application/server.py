"""The HTTP side: documented paths with their documented answers, health, metrics, an echo over WebSockets."""

import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from reference_application import websocket
from reference_application.metrics import Metrics

#: Only where this variable is set, tests may change answers through this path; it is never set in an environment.
CONTROL_VARIABLE, CONTROL_PATH = "REFERENCE_CONTROL", "/-/control"
#: Paths outside the contract are counted under one name: a label for each would be a label for each visitor.
OTHER = "other"


class Application:
    """What it answers, and whether it is still taking part."""

    def __init__(self, contract: dict) -> None:
        self.contract = contract
        self.metrics = Metrics(contract.get("measured"))
        self.draining = False
        self._answers: dict[str, dict] = dict(contract["answers"])
        self._open = 0
        self._changed = threading.Condition()

    def drain(self) -> None:
        """Readiness turns away, everything else goes on: the balancer needs a moment to notice."""
        self.draining = True

    def wait_until_idle(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        with self._changed:
            while self._open and (left := deadline - time.monotonic()) > 0:
                self._changed.wait(left)

    def entered(self, difference: int) -> None:
        with self._changed:
            self._open += difference
            self._changed.notify_all()

    def answer(self, path: str) -> tuple[int, object]:
        """Status and body for a path of the contract; 404 for all others."""
        if path == self.contract["liveness"]:
            return 200, {"status": "alive"}
        if self.draining and path in self.contract["readiness"]:
            return 503, {"status": "draining"}
        known = self._answers.get(path)
        if known is None:
            return 404, {"error": "no such path", "path": path}
        if pause := known.get("seconds"):
            time.sleep(pause)
        return known["status"], known["body"]

    def change(self, changes: dict[str, dict]) -> None:
        """For tests: `{"/api/health": {"status": 500, "body": {}, "seconds": 2}}`."""
        self._answers.update(changes)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes: the second would wait 40 ms for an acknowledgement
    server: "Server"

    def do_GET(self) -> None:
        application = self.server.application
        path = self.path.split("?", 1)[0]
        if path == application.contract["websockets"] and "websocket" in self.headers.get("Upgrade", "").lower():
            websocket.echo(self, lambda: application.draining)
        elif path == application.contract["metrics"]:
            self._send(200, application.metrics.text().encode(), "text/plain; version=0.0.4")
        else:
            self._answer(path)

    do_HEAD = do_GET  # noqa: N815  (the base class's spelling)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.split("?", 1)[0]
        if path == CONTROL_PATH and os.environ.get(CONTROL_VARIABLE):
            self.server.application.change(json.loads(body))
            self._send(200, b"{}", "application/json")
        else:
            self._answer(path)

    def _answer(self, path: str) -> None:
        application, began = self.server.application, time.monotonic()
        waited_for = 0 if path in application.contract["readiness"] else 1  # probes never end
        application.entered(waited_for)
        try:
            status, body = application.answer(path)
            self._send(status, json.dumps(body).encode(), "application/json")
        finally:
            application.entered(-waited_for)
        known = path if path in application.contract["answers"] else OTHER
        application.metrics.count(self.command, known, status, time.monotonic() - began)

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Served-By", os.environ.get("HOSTNAME", "reference"))
        if self.server.application.draining:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """One line of JSON a request; paths of the contract only, so that no text of a visitor gets into a log."""
        path = self.path.split("?", 1)[0]
        known = path if path in self.server.application.contract["answers"] else OTHER
        print(json.dumps({"method": self.command, "path": known}), flush=True)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024

    def __init__(self, address: tuple[str, int], application: Application) -> None:
        self.application = application
        super().__init__(address, _Handler)


def serve(application: Application, host: str, port: int) -> Server:
    server = Server((host, port), application)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
