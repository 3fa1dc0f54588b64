"""Settings of a workload as its containers get them: the documented ones, filled in, and switches as files."""

import json
from typing import Any

import pytest

from rendering import environment, variants
from rendering.variants import Side
from systems import registry
from systems.model import Environment, Strategy, System, WorkloadKind

SYSTEMS = [registry.load(name, Environment.PRODUCTION) for name in registry.names()]


@pytest.fixture(params=SYSTEMS, ids=lambda system: system.name)
def system(request: Any) -> System:
    return request.param


def _of(name: str) -> System:
    return registry.load(name, Environment.PRODUCTION)


def test_every_documented_setting_reaches_its_readers_and_nobody_else(system: System) -> None:
    for workload in system.workloads:
        told = environment.variables(system, workload, "example.org")
        for setting in system.application.settings:
            if workload.name in setting.readers:
                assert told[setting.name] == setting.value.replace("{domain}", "example.org")
            elif not setting.readers:
                assert setting.name not in told


def test_the_stacks_domain_is_filled_in() -> None:
    v7 = _of("astral-core-v7")
    told = environment.variables(v7, v7.workloads[0], "health.example.org")
    assert told["NEXTAUTH_URL"] == "https://health.example.org"
    assert not any("{domain}" in value for value in told.values())


def test_pools_and_processes_are_those_the_connection_budget_counted(system: System) -> None:
    for pool in system.database.application_pools:
        workload = system.workload(pool.workload)
        told = environment.variables(system, workload, "example.org")
        assert (told["DB_POOL_SIZE"], told["DB_MAX_OVERFLOW"]) == (str(pool.size), str(pool.overflow))
        if workload.port:
            assert told["WORKERS"] == str(workload.processes_per_replica)


def test_lifetimes_of_the_cache_arrive() -> None:
    tdah = _of("tdah-assistant")
    told = environment.variables(tdah, tdah.workload("api"), "example.org")
    assert told["CACHE_TTL_OAUTH_TOKENS"] == "1800"
    assert "CACHE_TTL_OAUTH_TOKENS" not in environment.variables(tdah, tdah.workload("frontend"), "example.org")


def test_flags_are_files_at_their_documented_start() -> None:
    flags = environment.switches(_of("being"))
    assert json.loads(flags["crisisDetection"]) == {"enabled": True, "readonly": True, "canaryPercent": None}
    assert json.loads(flags["aiAssistedScoring"])["enabled"] is False
    assert environment.switches(_of("astral-core-v7")).keys() == {"EMERGENCY_CACHE_MODE"}
    assert environment.switches(_of("tdah-assistant")) == {}


def test_no_secret_is_among_the_variables(system: System) -> None:
    secret = {each.variable for each in system.secrets.secrets if each.variable}
    for workload in system.workloads:
        assert not secret & environment.variables(system, workload, "example.org").keys()


def test_other_content_has_another_name() -> None:
    assert environment.digest({"A": "1", "B": "2"}) == environment.digest({"B": "2", "A": "1"})
    assert environment.digest({"A": "1"}) != environment.digest({"A": "2"})


def test_only_what_answers_requests_has_a_canary_and_only_where_releases_are_gradual(system: System) -> None:
    for workload in system.workloads:
        canary = any(form.side is Side.CANARY for form in variants.variants(system, workload))
        gradual = system.rollout.strategy is Strategy.GRADUAL
        assert canary is (gradual and workload.kind is WorkloadKind.SERVICE)
