"""The workflows: accepted by actionlint, pinned, bounded, without keys, and one change of a stack at a time."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from operations.gates import approvals
from policies import reports
from rehearsal import toolchain
from rehearsal.console import Silent
from rehearsal.paths import PROJECT
from rehearsal.toolchain.table import CHECKERS
from systems import registry
from systems.model import GateTime
from tests.components.recording import STACKS
from tests.pipelines.workflows import ACTIONS, WORKFLOWS, Job, jobs, load, used

PRODUCTION = {stack for stack in STACKS if stack.endswith("prod")}
#: Each looked up as the commit of its release's tag in the action's own repository, 2026-11.
RELEASES = {
    "actions/checkout": ("3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    "actions/setup-python": ("5fda3b95a4ea91299a34e894583c3862153e4b97", "v7.0.0"),
    "actions/cache": ("27d5ce7f107fe9357f9df03efb73ab90386fccae", "v5.0.5"),
    "actions/upload-artifact": ("bbbca2ddaa5d8feaa63e36b76fdaad77386f024f", "v7.0.0"),
    "actions/download-artifact": ("3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", "v8.0.1"),
    "aws-actions/configure-aws-credentials": ("e6de054238d6b7531b4efff3b6587d9aade6a06c", "v6.2.3"),
    "github/codeql-action/upload-sarif": ("8aad20d150bbac5944a9f9d289da16a4b0d87c1e", "v4.36.2"),
    "pulumi/actions": ("8e5e406f4007fca908480587cb9893c07090f58d", "v7.0.0"),
}
JOBS = jobs()
IDS = [str(job) for job in JOBS]
EVERY_JOB = pytest.mark.parametrize("job", JOBS, ids=IDS)
#: Roles for what changes something, by the command that does it; all others only look.
DUTIES = {"deploy": "make deploy", "rollout": "make rollout", "evidence": "make keep"}
#: What a job may be given beyond reading the repository, and the step that needs it.
NEEDED_BY = {
    "id-token": "./.github/actions/account",
    "security-events": "github/codeql-action/upload-sarif",
    "pull-requests": "make comment|gh pr create",
    "issues": "gh issue create",
}


def test_actionlint_finds_nothing() -> None:
    actionlint = toolchain.ensure(Silent(), ["actionlint"], tools=CHECKERS)["actionlint"]
    # Without the linters of embedded scripts, which a machine may have or not: the scripts are one make target each.
    done = subprocess.run(
        [actionlint, "-shellcheck=", "-pyflakes=", *WORKFLOWS], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_actionlint_would_find_something(tmp_path: Path) -> None:
    """In a workflow that is wrong in three ways: the linter is there, and reads what we write."""
    broken = tmp_path / "broken.yml"
    text = (PROJECT / ".github" / "workflows" / "nightly.yml").read_text()
    for right, wrong in (
        ("matrix.stack", "matrix.stak"),
        ("timeout-minutes", "timeout"),
        ("needs: [drift]", "needs: [d]"),
    ):
        text = text.replace(right, wrong)
    broken.write_text(text)
    actionlint = toolchain.ensure(Silent(), ["actionlint"], tools=CHECKERS)["actionlint"]
    done = subprocess.run(
        [actionlint, "-shellcheck=", "-pyflakes=", broken], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    for what in ('property "stak"', '"timeout"', '"d"'):
        assert what in done.stdout


def test_every_action_is_pinned_to_the_commit_of_a_release_and_says_which() -> None:
    pinned = [(file, line) for file, line in used() if not line.startswith("./")]
    assert {line.split("@")[0] for _, line in pinned} == set(RELEASES)
    for file, line in pinned:
        commit, version = RELEASES[line.split("@")[0]]
        assert line == f"{line.split('@')[0]}@{commit} # {version}", file


def test_local_actions_exist() -> None:
    wanted = {line for _, line in used() if line.startswith("./.github/actions")}
    assert wanted == {f"./{file.parent.relative_to(PROJECT)}" for file in ACTIONS}


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_a_workflow_has_no_right_of_its_own_and_never_runs_a_forks_code_with_ours(file: Path) -> None:
    workflow = load(file)
    assert workflow["permissions"] == {}
    assert not {"pull_request_target", "workflow_run", "issue_comment"} & set(workflow["on"])


@EVERY_JOB
def test_a_job_has_the_rights_its_steps_need_and_an_end(job: Job) -> None:
    rights: dict[str, str] = job.content["permissions"]
    if "uses" in job.content:  # a called workflow's jobs say theirs themselves, and can have no more than these
        assert rights == {"contents": "read", "id-token": "write"}
        return
    assert job.content["timeout-minutes"] <= 240
    assert rights.get("contents", "read") == "read"
    assert ("contents" in rights) == ("actions/checkout" in job.actions)
    steps = [*job.actions, *job.commands]
    for right, level in rights.items():
        if right != "contents":
            assert level == "write"
            assert any(re.search(NEEDED_BY[right], step) for step in steps), f"{job} has {right} and no step for it"


@EVERY_JOB
def test_no_secret_and_no_key_is_used(job: Job) -> None:
    text = str(job.content)
    assert "secrets." not in text
    assert "secrets" not in job.content
    assert "access-key" not in text.lower()
    for step in job.steps:
        if step.get("uses", "").startswith("actions/checkout"):
            assert step["with"]["persist-credentials"] is False


@EVERY_JOB
def test_values_of_a_run_reach_the_shell_as_variables(job: Job) -> None:
    """An expression in a script is program text: the title of a pull request could be one."""
    assert not [command for command in job.commands if "${{" in command]


@EVERY_JOB
def test_an_account_is_entered_through_an_environment_on_a_runner_of_its_own(job: Job) -> None:
    if not job.takes_on_a_role:
        assert "id-token" not in job.content["permissions"] or "uses" in job.content
        return
    runner = job.content["runs-on"]
    stack = re.search(r"format\('lifeline-\{0\}', ([\w.]+)\)", runner)
    assert stack
    made = f"format('codebuild-lifeline-{{0}}-{{1}}-{{2}}', {stack[1]}, github.run_id, github.run_attempt)"
    assert f"vars.LIFELINE_RUNNERS == 'codebuild' && {made}" in runner
    entered = job.content["environment"].replace("${{ " + stack[1] + " }}", "STACK")
    asked = next((duty for duty, does in DUTIES.items() if any(does in command for command in job.commands)), "preview")
    deploys = "STACK-hotfix" if job.workflow == "hotfix" else "STACK"
    assert entered == (deploys if asked == "deploy" else f"STACK-{asked}"), "the role is that of what the job does"
    (account,) = (step["with"] for step in job.steps if step.get("uses") == "./.github/actions/account")
    assert account.get("seconds", "3600") == ("14400" if asked == "deploy" else "3600"), "as long as the role is lent"
    assert account["stack"] == "${{ " + stack[1] + " }}" == job.content["env"]["STACK"]


def test_the_documents_gates_are_asked_at_each_time_they_name() -> None:
    """Before, at each step, before visitors are let in, and after; for every production there is."""
    of = {str(job): job for job in JOBS}
    rollout, production = of["rollout/rollout"], of["release/production"].commands
    assert set(rollout.matrix) == PRODUCTION
    assert rollout.content["concurrency"] == {"group": "rollout-${{ matrix.stack }}", "cancel-in-progress": False}
    assert rollout.commands == [
        'make rollout STACK="$STACK" WATCH=1800 STRICT="$STRICT"',
        'make aftermath STACK="$STACK"',
    ]
    (schedule,) = load(PROJECT / ".github" / "workflows" / "rollout.yml")["on"]["schedule"]
    assert schedule["cron"].split()[0] == "11,41", "each run watches until the next begins"
    order = [
        next(i for i, each in enumerate(production) if f"make {what}" in each) for what in ("close", "deploy", "reopen")
    ]
    assert order == sorted(order)
    assert {gate.time for name in registry.names() for gate in registry.load(name).rollout.gates} == set(GateTime)


def test_evidence_is_kept_by_another_role_than_the_one_that_collects_it() -> None:
    of = {str(job): job for job in JOBS}
    collects, keeps = of["evidence/evidence"], of["evidence/keep"]
    assert keeps.content["needs"] == ["evidence"]
    assert set(keeps.matrix) == PRODUCTION
    assert not {collects.content["environment"]} & {keeps.content["environment"]}
    (upload,) = [step["with"] for step in collects.steps if "upload-artifact" in step.get("uses", "")]
    (download,) = [step["with"] for step in keeps.steps if "download-artifact" in step.get("uses", "")]
    assert (upload["name"], upload["path"]) == (download["name"], download["path"])


@EVERY_JOB
def test_one_change_of_a_stack_at_a_time_and_none_is_cut_off(job: Job) -> None:
    if not any("make deploy" in command for command in job.commands):
        return
    assert job.content["concurrency"] == {
        "group": f"stack-{job.content['env']['STACK']}",
        "cancel-in-progress": False,
    }


def test_pull_requests_of_forks_enter_no_account() -> None:
    for job in (job for job in JOBS if job.workflow == "pull-request" and job.takes_on_a_role):
        assert job.content["if"] == "github.event.pull_request.head.repo.full_name == github.repository"


def test_what_runs_a_branchs_program_cannot_write_to_the_pull_request() -> None:
    (writer,) = [
        job for job in JOBS if job.workflow == "pull-request" and "pull-requests" in job.content["permissions"]
    ]
    checkout = next(step for step in writer.steps if "actions/checkout" in step.get("uses", ""))
    assert checkout["with"]["ref"] == "${{ github.event.pull_request.base.sha }}"
    assert not writer.takes_on_a_role


def test_every_stack_is_looked_at_and_every_production_released() -> None:
    of = {str(job): job for job in JOBS}
    for name in ("pull-request/rehearsal", "pull-request/preview", "nightly/drift"):
        assert sorted(of[name].matrix) == sorted(STACKS), name
    assert set(of["evidence/evidence"].matrix) == PRODUCTION
    pairs = of["main/release"].content["strategy"]["matrix"]["include"]
    assert {pair["production"] for pair in pairs} == PRODUCTION
    assert {pair["staging"] for pair in pairs} == set(STACKS) - PRODUCTION
    for pair in pairs:
        assert pair["staging"] == re.sub("prod$", "staging", pair["production"])
    hotfix = load(PROJECT / ".github" / "workflows" / "hotfix.yml")
    assert set(hotfix["on"]["workflow_dispatch"]["inputs"]["stack"]["options"]) == PRODUCTION


def test_a_release_goes_from_staging_through_gates_and_people_to_production() -> None:
    of = {job.name: job for job in JOBS if job.workflow == "release"}
    assert of["plan"].content["needs"] == ["staging"]
    assert of["approval"].content["needs"] == ["plan"]
    assert of["production"].content["needs"] == ["plan", "approval"]
    assert of["confirmation"].content["needs"] == ["plan", "production"]
    for name in ("staging", "production"):
        deployed, checked = (
            next(i for i, command in enumerate(of[name].commands) if what in command) for what in ("deploy", "health")
        )
        assert deployed < checked
        assert "STRICT=1" in of[name].commands[checked]
    assert any("make gates" in command and "TIME" not in command for command in of["plan"].commands)
    assert any("make gates" in command and "TIME=after" in command for command in of["production"].commands)


def test_a_refused_approval_stops_production() -> None:
    """A failed need must not be read as one that was skipped because there was nothing to approve."""
    condition = next(job for job in JOBS if str(job) == "release/production").content["if"]
    assert "needs.approval.result == 'success'" in condition
    assert "(needs.approval.result == 'skipped' && needs.plan.outputs.approvals == '[]')" in condition
    assert "always()" not in condition


@pytest.mark.parametrize("name", registry.names())
def test_each_role_that_a_document_asks_approves_in_an_environment_of_its_own(name: str) -> None:
    system = registry.load(name)
    for time in (GateTime.BEFORE, GateTime.AFTER):
        asked = {gate.role for gate in system.rollout.gates if gate.role and gate.time is time}
        given = approvals("any", system, (time,))
        assert {each.role for each in given} == asked
        assert len({each.environment for each in given}) == len(asked)
        named = {gate for each in given for gate in each.gates}
        assert named == {gate.name for gate in system.rollout.gates if gate.role and gate.time is time}


def test_documents_ask_for_approvals_only_where_the_pipeline_asks_for_them() -> None:
    times = {gate.time for name in registry.names() for gate in registry.load(name).rollout.gates if gate.role}
    assert times <= {GateTime.BEFORE, GateTime.AFTER}


def test_commands_are_targets_that_a_person_runs() -> None:
    """Beside them only what is GitHub's own: its outputs, its summary, its command line."""
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    for job in JOBS:
        for command in job.commands:
            for target in re.findall(r"\bmake (?:-s )?([a-z]+)", command):
                assert target in targets, f"{job}: make {target}"
            first = command.split()[0]
            assert first in ("make", "gh", "echo", "cat", "{") or "gh issue create" in command, f"{job}: {command}"


