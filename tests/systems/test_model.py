"""The model refuses what cannot be, and says everything that is wrong with an object at once."""

from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace

import pytest

from systems.model import (
    AvailabilityObjective,
    CheckUse,
    Comparison,
    Condition,
    Environment,
    FeatureFlags,
    Gate,
    GateKind,
    HealthCheck,
    NetworkTier,
    Opening,
    Resources,
    Route,
    Secret,
    SecretClass,
    Shift,
    Signal,
    SpecError,
    System,
)
from systems.model.monitoring import shadowed_routes
from systems.registry import load


@pytest.fixture
def v2() -> System:
    return load("astral-core-v2", Environment.PRODUCTION)


def refused(build: Callable[[], object]) -> str:
    with pytest.raises(SpecError) as caught:
        build()
    return str(caught.value)


def test_everything_wrong_with_one_object_is_said_at_once() -> None:
    message = refused(
        lambda: Resources(
            cpu_request_millicores=2000,
            cpu_limit_millicores=1000,
            memory_request_mib=0,
            memory_limit_mib=-1,
            because={"cpu": "no such field", "memory_limit_mib": " "},
        )
    )
    assert message.startswith("Resources cannot be built:")
    for part in (
        "because names 'cpu'",
        "gives no reason",
        "cannot be negative",
        "a request of 0",
        "above its limit 1000",
    ):
        assert part in message


def test_specs_are_frozen_all_the_way_down(v2: System) -> None:
    with pytest.raises(FrozenInstanceError):
        v2.database.replicas = 3  # type: ignore[misc]
    with pytest.raises(TypeError):
        v2.database.because["replicas"] = "changed"  # type: ignore[index]
    with pytest.raises(TypeError):
        v2.monitoring.routes[0].match["severity"] = "none"  # type: ignore[index]


def test_a_section_must_name_its_source() -> None:
    with pytest.raises(TypeError, match="source"):
        FeatureFlags(flags=())  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda: Condition(signal=Signal.CPU_PERCENT, comparison=Comparison.ABOVE, limit=120), "between 0 and 100"),
        (lambda: HealthCheck(name="x", path="/db", deep=True, uses=(CheckUse.LIVENESS,)), "restarts healthy pods"),
        (
            lambda: Opening(name="ssh", ports=(22,), origin=NetworkTier.INTERNET, destination=NetworkTier.NODES),
            "public",
        ),
        (lambda: Gate(name="who", kind=GateKind.APPROVAL), "lacks what approval asks"),
        (
            lambda: AvailabilityObjective(name="hotline", target_percent=100, vantage_point="outside"),
            "no error budget",
        ),
        (
            lambda: Secret(
                name="key",
                secret_class=SecretClass.KEY_RING,
                characters=32,
                minimum_bits=256,
                rotation_days=90,
                readers=("platform",),
            ),
            "hold 128 bits, not 256",
        ),
        (
            lambda: Secret(name="twilio", secret_class=SecretClass.SUPPLIED, rotation_days=90, readers=()),
            "provider belongs to supplied secrets",
        ),
    ],
)
def test_what_cannot_be(build: Callable[[], object], says: str) -> None:
    assert says in refused(build)


def test_ciphers_must_exist_and_fit_the_certificate(v2: System) -> None:
    message = refused(lambda: replace(v2.tls, ciphers=("ECDHE-RSA-AES256-GCM-SHA512",), certificate_key="RSA_4096"))
    assert "ECDHE-RSA-AES256-GCM-SHA512 does not exist" in message
    assert "ACM issues RSA_2048" in message
    message = refused(lambda: replace(v2.tls, ciphers=("ECDHE-RSA-AES256-GCM-SHA384",)))
    assert "no cipher fits" in message


def test_connections_must_fit_below_max_connections(v2: System) -> None:
    roles = tuple(replace(role, connections=100) for role in v2.database.roles)
    assert "= 615 connections > 200" in refused(lambda: replace(v2.database, roles=roles))


def test_pools_count_every_process_of_every_replica_of_both_sides(v2: System) -> None:
    web = replace(v2.workload("astral-web"), processes_per_replica=8)
    message = refused(lambda: replace(v2, application=replace(v2.application, workloads=(web,))))
    assert "pools may open 1440 client connections during a rollout, the pooler takes 1000" in message


def test_names_must_be_known(v2: System) -> None:
    rules = tuple(replace(rule, workload="astral-wob") for rule in v2.load_balancer.paths)
    message = refused(lambda: replace(v2, load_balancer=replace(v2.load_balancer, paths=rules)))
    assert "names workload 'astral-wob'; there are astral-web" in message


def test_critical_paths_stay_open(v2: System) -> None:
    closed = replace(v2.maintenance, crisis_bypass=False, shows_hotlines=False)
    last = replace(v2.rollout, critical_paths_last=False)
    message = refused(lambda: replace(v2, maintenance=closed, rollout=last, crisis=None))
    assert message.count("\n  - ") == 4


def test_988_comes_first(v2: System) -> None:
    assert v2.crisis
    hotlines = v2.crisis.hotlines[::-1]
    crisis = v2.crisis
    assert "988 must be the first" in refused(lambda: replace(crisis, hotlines=hotlines))


def test_shifts_cover_the_day_once(v2: System) -> None:
    assert v2.crisis
    assert v2.crisis.staffing
    staffing, early = v2.crisis.staffing, Shift(name="early", start_hour=1, end_hour=9, volunteers=5)
    message = refused(lambda: replace(staffing, shifts=(early, *staffing.shifts[1:])))
    assert "missing [0], twice [8]" in message


def test_the_documented_order_of_routes_is_refused(v2: System) -> None:
    documented = (
        Route(name="critical", match={"severity": "critical"}, receiver="pager", group_wait_seconds=0),
        Route(
            name="crisis",
            match={"severity": "critical", "service": "crisis_intervention"},
            receiver="slack",
            group_wait_seconds=30,
        ),
    )
    assert list(shadowed_routes(documented)) == [
        "route crisis never speaks: critical takes all of its alerts and does not continue"
    ]
    assert list(shadowed_routes(v2.monitoring.routes)) == []


def test_hipaa_records_last_six_years(v2: System) -> None:
    audit = next(each for each in v2.retention.classes if each.name == "audit_logs")
    assert "six years, 2192 days" in refused(lambda: replace(audit, days=2190))


def test_an_object_lock_may_not_outlast_the_shortest_tier(v2: System) -> None:
    assert "outlast the shortest tier, 30 days" in refused(lambda: replace(v2.backups, object_lock_days=31))
