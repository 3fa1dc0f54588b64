"""The workflows as data, with the local actions they are made of."""

import os
import subprocess
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


@dataclass(frozen=True)
class Ran:
    """How a step ended, what it said, and what it wrote into GitHub's files."""

    code: int
    said: str
    files: dict[str, str]


def named(job: Job) -> list[tuple[str, str]]:
    """Its shell steps, by their names, or by themselves where they have none."""
    return [(step.get("name", step["run"]), step["run"]) for step in job.steps if "run" in step]


def script(job: str, name: str) -> str:
    (found,) = [run for called, run in named(next(j for j in jobs() if str(j) == job)) if called.startswith(name)]
    return found


def run(script: str, checkout: Path, **environment: str) -> Ran:
    """As GitHub runs a step: bash that stops at the first failure."""
    files = {name: checkout.parent / name for name in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.touch()
    done = subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=checkout,
        env={
            "PATH": os.environ["PATH"],
            "HOME": os.environ["HOME"],
            **{name: str(file) for name, file in files.items()},
            **environment,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    return Ran(done.returncode, done.stdout, {name: file.read_text() for name, file in files.items()})
