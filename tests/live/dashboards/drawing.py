"""The page that draws: Grafana's own components from npm, bundled once for each lock file, before a real browser."""

import functools
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from rehearsal import paths
from tests import debian_packages
from tests.browser import Browser
from tests.live.dashboards.story import BEGIN, MINUTES

PAGE = Path(__file__).parent / "page"
WIDTH = 1400
_SECONDS = 540
_LOADERS = {".woff2": "file", ".ttf": "file", ".png": "file", ".svg": "dataurl"}


@dataclass(frozen=True)
class Drawn:
    """One dashboard as it was seen, and what its page tells of each panel."""

    picture: bytes
    panels: list[dict[str, Any]]
    complaints: list[str]


def bundle() -> Path:
    """The page, built: from the user's store, or anew where a source or the lock file is another."""
    sources = sorted(each for each in PAGE.rglob("*") if each.is_file())
    read = hashlib.sha256(b"\0".join(each.read_bytes() for each in sources)).hexdigest()[:16]
    place = paths.cache() / "dashboards" / read
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as directory:
            built = _build(Path(directory) / "page")
            # Whoever else builds the same at the same time makes the same.
            if not place.exists():
                built.rename(place)
    return place


def _build(directory: Path) -> Path:
    shutil.copytree(PAGE, directory)
    npm = debian_packages.program("npm", package="npm")
    _run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], directory)
    loaders = [f"--loader:{end}={loader}" for end, loader in _LOADERS.items()]
    options = ["--bundle", "--format=esm", "--jsx=automatic", "--minify", *loaders]
    options += ['--define:process.env.NODE_ENV="production"', "--outdir=built"]
    _run([directory / "node_modules" / ".bin" / "esbuild", "src/main.jsx", *options], directory)
    _place_what_components_ask_for(directory)
    shutil.rmtree(directory / "node_modules")
    return directory


def _place_what_components_ask_for(directory: Path) -> None:
    """Icons and the typeface, where a Grafana would serve them."""
    packages = directory / "node_modules"
    shutil.copytree(packages / "@grafana/ui/dist/public/img/icons", directory / "build/img/icons")
    typeface = packages / "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2"
    (directory / "fonts/inter").mkdir(parents=True)
    for weight in ("Regular", "Medium"):
        shutil.copy(typeface, directory / f"fonts/inter/Inter-{weight}.woff2")


def _run(command: list[str | Path], directory: Path) -> None:
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=_SECONDS)
    if done.returncode != 0:
        words = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise AssertionError(f"{Path(command[0]).name} {command[1]} ended with {done.returncode}:\n{words}")


@contextmanager
def serving(page: Path, dashboards: Mapping[str, str]) -> Iterator[str]:
    """The page and the rendered dashboards, each under its file's name."""

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = urllib.parse.urlsplit(self.path).path.removeprefix("/dashboards/")
            if wanted in dashboards:
                self._tell(dashboards[wanted].encode())
            else:
                super().do_GET()

        def _tell(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """What is missing is told by the browser."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=os.fspath(page)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def draw(browser: Browser, served: str, file: str, prometheus: str) -> Drawn:
    """The dashboard of this file, over the whole story."""
    told = {"dashboard": f"/dashboards/{file}", "prometheus": prometheus}
    told |= {"from": str(BEGIN * 1000), "to": str((BEGIN + MINUTES * 60) * 1000)}
    page = browser.open(f"{served}/index.html?{urllib.parse.urlencode(told)}", width=WIDTH)
    deadline = time.monotonic() + _SECONDS
    while not (panels := page.evaluate("window.reported")):
        if broken := page.evaluate("window.broken"):
            raise AssertionError(f"{file} could not be drawn: {broken}")
        if time.monotonic() > deadline:
            raise AssertionError(f"{file} was not drawn within {_SECONDS} s; the browser said {page.complaints()}")
        time.sleep(0.1)
    return Drawn(page.screenshot(), panels, page.complaints())


def kinds() -> dict[str, str]:
    """Kinds of panels that the page can draw, and with what."""
    return json.loads((PAGE / "kinds.json").read_text())
