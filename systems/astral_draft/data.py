"""Astral Draft: where data lives, how it is saved, and the secrets that guard it."""

from dataclasses import replace

from systems import model as m
from systems import usual
from systems.astral_draft.source import DRAFT, SCHEDULER, WEB, WORKER

BACKUP = DRAFT.under("PRE-DEPLOYMENT CHECKLIST (T-24 Hours) > Backup Creation")
RECOVERY = DRAFT.under("ROLLBACK PROCEDURES > Emergency Recovery")
STARTED = DRAFT.under("DEPLOYMENT PROCEDURES > Step 5: Start Services (T+20 minutes)")
LOGS = DRAFT.under("POST-DEPLOYMENT VALIDATION > Immediate Checks (T+35 minutes)")
KEYS = DRAFT.under("DEPLOYMENT PROCEDURES > Step 4: Configuration Updates")
SIGN_IN = DRAFT.under("TROUBLESHOOTING GUIDE > Common Issues & Solutions > Issue: Authentication Failures")
ALL = (WEB, WORKER, SCHEDULER)


def _pool(workload: str, size: int) -> m.ApplicationPool:
    return m.ApplicationPool(
        source=DRAFT.under("TROUBLESHOOTING GUIDE > Common Issues & Solutions > Issue: Slow Database Queries"),
        workload=workload,
        size=size,
        overflow=0,
        timeout_seconds=10,
        recycle_seconds=3_600,
        because={
            "size": "`db:pool:optimize` without a figure; the default of node-postgres is 10",
            "timeout_seconds": "none documented; Astral Core v2's",
            "recycle_seconds": "the TDAH document's",
        },
    )


DATABASE = m.Database(
    source=BACKUP,
    name="astraldraft",
    version="15",
    cpu_cores=2,
    memory_gib=4,
    storage_gib=500,
    maximum_storage_gib=2_000,
    replicas=0,
    multi_az=True,
    recovery_replica=True,
    settings=usual.database_settings(),
    roles=usual.database_roles("astraldraft"),
    pooler=usual.pooler(),
    application_pools=(_pool(WEB, 10), _pool(WORKER, 10), _pool(SCHEDULER, 2)),
    documented_roles_not_created=("admin",),
    aliases=("astraldraft-db", "prod-db.astraldraft.com"),
    integrity_query="SELECT COUNT(*) FROM users",
    because={
        "version": "none documented; the TDAH document's",
        "cpu_cores": "none documented; the container of Astral Core v2 (DRAFT-D02)",
        "memory_gib": "none documented; the container of Astral Core v2 (DRAFT-D02)",
        "storage_gib": "none documented; the minimum of Astral Core v2 (DRAFT-D02)",
        "maximum_storage_gib": "grows by itself to four times that; an alarm comes first",
        "replicas": "no reader is documented",
        "multi_az": "30 minutes in every scope that allows it: a restore alone takes more (DRAFT-D05)",
        "recovery_replica": "`infra:switch:backup` in 30 minutes needs data that is there before (DRAFT-D05)",
        "point_in_time_days": "the longest the managed service offers",
        "roles": "`admin` does everything in the document; six roles do a part each (SYS-21)",
        "pooler": "database connections are a documented indicator; 40 to the primary from each zone",
        "documented_roles_not_created": "`admin` is a reserved word of PostgreSQL on RDS (DRAFT-D06)",
        "integrity_query": "`dr:validate` is not shown; an account is what everything else belongs to",
    },
)

_CACHE = usual.usual_cache(
    STARTED,
    persistent=True,
    eviction_policy="volatile-lru",
    because="sessions and queued work share it with copies: only what has an end of its own may be forgotten",
)
CACHE = replace(_CACHE, aliases=("astraldraft-cache",))


