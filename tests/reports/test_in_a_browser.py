"""The page of a preview as a reviewer has it before them: in a real browser, by day and night, on a telephone, printed.

`LIFELINE_UPDATE_GOLDEN=1` takes the picture of docs/previews.md anew.
"""

import itertools
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.paths import PROJECT
from tests.browser import Browser, Page
from tests.rendering.test_pages import CONTRASTS, LARGE_TEXT, SMALL_TEXT

GOLDEN = Path(__file__).parent / "golden"
NAMES = sorted(file.stem for file in GOLDEN.glob("*.html"))
PICTURE = PROJECT / "docs" / "images" / "preview-report.png"
PATIENCE_SECONDS = 60.0
#: What is told first: data at risk, then what rules say, before all that costs nobody anything.
ORDER = ("Data at risk", "Policies", "Replaced or deleted", "Firewall", "Interruption", "Cost", "Changes")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser.start(tmp_path_factory.mktemp("browser") / "profile") as running:
        yield running


def opened(browser: Browser, name: str, **emulated: object) -> Page:
    return browser.open((GOLDEN / f"{name}.html").as_uri(), **emulated)


@pytest.mark.parametrize("dark", [False, True], ids=["by day", "by night"])
def test_every_word_can_be_read(browser: Browser, dark: bool) -> None:
    """In the contrast that WCAG 2.2 asks for."""
    for name in NAMES:
        found = opened(browser, name, dark=dark).evaluate(CONTRASTS)
        assert len(found) > 20
        weak = [(text, ratio) for text, ratio, large in found if ratio < (LARGE_TEXT if large else SMALL_TEXT)]
        assert weak == [], name


def test_the_page_has_the_structure_that_a_screen_reader_needs_and_the_worst_comes_first(browser: Browser) -> None:
    for name in NAMES:
        page = opened(browser, name)
        assert page.evaluate("[document.documentElement.lang, document.querySelectorAll('main').length]") == ["en", 1]
        levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3')].map(each => +each.tagName[1])")
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels)), name
        assert page.evaluate("document.querySelectorAll('th:empty, th:not([scope])').length") == 0
        told = page.evaluate("[...document.querySelectorAll('h2, summary')].map(each => each.textContent)")
        places = [next(at for at, each in enumerate(ORDER) if title.startswith(each)) for title in told]
        assert places == sorted(places), told
        assert page.complaints() == []


@pytest.mark.parametrize("width", [360, 480])
def test_a_telephone_shows_it_without_scrolling_sideways(browser: Browser, width: int) -> None:
    for name in NAMES:
        page = opened(browser, name, width=width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_paper_has_everything_in_ink_that_paper_shows(browser: Browser) -> None:
    """What is folded on the screen cannot be unfolded on paper."""
    page = opened(browser, "first-creation", dark=True)
    folded = "document.querySelector('details .wide')?.checkVisibility({contentVisibilityAuto: true})"
    assert page.evaluate(folded) is False
    page.send("Emulation.setEmulatedMedia", media="print")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while page.evaluate(folded) is not True:  # unfolded with the next drawing of the page
        assert time.monotonic() < deadline, "what is folded stays out of the print"
        time.sleep(0.1)
    weak = [text for text, ratio, large in page.evaluate(CONTRASTS) if ratio < (LARGE_TEXT if large else SMALL_TEXT)]
    assert weak == []


def test_the_picture_in_the_docs_is_of_this_page(browser: Browser) -> None:
    """Sizes agree; two versions of a browser draw letters a little differently."""
    page = opened(browser, "database-replaced", width=900, height=1180)
    now = page.screenshot()
    if os.environ.get("LIFELINE_UPDATE_GOLDEN"):
        PICTURE.write_bytes(now)
    kept = PICTURE.read_bytes()
    assert kept[:8] == now[:8]
    before, after = ((int.from_bytes(each[16:20]), int.from_bytes(each[20:24])) for each in (kept, now))
    assert before[0] == after[0]
    assert abs(after[1] - before[1]) < before[1] / 10
    assert f"images/{PICTURE.name}" in (PROJECT / "docs" / "previews.md").read_text()
