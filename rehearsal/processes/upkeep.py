"""The process that keeps the simulated cluster usable: volumes for claims, no pods left on nodes that are gone.

Run as `python -m rehearsal.processes.upkeep KUBECONFIG PORT`; the port answers whether it can do its work.
"""

import http.client
import json
import logging
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from rehearsal.processes import stray_pods, volumes
from rehearsal.processes.kubernetes_api import ApiError, KubernetesApi
from rehearsal.processes.ports import LOOPBACK

WATCHED = (volumes.CLAIMS, volumes.VOLUMES, volumes.CLASSES, stray_pods.NODES)
#: Looked at without a change as well, in case a watch missed one.
LONGEST_PAUSE_SECONDS = 5.0
PAUSE_AFTER_FAILURE_SECONDS = 0.5
#: Longer without success means that this process is of no use any more.
STALE_SECONDS = 60.0

log = logging.getLogger("upkeep")


class Upkeep:
    """Watches wake it; each round then looks at everything, which is little."""

    def __init__(self, kubeconfig: Path) -> None:
        self._kubeconfig = kubeconfig
        self._changed = threading.Event()
        self._stray = stray_pods.StrayPods()
        self.last_success = time.monotonic()

    def run(self) -> None:
        for path in WATCHED:
            threading.Thread(target=self._watch, args=[path], daemon=True).start()
        api = connect(self._kubeconfig)
        while True:
            pause = LONGEST_PAUSE_SECONDS
            try:
                volumes.reconcile(api)
                if self._stray.reconcile(api):
                    pause = stray_pods.GRACE_SECONDS
                self.last_success = time.monotonic()
            except (ApiError, OSError, http.client.HTTPException) as failure:
                # Restarted, busy, or an object changed meanwhile: the next round sees how things are then.
                log.warning("round failed: %s", failure)
                pause = PAUSE_AFTER_FAILURE_SECONDS
            self._changed.wait(pause)
            self._changed.clear()

    def _watch(self, path: str) -> None:
        while True:
            try:
                for _ in connect(self._kubeconfig).watch(path):
                    self._changed.set()
            except (ApiError, OSError, http.client.HTTPException, ValueError) as failure:
                log.warning("watch of %s ended: %s", path, failure)
                time.sleep(PAUSE_AFTER_FAILURE_SECONDS)


def connect(kubeconfig: Path) -> KubernetesApi:
    content = json.loads(kubeconfig.read_text())
    cluster = content["clusters"][0]["cluster"]
    token = content["users"][0]["user"]["token"]
    return KubernetesApi(cluster["server"], Path(cluster["certificate-authority"]), token)


def _serve_health(upkeep: Upkeep, port: int) -> None:
    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            works = time.monotonic() - upkeep.last_success < STALE_SECONDS
            self.send_response(200 if works else 503)
            self.end_headers()
            self.wfile.write(b"ok" if works else b"no successful round lately")

        def log_message(self, format: str, *args: object) -> None: ...

    threading.Thread(target=ThreadingHTTPServer((LOOPBACK, port), Health).serve_forever, daemon=True).start()


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    kubeconfig, port = Path(sys.argv[1]), int(sys.argv[2])
    upkeep = Upkeep(kubeconfig)
    _serve_health(upkeep, port)
    upkeep.run()


if __name__ == "__main__":
    main()
