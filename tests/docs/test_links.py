"""Links between pages lead somewhere, also to a heading; pictures exist; every page can be found from the README."""

import re
from pathlib import Path

import pytest

from rehearsal.paths import PROJECT

_LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
PAGES = [PROJECT / "README.md", PROJECT / "CHANGELOG.md", *sorted((PROJECT / "docs").rglob("*.md"))]


def links(page: Path) -> list[str]:
    return [found["target"] for found in _LINK.finditer(_FENCED.sub("", page.read_text()))]


def anchors(page: Path) -> set[str]:
    """Of its headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", _FENCED.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(PROJECT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        target, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (page.parent / target) if target else page
        assert file.exists(), f"{page.name}: {link}"
        if anchor and file.suffix == ".md":
            assert anchor in anchors(file), f"{page.name}: {link}"


def test_every_page_is_reached_from_the_readme() -> None:
    reached, waiting = set(), [PROJECT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or not page.exists():
            continue
        reached.add(page)
        targets = (link.partition("#")[0] for link in links(page))
        found = [(page.parent / target).resolve() for target in targets if target and not re.match(r"[a-z]+:", target)]
        waiting += [each for file in found for each in (file.glob("*.md") if file.is_dir() else [file])]
        waiting = [each for each in waiting if each.suffix == ".md"]
    pages = {page for page in PAGES if (PROJECT / "docs" / "runbooks") not in page.parents}
    assert {page.relative_to(PROJECT).as_posix() for page in pages - reached} == set()
