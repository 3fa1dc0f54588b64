"""A preview with its report takes at most 1.2 times the plain `pulumi preview`, measured in turns on the same stack."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median

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
    rows = [_measured(run, name) for name, _ in recorded_run.previews(run, *recorded_run.NAMES)]
    run.destroy()
    ratios = [with_report / plain for _, plain, with_report in rows]
    table = "\n".join(
        f"| {name} | {plain:.2f} | {with_report:.2f} | {ratio:.2f} |"
        for (name, plain, with_report), ratio in zip(rows, ratios, strict=True)
    )
    figures.write(
        "preview",
        "Previews with their reports",
        f"The small platform of tests/reports (74 resources). Each preview {ROUNDS} times plain, with an "
        "event log), and in turns with `python -m reports` in all three forms after it; medians. Limit: 1.2 times.\n\n"
        f"| preview | plain, s | with report, s | times |\n|---|---|---|---|\n{table}\n",
    )
    assert max(ratios) <= LIMIT, table


def _measured(run: EngineRun, name: str) -> tuple[str, float, float]:
    """In turns, so that what else the machine does strikes both alike."""
    plain: list[float] = []
    with_report: list[float] = []
    for _ in range(ROUNDS):
        began = time.monotonic()
        _plain(run, name)
        plain.append(time.monotonic() - began)
        began = time.monotonic()
        _plain(run, name)
        _report(run, name)
        with_report.append(time.monotonic() - began)
    return name, median(plain), median(with_report)


def _plain(run: EngineRun, name: str) -> None:
    destroys = recorded_run.events_of(run, name).name.startswith("engine-destroy")
    command = ["destroy", "--preview-only"] if destroys else ["preview"]
    log = str(recorded_run.events_of(run, name))
    subprocess.run(
        [str(paths.binaries() / "pulumi"), *command, "--stack", run.stack.stack, "--config-file", str(run.stack.config),
         "--non-interactive", "--event-log", log],
        cwd=run.directory, env=environment(run.stack), capture_output=True, check=True, timeout=600,
    )  # fmt: skip


def _report(run: EngineRun, name: str) -> None:
    files = [part for form in ("markdown", "html") for part in (f"--{form}", str(run.directory / f"report.{form}"))]
    command = [sys.executable, "-m", "reports", str(recorded_run.events_of(run, name)), *files]
    done = subprocess.run(command, cwd=paths.PROJECT, capture_output=True, text=True, timeout=600)
    assert done.returncode in (0, 1), done.stderr
