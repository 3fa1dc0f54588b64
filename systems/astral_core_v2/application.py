"""Astral Core v2: the machines and the one application that runs on them."""

from systems.astral_core_v2.source import V2
from systems.model import (
    Application,
    Architecture,
    Autoscaling,
    BodyCheck,
    CheckUse,
    CriticalPaths,
    ExternalService,
    Hardening,
    Hardware,
    HealthCheck,
    Job,
    JobTime,
    Machine,
    Metrics,
    Resources,
    Setting,
    Workload,
    WorkloadKind,
)

HARDWARE = Hardware(
    source=V2.under("Infrastructure Requirements > Hardware Specifications"),
    minimum=Machine(
        cpu_cores=8,
        memory_gib=16,
        storage_gib=500,
        network_gbps=1,
    ),
    recommended=Machine(
        cpu_cores=16,
        memory_gib=32,
        storage_gib=1000,
        network_gbps=10,
        because={"storage_gib": "the document's 1TB"},
    ),
    architectures=(Architecture.AMD64, Architecture.ARM64),
    minimum_servers=3,
    server_storage_gib=100,
    because={
        "build_to": "crisis loads can spike, and the uptime asked for belongs to the recommended column (SYS-06)",
        "minimum_servers": "one in each zone: the document's single server cannot survive its own loss (SYS-04)",
        "server_storage_gib": "Pre-Deployment Checklist: 100GB additional for logs and backups, given to every machine",
    },
)

WEB = Workload(
    source=V2.under("Infrastructure Requirements > Container Resources"),
    name="astral-web",
    kind=WorkloadKind.SERVICE,
    object_name="astral-web",
    aliases=("app",),
    image="astral-web",
    replicas=3,
    resources=Resources(
        cpu_request_millicores=1000,
        cpu_limit_millicores=2000,
        memory_request_mib=1024,
        memory_limit_mib=2048,
    ),
    port=3000,
    health=(
        HealthCheck(
            source=V2.under("Deployment Procedures > Initial Production Deployment"),
            name="platform",
            path="/api/health",
            uses=(CheckUse.READINESS, CheckUse.BALANCER, CheckUse.OUTSIDE),
            deep=True,
            body=(BodyCheck(json_path=".status", equals="healthy"),),
            because={
                "deep": "a health path of the whole platform may look at database and cache, so it never kills a pod",
                "body": "the answer's shape is Astral Core v7's, of the same family",
            },
        ),
        HealthCheck(
            source=V2.under("Deployment Procedures > Initial Production Deployment"),
            name="crisis",
            path="/api/crisis/health",
            uses=(CheckUse.BALANCER, CheckUse.OUTSIDE),
            deep=True,
            body=(BodyCheck(json_path=".status", equals="healthy"),),
            because={
                "deep": "it answers for queue and volunteers as well",
                "body": "the answer's shape is Astral Core v7's, of the same family",
            },
        ),
        HealthCheck(
            source=V2.under("Deployment Procedures > Initial Production Deployment"),
            name="admin",
            path="/api/health",
            host="admin",
            uses=(CheckUse.OUTSIDE,),
            deep=True,
            because={"deep": "the same path on another host"},
        ),
        HealthCheck(
            source=V2.under("Backup and Recovery > Disaster Recovery Plan"),
            name="standby",
            path="/api/health",
            host="backup",
            uses=(CheckUse.OUTSIDE,),
            deep=True,
            because={"deep": "the same path in the recovery region"},
        ),
    ),
    metrics=Metrics(path="/metrics", port=3000),
    critical=CriticalPaths(
        source=V2.under("Troubleshooting Guide > Common Issues and Solutions > Crisis System Not Responding"),
        paths=("/api/crisis",),
        dedicated_replicas=3,
        check_path="/api/crisis/health",
        because={"dedicated_replicas": "one in each zone, so that a flood elsewhere cannot starve a person in crisis"},
    ),
    autoscaling=Autoscaling(
        source=V2.under("Monitoring and Alerting > Critical Metrics Dashboard"),
        maximum_replicas=9,
        cpu_percent=60,
        memory_percent=70,
        because={
            "maximum_replicas": "three times the normal number; no document gives a ceiling",
            "cpu_percent": "well before the documented alert at 80, so that scaling comes before paging",
            "memory_percent": "well before the documented alert at 85",
        },
    ),
    stores_uploads=True,
    because={
        "replicas": "the troubleshooting section scales to app=3; one in each zone",
        "port": "the default of Next.js; 3001, which the document opens, is Grafana's",
        "metrics": "no path is documented; the application contract names it",
        "stores_uploads": "Backup and Recovery names user uploaded content",
        "shutdown_seconds": "longer than the balancer's drain of 30 s",
    },
)

APPLICATION = Application(
    source=V2.under("Infrastructure Requirements > Production Architecture"),
    workloads=(WEB,),
    hardening=Hardening(
        source=V2.under("Compliance and Audit > HIPAA Compliance"),
        user_id=1000,
        group_id=1000,
        because={
            "user_id": "technical safeguards without figures; the TDAH document's 1000:1000",
            "group_id": "technical safeguards without figures; the TDAH document's 1000:1000",
        },
    ),
    settings=(
        Setting(
            name="NODE_ENV",
            value="production",
            readers=("astral-web",),
            because={"value": "what .env.production stands for in Next.js"},
        ),
    ),
    jobs=(
        Job(
            source=V2.under("Deployment Procedures > Initial Production Deployment"),
            name="migrate",
            workload="astral-web",
            command=("pnpm", "run", "db:migrate:prod"),
            when=JobTime.BEFORE_ROLLOUT,
            database_role="astral_owner",
            because={"database_role": "since PostgreSQL 15 the application's role cannot create tables (SYS-21)"},
        ),
        Job(
            source=V2.under("Deployment Procedures > Initial Production Deployment"),
            name="seed",
            workload="astral-web",
            command=("pnpm", "run", "db:seed:prod"),
            when=JobTime.ONCE,
            database_role="astral_user",
            because={
                "when": "volunteers and emergency contacts: a second run would double or reset living data",
                "database_role": "it writes rows and creates nothing",
            },
        ),
    ),
    external_services=(
        ExternalService(
            source=V2.under("Crisis Response Operations > Crisis Intervention Workflow"),
            name="ai-provider",
            hosts=(),
            callers=("astral-web",),
            secrets=("ai-provider-key",),
            because={"hosts": "AI-powered analysis is documented, its provider is not: the stack's settings name it"},
        ),
        ExternalService(
            source=V2.under("Monitoring and Alerting > Notification Channels"),
            name="slack",
            hosts=("hooks.slack.com",),
            callers=("monitoring", "astral-web"),
            secrets=("slack-webhook",),
            because={"hosts": "where Slack's incoming webhooks live"},
        ),
        ExternalService(
            source=V2.under("Monitoring and Alerting > Notification Channels"),
            name="pagerduty",
            hosts=("events.pagerduty.com",),
            callers=("monitoring",),
            secrets=("pagerduty-key",),
            because={"hosts": "PagerDuty's Events API; the document only says pager"},
        ),
    ),
    because={"settings": "the document's other variables (DATABASE_URL, REDIS_URL, NEXTAUTH_SECRET) are secrets"},
)
