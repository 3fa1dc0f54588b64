"""What becomes of a run that is interrupted or killed, and of the one after it."""

import os
import signal
import threading
import time

import pytest

from rehearsal.engine import Interrupted
from rehearsal.engine.recovery import recover
from rehearsal.errors import RehearsalError
from tests.engine.conftest import descendants, until

pytestmark = pytest.mark.engine

FOUR_THINGS = """
for number in range(4):
    thing(f"t{number}", seconds=2)
last = thing("last", depends_on=[thing("middle", seconds=1)])
"""


def _engine_of(run) -> int:
    (pid,) = [pid for pid, command in descendants(run.stack.root).items() if "/bin/pulumi up" in command]
    return pid


def _in_background(run):
    """Start `up` in a thread; the result comes as (outcome or exception)."""
    results = []

    def work():
        try:
            results.append(run.engine.operate("up", "--skip-preview", limit=400))
        except BaseException as error:
            results.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    return thread, results


def test_an_interrupt_lets_running_work_finish_and_the_next_up_goes_on(slow_run):
    run = slow_run(FOUR_THINGS)
    killer = threading.Thread(
        target=lambda: (until(lambda: "create t3" in run.notes.read_text(), 120), os.kill(os.getpid(), signal.SIGINT))
    )
    killer.start()
    with pytest.raises(Interrupted):
        run.engine.operate("up", "--skip-preview", limit=400)
    killer.join()
    log = (run.stack.logs / "engine-up.log").read_text()
    assert "KeyboardInterrupt" not in log
    assert "Traceback" not in log
    made = {line for line in run.notes.read_text().splitlines() if line.startswith("made")}
    assert {"made t0", "made t1", "made t2", "made t3"} <= made
    assert {r["urn"].rsplit("::")[-1] for r in run.resources()} == {line.split()[1] for line in made}
    assert recover(run.checkpoint) == []
    assert until(lambda: not descendants(run.stack.root), 60)

    run.up()
    assert len(run.resources()) == 6
    assert run.notes.read_text().count("create t0") == 1


def test_a_second_interrupt_ends_it_at_once(slow_run):
    run = slow_run("thing('t', seconds=300)")

    def interrupt_twice():
        until(lambda: "create t" in run.notes.read_text(), 120)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt_twice).start()
    began = time.monotonic()
    with pytest.raises(Interrupted):
        run.engine.operate("up", "--skip-preview", limit=400)
    assert time.monotonic() - began < 150, "the thing would have taken 300 s"


def test_after_the_engine_is_killed_everything_it_started_ends(slow_run):
    run = slow_run("import asyncio\nthing('t', seconds=3)\npulumi.Output.from_input(asyncio.sleep(60))")
    thread, _ = _in_background(run)
    assert until(lambda: "create t" in run.notes.read_text(), 120)
    assert len(descendants(run.stack.root)) >= 4  # engine, language host, program, provider
    os.kill(_engine_of(run), signal.SIGKILL)
    thread.join(120)
    assert until(lambda: not descendants(run.stack.root), 120), descendants(run.stack.root)


def test_after_the_engine_is_killed_the_next_up_finds_its_way(slow_run):
    run = slow_run(FOUR_THINGS)
    thread, _ = _in_background(run)
    assert until(lambda: "made middle" in run.notes.read_text(), 120)
    os.kill(_engine_of(run), signal.SIGKILL)
    thread.join(120)
    assert list(run.checkpoint.locks.glob("*"))
    assert until(lambda: not descendants(run.stack.root), 120)

    assert run.resources() == []  # the state is written at the end of a run
    assert recover(run.checkpoint) == ["removed the lock of an engine that was killed"]
    outcome = run.up()
    assert outcome.story.warnings == []
    assert len(run.resources()) == 6
    assert run.up().story.changes.get("create") is None


def test_a_program_that_hangs_is_ended_with_the_engine(slow_run):
    run = slow_run("import time; time.sleep(600)")
    run.limit = 4
    with pytest.raises(RehearsalError, match="did not end in 4 s"):
        run.up()
    assert until(lambda: not descendants(run.stack.root), 8)


def test_a_failed_resource_ends_the_program_without_noise(slow_run):
    outcome = slow_run(
        """
thing("bad", refuse="there is no room")
pulumi.export("x", thing("good").id)
"""
    ).up(fails=True)
    assert [t.text for t in outcome.story.failures if t.resource == "slow:index:Thing bad"] == ["there is no room"]
    assert "KeyboardInterrupt" not in outcome.text
    assert "Traceback" not in outcome.text


def test_two_commands_at_once_on_a_stack_are_refused(slow_run):
    run = slow_run("thing('t', seconds=3)")
    thread, results = _in_background(run)
    assert until(lambda: "create t" in run.notes.read_text(), 120)
    with pytest.raises(RehearsalError, match=f"another command is at work on this stack: process {_engine_of(run)}"):
        recover(run.checkpoint)
    thread.join(120)
    assert results[0].succeeded
