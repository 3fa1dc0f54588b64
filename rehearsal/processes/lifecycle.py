"""The processes of a stack as a whole: make sure that they run, and take them down."""

import errno
import shutil
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rehearsal.console import Reporter
from rehearsal.errors import RehearsalError
from rehearsal.paths import StackPaths
from rehearsal.processes import emulated_aws, endpoints, planes
from rehearsal.processes.emulated_aws import EmulatedAws
from rehearsal.processes.planes import data, wait_for_all
from rehearsal.processes.ports import LOOPBACK
from rehearsal.processes.records import Continuity, Records, stack_lock
from rehearsal.processes.supervise import Event, Outcome, Supervisor

AWS = "aws"
_DISK_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR}


@dataclass(frozen=True)
class Started:
    """What a stack runs on now, and how that came about."""

    outcomes: tuple[Outcome, ...]
    #: Processes of this stack found running without a record, by name; they were ended.
    unrecorded: dict[str, int]
    aws: Continuity
    kubernetes: Continuity
    kubeconfig: Path

    @property
    def started(self) -> tuple[str, ...]:
        return tuple(outcome.name for outcome in self.outcomes if outcome.event is not Event.REUSED)

    @property
    def reused(self) -> tuple[str, ...]:
        return tuple(outcome.name for outcome in self.outcomes if outcome.event is Event.REUSED)

    @property
    def died(self) -> dict[str, str]:
        """Processes that could not be reused and why."""
        return {outcome.name: outcome.reason for outcome in self.outcomes if outcome.event is Event.RESTARTED}

    @property
    def aws_state_lost(self) -> bool:
        """Stays true, in later calls too, until `confirm_state` is called."""
        return self.aws is Continuity.LOST

    @property
    def kubernetes_state_lost(self) -> bool:
        """Stays true, in later calls too, until `confirm_state` is called."""
        return self.kubernetes is Continuity.LOST


@dataclass(frozen=True)
class Stopped:
    """How each process ended: "ended", "killed", or "was gone"."""

    ended: dict[str, str]
    #: Processes of this stack found running without a record, by name; they were ended too.
    unrecorded: dict[str, int]


def ensure_running(paths: StackPaths, tools: dict[str, Path], account: str, reporter: Reporter) -> Started:
    """Reuse what is healthy, restart what is not, start what is missing; all of it or, on failure, nothing new."""
    with _disk_errors_explained(paths), stack_lock(paths):
        records = Records.load(paths.processes)
        supervisor = Supervisor(paths, records, planes.needed_by_others())
        unrecorded = supervisor.end_unrecorded()
        clusters = [planes.plane(paths, tools, number) for number in planes.known(records)]
        aws = EmulatedAws(account, data(paths))
        planes.remember_tools(paths, tools)
        try:
            moto, *started = _together(
                supervisor,
                lambda: [_start_aws(supervisor, aws, reporter)],
                *(partial(planes.start, supervisor, cluster, reporter) for cluster in clusters),
            )
        except BaseException:
            supervisor.end_what_was_started()
            raise
        servers = [f"https://{LOOPBACK}:{api_server.port}" for _, api_server, *_ in started]
        endpoints.write(
            paths,
            f"http://{LOOPBACK}:{moto[0].port}",
            account,
            {each.number: (server, each.credentials) for each, server in zip(clusters, servers, strict=True)},
            records.planes,
        )
        return Started(
            (*moto, *(outcome for outcomes in started for outcome in outcomes)),
            unrecorded,
            supervisor.records.memory(AWS).continuity,
            planes.continuity(records),
            clusters[0].kubeconfig("admin", servers[0]),
        )


def confirm_state(paths: StackPaths) -> None:
    """The engine's state agrees with the emulators again: from now on they count as holding what it says."""
    with stack_lock(paths):
        Records.load(paths.processes).keep_all()


def stop(paths: StackPaths, reporter: Reporter) -> Stopped:
    """End exactly this stack's processes and remove their data; the logs stay for whoever asks why."""
    with reporter.step("processes") as step, _disk_errors_explained(paths), stack_lock(paths):
        supervisor = Supervisor(paths, Records.load(paths.processes), planes.needed_by_others())
        step.note(f"ending {', '.join(supervisor.records.processes)}")
        ended = {name: how or "was gone" for name, how in supervisor.end([*supervisor.records.processes]).items()}
        unrecorded = supervisor.end_unrecorded()
        paths.endpoints.unlink(missing_ok=True)
        shutil.rmtree(data(paths), ignore_errors=True)
        paths.processes.unlink(missing_ok=True)
        step.outcome(f"{len(ended) + len(unrecorded)} ended" if ended or unrecorded else "none were running")
        return Stopped(ended, unrecorded)


def _start_aws(supervisor: Supervisor, aws: EmulatedAws, reporter: Reporter) -> Outcome:
    with reporter.step("emulated AWS") as step:
        outcome = supervisor.ensure(aws.service(), step.note)
        memory = supervisor.records.memory(AWS)
        words = [planes.describe([outcome])]
        if not memory.mark or emulated_aws.read_mark(outcome.port) != memory.mark:
            aws.prepare(outcome.port, step.note)
            memory = memory.renewed()
            emulated_aws.write_mark(outcome.port, memory.mark)
            supervisor.records.remember(AWS, memory)
        if memory.continuity is Continuity.LOST:
            words.append("its state was lost")
        step.outcome("; ".join(words))
        return outcome


def _together(supervisor: Supervisor, *tasks: Callable[[], list[Outcome]]) -> list[list[Outcome]]:
    with ThreadPoolExecutor(len(tasks)) as pool:
        futures = [pool.submit(task) for task in tasks]
        wait_for_all(futures, supervisor)
        return [future.result() for future in futures]


@contextmanager
def _disk_errors_explained(paths: StackPaths) -> Generator[None]:
    try:
        yield
    except OSError as failure:
        if failure.errno not in _DISK_ERRORS:
            raise
        raise RehearsalError(
            f"cannot write under {paths.root}: {failure.strerror}",
            ways_out=[
                "free space or give yourself the right to write there",
                "or set LIFELINE_REHEARSAL to a place that has both",
            ],
        ) from failure
