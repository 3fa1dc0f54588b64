"""Astral Draft: the figures of its document, copied from it by hand, against the spec."""

from dataclasses import replace

import pytest

from systems.model import (
    Audience,
    BackupTier,
    CheckUse,
    Condition,
    Environment,
    RecordTarget,
    Severity,
    Signal,
    SpecError,
    Statistic,
    System,
)
from systems.registry import load

MINUTE, HOUR = 60, 3_600


@pytest.fixture(scope="module")
def draft() -> System:
    return load("astral-draft", Environment.PRODUCTION)


def condition(found: Condition | None) -> tuple[Signal, str, float, int]:
    assert found
    return found.signal, found.comparison.value, found.limit, found.for_seconds


def test_names_that_commands_of_the_document_use(draft: System) -> None:
    web = draft.workload("astraldraft-web")
    assert web.object_name == "astraldraft"  # kubectl rollout status deployment/astraldraft, -l app=astraldraft
    assert web.port == 3000  # docker run -p 3000:3000
    assert {each.name for each in draft.workloads} == {
        "astraldraft-web",
        "astraldraft-worker",
        "astraldraft-scheduler",
    }
    assert {each.image for each in draft.workloads} == {"astraldraft"}  # docker build -t astraldraft:v2.0.0
    assert draft.workload("astraldraft-scheduler").singleton
    assert "astraldraft-db" in draft.database.aliases
    assert draft.cache.aliases == ("astraldraft-cache",)


def test_hosts(draft: System) -> None:
    assert draft.edge.domain == "astraldraft.com"
    audiences = {host.label: host.audience for host in draft.edge.hosts}
    assert audiences == {
        "": Audience.PUBLIC,
        "api": Audience.PUBLIC,
        "monitoring": Audience.ADMINISTRATORS,
        "meet": Audience.ELSEWHERE,
        "prod-db": Audience.INSIDE,
    }
    assert {record.label for record in draft.edge.records if record.private} == {"prod-db"}
    assert {record.label for record in draft.edge.records if record.target is RecordTarget.ELSEWHERE} == {"meet"}


def test_people_can_write_to_the_emergency_contact(draft: System) -> None:
    assert draft.edge.mail
    assert draft.edge.mail.receives
    assert "ops-team@astraldraft.com" in {channel.reaches for channel in draft.monitoring.channels}


def test_a_record_that_leads_elsewhere_belongs_to_a_host_that_somebody_else_runs(draft: System) -> None:
    ours = tuple(replace(h, audience=Audience.PUBLIC) if h.label == "meet" else h for h in draft.edge.hosts)
    with pytest.raises(SpecError, match="host meet is for public, its record leads to somebody else's servers"):
        replace(draft.edge, hosts=ours)


def test_health_paths(draft: System) -> None:
    asked = {(check.host, check.path) for each in draft.workloads for check in each.health}
    assert asked == {("api", "/health"), ("", "/api/status")}
    assert draft.load_balancer.check.path == "/health"
    assert all(CheckUse.LIVENESS not in check.uses for each in draft.workloads for check in each.health)


def test_both_names_lead_to_the_web_service(draft: System) -> None:
    assert {(rule.host, rule.workload) for rule in draft.load_balancer.paths} == {
        ("", "astraldraft-web"),
        ("api", "astraldraft-web"),
    }


def test_connections_of_a_draft_room_may_be_silent_as_long_as_the_cdn_bears(draft: System) -> None:
    sockets = draft.workload("astraldraft-web").websockets
    assert sockets
    assert sockets.idle_seconds <= 10 * MINUTE
    assert draft.load_balancer.timeouts.tunnel_milliseconds >= sockets.idle_seconds * 1000


def test_security_hardening(draft: System) -> None:
    limit = draft.load_balancer.client_rate_limit
    assert limit
    assert limit.requests_count * MINUTE == 100 * limit.window_seconds  # 100 req/min
    policy = next(each.value for each in draft.security_headers.headers if each.name == "Content-Security-Policy")
    assert "wss:" in policy
    assert "frame-ancestors" in policy  # came with CSP level 2
    assert draft.edge.delivery.brotli


