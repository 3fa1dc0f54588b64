"""The machines we build on, and what is left of each for pods. One small table, so that a choice can be read off it.

Source: EC2 DescribeInstanceTypes as moto 5.2.5 carries it, and RDS classes for PostgreSQL 15.13 and later as cfn-lint
1.58 knows them, both read 2026-11-21; a test compares. No burstable ones: their sustained share of a core is too small.
"""

from dataclasses import dataclass

from systems.model import Architecture


@dataclass(frozen=True)
class InstanceType:
    """One row of the table. `network_gbps` holds for ever, `burst_gbps` for minutes."""

    name: str
    architecture: Architecture
    vcpus: int
    memory_gib: int
    network_gbps: float
    burst_gbps: float
    interfaces: int
    addresses_per_interface: int

    @property
    def database_class(self) -> str:
        """The same machine as RDS calls it."""
        return f"db.{self.name}"


AMD64, ARM64 = Architecture.AMD64, Architecture.ARM64
INSTANCE_TYPES = (
    InstanceType("m7i.large", AMD64, 2, 8, 0.781, 12.5, 3, 10),
    InstanceType("m7i.xlarge", AMD64, 4, 16, 1.562, 12.5, 4, 15),
    InstanceType("m7i.2xlarge", AMD64, 8, 32, 3.125, 12.5, 4, 15),
    InstanceType("m7i.4xlarge", AMD64, 16, 64, 6.25, 12.5, 8, 30),
    InstanceType("m7i.8xlarge", AMD64, 32, 128, 12.5, 12.5, 8, 30),
    InstanceType("m7g.large", ARM64, 2, 8, 0.937, 12.5, 3, 10),
    InstanceType("m7g.xlarge", ARM64, 4, 16, 1.876, 12.5, 4, 15),
    InstanceType("m7g.2xlarge", ARM64, 8, 32, 3.75, 15.0, 4, 15),
    InstanceType("m7g.4xlarge", ARM64, 16, 64, 7.5, 15.0, 8, 30),
    InstanceType("m7g.8xlarge", ARM64, 32, 128, 15.0, 15.0, 8, 30),
)

#: The hypervisor and kernel keep up to this share of the nominal memory (Karpenter's measured default).
VM_MEMORY_OVERHEAD = 0.075
#: What runs on every node beside the workloads: network, proxy, volumes, secrets, identity, logs, node metrics.
DAEMONS_MILLICORES, DAEMONS_MIB, DAEMONS_PODS = 400, 640, 8


@dataclass(frozen=True)
class Room:
    """What pods may request: of one node, or what one pod takes of it."""

    millicores: int
    mib: int
    pods: int

    def holds(self, other: "Room") -> bool:
        return other.millicores <= self.millicores and other.mib <= self.mib and other.pods <= self.pods

    def without(self, other: "Room") -> "Room":
        return Room(self.millicores - other.millicores, self.mib - other.mib, self.pods - other.pods)


def most_pods(machine: InstanceType) -> int:
    """Addresses of the VPC network plugin without prefixes, and no more than Kubernetes recommends on one node."""
    return min(110, machine.interfaces * (machine.addresses_per_interface - 1) + 2)


def allocatable(machine: InstanceType) -> Room:
    """What the EKS kubelet lets pods request: capacity less kubelet, system, eviction threshold and our daemons."""
    pods = most_pods(machine)
    reserved_mib = 255 + 11 * pods + 100
    usable_mib = int(machine.memory_gib * 1024 * (1 - VM_MEMORY_OVERHEAD))
    return Room(
        machine.vcpus * 1000 - _reserved_millicores(machine.vcpus) - DAEMONS_MILLICORES,
        usable_mib - reserved_mib - DAEMONS_MIB,
        pods - DAEMONS_PODS,
    )


def _reserved_millicores(vcpus: int) -> int:
    """6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of the rest, rounded up."""
    tenths = 600 + 100 * min(vcpus - 1, 1) + 50 * min(max(vcpus - 2, 0), 2) + 25 * max(vcpus - 4, 0)
    return -(-tenths // 10)
