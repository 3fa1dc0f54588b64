"""Astral Draft: the machines, and the web, worker and scheduler that run on them from one image."""

from systems import model as m
from systems.astral_draft.source import DRAFT, SCHEDULER, WEB, WORKER

SERVICES = DRAFT.under("DEPLOYMENT PROCEDURES > Step 5: Start Services (T+20 minutes)")
CHECKS = DRAFT.under("DEPLOYMENT PROCEDURES > Step 6: Health Checks (T+25 minutes)")
DOCKER = DRAFT.under("QUICK DEPLOY OPTIONS > Option B: Docker Deployment")
LIMITS = DRAFT.under("MONITORING & ALERTING > Key Performance Indicators (KPIs)")
CODE = DRAFT.under("DEPLOYMENT PROCEDURES > Step 3: Deploy Application Code (T-0)")
ISSUES = "TROUBLESHOOTING GUIDE > Common Issues & Solutions"
OWNER, APPLICATION_ROLE = "astraldraft_owner", "astraldraft_app"

HARDWARE = m.Hardware(
    source=DRAFT.under("DEPLOYMENT PROCEDURES"),
    minimum=m.Machine(cpu_cores=4, memory_gib=8, storage_gib=100, network_gbps=1),
    recommended=m.Machine(cpu_cores=8, memory_gib=16, storage_gib=500, network_gbps=1),
    architectures=(m.Architecture.AMD64, m.Architecture.ARM64),
    minimum_servers=3,
    server_storage_gib=100,
    because={
        "minimum": "none documented: half of what Astral Core v2 asks at least, enough for a tester (DRAFT-D02)",
        "recommended": "none documented: the minimum of Astral Core v2, the sister platform (DRAFT-D02)",
        "architectures": "none documented; Astral Core v2's",
        "minimum_servers": "one in each zone; the one server of systemctl cannot survive its own loss (SYS-04)",
        "server_storage_gib": "none documented; Astral Core v2's",
    },
)


def _health(name: str, path: str, host: str, *uses: m.CheckUse) -> m.HealthCheck:
    return m.HealthCheck(
        source=CHECKS,
        name=name,
        path=path,
        host=host,
        uses=uses,
        deep=True,
        because={"deep": "what it looks at is not documented: taken as deep, it can drain a pod but never kill one"},
    )


WEB_WORKLOAD = m.Workload(
    source=DOCKER,
    name=WEB,
    kind=m.WorkloadKind.SERVICE,
    object_name="astraldraft",
    image="astraldraft",
    replicas=3,
    resources=m.Resources(
        cpu_request_millicores=1_000, cpu_limit_millicores=2_000, memory_request_mib=1_024, memory_limit_mib=2_048
    ),
    port=3000,
    health=(
        _health("api", "/health", "api", m.CheckUse.READINESS, m.CheckUse.BALANCER, m.CheckUse.OUTSIDE),
        _health("site", "/api/status", "", m.CheckUse.OUTSIDE),
    ),
    metrics=m.Metrics(path="/metrics", port=3000),
    websockets=m.WebSockets(
        source=DRAFT.under(f"{ISSUES} > Issue: WebSocket Connection Drops"),
        path="/ws",
        idle_seconds=600,
        because={
            "path": "connections are tested, their path is not documented: the application contract's (DRAFT-D10)",
            "idle_seconds": "no idle time is documented; CloudFront closes after ten silent minutes (DRAFT-D10)",
        },
    ),
    autoscaling=m.Autoscaling(
        source=LIMITS,
        maximum_replicas=9,
        cpu_percent=60,
        memory_percent=70,
        because={"maximum_replicas": "three times the normal number; no document gives a ceiling"},
    ),
    because={
        "replicas": "one service is started; one in each zone",
        "resources": "none documented; Astral Core v2's container (DRAFT-D02)",
        "object_name": "Option C: deployment/astraldraft and app=astraldraft (DRAFT-D03)",
        "metrics": "no path is documented; the application contract names it",
        "shutdown_seconds": "longer than the balancer's drain of 30 s",
    },
)

