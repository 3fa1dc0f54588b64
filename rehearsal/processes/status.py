"""How a stack's processes are, for `make status`: looked at, never changed."""

import datetime
from dataclasses import dataclass

from rehearsal.paths import StackPaths
from rehearsal.processes import emulated_aws, machine
from rehearsal.processes.certificates import Credentials
from rehearsal.processes.control_plane import ControlPlane
from rehearsal.processes.lifecycle import data
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
    credentials = Credentials(data(paths) / "credentials")
    if not credentials.directory.exists():
        return False
    api_port = records["kube-apiserver"].port if "kube-apiserver" in records else 0
    plane = ControlPlane({}, data(paths), credentials)
    services = [plane.etcd(), plane.api_server(0), *plane.followers(f"https://{LOOPBACK}:{api_port}")]
    return next(service for service in services if service.name == record.name).answers(record.port)
