"""What Redis, Sentinel and their users are told, of every platform."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from rendering import redis
from rendering.redis import users
from systems import registry
from systems.model import Environment, System

SYSTEMS = [registry.load(name, environment) for name in registry.names() for environment in Environment]
NODES, SENTINELS = ("cache-0.servers", "cache-1.servers", "cache-2.servers"), ("sentinel-0", "sentinel-1", "sentinel-2")


@pytest.fixture(params=SYSTEMS, ids=lambda system: f"{system.name}-{system.environment}")
def system(request: pytest.FixtureRequest) -> System:
    return request.param


def _files(system: System) -> Mapping[str, str]:
    return redis.files(system, redis.Surroundings(nodes=NODES, sentinels=SENTINELS))


def _settings(system: System, file: str) -> dict[str, str]:
    return dict(line.split(" ", 1) for line in _files(system)[file].splitlines())


def test_redis_is_as_the_spec_wants_it(system: System) -> None:
    cache, told = system.cache, _settings(system, "redis.conf")
    assert told["tls-port" if cache.tls else "port"] == str(cache.port)
    assert told["maxmemory"] == f"{cache.maximum_memory_mib}mb"
    assert told["maxmemory-policy"] == cache.eviction_policy
    assert int(told["maxclients"]) >= cache.maximum_client_connections
    assert told["cluster-enabled"] == "no"
    assert told["appendonly"] == ("yes" if cache.persistent else "no")


def test_a_master_that_nobody_follows_takes_no_writes(system: System) -> None:
    told = _settings(system, "redis.conf")
    assert int(told["min-replicas-to-write"]) == system.cache.failover.minimum_replicas_to_write >= 1
    assert int(told["min-replicas-max-lag"]) == system.cache.failover.maximum_lag_seconds
    assert told["repl-diskless-sync-delay"] == "0", "replicas come back at once, or writes wait for them"


def test_nothing_is_spoken_in_the_clear(system: System) -> None:
    assert system.cache.tls
    for file in ("redis.conf", "sentinel.conf"):
        told = _settings(system, file)
        assert (told["port"], told["tls-replication"]) == ("0", "yes")


def test_sentinels_have_the_documented_clockwork_and_names(system: System) -> None:
    cache, files = system.cache, _files(system)
    about = files["sentinel.master"]
    assert f"DOWN_AFTER='{cache.failover.down_after_milliseconds}'\n" in files["settings"]
    assert f"sentinel failover-timeout {cache.master_name} {cache.failover.failover_timeout_milliseconds}\n" in about
    assert f"sentinel announce-port {cache.sentinel_port}\n" in files["sentinel.conf"]
    assert "sentinel resolve-hostnames yes\nsentinel announce-hostnames yes\n" in files["sentinel.conf"]
    assert f"MASTER_NAME='{cache.master_name}'\n" in files["settings"]
    assert f"QUORUM='{cache.quorum}'\n" in files["settings"]
    assert f"SENTINELS='{' '.join(f'{each}:{cache.sentinel_port}' for each in SENTINELS)}'\n" in files["settings"]


def test_no_password_is_in_a_rendered_file(system: System) -> None:
    for name, text in _files(system).items():
        if name != redis.START:
            assert ">" not in text and "#" not in text, name


def test_who_needs_no_data_sees_none() -> None:
    rules = {line.split()[1]: line for line in users.of_server().splitlines()}
    for user in (users.REPLICA, users.SENTINEL, users.PROBE, users.EXPORTER):
        assert "resetkeys" in rules[user] and "~" not in rules[user] and "+@all" not in rules[user]
    assert "-@admin" in rules[users.APPLICATION] and "-@dangerous" in rules[users.APPLICATION]
    assert rules.keys() == {*users.INTERNAL, *users.ROTATED}


def test_the_program_is_one_that_a_plain_shell_reads(system: System, tmp_path: Path) -> None:
    for name in (redis.START, "settings"):
        (tmp_path / name).write_text(_files(system)[name])
        subprocess.run(["sh", "-n", tmp_path / name], check=True)


def test_a_secret_that_is_not_mounted_ends_the_start(tmp_path: Path) -> None:
    """It would be a user with an empty password otherwise."""
    system = registry.load("astral-core-v2", Environment.PRODUCTION)
    for name, text in _files(system).items():
        (tmp_path / name).write_text(text)
    places = {name: str(tmp_path) for name in ("CACHE_FILES", "CACHE_DATA", "CACHE_SECRETS", "CACHE_INTERNAL")}
    command = ["sh", str(tmp_path / redis.START), "server"]
    ended = subprocess.run(
        command, env={"PATH": "/usr/bin:/bin", "CACHE_HOST": NODES[0], **places}, capture_output=True, text=True
    )
    assert ended.returncode != 0
    assert "administrator is missing or empty: the secret is not mounted" in ended.stderr
    assert not (tmp_path / "users.acl").exists()
