"""The documents' lines once more, by hand: what is measured just beyond and just before each, and what then fires.

Nothing here is read from `systems/`: a threshold mistyped there fires at the wrong value and is found.
"""

from dataclasses import dataclass

from tests.rendering.prometheus.promtool import Series, answers, counter, gauge, mean, times


@dataclass(frozen=True, kw_only=True)
class Line:
    """One alert at one level. `lower` are levels of the same alert that fire as well."""

    alert: str
    severity: str
    priority: str
    owner: str
    summary: str
    beyond: tuple[Series, ...]
    before: tuple[Series, ...]
    holds: int = 0
    service: str = "platform"
    labels: tuple[tuple[str, str], ...] = ()
    description: str = ""
    """Where it holds the value; all others are the spec's."""
    lower: bool = False
    """Whether `before` still lies beyond the warning line of the same alert."""


def memory(percent: float) -> tuple[Series, ...]:
    return (
        *gauge('node_memory_MemAvailable_bytes{instance="n1"}', 100 - percent),
        *gauge('node_memory_MemTotal_bytes{instance="n1"}', 100),
    )


def workload_memory(percent: float, container: str) -> tuple[Series, ...]:
    return (
        *gauge(f'container_memory_working_set_bytes{{pod="p",container="{container}"}}', percent),
        *gauge(f'kube_pod_container_resource_limits{{pod="p",container="{container}",resource="memory"}}', 100),
    )


def cpu(percent: float) -> tuple[Series, ...]:
    return counter('node_cpu_seconds_total{instance="n1",cpu="0",mode="idle"}', (100 - percent) / 100)


def connections(number: float) -> tuple[Series, ...]:
    return (
        *gauge('pg_stat_activity_count{role="primary",state="idle"}', number),
        *gauge('pg_settings_max_connections{role="primary"}', 200),
    )


def requests(job: str, limit: str, within: float, path: str = "/") -> tuple[Series, ...]:
    return times("http_request_duration_seconds", f'job="{job}",path="{path}"', limit, within)


def answer_time(job: str, seconds: float) -> tuple[Series, ...]:
    return mean("http_request_duration_seconds", f'job="{job}",path="/"', seconds)


NODE = (("thing", "node n1"),)

_V2 = "ASTRAL CORE V2"
_LEAD, _PLATFORM, _DBA = "Crisis Team Lead", "Platform Engineering", "Database Admin"


def _crisis(alert: str, severity: str, summary: str, beyond: float, before: float, metric: str) -> Line:
    return Line(
        alert=alert,
        severity=severity,
        priority={"critical": "P0", "warning": "P1"}[severity],
        owner=_LEAD,
        service="crisis_intervention",
        summary=f"{_V2}: {summary}",
        beyond=gauge(metric, beyond),
        before=gauge(metric, before),
    )


