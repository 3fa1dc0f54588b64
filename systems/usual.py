"""What the documents leave open and our platforms do alike: each value with its reason, for specs to take parts from.

Nothing here is a requirement. A document that says something of its own says it in its spec instead.
"""

from systems import model as m

MAY_SEND = "v=spf1 include:amazonses.com -all"
DAY_SECONDS = 86_400


def monitoring_components() -> tuple[m.MonitoringComponent, ...]:
    """The stack that turns numbers into calls; the flagship's sizes."""
    return (
        _component("prometheus", 9090, 1, 3, replicas=2, storage_gib=100, retention_days=30),
        _component("alertmanager", 9093, 0.25, 0.25, replicas=3, storage_gib=1, retention_days=5),
        _component("grafana", 3001, 0.5, 1, storage_gib=10),
        _component("loki", 3100, 1, 2, storage_gib=100, retention_days=30),
        _component("blackbox-exporter", 9115, 0.1, 0.125),
        _component("json-exporter", 7979, 0.1, 0.125, replicas=2),
        _component("postgres-exporter", 9187, 0.1, 0.125),
        _component("redis-exporter", 9121, 0.1, 0.125),
        _component("cloudwatch-exporter", 9106, 0.25, 0.5),
        _component("kube-state-metrics", 8080, 0.1, 0.25),
    )


def _component(
    name: str,
    port: int,
    cpu_cores: float,
    memory_gib: float,
    *,
    replicas: int = 1,
    storage_gib: int = 0,
    retention_days: int = 0,
) -> m.MonitoringComponent:
    return m.MonitoringComponent(
        name=name,
        port=port,
        replicas=replicas,
        resources=m.Resources.fixed(cpu_cores=cpu_cores, memory_gib=memory_gib),
        storage_gib=storage_gib,
        retention_days=retention_days,
        because={
            "resources": "no size is documented; the flagship's",
            "port": "its usual port; Grafana's is Astral Core v2's",
            "replicas": "two where a lost one would lose alerts, three where they must agree",
            "storage_gib": "what the retention needs at the number of series of a platform of this size",
            "retention_days": "a month at hand, a year in the archive",
        },
    )


def scrape_jobs(*workloads: str, path: str = "/metrics") -> tuple[m.ScrapeJob, ...]:
    """The workloads, and what they stand on."""
    return (
        *(m.ScrapeJob(name=name, target=name, path=path, interval_seconds=15) for name in workloads),
        *(
            m.ScrapeJob(name=name, target=name, path="/metrics", interval_seconds=15)
            for name in ("balancer", "database", "cache")
        ),
    )


def usual_tls(source: m.Source, versions: tuple[m.TlsVersion, ...], because: str) -> m.Tls:
    """Encryption without figures in the document."""
    ciphers = (
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES128-GCM-SHA256",
    )
    return m.Tls(
        source=source,
        versions=versions,
        ciphers=ciphers if m.TlsVersion.TLS_1_2 in versions else (),
        prefer_server_ciphers=False,
        session_cache_mib=10,
        session_timeout_seconds=600,
        session_tickets=False,
        certificate_key="EC_prime256v1",
        because={
            "versions": because,
            "ciphers": "none documented: forward secrecy, authenticated, offered by ALB and CloudFront",
            "prefer_server_ciphers": "the TDAH document's",
            "session_cache_mib": "the TDAH document's shared:SSL:10m",
            "session_timeout_seconds": "the TDAH document's 10m",
            "session_tickets": "the TDAH document's",
            "certificate_key": "no key is documented; the quickest that ACM issues and every browser accepts",
        },
    )


