"""TDAH assistant: what is watched, and where the lines are."""

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
from systems.tdah_assistant.calling import CHANNELS, ON_CALL, PRIORITIES, RECEIVERS, ROUTES
from systems.tdah_assistant.source import TDAH

STACK = TDAH.under("Production Architecture > Production Components")
CONFIGURATION = TDAH.under("Monitoring and Alerting > Production Monitoring")
RULES = TDAH.under("Monitoring and Alerting > Critical Alerts")


def _component(
    name: str, port: int, cpu_cores: float, memory_gib: float, *, storage_gib: int = 0, days: int = 0
) -> MonitoringComponent:
    return MonitoringComponent(
        source=STACK,
        name=name,
        port=port,
        replicas=1,
        resources=Resources.fixed(cpu_cores=cpu_cores, memory_gib=memory_gib),
        storage_gib=storage_gib,
        retention_days=days,
        because={
            "resources": "its share of the documented 4 CPU, 8GB RAM for the whole stack",
            "port": "its usual port",
            "storage_gib": "what the retention needs at the documented number of series",
            "retention_days": "none documented: a month at hand, a year in the archive",
        },
    )


COMPONENTS = (
    _component("prometheus", 9090, 1.5, 3.5, storage_gib=100, days=30),
    _component("alertmanager", 9093, 0.25, 0.25, storage_gib=1, days=5),
    _component("grafana", 3000, 0.5, 1, storage_gib=10),
    _component("loki", 3100, 1, 2, storage_gib=100, days=30),
    _component("blackbox-exporter", 9115, 0.1, 0.125),
    _component("json-exporter", 7979, 0.1, 0.125),
    _component("postgres-exporter", 9187, 0.1, 0.125),
    _component("redis-exporter", 9121, 0.1, 0.125),
    _component("cloudwatch-exporter", 9106, 0.2, 0.5),
    _component("kube-state-metrics", 8080, 0.15, 0.25),
)

JSON_ENDPOINTS = (
    JsonEndpoint(
        source=CONFIGURATION,
        path="/health/database/performance",
        contract_decided=True,
        metrics=(
            JsonMetric(name="database_pool_used", json_path=".pool.used", meaning="connections in use in one process"),
            JsonMetric(name="database_pool_size", json_path=".pool.size", meaning="connections it may open"),
            JsonMetric(
                name="database_query_mean_seconds", json_path=".queries.mean_seconds", meaning="as the API sees it"
            ),
        ),
    ),
    JsonEndpoint(
        source=RULES,
        path="/health/database",
        contract_decided=True,
        metrics=(JsonMetric(name="database_health_status", json_path=".healthy", meaning="1 or 0"),),
    ),
)

HIGH_ERROR_RATE = Condition(
    source=RULES, signal=Signal.ERROR_PERCENT, comparison=Comparison.ABOVE, limit=1, for_seconds=120
)
DATABASE_DOWN = Condition(source=RULES, signal=Signal.DATABASE_UP, comparison=Comparison.EQUAL, limit=0, for_seconds=60)
HIGH_RESPONSE_TIME = Condition(
    source=RULES,
    signal=Signal.RESPONSE_SECONDS,
    comparison=Comparison.ABOVE,
    limit=1,
    for_seconds=300,
    statistic=Statistic.P95,
)

ALERTS = (
    Alert(
        source=RULES,
        name="HighErrorRate",
        condition=HIGH_ERROR_RATE,
        severity=Severity.CRITICAL,
        priority="critical",
        summary="High error rate in production",
        description="Error rate is {{ $value }}% for the last 5 minutes",
        documented_expression='rate(http_requests_total{status=~"5.."}[5m]) / rate(http_requests_total[5m]) * 100 > 1',
        because={"condition": "unaggregated: each series is divided by itself, 100 % or nothing (SYS-31)"},
    ),
    Alert(
        source=RULES,
        name="DatabaseDown",
        condition=DATABASE_DOWN,
        severity=Severity.CRITICAL,
        priority="critical",
        summary="Database is down",
        description="Database health check failed",
        documented_expression="database_health_status == 0",
        because={"condition": "silent when the API that reports it is down: absent counts as 0 (SYS-31)"},
    ),
    Alert(
        source=RULES,
        name="HighResponseTime",
        condition=HIGH_RESPONSE_TIME,
        severity=Severity.WARNING,
        priority="warning",
        summary="High response time",
        description="95th percentile response time is {{ $value }}s",
        documented_expression="histogram_quantile(0.95, rate(http_request_duration_seconds_bucket[5m])) > 1",
        because={"condition": "a quantile of each series, not of all requests: sums by le are missing (SYS-31)"},
    ),
)

THRESHOLDS = (
    Threshold(
        name="replica lag",
        warning=Condition(signal=Signal.REPLICA_LAG_SECONDS, comparison=Comparison.ABOVE, limit=30, for_seconds=300),
        because={"warning": "none documented: what the loss budget of a lost region allows for"},
    ),
    Threshold(
        name="age of the last dump",
        source=TDAH.under("Disaster Recovery > Business Continuity"),
        warning=Condition(signal=Signal.BACKUP_AGE_SECONDS, comparison=Comparison.ABOVE, limit=25_200),
        because={"warning": "every 6 hours, and an hour for dump and upload"},
    ),
    Threshold(
        name="age of the last recovery test",
        source=TDAH.under("Disaster Recovery > Business Continuity"),
        warning=Condition(signal=Signal.DRILL_AGE_SECONDS, comparison=Comparison.ABOVE, limit=3_283_200),
        because={"warning": "monthly: 35 days at most between first Sundays, and three to repair a failed one"},
    ),
    Threshold(
        name="memory",
        source=TDAH.under("Maintenance Procedures > Performance Monitoring"),
        warning=Condition(signal=Signal.MEMORY_PERCENT, comparison=Comparison.ABOVE, limit=85, for_seconds=300),
        because={"warning": "checked weekly without a figure; Astral Core v2's"},
    ),
    Threshold(
        name="cpu",
        source=TDAH.under("Maintenance Procedures > Performance Monitoring"),
        warning=Condition(signal=Signal.CPU_PERCENT, comparison=Comparison.ABOVE, limit=80, for_seconds=300),
        because={"warning": "checked weekly without a figure; Astral Core v2's"},
    ),
)

MONITORING = Monitoring(
    source=CONFIGURATION,
    components=COMPONENTS,
    scrape_seconds=15,
    evaluation_seconds=15,
    scrape_jobs=(
        ScrapeJob(
            name="personal_assistant_api",
            target="api",
            path="/metrics",
            interval_seconds=30,
            because={"path": "the documented path answers JSON, which the JSON exporter reads (TDAH-D11)"},
        ),
        ScrapeJob(name="balancer", target="balancer", path="/metrics", interval_seconds=15),
        ScrapeJob(name="database", target="database", path="/metrics", interval_seconds=15),
        ScrapeJob(name="cache", target="cache", path="/metrics", interval_seconds=15),
    ),
    json_endpoints=JSON_ENDPOINTS,
    thresholds=THRESHOLDS,
    alerts=ALERTS,
    priorities=PRIORITIES,
    receivers=RECEIVERS,
    routes=ROUTES,
    default_receiver="operations",
    on_call=ON_CALL,
    channels=CHANNELS,
    because={
        "scrape_jobs": "the API as documented; database and Redis stand in the diagram, not in the configuration",
        "default_receiver": "an alert without a route must reach somebody",
    },
)
