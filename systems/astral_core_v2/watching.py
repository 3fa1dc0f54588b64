"""Astral Core v2: what is watched, and where the lines are."""

from systems.astral_core_v2 import calling
from systems.astral_core_v2.source import V2
from systems.model import (
    Alert,
    Comparison,
    Condition,
    JsonEndpoint,
    JsonMetric,
    Monitoring,
    MonitoringComponent,
    Resources,
    ScrapeJob,
    Severity,
    Signal,
    Statistic,
    Threshold,
)

DASHBOARD = V2.under("Monitoring and Alerting > Critical Metrics Dashboard")
WORKFLOW = V2.under("Crisis Response Operations > Crisis Intervention Workflow")
VOLUNTEERS = V2.under("Crisis Response Operations > Volunteer Management")
CRISIS_ACTIONS = V2.under("Troubleshooting Guide > Common Issues and Solutions > Crisis System Not Responding")

ABOVE, BELOW, EQUAL = Comparison.ABOVE, Comparison.BELOW, Comparison.EQUAL


def _sized(
    name: str, port: int, size: Resources, *, replicas: int = 1, storage: int = 0, days: int = 0
) -> MonitoringComponent:
    return MonitoringComponent(
        name=name,
        port=port,
        resources=size,
        replicas=replicas,
        storage_gib=storage,
        retention_days=days,
        because={
            "resources": "no size is documented; its share of the TDAH document's 4 CPU, 8GB for the stack",
            "port": "its usual port, except Grafana's documented 3001",
            "replicas": "two where a lost one would lose alerts",
            "storage_gib": "what the retention needs at the documented number of series",
            "retention_days": "performance data: a month at hand, a year in the archive",
        },
    )


COMPONENTS = (
    _sized("prometheus", 9090, Resources.fixed(cpu_cores=1, memory_gib=3), replicas=2, storage=100, days=30),
    _sized("alertmanager", 9093, Resources.fixed(cpu_cores=0.25, memory_gib=0.25), replicas=3, storage=1, days=5),
    _sized("grafana", 3001, Resources.fixed(cpu_cores=0.5, memory_gib=1), storage=10),
    _sized("loki", 3100, Resources.fixed(cpu_cores=1, memory_gib=2), storage=100, days=30),
    _sized("blackbox-exporter", 9115, Resources.fixed(cpu_cores=0.1, memory_gib=0.125)),
    _sized("json-exporter", 7979, Resources.fixed(cpu_cores=0.1, memory_gib=0.125), replicas=2),
    _sized("postgres-exporter", 9187, Resources.fixed(cpu_cores=0.1, memory_gib=0.125)),
    _sized("redis-exporter", 9121, Resources.fixed(cpu_cores=0.1, memory_gib=0.125)),
    _sized("cloudwatch-exporter", 9106, Resources.fixed(cpu_cores=0.25, memory_gib=0.5)),
    _sized("kube-state-metrics", 8080, Resources.fixed(cpu_cores=0.1, memory_gib=0.25)),
)

JSON_ENDPOINTS = (
    JsonEndpoint(
        source=VOLUNTEERS,
        path="/api/volunteers/status",
        contract_decided=False,
        metrics=(
            JsonMetric(name="volunteers_available", json_path=".available", meaning="free to take a conversation"),
            JsonMetric(name="volunteers_busy", json_path=".busy", meaning="in a conversation"),
            JsonMetric(name="volunteers_offline", json_path=".offline", meaning="not on duty"),
            JsonMetric(name="volunteers_on_call", json_path=".emergency_available", meaning="emergency backup"),
            JsonMetric(name="volunteers_updated", json_path=".last_updated", meaning="when these figures were true"),
        ),
    ),
    JsonEndpoint(
        source=V2.under("Deployment Procedures > Rolling Updates (Zero Downtime)"),
        path="/api/crisis/active-sessions",
        contract_decided=True,
        metrics=(JsonMetric(name="crisis_sessions", json_path=".active", meaning="conversations now open"),),
    ),
    JsonEndpoint(
        source=CRISIS_ACTIONS,
        path="/api/crisis/queue-status",
        contract_decided=True,
        metrics=(
            JsonMetric(name="crisis_queue_length", json_path=".length", meaning="people waiting"),
            JsonMetric(
                name="crisis_queue_seconds", json_path=".oldest_seconds", meaning="how long the first has waited"
            ),
        ),
    ),
    JsonEndpoint(
        source=V2.under("Deployment Procedures > Rolling Updates (Zero Downtime)"),
        path="/api/volunteers/availability",
        contract_decided=True,
        metrics=(JsonMetric(name="volunteers_available", json_path=".available", meaning="as in the status"),),
    ),
)

