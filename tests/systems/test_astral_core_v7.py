"""Astral Core v7: the figures of its document, copied from it by hand, against the spec."""

import pytest

from systems.model import (
    Cadence,
    CheckUse,
    DutyBy,
    Environment,
    JobTime,
    RecordTarget,
    RoleUse,
    Severity,
    Signal,
    System,
)
from systems.registry import load


@pytest.fixture(scope="module")
def v7() -> System:
    return load("astral-core-v7", Environment.PRODUCTION)


@pytest.mark.parametrize(
    ("signal", "comparison", "warning", "critical"),
    [
        (Signal.RESPONSE_SECONDS, ">", 1, 3),  # 1000 ms, 3000 ms
        (Signal.ERROR_PERCENT, ">", 1, 5),
        (Signal.MEMORY_PERCENT, ">", 70, 85),
        (Signal.DATABASE_CONNECTIONS_PERCENT, ">", 80, 95),
        (Signal.CACHE_HIT_PERCENT, "<", 70, 50),
    ],
)
def test_alert_thresholds(v7: System, signal: Signal, comparison: str, warning: float, critical: float) -> None:
    [found] = [each for each in v7.monitoring.thresholds if each.critical and each.critical.signal is signal]
    assert found.warning
    assert found.critical
    assert (found.warning.comparison.value, found.warning.limit) == (comparison, warning)
    assert (found.critical.comparison.value, found.critical.limit) == (comparison, critical)
    assert found.action


def test_slow_pages_begin_at_four_seconds(v7: System) -> None:
    told = {each.warning.signal: each.warning.limit for each in v7.monitoring.thresholds if each.warning}
    assert told[Signal.LARGEST_PAINT_SECONDS] == 4


def test_health_endpoints(v7: System) -> None:
    checks = {check.path: check for check in v7.workload("astral-core-v7").health}
    assert {path: check.expected_status for path, check in checks.items()} == {"/api/health": 200, "/api/status": 200}
    assert [(each.json_path, each.equals) for each in checks["/api/health"].body] == [(".status", "healthy")]
    assert CheckUse.LIVENESS not in checks["/api/health"].uses  # it answers 503 for its dependencies
    assert {each.path for each in v7.monitoring.json_endpoints} == {
        "/api/monitoring/metrics",
        "/api/monitoring/performance",
    }


def test_web_vitals_are_read(v7: System) -> None:
    endpoints = {each.path: {metric.name for metric in each.metrics} for each in v7.monitoring.json_endpoints}
    assert endpoints["/api/monitoring/performance"] == {
        "largest_paint_seconds",
        "interaction_seconds",
        "layout_shift",
        "cache_hit_percent",
    }


def test_what_administrators_do_is_closed_to_visitors(v7: System) -> None:
    assert {"/api/cache", "/api/monitoring"} <= set(v7.load_balancer.closed_prefixes)
    assert "ADMIN_TOKEN" in {secret.variable for secret in v7.secrets.secrets}
    assert not any(path.startswith(("/api/health", "/api/status")) for path in v7.load_balancer.closed_prefixes)


def test_severity_levels_and_matrix(v7: System) -> None:
    told = {
        each.name: (each.escalates_after_seconds, each.escalates_to, each.severity) for each in v7.monitoring.priorities
    }
    assert told == {
        "SEV1": (15 * 60, "Engineering Lead", Severity.CRITICAL),
        "SEV2": (30 * 60, "Team Lead", Severity.WARNING),
        "SEV3": (2 * 3_600, "Primary On-Call", Severity.INFO),
        "SEV4": (24 * 3_600, "Product Team", Severity.INFO),
    }
    assert [each.name for each in v7.monitoring.priorities if each.business_days_only] == ["SEV4"]


def test_incident_response_team(v7: System) -> None:
    hours = {each.name: each.hours for each in v7.monitoring.on_call}
    assert hours["Primary On-Call"] == hours["Secondary On-Call"] == hours["Security Team"] == "24/7"
    assert hours["Engineering Lead"] == "business hours"
    assert {"#engineering", "security@astralcore.app"} <= {each.reaches for each in v7.monitoring.channels}


