"""Astral Core v7: the machines and the one Next.js application on them, which the document still runs on Vercel."""

from systems import model as m
from systems.astral_core_v7.source import V7

HEALTH = V7.under("Monitoring & Alerts > Health Check Endpoints")
PREFERRED = m.Machine(cpu_cores=8, memory_gib=16, storage_gib=500, network_gbps=1)

HARDWARE = m.Hardware(
    source=V7.under("Common Issues & Solutions > High Memory Usage"),
    minimum=m.Machine(cpu_cores=4, memory_gib=8, storage_gib=100, network_gbps=1),
    recommended=PREFERRED,
    architectures=(m.Architecture.AMD64, m.Architecture.ARM64),
    minimum_servers=3,
    server_storage_gib=100,
    because={
        "minimum": "none documented: half of what Astral Core v2 asks at least, enough for a tester (V7-D02)",
        "recommended": "none documented: the minimum of Astral Core v2, a program of the same kind (V7-D02)",
        "minimum_servers": "one in each zone (SYS-04)",
        "server_storage_gib": "none documented; Astral Core v2's",
    },
)

WEB = m.Workload(
    source=HEALTH,
    name="astral-core-v7",
    kind=m.WorkloadKind.SERVICE,
    object_name="astral-core-v7",
    image="astral-core-v7",
    replicas=3,
    resources=m.Resources(
        cpu_request_millicores=1_000, cpu_limit_millicores=2_000, memory_request_mib=1_024, memory_limit_mib=2_048
    ),
    port=3000,
    health=(
        m.HealthCheck(
            name="system",
            path="/api/health",
            uses=(m.CheckUse.READINESS, m.CheckUse.BALANCER, m.CheckUse.OUTSIDE),
            deep=True,
            body=(m.BodyCheck(json_path=".status", equals="healthy"),),
            because={"deep": "it answers for .checks.database and .checks.memory: a failing one drains, never kills"},
        ),
        m.HealthCheck(name="status", path="/api/status", uses=(m.CheckUse.OUTSIDE,), deep=False),
    ),
    metrics=m.Metrics(path="/metrics", port=3000),
    autoscaling=m.Autoscaling(
        source=V7.under("Monitoring & Alerts > Alert Thresholds"),
        maximum_replicas=9,
        cpu_percent=60,
        memory_percent=60,
        because={
            "maximum_replicas": "three times the normal number; Vercel's functions have no documented ceiling",
            "cpu_percent": "Astral Core v2's: scaling comes before paging",
            "memory_percent": "before the documented warning at 70, whose action is to scale up",
        },
    ),
    because={
        "replicas": "serverless functions have no number; one in each zone (V7-D02)",
        "resources": "none documented; Astral Core v2's container (V7-D02)",
        "port": "the default of Next.js",
        "metrics": "/api/monitoring/metrics is JSON for people (V7-D07); the application contract names the other path",
        "object_name": "the project's name in every documented address",
        "shutdown_seconds": "longer than the balancer's drain of 30 s",
    },
)

APPLICATION = m.Application(
    source=V7.under("Deployment Procedures > Standard Deployment"),
    workloads=(WEB,),
    hardening=m.Hardening(
        source=V7.under("Security Procedures"),
        user_id=1000,
        group_id=1000,
        because={"user_id": "none documented; the TDAH document's", "group_id": "none documented; the TDAH document's"},
    ),
    settings=(
        m.Setting(
            name="NODE_ENV",
            value="production",
            readers=("astral-core-v7",),
            because={"value": "what `vercel --prod` sets"},
        ),
        m.Setting(
            name="NEXTAUTH_URL",
            value="https://{domain}",
            readers=("astral-core-v7",),
            source=V7.under("Common Issues & Solutions > Authentication Failures"),
            because={"value": "Vercel tells NextAuth its address by itself; elsewhere sign-on would lead to localhost"},
        ),
        m.Setting(
            name="SKIP_TYPE_CHECK",
            value="true",
            readers=(),
            source=V7.under("Deployment Procedures > Emergency Hotfix"),
            because={"readers": "a switch of the build, used by the hotfix lane alone (V7-D05)"},
        ),
    ),
    jobs=(
        m.Job(
            source=V7.under("Database Operations > Migration Procedures"),
            name="migrate",
            workload="astral-core-v7",
            command=("npx", "prisma", "migrate", "deploy"),
            when=m.JobTime.BEFORE_ROLLOUT,
            database_role="astral_owner",
            because={"database_role": "the application's role cannot create tables (SYS-21), nor reset them (V7-D04)"},
        ),
    ),
    external_services=(
        m.ExternalService(
            source=V7.under("Emergency Contacts & Escalation > Incident Response Team"),
            name="pagerduty",
            hosts=("events.pagerduty.com",),
            callers=("monitoring",),
            secrets=("pagerduty-key",),
            because={"hosts": "PagerDuty's Events API"},
        ),
        m.ExternalService(
            source=V7.under("Emergency Contacts & Escalation > Incident Response Team"),
            name="slack",
            hosts=("hooks.slack.com",),
            callers=("monitoring",),
            secrets=("slack-webhook",),
            because={"hosts": "where Slack's incoming webhooks live"},
        ),
    ),
)
