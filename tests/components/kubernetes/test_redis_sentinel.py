"""Redis and its Sentinels as they are declared: documented counts and sizes, a disk and a name each."""

from typing import Any

import pytest
import yaml

from components.kubernetes import redis_pods
from components.kubernetes.certificates import dns_names
from components.kubernetes.redis_sentinel import RedisSentinel, RedisSentinelArgs
from components.naming import Naming
from rendering.redis import users
from systems import registry
from systems.model import Environment, System
from tests.components.recording import objects, registrations, secret_arns

SYSTEMS = [registry.load(name, environment) for name in registry.names() for environment in Environment]
SECRETS = ("cache", "cache-administrator")


@pytest.fixture(params=SYSTEMS, ids=lambda system: f"{system.name}-{system.environment}")
def system(request: pytest.FixtureRequest) -> System:
    return request.param


def _made(system: System) -> dict[str, dict[str, dict[str, Any]]]:
    granted: list[tuple[str, tuple[str, ...]]] = []

    def deploy() -> None:
        RedisSentinel(
            "cache",
            RedisSentinelArgs(
                system=system,
                namespace="platform",
                monitoring_namespace="monitoring",
                image="redis@sha256:1",
                certificate_secret="cache-tls",
                secret_arns=secret_arns(*SECRETS),
                grant=lambda account, names: granted.append((account, names)),
            ),
            Naming(system=system.name, environment=system.environment, account_id="111122223333", owner="o"),
        )

    found = objects(registrations(deploy))
    assert granted == [("cache", ("cache", "cache-administrator"))]
    return found


@pytest.mark.parametrize("who", ["cache", "sentinel"])
def test_count_and_size_are_the_documented_ones(system: System, who: str) -> None:
    made, spec = _made(system), system.cache
    count, size = (spec.nodes, spec.node_resources) if who == "cache" else (spec.sentinels, spec.sentinel_resources)
    declared = made["StatefulSet"][who]["spec"]
    assert declared["replicas"] == count
    [container] = declared["template"]["spec"]["containers"]
    assert container["resources"] == {
        "requests": {"cpu": f"{size.cpu_request_millicores}m", "memory": f"{size.memory_request_mib}Mi"},
        "limits": {"cpu": f"{size.cpu_limit_millicores}m", "memory": f"{size.memory_limit_mib}Mi"},
    }


@pytest.mark.parametrize("who", ["cache", "sentinel"])
def test_one_a_zone_one_away_at_a_time_and_all_start_at_once(system: System, who: str) -> None:
    made = _made(system)
    declared = made["StatefulSet"][who]["spec"]
    assert declared["podManagementPolicy"] == "Parallel"
    spread = declared["template"]["spec"]["topologySpreadConstraints"]
    over_zones = next(each for each in spread if each["topologyKey"] == "topology.kubernetes.io/zone")
    assert (over_zones["maxSkew"], over_zones["whenUnsatisfiable"]) == (1, "DoNotSchedule")
    assert made["PodDisruptionBudget"][who]["spec"]["maxUnavailable"] == 1


@pytest.mark.parametrize("who", ["cache", "sentinel"])
def test_its_disk_is_of_the_encrypted_class_and_outlives_it(system: System, who: str) -> None:
    """No class is named: the cluster's default one is encrypted under the data key."""
    declared = _made(system)["StatefulSet"][who]["spec"]
    [disk] = declared["volumeClaimTemplates"]
    assert "storageClassName" not in disk["spec"]
    assert declared["persistentVolumeClaimRetentionPolicy"] == {"whenDeleted": "Retain", "whenScaled": "Retain"}
    gib = int(disk["spec"]["resources"]["requests"]["storage"].removesuffix("Gi"))
    assert who == "sentinel" or gib * 1024 >= 4 * system.cache.maximum_memory_mib


@pytest.mark.parametrize("who", ["cache", "sentinel"])
def test_it_runs_hardened(system: System, who: str) -> None:
    pod = _made(system)["StatefulSet"][who]["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def test_every_pod_has_a_name_that_its_certificate_covers(system: System) -> None:
    made = _made(system)
    covered = dns_names("cache", "platform", redis_pods.certificate_names())
    assert "cache" in covered, "applications know it by this name"
    for service in (redis_pods.SERVERS, redis_pods.SENTINELS):
        headless = made["Service"][service]["spec"]
        assert headless["clusterIP"] == "None" and headless["publishNotReadyAddresses"] is True
        for domain in (f"{service}.platform.svc", f"{service}.platform.svc.cluster.local"):
            assert f"*.{domain}" in covered


def test_rotated_passwords_are_files_of_the_data_nodes_alone(system: System) -> None:
    made = _made(system)
    [declared] = made["SecretProviderClass"].values()
    files = [
        part["objectAlias"]
        for each in yaml.safe_load(declared["spec"]["parameters"]["objects"])
        for part in each["jmesPath"]
    ]
    assert files == ["application", "application-previous", "administrator", "administrator-previous"]
    assert "secretObjects" not in declared["spec"], "no copy of them lies in the cluster"
    volumes = {
        who: {each["name"] for each in made["StatefulSet"][who]["spec"]["template"]["spec"]["volumes"]}
        for who in ("cache", "sentinel")
    }
    assert "secrets" in volumes["cache"] and "secrets" not in volumes["sentinel"]


def test_who_only_asks_has_a_password_that_opens_nothing_else(system: System) -> None:
    made = _made(system)["Secret"]
    # Pulumi wraps what is encrypted in the state
    assert set(made["cache-internal"]["stringData"]["value"]) == set(users.INTERNAL)
    places = {name: made[name]["metadata"]["namespace"] for name in ("cache-probe", "cache-exporter")}
    assert places == {"cache-probe": "platform", "cache-exporter": "monitoring"}
    assert all(set(made[name]["stringData"]["value"]) == {"password"} for name in places)


def test_the_mastership_goes_before_a_node_does(system: System) -> None:
    pod = _made(system)["StatefulSet"]["cache"]["spec"]["template"]["spec"]
    assert pod["containers"][0]["lifecycle"]["preStop"]["exec"]["command"][-1] == "leave"
    assert pod["terminationGracePeriodSeconds"] >= 60