ASTRAL_CORE_V2 = (
    _crisis("CrisisSystemDown", "critical", "The crisis system does not answer", 0, 1, 'probe_success{check="crisis"}'),
    Line(
        alert="CrisisEndpointSlow",
        severity="warning",
        priority="P1",
        owner=_LEAD,
        service="crisis_intervention",
        summary=f"{_V2}: Crisis paths answer slowly",
        beyond=requests("astral-web", "1.0", 94, "/api/crisis/chat"),
        before=requests("astral-web", "1.0", 96, "/api/crisis/chat"),
        holds=300,
    ),
    _crisis(
        "CrisisSessionsMany",
        "warning",
        "active crisis sessions above 19, now 20",
        20,
        19,
        'crisis_sessions{job="json"}',
    ),
    Line(
        alert="VolunteerPickupSlow",
        severity="critical",
        priority="P0",
        owner=_LEAD,
        service="crisis_intervention",
        summary=f"{_V2}: volunteer pick-up above 30 s, now 31s",
        beyond=mean("crisis_pickup_seconds", 'pod="a"', 31),
        before=mean("crisis_pickup_seconds", 'pod="a"', 29.9),
    ),
    _crisis("VolunteersFew", "warning", "volunteers below 5, now 4", 4, 5, 'volunteers_available{job="json"}'),
    _crisis(
        "EmergencyVolunteersFew",
        "warning",
        "emergency backup volunteers below 20, now 19",
        19,
        20,
        'volunteers_on_call{job="json"}',
    ),
    _crisis(
        "AiSafetyChecksFailing",
        "critical",
        "AI safety checks below 99 %, now 98.90 %",
        98.9,
        99,
        'ai_safety_pass_percent{pod="a"}',
    ),
    _crisis(
        "CrisisQueueWaiting",
        "critical",
        "crisis queue wait above 30 s, now 31s",
        31,
        30,
        'crisis_queue_seconds{job="json"}',
    ),
    _crisis(
        "CrisisReviewSlow", "critical", "human review above 60 s, now 1m 1s", 61, 60, 'crisis_review_seconds{pod="a"}'
    ),
    Line(
        alert="DatabaseQueriesSlow",
        severity="warning",
        priority="P1",
        owner=_DBA,
        summary=f"{_V2}: database queries above 0.1 s, now 101ms",
        beyond=(
            *counter('pg_stat_statements_seconds_total{queryid="1"}', 10.1),
            *counter('pg_stat_statements_calls_total{queryid="1"}', 100),
        ),
        before=(
            *counter('pg_stat_statements_seconds_total{queryid="1"}', 9.9),
            *counter('pg_stat_statements_calls_total{queryid="1"}', 100),
        ),
        holds=300,
    ),
    Line(
        alert="MemoryHigh",
        severity="warning",
        priority="P2",
        owner=_PLATFORM,
        summary=f"{_V2}: memory (node n1) above 85 %, now 86.00 %",
        beyond=memory(86),
        before=memory(84.9),
        holds=300,
        labels=NODE,
    ),
    Line(
        alert="MemoryHigh",
        severity="warning",
        priority="P2",
        owner=_PLATFORM,
        summary=f"{_V2}: memory (workload astral-web) above 85 %, now 86.00 %",
        beyond=workload_memory(86, "astral-web"),
        before=workload_memory(84.9, "astral-web"),
        holds=300,
        labels=(("thing", "workload astral-web"),),
    ),
    Line(
        alert="CpuHigh",
        severity="warning",
        priority="P2",
        owner=_PLATFORM,
        summary=f"{_V2}: cpu (node n1) above 80 %, now 81.00 %",
        beyond=cpu(81),
        before=cpu(79.9),
        holds=300,
        labels=NODE,
    ),
)

TDAH_ASSISTANT = (
    Line(
        alert="HighErrorRate",
        severity="critical",
        priority="critical",
        owner="Operations",
        summary="Personal Assistant TDAH: High error rate in production",
        description="Error rate is 1.02% for the last 5 minutes",
        beyond=answers(1.02),
        before=answers(0.99),
        holds=120,
    ),
    Line(
        alert="DatabaseDown",
        severity="critical",
        priority="critical",
        owner="Operations",
        summary="Personal Assistant TDAH: Database is down",
        beyond=gauge('pg_up{role="primary"}', 0),
        before=gauge('pg_up{role="primary"}', 1),
        holds=60,
    ),
    Line(
        alert="DatabaseDown",
        severity="critical",
        priority="critical",
        owner="Operations",
        summary="Personal Assistant TDAH: Database is down",
        beyond=(*gauge('pg_up{role="primary"}', 1), *gauge('database_health_status{job="json"}', 0)),
        before=(*gauge('pg_up{role="primary"}', 1), *gauge('database_health_status{job="json"}', 1)),
        holds=60,
    ),
    Line(
        alert="HighResponseTime",
        severity="warning",
        priority="warning",
        owner="Operations",
        summary="Personal Assistant TDAH: High response time",
        description="95th percentile response time is 1.03s",
        beyond=requests("personal_assistant_api", "1.0", 94),
        before=requests("personal_assistant_api", "1.0", 96),
        holds=300,
    ),
    Line(
        alert="ReplicaLagHigh",
        severity="warning",
        priority="warning",
        owner="Operations",
        summary="Personal Assistant TDAH: replica lag above 30 s, now 31s",
        beyond=gauge('aws_rds_replica_lag_maximum{dimension_DBInstanceIdentifier="r"}', 31),
        before=gauge('aws_rds_replica_lag_maximum{dimension_DBInstanceIdentifier="r"}', 30),
        holds=300,
    ),
    Line(
        alert="BackupTooOld",
        severity="warning",
        priority="warning",
        owner="Operations",
        summary="Personal Assistant TDAH: age of the last dump (postgresql) above 7 h, now 7h 0m 10s",
        beyond=gauge('backup_last_success_timestamp_seconds{kind="postgresql"}', -25_150),
        before=gauge('backup_last_success_timestamp_seconds{kind="postgresql"}', -25_080),
        labels=(("kind", "postgresql"),),
    ),
    Line(
        alert="RecoveryTestTooOld",
        severity="warning",
        priority="warning",
        owner="Operations",
        summary="Personal Assistant TDAH: age of the last recovery test above 38 d, now 38d 0h 0m 10s",
        beyond=gauge("drill_last_success_timestamp_seconds", -3_283_150),
        before=gauge("drill_last_success_timestamp_seconds", -3_283_080),
    ),
    Line(
        alert="MemoryHigh",
        severity="warning",
        priority="warning",
        owner="Operations",
        summary="Personal Assistant TDAH: memory (node n1) above 85 %, now 86.00 %",
        beyond=memory(86),
        before=memory(84.9),
        holds=300,
        labels=NODE,
    ),
    Line(
        alert="CpuHigh",
        severity="warning",
        priority="warning",
        owner="Operations",
        summary="Personal Assistant TDAH: cpu (node n1) above 80 %, now 81.00 %",
        beyond=cpu(81),
        before=cpu(79.9),
        holds=300,
        labels=NODE,
    ),
)