THRESHOLDS = (
    Threshold(
        name="active crisis sessions",
        target=Condition(signal=Signal.CRISIS_SESSIONS, comparison=BELOW, limit=20),
        warning=Condition(
            signal=Signal.CRISIS_SESSIONS, comparison=ABOVE, limit=19, because={"limit": "not below 20 any more"}
        ),
    ),
    Threshold(
        name="volunteer pick-up",
        target=Condition(signal=Signal.CRISIS_PICKUP_SECONDS, comparison=BELOW, limit=30, statistic=Statistic.MEAN),
        critical=Condition(signal=Signal.CRISIS_PICKUP_SECONDS, comparison=ABOVE, limit=30, statistic=Statistic.MEAN),
        because={"critical": "a target without an alert; a person waits behind every breach"},
    ),
    Threshold(
        name="volunteers",
        target=Condition(signal=Signal.VOLUNTEERS_AVAILABLE, comparison=ABOVE, limit=5),
        warning=Condition(
            signal=Signal.VOLUNTEERS_AVAILABLE,
            comparison=BELOW,
            limit=5,
            because={"limit": "the overnight shift has exactly 5: `> 5` would alert every night (SYS-17)"},
        ),
    ),
    Threshold(
        name="emergency backup volunteers",
        source=VOLUNTEERS,
        target=Condition(signal=Signal.VOLUNTEERS_ON_CALL, comparison=ABOVE, limit=19, because={"limit": "20 or more"}),
        warning=Condition(signal=Signal.VOLUNTEERS_ON_CALL, comparison=BELOW, limit=20),
    ),
    Threshold(
        name="AI safety checks",
        target=Condition(signal=Signal.AI_SAFETY_PASS_PERCENT, comparison=ABOVE, limit=99),
        critical=Condition(signal=Signal.AI_SAFETY_PASS_PERCENT, comparison=BELOW, limit=99),
        because={"critical": "a target without an alert; what fails here reaches a person in crisis"},
    ),
    Threshold(
        name="crisis queue wait",
        source=WORKFLOW,
        target=Condition(signal=Signal.CRISIS_QUEUE_SECONDS, comparison=BELOW, limit=30),
        critical=Condition(signal=Signal.CRISIS_QUEUE_SECONDS, comparison=ABOVE, limit=30),
    ),
    Threshold(
        name="human review",
        source=WORKFLOW,
        target=Condition(signal=Signal.CRISIS_REVIEW_SECONDS, comparison=BELOW, limit=60),
        critical=Condition(signal=Signal.CRISIS_REVIEW_SECONDS, comparison=ABOVE, limit=60),
    ),
    Threshold(
        name="uptime",
        target=Condition(
            signal=Signal.UPTIME_PERCENT,
            comparison=ABOVE,
            limit=99.99,
            window_seconds=2_592_000,
            because={"limit": "the objectives say which path is held to it (SYS-07)", "window_seconds": "thirty days"},
        ),
    ),
    Threshold(
        name="database queries",
        target=Condition(signal=Signal.DATABASE_QUERY_SECONDS, comparison=BELOW, limit=0.1, statistic=Statistic.MEAN),
        warning=Condition(
            signal=Signal.DATABASE_QUERY_SECONDS,
            comparison=ABOVE,
            limit=0.1,
            for_seconds=300,
            statistic=Statistic.MEAN,
            because={
                "for_seconds": "no duration is documented: one window",
                "statistic": "what pg_stat_statements has",
            },
        ),
    ),
    Threshold(
        name="memory",
        warning=Condition(
            signal=Signal.MEMORY_PERCENT,
            comparison=ABOVE,
            limit=85,
            for_seconds=300,
            because={"for_seconds": "no duration is documented: one window"},
        ),
        action="scale up; clear caches if beneficial",
        because={"action": "Emergency Procedures, Code Yellow"},
    ),
    Threshold(
        name="cpu",
        warning=Condition(
            signal=Signal.CPU_PERCENT,
            comparison=ABOVE,
            limit=80,
            for_seconds=300,
            because={"for_seconds": "no duration is documented: one window"},
        ),
        action="scale out",
        because={"action": "Emergency Procedures, Code Yellow"},
    ),
)

