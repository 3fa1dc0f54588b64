"""A further platform is one file: the one printed in docs/your-own-platform.md, dropped into a copy of the package."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import systems

PACKAGE = Path(systems.__file__).parent
GUIDE = PACKAGE.parent / "docs/your-own-platform.md"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with the sixth platform in it, and nothing else changed."""
    copy = tmp_path_factory.mktemp("house")
    shutil.copytree(PACKAGE, copy / "systems", ignore=shutil.ignore_patterns("__pycache__"))
    found = re.search(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert found
    (copy / "systems/quiet_room.py").write_text(found[1])
    return copy


def run(house: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "systems", *arguments],
        cwd=house,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def commands() -> list[list[str]]:
    """The commands of the guide, as they stand there."""
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", GUIDE.read_text(), re.DOTALL))
    return [line.split()[3:] for line in blocks.splitlines() if line.startswith("python -m systems")]


def test_the_guide_has_commands() -> None:
    assert {command[0] for command in commands()} == {"list", "show", "diff", "compare"}


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_of_the_guide_knows_the_sixth_platform(house: Path, command: list[str]) -> None:
    assert "quiet-room" in run(house, *command)


def test_it_is_sized_and_its_promises_are_worked_out(house: Path) -> None:
    told = json.loads(run(house, "show", "quiet-room", "--json"))
    assert told["sizing"]["database.class"] == "db.m7g.large"
    assert any("accounts, region: RTO 14400 s by pilot-light" in promise for promise in told["promises"])


def test_it_is_compared_with_another(house: Path) -> None:
    told = run(house, "compare", "quiet-room", "astral-core-v2")
    assert re.search(r"edge.domain +quiet-room.example +astralcore.org", told)
    assert re.search(r"database.roles\[astral_user\].name +- +astral_user", told)


def test_its_staging_is_lowered(house: Path) -> None:
    assert re.search(r"database.multi_az +yes +no +nobody waits for staging", run(house, "diff", "quiet-room"))


@pytest.mark.engine
def test_with_its_two_stack_files_it_is_rehearsed_like_the_others(house: Path, tmp_path: Path) -> None:
    """The whole project with just the guide's three files in it, previewed by the real engine."""
    project = tmp_path / "project"
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in tracked.stdout.splitlines():
        if (PACKAGE.parent / name).is_file() and not name.startswith(("tests/", "docs/")):
            (project / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PACKAGE.parent / name, project / name)
    shutil.copy2(house / "systems/quiet_room.py", project / "systems/quiet_room.py")
    files = re.findall(r"```yaml\n# (Pulumi\.\S+\.yaml)\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert [name for name, _ in files] == ["Pulumi.quiet-room-prod.yaml", "Pulumi.quiet-room-staging.yaml"]
    for name, text in files:
        (project / name).write_text(text)
    environment = {**os.environ, "LIFELINE_REHEARSAL": str(tmp_path / "rehearsal")}
    try:
        for stack in ("quiet-room-prod", "quiet-room-staging"):
            done = subprocess.run(
                [sys.executable, "-m", "rehearsal", "preview", stack],
                cwd=project,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=540,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            assert re.search(rf"{stack}: \d+ to create", done.stdout + done.stderr)
    finally:
        subprocess.run([sys.executable, "-m", "rehearsal", "clean"], cwd=project, env=environment, check=True)