_DRAFT = "Astral Draft Fantasy Football Platform"


def _draft(
    alert: str,
    severity: str,
    summary: str,
    beyond: tuple[Series, ...],
    before: tuple[Series, ...],
    *,
    holds: int = 300,
    labels: tuple[tuple[str, str], ...] = (),
    lower: bool = False,
) -> Line:
    return Line(
        alert=alert,
        severity=severity,
        priority={"critical": "page_oncall", "warning": "notify_team", "info": "auto_scale"}[severity],
        owner="On-call Engineer",
        summary=f"{_DRAFT}: {summary}",
        beyond=beyond,
        before=before,
        holds=holds,
        labels=labels,
        lower=lower,
    )


ASTRAL_DRAFT = (
    _draft("ErrorRateHigh", "warning", "error rate above 0.1 %, now 0.10 %", answers(0.102), answers(0.099)),
    _draft("high_error_rate", "critical", "More than one request in a hundred fails", answers(1.02), answers(0.99)),
    _draft(
        "slow_response",
        "warning",
        "One answer in twenty takes longer than a second",
        requests("astraldraft-web", "1.0", 94),
        requests("astraldraft-web", "1.0", 96),
        holds=600,
    ),
    _draft(
        "memory_pressure",
        "info",
        "Memory is nearly used up; more pods are being started (node n1)",
        memory(86),
        memory(84.9),
        holds=180,
        labels=NODE,
    ),
    _draft(
        "ResponseSlow",
        "warning",
        "response time above 0.2 s, now 202ms",
        answer_time("astraldraft-web", 0.202),
        answer_time("astraldraft-web", 0.199),
    ),
    _draft(
        "ResponseSlow",
        "critical",
        "response time above 0.5 s, now 510ms",
        answer_time("astraldraft-web", 0.51),
        answer_time("astraldraft-web", 0.499),
        lower=True,
    ),
    _draft("CpuHigh", "warning", "cpu (node n1) above 60 %, now 61.00 %", cpu(61), cpu(59.9), labels=NODE),
    _draft("CpuHigh", "critical", "cpu (node n1) above 80 %, now 81.00 %", cpu(81), cpu(79.9), labels=NODE, lower=True),
    _draft("MemoryHigh", "warning", "memory (node n1) above 70 %, now 71.00 %", memory(71), memory(69.9), labels=NODE),
    _draft(
        "MemoryHigh",
        "critical",
        "memory (node n1) above 85 %, now 86.00 %",
        memory(86),
        memory(84.9),
        labels=NODE,
        lower=True,
    ),
    _draft(
        "DatabaseConnectionsHigh",
        "warning",
        "database connections above 80 %, now 80.50 %",
        connections(161),
        connections(160),
    ),
    _draft(
        "DatabaseConnectionsHigh",
        "critical",
        "database connections above 95 %, now 95.50 %",
        connections(191),
        connections(190),
        lower=True,
    ),
)

_V7 = "Astral Core v7"