ALERTS = (
    Alert(
        name="CrisisSystemDown",
        source=V2.under("Monitoring and Alerting > Alert Escalation Matrix"),
        condition=Condition(signal=Signal.CRISIS_UP, comparison=EQUAL, limit=0),
        severity=Severity.CRITICAL,
        priority="P0",
        service="crisis_intervention",
        summary="The crisis system does not answer",
        description="The crisis health path failed from outside. The static page with 988 is being served.",
        action="Code Red: backup hotline, maintenance page, volunteers, on-call engineers, backup infrastructure",
        because={"condition": "P0 - Crisis System Down, measured by the documented crisis health path"},
    ),
    Alert(
        name="CrisisEndpointSlow",
        source=V2.under("Emergency Procedures > Emergency Response Protocol > Code Yellow: Performance Degradation"),
        condition=Condition(
            signal=Signal.CRISIS_ENDPOINT_SECONDS,
            comparison=ABOVE,
            limit=1,
            for_seconds=300,
            statistic=Statistic.P95,
            because={
                "limit": "Code Yellow's 30 s are a person's (SYS-18)",
                "for_seconds": "no duration is documented: one window",
                "statistic": "none documented; the TDAH document's",
            },
        ),
        severity=Severity.WARNING,
        priority="P1",
        service="crisis_intervention",
        summary="Crisis paths answer slowly",
        action="Code Yellow: scale, optimise queries, clear caches, watch how long people wait",
    ),
)

MONITORING = Monitoring(
    source=DASHBOARD,
    components=COMPONENTS,
    scrape_seconds=15,
    evaluation_seconds=15,
    scrape_jobs=(
        ScrapeJob(name="astral-web", target="astral-web", path="/metrics", interval_seconds=15),
        ScrapeJob(name="balancer", target="balancer", path="/metrics", interval_seconds=15),
        ScrapeJob(name="database", target="database", path="/metrics", interval_seconds=15),
        ScrapeJob(name="cache", target="cache", path="/metrics", interval_seconds=15),
    ),
    json_endpoints=JSON_ENDPOINTS,
    thresholds=THRESHOLDS,
    alerts=ALERTS,
    priorities=calling.PRIORITIES,
    receivers=calling.RECEIVERS,
    routes=calling.ROUTES,
    default_receiver="platform-team-slack",
    escalations=calling.ESCALATIONS,
    on_call=calling.ON_CALL,
    channels=calling.CHANNELS,
    because={
        "components": "the diagram has Prometheus and Grafana; alerts need Alertmanager, logs Loki, JSON an exporter",
        "scrape_jobs": "no interval is documented; the TDAH document's",
        "scrape_seconds": "no interval is documented; the TDAH document's",
        "evaluation_seconds": "no interval is documented; the TDAH document's",
        "default_receiver": "an alert without a route must reach somebody",
        "channels": "pager, Slack, SMS, status page and e-mail are documented, their addresses are the stack's",
    },
)
