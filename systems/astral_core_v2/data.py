"""Astral Core v2: where data lives, and how it is saved."""

from systems.astral_core_v2.source import V2
from systems.model import (
    ApplicationPool,
    BackupKind,
    Backups,
    BackupTier,
    Cache,
    Database,
    DatabaseRole,
    DatabaseSetting,
    Drill,
    Failover,
    KeptFor,
    Pooler,
    Resources,
    RoleUse,
    SettingOwner,
)

MANAGED_TLS = {
    "owner": "RDS brings its own server certificate and renews it; rds.force_ssl does what is meant (SYS-12)"
}

DATABASE = Database(
    source=V2.under("Infrastructure Requirements > Container Resources"),
    name="astral_core_v2",
    version="15",
    cpu_cores=4,
    memory_gib=8,
    storage_gib=1000,
    maximum_storage_gib=4000,
    replicas=0,
    multi_az=True,
    recovery_replica=True,
    settings=(
        DatabaseSetting(
            source=V2.under("Security Setup > Secrets Management"),
            name="rds.force_ssl",
            value="1",
            because={"name": "the document's `ssl = on` as the managed service calls it", "value": "on"},
        ),
        DatabaseSetting(
            source=V2.under("Security Setup > Secrets Management"),
            name="ssl_cert_file",
            value="/etc/ssl/certs/server.crt",
            owner=SettingOwner.MANAGED,
            because=MANAGED_TLS,
        ),
        DatabaseSetting(
            source=V2.under("Security Setup > Secrets Management"),
            name="ssl_key_file",
            value="/etc/ssl/private/server.key",
            owner=SettingOwner.MANAGED,
            because=MANAGED_TLS,
        ),
        DatabaseSetting(
            source=V2.under("Troubleshooting Guide > Common Issues and Solutions > Performance Degradation"),
            name="shared_preload_libraries",
            value="pg_stat_statements,pgaudit",
            because={"value": "the document queries pg_stat_statements; pgaudit is the audit log HIPAA asks for"},
        ),
        DatabaseSetting(
            name="max_connections",
            value="200",
            because={"value": "no figure is documented; the TDAH document's, and a quarter of what 16 GiB would allow"},
        ),
    ),
    roles=(
        DatabaseRole(name="astral_owner", use=RoleUse.OWNER, connections=5),
        DatabaseRole(
            source=V2.under("Troubleshooting Guide > Common Issues and Solutions > Application Won't Start"),
            name="astral_user",
            use=RoleUse.APPLICATION,
            connections=140,
            because={"connections": "the pooler's 120, and twenty for a pooler pod that replaces another"},
        ),
        DatabaseRole(name="astral_reader", use=RoleUse.READ_ONLY, connections=10),
        DatabaseRole(name="astral_backup", use=RoleUse.BACKUP, connections=5),
        DatabaseRole(name="astral_restore", use=RoleUse.RESTORE, connections=5),
        DatabaseRole(name="astral_monitor", use=RoleUse.MONITORING, connections=5),
    ),
    pooler=Pooler(
        replicas=3,
        server_connections=120,
        client_connections=1_000,
        because={
            "replicas": "one in each zone",
            "server_connections": "40 in each pooler",
            "client_connections": "every pool of nine replicas, twice, with room to spare",
        },
    ),
    application_pools=(
        ApplicationPool(
            workload="astral-web",
            size=10,
            overflow=0,
            timeout_seconds=10,
            recycle_seconds=3_600,
            because={
                "size": "no pool is documented; Prisma's own choice on two cores is 5, doubled",
                "timeout_seconds": "Prisma's default",
                "recycle_seconds": "the TDAH document's",
            },
        ),
    ),
    aliases=("astral-postgres-prod",),
    integrity_query="SELECT COUNT(*) FROM crisis_sessions WHERE created_at > NOW() - INTERVAL '24 hours'",
    because={
        "version": "none documented; the TDAH document's",
        "cpu_cores": "the container's limit of 2 doubled, as the recommended hardware doubles the minimum (SYS-04)",
        "memory_gib": "the container's limit of 4G doubled, as the recommended hardware doubles the minimum (SYS-04)",
        "storage_gib": "Hardware Specifications: 1TB recommended (SYS-06)",
        "maximum_storage_gib": "grows by itself to four times that; an alarm comes first",
        "replicas": "no reader is documented: the standby and the recovery region's replica carry the objectives",
        "multi_az": "RPO of one minute for crisis data, RTO of five minutes (SYS-09)",
        "recovery_replica": "hot standby activation (SYS-09)",
        "point_in_time_days": "the longest the managed service offers",
        "roles": "one is documented, astral_user; the others separate migrating, reading, saving and watching (SYS-21)",
        "aliases": "Troubleshooting Guide: docker exec astral-postgres-prod (SYS-20)",
        "integrity_query": "Disaster Recovery Plan: verify data integrity",
    },
)