def _v7(
    alert: str,
    severity: str,
    summary: str,
    beyond: tuple[Series, ...],
    before: tuple[Series, ...],
    *,
    holds: int = 300,
    labels: tuple[tuple[str, str], ...] = (),
    lower: bool = False,
) -> Line:
    return Line(
        alert=alert,
        severity=severity,
        priority={"critical": "SEV1", "warning": "SEV2"}[severity],
        owner="Primary On-Call",
        summary=f"{_V7}: {summary}",
        beyond=beyond,
        before=before,
        holds=holds,
        labels=labels,
        lower=lower,
    )


def _three_seconds(within: float) -> tuple[Series, ...]:
    """All slower than one second, so that the warning fires as well."""
    labels = 'job="astral-core-v7",path="/"'
    return (
        *counter(f'http_request_duration_seconds_bucket{{{labels},le="1.0"}}', 10),
        *requests("astral-core-v7", "3.0", within),
    )


ASTRAL_CORE_V7 = (
    _v7(
        "ApplicationNotResponding",
        "critical",
        "The health check answers 503 or not at all",
        gauge('probe_success{check="system"}', 0),
        gauge('probe_success{check="system"}', 1),
        holds=60,
    ),
    _v7(
        "DatabaseConnectionFailed",
        "critical",
        "The database cannot be reached",
        gauge('pg_up{role="primary"}', 0),
        gauge('pg_up{role="primary"}', 1),
        holds=0,
    ),
    _v7(
        "ResponseSlow",
        "warning",
        "response time above 1 s, now 1.033s",
        requests("astral-core-v7", "1.0", 94),
        requests("astral-core-v7", "1.0", 96),
    ),
    _v7(
        "ResponseSlow",
        "critical",
        "response time above 3 s, now 3.1s",
        _three_seconds(94),
        _three_seconds(96),
        lower=True,
    ),
    _v7("ErrorRateHigh", "warning", "error rate above 1 %, now 1.02 %", answers(1.02), answers(0.99)),
    _v7("ErrorRateHigh", "critical", "error rate above 5 %, now 5.10 %", answers(5.1), answers(4.99), lower=True),
    _v7("MemoryHigh", "warning", "memory (node n1) above 70 %, now 71.00 %", memory(71), memory(69.9), labels=NODE),
    _v7(
        "MemoryHigh",
        "critical",
        "memory (node n1) above 85 %, now 86.00 %",
        memory(86),
        memory(84.9),
        labels=NODE,
        lower=True,
    ),
    _v7(
        "DatabaseConnectionsHigh",
        "warning",
        "database connections above 80 %, now 80.50 %",
        connections(161),
        connections(160),
    ),
    _v7(
        "DatabaseConnectionsHigh",
        "critical",
        "database connections above 95 %, now 95.50 %",
        connections(191),
        connections(190),
        lower=True,
    ),
    _v7(
        "CacheHitsLow",
        "warning",
        "cache hits below 70 %, now 69.00 %",
        gauge('cache_hit_percent{job="json"}', 69),
        gauge('cache_hit_percent{job="json"}', 70),
    ),
    _v7(
        "CacheHitsLow",
        "critical",
        "cache hits below 50 %, now 49.00 %",
        gauge('cache_hit_percent{job="json"}', 49),
        gauge('cache_hit_percent{job="json"}', 50),
        lower=True,
    ),
    _v7(
        "PagesPaintSlowly",
        "warning",
        "largest contentful paint above 4 s, now 4.1s",
        gauge('largest_paint_seconds{job="json"}', 4.1),
        gauge('largest_paint_seconds{job="json"}', 4),
    ),
)


def _being(
    alert: str,
    severity: str,
    owner: str,
    summary: str,
    beyond: tuple[Series, ...],
    before: tuple[Series, ...],
    *,
    holds: int = 0,
) -> Line:
    return Line(
        alert=alert,
        severity=severity,
        priority=severity,
        owner=owner,
        service="crisis_intervention" if owner == "Crisis Team" else "platform",
        summary=f"Being: {summary}",
        beyond=beyond,
        before=before,
        holds=holds,
    )


def _told(name: str, beyond: float, before: float) -> tuple[tuple[Series, ...], tuple[Series, ...]]:
    return gauge(f'{name}{{pod="a"}}', beyond), gauge(f'{name}{{pod="a"}}', before)


def _device(name: str, limit: str) -> tuple[tuple[Series, ...], tuple[Series, ...]]:
    return times(name, "", limit, 94), times(name, "", limit, 96)


