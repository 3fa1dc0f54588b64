"""Being: the machines and the API behind the mobile application."""

from systems import model as m
from systems.being.source import BEING

CHECKS = BEING.under("Monitoring and Alerting > Automated Health Checks")
CLINICAL = BEING.under("Critical Safety Requirements > Clinical Accuracy Requirements")
MIGRATION = BEING.under("Data Migration Strategy > Zero-Downtime Migrations")
CHANNELS = BEING.under("Monitoring and Alerting > Critical Metrics Dashboard > Crisis Detection Metrics")
API = "being-api"

HARDWARE = m.Hardware(
    source=BEING.under("Deployment Architecture > Blue-Green Deployment Strategy"),
    minimum=m.Machine(cpu_cores=8, memory_gib=16, storage_gib=500, network_gbps=1),
    recommended=m.Machine(cpu_cores=16, memory_gib=32, storage_gib=1_000, network_gbps=10),
    architectures=(m.Architecture.AMD64, m.Architecture.ARM64),
    minimum_servers=3,
    server_storage_gib=100,
    because={
        "minimum": "none documented; Astral Core v2's, the other platform on which lives depend (BEING-D02)",
        "recommended": "none documented; Astral Core v2's (BEING-D02)",
        "minimum_servers": "one in each zone (SYS-04)",
        "server_storage_gib": "none documented; Astral Core v2's",
    },
)


def _check(name: str, path: str, *uses: m.CheckUse, deep: bool = True, **body: float | bool) -> m.HealthCheck:
    return m.HealthCheck(
        name=name,
        path=path,
        host="api",
        uses=(*uses, m.CheckUse.OUTSIDE),
        deep=deep,
        body=tuple(m.BodyCheck(json_path=f".{key}", equals=value) for key, value in body.items()),
    )


SERVER = m.Workload(
    source=CHECKS,
    name=API,
    kind=m.WorkloadKind.SERVICE,
    object_name=API,
    aliases=("API Servers Blue", "API Servers Green"),
    image=API,
    replicas=3,
    resources=m.Resources(
        cpu_request_millicores=1_000, cpu_limit_millicores=2_000, memory_request_mib=1_024, memory_limit_mib=2_048
    ),
    port=3000,
    health=(
        _check("api", "/health", m.CheckUse.READINESS, m.CheckUse.BALANCER, deep=False),
        _check("hotline", "/crisis/988/status", available=True),
        _check("database", "/db/health", connected=True),
        _check("assessments", "/assessments/accuracy-test", phq9Accuracy=100, gad7Accuracy=100),
    ),
    metrics=m.Metrics(path="/metrics", port=3000),
    critical=m.CriticalPaths(
        source=BEING.under("Critical Safety Requirements > Crisis Detection Non-Negotiables"),
        paths=("/crisis", "/emergency-contacts"),
        dedicated_replicas=3,
        check_path="/crisis/988/status",
        because={
            "paths": "emergency contacts must function as well; their path is not documented (BEING-D04)",
            "dedicated_replicas": "one in each zone, so that a flood elsewhere cannot cost a person the 200 ms",
            "check_path": "the documented status of the hotline",
        },
    ),
    autoscaling=m.Autoscaling(
        source=BEING.under("Production Deployment Process > Step 1: Pre-Deployment Setup (T-2 hours)"),
        maximum_replicas=9,
        cpu_percent=60,
        memory_percent=70,
        because={
            "maximum_replicas": "`scale infrastructure` without a figure; three times the normal number",
            "cpu_percent": "Astral Core v2's: early, since 200 ms leave no room for a queue",
            "memory_percent": "Astral Core v2's",
        },
    ),
    because={
        "replicas": "none documented; one in each zone (BEING-D02)",
        "resources": "none documented; Astral Core v2's container (BEING-D02)",
        "port": "none documented; Astral Core v2's",
        "health": "axios asks four paths; /health is the shallow one, since the database has its own",
        "metrics": "none documented; the application contract names it",
        "shutdown_seconds": "longer than the balancer's drain of 30 s",
    },
)

APPLICATION = m.Application(
    source=BEING.under("Deployment Architecture > Blue-Green Deployment Strategy"),
    workloads=(SERVER,),
    hardening=m.Hardening(
        source=BEING.under("Pre-Deployment Checklist > Security Hardening Verification"),
        user_id=1000,
        group_id=1000,
        because={"user_id": "none documented; the TDAH document's", "group_id": "none documented; the TDAH document's"},
    ),
    settings=(
        m.Setting(
            name="CRISIS_THRESHOLD_PHQ9",
            value="20",
            readers=(API,),
            source=CLINICAL,
            because={"name": "from 20 upward; no variable is documented"},
        ),
        m.Setting(
            name="CRISIS_THRESHOLD_GAD7",
            value="15",
            readers=(API,),
            source=CLINICAL,
            because={"name": "from 15 upward; no variable is documented"},
        ),
        m.Setting(
            name="BREATHING_EXERCISE_SECONDS",
            value="60",
            readers=(API,),
            source=CLINICAL,
            because={"name": "handed to the mobile application; no variable is documented"},
        ),
    ),
    jobs=(
        m.Job(
            source=BEING.under("Production Deployment Process > Step 2: Database Migration (T-1 hour)"),
            name="migrate",
            workload=API,
            command=("npm", "run", "db:migrate"),
            when=m.JobTime.BEFORE_ROLLOUT,
            database_role="being_owner",
            because={
                "command": "a script in SQL without a command; corrected in BEING-D12",
                "database_role": "since PostgreSQL 15 the application's role cannot alter tables (SYS-21)",
            },
        ),
        m.Job(
            source=MIGRATION,
            name="backfill",
            workload=API,
            command=("npm", "run", "db:backfill"),
            when=m.JobTime.BY_HAND,
            database_role="being_app",
            because={
                "command": "phase 2 is a background job in batches, without a command",
                "database_role": "it writes rows and alters nothing",
            },
        ),
    ),
    external_services=(
        m.ExternalService(
            source=CHANNELS,
            name="pagerduty",
            hosts=("events.pagerduty.com",),
            callers=("monitoring",),
            secrets=("pagerduty-key",),
            because={"hosts": "PagerDuty's Events API"},
        ),
        m.ExternalService(
            source=CHANNELS,
            name="slack",
            hosts=("hooks.slack.com",),
            callers=("monitoring",),
            secrets=("slack-webhook",),
            because={"hosts": "where Slack's incoming webhooks live; channels are documented by their #names"},
        ),
    ),
    because={"external_services": "Supabase is replaced (BEING-D01); telephones dial 988 themselves (BEING-D04)"},
)
