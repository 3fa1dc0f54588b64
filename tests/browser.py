"""A real browser for tests: Debian's Chromium without a window, spoken to through pipes, so that nothing listens.

with Browser.start(directory) as browser:
    page = browser.open("http://127.0.0.1:8080/crisis")
    assert page.evaluate("document.title") == "Help now"
"""

import base64
import itertools
import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import debian_packages

_ANSWER_SECONDS = 60
_FLAGS = (
    *("--headless", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
    "--disable-breakpad",
)


class BrowserFailed(Exception):
    """The browser said no, or said nothing."""


@dataclass
class Browser:
    """One running browser; its pages share nothing but the process."""

    process: subprocess.Popen[bytes]
    _to: int
    _from: int
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _rest: bytes = b""
    events: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    @staticmethod
    @contextmanager
    def start(directory: Path) -> Iterator["Browser"]:
        program = debian_packages.program("chromium", package="chromium")
        hears, to = os.pipe()
        says_from, says = os.pipe()
        flags = [*_FLAGS, f"--user-data-dir={directory}", *(["--no-sandbox"] if os.getuid() == 0 else [])]
        # The browser reads from its third file and writes to its fourth.
        command = ["bash", "-c", f'exec "$@" 3<&{hears} 4>&{says}', "browser", str(program), *flags]
        log = (directory.parent / f"{directory.name}.log").open("wb")
        streams: dict[str, Any] = {"pass_fds": (hears, says), "stdout": log, "stderr": log}
        with log, subprocess.Popen(command, start_new_session=True, **streams) as process:
            os.close(hears)
            os.close(says)
            browser = Browser(process, to, says_from)
            try:
                yield browser
            finally:
                browser._end()

    def _end(self) -> None:
        """By its leave, so that its helpers end as well; without it where it does not answer."""
        try:
            self.send("Browser.close")
            self.process.wait(timeout=60)
        except (BrowserFailed, OSError, subprocess.TimeoutExpired):
            os.killpg(self.process.pid, signal.SIGKILL)
        os.close(self._to)
        os.close(self._from)

    def open(self, url: str, **emulated: Any) -> "Page":
        """A page of a profile of its own: no cookie and no worker of an earlier one. `emulated`: see Page.emulate."""
        context = self.send("Target.createBrowserContext")["browserContextId"]
        target = self.send("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session)
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.send(f"{domain}.enable")
        page.emulate(**emulated)
        page.go(url)
        return page

    def send(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters, **({"sessionId": session} if session else {})}
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next(f"an answer to {method}")
            if answer.get("id") != number:
                self.events.append(answer)
            elif "error" in answer:
                raise BrowserFailed(f"{method}: {answer['error']['message']}")
            else:
                return answer["result"]

    def wait_for(self, method: str, session: str) -> dict[str, Any]:
        """The next event of that name; earlier ones count."""
        while True:
            for event in self.events:
                if event.get("method") == method and event.get("sessionId") == session:
                    self.events.remove(event)
                    return event["params"]
            self.events.append(self._next(method))

    def _next(self, wanted: str) -> dict[str, Any]:
        deadline = time.monotonic() + _ANSWER_SECONDS
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._from], [], [], max(deadline - time.monotonic(), 0))
            read = os.read(self._from, 1 << 16) if ready else b""
            if not read:
                raise BrowserFailed(f"no {wanted} from the browser within {_ANSWER_SECONDS} s, or it ended")
            self._rest += read
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)


@dataclass
class Page:
    """One page as a visitor has it before them."""

    browser: Browser
    session: str

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self.browser.send(method, self.session, **parameters)

    def emulate(self, *, width: int = 480, height: int = 900, dark: bool = False, scripts: bool = True) -> None:
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", features=[scheme])
        self.send("Emulation.setScriptExecutionDisabled", value=not scripts)

    def go(self, url: str) -> None:
        failed = self.send("Page.navigate", url=url).get("errorText")
        if failed:
            raise BrowserFailed(f"{url}: {failed}")
        self.browser.wait_for("Page.loadEventFired", self.session)

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression; a promise is waited for."""
        answer = self.send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise BrowserFailed(json.dumps(answer["exceptionDetails"].get("exception", answer["exceptionDetails"])))
        return answer["result"].get("value")

    def complaints(self) -> list[str]:
        """What the browser wrote to its console: blocked styles and scripts among it."""
        logged = [event for event in self.browser.events if event.get("sessionId") == self.session]
        return [each["params"]["entry"]["text"] for each in logged if each.get("method") == "Log.entryAdded"]

    def screenshot(self) -> bytes:
        """The whole page, as PNG."""
        return base64.b64decode(self.send("Page.captureScreenshot", captureBeyondViewport=True)["data"])
