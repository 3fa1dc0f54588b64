"""Every shell step of the workflows is run: here, as GitHub's shell runs it, or by the named test; or needs an account.

No step may be without a class: a new one that is none of these fails here, and says so.
"""

import json
import re
from pathlib import Path

import pytest
import yaml

from tests.components.recording import STACKS
from tests.pipelines.workflows import ACTIONS, jobs, named, run, script

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
    "make keep": "tests/pipelines/test_delivery_roles.py",
    "make rollout": "tests/pipelines/test_release_steps.py",
    "make aftermath": "tests/pipelines/test_release_steps.py",
    "make close": "tests/pipelines/test_release_steps.py",
    "make reopen": "tests/pipelines/test_release_steps.py",
    "make bootstrap": "tests/pipelines/test_state_store.py",
}
#: GitHub's own command line, on GitHub only: what it would be told is looked at here.
ON_GITHUB = ("gh pr create", "gh issue create")
HERE = {
    "rollout/tell": ("tell it",),
    "release/plan": ("the page, for those who approve", "who has to approve"),
    "release/approval": ("echo",),
    "release/confirmation": ("echo",),
}
JOBS = jobs()


def _run(script: str, checkout: Path, **environment: str) -> dict[str, str]:
    done = run(script, checkout, **environment)
    assert done.code == 0, done.said
    return done.files


def test_no_step_is_without_a_class() -> None:
    lost = [
        f"{job}: {name}"
        for job in JOBS
        for name, text in named(job)
        if not text.startswith((*RUN_BY, *ON_GITHUB)) and not name.startswith(HERE.get(str(job), ("nothing",)))
    ]
    assert lost == [], "say in this file which test runs each of these, or run it here"


@pytest.mark.parametrize("stack", ["being-prod", "astral-core-v7-prod"])
def test_who_has_to_approve_is_told_to_the_jobs_that_ask_them(stack: str, checkout: Path) -> None:
    (checkout / ".delivery" / stack).mkdir(parents=True)
    (checkout / ".delivery" / stack / "changed").write_text("true\n")
    written = _run(script("release/plan", "who has to approve"), checkout, STACK=stack)["GITHUB_OUTPUT"]
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
    written = _run(script("release/plan", "the page"), checkout, STACK="prod")
    assert written["GITHUB_STEP_SUMMARY"] == "# prod: 3 changes\n"


@pytest.mark.parametrize(("job", "word"), [("approval", "approved"), ("confirmation", "confirmed")])
def test_an_approval_leaves_a_line(job: str, word: str, checkout: Path) -> None:
    written = _run(script(f"release/{job}", "echo"), checkout, ROLE="Crisis Team Lead")
    assert written["GITHUB_STEP_SUMMARY"] == f"{word} by Crisis Team Lead\n"


def test_each_page_of_a_rollout_becomes_an_issue_under_its_own_heading(checkout: Path) -> None:
    """With GitHub's command line in the place of which stands one that writes down what it is told."""
    gh = checkout.parent / "bin" / "gh"
    gh.parent.mkdir()
    gh.write_text('#!/bin/sh\nprintf "%s|" "$@" >> "$TOLD"\necho >> "$TOLD"\n')
    gh.chmod(0o755)
    told, path = checkout.parent / "issues", f"{gh.parent}:/usr/bin:/bin"
    environment = {"PATH": path, "TOLD": str(told), "GITHUB_REPOSITORY": "astralcore/lifeline"}
    _run(script("rollout/tell", "tell it"), checkout, **environment)
    assert not told.exists(), "nothing is told where nothing ended"
    for stack in ("prod", "being-prod"):
        page = checkout / "told" / f"told-{stack}" / "rollout.md"
        page.parent.mkdir(parents=True)
        page.write_text(f"# {stack}: the rollout is finished\n\neverybody is there\n")
    _run(script("rollout/tell", "tell it"), checkout, **environment)
    assert told.read_text().splitlines() == [
        f"issue|create|--repo|astralcore/lifeline|--title|{stack}: the rollout is finished|--body-file|"
        f"told/told-{stack}/rollout.md|"
        for stack in ("being-prod", "prod")
    ]


def test_the_state_is_found_by_the_stacks_own_file(checkout: Path) -> None:
    (account,) = [yaml.safe_load(file.read_text()) for file in ACTIONS if file.parent.name == "account"]
    (text,) = [step["run"] for step in account["runs"]["steps"] if "run" in step]
    assert _run(text, checkout, STACK="staging")["GITHUB_ENV"] == (
        "PULUMI_BACKEND_URL=s3://lifeline-state-111122224444-us-east-1?region=us-east-1\n"
    )


def test_a_job_is_set_up_as_a_laptop_is(checkout: Path) -> None:
    (setup,) = [yaml.safe_load(file.read_text()) for file in ACTIONS if file.parent.name == "setup"]
    (text,) = [step["run"] for step in setup["runs"]["steps"] if "run" in step]
    _run(text, checkout)


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
