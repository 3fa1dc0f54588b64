"""Machines, and the share of a machine that one container gets."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from systems.model.source import Part, Section


class Architecture(StrEnum):
    """Instruction sets a document allows; the names are those of container images."""

    AMD64 = "amd64"
    ARM64 = "arm64"


class HardwareLevel(StrEnum):
    """Which column of the document's hardware table is built. A floor either way, never a ceiling."""

    MINIMUM = "minimum"
    RECOMMENDED = "recommended"


@dataclass(frozen=True, kw_only=True)
class Machine(Part):
    """Hardware of the whole platform taken together: what the document means by "the server" or "total"."""

    cpu_cores: int
    memory_gib: int
    storage_gib: int
    """For the data, that is for the database."""
    network_gbps: float


@dataclass(frozen=True, kw_only=True)
class Hardware(Section):
    """What the document asks of all machines together; what one container gets is `Resources`."""

    minimum: Machine
    recommended: Machine
    build_to: HardwareLevel = HardwareLevel.RECOMMENDED
    architectures: tuple[Architecture, ...]
    """Every one the images must exist for; the first is what is built."""
    minimum_servers: int
    """Fewest machines that may carry the workloads while nothing is broken."""
    server_storage_gib: int
    """Disk of every single machine, beside the database's storage: logs, images, backups in transit."""

    @property
    def floor(self) -> Machine:
        """The column this environment is built to."""
        return self.recommended if self.build_to is HardwareLevel.RECOMMENDED else self.minimum

    def problems(self) -> Iterator[str]:
        for field in ("cpu_cores", "memory_gib", "storage_gib", "network_gbps"):
            least, better = getattr(self.minimum, field), getattr(self.recommended, field)
            if better < least:
                yield f"recommended.{field} {better} is below minimum.{field} {least}"
        if not self.architectures:
            yield "architectures is empty: name at least one of amd64, arm64"
        if self.minimum_servers < 1:
            yield f"minimum_servers is {self.minimum_servers}: at least one machine is needed"


@dataclass(frozen=True, kw_only=True)
class Resources(Part):
    """One container's share: what the scheduler sets aside (request) and what it may use at most (limit)."""

    cpu_request_millicores: int
    cpu_limit_millicores: int
    memory_request_mib: int
    memory_limit_mib: int

    def problems(self) -> Iterator[str]:
        if self.cpu_request_millicores == 0 or self.memory_request_mib == 0:
            yield "a request of 0 reserves nothing: give cpu and memory requests above 0"
        if self.cpu_request_millicores > self.cpu_limit_millicores:
            yield (
                f"cpu_request_millicores {self.cpu_request_millicores} is above its limit {self.cpu_limit_millicores}"
            )
        if self.memory_request_mib > self.memory_limit_mib:
            yield f"memory_request_mib {self.memory_request_mib} is above its limit {self.memory_limit_mib}"

    @classmethod
    def fixed(cls, *, cpu_cores: float, memory_gib: float) -> "Resources":
        """Request equal to limit: for documents that give one figure ("4 CPU, 8GB RAM each")."""
        millicores, mib = round(cpu_cores * 1000), round(memory_gib * 1024)
        return cls(
            cpu_request_millicores=millicores,
            cpu_limit_millicores=millicores,
            memory_request_mib=mib,
            memory_limit_mib=mib,
        )