CACHE = Cache(
    source=V2.under("Infrastructure Requirements > Container Resources"),
    version="7.0",
    nodes=3,
    node_resources=Resources(
        cpu_request_millicores=500,
        cpu_limit_millicores=1000,
        memory_request_mib=512,
        memory_limit_mib=1024,
    ),
    maximum_memory_mib=640,
    eviction_policy="noeviction",
    sentinels=3,
    quorum=2,
    master_name="mymaster",
    tls=True,
    password_characters=64,
    persistent=True,
    failover=Failover(
        down_after_milliseconds=2_000,
        failover_timeout_milliseconds=5_000,
        because={
            "down_after_milliseconds": "a crisis may not wait: 5 s without the queue in all (measured 2.8)",
            "failover_timeout_milliseconds": "a vote that nobody won is repeated after twice that",
        },
    ),
    because={
        "version": "none documented; the TDAH document's Redis 7",
        "nodes": "one Redis is documented; five minutes of RTO need a second, a majority a third (SYS-30)",
        "maximum_memory_mib": "five eighths of the container: room for a snapshot under load",
        "eviction_policy": "the crisis queue lives here: refuse writes rather than forget a person",
        "sentinels": "one in each zone (SYS-30)",
        "quorum": "a majority of three",
        "master_name": "none documented; the TDAH document's",
        "tls": "encryption in transit",
        "password_characters": "no length is documented; the longest the family asks for",
        "persistent": "queue and sessions survive a restart",
    },
)

BACKUPS = Backups(
    source=V2.under("Backup and Recovery > Automated Backup Strategy"),
    key_layout="{kind}/{tier}/{yyyymmdd}/{hhmmss}",
    kinds=(
        BackupKind(
            name="database",
            contains=("astral_core_v2",),
            schedule="0 2 * * *",
            every_seconds=86_400,
            database_dump=True,
        ),
        BackupKind(
            name="application-state",
            contains=("configuration", "uploads", "crisis-transcripts"),
            schedule="30 2 * * *",
            every_seconds=86_400,
            because={
                "contains": "the document's list without SSL certificates: keys of ACM cannot leave it (SYS-27)",
                "schedule": "no time is documented; after the database's",
                "every_seconds": "no interval is documented; the database's",
            },
        ),
    ),
    kept=(
        KeptFor(tier=BackupTier.DAILY, days=30),
        KeptFor(tier=BackupTier.WEEKLY, days=84, because={"days": "12 weeks"}),
        KeptFor(tier=BackupTier.MONTHLY, days=366, because={"days": "12 months, also in a leap year"}),
        KeptFor(tier=BackupTier.YEARLY, days=2_557, because={"days": "7 years with two leap days (SYS-28)"}),
    ),
    never=("private keys", "env files", "secret values"),
    verification_schedule="0 5 * * 1",
    drill=Drill(
        schedule="0 6 * * 0",
        first_of_month_only=True,
        proves=("database restoration", "application startup", "crisis system functionality", "performance benchmark"),
        maximum_age_days=38,
        because={
            "schedule": "first Sunday without an hour: after the backups of the night",
            "maximum_age_days": "first Sundays lie 35 days apart at most, and three days to repair a failed drill",
        },
    ),
    object_lock_days=30,
    upload_seconds=3_600,
    copies_to_recovery_region=True,
    because={
        "key_layout": "none documented",
        "never": "a copy of a key is one more place to lose it; secrets live in Secrets Manager, versioned (SYS-27)",
        "verification_schedule": "only the monthly drill is documented: four weeks of unread backups are too many",
        "object_lock_days": "as long as the shortest tier",
        "upload_seconds": "1 TB at 300 MB/s, the floor the runner is measured against",
        "copies_to_recovery_region": "a backup that burns with the house is none",
    },
)
