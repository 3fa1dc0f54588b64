"""The crisis page and the maintenance page, read as a person in need reads them: in a real browser, or with no script,
no network, bad eyes, a small telephone."""

import re
from collections.abc import Iterator
from functools import partial
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from rendering import pages
from systems import registry
from systems.model import Contact, Environment, System
from tests.browser import Browser, Page

SYSTEMS = {name: registry.load(name, Environment.PRODUCTION) for name in registry.names()}
IN_CRISIS = {name: system for name, system in SYSTEMS.items() if system.crisis}
#: HAProxy answers with a file only when it fits its buffer of 16 KiB, headers included.
FITS_HAPROXY = 14_000
SMALL_TEXT, LARGE_TEXT = 4.5, 3.0

#: Of every piece of text: what it says, its contrast with what is behind it, and whether it is large in WCAG's sense.
CONTRASTS = """(() => {
  const channel = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const parts = text => text.match(/[\\d.]+/g).map(Number);
  const behind = node => {
    for (; node; node = node.parentElement) {
      const color = parts(getComputedStyle(node).backgroundColor);
      if (color.length < 4 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim(), node = walker.currentNode.parentElement;
    if (!text) continue;
    const style = getComputedStyle(node), size = parseFloat(style.fontSize), bold = style.fontWeight >= 700;
    const [one, other] = [light(parts(style.color)), light(behind(node))].sort((a, b) => b - a);
    found.push([text, (one + 0.05) / (other + 0.05), size >= 24 || (bold && size >= 18.66)]);
  }
  return found;
})()"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser.start(tmp_path_factory.mktemp("browser") / "profile") as running:
        yield running


class _Site:
    """Serves a platform's pages on loopback as CloudFront does; can be switched off."""

    def __init__(self, system: System) -> None:
        crisis = pages.crisis(system) if system.crisis else ""
        self.files = {"/maintenance": ("text/html", pages.maintenance(system))}
        if system.crisis:
            script = ("text/javascript", pages.offline_script(system))
            self.files |= {pages.crisis_path(system): ("text/html", crisis), pages.offline_script_path(system): script}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Answer, self.files))
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Answer(BaseHTTPRequestHandler):
    def __init__(self, files: dict[str, tuple[str, str]], *arguments: object) -> None:
        self._files = files
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        kind, content = self._files.get(self.path, ("text/plain", ""))
        self.send_response(200 if content else 404)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Security-Policy", pages.style_policy(content))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture(params=IN_CRISIS)
def system(request: pytest.FixtureRequest) -> System:
    return IN_CRISIS[request.param]


@pytest.fixture
def site(system: System) -> Iterator[_Site]:
    running = _Site(system)
    yield running
    running.stop()


