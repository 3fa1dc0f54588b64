"""Astral Draft: what is watched, where the lines are, and who is told."""

from collections.abc import Mapping
from types import MappingProxyType

from systems import model as m
from systems import usual
from systems.astral_draft.source import DRAFT, WEB

KPIS = DRAFT.under("MONITORING & ALERTING > Key Performance Indicators (KPIs)")
ALERTING = DRAFT.under("MONITORING & ALERTING > Alert Configuration")
ESCALATION = DRAFT.under("COMMUNICATION PLAN > Escalation Path")
INTERNAL = DRAFT.under("COMMUNICATION PLAN > Internal Communications")
REFERENCE = DRAFT.under("QUICK REFERENCE")

ABOVE, BELOW = m.Comparison.ABOVE, m.Comparison.BELOW
WINDOW = "no duration is documented: one window, so that a single bad moment calls nobody"


def _indicator(
    name: str,
    signal: m.Signal,
    warning: float,
    critical: float,
    action: str,
    *,
    statistic: m.Statistic = m.Statistic.CURRENT,
    because: Mapping[str, str] = MappingProxyType({}),
) -> m.Threshold:
    """A row of the table: normal below the warning, which is below the critical."""

    def line(limit: float, comparison: m.Comparison = ABOVE, for_seconds: int = 300) -> m.Condition:
        return m.Condition(
            signal=signal,
            comparison=comparison,
            limit=limit,
            for_seconds=for_seconds,
            statistic=statistic,
            because={**because, **({"for_seconds": WINDOW} if for_seconds else {})},
        )

    return m.Threshold(
        name=name, target=line(warning, BELOW, 0), warning=line(warning), critical=line(critical), action=action
    )


THRESHOLDS = (
    _indicator("error rate", m.Signal.ERROR_PERCENT, 0.1, 1, "investigate, roll back"),
    _indicator(
        "response time",
        m.Signal.RESPONSE_SECONDS,
        0.2,
        0.5,
        "scale, optimize",
        statistic=m.Statistic.MEAN,
        because={"statistic": "the table says `response time`, the report `average response time` (DRAFT-D08)"},
    ),
    _indicator("cpu", m.Signal.CPU_PERCENT, 60, 80, "scale horizontally"),
    _indicator("memory", m.Signal.MEMORY_PERCENT, 70, 85, "restart, scale"),
    _indicator(
        "database connections",
        m.Signal.DATABASE_CONNECTIONS_PERCENT,
        80,
        95,
        "connection pooling",
        because={"signal": "80 and 95 without a unit: of the hundred that PostgreSQL allows by itself (DRAFT-D08)"},
    ),
)

PSEUDO = "not PromQL; the same line on a signal (DRAFT-D08)"
ALERTS = (
    m.Alert(
        name="high_error_rate",
        condition=m.Condition(signal=m.Signal.ERROR_PERCENT, comparison=ABOVE, limit=1, for_seconds=300),
        severity=m.Severity.CRITICAL,
        priority="page_oncall",
        summary="More than one request in a hundred fails",
        documented_expression="error_rate > 1%",
        action="page_oncall",
        because={"condition": PSEUDO},
    ),
    m.Alert(
        name="slow_response",
        condition=m.Condition(
            signal=m.Signal.RESPONSE_SECONDS, comparison=ABOVE, limit=1, for_seconds=600, statistic=m.Statistic.P95
        ),
        severity=m.Severity.WARNING,
        priority="notify_team",
        summary="One answer in twenty takes longer than a second",
        documented_expression="p95_latency > 1s",
        action="notify_team",
        because={"condition": PSEUDO},
    ),
    m.Alert(
        name="memory_pressure",
        condition=m.Condition(signal=m.Signal.MEMORY_PERCENT, comparison=ABOVE, limit=85, for_seconds=180),
        severity=m.Severity.INFO,
        priority="auto_scale",
        summary="Memory is nearly used up; more pods are being started",
        documented_expression="memory_usage > 85%",
        action="auto_scale",
        because={"condition": PSEUDO, "severity": "the autoscaler acts; after two minutes more a person is called"},
    ),
)


