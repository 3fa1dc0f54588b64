"""Stacks on the real engine, with the second witness's consent.

A preview of a platform takes most of a minute: here each production stack and one of staging, in the campaign `stacks`
(`make prove ONLY=stacks`) all ten, and not only previewed: made, found unchanged, and taken down to nothing.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from rehearsal import architecture, paths
from systems import registry
from systems.model import Environment

STACKS = sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in paths.PROJECT.glob("Pulumi.*.yaml"))

PICTURES = paths.PROJECT / "docs/images/architecture"


def test_each_platform_has_a_production_and_a_staging_stack() -> None:
    platforms = ("tdah-assistant", "astral-draft", "astral-core-v7", "being")
    expected = {"prod", "staging"} | {f"{each}-{side}" for each in platforms for side in ("prod", "staging")}
    assert set(STACKS) == expected


PREVIEWED = [stack for stack in STACKS if stack.endswith("prod")] + ["staging"]


@pytest.mark.engine
@pytest.mark.parametrize("stack", PREVIEWED)
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
            timeout=540,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    try:
        told = run("preview", stack, "--plan", str(tmp_path / "plan.json"))
        assert re.search(r"second witness \d+ AWS resources, findings: 0", told)
        assert re.search(rf"{stack}: \d+ to create", told)
        _picture_is_of_today(stack, tmp_path / "plan.json")
    finally:
        run("clean")


def _picture_is_of_today(stack: str, plan: Path) -> None:
    """docs/architecture.md shows what the engine plans; LIFELINE_UPDATE_GOLDEN=1 draws it anew."""
    config = yaml.safe_load((paths.PROJECT / f"Pulumi.{stack}.yaml").read_text())["config"]
    if config.get("lifeline:environment", "production") != "production":
        return
    system = registry.load(config["lifeline:system"], Environment.PRODUCTION)
    drawn = architecture.svg(architecture.of_plan(json.loads(plan.read_text())), system.full_name)
    picture = PICTURES / f"{system.name}.svg"
    if os.environ.get("LIFELINE_UPDATE_GOLDEN"):
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.write_text(drawn)
    assert picture.read_text() == drawn, f"{picture.name} shows another platform than the engine plans"


def test_every_picture_is_shown() -> None:
    page = (paths.PROJECT / "docs/architecture.md").read_text()
    for name in registry.names():
        assert f"images/architecture/{name}.svg" in page
