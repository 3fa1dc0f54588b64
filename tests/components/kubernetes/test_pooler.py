"""The pooler and the roles' Job as they are declared, and as the whole program wires them."""

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import yaml

from components.kubernetes import database_roles, pooler_pods
from components.kubernetes.certificates import dns_names
from components.kubernetes.pooler import Pooler, PoolerArgs
from components.naming import Naming
from rendering import pgbouncer
from systems import registry, standby
from systems.model import Environment, RoleUse, System
from tests.components.recording import (
    STACKS,
    Registered,
    at_home,
    objects,
    of,
    only,
    recorded,
    registrations,
    secret_arns,
)

SYSTEMS = [registry.load(name, environment) for name in registry.names() for environment in Environment]
SECRETS = ("database-application", "database-owner", "database-reader", "database-monitor")


@pytest.fixture(params=SYSTEMS, ids=lambda system: f"{system.name}-{system.environment}")
def system(request: pytest.FixtureRequest) -> System:
    return request.param


@cache
def _made(name: str, environment: Environment, small: bool = False) -> dict[str, dict[str, dict[str, Any]]]:
    system = registry.load(name, environment)
    granted: list[tuple[str, tuple[str, ...]]] = []

    def deploy() -> None:
        Pooler(
            "pooler",
            PoolerArgs(
                system=standby.at_minimum(system) if small else system,
                namespace="platform",
                image="pgbouncer@sha256:1",
                follower_image="python@sha256:2",
                certificate_secret="database-tls",
                primary="primary.rds",
                replicas=[f"replica-{each}.rds" for each in range(system.database.replicas)],
                secret_arns=secret_arns(*SECRETS),
                grant=lambda account, names: granted.append((account, names)),
            ),
            Naming(system=system.name, environment=system.environment, account_id="111122223333", owner="o"),
        )

    found = objects(registrations(deploy))
    assert [(account, set(names)) for account, names in granted] == [("pooler", set(SECRETS))]
    return found


def _of(system: System, small: bool = False) -> dict[str, dict[str, dict[str, Any]]]:
    return _made(system.name, system.environment, small)


def _containers(system: System) -> dict[str, dict[str, Any]]:
    pod = _of(system)["Deployment"]["pooler"]["spec"]["template"]["spec"]
    return {each["name"]: each for each in pod["containers"]}


def _configuration(system: System) -> str:
    [found] = [each["data"] for name, each in _of(system)["ConfigMap"].items() if "configuration" in name]
    return found[pgbouncer.CONFIGURATION]


def test_it_is_as_many_and_as_large_as_documented(system: System) -> None:
    """Both containers together take what sizing sets aside for the pod."""
    assert _of(system)["Deployment"]["pooler"]["spec"]["replicas"] == system.database.pooler.replicas
    whole = system.database.pooler.resources
    requests = [each["resources"]["requests"] for each in _containers(system).values()]
    assert sum(int(each["cpu"].removesuffix("m")) for each in requests) == whole.cpu_request_millicores
    assert sum(int(each["memory"].removesuffix("Mi")) for each in requests) == whole.memory_request_mib


def test_one_a_zone_and_one_away_at_a_time(system: System) -> None:
    """A rollout never has more poolers than counted, unless there is one alone, which waits for the next."""
    spec = _of(system)["Deployment"]["pooler"]["spec"]
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 0, "maxUnavailable": 1}
    alone = _of(system, small=True)["Deployment"]["pooler"]["spec"]
    assert (alone["replicas"], alone["strategy"]["rollingUpdate"]) == (1, {"maxSurge": 1, "maxUnavailable": 0})
    spread = spec["template"]["spec"]["topologySpreadConstraints"]
    assert {each["topologyKey"] for each in spread} == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}
    assert _of(system)["PodDisruptionBudget"]["pooler"]["spec"]["maxUnavailable"] == 1


def test_the_documents_names_lead_to_it_and_stand_in_its_certificate(system: System) -> None:
    services = _of(system)["Service"]
    assert "database" in services
    possible = [each for each in system.database.aliases if "." not in each and " " not in each]
    assert set(services) == {"database", *possible}
    names = dns_names("database", "platform", pooler_pods.certificates(system)["database"])
    assert set(services) <= set(names)
    assert {port["port"] for each in services.values() for port in each["spec"]["ports"]} == {5432}


def test_connections_stay_below_what_the_server_has_while_a_pooler_is_replaced(system: System) -> None:
    database, lines = system.database, _configuration(system).splitlines()
    each = int(next(line for line in lines if line.startswith("max_db_connections")).rpartition(" ")[2])
    direct = database.role(RoleUse.BACKUP).connections + database.role(RoleUse.RESTORE).connections
    assert each * (database.pooler.replicas + 1) + direct + database.reserved_connections <= database.max_connections
    assert f"max_client_conn = {database.pooler.client_connections}" in lines