class _Links(HTMLParser):
    """Addresses of links in the order they are read, and of whatever a browser would load."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "a":
            self.links.append(values.get("href") or "")
        elif loaded := values.get("src") or values.get("href"):
            self.loaded.append(loaded)


# -- what they say -----------------------------------------------------------------------------------------------------


def test_988_is_first_and_the_other_lines_follow_in_the_order_of_the_spec(system: System) -> None:
    assert system.crisis
    schemes = {Contact.VOICE: "tel", Contact.TEXT: "sms"}
    wanted = [f"{schemes[line.contact]}:{re.sub('[^0-9]', '', line.number)}" for line in system.crisis.hotlines]
    for page in (pages.crisis(system), pages.maintenance(system)):
        numbers = [link for link in _Links(page).links if link.startswith(("tel:", "sms:"))]
        assert numbers[:3] == ["tel:988", "tel:18002738255", "sms:741741"]
        assert numbers == wanted * len(system.crisis.languages)


def test_the_crisis_page_loads_nothing_but_the_script_it_can_do_without(system: System) -> None:
    assert _Links(pages.crisis(system)).loaded == [pages.offline_script_path(system)]
    assert _Links(pages.maintenance(system)).loaded == []
    assert "//" not in re.sub("<!doctype[^>]*>", "", pages.crisis(system))


@pytest.mark.parametrize("name", SYSTEMS)
def test_pages_are_small_enough_for_everybody_who_serves_them(name: str) -> None:
    system = SYSTEMS[name]
    assert len(pages.maintenance(system).encode()) < FITS_HAPROXY
    if system.crisis:
        assert len(pages.crisis(system).encode()) < min(FITS_HAPROXY, system.crisis.page_maximum_bytes)


@pytest.mark.parametrize("name", SYSTEMS)
def test_maintenance_says_how_long_it_takes_and_names_lines_only_where_somebody_may_need_them(name: str) -> None:
    system = SYSTEMS[name]
    page = pages.maintenance(system)
    assert f"{system.maintenance.retry_after_seconds // 60} minutes" in page
    assert ("tel:988" in page) == system.maintenance.shows_hotlines


def test_a_platform_without_a_crisis_section_has_no_crisis_page() -> None:
    with pytest.raises(ValueError, match="astral-draft has no crisis section"):
        pages.crisis(SYSTEMS["astral-draft"])


# -- how they read -----------------------------------------------------------------------------------------------------


def _opened(browser: Browser, site: _Site, system: System, which: str, **emulated: object) -> Page:
    path = pages.crisis_path(system) if which == "crisis" else "/maintenance"
    return browser.open(f"{site.address}{path}", **emulated)


@pytest.mark.parametrize("which", ["crisis", "maintenance"])
@pytest.mark.parametrize("dark", [False, True], ids=["day", "night"])
def test_every_text_has_the_contrast_of_wcag_aa(
    browser: Browser, site: _Site, system: System, which: str, dark: bool
) -> None:
    found = _opened(browser, site, system, which, dark=dark).evaluate(CONTRASTS)
    assert len(found) > 15
    poor = [each for each in found if each[1] < (LARGE_TEXT if each[2] else SMALL_TEXT)]
    assert poor == []


@pytest.mark.parametrize("which", ["crisis", "maintenance"])
def test_it_reads_on_a_small_telephone_with_a_thumb(browser: Browser, site: _Site, system: System, which: str) -> None:
    page = _opened(browser, site, system, which, width=320, height=568)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.evaluate("document.querySelectorAll('h1').length") == 1
    assert page.evaluate("document.documentElement.lang") == "en"
    small = "[...document.querySelectorAll('.line')].filter(line => line.getBoundingClientRect().height < 44).length"
    assert page.evaluate(small) == 0


def test_the_first_line_is_seen_without_scrolling(browser: Browser, site: _Site, system: System) -> None:
    page = _opened(browser, site, system, "crisis", width=320, height=568)
    assert page.evaluate("document.querySelector('a[href=\"tel:988\"]').getBoundingClientRect().bottom") < 568


def test_whoever_uses_a_keyboard_sees_where_they_are(browser: Browser, site: _Site, system: System) -> None:
    page = _opened(browser, site, system, "crisis")
    for kind in ("keyDown", "keyUp"):
        page.send("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert page.evaluate("document.activeElement.tagName") == "A"


@pytest.mark.parametrize("which", ["crisis", "maintenance"])
def test_it_says_the_same_without_scripts(browser: Browser, site: _Site, system: System, which: str) -> None:
    said = [
        _opened(browser, site, system, which, scripts=scripts).send("Accessibility.getFullAXTree")["nodes"]
        for scripts in (True, False)
    ]
    with_scripts, without = ([node["name"]["value"] for node in each if node.get("name")] for each in said)
    assert without == with_scripts
    assert any("988" in name for name in without)


def test_its_own_security_policy_lets_it_be_shown_as_it_is_meant(browser: Browser, site: _Site, system: System) -> None:
    page = _opened(browser, site, system, "crisis")
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.first .line')).backgroundColor") != "rgba(0, 0, 0, 0)"
    )
    assert page.complaints() == []


def test_once_seen_it_can_be_read_without_a_network(browser: Browser, system: System, tmp_path: Path) -> None:
    site = _Site(system)
    try:
        page = _opened(browser, site, system, "crisis")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    finally:
        site.stop()
    page.go(f"{site.address}{pages.crisis_path(system)}")
    assert page.evaluate("document.querySelector('a[href=\"tel:988\"]').textContent").startswith("988")


def test_the_worker_answers_for_the_page_and_for_nothing_else(browser: Browser, site: _Site, system: System) -> None:
    page = _opened(browser, site, system, "crisis")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    site.files["/maintenance"] = ("text/html", "<title>new</title>")
    assert page.evaluate("fetch('/maintenance').then(answer => answer.text())") == "<title>new</title>"
    assert page.evaluate("caches.open('crisis').then(kept => kept.keys()).then(keys => keys.length)") == 1
