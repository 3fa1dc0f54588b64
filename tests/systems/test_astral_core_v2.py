"""Astral Core v2: the figures of its document, copied from it by hand, against the spec."""

import pytest

from systems.model import (
    Architecture,
    BackupTier,
    Cadence,
    Environment,
    FailureScope,
    HardwareLevel,
    Law,
    NetworkTier,
    RecordType,
    RoleUse,
    SecretClass,
    Severity,
    Signal,
    System,
)
from systems.registry import load


@pytest.fixture(scope="module")
def v2() -> System:
    return load("astral-core-v2", Environment.PRODUCTION)


def test_hardware_table(v2: System) -> None:
    least, better = v2.hardware.minimum, v2.hardware.recommended
    assert (least.cpu_cores, least.memory_gib, least.storage_gib, least.network_gbps) == (8, 16, 500, 1)
    assert (better.cpu_cores, better.memory_gib, better.storage_gib, better.network_gbps) == (16, 32, 1000, 10)
    assert set(v2.hardware.architectures) == {Architecture.AMD64, Architecture.ARM64}
    assert v2.hardware.build_to is HardwareLevel.RECOMMENDED
    assert v2.hardware.server_storage_gib >= 100  # "100GB additional for logs and backups"


def test_container_resources(v2: System) -> None:
    web = v2.workload("astral-web").resources
    assert (web.cpu_limit_millicores, web.memory_limit_mib) == (2000, 2048)
    assert (web.cpu_request_millicores, web.memory_request_mib) == (1000, 1024)
    redis = v2.cache.node_resources
    assert (redis.cpu_limit_millicores, redis.memory_limit_mib) == (1000, 1024)
    assert (redis.cpu_request_millicores, redis.memory_request_mib) == (500, 512)
    assert v2.database.cpu_cores >= 2
    assert v2.database.memory_gib >= 4


def test_names_that_commands_of_the_document_use(v2: System) -> None:
    assert v2.edge.domain == "astralcore.org"
    assert v2.database.name == "astral_core_v2"
    assert v2.database.role(RoleUse.APPLICATION).name == "astral_user"
    assert "astral-postgres-prod" in v2.database.aliases
    assert {v2.workload("astral-web").object_name, *v2.workload("astral-web").aliases} == {"astral-web", "app"}


def test_hosts_and_records(v2: System) -> None:
    assert {"", "admin", "monitoring", "backup"} <= {host.label for host in v2.edge.hosts}
    types = {(record.label, record.type) for record in v2.edge.records}
    assert {
        ("", RecordType.A),
        ("admin", RecordType.A),
        ("monitoring", RecordType.A),
        ("backup", RecordType.A),
    } <= types
    assert ("assets", RecordType.CNAME) in types  # "CNAME for CDN assets"
    assert ("", RecordType.MX) in types  # "MX records for email notifications"
    assert v2.edge.mail is not None
    assert v2.edge.certificates.documented_days == 90


def test_health_paths(v2: System) -> None:
    asked = {(check.host, check.path) for check in v2.workload("astral-web").health}
    assert asked == {
        ("", "/api/health"),
        ("", "/api/crisis/health"),
        ("admin", "/api/health"),
        ("backup", "/api/health"),
    }


def test_firewall(v2: System) -> None:
    public = {port for each in v2.firewall.openings if each.origin is NetworkTier.INTERNET for port in each.ports}
    assert public == {80, 443}
    assert {22, 9090, 3001} <= set(v2.firewall.closed)
    inside = {each.ports: each.origin for each in v2.firewall.openings}
    assert inside[(5432,)] is NetworkTier.NODES
    assert inside[(6379,)] is NetworkTier.NODES


def test_secrets(v2: System) -> None:
    secrets = {secret.name: secret for secret in v2.secrets.secrets}
    assert {"DATABASE_URL", "REDIS_URL", "NEXTAUTH_SECRET"} <= {secret.variable for secret in secrets.values()}
    assert "SLACK_WEBHOOK" in {secret.variable for secret in secrets.values()}
    assert v2.secrets.maximum_rotation_days <= 92  # "quarterly minimum"
    rings = [each for each in secrets.values() if each.secret_class is SecretClass.KEY_RING]
    assert [ring.minimum_bits for ring in rings] == [256]


def test_regime(v2: System) -> None:
    assert set(v2.regime.laws) == {Law.HIPAA, Law.GDPR}
    assert len(v2.regime.controls) == 7


def test_rolling_update(v2: System) -> None:
    assert [step.new_side_percent for step in v2.rollout.steps] == [10, 50, 100]
    assert {"pnpm run test:staging"} <= {gate.command for gate in v2.rollout.gates}
    signals = {gate.condition.signal for gate in v2.rollout.gates if gate.condition}
    assert signals == {Signal.CRISIS_SESSIONS, Signal.VOLUNTEERS_AVAILABLE}
    assert v2.rollout.announces_to == ("crisis-team-slack",)


def test_jobs_of_the_initial_deployment(v2: System) -> None:
    jobs = {job.name: (job.command, job.when) for job in v2.application.jobs}
    assert jobs["migrate"] == (("pnpm", "run", "db:migrate:prod"), "before-rollout")
    assert jobs["seed"] == (("pnpm", "run", "db:seed:prod"), "once")


