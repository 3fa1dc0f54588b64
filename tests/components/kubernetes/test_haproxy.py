"""The HAProxy fleet as it is declared: documented count and size, hardened, one door, a state that is operations'."""

import re
from typing import Any

import pytest

from components import operations_owned
from components.kubernetes.haproxy import CacheBehind, HAProxy, HAProxyArgs
from components.naming import Naming
from rendering.haproxy import traffic
from systems import registry
from systems.model import Environment, NetworkTier, System
from tests.components.recording import objects, registrations

SYSTEMS = [registry.load(name, environment) for name in registry.names() for environment in Environment]


@pytest.fixture(params=SYSTEMS, ids=lambda system: f"{system.name}-{system.environment}")
def system(request: pytest.FixtureRequest) -> System:
    return request.param


def _made(system: System) -> dict[str, dict[str, dict[str, Any]]]:
    def deploy() -> None:
        HAProxy(
            "haproxy",
            HAProxyArgs(
                system=system,
                domain=system.edge.domain,
                namespace="platform",
                admin_cidrs=(),
                image="haproxy@sha256:1",
                follower_image="python@sha256:2",
                certificate_secret="balancer-tls",
                cache=CacheBehind(servers="redis", password_secret="cache-password"),
            ),
            Naming(system=system.name, environment=system.environment, account_id="111122223333", owner="o"),
        )

    return objects(registrations(deploy))


def test_the_fleet_is_as_documented(system: System) -> None:
    made = _made(system)
    spec = made["StatefulSet"]["haproxy"]["spec"]
    assert spec["replicas"] == system.load_balancer.replicas
    pod = spec["template"]["spec"]
    proxy, follower = pod["containers"]
    size = system.load_balancer.resources
    assert proxy["resources"]["limits"] == {
        "cpu": f"{size.cpu_limit_millicores}m",
        "memory": f"{size.memory_limit_mib}Mi",
    }
    for container in (proxy, follower, *pod["initContainers"]):
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert (pod["securityContext"]["runAsUser"], pod["securityContext"]["runAsGroup"]) == (1000, 1000)
    assert "DoNotSchedule" in {each["whenUnsatisfiable"] for each in pod["topologySpreadConstraints"]}
    assert made["PodDisruptionBudget"]["haproxy"]["spec"]["maxUnavailable"] == 1


def test_the_door_is_the_firewalls(system: System) -> None:
    [port] = _made(system)["Service"]["balancer"]["spec"]["ports"]
    opened = [each for each in system.firewall.openings if each.destination is NetworkTier.NODES]
    assert port["nodePort"] in {
        number for each in opened if each.origin is NetworkTier.BALANCER for number in each.ports
    }


def test_each_proxy_has_a_name_that_the_others_resolve(system: System) -> None:
    made = _made(system)
    [files] = [each["data"] for name, each in made["ConfigMap"].items() if "configuration" in name]
    named = set(re.findall(r"^    server (haproxy-\d+) \1\.", files["haproxy.cfg"], re.MULTILINE))
    assert named == {f"haproxy-{number}" for number in range(system.load_balancer.replicas)}
    assert named <= made["Service"].keys()


def test_only_the_follower_may_read_one_config_map(system: System) -> None:
    made = _made(system)
    [rule] = made["Role"]["haproxy"]["rules"]
    assert (rule["resourceNames"], rule["verbs"]) == ([traffic.CONFIG_MAP], ["get"])
    pod = made["StatefulSet"]["haproxy"]["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    mounting = {each["name"] for each in pod["containers"] if "token" in {one["name"] for one in each["volumeMounts"]}}
    assert mounting == {"follower"}


def test_the_state_of_traffic_is_declared_once_and_then_operations(system: System) -> None:
    assert _made(system)["ConfigMap"][traffic.CONFIG_MAP]["data"] == dict(traffic.defaults(system))
    assert operations_owned.fields("kubernetes:core/v1:ConfigMap") == ["data"]
