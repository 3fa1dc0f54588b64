"""Astral Core v7: what is watched, where the lines are, and who is told."""

from systems import model as m
from systems import usual
from systems.astral_core_v7.source import V7

HEALTH = V7.under("Monitoring & Alerts > Health Check Endpoints")
TEAM = V7.under("Emergency Contacts & Escalation > Incident Response Team")
LEVELS = V7.under("Emergency Contacts & Escalation > Severity Levels")
MATRIX = V7.under("Support Escalation > Escalation Matrix")
SLOW_PAGES = V7.under("Common Issues & Solutions > Performance Degradation")
NOT_RESPONDING = V7.under("Common Issues & Solutions > Application Not Responding")

ABOVE, BELOW, EQUAL = m.Comparison.ABOVE, m.Comparison.BELOW, m.Comparison.EQUAL
WINDOW = "no duration is documented: one window, so that a single slow moment calls nobody"


def _line(
    signal: m.Signal, comparison: m.Comparison, limit: float, statistic: m.Statistic = m.Statistic.CURRENT
) -> m.Condition:
    return m.Condition(
        signal=signal,
        comparison=comparison,
        limit=limit,
        for_seconds=300,
        statistic=statistic,
        because={"for_seconds": WINDOW},
    )


THRESHOLDS = (
    m.Threshold(
        name="response time",
        warning=_line(m.Signal.RESPONSE_SECONDS, ABOVE, 1, m.Statistic.P95),
        critical=_line(m.Signal.RESPONSE_SECONDS, ABOVE, 3, m.Statistic.P95),
        action="scale resources",
        because={"warning": "1000 ms; no quantile is documented: p95 at HAProxy (SYS-18)", "critical": "3000 ms, p95"},
    ),
    m.Threshold(
        name="error rate",
        warning=_line(m.Signal.ERROR_PERCENT, ABOVE, 1),
        critical=_line(m.Signal.ERROR_PERCENT, ABOVE, 5),
        action="check logs, roll back if needed",
    ),
    m.Threshold(
        name="memory",
        warning=_line(m.Signal.MEMORY_PERCENT, ABOVE, 70),
        critical=_line(m.Signal.MEMORY_PERCENT, ABOVE, 85),
        action="clear cache, scale up",
    ),
    m.Threshold(
        name="database connections",
        warning=_line(m.Signal.DATABASE_CONNECTIONS_PERCENT, ABOVE, 80),
        critical=_line(m.Signal.DATABASE_CONNECTIONS_PERCENT, ABOVE, 95),
        action="increase pool size",
    ),
    m.Threshold(
        name="cache hits",
        warning=_line(m.Signal.CACHE_HIT_PERCENT, BELOW, 70),
        critical=_line(m.Signal.CACHE_HIT_PERCENT, BELOW, 50),
        action="review caching strategy",
    ),
    m.Threshold(
        source=SLOW_PAGES,
        name="largest contentful paint",
        warning=_line(m.Signal.LARGEST_PAINT_SECONDS, ABOVE, 4),
        action="check performance metrics and cache hits, enable emergency caching",
    ),
)

ALERTS = (
    m.Alert(
        source=NOT_RESPONDING,
        name="ApplicationNotResponding",
        condition=m.Condition(
            signal=m.Signal.HEALTH_UP,
            comparison=EQUAL,
            limit=0,
            for_seconds=60,
            because={"for_seconds": "two outside checks of 30 s"},
        ),
        severity=m.Severity.CRITICAL,
        priority="SEV1",
        summary="The health check answers 503 or not at all",
        action="check the rollout, the health path and recent releases; roll back",
    ),
    m.Alert(
        source=V7.under("Common Issues & Solutions > Database Connection Issues"),
        name="DatabaseConnectionFailed",
        condition=m.Condition(signal=m.Signal.DATABASE_UP, comparison=EQUAL, limit=0),
        severity=m.Severity.CRITICAL,
        priority="SEV1",
        summary="The database cannot be reached",
        action="check the database, its pool and DATABASE_URL; restart the application; scale the database",
        because={"condition": "a documented error message, measured at the pooler; absent counts as down (SYS-31)"},
    ),
)

JSON_ENDPOINTS = (
    m.JsonEndpoint(
        source=HEALTH,
        path="/api/monitoring/performance",
        contract_decided=True,
        metrics=(
            m.JsonMetric(name="largest_paint_seconds", json_path=".webVitals.lcp", meaning="LCP, 75th percentile"),
            m.JsonMetric(name="interaction_seconds", json_path=".webVitals.inp", meaning="INP, which replaced FID"),
            m.JsonMetric(name="layout_shift", json_path=".webVitals.cls", meaning="CLS, 75th percentile"),
            m.JsonMetric(
                name="cache_hit_percent", json_path=".cache.hitRate", meaning="hits of the application's cache"
            ),
        ),
    ),
    m.JsonEndpoint(
        source=HEALTH,
        path="/api/monitoring/metrics",
        contract_decided=True,
        metrics=(
            m.JsonMetric(name="server_response_seconds", json_path=".responseTime", meaning="as the server sees it"),
        ),
    ),
)


