"""Who may talk to whom, judged as the network does: the way out of the sender and the way into the receiver."""

from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from components.aws import addressing
from components.kubernetes import flows
from components.kubernetes.flows import Policy
from rendering import environment
from rendering.haproxy.surroundings import PEERS_PORT
from systems import registry
from systems.model import Environment, System

SYSTEMS = [registry.load(name, Environment.PRODUCTION) for name in registry.names()]
Judge = Callable[[str, str, int], bool]
WORLD, METADATA = "93.184.216.34", "169.254.169.254"


def _names(system: System) -> str:
    return system.name


@pytest.fixture(params=SYSTEMS, ids=_names)
def system(request: pytest.FixtureRequest) -> System:
    return request.param


def _selects(selector: dict[str, Any], workload: str) -> bool:
    return all(workload in each["values"] for each in selector.get("match_expressions", []))


def _is(peer: dict[str, Any], other: str) -> bool:
    """`namespace/workload`, or an address."""
    if "ip_block" in peer:
        block = peer["ip_block"]
        if "/" in other:
            return False
        inside = ip_address(other) in ip_network(block["cidr"])
        return inside and not any(ip_address(other) in ip_network(each) for each in block.get("except_", []))
    if "/" not in other:
        return False
    namespace, workload = other.split("/")
    wanted = peer["namespace_selector"]["match_labels"]["kubernetes.io/metadata.name"]
    return namespace == wanted and _selects(peer.get("pod_selector", {}), workload)


def _open(policies: list[Policy], direction: str, subject: str, other: str, port: int) -> bool:
    rules, peers = ("egress", "to") if direction == "out" else ("ingress", "from_")
    namespace, workload = subject.split("/")
    return any(
        _is(peer, other)
        for policy in policies
        if policy.namespace == namespace and _selects(policy.spec["pod_selector"], workload)  # type: ignore[arg-type]
        for rule in policy.spec.get(rules, [])  # type: ignore[union-attr]
        if port in {each["port"] for each in rule["ports"]}
        for peer in rule[peers]
    )


@pytest.fixture
def may(system: System) -> Judge:
    policies = list(flows.policies(flows.flows(system)))

    def judge(origin: str, end: str, port: int) -> bool:
        out = "/" not in origin or _open(policies, "out", origin, end, port)
        into = "/" not in end or end.startswith("kube-system/") or _open(policies, "in", end, origin, port)
        return out and into

    return judge


def test_the_balancer_alone_speaks_to_applications(system: System, may: Judge) -> None:
    for workload in system.workloads:
        if workload.port:
            assert may("platform/balancer", f"platform/{workload.name}", workload.port)
            for other in (
                "platform/pooler",
                "platform/job",
                "platform/cache",
                "monitoring/grafana",
                "node-agents/log-collector",
            ):
                assert not may(other, f"platform/{workload.name}", workload.port), other
            for other in system.workloads:
                assert not may(f"platform/{other.name}", f"platform/{workload.name}", workload.port)


def test_visitors_reach_the_balancer_through_the_load_balancer_only(system: System, may: Judge) -> None:
    inside = str(ip_network(system.firewall.network_cidr)[300])
    assert may(inside, "platform/balancer", flows.BALANCER_HTTPS)
    assert not may(WORLD, "platform/balancer", flows.BALANCER_HTTPS)
    assert not may(inside, "platform/balancer", flows.BALANCER_METRICS)
    assert may("platform/balancer", "platform/balancer", PEERS_PORT)
    assert not may(inside, f"platform/{system.workloads[0].name}", system.workloads[0].port or 0)


def test_applications_know_database_and_cache_by_their_names_only(system: System, may: Judge) -> None:
    server = str(ip_network(addressing.divide(system.firewall.network_cidr, 3).data[0])[5])
    users = {each.name for each in system.workloads if environment.uses_data(system, each)}
    for who in (*(f"platform/{each.name}" for each in system.workloads), "platform/job"):
        reads = who.removeprefix("platform/") in {*users, "job"}
        assert may(who, "platform/pooler", flows.POSTGRES) is reads
        assert may(who, "platform/balancer", flows.CACHE) is reads
        assert not may(who, "platform/cache", flows.CACHE)
        assert not may(who, "platform/sentinel", flows.SENTINEL)
    for each in system.workloads:
        assert not may(f"platform/{each.name}", server, flows.POSTGRES)
    assert may("platform/pooler", server, flows.POSTGRES)
    assert may("platform/job", server, flows.POSTGRES)
    assert not may("platform/balancer", server, flows.POSTGRES)


