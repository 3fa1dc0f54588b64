"""The workflows as data, with the local actions they are made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from rehearsal.paths import PROJECT

WORKFLOWS = tuple(sorted((PROJECT / ".github" / "workflows").glob("*.yml")))
ACTIONS = tuple(sorted((PROJECT / ".github" / "actions").glob("*/action.yml")))


@dataclass(frozen=True)
class Job:
    """One job of one workflow."""

    workflow: str
    name: str
    content: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.workflow}/{self.name}"

    @property
    def steps(self) -> list[dict[str, Any]]:
        return self.content.get("steps", [])

    @property
    def actions(self) -> list[str]:
        return [step["uses"].split("@")[0] for step in self.steps if "uses" in step]

    @property
    def commands(self) -> list[str]:
        return [step["run"] for step in self.steps if "run" in step]

    @property
    def matrix(self) -> list[str]:
        return self.content.get("strategy", {}).get("matrix", {}).get("stack", [])

    @property
    def takes_on_a_role(self) -> bool:
        return "./.github/actions/account" in self.actions


def load(file: Path) -> dict[str, Any]:
    """YAML reads the key `on` as true."""
    content = yaml.safe_load(file.read_text())
    return {("on" if key is True else key): value for key, value in content.items()}


def jobs() -> list[Job]:
    return [Job(file.stem, name, job) for file in WORKFLOWS for name, job in load(file)["jobs"].items()]


def used() -> Iterator[tuple[str, str]]:
    """Every line that uses an action, as it is written, with the file it stands in."""
    for file in (*WORKFLOWS, *ACTIONS):
        for line in file.read_text().splitlines():
            if "uses:" in line:
                yield file.name, line.split("uses:")[1].strip()