@pytest.mark.parametrize(
    ("signal", "level", "comparison", "limit"),
    [
        (Signal.CRISIS_SESSIONS, "target", "<", 20),
        (Signal.CRISIS_PICKUP_SECONDS, "target", "<", 30),
        (Signal.VOLUNTEERS_AVAILABLE, "target", ">", 5),
        (Signal.AI_SAFETY_PASS_PERCENT, "target", ">", 99),
        (Signal.DATABASE_QUERY_SECONDS, "target", "<", 0.1),
        (Signal.MEMORY_PERCENT, "warning", ">", 85),
        (Signal.CPU_PERCENT, "warning", ">", 80),
        (Signal.CRISIS_QUEUE_SECONDS, "critical", ">", 30),
        (Signal.CRISIS_REVIEW_SECONDS, "critical", ">", 60),
        (Signal.UPTIME_PERCENT, "target", ">", 99.99),
    ],
)
def test_dashboard_figures(v2: System, signal: Signal, level: str, comparison: str, limit: float) -> None:
    found = [getattr(each, level) for each in v2.monitoring.thresholds]
    assert (comparison, limit) in [
        (each.comparison.value, each.limit) for each in found if each and each.signal is signal
    ]


def test_escalation_matrix(v2: System) -> None:
    told = {each.name: each.response_seconds for each in v2.monitoring.priorities}
    assert told == {"P0": 0, "P1": 5 * 60, "P2": 15 * 60, "P3": 60 * 60}


def test_documented_routes_keep_their_waits(v2: System) -> None:
    waits = {(each.receiver, tuple(each.match.items())): each.group_wait_seconds for each in v2.monitoring.routes}
    assert waits[("crisis-team-pager", (("severity", "critical"),))] == 0
    assert waits[("crisis-team-slack", (("service", "crisis_intervention"),))] == 30
    assert waits[("platform-team-slack", (("severity", "warning"),))] == 5 * 60


def test_the_crisis_route_is_heard_before_the_critical_one(v2: System) -> None:
    names = [route.name for route in v2.monitoring.routes]
    assert names.index("crisis") < names.index("critical")
    assert next(route for route in v2.monitoring.routes if route.name == "crisis").continues


def test_contacts(v2: System) -> None:
    minutes = {role.name: role.response_seconds // 60 for role in v2.monitoring.on_call}
    assert minutes == {"Crisis Team Lead": 5, "Platform Engineering": 10, "Security Team": 15, "Database Admin": 20}
    assert all(role.has_backup for role in v2.monitoring.on_call)


def test_json_endpoints(v2: System) -> None:
    told = {
        endpoint.path: {metric.json_path for metric in endpoint.metrics} for endpoint in v2.monitoring.json_endpoints
    }
    assert told.keys() == {
        "/api/volunteers/status",
        "/api/volunteers/availability",
        "/api/crisis/active-sessions",
        "/api/crisis/queue-status",
    }
    assert told["/api/volunteers/status"] == {
        ".available",
        ".busy",
        ".offline",
        ".emergency_available",
        ".last_updated",
    }


def test_volunteers(v2: System) -> None:
    assert v2.crisis
    assert v2.crisis.staffing
    shifts = {(each.start_hour, each.end_hour): each.volunteers for each in v2.crisis.staffing.shifts}
    assert shifts == {(18, 24): 15, (8, 18): 10, (0, 8): 5}
    assert v2.crisis.staffing.on_call_volunteers == 20
    assert v2.crisis.staffing.minimum_before_rollout == 10


def test_backup_hotline_stands_behind_988(v2: System) -> None:
    assert v2.crisis
    assert [line.number for line in v2.crisis.hotlines][:2] == ["988", "1-800-273-8255"]


def test_backups(v2: System) -> None:
    database = next(kind for kind in v2.backups.kinds if kind.database_dump)
    assert database.schedule == "0 2 * * *"
    kept = {tier: v2.backups.days(tier) for tier in BackupTier}
    assert kept[BackupTier.DAILY] == 30
    assert kept[BackupTier.WEEKLY] == 12 * 7
    assert kept[BackupTier.MONTHLY] >= 365
    assert kept[BackupTier.YEARLY] >= 7 * 365 + 2
    assert v2.backups.drill.first_of_month_only
    assert len(v2.backups.drill.proves) == 4


def test_recovery_objectives(v2: System) -> None:
    rto = {each.name: each.rto_seconds for each in v2.objectives.recovery if each.rto_seconds and not each.static_page}
    assert rto == {"crisis system": 5 * 60, "full platform": 15 * 60, "non-critical features": 60 * 60}
    rpo = {each.name: each.rpo_seconds for each in v2.objectives.recovery if each.rpo_seconds}
    assert rpo == {"crisis data": 60, "user data": 5 * 60, "analytics data": 60 * 60}


def test_only_region_and_corruption_are_conceded(v2: System) -> None:
    conceded = {each.scope for objective in v2.objectives.recovery for each in objective.concessions}
    assert conceded == {FailureScope.REGION, FailureScope.CORRUPTION}


def test_retention(v2: System) -> None:
    days = {each.name: each.days for each in v2.retention.classes}
    assert days["crisis_sessions"] == days["audit_logs"] == 2_557
    assert days["user_profiles"] is None
    assert (days["performance_logs"], days["debug_logs"]) == (365, 90)


def test_critical_paths_have_capacity_of_their_own(v2: System) -> None:
    assert v2.critical_paths == ("/api/crisis",)
    critical = v2.workload("astral-web").critical
    assert critical
    assert critical.dedicated_replicas >= 2
    assert v2.maintenance.crisis_bypass
    assert any(each.severity is Severity.CRITICAL and each.priority == "P0" for each in v2.monitoring.alerts)


def test_calendar(v2: System) -> None:
    often = [duty.cadence for duty in v2.calendar.duties if duty.source and "Operations" in duty.source.heading]
    assert {each: often.count(each) for each in set(often)} == {Cadence.DAILY: 6, Cadence.WEEKLY: 6, Cadence.MONTHLY: 6}
