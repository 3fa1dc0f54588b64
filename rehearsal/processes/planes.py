"""Control planes of a stack: one from the start, one more for each further EKS cluster that its program makes.

The AWS provider asks for a cluster's plane; what was given stays given until the stack is taken down.
"""

import json
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path
from typing import Any

from rehearsal.console import Reporter, Silent
from rehearsal.errors import RehearsalError
from rehearsal.paths import StackPaths
from rehearsal.processes import cluster_state, endpoints
from rehearsal.processes.certificates import Credentials, ensure_credentials
from rehearsal.processes.control_plane import ControlPlane
from rehearsal.processes.ports import LOOPBACK
from rehearsal.processes.records import Continuity, Records, stack_lock, write_atomically
from rehearsal.processes.supervise import AFTER_BOOT, Abandoned, Event, Outcome, StartFailure, Supervisor

KUBERNETES = "kubernetes"
#: An API server without its database waits in vain at its end, and so do its clients without it.
_NEEDED_BY_OTHERS = ("kube-apiserver", "etcd")
#: Each takes half a gigabyte of memory.
MOST_PLANES = 4


def needed_by_others() -> list[str]:
    """Ended last, in this order."""
    numbers = ["", *(f"-{number}" for number in range(2, MOST_PLANES + 1))]
    return [f"{program}{number}" for program in _NEEDED_BY_OTHERS for number in numbers]


def data(paths: StackPaths) -> Path:
    """Credentials and databases of the processes; goes with them."""
    return paths.root / "data"


def plane(paths: StackPaths, tools: dict[str, Path], number: int) -> ControlPlane:
    """The plane's own directory holds its own authority: a kubeconfig of one cluster never fits another."""
    directory = _directory(paths, number)
    return ControlPlane(tools, directory, ensure_credentials(directory / "credentials"), number)


def look_at(paths: StackPaths, number: int) -> ControlPlane | None:
    """Without making anything; None where there is none."""
    directory = _directory(paths, number)
    credentials = Credentials(directory / "credentials")
    return ControlPlane({}, directory, credentials, number) if credentials.directory.exists() else None


def _directory(paths: StackPaths, number: int) -> Path:
    return data(paths) if number == 1 else data(paths) / f"plane-{number}"


def memory_of(number: int) -> str:
    return KUBERNETES if number == 1 else f"{KUBERNETES}-{number}"


def known(records: Records) -> list[int]:
    """The planes that should run."""
    return sorted({1, *records.planes.values()})


def continuity(records: Records) -> Continuity:
    """The worst of all planes: what one has lost, the stack has lost."""
    found = {records.memory(memory_of(number)).continuity for number in known(records)}
    return next(each for each in (Continuity.LOST, Continuity.NEW, Continuity.KEPT) if each in found)


def remember_tools(paths: StackPaths, tools: dict[str, Path]) -> None:
    """For planes that are started later, by a provider."""
    write_atomically(_tools_file(paths), json.dumps({name: str(path) for name, path in tools.items()}))


def _tools_file(paths: StackPaths) -> Path:
    return data(paths) / "tools.json"


def assign(paths: StackPaths, cluster: str) -> dict[str, str]:
    """The API server that stands for this EKS cluster ("us-east-1/name"); a further one is started when all are taken.

    A stack that has no processes of its own (its endpoints are another's) has one plane for all its clusters.
    """
    if not _tools_file(paths).exists():
        return endpoints.read(paths)[KUBERNETES]
    with stack_lock(paths):
        records = Records.load(paths.processes)
        if cluster not in records.planes:
            taken = set(records.planes.values())
            number = next(each for each in range(1, MOST_PLANES + 2) if each not in taken)
            if number > MOST_PLANES:
                raise RehearsalError(
                    f"{cluster} would be cluster {number} of stack {paths.stack}: a rehearsal has up to {MOST_PLANES}",
                    ways_out=["rehearse the clusters in stacks of their own"],
                )
            if memory_of(number) not in records.memories:
                _open(paths, records, number)
            records.assign(cluster, number)
        return endpoints.put_cluster(paths, cluster, records.planes[cluster])


def release(paths: StackPaths, cluster: str) -> None:
    """The cluster is gone; its plane, empty by now, may stand for another."""
    if not _tools_file(paths).exists():
        return
    with stack_lock(paths):
        Records.load(paths.processes).assign(cluster, None)
        endpoints.drop_cluster(paths, cluster)


def _open(paths: StackPaths, records: Records, number: int) -> None:
    supervisor = Supervisor(paths, records, needed_by_others())
    tools = {name: Path(path) for name, path in json.loads(_tools_file(paths).read_text()).items()}
    opened = plane(paths, tools, number)
    try:
        outcomes = start(supervisor, opened, Silent())
    except BaseException:
        supervisor.end_what_was_started()
        raise
    endpoints.put_plane(paths, number, f"https://{LOOPBACK}:{outcomes[1].port}", opened.credentials)
    # It is new, and nothing in the engine's state is of it: nothing was lost.
    memory = records.memory(memory_of(number))
    records.remember(memory_of(number), replace(memory, continuity=Continuity.KEPT))


def start(supervisor: Supervisor, plane: ControlPlane, reporter: Reporter) -> list[Outcome]:
    title = "Kubernetes control plane" if plane.number == 1 else f"Kubernetes control plane {plane.number}"
    with reporter.step(title) as step:
        outcomes = [_start_etcd(supervisor, plane, step.note)]
        outcomes.append(supervisor.ensure(plane.api_server(outcomes[0].port), step.note))
        server = f"https://{LOOPBACK}:{outcomes[1].port}"
        followers = plane.followers(server)
        with ThreadPoolExecutor(len(followers) + 1) as pool:
            marked = pool.submit(
                cluster_state.ensure_mark, plane.client(server), supervisor.records, memory_of(plane.number)
            )
            futures = [pool.submit(supervisor.ensure, service, step.note) for service in followers]
            wait_for_all([marked, *futures], supervisor)
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


def wait_for_all(futures: Sequence[Future[Any]], supervisor: Supervisor) -> None:
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
