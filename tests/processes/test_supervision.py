"""One supervised process: recognised, judged, ended, and nobody else's ever touched."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.errors import RehearsalError
from rehearsal.paths import StackPaths
from rehearsal.processes import machine, ports, supervise
from rehearsal.processes.machine import Identity
from rehearsal.processes.records import Memory, Records, stack_lock
from rehearsal.processes.supervise import Event, Service, StartFailure, Supervisor, marker_prefix


def web(*, name: str = "web", greeting: str = "hello") -> Service:
    """A real server that is up in a fraction of a second."""

    def command(port: int) -> list[str]:
        return [sys.executable, "-m", "http.server", str(port), "--bind", ports.LOOPBACK]

    return Service(name, command, ports.accepts, {"GREETING": greeting}, patience_seconds=10)


def script(code: str) -> Service:
    return Service("script", lambda port: [sys.executable, "-c", code, str(port)], ports.accepts, patience_seconds=2)


@pytest.fixture
def paths(tmp_path: Path) -> StackPaths:
    return StackPaths(tmp_path / "stacks" / "prod")


@pytest.fixture
def supervisor(paths: StackPaths) -> Iterator[Supervisor]:
    supervisor = Supervisor(paths, Records.load(paths.processes))
    yield supervisor
    reloaded(supervisor).end_unrecorded()
    supervisor.end([*supervisor.records.processes])
    assert not machine.marked(marker_prefix(paths))


def reloaded(supervisor: Supervisor) -> Supervisor:
    """As a later command sees it: from the disk alone."""
    return Supervisor(supervisor.paths, Records.load(supervisor.paths.processes))


def wait_until(holds: Callable[[], bool]) -> None:
    """A signal, like the environment of a program just begun, arrives later than the call that sent it returns."""
    deadline = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < deadline, "a minute was not enough"
        time.sleep(0.01)


def ignore(_: str) -> None: ...


@pytest.fixture
def stranger() -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as process:
        yield process
        process.kill()


def test_a_later_command_reuses_a_process_that_answers(supervisor: Supervisor) -> None:
    first = supervisor.ensure(web(), ignore)
    second = reloaded(supervisor).ensure(web(), ignore)
    assert (first.event, second.event) == (Event.STARTED, Event.REUSED)
    assert first.port == second.port


def test_a_process_runs_in_a_session_of_its_own_so_that_the_terminals_interrupt_misses_it(
    supervisor: Supervisor,
) -> None:
    supervisor.ensure(web(), ignore)
    pid = supervisor.records.processes["web"].identity.pid
    assert os.getsid(pid) == pid != os.getsid(0)


def test_a_process_that_died_is_started_again_on_its_port_and_named(supervisor: Supervisor) -> None:
    port = supervisor.ensure(web(), ignore).port
    identity = supervisor.records.processes["web"].identity
    pid = identity.pid
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not identity.lives())
    outcome = reloaded(supervisor).ensure(web(), ignore)
    supervisor.records = Records.load(supervisor.paths.processes)
    assert str(outcome) == f"web had died (pid {pid}): restarted"
    assert outcome.port == port


def test_a_process_that_hangs_is_replaced(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "SILENCE_SECONDS", 0.3)
    monkeypatch.setattr(supervise, "END_PATIENCE_SECONDS", 0.3)
    answering = replace(web(), answers=lambda port: ports.accepts(port) and not stopped.is_set())
    stopped = threading.Event()
    supervisor.ensure(answering, ignore)
    pid = supervisor.records.processes["web"].identity.pid
    os.kill(pid, signal.SIGSTOP)
    stopped.set()
    threading.Timer(1.0, stopped.clear).start()
    outcome = supervisor.ensure(answering, ignore)
    assert "no longer answered" in str(outcome)
    assert Identity.of(pid) is None


def test_a_process_started_with_other_settings_is_replaced(supervisor: Supervisor) -> None:
    supervisor.ensure(web(), ignore)
    outcome = supervisor.ensure(web(greeting="another"), ignore)
    assert "other settings" in str(outcome)


def test_after_a_restart_of_the_machine_recorded_processes_count_as_gone(supervisor: Supervisor) -> None:
    supervisor.ensure(web(), ignore)
    record = supervisor.records.processes["web"]
    supervisor.records.put(replace(record, identity=replace(record.identity, boot="an earlier one")))
    later = reloaded(supervisor)
    assert [*later.end_unrecorded()] == ["web"], "the process is still there, but not under the recorded boot"
    assert "restart of the machine" in str(later.ensure(web(), ignore))
    supervisor.records = later.records


def test_a_process_that_took_over_a_recorded_number_is_left_alone(
    supervisor: Supervisor, stranger: "subprocess.Popen[bytes]"
) -> None:
    time.sleep(0.05)  # Start times are told apart to a hundredth of a second; so fast no number comes round again.
    supervisor.ensure(web(), ignore)
    record = supervisor.records.processes["web"]
    supervisor.end(["web"])
    supervisor.records.put(replace(record, identity=replace(record.identity, pid=stranger.pid)))
    assert supervisor.end(["web"]) == {"web": None}
    assert stranger.poll() is None
    supervisor.records.put(replace(record, identity=replace(record.identity, pid=stranger.pid)))
    assert "had died" in str(supervisor.ensure(web(), ignore))
    assert stranger.poll() is None


def test_a_process_whose_record_was_lost_is_found_by_its_marker_and_ended(
    supervisor: Supervisor, stranger: "subprocess.Popen[bytes]"
) -> None:
    supervisor.ensure(web(), ignore)
    pid = supervisor.records.processes["web"].identity.pid
    supervisor.paths.processes.write_text('{"processes": [')
    later = reloaded(supervisor)
    assert later.end_unrecorded() == {"web": pid}
    assert Identity.of(pid) is None
    assert stranger.poll() is None


def test_a_process_of_another_stack_is_not_taken_for_ours(supervisor: Supervisor, tmp_path: Path) -> None:
    other_paths = StackPaths(tmp_path / "stacks" / "prod-eu")
    other = Supervisor(other_paths, Records.load(other_paths.processes))
    other.ensure(web(), ignore)
    try:
        assert supervisor.end_unrecorded() == {}
        assert other.records.processes["web"].identity.lives()
    finally:
        other.end(["web"])


def test_a_process_that_will_not_end_politely_is_killed(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "END_PATIENCE_SECONDS", 0.3)
    stubborn = script(
        "import signal, socket, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); s = socket.socket();"
        "s.bind(('127.0.0.1', int(sys.argv[1]))); s.listen()\nwhile True: s.accept()"
    )
    supervisor.ensure(stubborn, ignore)
    assert supervisor.end(["script"]) == {"script": "killed"}


def test_a_port_taken_between_choice_and_use_is_exchanged(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listener() as taken:
        choices = iter([taken, taken, ports.choose("web", None)])
        monkeypatch.setattr(ports, "choose", lambda name, preferred: next(choices))
        outcome = supervisor.ensure(web(), ignore)
        assert outcome.port != taken
        assert [*choices] == []


def test_when_every_port_is_taken_the_error_lists_them_and_nothing_stays(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listener() as taken:
        monkeypatch.setattr(ports, "choose", lambda name, preferred: taken)
        with pytest.raises(RehearsalError) as failure:
            supervisor.ensure(web(), ignore)
    assert len(failure.value.tried) == supervise.PORT_ATTEMPTS
    assert "LIFELINE_PORT_WEB" in failure.value.ways_out[0]
    assert supervisor.records.processes == {}


def test_a_pinned_port_that_is_taken_is_refused_with_its_holder(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listener() as taken:
        monkeypatch.setenv("LIFELINE_PORT_WEB", str(taken))
        with pytest.raises(RehearsalError, match=rf"port {taken}, pinned for web .* taken by process {os.getpid()} \("):
            supervisor.ensure(web(), ignore)


def test_a_pinned_port_that_is_free_is_used_also_by_what_runs_elsewhere(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = supervisor.ensure(web(), ignore).port
    wanted = ports.choose("web", None)
    monkeypatch.setenv("LIFELINE_PORT_WEB", str(wanted))
    outcome = supervisor.ensure(web(), ignore)
    assert outcome.port == wanted != chosen
    assert f"runs on port {chosen} and {wanted} is wanted" in outcome.reason


@pytest.mark.parametrize("value", ["http", "80", "70000", "-1"])
def test_a_pinned_port_that_is_none_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIFELINE_PORT_WEB", value)
    with pytest.raises(RehearsalError, match="1024 to 65535"):
        ports.choose("web", None)


def test_a_program_that_ends_at_once_is_reported_with_its_last_words(supervisor: Supervisor) -> None:
    with pytest.raises(RehearsalError, match=r"script ended right after its start(.|\n)*no disk today"):
        supervisor.ensure(script("raise SystemExit('no disk today')"), ignore)
    assert supervisor.records.processes == {}


def test_last_words_in_json_are_shown_as_words(supervisor: Supervisor) -> None:
    said = '{"level":"fatal","ts":"2026-01-01T00:00:00Z","msg":"failed to listen","error":"permission denied"}'
    with pytest.raises(StartFailure) as failure:
        supervisor.ensure(script(f"raise SystemExit({said!r})"), ignore)
    assert failure.value.problem.splitlines()[1:] == ["    fatal: failed to listen: permission denied"]


def test_a_process_whose_record_cannot_be_written_is_ended_all_the_same(paths: StackPaths, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no directory")
    unwritable = Supervisor(paths, Records(tmp_path / "file" / "processes.json"))
    for service in (web(), web(name="other")):
        with pytest.raises(OSError, match="file"):
            unwritable.ensure(service, ignore)
    wait_until(lambda: len(machine.marked(marker_prefix(paths))) == 2)
    unwritable.end_what_was_started()
    assert machine.marked(marker_prefix(paths)) == {}


def test_of_a_crash_the_words_are_shown_and_not_the_stack(supervisor: Supervisor) -> None:
    trace = [
        "panic: no space left on device",
        "goroutine 1 [running]:",
        *["main.main()", "\t/src/main.go:40 +0x17"] * 20,
    ]
    with pytest.raises(StartFailure, match=r"panic: no space left(.|\n)*free space for") as failure:
        supervisor.ensure(script(f"raise SystemExit({chr(10).join(trace)!r})"), ignore)
    assert failure.value.disk_full
    assert "ended right after its start: the disk is full; its last words" in failure.value.problem
    assert "main.go" not in str(failure.value)


def test_a_program_that_never_answers_is_given_up_and_ended(supervisor: Supervisor) -> None:
    with pytest.raises(RehearsalError, match="gave no answer within 2 s"):
        supervisor.ensure(script("import time; time.sleep(600)"), ignore)
    assert machine.marked(marker_prefix(supervisor.paths)) == {}


def test_nothing_of_the_users_environment_reaches_a_process(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    supervisor.ensure(web(), ignore)
    pid = supervisor.records.processes["web"].identity.pid
    given = Path(f"/proc/{pid}/environ").read_text()
    assert "AWS_PROFILE" not in given
    assert "HTTPS_PROXY" not in given


def test_what_was_lost_stays_lost_until_it_is_confirmed(paths: StackPaths) -> None:
    records = Records.load(paths.processes)
    records.remember("aws", Memory().renewed())
    assert Records.load(paths.processes).memory("aws").continuity == "new"
    records.remember("aws", records.memory("aws").renewed())
    assert Records.load(paths.processes).memory("aws").continuity == "lost"
    Records.load(paths.processes).keep_all()
    assert Records.load(paths.processes).memory("aws").continuity == "kept"


def test_only_one_command_at_a_time_works_on_a_stack(paths: StackPaths) -> None:
    order: list[str] = []

    def other() -> None:
        with stack_lock(paths):
            order.append("other")

    with stack_lock(paths):
        waiting = threading.Thread(target=other)
        waiting.start()
        time.sleep(0.3)
        order.append("first")
    waiting.join(60)
    assert order == ["first", "other"]
    assert [*paths.root.parent.iterdir()] == [], "the lock's file went with its last user"


@contextmanager
def listener() -> Iterator[int]:
    """Another program's open port."""
    with socket.socket() as held:
        held.bind((ports.LOOPBACK, 0))
        held.listen()
        yield int(held.getsockname()[1])
