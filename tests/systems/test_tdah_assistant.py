"""TDAH assistant: the figures of its document, copied from it by hand, against the spec."""

import pytest

from systems import sizing
from systems.model import (
    Cadence,
    CheckUse,
    DutyBy,
    Environment,
    GateTime,
    HardwareLevel,
    Law,
    NetworkTier,
    Severity,
    Signal,
    Statistic,
    System,
)
from systems.registry import load

COMPONENTS_TABLE = {  # count, cores and GB of each, as in "Production Components"
    "load balancer": (2, 2, 4),
    "api": (3, 4, 8),
    "frontend": (2, 2, 4),
    "redis": (3, 2, 4),
}


@pytest.fixture(scope="module")
def tdah() -> System:
    return load("tdah-assistant", Environment.PRODUCTION)


def test_components_table(tdah: System) -> None:
    built = {
        "load balancer": (tdah.load_balancer.replicas, tdah.load_balancer.resources),
        "api": (tdah.workload("api").replicas, tdah.workload("api").resources),
        "frontend": (tdah.workload("frontend").replicas, tdah.workload("frontend").resources),
        "redis": (tdah.cache.nodes, tdah.cache.node_resources),
    }
    for name, (count, cores, gigabytes) in COMPONENTS_TABLE.items():
        replicas, size = built[name]
        assert replicas == count, name
        assert size.cpu_request_millicores == size.cpu_limit_millicores == cores * 1000, name
        assert size.memory_request_mib == size.memory_limit_mib == gigabytes * 1024, name


def test_the_monitoring_stack_shares_four_cores_and_eight_gigabytes(tdah: System) -> None:
    sizes = [each.resources for each in tdah.monitoring.components for _ in range(each.replicas)]
    assert sum(size.cpu_request_millicores for size in sizes) == 4_000
    assert sum(size.memory_request_mib for size in sizes) == 8 * 1024
    names = {each.name for each in tdah.monitoring.components}
    assert {"prometheus", "grafana", "loki", "alertmanager"} <= names


def test_infrastructure_requirements(tdah: System) -> None:
    least, needed = tdah.hardware.minimum, tdah.hardware.recommended
    assert (tdah.hardware.minimum_servers, tdah.objectives.zones) == (3, 3)
    assert (least.cpu_cores, least.memory_gib) == (32, 64)
    assert tdah.hardware.server_storage_gib == tdah.database.storage_gib == 500
    database, monitoring = (2, 8, 16), (1, 4, 8)
    every = [*COMPONENTS_TABLE.values(), database, monitoring]
    assert needed.cpu_cores == sum(count * cores for count, cores, _ in every) == 46
    assert needed.memory_gib == sum(count * gigabytes for count, _, gigabytes in every) == 92
    assert tdah.hardware.build_to is HardwareLevel.RECOMMENDED


def test_container_security(tdah: System) -> None:
    hardening = tdah.application.hardening
    assert (hardening.user_id, hardening.group_id) == (1000, 1000)
    assert hardening.read_only_root
    assert not hardening.privilege_escalation
    assert hardening.dropped_capabilities == ("ALL",)
    assert hardening.added_capabilities == ()  # the document's three cannot be used (TDAH-D05)


def test_network(tdah: System) -> None:
    assert tdah.firewall.network_cidr == "172.21.0.0/16"
    public = {port for each in tdah.firewall.openings if each.origin is NetworkTier.INTERNET for port in each.ports}
    assert public == {80, 443}
    assert {22, 514, 8000} <= set(tdah.firewall.closed)


def test_external_services_are_the_only_names_let_out(tdah: System) -> None:
    services = {each.name: each for each in tdah.application.external_services}
    assert services.keys() == {"twilio", "google", "microsoft", "notion"}
    assert all(each.callers == ("api",) and each.hosts for each in services.values())
    assert [hook.sender for hook in tdah.edge.webhooks] == ["twilio"]


def test_tls(tdah: System) -> None:
    assert [version.value for version in tdah.tls.versions] == ["TLSv1.2", "TLSv1.3"]
    assert len(tdah.tls.documented_ciphers) == 4
    assert set(tdah.tls.ciphers) == {each for each in tdah.tls.documented_ciphers if not each.endswith("SHA512")}
    assert (tdah.tls.session_cache_mib, tdah.tls.session_timeout_seconds) == (10, 10 * 60)
    assert not tdah.tls.session_tickets
    assert not tdah.tls.prefer_server_ciphers
    assert tdah.tls.certificate_key.startswith("RSA")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
        ("X-Frame-Options", "DENY"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-XSS-Protection", "1; mode=block"),
        ("Referrer-Policy", "strict-origin-when-cross-origin"),
        (
            "Content-Security-Policy",
            (
                "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
                "img-src 'self' data: https:; font-src 'self' data:; connect-src 'self' https:; frame-ancestors 'none';"
            ),
        ),
    ],
)
def test_security_headers(tdah: System, name: str, value: str) -> None:
    assert {header.name: header.value for header in tdah.security_headers.headers}[name] == value


def test_haproxy(tdah: System) -> None:
    balancer = tdah.load_balancer
    timeouts = balancer.timeouts
    assert balancer.algorithm.value == "roundrobin"
    assert (timeouts.connect_milliseconds, timeouts.client_milliseconds) == (5000, 50000)
    assert timeouts.server_milliseconds == 50000
    assert balancer.check.path == "/health/overall"
    assert balancer.plain_http_redirect_status == 301
    assert balancer.operator_timeout_seconds == 30
    assert tdah.workload("api").port == 8000