def usual_headers(source: m.Source) -> m.SecurityHeaders:
    """Security headers without any in the document."""
    return m.SecurityHeaders(
        source=source,
        headers=(
            m.Header(name="Strict-Transport-Security", value="max-age=31536000; includeSubDomains"),
            m.Header(name="X-Frame-Options", value="DENY"),
            m.Header(name="X-Content-Type-Options", value="nosniff"),
            m.Header(name="Referrer-Policy", value="strict-origin-when-cross-origin"),
            m.Header(
                name="Content-Security-Policy",
                value="default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
                "img-src 'self' data: https:; font-src 'self' data:; connect-src 'self' https: wss:; "
                "frame-ancestors 'none'; base-uri 'self'; object-src 'none'",
            ),
        ),
        because={"headers": "none documented; the TDAH document's without inline scripts (SYS-13)"},
    )


def sending_records(*, mailboxes_elsewhere: bool = False) -> tuple[m.DnsRecord, ...]:
    """What mail from the domain needs to arrive, and no foreign certificates (SYS-24).

    Where somebody else runs mailboxes of the domain, its own SPF record is theirs as well, and what fails is set aside
    instead of refused: our mail passes by its signature and the bounce name.
    """
    kind, literal = m.RecordType, m.RecordTarget.LITERAL
    policy = "quarantine" if mailboxes_elsewhere else "reject"
    domain_spf = m.DnsRecord(label="", type=kind.TXT, target=literal, value=MAY_SEND)
    return (
        m.DnsRecord(label="bounce", type=kind.MX, target=m.RecordTarget.MAIL_BOUNCES),
        m.DnsRecord(label="bounce", type=kind.TXT, target=literal, value=MAY_SEND),
        m.DnsRecord(label="_dmarc", type=kind.TXT, target=literal, value=f"v=DMARC1; p={policy}; adkim=s"),
        m.DnsRecord(label="_domainkey", type=kind.CNAME, target=m.RecordTarget.MAIL_DKIM),
        m.DnsRecord(label="", type=kind.CAA, target=literal, value='0 issue "amazon.com"'),
        *(() if mailboxes_elsewhere else (domain_spf,)),
    )


def openings() -> tuple[m.Opening, ...]:
    """The ways through the firewall that every platform needs, and no other."""
    tier = m.NetworkTier
    return (
        m.Opening(name="visitors", ports=(80, 443), origin=tier.INTERNET, destination=tier.EDGE),
        m.Opening(name="edge to balancer", ports=(443,), origin=tier.EDGE, destination=tier.BALANCER),
        m.Opening(name="balancer to proxies", ports=(30443,), origin=tier.BALANCER, destination=tier.NODES),
        m.Opening(name="database", ports=(5432,), origin=tier.NODES, destination=tier.DATABASE),
        m.Opening(name="cache", ports=(6379,), origin=tier.NODES, destination=tier.NODES),
    )


def database_roles(prefix: str) -> tuple[m.DatabaseRole, ...]:
    """Six roles (SYS-21): 170 connections of 200, and 15 in reserve."""
    return (
        m.DatabaseRole(name=f"{prefix}_owner", use=m.RoleUse.OWNER, connections=5),
        m.DatabaseRole(name=f"{prefix}_app", use=m.RoleUse.APPLICATION, connections=140),
        m.DatabaseRole(name=f"{prefix}_reader", use=m.RoleUse.READ_ONLY, connections=10),
        m.DatabaseRole(name=f"{prefix}_backup", use=m.RoleUse.BACKUP, connections=5),
        m.DatabaseRole(name=f"{prefix}_restore", use=m.RoleUse.RESTORE, connections=5),
        m.DatabaseRole(name=f"{prefix}_monitor", use=m.RoleUse.MONITORING, connections=5),
    )


def database_settings() -> tuple[m.DatabaseSetting, ...]:
    """For documents without a line of postgresql.conf."""
    return (
        m.DatabaseSetting(
            name="rds.force_ssl", value="1", because={"value": "no connection without encryption (SYS-12)"}
        ),
        m.DatabaseSetting(
            name="shared_preload_libraries",
            value="pg_stat_statements,pgaudit",
            because={"value": "slow statements need the one, the audit log the other"},
        ),
        m.DatabaseSetting(
            name="max_connections", value="200", because={"value": "none documented; the TDAH document's"}
        ),
    )


