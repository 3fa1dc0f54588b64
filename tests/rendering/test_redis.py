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


def _started(tmp_path: Path, *roles: str) -> list[str]:
    """The start of a server among programs that only answer: Sentinels name the first node, the server is the second.

    It says of itself what `roles` are, one after the other. Returns what it was told, once it is left alone.
    """
    system = registry.load("astral-core-v2", Environment.PRODUCTION)
    for name, text in {**_files(system), **dict.fromkeys((*users.INTERNAL, *users.ROTATED), "secret")}.items():
        (tmp_path / name).write_text(text)
    for user in users.ROTATED:
        (tmp_path / f"{user}-previous").write_text("secret")
    (tmp_path / "dump.rdb").write_text("filled")
    for number, role in enumerate(roles):
        (tmp_path / f"role-{number}").write_text(role)
    answers = f"""#!/bin/sh
    echo "$*" >>{tmp_path}/asked
    case "$*" in
    *get-master-addr-by-name*) echo {NODES[0]} ;;
    *"-h {NODES[1]} "*"INFO replication")
        next=$(ls {tmp_path} | sed -n 's/^role-//p' | sort -n | head -n 1)
        mv {tmp_path}/role-$next {tmp_path}/said && cat {tmp_path}/said ;;
    esac
    """
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "redis-cli").write_text(answers)
    # the server keeps nothing of the log: it ends with the last who writes to it
    (programs / "redis-server").write_text("#!/bin/sh\nexec sleep 600 >/dev/null 2>&1\n")
    for program in programs.iterdir():
        program.chmod(0o755)
    places = {name: str(tmp_path) for name in ("CACHE_FILES", "CACHE_DATA", "CACHE_SECRETS", "CACHE_INTERNAL")}
    with subprocess.Popen(
        ["sh", str(tmp_path / redis.START), "server"],
        env={"PATH": f"{programs}:/usr/bin:/bin", "CACHE_HOST": NODES[1], **places},
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stderr
        server.stderr.read()
        server.kill()
    return [line for line in (tmp_path / "asked").read_text().splitlines() if "REPLICAOF" in line]


def test_a_server_that_a_sentinel_has_promoted_stays_so_although_another_is_still_named(tmp_path: Path) -> None:
    assert _started(tmp_path, "role:slave\nmaster_host:elsewhere\n", "role:master\n") == []


def test_a_server_that_follows_the_named_one_is_left_alone(tmp_path: Path) -> None:
    assert _started(tmp_path, f"role:slave\nmaster_host:{NODES[0]}\nmaster_link_status:up\n") == []


def test_a_server_that_follows_another_than_the_named_one_is_told_so(tmp_path: Path) -> None:
    elsewhere = "role:slave\nmaster_host:elsewhere\nmaster_link_status:down\n"
    told = _started(tmp_path, *[elsewhere] * 3, f"role:slave\nmaster_host:{NODES[0]}\nmaster_link_status:up\n")
    assert [line.partition("REPLICAOF ")[2] for line in told] == [f"{NODES[0]} 6379"]
