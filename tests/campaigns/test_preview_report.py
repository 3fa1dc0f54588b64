"""A preview with its report takes at most 1.2 times the plain `pulumi preview`, measured in turns on the same stack."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from rehearsal import paths
from rehearsal.engine.environment import environment
from rehearsal.paths import StackPaths
from tests.campaigns import figures
from tests.engine_runs import EngineRun
from tests.reports import recorded_run
from tests.reports.golden_files import FORMS, kept, page_of
from tests.reports.program import PROGRAM

pytestmark = [pytest.mark.campaign, pytest.mark.engine]
ROUNDS = 3
LIMIT = 1.2


@pytest.mark.timeout(3600)
def test_recorded_previews_are_told_as_reviewed(engine_run: Callable[..., EngineRun], emulators: StackPaths) -> None:
    """Every kind of change from a fresh run of the engine; LIFELINE_UPDATE_GOLDEN=1 keeps its events as well."""
    run = engine_run(PROGRAM, config=recorded_run.config(), emulators=emulators, limit=600)
    for name, _ in recorded_run.previews(run, *recorded_run.NAMES):
        events = recorded_run.events_of(run, name)
        events.write_text(events.read_text().replace(f":{run.stack.stack}::", ":small::"))
        if os.environ.get("LIFELINE_UPDATE_GOLDEN"):
            recorded_run.keep(name, events)
        for form, text in FORMS.items():
            now = text(page_of(events))
            assert now == kept(name, form, now), f"{name}.{form}"
    run.destroy()


@pytest.mark.timeout(3600)
def test_preview_and_report_take_at_most_a_fifth_longer(
    engine_run: Callable[..., EngineRun], emulators: StackPaths
) -> None:
    run = engine_run(PROGRAM, config=recorded_run.config(), emulators=emulators, limit=600)
    measured = [measure(run, name, ROUNDS) for name, _ in recorded_run.previews(run, *recorded_run.NAMES)]
    run.destroy()
    publish(measured, ROUNDS)
    assert max(max(each.ratio, each.processor_ratio) for each in measured) <= LIMIT, measured


@dataclass(frozen=True)
class Spent:
    """Seconds: on the clock, the shortest of all rounds, and of processors, on average."""

    preview: str
    plain: float
    with_report: float
    plain_processor: float
    with_report_processor: float

    @property
    def ratio(self) -> float:
        return self.with_report / self.plain

    @property
    def processor_ratio(self) -> float:
        return self.with_report_processor / self.plain_processor


def measure(run: EngineRun, name: str, rounds: int) -> Spent:
    """In turns, so that what else the machine does strikes both alike."""
    plain: list[tuple[float, float]] = []
    with_report: list[tuple[float, float]] = []
    for _ in range(rounds):
        plain.append(_spent(lambda: _plain(run, name)))
        with_report.append(_spent(lambda: (_plain(run, name), _report(run, name))))
    clock = (min(seconds for seconds, _ in each) for each in (plain, with_report))
    processor = (sum(seconds for _, seconds in each) / rounds for each in (plain, with_report))
    return Spent(name, *clock, *processor)


def publish(measured: list[Spent], rounds: int) -> None:
    rows = "\n".join(
        f"| {each.preview} | {each.plain:.2f} | {each.with_report:.2f} | {each.ratio:.2f} "
        f"| {each.plain_processor:.2f} | {each.with_report_processor:.2f} | {each.processor_ratio:.2f} |"
        for each in measured
    )
    often = "once each" if rounds == 1 else f"{rounds} times each, in turns"
    told = (
        "The small platform of tests/reports (74 resources): each preview plain, with an event log, and with "
        f"`python -m reports` in all three forms after it, {often}. Limit: {LIMIT} times. On the clock the shortest; "
        "processor time, which other work on the machine does not change, on average.\n\n"
    )
    heading = (
        "| preview | plain, s | with report, s | times | plain, processor s | with report, processor s | times |\n"
    )
    figures.write("preview", "Previews with their reports", f"{told}{heading}|---|---|---|---|---|---|---|\n{rows}\n")


def _spent(work: Callable[[], object]) -> tuple[float, float]:
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return time.monotonic() - began, processor


def _plain(run: EngineRun, name: str) -> None:
    """The log goes to a file, as a pipeline has it."""
    log = recorded_run.events_of(run, name)
    command = ["destroy", "--preview-only"] if log.name.startswith("engine-destroy") else ["preview"]
    subprocess.run(
        [
            *(str(paths.binaries() / "pulumi"), *command, "--stack", run.stack.stack),
            *("--config-file", str(run.stack.config), "--non-interactive", "--event-log", str(log)),
        ],
        cwd=run.directory,
        env=environment(run.stack),
        capture_output=True,
        check=True,
        timeout=900,
    )


def _report(run: EngineRun, name: str) -> None:
    files = [part for form in ("markdown", "html") for part in (f"--{form}", str(run.directory / f"report.{form}"))]
    command = [sys.executable, "-m", "reports", str(recorded_run.events_of(run, name)), *files]
    done = subprocess.run(command, cwd=paths.PROJECT, capture_output=True, text=True, timeout=900)
    assert done.returncode in (0, 1), done.stderr
