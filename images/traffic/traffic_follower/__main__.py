"""Follows until it is told to stop. Each thing it does or cannot do is one line of JSON, once."""

import hashlib
import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from traffic_follower import desired
from traffic_follower.desired import State, Unreachable
from traffic_follower.haproxy import HAProxy, Refused, replace


class Follower:
    """Where the wish comes from, and the HAProxy it is for."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._defaults = desired.parse(Path(environment["TRAFFIC_DEFAULTS"]).read_text())
        self._directory, self._api = Path(environment["TRAFFIC_DIRECTORY"]), environment.get("TRAFFIC_API")
        self._certificate = Path(environment["TRAFFIC_CERTIFICATE"]) if "TRAFFIC_CERTIFICATE" in environment else None
        self._cache = Path(environment["TRAFFIC_CACHE_PASSWORD"]) if "TRAFFIC_CACHE_PASSWORD" in environment else None
        run_directory = Path(environment["TRAFFIC_RUN_DIRECTORY"])
        self._haproxy, self._loaded = HAProxy(run_directory), run_directory / "certificate.sha256"
        self._said: dict[str, object] = {}

    def start(self) -> None:
        """The map must be there before HAProxy is. The mounted ConfigMap is fresh at the start of a pod."""
        try:
            wanted = self._wanted()
        except Unreachable as error:
            self._say("source", str(error))
            wanted = desired.from_directory(self._directory)
        state, problems = desired.accepted(wanted, self._defaults, {})
        self._say("problems", problems)
        self._haproxy.write(self._haproxy.traffic, state)
        self._haproxy.write(self._haproxy.cache, self._password())
        replace(self._loaded, self._fingerprint())

    def step(self) -> None:
        try:
            self._follow_password()
            holding = self._haproxy.state(self._haproxy.traffic)
            state, problems = desired.accepted(self._wanted(), self._defaults, holding)
            self._say("problems", problems)
            if state != holding:
                self._haproxy.hold(self._haproxy.traffic, state)
            self._say("traffic", state)
            self._renew()
            self._say("source", "")
        except (Unreachable, Refused, OSError) as error:
            self._say("source", str(error))

    def _wanted(self) -> State:
        return desired.from_api(self._api) if self._api else desired.from_directory(self._directory)

    def _password(self) -> State:
        """Of the cache, where HAProxy asks its servers; rotated, it appears in the same file."""
        return {"password": self._cache.read_text().strip()} if self._cache else {}

    def _follow_password(self) -> None:
        if (wanted := self._password()) and wanted != self._haproxy.state(self._haproxy.cache):
            self._haproxy.hold(self._haproxy.cache, wanted)
            self._say("password of the cache", "renewed")

    def _renew(self) -> None:
        if (now := self._fingerprint()) != self._loaded.read_text():
            self._haproxy.reload()
            replace(self._loaded, now)
            self._say("reloaded for certificate", now)

    def _fingerprint(self) -> str:
        return hashlib.sha256(self._certificate.read_bytes()).hexdigest()[:16] if self._certificate else ""

    def _say(self, what: str, value: object) -> None:
        """Only what is new."""
        if self._said.get(what, "") != value:
            print(json.dumps({what: value}), flush=True)
        self._said[what] = value


def main() -> int:
    follower = Follower(os.environ)
    if "--once" in sys.argv[1:]:
        follower.start()
        return 0
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    while not stopping.wait(float(os.environ.get("TRAFFIC_POLL_SECONDS", "1"))):
        follower.step()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