_ENGINEERS, _TEAM, _CLINIC = "On-Call Engineering", "Crisis Team", "Clinical Team"
BEING = (
    _being(
        "HealthCheckFailed",
        "critical",
        _ENGINEERS,
        "The API does not answer from outside",
        gauge('probe_success{check="api"}', 0),
        gauge('probe_success{check="api"}', 1),
        holds=60,
    ),
    _being(
        "DatabaseNotConnected",
        "critical",
        _ENGINEERS,
        "The API has no database",
        (*gauge('pg_up{role="primary"}', 1), *gauge('database_connected{job="json"}', 0)),
        (*gauge('pg_up{role="primary"}', 1), *gauge('database_connected{job="json"}', 1)),
    ),
    _being(
        "CrisisSystemDown",
        "critical",
        _TEAM,
        "The crisis paths do not answer from outside",
        gauge('probe_success{check="hotline"}', 0),
        gauge('probe_success{check="hotline"}', 1),
    ),
    _being(
        "CrisisEndpointSlow",
        "critical",
        _TEAM,
        "crisis response time above 0.2 s, now 206.7ms",
        requests("being-api", "0.2", 94, "/crisis/chat"),
        requests("being-api", "0.2", 96, "/crisis/chat"),
        holds=60,
    ),
    _being(
        "CrisisDetectionInaccurate",
        "critical",
        _TEAM,
        "crisis detection accuracy below 99.9 %, now 99.89 %",
        *_told("crisis_detection_percent", 99.89, 99.9),
    ),
    _being(
        "HotlineUnavailable",
        "critical",
        _TEAM,
        "hotline availability does not answer",
        *_told("hotline_available", 0, 1),
    ),
    _being(
        "EmergencyContactsUnreachable",
        "critical",
        _TEAM,
        "emergency contacts reachable below 99.5 %, now 99.40 %",
        *_told("emergency_contacts_percent", 99.4, 99.5),
    ),
    _being(
        "AppLaunchSlow",
        "warning",
        _ENGINEERS,
        "app launch above 3 s, now 3.1s",
        *_device("app_launch_seconds", "3.0"),
        holds=300,
    ),
    _being(
        "CrisisButtonSlow",
        "critical",
        _TEAM,
        "crisis button above 0.2 s, now 206.7ms",
        *_device("crisis_button_seconds", "0.2"),
        holds=60,
    ),
    _being(
        "AssessmentLoadingSlow",
        "warning",
        _ENGINEERS,
        "assessment loading above 0.3 s, now 310ms",
        *_device("assessment_load_seconds", "0.3"),
        holds=300,
    ),
    _being(
        "CheckInSlow",
        "warning",
        _ENGINEERS,
        "check-in transitions above 0.5 s, now 516.7ms",
        *_device("check_in_seconds", "0.5"),
        holds=300,
    ),
    _being(
        "BreathingExerciseStutters",
        "warning",
        _ENGINEERS,
        "breathing exercise below 55, now 54",
        *_told("breathing_frames_per_second", 54, 55),
        holds=300,
    ),
    _being(
        "Phq9ScoringWrong",
        "critical",
        _CLINIC,
        "PHQ-9 scoring below 100 %, now 99.99 %",
        *_told("phq9_accuracy_percent", 99.99, 100),
    ),
    _being(
        "Gad7ScoringWrong",
        "critical",
        _CLINIC,
        "GAD-7 scoring below 100 %, now 99.99 %",
        *_told("gad7_accuracy_percent", 99.99, 100),
    ),
    _being(
        "CrisisThresholdsInaccurate",
        "critical",
        _TEAM,
        "crisis thresholds below 100 %, now 99.99 %",
        *_told("crisis_threshold_percent", 99.99, 100),
    ),
    _being(
        "TherapeuticTimingOff",
        "warning",
        _CLINIC,
        "therapeutic timing below 99.5 %, now 99.40 %",
        *_told("therapeutic_timing_percent", 99.4, 99.5),
    ),
)

LINES: dict[str, tuple[Line, ...]] = {
    "astral-core-v2": ASTRAL_CORE_V2,
    "tdah-assistant": TDAH_ASSISTANT,
    "astral-draft": ASTRAL_DRAFT,
    "astral-core-v7": ASTRAL_CORE_V7,
    "being": BEING,
}
