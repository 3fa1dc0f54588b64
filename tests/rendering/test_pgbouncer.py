"""pgbouncer.ini of every platform: shares, modes, times; and what a spec may not ask of the pooler."""

from configparser import ConfigParser
from dataclasses import replace

import pytest

from rendering import pgbouncer
from rendering.pgbouncer import Surroundings
from systems import registry
from systems.model import Environment, RoleUse, SpecError, System

SYSTEMS = [registry.load(name, environment) for name in registry.names() for environment in Environment]


@pytest.fixture(params=SYSTEMS, ids=lambda system: f"{system.name}-{system.environment}")
def system(request: pytest.FixtureRequest) -> System:
    return request.param


def _read(system: System, replicas: tuple[str, ...] = ()) -> ConfigParser:
    around = Surroundings(primary="primary.rds", replicas=replicas, certificates="/tls", authorities="/authorities.pem")
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(pgbouncer.configuration(system, around))
    return parser


def test_the_shares_of_all_poolers_are_what_the_spec_gives_them(system: System) -> None:
    found, pooler = _read(system)["pgbouncer"], system.database.pooler
    assert int(found["max_db_connections"]) * pooler.replicas <= pooler.server_connections
    assert int(found["default_pool_size"]) == int(found["max_db_connections"])


def test_limits_of_a_role_hold_for_both_of_its_users(system: System) -> None:
    users = _read(system)["users"]
    for role in system.database.roles:
        if role.use in (RoleUse.OWNER, RoleUse.READ_ONLY, RoleUse.MONITORING):
            assert users[role.name] == users[f"{role.name}_alternate"]
            assert int(users[role.name].rpartition("=")[2]) <= max(2, role.connections)
    through = set(pgbouncer.users(system).values())
    assert RoleUse.BACKUP not in through and RoleUse.RESTORE not in through


def test_a_client_waits_as_long_as_its_own_pool_would(system: System) -> None:
    patience = int(_read(system)["pgbouncer"]["query_wait_timeout"])
    assert patience == max(pool.timeout_seconds for pool in system.database.application_pools)


def test_a_vanished_server_is_noticed_in_seconds(system: System) -> None:
    found = _read(system)["pgbouncer"]
    silent = int(found["tcp_keepidle"]) + int(found["tcp_keepintvl"]) * int(found["tcp_keepcnt"])
    assert silent <= 30 and int(found["tcp_user_timeout"]) <= 30_000
    assert int(found["dns_max_ttl"]) <= 5, "a fail-over of RDS is a name that leads elsewhere"


def test_replicas_take_turns_under_one_name() -> None:
    tdah = registry.load("tdah-assistant", Environment.PRODUCTION)
    databases = _read(tdah, ("one.rds", "two.rds"))["databases"]
    assert databases[f"{tdah.database.name}_replicas"].startswith("host=one.rds,two.rds ")
    assert databases[tdah.database.name].startswith("host=primary.rds ")
    assert list(_read(tdah)["databases"]) == [tdah.database.name]


def test_a_spec_whose_poolers_could_use_the_server_up_is_refused() -> None:
    database = registry.load("astral-core-v2", Environment.PRODUCTION).database
    with pytest.raises(SpecError, match="while a pooler is replaced, 3 of them with 70 connections each"):
        replace(database, pooler=replace(database.pooler, replicas=2, server_connections=140))


def test_a_share_too_small_for_everybody_is_refused() -> None:
    database = registry.load("astral-core-v2", Environment.PRODUCTION).database
    with pytest.raises(SpecError, match="leave 4 to each of 3: fewer than five"):
        replace(database, pooler=replace(database.pooler, server_connections=12))
