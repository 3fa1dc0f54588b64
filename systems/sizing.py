"""Documented hardware -> node groups and database class. Pure functions; never below what the document asks for.

In production every pod finds a place with one zone gone and both sides of a rollout at full size, in whatever order and
wherever the scheduler puts them: that a good packing exists would be no comfort to the pod that came last.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from systems.instance_types import INSTANCE_TYPES, InstanceType, Room, allocatable
from systems.model import Architecture, Machine, Resources

if TYPE_CHECKING:
    from systems.model import System

APPLICATION, DATA = "application", "data"
#: Both sides of a rollout at full size.
SIDES = 2
#: A migration, a backup and a restore drill may run while a rollout does.
JOBS = Resources.fixed(cpu_cores=1, memory_gib=1)
JOB_COUNT = 3
#: CoreDNS, metrics server, volume and secrets controllers, two of each.
CLUSTER_ADD_ONS = Resources.fixed(cpu_cores=0.1, memory_gib=0.25)
ADD_ON_COUNT = 8
MOST_NODES_IN_A_ZONE = 40
#: RDS hides the instruction set; the ARM classes give more for the money.
DATABASE_ARCHITECTURE = Architecture.ARM64


class NothingFits(ValueError):
    """No machine of the table is large enough."""


@dataclass(frozen=True)
class Pods:
    """Equal pods, and the group of nodes they run on."""

    name: str
    group: str
    count: int
    room: Room


@dataclass(frozen=True)
class NodeGroup:
    """Equal machines for one role, the same number in every zone."""

    role: str
    machine: InstanceType
    zones: int
    nodes_in_each_zone: int
    most_nodes_in_each_zone: int
    """For the autoscaler: enough for every workload at its highest, twice."""
    disk_gib: int

    @property
    def nodes(self) -> int:
        return self.zones * self.nodes_in_each_zone


@dataclass(frozen=True)
class DatabasePlan:
    """The primary's class and storage; standby and replicas are the same."""

    instance_class: str
    vcpus: int
    memory_gib: int
    storage_gib: int
    maximum_storage_gib: int


@dataclass(frozen=True)
class Sizing:
    """Everything bought by the hour."""

    node_groups: tuple[NodeGroup, ...]
    database: DatabasePlan
    recovery_node_groups: tuple[NodeGroup, ...]
    """The warm standby's, in the same roles. None where the recovery region has no cluster."""

    @property
    def nodes(self) -> int:
        return sum(group.nodes for group in self.node_groups)

    def total(self) -> Machine:
        """All nodes together, to hold against the document's hardware."""
        return Machine(
            cpu_cores=sum(group.nodes * group.machine.vcpus for group in self.node_groups),
            memory_gib=sum(group.nodes * group.machine.memory_gib for group in self.node_groups),
            storage_gib=self.database.storage_gib,
            network_gbps=sum(group.nodes * group.machine.network_gbps for group in self.node_groups),
        )


def plan(system: "System") -> Sizing:
    """The machines of a platform in its environment."""
    groups = tuple(_grown(system, [_group(system, role) for role in (APPLICATION, DATA)]))
    warm = system.objectives.recovery_level == "warm-standby"
    return Sizing(groups, database_plan(system), tuple(_recovery_group(system, each) for each in groups if warm))


def database_plan(system: "System") -> DatabasePlan:
    """The smallest class with at least the documented cores, memory and bandwidth."""
    database = system.database
    for machine in _machines((DATABASE_ARCHITECTURE,)):
        enough = machine.vcpus >= database.cpu_cores and machine.memory_gib >= database.memory_gib
        if enough and machine.burst_gbps >= system.hardware.floor.network_gbps:
            return DatabasePlan(
                machine.database_class,
                machine.vcpus,
                machine.memory_gib,
                database.storage_gib,
                database.maximum_storage_gib,
            )
    largest = _machines((DATABASE_ARCHITECTURE,))[-1]
    raise NothingFits(
        f"{system.name}: no database class has {database.cpu_cores} cores, {database.memory_gib} GiB and "
        f"{system.hardware.floor.network_gbps} Gbps; the largest, {largest.database_class}, has {largest.vcpus} cores "
        f"and {largest.memory_gib} GiB: add a row to systems/instance_types.py"
    )


def pods(system: "System", *, at_most: bool = False) -> Iterator[Pods]:
    """What must find a place at once: both sides of a rollout, and everything that serves them."""
    for workload in system.workloads:
        highest = workload.autoscaling.maximum_replicas if at_most and workload.autoscaling else workload.replicas
        replicas = highest + workload.all_replicas - workload.replicas
        yield Pods(workload.name, APPLICATION, SIDES * replicas, room(workload.resources))
    balancer, pooler, cache = system.load_balancer, system.database.pooler, system.cache
    yield Pods("balancer", APPLICATION, balancer.replicas + 1, room(balancer.resources))
    yield Pods("pooler", APPLICATION, pooler.replicas + 1, room(pooler.resources))
    yield Pods("jobs", APPLICATION, JOB_COUNT, room(JOBS))
    yield Pods("cache", DATA, cache.nodes, room(cache.node_resources))
    yield Pods("sentinel", DATA, cache.sentinels, room(cache.sentinel_resources))
    yield Pods("add-ons", DATA, ADD_ON_COUNT, room(CLUSTER_ADD_ONS))
    for component in system.monitoring.components:
        yield Pods(component.name, DATA, component.replicas, room(component.resources))


