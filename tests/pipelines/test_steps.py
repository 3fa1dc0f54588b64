"""Every shell step of the workflows is run: here, as GitHub's shell runs it, or by the named test; or needs an account.

No step may be without a class: a new one that is none of these fails here, and says so.
"""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from rehearsal.paths import PROJECT
from tests.components.recording import STACKS
from tests.pipelines.workflows import ACTIONS, Job, jobs

#: Run by a test of its own, by how the step begins.
RUN_BY = {
    "make lint": "what every commit passes before its tests",
    "make test": "this test run",
    "make policy": "tests/newcomer",
    "make up": "tests/newcomer",
    "make down": "tests/newcomer",
    "make comment": "tests/pipelines/test_comment.py",
    "make gates": "tests/pipelines/test_gates.py",
    "make health": "tests/operations/test_health_command.py",
    "make plan": "tests/pipelines/test_delivery.py",
    "make deploy": "tests/pipelines/test_delivery.py",
    "make drift": "tests/pipelines/test_delivery.py",
    "make evidence": "tests/pipelines/test_delivery.py",
    "make bootstrap": "tests/pipelines/test_state_store.py",
}
#: GitHub's own command line, on GitHub only: what it would be told is looked at here.
ON_GITHUB = ("gh pr create", "gh issue create")
HERE = {
    "release/plan": ("the page, for those who approve", "who has to approve"),
    "release/approval": ("echo",),
    "release/confirmation": ("echo",),
}
JOBS = jobs()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The project as a job sees it, without what earlier runs left behind."""
    directory = tmp_path / "checkout"
    directory.mkdir()
    for entry in PROJECT.iterdir():
        if entry.name not in (".delivery", ".git"):
            (directory / entry.name).symlink_to(entry)
    return directory


def _run(script: str, checkout: Path, **environment: str) -> dict[str, str]:
    """As GitHub runs a step: bash that stops at the first failure. What it wrote into GitHub's files."""
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
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {name: file.read_text() for name, file in files.items()}


def _named(job: Job) -> list[tuple[str, str]]:
    return [(step.get("name", step["run"]), step["run"]) for step in job.steps if "run" in step]


def _step(job: str, name: str) -> str:
    (script,) = [run for named, run in _named(next(j for j in JOBS if str(j) == job)) if named.startswith(name)]
    return script


def test_no_step_is_without_a_class() -> None:
    lost = [
        f"{job}: {name}"
        for job in JOBS
        for name, script in _named(job)
        if not script.startswith((*RUN_BY, *ON_GITHUB)) and not name.startswith(HERE.get(str(job), ("nothing",)))
    ]
    assert lost == [], "say in this file which test runs each of these, or run it here"


@pytest.mark.parametrize("stack", ["being-prod", "astral-core-v7-prod"])
def test_who_has_to_approve_is_told_to_the_jobs_that_ask_them(stack: str, checkout: Path) -> None:
    (checkout / ".delivery" / stack).mkdir(parents=True)
    (checkout / ".delivery" / stack / "changed").write_text("true\n")
    written = _run(_step("release/plan", "who has to approve"), checkout, STACK=stack)["GITHUB_OUTPUT"]
    told = dict(line.split("=", 1) for line in written.splitlines())
    assert told["changed"] == "true"
    for when in ("before", "after"):
        for each in json.loads(told[when]):
            assert set(each) == {"environment", "role"}
            assert each["environment"].startswith(f"{stack}-approval-")
    counts = {"being-prod": (1, 2), "astral-core-v7-prod": (0, 0)}
    assert (len(json.loads(told["before"])), len(json.loads(told["after"]))) == counts[stack]
    # What the workflow compares with: no approvals is exactly this text.
    assert (told["before"] == "[]") is (counts[stack][0] == 0)


def test_the_page_is_shown_to_those_who_approve(checkout: Path) -> None:
    (checkout / ".delivery" / "prod").mkdir(parents=True)
    (checkout / ".delivery" / "prod" / "report.md").write_text("# prod: 3 changes\n")
    written = _run(_step("release/plan", "the page"), checkout, STACK="prod")
    assert written["GITHUB_STEP_SUMMARY"] == "# prod: 3 changes\n"


@pytest.mark.parametrize(("job", "word"), [("approval", "approved"), ("confirmation", "confirmed")])
def test_an_approval_leaves_a_line(job: str, word: str, checkout: Path) -> None:
    written = _run(_step(f"release/{job}", "echo"), checkout, ROLE="Crisis Team Lead")
    assert written["GITHUB_STEP_SUMMARY"] == f"{word} by Crisis Team Lead\n"


def test_the_state_is_found_by_the_stacks_own_file(checkout: Path) -> None:
    (account,) = [yaml.safe_load(file.read_text()) for file in ACTIONS if file.parent.name == "account"]
    (script,) = [step["run"] for step in account["runs"]["steps"] if "run" in step]
    assert _run(script, checkout, STACK="staging")["GITHUB_ENV"] == (
        "PULUMI_BACKEND_URL=s3://lifeline-state-111122224444-us-east-1?region=us-east-1\n"
    )


def test_a_job_is_set_up_as_a_laptop_is(checkout: Path) -> None:
    (setup,) = [yaml.safe_load(file.read_text()) for file in ACTIONS if file.parent.name == "setup"]
    (script,) = [step["run"] for step in setup["runs"]["steps"] if "run" in step]
    _run(script, checkout)


def test_what_github_is_told() -> None:
    """Options of its command line that these steps use, and the variables that GitHub or the step sets."""
    for job in JOBS:
        for step in job.steps:
            if not step.get("run", "").startswith(ON_GITHUB):
                continue
            given = {"GITHUB_REPOSITORY", "GITHUB_REF_NAME", "GITHUB_SERVER_URL", "GITHUB_RUN_ID", *step["env"]}
            assert set(re.findall(r"\$([A-Z_]+)", step["run"])) <= given
            assert step["env"]["GH_TOKEN"] == "${{ github.token }}"
            assert set(re.findall(r" (--[a-z]+)", step["run"])) <= {"--base", "--head", "--title", "--body", "--repo"}


def test_stacks_of_the_steps_exist() -> None:
    assert {"prod", "staging", "being-prod", "astral-core-v7-prod"} <= set(STACKS)