WORKER_WORKLOAD = m.Workload(
    source=SERVICES,
    name=WORKER,
    kind=m.WorkloadKind.WORKER,
    object_name=WORKER,
    image="astraldraft",
    replicas=2,
    resources=m.Resources(
        cpu_request_millicores=500, cpu_limit_millicores=1_000, memory_request_mib=512, memory_limit_mib=1_024
    ),
    autoscaling=m.Autoscaling(
        source=LIMITS,
        maximum_replicas=6,
        cpu_percent=60,
        memory_percent=70,
        because={"maximum_replicas": "three times the normal number; no document gives a ceiling"},
    ),
    command=("npm", "run", "start:worker"),
    because={
        "replicas": "one service is started; a second carries on when the first is lost",
        "resources": "none documented; half of the web's (DRAFT-D02)",
        "image": "all three are started from one checkout",
        "command": "the unit file is not documented: the application contract's (DRAFT-D03)",
    },
)

SCHEDULER_WORKLOAD = m.Workload(
    source=SERVICES,
    name=SCHEDULER,
    kind=m.WorkloadKind.SCHEDULER,
    object_name=SCHEDULER,
    image="astraldraft",
    replicas=1,
    resources=m.Resources(
        cpu_request_millicores=250, cpu_limit_millicores=500, memory_request_mib=256, memory_limit_mib=512
    ),
    command=("npm", "run", "start:scheduler"),
    because={
        "replicas": "two would start every draft twice",
        "resources": "none documented; a quarter of the web's (DRAFT-D02)",
        "image": "all three are started from one checkout",
        "command": "the unit file is not documented: the application contract's (DRAFT-D03)",
    },
)


def _job(source: m.Source, name: str, script: str, when: m.JobTime, role: str = APPLICATION_ROLE) -> m.Job:
    return m.Job(
        source=source,
        name=name,
        workload=WEB,
        command=("npm", "run", script),
        when=when,
        database_role=role,
        because={"database_role": "who may create tables and indexes is not who answers requests (SYS-21)"},
    )


APPLICATION = m.Application(
    source=DRAFT.under("QUICK DEPLOY OPTIONS > Option C: Kubernetes Deployment"),
    workloads=(WEB_WORKLOAD, WORKER_WORKLOAD, SCHEDULER_WORKLOAD),
    hardening=m.Hardening(
        source=DRAFT.under("PERFORMANCE ACHIEVEMENTS > Security Hardening"),
        user_id=1000,
        group_id=1000,
        because={"user_id": "none documented; the TDAH document's", "group_id": "none documented; the TDAH document's"},
    ),
    settings=(
        m.Setting(
            source=CODE,
            name="NODE_ENV",
            value="production",
            readers=(WEB, WORKER, SCHEDULER),
            because={"value": "what npm ci --production and .env.production stand for"},
        ),
        m.Setting(source=DOCKER, name="PORT", value="3000", readers=(WEB,)),
    ),
    jobs=(
        _job(CODE, "migrate", "db:migrate:prod", m.JobTime.BEFORE_ROLLOUT, OWNER),
        _job(CODE, "clear-cache", "cache:clear:all", m.JobTime.BEFORE_ROLLOUT),
        _job(
            DRAFT.under(f"{ISSUES} > Issue: High Memory Usage"),
            "clear-cache-partially",
            "cache:clear:partial",
            m.JobTime.BY_HAND,
        ),
        _job(
            DRAFT.under(f"{ISSUES} > Issue: Slow Database Queries"),
            "create-indexes",
            "db:index:create",
            m.JobTime.BY_HAND,
            OWNER,
        ),
        _job(
            DRAFT.under(f"{ISSUES} > Issue: Authentication Failures"),
            "clear-sessions",
            "sessions:clear",
            m.JobTime.BY_HAND,
        ),
    ),
    external_services=(
        m.ExternalService(
            source=DRAFT.under("PERFORMANCE ACHIEVEMENTS > Security Hardening"),
            name="data-provider",
            hosts=(),
            callers=(WEB, WORKER, SCHEDULER),
            secrets=("provider-api-keys",),
            because={"hosts": "API keys are documented, whose they are is not: the stack's settings name the hosts"},
        ),
        m.ExternalService(
            source=DRAFT.under("COMMUNICATION PLAN > Internal Communications"),
            name="slack",
            hosts=("hooks.slack.com",),
            callers=("monitoring",),
            secrets=("slack-webhook",),
            because={"hosts": "where Slack's incoming webhooks live"},
        ),
        m.ExternalService(
            source=DRAFT.under("MONITORING & ALERTING > Alert Configuration"),
            name="pagerduty",
            hosts=("events.pagerduty.com",),
            callers=("monitoring",),
            secrets=("pagerduty-key",),
            because={"hosts": "`page_oncall` without a service: PagerDuty's Events API, as in the sister platforms"},
        ),
    ),
    because={"settings": "the document's .env.production is not shown; what is secret in it is in the secrets"},
)
