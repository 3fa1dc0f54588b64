"""Every committed stack made by the real engine, found unchanged by a second `up`, and taken down to nothing.

`make prove ONLY=stacks` writes docs/measured/stacks.md; ten stacks take about an hour on two cores.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rehearsal import paths
from tests.campaigns import figures
from tests.components.recording import STACKS

pytestmark = [pytest.mark.campaign, pytest.mark.engine, pytest.mark.cluster, pytest.mark.timeout(7200)]
#: No command on one stack may take longer.
LIMIT_SECONDS = 1500.0
UP = re.compile(
    r"is up(?P<unchanged>, no changes)?: (?P<resources>\d+) resources \((?P<aws>\d+) aws.* (?P<pods>\d+) pods"
)


def run(workspace: Path, *command: str) -> tuple[str, float]:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "rehearsal", *command],
        cwd=paths.PROJECT,
        env={**os.environ, "LIFELINE_REHEARSAL": str(workspace)},
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_SECONDS,
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr, time.monotonic() - began


def life(stack: str, workspace: Path) -> str:
    """A line of the table."""
    try:
        made, making = run(workspace, "up", stack)
        again, looking = run(workspace, "up", stack)
        _, ending = run(workspace, "down", stack)
    finally:
        run(workspace, "clean")
    told, unchanged = UP.search(made), UP.search(again)
    assert told, made
    assert unchanged, again
    assert unchanged["unchanged"], f"the second up of {stack} changed something:\n{again}"
    counts = f"{told['resources']} | {told['aws']} | {told['pods']}"
    return f"| {stack} | {counts} | {making:.0f} s | {looking:.0f} s | {ending:.0f} s |"


def test_all_stacks_stand_stay_and_go(tmp_path: Path) -> None:
    lines = [life(stack, tmp_path / stack) for stack in STACKS]
    head = ["| stack | resources | AWS | pods | up | second up, no changes | down |", "|---" * 7 + "|"]
    figures.write("stacks", "Ten stacks, made, found unchanged, taken down", "\n".join([*head, *lines]))