def pooler() -> m.Pooler:
    """One in each zone, 40 server connections each."""
    return m.Pooler(replicas=3, server_connections=120, client_connections=1_000)


def usual_cache(
    source: m.Source, *, persistent: bool, eviction_policy: str, because: str, down_after_milliseconds: int = 5_000
) -> m.Cache:
    """Redis with Sentinel where the document only says that something is cached."""
    return m.Cache(
        source=source,
        version="7.0",
        nodes=3,
        node_resources=m.Resources(
            cpu_request_millicores=500, cpu_limit_millicores=1_000, memory_request_mib=512, memory_limit_mib=1_024
        ),
        maximum_memory_mib=640,
        eviction_policy=eviction_policy,
        sentinels=3,
        quorum=2,
        master_name="mymaster",
        tls=True,
        password_characters=64,
        persistent=persistent,
        failover=m.Failover(
            down_after_milliseconds=down_after_milliseconds,
            failover_timeout_milliseconds=max(5_000, 2 * down_after_milliseconds),
        ),
        because={
            "version": "none documented; the TDAH document's Redis 7",
            "nodes": "a second survives the first, a third makes the majority (SYS-30)",
            "node_resources": "none documented; Astral Core v2's",
            "maximum_memory_mib": "five eighths of the container: room for a snapshot under load",
            "eviction_policy": because,
            "sentinels": "one in each zone (SYS-30)",
            "quorum": "a majority of three",
            "master_name": "none documented; the TDAH document's",
            "password_characters": "no length is documented; the longest of all documents",
            "failover": "none documented: shorter than anybody tries again, longer than a pause of the network",
        },
    )


def kept() -> tuple[m.KeptFor, ...]:
    """Astral Core v2's tiers."""
    return (
        m.KeptFor(tier=m.BackupTier.DAILY, days=30),
        m.KeptFor(tier=m.BackupTier.WEEKLY, days=84),
        m.KeptFor(tier=m.BackupTier.MONTHLY, days=366),
        m.KeptFor(tier=m.BackupTier.YEARLY, days=2_557),
    )


def generated(name: str, *readers: str, variable: str = "") -> m.Secret:
    """A secret that is ours to make: 256 bits, four times a year."""
    return m.Secret(
        name=name,
        secret_class=m.SecretClass.GENERATED,
        characters=64,
        rotation_days=90,
        readers=readers or ("platform",),
        variable=variable,
        because={"characters": "no length is documented: 256 bits", "rotation_days": "Astral Core v2's quarter"},
    )


def supplied(name: str, provider: str, *readers: str, variable: str = "") -> m.Secret:
    """A secret that only its provider can make."""
    return m.Secret(
        name=name,
        secret_class=m.SecretClass.SUPPLIED,
        rotation_days=90,
        readers=readers or ("platform",),
        variable=variable,
        provider=provider,
        because={"rotation_days": "Astral Core v2's quarter; the provider issues it, we remind and check"},
    )


def platform_secrets() -> tuple[m.Secret, ...]:
    """Logins that only the infrastructure uses."""
    names = ("database-reader", "database-backup", "database-restore", "database-monitor", "grafana-admin")
    return tuple(generated(name) for name in names)


def log_classes() -> tuple[m.RetentionClass, ...]:
    """Logs as Astral Core v2 keeps them, the only document that says how long (SYS-28)."""
    logs = m.Medium.LOGS
    return (
        m.RetentionClass(name="audit_logs", medium=logs, days=2_557, hipaa_record=True, health_data=True),
        m.RetentionClass(name="access_logs", medium=logs, days=2_557, hipaa_record=True, health_data=True),
        m.RetentionClass(name="performance_logs", medium=logs, days=365, hipaa_record=False, health_data=False),
        m.RetentionClass(name="debug_logs", medium=logs, days=90, hipaa_record=False, health_data=False),
    )
