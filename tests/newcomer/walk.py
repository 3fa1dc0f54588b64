"""Walks through the script in a clean clone, and writes down what was said without what differs each time."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rehearsal.paths import PROJECT
from tests.newcomer.script import Step

TRANSCRIPT = PROJECT / "docs" / "transcripts" / "newcomer.md"
_HEAD = """# The first hour, as it was

The commands of [the README's first hour](../../README.md#the-first-hour) in a clean clone with an empty workspace, and
what they said (of long answers, the lines that matter). Written by `make prove ONLY=newcomer`; every `make test` walks
through all but the building of the environment again and compares, numbers and times aside.
"""
LIMIT_SECONDS = 1500


@contextmanager
def clean_clone(directory: Path) -> Iterator[Path]:
    """Of what is committed. The pinned packages and the tools are there already: their way is tests/toolchain's."""
    trusting = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    clone = directory / "lifeline"
    subprocess.run(
        ["git", "clone", "--quiet", "--local", "--no-hardlinks", str(PROJECT), str(clone)],
        check=True,
        env={**os.environ, **trusting},
        capture_output=True,
        timeout=LIMIT_SECONDS,
    )
    (clone / ".venv").symlink_to(Path(sys.prefix).resolve())
    try:
        yield clone
    finally:
        said(clone, "make clean")


def said(clone: Path, command: str) -> tuple[int, str]:
    """Exit code and everything that was said."""
    inherited = {name: value for name, value in os.environ.items() if name not in _OF_THE_TEST_RUN}
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=clone,
        env={**inherited, "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT_SECONDS,
    )
    return done.returncode, done.stdout


#: Somebody new has set none of these; and a make within a make would speak otherwise.
_OF_THE_TEST_RUN = ("LIFELINE_REHEARSAL", "LIFELINE_TEST_RECORDINGS", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PULUMI_HOME")


def take(step: Step, clone: Path) -> str:
    """One step; its section of the transcript."""
    code, text = said(clone, step.command)
    assert code in step.codes, f"{step.command} ended with {code}:\n{text}"
    plain = narrow(text)
    assert [wanted for wanted in step.shows if wanted not in plain] == [], f"not said by {step.command}:\n{text}"
    assert [unwanted for unwanted in step.hides if unwanted in plain] == [], f"said by {step.command}:\n{text}"
    kept = [line.rstrip() for line in text.splitlines() if re.search(step.keeps, line)]
    lines = [f"$ {step.command}", *(line.replace(str(clone), "~/lifeline") for line in kept)]
    return f"## {step.says}\n\n```console\n" + "\n".join(lines) + "\n```\n"


def narrow(text: str) -> str:
    """Columns are as wide as their widest entry."""
    return re.sub(r"[ \t]+", " ", text)


def sections(text: str) -> dict[str, str]:
    """By heading."""
    found = re.split(r"(?m)^(?=## )", text)[1:]
    return {each.splitlines()[0].removeprefix("## "): each.strip() for each in found}


def without_figures(section: str) -> str:
    """Numbers, times, where tools came from and the widths of columns differ from run to run, or with any change."""
    text = re.sub(r"\((Go modules|release|PATH)\)", "(found)", section)
    text = re.sub(r"\b(started|reused)\b", "there", text)
    text = re.sub(r"\d[\d.,:]*( min)?", "N", text)
    return narrow(text)


def write(walked: dict[str, str], order: list[str]) -> None:
    """Sections that were not walked stay as they are."""
    before = sections(TRANSCRIPT.read_text()) if TRANSCRIPT.exists() else {}
    both = {**before, **walked}
    TRANSCRIPT.parent.mkdir(exist_ok=True)
    TRANSCRIPT.write_text("\n".join([_HEAD, *(both[name].strip() + "\n" for name in order if name in both)]))
