"""A spec whose mechanisms cannot keep its promises does not build, and the error shows the sum."""

from dataclasses import replace

import pytest

from systems.model import Concession, Environment, FailureScope, RecoveryLevel, RecoveryObjective, SpecError, System
from systems.objectives import budgets, promises
from systems.registry import load, names


@pytest.fixture
def v2() -> System:
    return load("astral-core-v2", Environment.PRODUCTION)


def promising(system: System, *recovery: RecoveryObjective) -> System:
    return replace(system, objectives=replace(system.objectives, recovery=recovery))


def refused(system: System, *recovery: RecoveryObjective) -> str:
    with pytest.raises(SpecError) as caught:
        promising(system, *recovery)
    return str(caught.value)


@pytest.mark.parametrize("name", names())
def test_every_promise_of_every_system_is_kept_in_every_scope(name: str) -> None:
    system = load(name)
    told = list(promises(system))
    assert {promise.scope for promise in told} == set(FailureScope)
    assert all(promise.kept for promise in told)


def test_five_minutes_do_not_hold_for_a_region_and_the_sum_says_why(v2: System) -> None:
    message = refused(v2, RecoveryObjective(name="crisis system", rto_seconds=300))
    assert (
        "crisis system, region: RTO 300 s cannot be kept by warm-standby: "
        "detection 90 + decision 300 + promotion 300 + DNS 60 + reconnect 10 = 760 s" in message
    )
    assert "crisis system, corruption: RTO 300 s" in message
    assert "zone" not in message


def test_one_minute_of_data_does_not_hold_for_corruption(v2: System) -> None:
    message = refused(v2, RecoveryObjective(name="crisis data", rpo_seconds=60))
    assert (
        "crisis data, corruption: RPO 60 s cannot be kept by point-in-time restore: archive lag 300 = 300 s" in message
    )


def test_dumps_alone_carry_only_their_interval(v2: System) -> None:
    without = replace(v2.database, point_in_time_days=0)
    with pytest.raises(SpecError, match=r"backup interval 86400 \+ upload 3600 = 90000 s"):
        replace(v2, database=without)


def test_without_a_standby_a_lost_zone_is_a_restore(v2: System) -> None:
    with pytest.raises(SpecError) as caught:
        replace(v2, database=replace(v2.database, multi_az=False))
    assert "crisis system, zone: RTO 300 s cannot be kept by point-in-time restore" in str(caught.value)


def test_a_colder_recovery_region_takes_longer(v2: System) -> None:
    slow = RecoveryObjective(name="all", rto_seconds=86_400)
    taken = [
        next(
            budget.outage_seconds
            for budget in budgets(
                replace(v2, objectives=replace(v2.objectives, recovery=(slow,), recovery_level=level))
            )
            if budget.scope is FailureScope.REGION
        )
        for level in (RecoveryLevel.WARM_STANDBY, RecoveryLevel.PILOT_LIGHT)
    ]
    assert taken == [760, 90 + 300 + 2400 + 60 + 10]


def test_slower_checks_show_in_the_budget(v2: System) -> None:
    slower = replace(v2.load_balancer, check=replace(v2.load_balancer.check, interval_milliseconds=200_000))
    with pytest.raises(SpecError, match=r"crisis system, pod: RTO 300 s .* balancer check 600 \+ reconnect 10 = 610 s"):
        replace(v2, load_balancer=slower)


def test_a_concession_must_be_needed(v2: System) -> None:
    needless = Concession(scope=FailureScope.ZONE, rto_seconds=4_000, decision="SYS-09")
    message = refused(v2, RecoveryObjective(name="features", rto_seconds=3_600, concessions=(needless,)))
    assert "features, zone: RTO 4000 s concedes needlessly" in message


def test_a_concession_that_is_too_small_does_not_help(v2: System) -> None:
    small = Concession(scope=FailureScope.CORRUPTION, rto_seconds=1_000, decision="SYS-09")
    message = refused(v2, RecoveryObjective(name="platform", rto_seconds=900, concessions=(small,)))
    assert "platform, corruption: RTO 1000 s cannot be kept" in message


def test_the_static_page_is_independent_of_everything(v2: System) -> None:
    page = RecoveryObjective(name="hotlines", rto_seconds=60, static_page=True)
    assert {promise.sum_seconds for promise in promises(promising(v2, page))} == {10}


def test_an_incident_a_month_breaks_four_nines() -> None:
    budget = next(each for each in load("astral-core-v2").objectives.availability if each.target_percent == 99.99)
    assert round(budget.error_budget_seconds) == 259  # 4.3 minutes, below the 5 one crisis incident may take
