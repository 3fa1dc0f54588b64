"""Somebody new, with the README and nothing else: reaches an environment, breaks a rule, mends it, leaves nothing."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from rehearsal.paths import PROJECT
from tests.docs.pages import programs
from tests.newcomer import walk
from tests.newcomer.script import STEPS, Step

pytestmark = [pytest.mark.engine, pytest.mark.cluster, pytest.mark.timeout(3600)]


def walked(steps: Iterable[Step], directory: Path, found: dict[str, str]) -> None:
    """Sections of the transcript go into `found` as they come."""
    with walk.clean_clone(directory) as clone:
        for step in steps:
            found[step.says] = walk.take(step, clone).strip()
        left = {file.name for file in (clone / ".rehearsal" / "stacks").glob("*")}
        assert left == set(), "something stayed"
        changed = walk.said(clone, "git status --porcelain --untracked-files=no")[1]
        assert changed == "", "the clone is not as it was"


@pytest.mark.campaign
def test_the_first_hour(tmp_path: Path) -> None:
    found: dict[str, str] = {}
    try:
        walked(STEPS, tmp_path, found)
    finally:
        walk.write(found, [step.says for step in STEPS])


def test_the_first_half_hour(tmp_path: Path) -> None:
    """All but the building of the environment, held against the transcript."""
    found: dict[str, str] = {}
    walked((step for step in STEPS if not step.whole_only), tmp_path, found)
    if os.environ.get("LIFELINE_UPDATE_GOLDEN"):
        walk.write(found, [step.says for step in STEPS])
    committed = walk.sections(walk.TRANSCRIPT.read_text())
    for name, section in found.items():
        assert walk.without_figures(section) == walk.without_figures(committed[name])


def test_the_transcript_has_every_step() -> None:
    committed = walk.sections(walk.TRANSCRIPT.read_text())
    assert list(committed) == [step.says for step in STEPS]
    for step in STEPS:
        assert f"$ {step.command}\n" in committed[step.says] + "\n"
        for wanted in step.shows:
            assert wanted in walk.narrow(committed[step.says]), f"{step.says}: {wanted}"


def test_the_script_is_the_readme() -> None:
    """Word for word and in its order, so that whoever follows the one does the other."""
    chapter = (PROJECT / "README.md").read_text().partition("## The first hour")[2].partition("\n## ")[0]
    shown = [words for block in re.findall(r"```sh\n(.*?)```", chapter, re.DOTALL) for words in programs(block)]
    scripted = [words for step in STEPS for words in programs(step.command)]
    assert shown == scripted
