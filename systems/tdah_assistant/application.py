"""TDAH assistant: the machines, the API and the frontend, and what they need of the world."""

from systems.model import (
    Application,
    Architecture,
    Autoscaling,
    BodyCheck,
    CheckUse,
    ExternalService,
    Hardening,
    Hardware,
    HealthCheck,
    Job,
    JobTime,
    Machine,
    Metrics,
    Resources,
    Workload,
    WorkloadKind,
)
from systems.tdah_assistant.settings import SETTINGS
from systems.tdah_assistant.source import TDAH

COMPONENTS = TDAH.under("Production Architecture > Production Components")
EXTERNAL = TDAH.under("Production Architecture > High-Level Architecture")
VERIFICATION = TDAH.under("Deployment Procedures > Post-Deployment Verification")

HARDWARE = Hardware(
    source=TDAH.under("Prerequisites > Infrastructure Requirements"),
    minimum=Machine(
        cpu_cores=32,
        memory_gib=64,
        storage_gib=500,
        network_gbps=1,
        because={"network_gbps": "`high-speed` without a figure; Astral Core v2's minimum"},
    ),
    recommended=Machine(
        cpu_cores=46,
        memory_gib=92,
        storage_gib=500,
        network_gbps=1,
        because={
            "cpu_cores": "the sum of the components' table, which exceeds the 32 of the prerequisites (TDAH-D02)",
            "memory_gib": "the sum of the components' table, which exceeds the 64 of the prerequisites (TDAH-D02)",
            "network_gbps": "`high-speed` without a figure; Astral Core v2's minimum",
        },
    ),
    architectures=(Architecture.AMD64,),
    minimum_servers=3,
    server_storage_gib=500,
    because={
        "build_to": "what the document's own components need together (TDAH-D02)",
        "architectures": "none documented; what its images are built for by default",
    },
)

API = Workload(
    source=COMPONENTS,
    name="api",
    kind=WorkloadKind.SERVICE,
    object_name="api",
    aliases=("api1", "api2", "api3"),
    image="api",
    replicas=3,
    resources=Resources.fixed(cpu_cores=4, memory_gib=8),
    port=8000,
    processes_per_replica=4,
    health=(
        HealthCheck(
            source=VERIFICATION,
            name="overall",
            path="/health/overall",
            uses=(CheckUse.READINESS, CheckUse.BALANCER, CheckUse.OUTSIDE),
            deep=True,
            body=(BodyCheck(json_path=".status", equals="healthy"),),
            because={
                "deep": "it answers for database and cache, so it never kills a pod (SYS-19)",
                "body": "only the status code is documented; the application contract's shape",
            },
        ),
        HealthCheck(
            source=VERIFICATION,
            name="database",
            path="/health/database",
            uses=(CheckUse.OUTSIDE,),
            deep=True,
            body=(BodyCheck(json_path=".healthy", equals=True),),
            because={
                "deep": "it asks the database",
                "body": "only the status code is documented; what `database_health_status` is read from (TDAH-D11)",
            },
        ),
    ),
    metrics=Metrics(path="/metrics", port=8000),
    autoscaling=Autoscaling(
        source=TDAH.under("Overview > Production Environment Characteristics"),
        maximum_replicas=6,
        cpu_percent=70,
        because={
            "maximum_replicas": "horizontal scaling without a ceiling: twice the normal number",
            "cpu_percent": "no figure is documented: four processes on four cores, busy but not yet queueing",
        },
    ),
    because={
        "port": "High Availability: server api1 172.21.0.10:8000",
        "processes_per_replica": "Application Performance: WORKERS=4",
        "metrics": "the documented metrics path answers JSON; the application contract names this one (TDAH-D11)",
        "shutdown_seconds": "longer than the balancer's timeout of 50 s for an answer",
    },
)

FRONTEND = Workload(
    source=COMPONENTS,
    name="frontend",
    kind=WorkloadKind.SERVICE,
    object_name="frontend",
    image="frontend",
    replicas=2,
    resources=Resources.fixed(cpu_cores=2, memory_gib=4),
    port=8080,
    health=(
        HealthCheck(
            name="page",
            path="/",
            uses=(CheckUse.READINESS, CheckUse.BALANCER),
            deep=False,
            because={"path": "none documented: the first page, a file (TDAH-D03)"},
        ),
    ),
    because={"port": "none documented: an unprivileged one, since nothing runs as root (TDAH-D03)"},
)

APPLICATION = Application(
    source=COMPONENTS,
    workloads=(API, FRONTEND),
    hardening=Hardening(
        source=TDAH.under("Security Hardening > Container Security"),
        user_id=1000,
        group_id=1000,
        because={
            "added_capabilities": "CHOWN, SETGID and SETUID are refused by the restricted standard and useless to "
            "1000:1000 without new privileges (TDAH-D05)"
        },
    ),
    settings=SETTINGS,
    jobs=(
        Job(
            source=TDAH.under("Deployment Procedures > Deployment Steps"),
            name="migrate",
            workload="api",
            command=("python", "-m", "alembic", "upgrade", "head"),
            when=JobTime.BEFORE_ROLLOUT,
            database_role="app_owner",
            because={"database_role": "since PostgreSQL 15 app_user cannot create tables (TDAH-D08)"},
        ),
        Job(
            source=TDAH.under("Maintenance Procedures > Regular Maintenance"),
            name="optimize-database",
            workload="platform",
            command=("psql", "--command=VACUUM (ANALYZE)", "--command=REINDEX SCHEMA CONCURRENTLY public"),
            when=JobTime.SCHEDULED,
            schedule="0 4 * * 0",
            database_role="app_owner",
            because={
                "command": "the documented form cannot run and would lock writers out (TDAH-D10)",
                "schedule": "weekly without a day or hour: in the maintenance window, between two dumps",
                "database_role": "only an owner may reindex",
            },
        ),
    ),
    external_services=(
        ExternalService(
            source=EXTERNAL,
            name="twilio",
            hosts=("api.twilio.com",),
            callers=("api",),
            secrets=("twilio-auth-token",),
            because={"hosts": "Twilio's REST API; the document names the service only (TDAH-D14)"},
        ),
        ExternalService(
            source=EXTERNAL,
            name="google",
            hosts=("oauth2.googleapis.com", "www.googleapis.com", "gmail.googleapis.com"),
            callers=("api",),
            secrets=("google-client-secret",),
            because={"hosts": "tokens, calendar and mail; the document names the service only (TDAH-D14)"},
        ),
        ExternalService(
            source=EXTERNAL,
            name="microsoft",
            hosts=("login.microsoftonline.com", "graph.microsoft.com"),
            callers=("api",),
            secrets=("microsoft-client-secret",),
            because={"hosts": "tokens and Microsoft Graph; the document names the service only (TDAH-D14)"},
        ),
        ExternalService(
            source=EXTERNAL,
            name="notion",
            hosts=("api.notion.com",),
            callers=("api",),
            secrets=("notion-client-secret",),
            because={"hosts": "Notion's API; the document names the service only (TDAH-D14)"},
        ),
    ),
)
