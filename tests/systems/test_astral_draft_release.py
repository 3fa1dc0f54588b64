"""Astral Draft: releases, maintenance and the way back, copied from the document by hand, against the spec."""

from dataclasses import replace

import pytest

from systems.model import (
    Condition,
    Environment,
    FailureScope,
    Gate,
    GateKind,
    GateTime,
    OrderedService,
    RecoveryLevel,
    Signal,
    SpecError,
    Statistic,
    Strategy,
    System,
)
from systems.objectives import budgets
from systems.registry import load

MINUTE, HOUR = 60, 3_600


@pytest.fixture(scope="module")
def draft() -> System:
    return load("astral-draft", Environment.PRODUCTION)


def commands(system: System, time: GateTime) -> list[str]:
    return [gate.command for gate in system.rollout.gates if gate.time is time and gate.command]


def condition(found: Condition | None) -> tuple[Signal, str, float, int]:
    assert found
    return found.signal, found.comparison.value, found.limit, found.for_seconds


def test_before_the_deployment(draft: System) -> None:
    assert commands(draft, GateTime.BEFORE) == [
        "npm run env:check:prod",
        "npm audit",
        "npm run config:validate",
        "npm run db:health:prod",
    ]
    assert any(gate.kind is GateKind.BACKUP for gate in draft.rollout.gates)
    assert len([gate for gate in draft.rollout.gates if gate.kind is GateKind.APPROVAL]) == 5


def test_visitors_return_after_the_health_checks_only(draft: System) -> None:
    assert commands(draft, GateTime.REOPENING) == [
        "npm run health:check:all",
        "npm run test:smoke:prod",
        "npm run websocket:test:prod",
        "npm run db:performance:check",
    ]
    paths = {gate.path for gate in draft.rollout.gates if gate.time is GateTime.REOPENING and gate.path}
    assert paths == {"/health", "/api/status"}


def test_success_criteria(draft: System) -> None:
    asked = {
        (gate.condition.signal, gate.condition.comparison.value, gate.condition.limit, gate.condition.window_seconds)
        for gate in draft.rollout.gates
        if gate.condition and gate.time is GateTime.AFTER
    }
    # error rate < 0.1 %, response time < 200 ms; errors are watched for 10 minutes
    assert asked == {
        (Signal.ERROR_PERCENT, "<", 0.1, 10 * MINUTE),
        (Signal.RESPONSE_SECONDS, "<", 0.2, 10 * MINUTE),
    }
    assert commands(draft, GateTime.AFTER) == ["npm run test:critical:prod", "npm run sessions:validate"]


def test_a_gradual_rollout_has_no_gates_before_reopening() -> None:
    flagship = load("astral-core-v2").rollout
    gate = Gate(name="smoke", kind=GateKind.COMMAND, command="npm test", time=GateTime.REOPENING)
    with pytest.raises(SpecError, match="gates before reopening belong to a rollout in maintenance"):
        replace(flagship, gates=(*flagship.gates, gate))


def test_stop_and_start_order(draft: System) -> None:
    rollout = draft.rollout
    assert rollout.strategy is Strategy.MAINTENANCE
    assert [each.name for each in rollout.stop_order] == [
        "astraldraft-web",
        "astraldraft-worker",
        "astraldraft-scheduler",
    ]
    assert [(each.name, each.wait_seconds) for each in rollout.start_order] == [
        ("astraldraft-db", 10),
        ("astraldraft-cache", 5),
        ("astraldraft-web", 0),
        ("astraldraft-worker", 0),
        ("astraldraft-scheduler", 0),
    ]


def test_a_service_that_nobody_runs_has_no_place_in_the_order(draft: System) -> None:
    wrong = (*draft.rollout.stop_order, OrderedService(name="astraldraft-mailer"))
    with pytest.raises(SpecError, match="order of the rollout names service 'astraldraft-mailer'; there are astraldra"):
        replace(draft, rollout=replace(draft.rollout, stop_order=wrong))


