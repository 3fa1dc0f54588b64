"""Astral Core v7: where data lives, how it is saved, and the secrets that guard it."""

from systems import model as m
from systems import usual
from systems.astral_core_v7.source import V7

CONNECTIONS = V7.under("Common Issues & Solutions > Database Connection Issues")
BACKUP = V7.under("Database Operations > Backup Procedures")
RECOVERY = V7.under("Database Operations > Data Recovery")
ROTATION = V7.under("Security Procedures > Secret Rotation")
WEB = "astral-core-v7"

DATABASE = m.Database(
    source=CONNECTIONS,
    name="astral_core_v7",
    version="15",
    cpu_cores=2,
    memory_gib=4,
    storage_gib=500,
    maximum_storage_gib=2_000,
    replicas=0,
    multi_az=True,
    recovery_replica=True,
    settings=usual.database_settings(),
    roles=usual.database_roles("astral"),
    pooler=usual.pooler(),
    application_pools=(
        m.ApplicationPool(
            workload=WEB,
            size=10,
            overflow=0,
            timeout_seconds=10,
            recycle_seconds=3_600,
            because={
                "size": "none documented; Prisma's own choice on two cores is 5, doubled",
                "timeout_seconds": "Prisma's default",
                "recycle_seconds": "the TDAH document's",
            },
        ),
    ),
    integrity_query="SELECT COUNT(*) FROM users",
    because={
        "name": "`your provider`: none documented; the project's",
        "version": "none documented; the TDAH document's",
        "cpu_cores": "none documented; the container of Astral Core v2 (V7-D02)",
        "memory_gib": "none documented; the container of Astral Core v2 (V7-D02)",
        "storage_gib": "none documented; the minimum of Astral Core v2 (V7-D02)",
        "maximum_storage_gib": "grows by itself to four times that; an alarm comes first",
        "replicas": "no reader is documented",
        "multi_az": "a lost zone costs two minutes instead of an hour",
        "recovery_replica": "an RPO of an hour in every scope, the region too (V7-D08)",
        "roles": "one user with every right is implied by DATABASE_URL; six separate what they may (SYS-21, V7-D04)",
        "pooler": "connection pool exhaustion is a documented issue: one pooler, 40 connections in each zone",
        "integrity_query": "Data Recovery: verify data integrity",
    },
)

CACHE = usual.usual_cache(
    V7.under("Performance Optimization > Cache Management"),
    persistent=True,
    eviction_policy="volatile-lru",
    because="sessions and copies share it: only what has an end of its own may be forgotten",
)

BACKUPS = m.Backups(
    source=BACKUP,
    key_layout="{kind}/{tier}/{yyyymmdd}_{hhmmss}",
    kinds=(
        m.BackupKind(
            name="database",
            contains=("astral_core_v7",),
            schedule="0 2 * * *",
            every_seconds=usual.DAY_SECONDS,
            database_dump=True,
            because={
                "schedule": "by hand in the document: nightly, at Astral Core v2's hour (V7-D09)",
                "every_seconds": "by hand in the document: nightly (V7-D09)",
            },
        ),
        m.BackupKind(
            source=V7.under("Regular Maintenance Tasks > Monthly"),
            name="full-system",
            contains=("astral_core_v7", "configuration"),
            schedule="0 3 1 * *",
            every_seconds=31 * usual.DAY_SECONDS,
            because={
                "contains": "`full system backup` without a list: everything that is not built from images",
                "schedule": "monthly; after the night's dump of the first",
                "every_seconds": "the longest month",
            },
        ),
    ),
    kept=usual.kept(),
    never=("private keys", "env files", "secret values"),
    verification_schedule="0 5 * * 1",
    drill=m.Drill(
        source=RECOVERY,
        schedule="0 6 * * 0",
        first_of_month_only=True,
        proves=("database restoration", "data integrity", "core functionality", "integration tests"),
        database_name="astral_recovery",
        maximum_age_days=38,
        because={
            "schedule": "monthly by the calendar; on a Sunday, after the backups of the night",
            "proves": "Data Recovery and Full System Recovery, step by step",
            "maximum_age_days": "first Sundays lie 35 days apart at most, and three days to repair a failed drill",
        },
    ),
    object_lock_days=30,
    upload_seconds=3_600,
    copies_to_recovery_region=True,
    because={
        "key_layout": "the document's backup_<date>_<time>, below kind and tier",
        "kept": "no end is documented; Astral Core v2's tiers (V7-D09)",
        "never": "DATABASE_URL and the like live in Secrets Manager, versioned (SYS-27)",
        "verification_schedule": "weekly by the calendar, Mondays",
        "object_lock_days": "as long as the shortest tier",
        "upload_seconds": "500 GB at 300 MB/s take half of it",
        "copies_to_recovery_region": "`store in secure location`: one that does not burn with the house",
    },
)

RETENTION = m.Retention(
    source=V7.under("Security Procedures > Suspected Security Breach"),
    classes=(
        m.RetentionClass(name="users", medium=m.Medium.DATABASE, days=None, hipaa_record=False, health_data=True),
        *usual.log_classes(),
    ),
    because={
        "classes": "access logs, database access, user activity must be there to be reviewed after a breach, "
        "for how long is not documented; Astral Core v2's (SYS-28)"
    },
)

SECRETS = m.Secrets(
    source=ROTATION,
    secrets=(
        usual.generated("database-application", WEB, variable="DATABASE_URL"),
        usual.generated("database-owner", variable="MIGRATION_DATABASE_URL"),
        usual.generated("session-signing", WEB, variable="NEXTAUTH_SECRET"),
        usual.generated("admin-token", WEB, variable="ADMIN_TOKEN"),
        usual.generated("cache", WEB, variable="REDIS_URL"),
        *usual.platform_secrets(),
        usual.supplied("pagerduty-key", "PagerDuty"),
        usual.supplied("slack-webhook", "Slack"),
    ),
    maximum_rotation_days=90,
    access_reviewed_days=7,
    because={
        "maximum_rotation_days": "a procedure without an interval; Astral Core v2's quarter",
        "access_reviewed_days": "weekly security audit log review",
    },
)
