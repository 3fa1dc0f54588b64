"""Follows until it is told to stop. Each thing it does or cannot do is one line of JSON, once; a password never is."""

import hashlib
import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from pooler_follower import console, figures, logins


class Follower:
    """Copies what is mounted to where PgBouncer reads it, and has it read anew: open connections go on."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._secrets = Path(environment["POOLER_SECRETS"])
        self._names = environment["POOLER_SECRET_NAMES"].split(",")
        self._certificates = Path(environment["POOLER_CERTIFICATES"])
        run = Path(environment["POOLER_RUN"])
        self.place = run / f".s.PGSQL.{environment['POOLER_PORT']}"
        self._list, self._loaded = run / "userlist.txt", run / "loaded"
        self._said: dict[str, str] = {}

    def start(self) -> None:
        """Before PgBouncer, which does not start without its list."""
        replace(self._list, logins.listed(self._secrets, self._names))
        replace(self._loaded, self._fingerprint())

    def step(self) -> None:
        """What could not be loaded is loaded by the next step: the mark of it is written last."""
        try:
            replace(self._list, logins.listed(self._secrets, self._names))
            now = self._fingerprint()
            if now != self._loaded.read_text():
                console.ask(self.place, "RELOAD")
                replace(self._loaded, now)
                self._say("loaded", now)
            self._say("trouble", "")
        except (OSError, console.Refused, logins.Unreadable) as error:
            self._say("trouble", str(error))

    def _fingerprint(self) -> str:
        files = [self._list, *(self._certificates / name for name in ("tls.crt", "tls.key"))]
        return hashlib.sha256(b"\0".join(each.read_bytes() for each in files)).hexdigest()[:16]

    def _say(self, what: str, value: str) -> None:
        """Only what is new."""
        if self._said.get(what, "") != value:
            print(json.dumps({what: value}), flush=True)
        self._said[what] = value


def replace(file: Path, text: str) -> None:
    """Whole or not at all, and only for PgBouncer's own user."""
    if file.exists() and file.read_text() == text:
        return
    draft = file.with_name(f"{file.name}.draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        opened.write(text)
    draft.replace(file)


def serve(place: Path, port: int) -> ThreadingHTTPServer:
    """`/metrics` for Prometheus; `/healthz` says that this process answers."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = {"/metrics": lambda: figures.text(place), "/healthz": lambda: "ok\n"}
            found = known.get(self.path)
            body = found().encode() if found else b""
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """A scrape every few seconds is no event."""

    server = ThreadingHTTPServer((os.environ.get("POOLER_METRICS_ADDRESS", ""), port), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main() -> int:
    follower = Follower(os.environ)
    if "--once" in sys.argv[1:]:
        follower.start()
        return 0
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    serve(follower.place, int(os.environ["POOLER_METRICS_PORT"]))
    while not stopping.wait(float(os.environ.get("POOLER_POLL_SECONDS", "1"))):
        follower.step()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
