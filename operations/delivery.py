"""What the pipelines run and a person can run as well: plan, deploy, drift, gates, approvals, evidence.

Each is one real engine command on the real stack, with the policy pack, and leaves its reports in one directory.
"""

import datetime
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from operations import gates as release
from operations import keeping, pull_request
from operations.asking import Authority, ConnectTo, Strict, show, ways
from operations.errors import OperationsError
from operations.health.stack import stack_settings
from operations.state import place_of
from systems.model import GateTime

#: As it was called: a checkout may consist of links.
PROJECT = Path(__file__).parents[1]
#: Changed by operations after they were made (docs/decisions): another value of a secret is no drift.
_NOT_DRIFT = "**aws:secretsmanager/secretVersion:SecretVersion**"

Stack = Annotated[str, typer.Argument(help="the name of a stack: the * of Pulumi.*.yaml")]
Into = Annotated[Path | None, typer.Option(help="where the reports go; .delivery/STACK when not said")]


def register(parent: typer.Typer) -> None:
    for command in (plan, deploy, drift, comment, gates, approvals, evidence, keep):
        parent.command()(command)


def plan(stack: Stack, into: Into = None) -> None:
    """Preview the real stack under the policy pack, and write the page of what it would do."""
    ended(lambda: _plan(stack, directory_of(stack, into)))


def deploy(stack: Stack, into: Into = None) -> None:
    """Make the real stack what the program says, under the policy pack."""
    ended(lambda: _engine(stack, directory_of(stack, into), "up", "--yes", "--policy-pack", "policies"))


def drift(stack: Stack, into: Into = None) -> None:
    """Compare the account with the state, and judge the state that stands; 1 when either finds something."""
    ended(lambda: _drift(stack, directory_of(stack, into)))


def comment(
    pull: Annotated[int, typer.Argument(help="the number of the pull request")],
    plans: Annotated[Path, typer.Option(help="a directory with a plan-STACK/ for each stack")] = PROJECT
    / ".delivery"
    / "plans",
) -> None:
    """Put each stack's plan on the pull request: one comment a stack, written over when there is one."""
    ended(lambda: pull_request.comment(pull, plans))


def gates(
    stack: Stack,
    time: Annotated[GateTime, typer.Option(help="which of the document's gates")] = GateTime.BEFORE,
    strict: Strict = False,
    connect_to: ConnectTo = None,
    authority: Authority = None,
) -> None:
    """Ask the gates that the document puts before, into or after a release; 1 when one is shut."""
    ended(lambda: _gates(stack, time, strict, ways(connect_to, authority)))


def approvals(
    stack: Stack, time: Annotated[GateTime, typer.Option(help="which of the document's gates")] = GateTime.BEFORE
) -> None:
    """The environments in which people approve, as JSON for a workflow's matrix."""
    found = release.approvals(stack, stack_settings(stack).system, (time,))
    print(json.dumps([{"environment": each.environment, "role": each.role} for each in found]))


def evidence(stack: Stack, into: Into = None) -> None:
    """What an auditor is given: the deployed state judged, the requirements, and who may do what, in one directory."""
    ended(lambda: _evidence(stack, directory_of(stack, into)))


def keep(stack: Stack, into: Into = None) -> None:
    """Put the evidence into the stack's bucket of evidence, where nobody can change it."""
    ended(lambda: print(keeping.keep(stack, directory_of(stack, into))) or 0)


def _plan(stack: str, into: Path) -> int:
    state = _export(stack, into)
    code = _engine(stack, into, "preview", "--policy-pack", "policies")
    (into / "changed").write_text("true\n" if _changes(into / "events.jsonl") else "false\n")
    policies = into / "report.json"
    told = subprocess.run(
        [
            *(sys.executable, "-m", "reports", str(into / "events.jsonl"), "--before", str(state)),
            *(["--policies", str(policies)] if policies.exists() else []),
            *("--markdown", str(into / "report.md"), "--html", str(into / "report.html")),
        ],
        cwd=PROJECT,
        check=False,
    ).returncode
    return code or told


