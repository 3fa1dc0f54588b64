"""Sizing never undershoots: whatever a document asks for, the machines have it, also with one zone gone."""

import gzip
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import cfnlint
import moto
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from systems import sizing
from systems.instance_types import INSTANCE_TYPES, Room, allocatable, most_pods
from systems.model import Environment, HardwareLevel, Machine, Resources, System
from systems.registry import load, names

V2 = load("astral-core-v2", Environment.PRODUCTION)
#: The emptiest node by cores, by memory, and the fullest one.
PREFERENCES: tuple[Callable[[Room], float], ...] = (
    lambda room: room.millicores,
    lambda room: room.mib,
    lambda room: -room.millicores - room.mib,
)
both_environments = pytest.mark.parametrize("environment", list(Environment))
every_system = pytest.mark.parametrize("name", names())

machines = st.builds(
    Machine,
    cpu_cores=st.integers(1, 96),
    memory_gib=st.integers(1, 384),
    storage_gib=st.just(500),
    network_gbps=st.floats(0.1, 12.5),
)
resources = st.builds(
    Resources.fixed, cpu_cores=st.floats(0.1, 8).map(lambda cores: round(cores, 3)), memory_gib=st.integers(1, 24)
)


def asking(floor: Machine, size: Resources, replicas: int, proxies: int) -> System:
    """The flagship with another document's figures."""
    hardware = replace(V2.hardware, minimum=floor, recommended=floor, build_to=HardwareLevel.RECOMMENDED)
    web = replace(V2.workload("astral-web"), resources=size, replicas=replicas, autoscaling=None)
    return replace(
        V2,
        hardware=hardware,
        application=replace(V2.application, workloads=(web,)),
        load_balancer=replace(V2.load_balancer, replicas=proxies),
    )


@settings(max_examples=150, deadline=None)
@given(floor=machines, size=resources, replicas=st.integers(1, 12), proxies=st.integers(1, 6), order=st.randoms())
def test_never_below_the_document_and_everything_fits_without_one_zone(
    floor: Machine, size: Resources, replicas: int, proxies: int, order: Random
) -> None:
    system = asking(floor, size, replicas, proxies)
    plan = sizing.plan(system)
    total = plan.total()
    assert total.cpu_cores >= floor.cpu_cores
    assert total.memory_gib >= floor.memory_gib
    assert total.network_gbps >= floor.network_gbps
    assert plan.nodes >= system.hardware.minimum_servers
    for group in plan.node_groups:
        assert group.machine.burst_gbps >= floor.network_gbps
        assert group.most_nodes_in_each_zone >= group.nodes_in_each_zone
        without_one_zone = (group.zones - 1) * group.nodes_in_each_zone
        for preference in PREFERENCES:
            pods = waiting(system, group.role, order)
            assert scheduled(pods, allocatable(group.machine), without_one_zone, preference)


def waiting(system: System, role: str, order: Random) -> list[Room]:
    """Both sides of a rollout and everything else of a node group, in any order."""
    pods = [each.room for each in sizing.pods(system) if each.group == role for _ in range(each.count)]
    order.shuffle(pods)
    return pods


def scheduled(pods: list[Room], node: Room, nodes: int, preference: Callable[[Room], float]) -> bool:
    """A scheduler written for this test: the node that it prefers among those with room."""
    free = [node] * nodes
    for pod in pods:
        able = [index for index, room in enumerate(free) if room.holds(pod)]
        if not able:
            return False
        chosen = max(able, key=lambda index: preference(free[index]))
        free[chosen] = free[chosen].without(pod)
    return True


@settings(max_examples=150, deadline=None)
@given(cores=st.integers(1, 32), memory=st.integers(1, 128))
def test_the_database_class_has_what_is_asked_for_and_not_a_size_more(cores: int, memory: int) -> None:
    system = replace(V2, database=replace(V2.database, cpu_cores=cores, memory_gib=memory))
    plan = sizing.database_plan(system)
    assert plan.vcpus >= cores
    assert plan.memory_gib >= memory
    smaller = [each for each in INSTANCE_TYPES if each.vcpus * 2 == plan.vcpus]
    assert all(each.vcpus < cores or each.memory_gib < memory for each in smaller)


def test_what_no_machine_can_carry_is_an_error_that_names_it() -> None:
    system = replace(V2, database=replace(V2.database, cpu_cores=64))
    with pytest.raises(sizing.NothingFits, match=r"64 cores, 8 GiB .* largest, db.m7g.8xlarge, has 32 cores"):
        sizing.plan(system)
    huge = asking(V2.hardware.minimum, Resources.fixed(cpu_cores=40, memory_gib=4), 1, 1)
    with pytest.raises(sizing.NothingFits, match="the largest astral-web with 40000 millicores"):
        sizing.plan(huge)


