"""Whole stacks of real programs: started, reused, recovered, interrupted and taken down without a trace."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rehearsal import processes
from rehearsal.console import Silent
from rehearsal.errors import RehearsalError
from rehearsal.paths import PROJECT, StackPaths
from rehearsal.processes import Continuity, machine, ports
from rehearsal.processes.lifecycle import data
from rehearsal.processes.machine import Identity
from rehearsal.processes.supervise import marker_prefix
from tests.processes.running_stack import ACCOUNT, client, pids, recorded

pytestmark = pytest.mark.cluster

ALL = {"moto", "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok", "upkeep"}
Start = Callable[[], processes.Started]
NAMESPACES = "/api/v1/namespaces"


def kill(stack: StackPaths, *names: str) -> None:
    killed = [pids(stack)[name] for name in names]
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    while any(Identity.of(pid) for pid in killed):
        time.sleep(0.01)


def create_namespace(stack: StackPaths, name: str) -> None:
    client(stack).apply(f"{NAMESPACES}/{name}", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})


def moto(stack: StackPaths, method: str, path: str, **headers: str) -> bytes:
    address = json.loads(stack.endpoints.read_text())["aws"]["url"].removeprefix("http://")
    connection = http.client.HTTPConnection(address, timeout=10)
    connection.request(method, path, headers=headers)
    return connection.getresponse().read()


def assert_nothing_is_left(stack: StackPaths, were: dict[str, int], held: set[int]) -> None:
    assert machine.marked(marker_prefix(stack)) == {}
    assert [name for name, pid in were.items() if Identity.of(pid) is not None] == []
    assert [port for port in held if ports.accepts(port)] == []
    assert not stack.processes.exists()
    assert not stack.endpoints.exists()
    assert not data(stack).exists()


def test_one_stack_through_its_whole_life(stack: StackPaths, start: Start) -> None:
    first = start()
    assert {*first.started} == ALL
    assert (first.aws, first.kubernetes) == (Continuity.NEW, Continuity.NEW)
    processes.confirm_state(stack)
    before = pids(stack)

    again = start()
    assert {*again.reused} == ALL
    assert pids(stack) == before
    assert (again.aws, again.kubernetes) == (Continuity.KEPT, Continuity.KEPT)

    kill(stack, "kwok")
    recovered = start()
    assert recovered.died == {"kwok": f"had died (pid {before['kwok']})"}
    assert {*recovered.reused} == ALL - {"kwok"}
    assert not recovered.aws_state_lost
    assert not recovered.kubernetes_state_lost

    health = {process.name: process for process in processes.health(stack)}
    assert {*health} == ALL
    assert all(process.alive and process.answers and process.since for process in health.values())
    assert sum(process.memory_megabytes for process in health.values()) < 1200

    were, held = pids(stack), {record.port for record in recorded(stack).values()}
    stopped = processes.stop(stack, Silent())
    assert {*stopped.ended} == ALL
    assert {*stopped.ended.values()} == {"ended"}, "none had to be killed"
    assert_nothing_is_left(stack, were, held)
    assert processes.stop(stack, Silent()).ended == {}, "taking down what is down is no error"


def test_everything_killed_at_once(lived_in: StackPaths, resume: Start) -> None:
    resume()
    processes.confirm_state(lived_in)
    create_namespace(lived_in, "crisis")
    kill(lived_in, *ALL)
    assert [process.name for process in processes.health(lived_in) if process.alive] == []

    recovered = resume()
    assert {*recovered.died} == ALL
    assert recovered.aws is Continuity.LOST, "moto keeps its state in memory alone"
    assert recovered.kubernetes is Continuity.KEPT, "etcd keeps its state on disk"
    assert client(lived_in).get(f"{NAMESPACES}/crisis")["status"]["phase"] == "Active"
    assert resume().aws_state_lost, "a command that was cut off before it put things right does not hide the loss"
    processes.confirm_state(lived_in)
    assert not resume().aws_state_lost


def test_state_lost_behind_our_back_is_noticed_although_the_process_lives(lived_in: StackPaths, resume: Start) -> None:
    resume()
    processes.confirm_state(lived_in)
    moto(lived_in, "POST", "/moto-api/reset")
    noticed = resume()
    assert {*noticed.reused} == ALL
    assert (noticed.aws_state_lost, noticed.kubernetes_state_lost) == (True, False)


def test_a_lost_or_unreadable_database_begins_anew_and_is_told(lived_in: StackPaths, resume: Start) -> None:
    resume()
    for damage in (shutil.rmtree, fill_with_zeros):
        processes.confirm_state(lived_in)
        create_namespace(lived_in, "crisis")
        kill(lived_in, "etcd", "kube-apiserver")
        damage(data(lived_in) / "etcd")
        recovered = resume()
        assert recovered.kubernetes_state_lost
        assert not recovered.aws_state_lost
        assert "crisis" not in [item["metadata"]["name"] for item in client(lived_in).items(NAMESPACES)]


def fill_with_zeros(directory: Path) -> None:
    for file in directory.rglob("*"):
        if file.is_file():
            file.write_bytes(b"\0" * 4096)


def test_after_a_restart_of_the_machine(lived_in: StackPaths, resume: Start) -> None:
    resume()
    processes.confirm_state(lived_in)
    kill(lived_in, *ALL)
    lived_in.processes.write_text(lived_in.processes.read_text().replace(machine.boot(), "the boot before"))
    recovered = resume()
    assert {*recovered.died.values()} == {"was gone after a restart of the machine"}
    assert (recovered.aws, recovered.kubernetes) == (Continuity.LOST, Continuity.KEPT)


def test_a_database_is_kept_when_it_was_the_program_that_did_not_work(
    lived_in: StackPaths, tools: dict[str, Path], resume: Start, tmp_path: Path
) -> None:
    resume()
    processes.confirm_state(lived_in)
    kill(lived_in, "etcd")
    with pytest.raises(RehearsalError, match="etcd ended right after its start"):
        processes.ensure_running(lived_in, {**tools, "etcd": broken_program(tmp_path)}, ACCOUNT, Silent())
    assert not resume().kubernetes_state_lost


def broken_program(directory: Path) -> Path:
    path = directory / "broken"
    path.write_text("#!/bin/sh\necho 'exec format error of sorts'; exit 3\n")
    path.chmod(0o755)
    return path


def test_two_stacks_side_by_side(stack: StackPaths, start: Start, shared: StackPaths, tools: dict[str, Path]) -> None:
    start()
    both = {*pids(stack).values()} & {*pids(shared).values()}
    assert both == set()
    create_namespace(stack, "only-here")
    assert "only-here" not in [item["metadata"]["name"] for item in client(shared).items(NAMESPACES)]
    shareds = pids(shared)
    processes.stop(stack, Silent())
    assert {*processes.ensure_running(shared, tools, ACCOUNT, Silent()).reused} == ALL
    assert pids(shared) == shareds


def test_two_commands_at_the_same_time_start_each_process_once(stack: StackPaths, start: Start) -> None:
    with ThreadPoolExecutor(2) as pool:
        results = [future.result() for future in [pool.submit(start), pool.submit(start)]]
    assert sorted(len(result.started) for result in results) == [0, len(ALL)]
    assert len(machine.marked(marker_prefix(stack))) == len(ALL)


COMMAND = """
import json, sys
from pathlib import Path
from rehearsal import processes
from rehearsal.console import Silent
from rehearsal.paths import StackPaths
tools = {name: Path(path) for name, path in json.loads(sys.argv[2]).items()}
processes.ensure_running(StackPaths(Path(sys.argv[1])), tools, "111122223333", Silent())
"""


def command(stack: StackPaths, tools: dict[str, Path]) -> "subprocess.Popen[bytes]":
    """A start as a command of its own, as `make up` does it."""
    given = json.dumps({name: str(path) for name, path in tools.items()})
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, str(stack.root), given],
        cwd=PROJECT,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def wait_for_processes(stack: StackPaths, number: int) -> None:
    deadline = time.monotonic() + 120
    while len(machine.marked(marker_prefix(stack))) < number and time.monotonic() < deadline:
        time.sleep(0.01)


@pytest.mark.parametrize("begun", [2, 6])
def test_a_command_killed_in_the_middle_of_starting(
    stack: StackPaths, tools: dict[str, Path], start: Start, begun: int
) -> None:
    with command(stack, tools) as cut_off:
        wait_for_processes(stack, begun)
        cut_off.kill()
    start()
    assert len(machine.marked(marker_prefix(stack))) == len(ALL)
    processes.stop(stack, Silent())
    assert machine.marked(marker_prefix(stack)) == {}


def test_an_interrupt_while_starting_ends_what_was_started(stack: StackPaths, tools: dict[str, Path]) -> None:
    with command(stack, tools) as interrupted:
        wait_for_processes(stack, 3)
        os.killpg(interrupted.pid, signal.SIGINT)
        interrupted.wait(120)
        assert b"KeyboardInterrupt" in (interrupted.stderr.read() if interrupted.stderr else b"")
    assert machine.marked(marker_prefix(stack)) == {}
    assert recorded(stack) == {}


def test_the_end_of_the_command_and_of_its_terminal_does_not_end_the_processes(
    stack: StackPaths, tools: dict[str, Path]
) -> None:
    with command(stack, tools) as finished:
        assert finished.wait(240) == 0
        for number in (signal.SIGINT, signal.SIGHUP):
            with pytest.raises(ProcessLookupError):
                os.killpg(finished.pid, number)
    assert all(process.answers for process in processes.health(stack))
    assert len(processes.health(stack)) == len(ALL)


def test_a_record_that_was_lost_leads_to_no_second_set(lived_in: StackPaths, resume: Start) -> None:
    resume()
    were = pids(lived_in)
    lived_in.processes.unlink()
    found = resume()
    assert found.unrecorded == were
    assert len(machine.marked(marker_prefix(lived_in))) == len(ALL)


def test_a_program_that_does_not_work_leaves_nothing_running(
    stack: StackPaths, tools: dict[str, Path], tmp_path: Path
) -> None:
    with pytest.raises(RehearsalError, match=r"kwok ended right after its start(.|\n)*exec format error of sorts"):
        processes.ensure_running(stack, {**tools, "kwok": broken_program(tmp_path)}, ACCOUNT, Silent())
    assert machine.marked(marker_prefix(stack)) == {}
    assert recorded(stack) == {}


def test_a_missing_program_is_named(stack: StackPaths, tools: dict[str, Path]) -> None:
    with pytest.raises(RehearsalError, match=r"the program etcd is missing(.|\n)*make tools"):
        processes.ensure_running(
            stack, {name: path for name, path in tools.items() if name != "etcd"}, ACCOUNT, Silent()
        )
    assert machine.marked(marker_prefix(stack)) == {}


def test_a_place_that_cannot_be_written_is_named(tools: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RehearsalError, match=rf"cannot write under {tmp_path}(.|\n)*LIFELINE_REHEARSAL"):
        processes.ensure_running(StackPaths(tmp_path / "file" / "stacks" / "prod"), tools, ACCOUNT, Silent())
