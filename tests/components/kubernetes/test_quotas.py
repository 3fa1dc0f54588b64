"""Quotas stop what runs away and never a rollout: they hold what sizing wants to place at once, and are finite."""

import pytest

from components.kubernetes import quotas
from systems import registry, sizing
from systems.instance_types import DAEMONS_MIB, DAEMONS_MILLICORES
from systems.model import Environment, System

SYSTEMS = [registry.load(name, environment) for name in registry.names() for environment in Environment]
OUTSIDE = {"add-ons"}


@pytest.fixture(params=SYSTEMS, ids=lambda system: f"{system.name}-{system.environment}")
def system(request: pytest.FixtureRequest) -> System:
    return request.param


def _wanted(system: System) -> tuple[list[sizing.Pods], list[sizing.Pods]]:
    """Both sides of a rollout at their highest: of the platform, of monitoring."""
    watching = {component.name for component in system.monitoring.components}
    pods = [each for each in sizing.pods(system, at_most=True) if each.name not in OUTSIDE]
    return [each for each in pods if each.name not in watching], [each for each in pods if each.name in watching]


def test_both_sides_of_a_rollout_fit_at_their_highest(system: System) -> None:
    of_platform, of_monitoring = _wanted(system)
    for wanted, allowed in ((of_platform, quotas.of_platform(system)), (of_monitoring, quotas.of_monitoring(system))):
        assert sum(each.count for each in wanted) < int(allowed.hard["pods"])
        millicores, mib = allowed.hard["requests.cpu"], allowed.hard["requests.memory"]
        assert sum(each.count * each.room.millicores for each in wanted) < int(millicores.removesuffix("m"))
        assert sum(each.count * each.room.mib for each in wanted) < int(mib.removesuffix("Mi"))


def test_agents_fit_on_as_many_nodes_as_there_may_be(system: System) -> None:
    nodes = sum(group.zones * group.most_nodes_in_each_zone for group in sizing.plan(system).node_groups)
    hard = quotas.of_node_agents(system).hard
    assert nodes * DAEMONS_MILLICORES < int(hard["requests.cpu"].removesuffix("m"))
    assert nodes * DAEMONS_MIB < int(hard["requests.memory"].removesuffix("Mi"))
    assert 2 * nodes < int(hard["pods"])


def test_twice_as_much_again_does_not(system: System) -> None:
    wanted, _ = _wanted(system)
    assert 2 * sum(each.count * each.room.millicores for each in wanted) > int(
        quotas.of_platform(system).hard["requests.cpu"].removesuffix("m")
    )


def test_the_largest_documented_container_is_the_largest_allowed(system: System) -> None:
    documented = [each.resources for each in system.workloads] + [system.load_balancer.resources]
    largest = quotas.of_platform(system).largest
    assert int(largest["cpu"].removesuffix("m")) >= max(each.cpu_limit_millicores for each in documented)
    assert int(largest["memory"].removesuffix("Mi")) >= max(each.memory_limit_mib for each in documented)


def test_nothing_is_published_but_the_balancers_node_ports(system: System) -> None:
    allowed = (quotas.of_platform(system), quotas.of_monitoring(system), quotas.of_node_agents(system))
    assert [each.hard["services.loadbalancers"] for each in allowed] == ["0", "0", "0"]
    assert [each.hard["services.nodeports"] for each in allowed] == ["2", "0", "0"]
