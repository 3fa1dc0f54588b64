"""The state of a stack after kills, crashes and lost emulators."""

import json
import os
import re
import socket
import subprocess
from datetime import UTC, datetime

import pytest

from rehearsal import stacks
from rehearsal.engine.recovery import forget_lost, recover
from rehearsal.errors import RehearsalError

pytestmark = pytest.mark.engine


def _lock(run, name="lock.json", **changes):
    content = {
        "pid": os.getpid(),
        "username": "someone",
        "hostname": socket.gethostname(),
        "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "123Z"),
    }
    run.checkpoint.locks.mkdir(parents=True, exist_ok=True)
    (run.checkpoint.locks / name).write_text(json.dumps(content | changes))


def _ended_process() -> int:
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def test_the_lock_of_a_dead_engine_is_removed(engine_run):
    run = engine_run("")
    _lock(run, pid=_ended_process())
    assert recover(run.checkpoint) == ["removed the lock of an engine that was killed"]
    run.up()


def test_the_lock_of_an_engine_whose_number_was_given_away_is_removed(engine_run):
    run = engine_run("")
    _lock(run, timestamp="2020-01-01T00:00:00.123456789Z")  # before this process, which has the number now
    assert recover(run.checkpoint) == ["removed the lock of an engine that was killed"]


def test_a_lock_that_was_only_half_written_is_removed(engine_run):
    run = engine_run("")
    _lock(run)
    file = run.checkpoint.locks / "lock.json"
    file.write_text(file.read_text()[:20])
    assert recover(run.checkpoint) == ["removed the lock of an engine that was killed"]


def test_the_lock_of_a_living_process_is_respected(engine_run):
    run = engine_run("")
    _lock(run)
    with pytest.raises(RehearsalError, match=f"process {os.getpid()}") as error:
        recover(run.checkpoint)
    assert f"kill {os.getpid()}" in str(error.value)


def test_the_lock_of_another_machine_is_respected(engine_run):
    run = engine_run("")
    _lock(run, pid=_ended_process(), hostname="elsewhere")
    with pytest.raises(RehearsalError, match="on elsewhere"):
        recover(run.checkpoint)


def test_a_damaged_state_is_replaced_by_the_engine_s_backup(slow_run):
    run = slow_run("thing('one')")
    run.up()
    run.write("thing('one')\nthing('two')").up()
    run.checkpoint.file.write_text(run.checkpoint.file.read_text()[:100])
    assert recover(run.checkpoint) == ["the state was damaged; went back to the engine's backup of it"]
    run.up()
    assert {r["urn"].rsplit("::")[-1] for r in run.resources()} == {"one", "two"}


def test_a_state_damaged_with_its_backup_begins_anew(slow_run):
    run = slow_run("thing('one')")
    run.up()
    for file in run.checkpoint.file.parent.glob(f"{run.checkpoint.file.name}*"):
        file.write_text("")
    assert recover(run.checkpoint) == ["the state was damaged beyond repair; starting over"]
    stacks.prepare(stacks.read(run.stack.stack, run.directory), run.engine)
    run.up()
    assert len(run.resources()) == 1


def test_an_operation_cut_off_leaves_no_warning(slow_run):
    run = slow_run("thing('one')")
    run.up()
    content = json.loads(run.checkpoint.file.read_text())
    (one,) = [r for r in content["checkpoint"]["latest"]["resources"] if r["type"] == "slow:index:Thing"]
    pending = {**one, "urn": one["urn"].replace("::one", "::two"), "id": ""}
    content["checkpoint"]["latest"]["pending_operations"] = [{"resource": pending, "type": "creating"}]
    run.checkpoint.file.write_text(json.dumps(content))
    assert recover(run.checkpoint) == ["an earlier run was cut off (creating two); going on from there"]
    assert run.up().story.warnings == []


#: aws and kubernetes things by type, made by the slow provider so that the test needs no emulator.
MIXED = """
from pulumi import ResourceOptions

class Group(pulumi.ComponentResource):
    def __init__(self):
        super().__init__("lifeline:test:Group", "group")

group = Group()
first = thing("first", parent=group, protect=True)
second = thing("second", parent=group, depends_on=[first], of=first.id)
third = thing("third", depends_on=[second], of=second.id)
"""


def test_what_went_with_an_emulator_is_made_again_and_the_rest_is_kept(slow_run):
    run = slow_run(MIXED)
    run.up()
    text = run.checkpoint.file.read_text()
    for name in ("first", "second"):  # as if these two had been things of the emulated AWS, one of them protected
        text = text.replace(f"$slow:index:Thing::{name}", f"$aws:index:Thing::{name}")
    content = json.loads(text)
    for resource in content["checkpoint"]["latest"]["resources"]:
        if "$aws:" in resource["urn"]:
            resource["type"] = "aws:index:Thing"
    run.checkpoint.file.write_text(json.dumps(content))
    run.stack.ledger.write_text("what the lost account had\n")

    assert forget_lost(run.checkpoint, run.stack, aws=False, kubernetes=False) == []
    (note,) = forget_lost(run.checkpoint, run.stack, aws=True, kubernetes=False)
    assert note == "aws lost its state: 2 resources will be made again"
    assert not run.stack.ledger.exists()
    assert {r["urn"].rsplit("::")[-1] for r in run.resources()} == {"group", "third"}
    outcome = run.up()
    assert outcome.story.changes["create"] == 2
    assert outcome.story.changes["same"] == 3  # the stack, the group, and what depended on the lost ones


def test_a_protected_resource_can_be_taken_down_in_a_rehearsal(slow_run):
    run = slow_run("thing('one', protect=True)")
    run.up()
    run.destroy(fails=True)
    recover(run.checkpoint)
    assert run.checkpoint.unprotect() == 1
    run.destroy()
    assert run.resources() == []


def test_removing_a_stack_leaves_nothing_of_it(slow_run):
    run = slow_run("thing('one')")
    run.up()
    run.checkpoint.remove()
    # The name as a whole: "test-4" must not be found in the files of another test's "test-41".
    name = re.compile(rf"(^|/){re.escape(run.stack.stack)}([./]|$)")
    left = [f for f in run.checkpoint.file.parents[2].rglob("*") if f.is_file() and name.search(str(f))]
    assert left == []
