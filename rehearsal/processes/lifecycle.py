"""The processes of a stack as a whole: make sure that they run, and take them down."""

import errno
import shutil
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.console import Reporter
from rehearsal.errors import RehearsalError
from rehearsal.paths import StackPaths
from rehearsal.processes import cluster_state, emulated_aws
from rehearsal.processes.certificates import ensure_credentials
from rehearsal.processes.control_plane import ControlPlane
from rehearsal.processes.emulated_aws import EmulatedAws
from rehearsal.processes.endpoints import write_endpoints
from rehearsal.processes.ports import LOOPBACK
from rehearsal.processes.records import Continuity, Records, stack_lock
from rehearsal.processes.supervise import AFTER_BOOT, Abandoned, Event, Outcome, StartFailure, Supervisor

AWS, KUBERNETES = "aws", "kubernetes"
#: An API server without its database waits in vain at its end, and so do its clients without it.
NEEDED_BY_OTHERS = ("kube-apiserver", "etcd")
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
        supervisor = Supervisor(paths, Records.load(paths.processes), NEEDED_BY_OTHERS)
        unrecorded = supervisor.end_unrecorded()
        plane = ControlPlane(tools, data(paths), ensure_credentials(data(paths) / "credentials"))
        aws = EmulatedAws(account, data(paths))
        try:
            moto, cluster = _together(
                supervisor,
                lambda: [_start_aws(supervisor, aws, reporter)],
                lambda: _start_kubernetes(supervisor, plane, reporter),
            )
        except BaseException:
            supervisor.end_what_was_started()
            raise
        outcomes = {outcome.name: outcome for outcome in (*moto, *cluster)}
        server = f"https://{LOOPBACK}:{outcomes['kube-apiserver'].port}"
        write_endpoints(paths, f"http://{LOOPBACK}:{outcomes['moto'].port}", account, server, plane.credentials)
        return Started(
            tuple(outcomes.values()),
            unrecorded,
            supervisor.records.memory(AWS).continuity,
            supervisor.records.memory(KUBERNETES).continuity,
            plane.kubeconfig("admin", server),
        )


def confirm_state(paths: StackPaths) -> None:
    """The engine's state agrees with the emulators again: from now on they count as holding what it says."""
    with stack_lock(paths):
        Records.load(paths.processes).keep_all()


def stop(paths: StackPaths, reporter: Reporter) -> Stopped:
    """End exactly this stack's processes and remove their data; the logs stay for whoever asks why."""
    with reporter.step("processes") as step, _disk_errors_explained(paths), stack_lock(paths):
        supervisor = Supervisor(paths, Records.load(paths.processes), NEEDED_BY_OTHERS)
        step.note(f"ending {', '.join(supervisor.records.processes)}")
        ended = {name: how or "was gone" for name, how in supervisor.end([*supervisor.records.processes]).items()}
        unrecorded = supervisor.end_unrecorded()
        paths.endpoints.unlink(missing_ok=True)
        shutil.rmtree(data(paths), ignore_errors=True)
        paths.processes.unlink(missing_ok=True)
        step.outcome(f"{len(ended) + len(unrecorded)} ended" if ended or unrecorded else "none were running")
        return Stopped(ended, unrecorded)


def data(paths: StackPaths) -> Path:
    """Credentials and databases of the processes; goes with them."""
    return paths.root / "data"


def _start_aws(supervisor: Supervisor, aws: EmulatedAws, reporter: Reporter) -> Outcome:
    with reporter.step("emulated AWS") as step:
        outcome = supervisor.ensure(aws.service(), step.note)
        memory = supervisor.records.memory(AWS)
        words = [describe([outcome])]
        if not memory.mark or emulated_aws.read_mark(outcome.port) != memory.mark:
            aws.prepare(outcome.port, step.note)
            memory = memory.renewed()
            emulated_aws.write_mark(outcome.port, memory.mark)
            supervisor.records.remember(AWS, memory)
        if memory.continuity is Continuity.LOST:
            words.append("its state was lost")
        step.outcome("; ".join(words))
        return outcome


def _start_kubernetes(supervisor: Supervisor, plane: ControlPlane, reporter: Reporter) -> list[Outcome]:
    with reporter.step("Kubernetes control plane") as step:
        outcomes = [_start_etcd(supervisor, plane, step.note)]
        outcomes.append(supervisor.ensure(plane.api_server(outcomes[0].port), step.note))
        server = f"https://{LOOPBACK}:{outcomes[1].port}"
        followers = plane.followers(server)
        with ThreadPoolExecutor(len(followers) + 1) as pool:
            marked = pool.submit(cluster_state.ensure_mark, plane.client(server), supervisor.records, KUBERNETES)
            futures = [pool.submit(supervisor.ensure, service, step.note) for service in followers]
            _wait_for_all([marked, *futures], supervisor)
        outcomes += [future.result() for future in futures]
        words = [describe(outcomes)]
        if marked.result() is Continuity.LOST:
            words.append("its state was lost")
        step.outcome("; ".join(words))
        return outcomes


def _start_etcd(supervisor: Supervisor, plane: ControlPlane, note: Callable[[str], None]) -> Outcome:
    try:
        return supervisor.ensure(plane.etcd(), note)
    except StartFailure as failure:
        if failure.disk_full or not plane.database.exists():
            raise
        # A power cut can leave a database that cannot be read; the cluster then begins anew, and says so by its mark.
        note("etcd does not start on its data: beginning anew")
        return _start_etcd_anew(supervisor, plane, note)


def _start_etcd_anew(supervisor: Supervisor, plane: ControlPlane, note: Callable[[str], None]) -> Outcome:
    aside = plane.database.with_name("etcd.unreadable")
    shutil.rmtree(aside, ignore_errors=True)
    plane.database.rename(aside)
    try:
        return supervisor.ensure(plane.etcd(), note)
    except BaseException:
        # Then it was not the data.
        shutil.rmtree(plane.database, ignore_errors=True)
        aside.rename(plane.database)
        raise


def _together(supervisor: Supervisor, *tasks: Callable[[], list[Outcome]]) -> list[list[Outcome]]:
    with ThreadPoolExecutor(len(tasks)) as pool:
        futures = [pool.submit(task) for task in tasks]
        _wait_for_all(futures, supervisor)
        return [future.result() for future in futures]


def _wait_for_all(futures: Sequence[Future[Any]], supervisor: Supervisor) -> None:
    """Raise the first failure at once and let the others give up; likewise when the user interrupts."""
    try:
        done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        failures = [failure for future in done if (failure := future.exception())]
        for failure in sorted(failures, key=lambda failure: isinstance(failure, Abandoned)):
            raise failure
    except BaseException:
        supervisor.abandon()
        raise


def describe(outcomes: Sequence[Outcome]) -> str:
    """ "reused", "started", or which process had died."""
    restarted = [str(outcome) for outcome in outcomes if outcome.event is Event.RESTARTED]
    after_boot = [outcome for outcome in outcomes if outcome.reason == AFTER_BOOT]
    if after_boot and len(after_boot) == len(restarted):
        return "the machine was restarted: started again"
    if restarted:
        return "; ".join(restarted)
    return "reused" if all(outcome.event is Event.REUSED for outcome in outcomes) else "started"


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