def _priority(name: str, meaning: str, severity: m.Severity, seconds: int, receiver: str, reason: str) -> m.Priority:
    return m.Priority(
        source=ALERTING,
        name=name,
        meaning=meaning,
        severity=severity,
        response_seconds=seconds,
        notifies=(receiver,),
        because={"severity": "actions are documented, severities are not (DRAFT-D13)", "response_seconds": reason},
    )


PRIORITIES = (
    _priority(
        "page_oncall",
        "somebody is called, at any hour",
        m.Severity.CRITICAL,
        900,
        "on-call",
        "Escalation Path: the on-call engineer has 15 minutes",
    ),
    _priority(
        "notify_team",
        "the team looks at it today",
        m.Severity.WARNING,
        3_600,
        "team",
        "none documented; Astral Core v2's hour",
    ),
    _priority(
        "auto_scale",
        "the platform acts by itself, the team can see it",
        m.Severity.INFO,
        usual.DAY_SECONDS,
        "team",
        "none documented: nobody has to act",
    ),
)


def _role(name: str, minutes: int, hours: str = "24/7") -> m.OnCallRole:
    return m.OnCallRole(
        source=ESCALATION,
        name=name,
        response_seconds=minutes * 60,
        has_backup=False,
        hours=hours,
        because={
            "response_seconds": "the end of its level; the last one has none, so its beginning",
            "has_backup": "nobody's deputy is documented: the next level is called",
        },
    )


MONITORING = m.Monitoring(
    source=KPIS,
    components=usual.monitoring_components(),
    scrape_seconds=15,
    evaluation_seconds=15,
    scrape_jobs=usual.scrape_jobs(WEB),
    thresholds=THRESHOLDS,
    alerts=ALERTS,
    priorities=PRIORITIES,
    receivers=(
        m.Receiver(name="on-call", channels=("on-call-pager", "ops-team-email")),
        m.Receiver(name="team", channels=("ops-team-email",)),
    ),
    routes=(
        m.Route(name="critical", match={"severity": "critical"}, receiver="on-call", group_wait_seconds=0),
        m.Route(name="warning", match={"severity": "warning"}, receiver="team", group_wait_seconds=300),
        m.Route(name="info", match={"severity": "info"}, receiver="team", group_wait_seconds=300),
    ),
    default_receiver="team",
    escalations=(
        m.Escalation(name="unanswered page", after_seconds=900, role="Team Lead", source=ESCALATION),
        m.Escalation(name="still unanswered", after_seconds=1_800, role="VP Engineering", source=ESCALATION),
        m.Escalation(name="unanswered for an hour", after_seconds=3_600, role="CTO", source=ESCALATION),
    ),
    on_call=(_role("On-call Engineer", 15), _role("Team Lead", 30), _role("VP Engineering", 60), _role("CTO", 60)),
    channels=(
        m.Channel(
            source=ALERTING,
            name="on-call-pager",
            kind=m.ChannelKind.PAGER,
            reaches="on-call engineer",
            secret="pagerduty-key",
        ),
        m.Channel(
            source=REFERENCE,
            name="ops-team-email",
            kind=m.ChannelKind.EMAIL,
            reaches="ops-team@astraldraft.com",
        ),
        m.Channel(source=INTERNAL, name="all-team-email", kind=m.ChannelKind.EMAIL, reaches="all-team@astraldraft.com"),
        m.Channel(
            source=INTERNAL,
            name="deployments-slack",
            kind=m.ChannelKind.SLACK,
            reaches="#deployments",
            secret="slack-webhook",
        ),
        m.Channel(
            source=INTERNAL, name="general-slack", kind=m.ChannelKind.SLACK, reaches="#general", secret="slack-webhook"
        ),
    ),
    because={
        "components": "a dashboard at monitoring. is documented, the programs behind it are not",
        "scrape_seconds": "none documented; the TDAH document's",
        "evaluation_seconds": "none documented; the TDAH document's",
        "scrape_jobs": "none documented; the TDAH document's",
        "routes": "actions are documented, routes are not: one for each (DRAFT-D13)",
        "default_receiver": "an alert without a route must reach somebody",
    },
)
