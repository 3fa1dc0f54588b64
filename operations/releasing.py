"""A release after its deployment: step by step to everybody, or behind a closed door and back; and the report on it.

python -m operations rollout prod --watch 1500     one look after another, for that many seconds
python -m operations close astral-draft-prod       before a deployment that needs maintenance
python -m operations reopen astral-draft-prod      behind it, through the document's gates
"""

import datetime
import os
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

import typer

from components.naming import Naming
from operations import aftermath as reporting
from operations import maintenance
from operations.asking import Authority, ConnectTo, Strict, ways
from operations.delivery import Into, Stack, directory_of, ended
from operations.errors import OperationsError
from operations.health.cloud import Account, Cluster
from operations.health.stack import stack_settings
from operations.health.verdicts import Broken, Unseen
from operations.rollout import BACK, FINISHED, Look, Outcome, Rollout
from operations.traffic import Held, Traffic
from settings import Settings
from systems.model import Strategy

_AGAIN = (Outcome.WAITS, Outcome.MOVED, Outcome.STUCK)
_FAILED = (Outcome.BACK, Outcome.STUCK)
_TIMEOUT_SECONDS = 10.0
#: Between the first sight of a shut gate and the second.
_SURE_SECONDS = 5.0


def register(parent: typer.Typer) -> None:
    for command in (rollout, close, reopen, aftermath):
        parent.command()(command)


def rollout(
    stack: Stack,
    watch: Annotated[float, typer.Option(help="seconds to go on looking; 0 looks once")] = 0,
    every: Annotated[float, typer.Option(help="seconds between two looks")] = 15,
    strict: Strict = False,
    connect_to: ConnectTo = None,
    authority: Authority = None,
    into: Into = None,
) -> None:
    """Lead a candidate to everybody by the document's steps, waits and gates; back at the first that is shut."""

    def run() -> int:
        settings = stack_settings(stack)
        if settings.system.rollout.strategy is not Strategy.GRADUAL:
            print(f"releases of {settings.system.name} need maintenance: make close, make deploy, make reopen")
            return 0
        rolling = Rollout(
            settings.system,
            settings.domain,
            Traffic(settings.system, _cluster(settings)),
            ways(connect_to, authority),
            strict=strict,
            now=_now,
            pause=lambda: time.sleep(min(_SURE_SECONDS, every)),
        )
        last = _watched(rolling.look, watch, every)
        if last.outcome in (Outcome.BACK, Outcome.FINISHED):
            page = f"# {stack}: the rollout {'was rolled back' if last.outcome is Outcome.BACK else 'is finished'}\n\n"
            (directory_of(stack, into) / "rollout.md").write_text(f"{page}{last.told}\n")
        return 1 if last.outcome in _FAILED else 0

    ended(run)


def close(stack: Stack) -> None:
    """Before a release that needs maintenance: announce it to visitors, stop what the document stops, in its order."""
    ended(lambda: _maintained(stack, lambda settings, traffic: maintenance.close(settings, traffic, _now, time.sleep)))


def reopen(
    stack: Stack,
    within: Annotated[float, typer.Option(help="seconds to wait until everything runs and its gates open")] = 900,
    strict: Strict = False,
    connect_to: ConnectTo = None,
    authority: Authority = None,
) -> None:
    """Behind such a release: start in the document's order, ask its gates, and let visitors in when they are open."""
    with_ways = ways(connect_to, authority)
    patience = maintenance.Patience(within=within, clock=time.monotonic, sleep=time.sleep)
    ended(
        lambda: _maintained(
            stack, lambda settings, traffic: maintenance.reopen(settings, traffic, with_ways, strict, _now, patience)
        )
    )


def aftermath(stack: Stack, into: Into = None) -> None:
    """The report that the document wants so many hours after a release; `due` in the directory says whether it is."""

    def run() -> int:
        settings, directory = stack_settings(stack), directory_of(stack, into)
        traffic = Traffic(settings.system, _cluster(settings))
        held = traffic.read()
        page = reporting.due(stack, settings.system, held.course, _now(), os.environ.get("LIFELINE_PROMETHEUS") or None)
        (directory / "due").write_text("true\n" if page else "false\n")
        if page and held.course:
            (directory / "aftermath.md").write_text(page)
            traffic.write(held, {}, reporting.reported(held.course))
            print(f"written: {directory / 'aftermath.md'}")
        else:
            print(_not_due(settings, held))
        return 0

    ended(run)


def _watched(look: Callable[[], Look], seconds: float, every: float) -> Look:
    """A cluster that does not answer for a moment is asked again while there is time."""
    end = time.monotonic() + seconds
    said = ""
    while True:
        try:
            found = look()
        except (Broken, Unseen) as error:
            found = Look(Outcome.STUCK, str(error))
        if (line := f"{found.outcome.value}: {found.told}") != said:
            print(f"{_now():%H:%M:%S} {line}", flush=True)
            said = line
        if found.outcome not in _AGAIN or time.monotonic() >= end:
            return found
        time.sleep(min(every, max(0.0, end - time.monotonic())))


def _maintained(stack: str, act: Callable[[Settings, Traffic], int]) -> int:
    settings = stack_settings(stack)
    if settings.system.rollout.strategy is not Strategy.MAINTENANCE:
        print(f"releases of {settings.system.name} go step by step: nothing is closed")
        return 0
    try:
        return act(settings, Traffic(settings.system, _cluster(settings)))
    except (Broken, Unseen) as error:
        raise OperationsError(
            str(error), f"look at it: kubectl -n platform get configmap traffic -o yaml ({stack})"
        ) from error


def _cluster(settings: Settings) -> Callable[[], Cluster]:
    """A token ends after minutes, a rollout is watched for longer."""
    naming = Naming(
        system=settings.system.name,
        environment=settings.environment,
        account_id=settings.aws_account_id,
        owner=settings.owner,
    )
    account, name = Account(settings.aws_account_id, _TIMEOUT_SECONDS), naming.name(limit=100)
    try:
        found = account.cluster(name, settings.region)
    except (Broken, Unseen) as error:
        raise OperationsError(str(error), "run this from a runner in the VPC, with a role of the stack") from error
    return lambda: replace(found, token=account.token(name, settings.region))


def _not_due(settings: Settings, held: Held) -> str:
    hours, course = settings.system.rollout.report_after_hours, held.course
    if hours is None:
        return f"the document of {settings.system.name} asks for no report"
    if course is None or course.ended not in (FINISHED, BACK):
        return "no release has ended since reports are kept"
    return "it was reported" if course.reported else f"due {hours} h after {course.since[:16]}"


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
