"""Astral Core v2: what is watched, where the lines are, and who is told."""

from systems.astral_core_v2.source import V2
from systems.model import (
    Alert,
    Channel,
    ChannelKind,
    Comparison,
    Condition,
    Escalation,
    JsonEndpoint,
    JsonMetric,
    Monitoring,
    MonitoringComponent,
    OnCallRole,
    Priority,
    Receiver,
    Resources,
    Route,
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
CONTACTS = V2.under("Emergency Procedures > Emergency Contact List")
CODE_RED = V2.under("Emergency Procedures > Emergency Response Protocol > Code Red: Crisis System Failure")

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

CHANNELS = (
    Channel(name="crisis-team-pager", kind=ChannelKind.PAGER, reaches="crisis team", secret="pagerduty-key"),
    Channel(name="on-call-pager", kind=ChannelKind.PAGER, reaches="on-call engineer", secret="pagerduty-key"),
    Channel(name="crisis-team-slack", kind=ChannelKind.SLACK, reaches="#crisis-team", secret="slack-webhook"),
    Channel(name="platform-team-slack", kind=ChannelKind.SLACK, reaches="#platform", secret="slack-webhook"),
    Channel(name="development-team-slack", kind=ChannelKind.SLACK, reaches="#development", secret="slack-webhook"),
    Channel(name="volunteers-sms", kind=ChannelKind.SMS, reaches="all available volunteers", source=CODE_RED),
    Channel(name="status-page", kind=ChannelKind.STATUS_PAGE, reaches="the public", source=CODE_RED),
    Channel(name="alerts-email", kind=ChannelKind.EMAIL, reaches="the platform team"),
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
    priorities=(
        Priority(
            source=V2.under("Monitoring and Alerting > Alert Escalation Matrix"),
            name="P0",
            meaning="Crisis System Down",
            severity=Severity.CRITICAL,
            response_seconds=0,
            notifies=("crisis-team-pager", "crisis-team-slack"),
            escalates_to="Crisis Team Lead",
            escalates_after_seconds=300,
            because={"escalates_after_seconds": "the crisis team lead's response time"},
        ),
        Priority(
            source=V2.under("Monitoring and Alerting > Alert Escalation Matrix"),
            name="P1",
            meaning="Performance Degraded",
            severity=Severity.WARNING,
            response_seconds=300,
            notifies=("on-call-pager",),
            escalates_to="Platform Engineering",
            escalates_after_seconds=600,
            because={
                "response_seconds": "5 minutes",
                "escalates_after_seconds": "platform engineering's response time",
            },
        ),
        Priority(
            source=V2.under("Monitoring and Alerting > Alert Escalation Matrix"),
            name="P2",
            meaning="High Resource Usage",
            severity=Severity.WARNING,
            response_seconds=900,
            notifies=("platform-team-slack",),
            because={"response_seconds": "15 minutes"},
        ),
        Priority(
            source=V2.under("Monitoring and Alerting > Alert Escalation Matrix"),
            name="P3",
            meaning="Non-critical Issues",
            severity=Severity.INFO,
            response_seconds=3_600,
            notifies=("development-team-slack",),
            because={"response_seconds": "1 hour"},
        ),
    ),
    receivers=(
        Receiver(name="crisis-team-pager", channels=("crisis-team-pager", "volunteers-sms")),
        Receiver(name="crisis-team-slack", channels=("crisis-team-slack",)),
        Receiver(name="on-call-pager", channels=("on-call-pager",)),
        Receiver(name="platform-team-slack", channels=("platform-team-slack", "alerts-email")),
        Receiver(name="development-team-slack", channels=("development-team-slack",)),
    ),
    routes=(
        Route(
            source=V2.under("Monitoring and Alerting > Notification Channels"),
            name="crisis",
            match={"service": "crisis_intervention"},
            receiver="crisis-team-slack",
            group_wait_seconds=30,
            continues=True,
            because={"continues": "the document's order lets `critical` silence the crisis team's channel (SYS-15)"},
        ),
        Route(
            source=V2.under("Monitoring and Alerting > Notification Channels"),
            name="critical",
            match={"severity": "critical"},
            receiver="crisis-team-pager",
            group_wait_seconds=0,
        ),
        Route(
            source=V2.under("Monitoring and Alerting > Notification Channels"),
            name="degraded",
            match={"severity": "warning", "priority": "P1"},
            receiver="on-call-pager",
            group_wait_seconds=30,
            because={"match": "warnings wait 5 minutes, which is all the time P1 has: a route of its own (SYS-15)"},
        ),
        Route(
            source=V2.under("Monitoring and Alerting > Notification Channels"),
            name="warning",
            match={"severity": "warning"},
            receiver="platform-team-slack",
            group_wait_seconds=300,
            because={"group_wait_seconds": "5m"},
        ),
        Route(
            name="info",
            match={"severity": "info"},
            receiver="development-team-slack",
            group_wait_seconds=300,
            because={
                "match": "P3 goes to the development team; no route is documented (SYS-15)",
                "group_wait_seconds": "5m",
            },
        ),
    ),
    default_receiver="platform-team-slack",
    escalations=(
        Escalation(name="unanswered page", after_seconds=300, role="Crisis Team Lead", source=CONTACTS),
        Escalation(name="still unanswered", after_seconds=600, role="Platform Engineering", source=CONTACTS),
    ),
    on_call=(
        OnCallRole(name="Crisis Team Lead", response_seconds=300, has_backup=True, source=CONTACTS),
        OnCallRole(name="Platform Engineering", response_seconds=600, has_backup=True, source=CONTACTS),
        OnCallRole(name="Security Team", response_seconds=900, has_backup=True, source=CONTACTS),
        OnCallRole(name="Database Admin", response_seconds=1_200, has_backup=True, source=CONTACTS),
    ),
    channels=CHANNELS,
    because={
        "components": "the diagram has Prometheus and Grafana; alerts need Alertmanager, logs Loki, JSON an exporter",
        "scrape_jobs": "no interval is documented; the TDAH document's",
        "scrape_seconds": "no interval is documented; the TDAH document's",
        "evaluation_seconds": "no interval is documented; the TDAH document's",
        "default_receiver": "an alert without a route must reach somebody",
        "channels": "pager, Slack, SMS, status page and e-mail are documented, their addresses are the stack's",
    },
)