def test_both_sides_are_encrypted_and_the_server_is_verified(system: System) -> None:
    text = _configuration(system)
    assert "client_tls_sslmode = require" in text
    assert "server_tls_sslmode = verify-full" in text
    assert "auth_type = scram-sha-256" in text
    assert "admin_users" not in text and "stats_users" not in text, "its console is for its own user alone"
    [files] = [each["data"] for name, each in _of(system)["ConfigMap"].items() if "configuration" in name]
    assert files[pooler_pods.AUTHORITIES_FILE].count("BEGIN CERTIFICATE") == 15


def test_passwords_are_mounted_for_the_follower_alone_and_copied_nowhere(system: System) -> None:
    [declared] = _of(system)["SecretProviderClass"].values()
    assert "secretObjects" not in declared["spec"]
    files = {each["objectAlias"] for each in yaml.safe_load(declared["spec"]["parameters"]["objects"])}
    assert files == {f"{each}.json" for each in SECRETS}
    mounts = {name: {each["name"] for each in found["volumeMounts"]} for name, found in _containers(system).items()}
    assert "secrets" in mounts["follower"] and "secrets" not in mounts["pgbouncer"]


def test_whoever_leaves_ends_what_is_open_first(system: System) -> None:
    leaving = _containers(system)["pgbouncer"]["lifecycle"]["preStop"]["exec"]["command"][-1]
    assert "kill -INT 1" in leaving
    assert _of(system)["Deployment"]["pooler"]["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] >= 60


def test_replicas_are_asked_for_by_a_name_of_their_own(system: System) -> None:
    alias = f"{system.database.name}{pgbouncer.READ_ONLY_SUFFIX} = host="
    assert (alias in _configuration(system)) is (system.database.replicas > 0)


def test_migrations_have_sessions_and_everybody_else_transactions(system: System) -> None:
    lines = _configuration(system).splitlines()
    owner = system.database.role(RoleUse.OWNER).name
    in_sessions = {line.split(" = ")[0] for line in lines if "pool_mode=session" in line}
    assert in_sessions == {owner, f"{owner}_alternate"}
    assert "pool_mode = transaction" in lines


@pytest.mark.parametrize("stack", STACKS)
def test_roles_come_before_migrations_and_as_the_administrator(stack: str) -> None:
    home = at_home(stack)
    [job] = [each for each in of(home, "batch/v1:Job") if each.inputs["metadata"]["name"].startswith("database-roles-")]
    [container] = job.inputs["spec"]["template"]["spec"]["containers"]
    told = {each["name"]: each.get("value") for each in container["env"]}
    assert told["ROLES_ADMINISTRATOR"] == "database-administrator"
    assert told["ROLES_HOST"] != "database", "the server itself, not the pooler"
    mounted = only(home, "SecretProviderClass", "database-roles-surroundings-secrets").inputs["spec"]
    wanted = {"database-administrator", *told["ROLES_LOGINS"].split(",")}
    files = {each["objectAlias"] for each in yaml.safe_load(mounted["parameters"]["objects"])}
    assert files == {f"{each}.json" for each in wanted}
    assert "secretObjects" not in mounted, "the administrator's password is copied nowhere"
    again = only(home, "batch/v1:CronJob", "database-roles-before-dumps").inputs["spec"]
    assert again["suspend"] is False
    exchange = only(home, "batch/v1:CronJob", "database-roles-exchange").inputs["spec"]
    assert exchange["suspend"] is True, "a person restores"


@pytest.mark.parametrize(
    ("dumps", "roles"),
    [("0 2 * * *", "40 1 * * *"), ("0 */6 * * *", "40 5,11,17,23 * * *"), ("30 5 * * *", "10 5 * * *")],
)
def test_roles_are_made_anew_before_each_dump(dumps: str, roles: str) -> None:
    system = registry.load("being")
    [kind] = [each for each in system.backups.kinds if each.database_dump]
    backups = replace(system.backups, kinds=(replace(kind, schedule=dumps),))
    assert database_roles.before_dumps(replace(system, backups=backups)) == roles


@pytest.mark.parametrize("stack", STACKS)
def test_every_cluster_has_its_pooler_and_only_our_own_region_makes_roles(stack: str) -> None:
    def deployments(resources: tuple[Registered, ...]) -> list[str]:
        return [each.name for each in of(resources, "Deployment") if each.inputs["metadata"]["name"] == "pooler"]

    assert deployments(at_home(stack)) == ["pooler-deployment"]
    abroad = tuple(each for each in recorded(stack) if each.name.startswith("recovery-region-"))
    clusters = of(abroad, "eks/cluster:Cluster")
    assert len(deployments(abroad)) == len(clusters)
    assert not [each for each in abroad if "database-roles" in each.name and each.type.startswith("kubernetes:")]


def test_the_statements_name_every_role(system: System) -> None:
    text = database_roles.statements(system)["database.sql"]
    for role in system.database.roles:
        assert f'ALTER ROLE "{role.name}" LOGIN' in text