def _drift(stack: str, into: Path) -> int:
    moved = _engine(stack, into, "refresh", "--preview-only", "--expect-no-changes", "--exclude", _NOT_DRIFT)
    return _judged(_export(stack, into), into) or moved


def _evidence(stack: str, into: Path) -> int:
    """Findings do not keep the evidence from being collected: they are part of it."""
    state = _export(stack, into)
    judged = _judged(state, into)
    state.unlink()  # names and settings of everything: the pack goes to people who need the verdicts only
    system = stack_settings(stack).system
    people = [
        {"time": gate.time.value, "gate": gate.name, "role": gate.role} for gate in system.rollout.gates if gate.role
    ]
    (into / "approvals.json").write_text(json.dumps(people, indent=2) + "\n")
    (into / "requirements.md").write_text((PROJECT / "docs" / "requirements.md").read_text())
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=PROJECT, capture_output=True, text=True, check=False)
    described = {
        "stack": stack,
        "system": system.name,
        "commit": commit.stdout.strip(),
        "collected": f"{datetime.datetime.now(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}",
        "mandatory_findings": bool(judged),
    }
    (into / "evidence.json").write_text(json.dumps(described, indent=2) + "\n")
    return 0 if judged in (0, 1) else judged


def _gates(stack: str, time: GateTime, strict: bool, ways: release.Ways) -> int:
    settings = stack_settings(stack)
    answers = list(release.ask(settings.system, settings.domain, time, ways))
    show(answers)
    return 1 if release.stops(answers, strict) else 0


def _judged(state: Path, into: Path) -> int:
    command = [sys.executable, "-m", "policies.check", str(state), "--reports", str(into)]
    return subprocess.run(command, cwd=PROJECT, check=False).returncode


def _export(stack: str, into: Path) -> Path:
    """Secrets in it stay encrypted."""
    state = into / "state.json"
    done = _run(["pulumi", "stack", "export", "--stack", stack, "--file", str(state)], stack)
    if done:
        raise OperationsError(f"the state of {stack} cannot be read", f"pulumi login '{place_of(stack).backend}'")
    return state


def _engine(stack: str, into: Path, command: str, *arguments: str) -> int:
    events = into / "events.jsonl"
    events.unlink(missing_ok=True)
    return _run(
        ["pulumi", command, "--stack", stack, "--non-interactive", "--event-log", str(events), *arguments],
        stack,
        # Without the first the engine knows no --event-log; the second is where the pack writes.
        PULUMI_DEBUG_COMMANDS="true",
        LIFELINE_POLICY_REPORTS=str(into),
    )


def _run(command: list[str], stack: str, **more: str) -> int:
    # The policy pack is run by the first python3 on PATH: this one has what it imports.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    environment = {
        "PULUMI_BACKEND_URL": place_of(stack).backend,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        **os.environ,
        "PATH": path,
        **more,
    }
    try:
        return subprocess.run(command, cwd=PROJECT, env=environment, stdin=subprocess.DEVNULL, check=False).returncode
    except FileNotFoundError:
        raise OperationsError(
            "there is no pulumi on PATH", "install it: docs/pipelines.md says which version"
        ) from None


def _changes(events: Path) -> bool:
    """Whether the engine's own summary counts anything but what stays the same; no summary is no proof of that."""
    lines = events.read_text().splitlines() if events.exists() else []
    summaries = [found for line in lines if (found := json.loads(line).get("summaryEvent"))]
    return not summaries or bool(set(summaries[-1]["resourceChanges"]) - {"same"})


def directory_of(stack: str, into: Path | None) -> Path:
    directory = (into or PROJECT / ".delivery" / stack).resolve()
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def ended(command: Callable[[], int]) -> None:
    try:
        code: Any = command()
    except OperationsError as error:
        typer.echo(f"error: {error}", err=True)
        code = 2
    raise typer.Exit(code)