def _priority(
    name: str, meaning: str, severity: m.Severity, seconds: int, receiver: str, escalates_to: str, reason: str = ""
) -> m.Priority:
    return m.Priority(
        source=MATRIX,
        name=name,
        meaning=meaning,
        severity=severity,
        response_seconds=seconds,
        business_days_only=name == "SEV4",
        notifies=(receiver,),
        escalates_to=escalates_to,
        escalates_after_seconds=seconds,
        because={
            "severity": "SYS-15",
            "notifies": "who answers first is documented, the channel only for some (V7-D10)",
            **({"response_seconds": reason, "escalates_after_seconds": reason} if reason else {}),
        },
    )


PRIORITIES = (
    _priority(
        "SEV1",
        "Complete service outage, data breach, or security incident",
        m.Severity.CRITICAL,
        900,
        "on-call",
        "Engineering Lead",
    ),
    _priority(
        "SEV2",
        "Major feature unavailable, significant performance degradation",
        m.Severity.WARNING,
        1_800,
        "on-call",
        "Team Lead",
    ),
    _priority(
        "SEV3",
        "Minor feature issues, non-critical bugs",
        m.Severity.INFO,
        7_200,
        "support",
        "Primary On-Call",
        "2 hours",
    ),
    _priority(
        "SEV4",
        "Documentation, minor improvements",
        m.Severity.INFO,
        usual.DAY_SECONDS,
        "support",
        "Product Team",
        "next business day: a day, counted on business days only",
    ),
)

ROUTES = (
    m.Route(
        name="security",
        match={"service": "security"},
        receiver="security",
        group_wait_seconds=0,
        continues=True,
    ),
    m.Route(name="critical", match={"severity": "critical"}, receiver="on-call", group_wait_seconds=0),
    m.Route(name="warning", match={"severity": "warning"}, receiver="on-call", group_wait_seconds=300),
    m.Route(name="info", match={"severity": "info"}, receiver="support", group_wait_seconds=300),
)

ON_CALL = (
    m.OnCallRole(name="Primary On-Call", response_seconds=900, has_backup=True),
    m.OnCallRole(name="Secondary On-Call", response_seconds=900, has_backup=False),
    m.OnCallRole(name="Engineering Lead", response_seconds=900, has_backup=False, hours="business hours"),
    m.OnCallRole(name="Security Team", response_seconds=900, has_backup=False),
    m.OnCallRole(name="Team Lead", response_seconds=1_800, has_backup=False, hours="business hours", source=MATRIX),
    m.OnCallRole(name="Support Team", response_seconds=7_200, has_backup=False, hours="business hours", source=MATRIX),
    m.OnCallRole(
        name="Product Team", response_seconds=usual.DAY_SECONDS, has_backup=False, hours="business hours", source=MATRIX
    ),
)

MONITORING = m.Monitoring(
    source=V7.under("Monitoring & Alerts > Alert Thresholds"),
    components=usual.monitoring_components(),
    scrape_seconds=15,
    evaluation_seconds=15,
    scrape_jobs=usual.scrape_jobs("astral-core-v7"),
    json_endpoints=JSON_ENDPOINTS,
    thresholds=THRESHOLDS,
    alerts=ALERTS,
    priorities=PRIORITIES,
    receivers=(
        m.Receiver(name="on-call", channels=("on-call-pager", "engineering-slack"), source=TEAM),
        m.Receiver(name="security", channels=("security-email",), source=TEAM),
        m.Receiver(name="support", channels=("engineering-slack",), source=MATRIX),
    ),
    routes=ROUTES,
    default_receiver="support",
    escalations=(
        m.Escalation(name="unanswered page", after_seconds=900, role="Secondary On-Call", source=MATRIX),
        m.Escalation(name="still unanswered", after_seconds=1_800, role="Engineering Lead", source=MATRIX),
    ),
    on_call=ON_CALL,
    channels=(
        m.Channel(
            name="on-call-pager",
            kind=m.ChannelKind.PAGER,
            reaches="primary, then secondary on-call",
            secret="pagerduty-key",
            source=TEAM,
        ),
        m.Channel(
            name="engineering-slack",
            kind=m.ChannelKind.SLACK,
            reaches="#engineering",
            secret="slack-webhook",
            source=TEAM,
        ),
        m.Channel(name="security-email", kind=m.ChannelKind.EMAIL, reaches="security@astralcore.app", source=TEAM),
    ),
    because={
        "components": "the monitoring provider is not documented, and Vercel's own ends with Vercel (V7-D01)",
        "scrape_seconds": "none documented; the TDAH document's",
        "evaluation_seconds": "none documented; the TDAH document's",
        "scrape_jobs": "none documented; the TDAH document's",
        "routes": "people and levels are documented, routes are not; warnings have 30 minutes, so 5 to gather (V7-D10)",
        "default_receiver": "an alert without a route must reach somebody",
        "on_call": "who is on call is documented; the time each has is the matrix's (V7-D10)",
        "escalations": "the matrix's limits: the secondary first, who is there around the clock (V7-D10)",
    },
)