def test_only_the_api_of_tdah_reaches_database_and_cache() -> None:
    tdah = registry.load("tdah-assistant", Environment.PRODUCTION)
    assert [each.name for each in tdah.workloads if environment.uses_data(tdah, each)] == ["api"]


def test_the_cache_keeps_to_itself(may: Judge) -> None:
    assert may("platform/cache", "platform/cache", flows.CACHE)
    assert may("platform/sentinel", "platform/cache", flows.CACHE)
    assert may("platform/sentinel", "platform/sentinel", flows.SENTINEL)
    assert may("platform/cache", "platform/sentinel", flows.SENTINEL)
    assert may("platform/balancer", "platform/cache", flows.CACHE)
    assert not may("platform/cache", WORLD, 443)


def test_who_renews_the_passwords_of_the_cache_reaches_every_server_and_secrets_manager(
    system: System, may: Judge
) -> None:
    rotation, endpoint = "platform/cache-rotation", str(ip_network(system.firewall.network_cidr)[10])
    assert may(rotation, "platform/cache", flows.CACHE)
    assert may(rotation, endpoint, flows.HTTPS)
    assert may(rotation, "169.254.170.23", flows.POD_IDENTITY_PORT)
    for end, port in (("platform/sentinel", 26379), ("platform/balancer", 6379), (WORLD, 443), (endpoint, 5432)):
        assert not may(rotation, end, port)


def test_only_documented_callers_leave_the_cluster_and_only_by_443(system: System, may: Judge) -> None:
    services = system.application.external_services
    callers = {caller for each in services for caller in each.callers}
    for workload in system.workloads:
        outward = workload.name in callers or workload.stores_uploads
        assert may(f"platform/{workload.name}", WORLD, 443) is outward
        for port in (22, 25, 80, 5432, 6379):
            assert not may(f"platform/{workload.name}", WORLD, port)
    assert may("monitoring/alertmanager", WORLD, 443)


def test_nobody_reaches_the_credentials_of_a_node(system: System, may: Judge) -> None:
    everyone = [*(each.name for each in system.workloads), "balancer", "pooler", "cache", "sentinel", "job"]
    for port in (80, 443):
        assert not any(may(f"platform/{each}", METADATA, port) for each in everyone)
        assert not any(may(f"monitoring/{each.name}", METADATA, port) for each in system.monitoring.components)


def test_what_watches_reaches_what_it_watches_and_not_the_other_way_round(system: System, may: Judge) -> None:
    for workload in system.workloads:
        if workload.metrics:
            assert may("monitoring/prometheus", f"platform/{workload.name}", workload.metrics.port)
        for component in system.monitoring.components:
            assert not may(f"platform/{workload.name}", f"monitoring/{component.name}", component.port)
    assert may("monitoring/prometheus", "platform/balancer", flows.BALANCER_METRICS)
    assert may("monitoring/redis-exporter", "platform/cache", flows.CACHE)
    assert may("monitoring/postgres-exporter", "platform/pooler", flows.POSTGRES)
    assert may("platform/job", "monitoring/pushgateway", flows.PUSHGATEWAY)
    assert may("monitoring/prometheus", "node-agents/node-exporter", flows.NODE_EXPORTER)
    assert may("node-agents/log-collector", "monitoring/loki", 3100)
    assert not may("node-agents/node-exporter", "monitoring/loki", 3100)


def test_everybody_resolves_names_and_nothing_else_of_the_cluster_itself(system: System, may: Judge) -> None:
    for who in ("platform/balancer", "monitoring/grafana", "node-agents/log-collector"):
        assert may(who, "kube-system/kube-dns", 53)
        assert not may(who, "kube-system/kube-dns", 443)
        assert not may("kube-system/anything", who, 8080)


def test_policies_have_names_of_their_own_and_reasons(system: System) -> None:
    policies = list(flows.policies(flows.flows(system)))
    names = [(each.namespace, each.name) for each in policies]
    assert len(names) == len(set(names))
    assert all(each.why and len(each.name) <= 63 for each in policies)


def test_no_policy_takes_the_world_as_a_source(system: System) -> None:
    for policy in flows.policies(flows.flows(system)):
        sources = [peer for rule in policy.spec.get("ingress", []) for peer in rule["from_"]]  # type: ignore[union-attr]
        assert not any(peer.get("ip_block", {}).get("cidr") == flows.ANYWHERE for peer in sources), policy.name