def _kind(name: str, contains: str, schedule: str, reason: str, *, database_dump: bool = False) -> m.BackupKind:
    return m.BackupKind(
        name=name,
        contains=(contains,),
        schedule=schedule,
        every_seconds=usual.DAY_SECONDS,
        database_dump=database_dump,
        because={
            "name": "the beginning of the documented file name",
            "contains": reason,
            "schedule": "before a deployment only: nightly as well, before the window opens (DRAFT-D07)",
            "every_seconds": "before a deployment only: nightly as well (DRAFT-D07)",
        },
    )


BACKUPS = m.Backups(
    source=BACKUP,
    bucket_name="astraldraft-backups",
    key_layout="{yyyymmdd}/{kind}-{yyyymmdd}-{hhmmss}",
    kinds=(
        _kind("backup", "astraldraft", "0 5 * * *", "pg_dump -d astraldraft", database_dump=True),
        _kind("config-backup", "configuration", "30 5 * * *", "config/ without .env (DRAFT-D07)"),
    ),
    kept=usual.kept(),
    never=("private keys", "env files", "secret values"),
    verification_schedule="0 6 * * 1",
    drill=m.Drill(
        source=RECOVERY,
        schedule="0 11 * * 0",
        first_of_month_only=True,
        proves=("database restoration", "application startup", "health:check:all", "dr:validate"),
        maximum_age_days=38,
        because={
            "schedule": "no drill is documented; after the window for changes, before Sunday's games",
            "proves": "what a recovery runs through",
            "maximum_age_days": "first Sundays lie 35 days apart at most, and three days to repair a failed drill",
        },
    ),
    object_lock_days=30,
    upload_seconds=3_600,
    copies_to_recovery_region=True,
    because={
        "key_layout": "the documented keys; tiers are told apart by tag, since they are not in the key (DRAFT-D07)",
        "kept": "no end is documented; Astral Core v2's tiers",
        "never": "the documented archive packs .env: secrets live in Secrets Manager, versioned (SYS-27)",
        "verification_schedule": "none documented; Mondays, after the night's backup",
        "object_lock_days": "as long as the shortest tier",
        "upload_seconds": "500 GB at 300 MB/s take half of it",
        "copies_to_recovery_region": "`last known good state` must be where the recovery happens",
    },
)


def _logs(name: str, days: int, reason: str) -> m.RetentionClass:
    return m.RetentionClass(
        name=name, medium=m.Medium.LOGS, days=days, hipaa_record=False, health_data=False, because={"days": reason}
    )


RETENTION = m.Retention(
    source=LOGS,
    classes=(
        m.RetentionClass(name="users", medium=m.Medium.DATABASE, days=None, hipaa_record=False, health_data=False),
        _logs("audit_logs", 365, "none documented: a season and its dispute; no health data, no six years (DRAFT-D12)"),
        _logs("access_logs", 365, "none documented: as the audit log (DRAFT-D12)"),
        _logs("performance_logs", 365, "none documented; Astral Core v2's year"),
        _logs("debug_logs", 90, "app.log; none documented, Astral Core v2's 90 days"),
    ),
    because={"classes": "logs are read, for how long they are kept is not documented (DRAFT-D12)"},
)

SECRETS = m.Secrets(
    source=KEYS,
    secrets=(
        usual.generated("database-application", *ALL, variable="DATABASE_URL"),
        usual.generated("database-owner", variable="MIGRATION_DATABASE_URL"),
        usual.generated("cache", *ALL, variable="REDIS_URL"),
        replace(usual.generated("jwt-signing", WEB, variable="JWT_SECRET"), source=SIGN_IN),
        *usual.platform_secrets(),
        usual.supplied("provider-api-keys", "the data provider", *ALL, variable="PROVIDER_API_KEYS"),
        usual.supplied("slack-webhook", "Slack"),
        usual.supplied("pagerduty-key", "PagerDuty"),
    ),
    maximum_rotation_days=90,
    access_reviewed_days=30,
    because={
        "maximum_rotation_days": "`if needed`: a quarter at most, as in Astral Core v2",
        "access_reviewed_days": "none documented; Astral Core v2's month",
    },
)