def test_updates_of_dependencies_are_looked_for() -> None:
    """Of everything that is pinned: actions, Python packages, images, the tools' modules."""
    asked = yaml.safe_load((PROJECT / ".github" / "dependabot.yml").read_text())["updates"]
    assert {each["package-ecosystem"] for each in asked} == {"github-actions", "pip", "docker", "gomod"}
    for each in asked:
        assert each["schedule"]["interval"] == "weekly"
        for directory in each.get("directories") or [each["directory"]]:
            assert list(PROJECT.glob(directory.strip("/") or "requirements.in")), directory


def test_a_hotfix_skips_the_wait_and_is_looked_at_afterwards() -> None:
    of = {job.name: job for job in JOBS if job.workflow == "hotfix"}
    assert list(of) == ["check", "deploy", "review"]
    assert of["check"].content["if"] == "startsWith(github.ref, 'refs/heads/hotfix/')"
    assert of["deploy"].content["needs"] == ["check"]
    assert of["deploy"].content["environment"] == "${{ inputs.stack }}-hotfix"
    assert of["review"].content["if"].startswith("always()")
    assert any("gh pr create --base main" in command for command in of["review"].commands)


def test_findings_are_uploaded_from_where_the_pack_writes_them() -> None:
    """Not from inside a rehearsal, which is taken away with its reports before the upload."""
    of = {str(job): job for job in JOBS}
    for name in ("pull-request/rehearsal", "nightly/drift"):
        (upload,) = [step for step in of[name].steps if "upload-sarif" in step.get("uses", "")]
        assert upload["with"]["sarif_file"] == ".delivery/${{ matrix.stack }}/report.sarif"
    assert of["pull-request/rehearsal"].content["env"][reports.VARIABLE] == ".delivery/${{ matrix.stack }}"