def test_both_workloads_stand_behind_the_balancer_and_the_frontend_takes_what_is_left(tdah: System) -> None:
    assert {rule.workload for rule in tdah.load_balancer.paths} == {"api", "frontend"}
    last = tdah.load_balancer.paths[-1]
    assert (last.prefix, last.workload) == ("/", "frontend")


def test_deep_paths_never_kill_a_pod(tdah: System) -> None:
    checks = {check.path: check for check in tdah.workload("api").health}
    assert checks.keys() == {"/health/overall", "/health/database"}
    assert all(check.deep and CheckUse.LIVENESS not in check.uses for check in checks.values())


def test_names_of_the_clusters(tdah: System) -> None:
    assert {"db-master", "db-replica1", "db-replica2"} <= set(tdah.database.aliases)
    assert {f"redis-{n}" for n in (1, 2, 3)} | {f"sentinel-{n}" for n in (1, 2, 3)} == set(tdah.cache.aliases)


def test_business_continuity(tdah: System) -> None:
    (platform,) = tdah.objectives.recovery
    assert (platform.rto_seconds, platform.rpo_seconds) == (4 * 3600, 3600)
    assert platform.concessions == ()
    cadences = {duty.name: duty.cadence for duty in tdah.calendar.duties}
    assert cadences["Recovery test of the whole plan"] is Cadence.MONTHLY
    assert cadences["Update of documentation"] is Cadence.QUARTERLY
    assert tdah.backups.drill.first_of_month_only


def test_the_uptime_has_room_for_one_allowed_outage(tdah: System) -> None:
    (uptime,) = tdah.objectives.availability
    assert 4 * 3600 <= uptime.error_budget_seconds < 2 * 4 * 3600


def test_prometheus(tdah: System) -> None:
    monitoring = tdah.monitoring
    assert (monitoring.scrape_seconds, monitoring.evaluation_seconds) == (15, 15)
    job = next(each for each in monitoring.scrape_jobs if each.name == "personal_assistant_api")
    assert (job.target, job.interval_seconds) == ("api", 30)
    assert {"database", "cache"} <= {each.target for each in monitoring.scrape_jobs}  # drawn in the diagram
    assert "/health/database/performance" in {each.path for each in monitoring.json_endpoints}
    assert "/health/database/performance" in tdah.load_balancer.closed_prefixes


@pytest.mark.parametrize(
    ("name", "signal", "limit", "minutes", "severity", "summary"),
    [
        ("HighErrorRate", Signal.ERROR_PERCENT, 1, 2, Severity.CRITICAL, "High error rate in production"),
        ("DatabaseDown", Signal.DATABASE_UP, 0, 1, Severity.CRITICAL, "Database is down"),
        ("HighResponseTime", Signal.RESPONSE_SECONDS, 1, 5, Severity.WARNING, "High response time"),
    ],
)
def test_critical_alerts(
    tdah: System, name: str, signal: Signal, limit: float, minutes: int, severity: Severity, summary: str
) -> None:
    alert = next(each for each in tdah.monitoring.alerts if each.name == name)
    condition = alert.condition
    assert (condition.signal, condition.limit, condition.for_seconds) == (signal, limit, minutes * 60)
    assert condition.window_seconds == 5 * 60  # "[5m]"
    assert (alert.severity, alert.summary) == (severity, summary)
    assert alert.documented_expression


def test_response_time_is_the_95th_percentile(tdah: System) -> None:
    alert = next(each for each in tdah.monitoring.alerts if each.name == "HighResponseTime")
    assert alert.condition.statistic is Statistic.P95
    assert [(each.seconds, each.quantile) for each in tdah.objectives.responses] == [(1, 0.95)]


def test_deployment_steps(tdah: System) -> None:
    jobs = {job.name: job for job in tdah.application.jobs}
    assert jobs["migrate"].command == ("python", "-m", "alembic", "upgrade", "head")
    assert jobs["migrate"].when == "before-rollout"
    after = {gate.path or gate.command for gate in tdah.rollout.gates if gate.time is not GateTime.BEFORE}
    assert {"/health/overall", "/health/database"} <= after
    assert any("redis-cli" in each for each in after)
    assert any("-verify_hostname {domain}" in each for each in after)


def test_the_document_s_alerts_roll_back(tdah: System) -> None:
    conditions = {each.condition for each in tdah.rollout.rollback_triggers if each.condition}
    assert {each.condition for each in tdah.monitoring.alerts} == conditions


def test_weekly_maintenance_never_locks_writers_out(tdah: System) -> None:
    job = next(each for each in tdah.application.jobs if each.name == "optimize-database")
    assert job.schedule.split()[-1] == "0"  # Sundays
    vacuum, reindex = job.command[1:]  # one command each: VACUUM refuses to run inside a transaction
    assert "VACUUM" in vacuum
    assert "CONCURRENTLY" in reindex
    weekly = [duty for duty in tdah.calendar.duties if duty.cadence is Cadence.WEEKLY]
    assert len(weekly) == 7
    assert {duty.by for duty in weekly} == {DutyBy.MACHINE, DutyBy.PERSON}


def test_no_crisis_service_and_no_hipaa(tdah: System) -> None:
    assert tdah.crisis is None
    assert tdah.critical_paths == ()
    assert tdah.regime.laws == (Law.GDPR,)
    logs = [each for each in tdah.retention.classes if each.medium.value == "logs"]
    assert logs
    assert not any(each.health_data for each in logs)


def test_staging_has_the_documented_minimum(tdah: System) -> None:
    staging = load("tdah-assistant", Environment.STAGING)
    total = sizing.plan(staging).total()
    assert (total.cpu_cores >= 32, total.memory_gib >= 64) == (True, True)
    assert staging.workload("api").replicas == 2
