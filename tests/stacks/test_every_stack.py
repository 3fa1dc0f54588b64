"""Every committed stack is previewed by the real engine, with the second witness's consent, and leaves nothing."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rehearsal import paths

STACKS = sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in paths.PROJECT.glob("Pulumi.*.yaml"))


def test_each_platform_has_a_production_and_a_staging_stack() -> None:
    platforms = ("tdah-assistant", "astral-draft", "astral-core-v7", "being")
    expected = {"prod", "staging"} | {f"{each}-{side}" for each in platforms for side in ("prod", "staging")}
    assert set(STACKS) == expected


@pytest.mark.engine
@pytest.mark.parametrize("stack", STACKS)
def test_a_first_preview_finds_nothing_wrong(stack: str, tmp_path: Path) -> None:
    environment = {**os.environ, "LIFELINE_REHEARSAL": str(tmp_path)}

    def run(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "rehearsal", *command],
            cwd=paths.PROJECT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    try:
        told = run("preview", stack)
        assert re.search(r"second witness \d+ AWS resources, findings: 0", told)
        assert re.search(rf"{stack}: \d+ to create", told)
    finally:
        run("clean")
