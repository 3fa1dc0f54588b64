"""Somebody who runs the pack by hand is told how it is run, and does not wait for a server that nobody asked."""

import subprocess
import sys
from pathlib import Path

import pytest

from policies import usage

PROJECT = Path(__file__).parents[2]


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "policies", *arguments],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_help_tells_what_it_is_and_how_it_is_run() -> None:
    told = run("--help")
    assert (told.returncode, told.stderr) == (0, "")
    assert "make policy STACK=<name>" in told.stdout
    assert "pulumi preview --policy-pack policies" in told.stdout
    assert "python -m policies.check STATE.json" in told.stdout


@pytest.mark.parametrize("arguments", [(), ("state.json",)])
def test_anything_else_is_an_error_with_the_same_answer(arguments: tuple[str, ...]) -> None:
    told = run(*arguments)
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr == usage.TEXT


def test_what_it_names_exists() -> None:
    lines = [line.split("  ")[1] for line in usage.TEXT.splitlines() if line.startswith("  ")]
    assert len(lines) == 5
    targets = (PROJECT / "Makefile").read_text()
    for line in lines:
        words = line.split()
        if words[0] == "make":
            assert f"\n{words[1]}: " in targets
        if words[:2] == ["python", "-m"]:
            assert (PROJECT / Path(*words[2].split("."))).with_suffix(".py").exists()
    assert (PROJECT / "policies" / "waivers.yaml").exists()
    assert (PROJECT / "docs" / "policies.md").exists()
