"""How a stack's processes are, for `make status`: looked at, never changed."""

import datetime
from dataclasses import dataclass

from rehearsal.paths import StackPaths
from rehearsal.processes import emulated_aws, machine, planes
from rehearsal.processes.ports import LOOPBACK
from rehearsal.processes.records import Record, Records
from rehearsal.processes.supervise import holds


@dataclass(frozen=True)
class ProcessHealth:
    """One recorded process as it is now."""

    name: str
    pid: int
    port: int
    alive: bool
    answers: bool
    #: None for a process that is gone.
    since: datetime.datetime | None
    memory_megabytes: float


def health(paths: StackPaths) -> list[ProcessHealth]:
    """Empty when nothing was started for the stack."""
    records = Records.load(paths.processes).processes
    return [_health(record, paths, records) for record in records.values()]


def _health(record: Record, paths: StackPaths, records: dict[str, Record]) -> ProcessHealth:
    identity = record.identity
    alive = identity.lives()
    since = machine.running_since(identity) if alive else None
    return ProcessHealth(
        record.name,
        identity.pid,
        record.port,
        alive,
        alive and holds(identity, record.port) and _answers(record, paths, records),
        datetime.datetime.fromtimestamp(since, datetime.UTC) if since is not None else None,
        machine.memory_megabytes(identity.pid) if alive else 0.0,
    )


def _answers(record: Record, paths: StackPaths, records: dict[str, Record]) -> bool:
    if record.name == "moto":
        return emulated_aws.answers(record.port)
    tail = record.name.rpartition("-")[2]
    plane = planes.look_at(paths, int(tail) if tail.isdigit() else 1)
    if plane is None:
        return False
    api_server = records.get(plane.named("kube-apiserver"))
    server = f"https://{LOOPBACK}:{api_server.port if api_server else 0}"
    services = [plane.etcd(), plane.api_server(0), *plane.followers(server)]
    return next(service for service in services if service.name == record.name).answers(record.port)