def test_security_keeps_its_mailbox(v7: System) -> None:
    assert v7.edge.domain == "astralcore.app"
    assert v7.edge.mail
    assert v7.edge.mail.receives
    assert [each.target for each in v7.edge.records if each.key == "@ MX"] == [RecordTarget.MAIL_INBOX]


def test_standard_deployment(v7: System) -> None:
    commands = [gate.command for gate in v7.rollout.gates if gate.command]
    assert commands == ["npm run lint", "npm run typecheck", "npm run test", "npm run health:check"]
    assert {gate.path for gate in v7.rollout.gates if gate.path} == {"/api/health"}
    assert "SKIP_TYPE_CHECK" not in {each.name for each in v7.application.settings if each.readers}


def test_errors_above_five_percent_roll_back(v7: System) -> None:
    limits = {each.condition.signal: each.condition.limit for each in v7.rollout.rollback_triggers if each.condition}
    assert limits == {Signal.HEALTH_UP: 0, Signal.ERROR_PERCENT: 5}


def test_migrations_deploy_and_never_reset(v7: System) -> None:
    jobs = {job.name: job for job in v7.application.jobs}
    assert jobs["migrate"].command == ("npx", "prisma", "migrate", "deploy")
    assert jobs["migrate"].when is JobTime.BEFORE_ROLLOUT
    assert jobs["migrate"].database_role == v7.database.role(RoleUse.OWNER).name
    assert not any("reset" in job.command for job in v7.application.jobs)


def test_backups_and_recovery(v7: System) -> None:
    assert v7.backups.drill.database_name == "astral_recovery"
    assert v7.database.integrity_query == "SELECT COUNT(*) FROM users"
    assert v7.backups.verification_schedule.split()[2:] == ["*", "*", "1"]  # weekly
    assert {kind.name: kind.schedule.split()[2] for kind in v7.backups.kinds} == {"database": "*", "full-system": "1"}
    assert v7.backups.copies_to_recovery_region


def test_secrets(v7: System) -> None:
    assert {"DATABASE_URL", "NEXTAUTH_SECRET"} <= {each.variable for each in v7.secrets.secrets}
    assert {"DATABASE_URL", "NEXTAUTH_SECRET"}.isdisjoint(each.name for each in v7.application.settings)


def test_planned_maintenance(v7: System) -> None:
    assert len(v7.maintenance.checklist) == 9
    assert min(notice.minutes_from_start for notice in v7.maintenance.notices) == -48 * 60
    assert any("over" in notice.name for notice in v7.maintenance.notices)  # "Send completion notification"
    assert {mode.name for mode in v7.maintenance.modes} == {"MAINTENANCE_MODE", "EMERGENCY_CACHE_MODE"}


def test_emergency_caching_is_off_until_somebody_needs_it(v7: System) -> None:
    assert v7.feature_flags
    assert [(flag.name, flag.enabled) for flag in v7.feature_flags.flags] == [("EMERGENCY_CACHE_MODE", False)]


def test_calendar(v7: System) -> None:
    often = [duty.cadence for duty in v7.calendar.duties]
    assert {each: often.count(each) for each in set(often)} == {
        Cadence.DAILY: 4,
        Cadence.WEEKLY: 4,
        Cadence.MONTHLY: 5,
        Cadence.QUARTERLY: 4,
    }
    machines = {duty.name for duty in v7.calendar.duties if duty.by is DutyBy.MACHINE}
    assert {"Database backup verification", "Full system backup", "Disaster recovery drill"} <= machines


def test_without_crisis_paths_nothing_is_exempt(v7: System) -> None:
    assert v7.crisis is None
    assert v7.critical_paths == ()


def test_no_running_application_holds_the_login_that_could_drop_the_database(v7: System) -> None:
    owner = next(each for each in v7.secrets.secrets if each.name == "database-owner")
    assert owner.readers == ("platform",)