def test_backups_go_where_the_document_puts_them(draft: System) -> None:
    assert draft.backup_bucket_name == "astraldraft-backups"
    database = next(kind for kind in draft.backups.kinds if kind.database_dump)
    filled = {"kind": database.name, "tier": "daily", "yyyymmdd": "20250901", "hhmmss": "020000"}
    assert draft.backups.key_layout.format(**filled) == "20250901/backup-20250901-020000"
    assert {kind.name for kind in draft.backups.kinds} == {"backup", "config-backup"}
    assert draft.database.name == "astraldraft"
    assert "env files" in draft.backups.never
    assert draft.backups.days(BackupTier.DAILY) >= draft.backups.object_lock_days


def test_staging_does_not_claim_productions_bucket() -> None:
    assert load("astral-draft", Environment.STAGING).backup_bucket_name is None


def test_the_documented_administrator_is_no_role_here(draft: System) -> None:
    assert draft.database.documented_roles_not_created == ("admin",)
    assert "admin" not in {role.name for role in draft.database.roles}


@pytest.mark.parametrize(
    ("signal", "warning", "critical"),
    [
        (Signal.ERROR_PERCENT, 0.1, 1),
        (Signal.RESPONSE_SECONDS, 0.2, 0.5),
        (Signal.CPU_PERCENT, 60, 80),
        (Signal.MEMORY_PERCENT, 70, 85),
        (Signal.DATABASE_CONNECTIONS_PERCENT, 80, 95),
    ],
)
def test_key_performance_indicators(draft: System, signal: Signal, warning: float, critical: float) -> None:
    row = next(each for each in draft.monitoring.thresholds if each.warning and each.warning.signal is signal)
    assert condition(row.target)[1:3] == ("<", warning)
    assert condition(row.warning)[1:3] == (">", warning)
    assert condition(row.critical)[1:3] == (">", critical)
    assert row.action


def test_alert_configuration(draft: System) -> None:
    alerts = {each.name: each for each in draft.monitoring.alerts}
    assert condition(alerts["high_error_rate"].condition) == (Signal.ERROR_PERCENT, ">", 1, 5 * MINUTE)
    assert condition(alerts["slow_response"].condition) == (Signal.RESPONSE_SECONDS, ">", 1, 10 * MINUTE)
    assert alerts["slow_response"].condition.statistic is Statistic.P95
    assert condition(alerts["memory_pressure"].condition) == (Signal.MEMORY_PERCENT, ">", 85, 3 * MINUTE)
    assert [each.action for each in alerts.values()] == ["page_oncall", "notify_team", "auto_scale"]
    assert alerts["high_error_rate"].severity is Severity.CRITICAL


def test_a_line_that_an_alert_spells_out_is_known_so_that_nobody_is_called_twice(draft: System) -> None:
    critical = {each.name: str(each.critical) for each in draft.monitoring.thresholds}
    assert critical["error rate"] in draft.monitoring.spelled_out
    assert critical["cpu"] not in draft.monitoring.spelled_out


def test_memory_scales_out_before_anybody_is_called(draft: System) -> None:
    autoscaling = draft.workload("astraldraft-web").autoscaling
    assert autoscaling
    assert (autoscaling.cpu_percent, autoscaling.memory_percent) == (60, 70)  # the end of "normal"


def test_escalation_path(draft: System) -> None:
    assert [(each.role, each.after_seconds // MINUTE) for each in draft.monitoring.escalations] == [
        ("Team Lead", 15),
        ("VP Engineering", 30),
        ("CTO", 60),
    ]
    assert [each.name for each in draft.monitoring.on_call] == [
        "On-call Engineer",
        "Team Lead",
        "VP Engineering",
        "CTO",
    ]
