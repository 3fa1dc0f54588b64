"""Each kind of change, recorded once from the real engine, as text, as a pull request comment and as a page."""

from pathlib import Path

import pytest

from reports import markdown
from tests.reports.golden_files import FORMS, kept, page_of
from tests.reports.program import NEVER_SHOWN
from tests.reports.recorded_run import NAMES, unpacked


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", NAMES)
def test_the_report_is_the_one_that_was_reviewed(name: str, form: str, tmp_path: Path) -> None:
    now = FORMS[form](page_of(unpacked(name, tmp_path)))
    assert now == kept(name, form, now)
    assert NEVER_SHOWN not in now


@pytest.mark.parametrize("name", NAMES)
def test_comments_fit_a_pull_request(name: str, tmp_path: Path) -> None:
    assert len(markdown.text(page_of(unpacked(name, tmp_path)))) <= markdown.LIMIT