@every_system
@both_environments
def test_every_system_has_its_documented_hardware(name: str, environment: Environment) -> None:
    system = load(name, environment)
    plan = sizing.plan(system)
    assert sizing.missing_hardware(system, plan.node_groups) == []
    assert plan.database.vcpus >= system.database.cpu_cores
    assert plan.database.memory_gib >= system.database.memory_gib
    assert plan.database.storage_gib >= system.hardware.floor.storage_gib
    assert all(group.disk_gib >= system.hardware.server_storage_gib for group in plan.node_groups)


def test_both_sides_of_a_rollout_are_counted() -> None:
    web = next(pods for pods in sizing.pods(V2) if pods.name == "astral-web")
    assert web.count == 2 * (3 + 3)  # three replicas and three for the critical paths, twice


def test_the_autoscaler_has_room_for_every_workload_at_its_highest() -> None:
    highest = next(pods for pods in sizing.pods(V2, at_most=True) if pods.name == "astral-web")
    assert highest.count == 2 * (9 + 3)


@pytest.mark.parametrize(
    ("name", "pods", "millicores", "mib"),
    [
        # by hand: 4 cores less 80 reserved and 400 of daemons; 15155 MiB for the kernel less 255 + 11 * 58 + 100 + 640
        ("m7i.xlarge", 58, 4000 - 80 - 400, 15155 - 255 - 638 - 100 - 640),
        ("m7i.large", 29, 2000 - 70 - 400, 7577 - 255 - 319 - 100 - 640),
        ("m7i.4xlarge", 110, 16000 - 110 - 400, 60620 - 255 - 1210 - 100 - 640),
    ],
)
def test_what_is_left_of_a_machine_for_pods(name: str, pods: int, millicores: int, mib: int) -> None:
    machine = next(each for each in INSTANCE_TYPES if each.name == name)
    assert most_pods(machine) == pods
    left = allocatable(machine)
    assert (left.millicores, left.mib) == (millicores, mib)


def test_a_warm_standby_has_nodes_of_its_own_and_can_grow_to_production() -> None:
    plan = sizing.plan(V2)
    assert [each.role for each in plan.recovery_node_groups] == [sizing.APPLICATION, sizing.DATA]
    for standby, production in zip(plan.recovery_node_groups, plan.node_groups, strict=True):
        assert standby.machine == production.machine
        assert standby.nodes <= production.nodes <= standby.zones * standby.most_nodes_in_each_zone
    assert sizing.plan(load("astral-core-v2", Environment.STAGING)).recovery_node_groups == ()


def test_the_table_of_machines_agrees_with_what_ec2_says_of_itself() -> None:
    bundled = Path(moto.__file__).parent / "ec2/resources/instance_types.json.gz"
    described = json.loads(gzip.decompress(bundled.read_bytes()))
    for machine in INSTANCE_TYPES:
        told = described[machine.name]
        network = told["NetworkInfo"]
        assert told["VCpuInfo"]["DefaultVCpus"] == machine.vcpus
        assert told["MemoryInfo"]["SizeInMiB"] == machine.memory_gib * 1024
        assert network["NetworkCards"][0]["BaselineBandwidthInGbps"] == machine.network_gbps
        assert network["NetworkCards"][0]["PeakBandwidthInGbps"] == machine.burst_gbps
        assert network["MaximumNetworkInterfaces"] == machine.interfaces
        assert network["Ipv4AddressesPerInterface"] == machine.addresses_per_interface


def test_rds_offers_every_database_class_for_the_newest_postgresql_15() -> None:
    extension = "data/schemas/extensions/aws_rds_dbinstance/db_instance_class.json"
    offered: dict[int, set[str]] = {}
    for rule in json.loads((Path(cfnlint.__file__).parent / extension).read_text())["allOf"]:
        asked = rule["if"]["properties"]
        minor = re.search(r"15\\\.(\d+)\)\$", asked["EngineVersion"]["pattern"])
        if asked["Engine"]["const"] == "postgres" and minor:
            offered[int(minor[1])] = set(rule["then"]["properties"]["DBInstanceClass"]["enum"])
    chosen = {each.database_class for each in INSTANCE_TYPES if each.architecture is sizing.DATABASE_ARCHITECTURE}
    assert chosen <= offered[max(offered)]