def room(resources: Resources) -> Room:
    """What the scheduler sets aside for one pod."""
    return Room(resources.cpu_request_millicores, resources.memory_request_mib, 1)


def fits(wanted: Iterable[Pods], node: Room, nodes: int) -> bool:
    """Whether every pod finds a place on empty nodes, however the others were placed before it.

    A node refuses a pod when the others took so much of one resource that too little is left. All others together can
    do that to so many nodes only; one more node, and the pod has a place.
    """
    kinds = list(wanted)
    every = Room(
        sum(each.count * each.room.millicores for each in kinds),
        sum(each.count * each.room.mib for each in kinds),
        sum(each.count * each.room.pods for each in kinds),
    )
    return all(_refusing(every.without(each.room), node.without(each.room)) < nodes for each in kinds if each.count)


def _refusing(others: Room, spare: Room) -> int:
    """How many nodes the others can fill beyond what a pod leaves over of an empty one."""
    return others.millicores // (spare.millicores + 1) + others.mib // (spare.mib + 1) + others.pods // (spare.pods + 1)


def _surviving_zones(system: "System") -> int:
    zones = system.objectives.zones
    return zones - 1 if system.production and zones > 1 else zones


def _group(system: "System", role: str) -> NodeGroup:
    zones, left = system.objectives.zones, _surviving_zones(system)
    wanted = [each for each in pods(system) if each.group == role]
    most = [each for each in pods(system, at_most=True) if each.group == role]
    candidates = [
        NodeGroup(role, machine, zones, fewest, highest, system.hardware.server_storage_gib)
        for machine in _machines(system.hardware.architectures[:1])
        if machine.burst_gbps >= system.hardware.floor.network_gbps
        and (fewest := _fewest(wanted, machine, left)) is not None
        and (highest := _fewest(most, machine, left)) is not None
    ]
    if not candidates:
        biggest = max(wanted, key=lambda each: (each.room.millicores, each.room.mib))
        raise NothingFits(
            f"{system.name}: no machine carries the {sum(each.count for each in wanted)} {role} pods, the largest "
            f"{biggest.name} with {biggest.room.millicores} millicores and {biggest.room.mib} MiB, on {left} zones "
            f"with {system.hardware.floor.network_gbps} Gbps: add a row to systems/instance_types.py"
        )
    return min(candidates, key=lambda group: (group.nodes * group.machine.vcpus, group.nodes))


def _fewest(wanted: list[Pods], machine: InstanceType, zones: int) -> int | None:
    node = allocatable(machine)
    if any(not node.holds(each.room) for each in wanted):
        return None
    return next((count for count in range(1, MOST_NODES_IN_A_ZONE + 1) if fits(wanted, node, count * zones)), None)


def _grown(system: "System", groups: list[NodeGroup]) -> Iterator[NodeGroup]:
    """The application group takes what is still missing to the documented hardware."""
    application, *others = groups
    while missing_hardware(system, (application, *others)):
        more = application.nodes_in_each_zone + 1
        most = max(more, application.most_nodes_in_each_zone)
        application = replace(application, nodes_in_each_zone=more, most_nodes_in_each_zone=most)
    yield from (application, *others)


def missing_hardware(system: "System", groups: tuple[NodeGroup, ...]) -> list[str]:
    """Where the nodes together fall short of the documented machine."""
    floor, hardware = system.hardware.floor, system.hardware
    have = {
        "cores": (sum(group.nodes * group.machine.vcpus for group in groups), floor.cpu_cores),
        "GiB of memory": (sum(group.nodes * group.machine.memory_gib for group in groups), floor.memory_gib),
        "Gbps": (sum(group.nodes * group.machine.network_gbps for group in groups), floor.network_gbps),
        "servers": (sum(group.nodes for group in groups), hardware.minimum_servers),
    }
    return [f"{found:g} {what} of {wanted:g}" for what, (found, wanted) in have.items() if found < wanted]


def _recovery_group(system: "System", production: NodeGroup) -> NodeGroup:
    """One of each application, and what keeps its majority in its documented number; it grows to what production has.

    The same roles and machines as production's, so that everything finds its place there by the same labels.
    """
    wanted = [
        each if production.role == DATA else replace(each, count=1)
        for each in pods(system)
        if each.group == production.role
    ]
    fewest = _fewest(wanted, production.machine, production.zones)
    if fewest is None:
        raise NothingFits(f"{system.name}: the warm standby does not fit on {production.machine.name}")
    return replace(production, nodes_in_each_zone=min(fewest, production.nodes_in_each_zone))


def _machines(architectures: Iterable[Architecture]) -> list[InstanceType]:
    allowed = set(architectures)
    return sorted((each for each in INSTANCE_TYPES if each.architecture in allowed), key=lambda each: each.vcpus)