def test_timetable(draft: System) -> None:
    minutes = [each.minutes_from_start for each in draft.rollout.timetable]
    assert minutes == [-24 * 60, -15, -10, 0, 20, 25, 30, 35, 60, 24 * 60]
    assert draft.rollout.duration_minutes == 30 - -15  # "45 minutes", from maintenance on to maintenance off
    assert draft.rollout.report_after_hours == 24
    assert len(draft.rollout.report) == 6


def test_jobs(draft: System) -> None:
    jobs = {job.command[-1]: job for job in draft.application.jobs}
    assert jobs.keys() == {
        "db:migrate:prod",
        "cache:clear:all",
        "cache:clear:partial",
        "db:index:create",
        "sessions:clear",
    }
    assert jobs["db:migrate:prod"].database_role == jobs["db:index:create"].database_role == "astraldraft_owner"
    assert draft.edge.delivery.purge_after_rollout  # npm run cdn:purge


def test_automatic_rollback_triggers(draft: System) -> None:
    triggers = {each.name: each.condition for each in draft.rollout.rollback_triggers if not each.manual}
    assert condition(triggers["errors"]) == (Signal.ERROR_PERCENT, ">", 5, 5 * MINUTE)
    assert condition(triggers["memory"]) == (Signal.MEMORY_PERCENT, ">", 90, 3 * MINUTE)
    slow = triggers["slow answers"]
    assert slow
    assert (slow.signal, slow.limit, slow.events_count) == (Signal.RESPONSE_SECONDS, 3, 10)
    failures = triggers["database connection failures"]
    assert failures
    assert (failures.signal, failures.limit) == (Signal.DATABASE_CONNECTION_FAILURES, 10)
    assert failures.statistic is Statistic.COUNT
    assert len(triggers) == 4


def test_rollback_and_recovery_times(draft: System) -> None:
    assert draft.rollout.rollback_seconds <= 5 * MINUTE  # the shorter of "< 5 minutes" and "< 10 minutes"
    (full,) = draft.objectives.recovery
    assert (full.rto_seconds, full.rpo_seconds) == (30 * MINUTE, HOUR)
    assert {each.scope for each in full.concessions} == {FailureScope.CORRUPTION}
    assert draft.objectives.recovery_level is RecoveryLevel.WARM_STANDBY


def test_the_figures_of_the_decision_on_recovery_are_those_worked_out(draft: System) -> None:
    worked_out = {budget.scope: (budget.outage_seconds, budget.loss_seconds) for budget in budgets(draft)}
    assert worked_out == {
        FailureScope.POD: (18, 0),
        FailureScope.NODE: (135, 0),
        FailureScope.ZONE: (135, 0),
        FailureScope.REGION: (1_360, 30),
        FailureScope.CORRUPTION: (2_740, 300),
    }


def test_communication_plan(draft: System) -> None:
    told = {(each.audience, each.minutes_from_start) for each in draft.maintenance.notices}
    day = 24 * 60
    assert {("all-team@", -day), ("#deployments", -60), ("#general", 30), ("stakeholders", 60)} <= told
    assert {("users", -day), ("users", -60), ("users", 30), ("users", day)} <= told


def test_the_window_is_open_by_both_clocks(draft: System) -> None:
    window = draft.maintenance.window
    assert window.start_hour_utc >= 2 + 5  # 02:00 EST
    assert window.start_hour_utc >= 2 + 4  # 02:00 EDT, which New York kept on 1 September
    assert window.end_hour_utc <= 6 + 4  # 06:00 EDT, an hour before 06:00 EST
    assert (window.end_hour_utc - window.start_hour_utc) * 60 >= 45 + 35


def test_maintenance_header(draft: System) -> None:
    assert (draft.maintenance.header_name, draft.maintenance.header_value) == ("X-Maintenance-Mode", "true")
    assert not draft.maintenance.crisis_bypass
    assert draft.crisis is None
    assert draft.critical_paths == ()
