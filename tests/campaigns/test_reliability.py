"""docs/reliability.md says nothing that its sources do not say. LIFELINE_UPDATE_GOLDEN=1 puts it together anew."""

import os
import re

import pytest

from systems import registry
from tests.campaigns import reliability


def test_the_page_is_what_specs_and_measured_pages_say() -> None:
    if os.environ.get("LIFELINE_UPDATE_GOLDEN"):
        reliability.write()
    assert reliability.PAGE.read_text() == reliability.page()


def test_every_platform_and_every_kind_of_fault_is_on_it() -> None:
    text = reliability.PAGE.read_text()
    for name in registry.names():
        assert f"| {registry.load(name).full_name} |" in text
    for chapter in reliability.CHAPTERS:
        section = text.split(f"## {chapter.title}\n")[1].split("\n## ")[0]
        assert f"(measured/{chapter.page}.md)" in section
        assert re.search(r"^\| .*\d", section, re.MULTILINE), f"no figure under {chapter.title}"


def test_a_measured_page_that_changes_its_form_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(reliability, "MEASURED", tmp_path)
    with pytest.raises(reliability.Unmeasured, match="make prove"):
        reliability.page()
