"""The engine killed at random moments of an `up` of the flagship: the next `up` succeeds, `down` leaves nothing."""

import contextlib
import os
import random
import signal
import time
from pathlib import Path

import pytest

from rehearsal import paths
from tests.cli.conftest import Rehearsal

pytestmark = [pytest.mark.campaign, pytest.mark.engine, pytest.mark.cluster]

ROUNDS = 20
MOMENTS = random.Random(20261121)


def _engine(rehearsal: Rehearsal) -> int | None:
    for pid in rehearsal.processes():
        try:
            if b"/bin/pulumi\0up\0" in (Path("/proc") / str(pid) / "cmdline").read_bytes():
                return pid
        except OSError:
            continue
    return None


def test_the_engine_killed_at_twenty_moments(tmp_path: Path):
    rehearsal = Rehearsal(paths.PROJECT, tmp_path / "workspace")
    report: list[str] = []
    try:
        longest = _seconds_of_an_update(rehearsal)
        for round_number in range(ROUNDS):
            assert rehearsal.run("down").code == 0
            report.append(_one_round(rehearsal, MOMENTS.uniform(0.2, longest)))
            print(f"{round_number + 1}/{ROUNDS}: {report[-1]}", flush=True)
        down = rehearsal.run("down")
        assert down.code == 0, down.err
        assert rehearsal.processes() == []
    finally:
        rehearsal.run("clean")
    assert sum("cut off" in line for line in report) >= ROUNDS // 4, "the moments missed the creations"


def _seconds_of_an_update(rehearsal: Rehearsal) -> float:
    first = rehearsal.run("up")
    assert first.code == 0, first.err
    (line,) = [line for line in first.err.splitlines() if line.startswith("✓ update")]
    return float(line.rsplit("(", 1)[1].split()[0])


def _one_round(rehearsal: Rehearsal, after_seconds: float) -> str:
    command = rehearsal.start("up")
    while (engine := _engine(rehearsal)) is None:
        assert command.poll() is None, command.communicate()[1]
        time.sleep(0.01)
    time.sleep(after_seconds)
    with contextlib.suppress(ProcessLookupError):  # it may have come to its end
        os.kill(engine, signal.SIGKILL)
    command.communicate(timeout=120)
    again = rehearsal.run("up")
    assert again.code == 0, f"killed after {after_seconds:.2f} s:\n{again.err}"
    settled = rehearsal.run("preview")
    assert settled.code == 0, settled.err
    assert "to create" not in settled.err.splitlines()[-1], settled.err
    recovered = [line for line in again.err.splitlines() if line.startswith("!")]
    return f"killed after {after_seconds:.2f} s; {'; '.join(recovered) or 'nothing to recover'}"
