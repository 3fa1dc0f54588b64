"""Being: where data lives, how it is saved, and the secrets that guard it."""

from systems import model as m
from systems import usual
from systems.being.source import BEING

API = "being-api"
MIGRATION = BEING.under("Production Deployment Process > Step 2: Database Migration (T-1 hour)")
VALIDATION = BEING.under("Pre-Deployment Checklist > Clinical Validation Complete")
PREPARED = BEING.under("Pre-Deployment Checklist > Backup and Recovery Prepared")
HARDENED = BEING.under("Pre-Deployment Checklist > Security Hardening Verification")

DATABASE = m.Database(
    source=BEING.under("Deployment Architecture > Blue-Green Deployment Strategy"),
    name="being",
    version="15",
    cpu_cores=4,
    memory_gib=8,
    storage_gib=1_000,
    maximum_storage_gib=4_000,
    replicas=0,
    multi_az=True,
    recovery_replica=True,
    settings=usual.database_settings(),
    roles=usual.database_roles("being"),
    pooler=usual.pooler(),
    application_pools=(
        m.ApplicationPool(
            workload=API,
            size=10,
            overflow=0,
            timeout_seconds=2,
            recycle_seconds=3_600,
            because={
                "size": "none documented; Astral Core v2's",
                "timeout_seconds": "none documented: whoever waits longer has lost the 200 ms long ago",
                "recycle_seconds": "the TDAH document's",
            },
        ),
    ),
    indexes=(
        m.Index(
            source=MIGRATION, name="idx_assessments_crisis_score", table="assessments", column="enhanced_crisis_score"
        ),
    ),
    aliases=("Supabase Production",),
    integrity_query="SELECT COUNT(*) FROM assessments",
    because={
        "name": "none documented; the platform's",
        "version": "none documented; the TDAH document's, and what Supabase offers (BEING-D01)",
        "cpu_cores": "none documented; Astral Core v2's (BEING-D02)",
        "memory_gib": "none documented; Astral Core v2's (BEING-D02)",
        "storage_gib": "none documented; Astral Core v2's (BEING-D02)",
        "maximum_storage_gib": "grows by itself to four times that; an alarm comes first",
        "replicas": "no reader is documented: standby and recovery replica carry the objectives",
        "multi_az": "no assessment may be lost with a zone (BEING-D05)",
        "recovery_replica": "cross-region replication verified",
        "settings": "none documented; row level security needs no setting, it belongs to the schema (BEING-D01)",
        "roles": "none documented; six separate what they may (SYS-21)",
        "pooler": "none documented; one in each zone",
        "integrity_query": "the migration counts the same table, by a column that starts empty",
    },
)

CACHE = usual.usual_cache(
    BEING.under("Deployment Architecture > Blue-Green Deployment Strategy"),
    persistent=True,
    eviction_policy="noeviction",
    because="sessions and flags in a crisis platform: refuse writes rather than forget a person",
    down_after_milliseconds=2_000,
)

BACKUPS = m.Backups(
    source=PREPARED,
    key_layout="{kind}/{tier}/{yyyymmdd}/{hhmmss}",
    kinds=(
        m.BackupKind(
            name="database",
            contains=("being",),
            schedule="0 2 * * *",
            every_seconds=usual.DAY_SECONDS,
            database_dump=True,
            because={
                "schedule": "`automated` without a time; Astral Core v2's",
                "every_seconds": "`automated` without an interval; Astral Core v2's",
            },
        ),
    ),
    kept=usual.kept(),
    never=("private keys", "env files", "secret values"),
    verification_schedule="0 5 * * 1",
    drill=m.Drill(
        schedule="0 6 * * 0",
        first_of_month_only=True,
        proves=(
            "database restoration",
            "point-in-time recovery",
            "cross-region replication",
            "crisis thresholds trigger",
            "PHQ-9 and GAD-7 scoring",
        ),
        maximum_age_days=38,
        because={
            "schedule": "`tested` without an interval; Astral Core v2's first Sunday",
            "proves": "the checklist, and what may never be wrong after a restore (BEING-D19)",
            "maximum_age_days": "first Sundays lie 35 days apart at most, and three days to repair a failed drill",
        },
    ),
    object_lock_days=30,
    upload_seconds=3_600,
    copies_to_recovery_region=True,
    because={
        "key_layout": "none documented",
        "kept": "no end is documented; Astral Core v2's tiers (BEING-D19)",
        "never": "a copy of a key is one more place to lose it (SYS-27)",
        "verification_schedule": "`verified` before every release, and weekly between releases",
        "object_lock_days": "as long as the shortest tier",
        "upload_seconds": "1 TB at 300 MB/s",
    },
)

RETENTION = m.Retention(
    source=VALIDATION,
    classes=(
        m.RetentionClass(name="assessments", medium=m.Medium.DATABASE, days=2_557, hipaa_record=True, health_data=True),
        *usual.log_classes(),
    ),
    because={
        "classes": "HIPAA and audit logging are documented, how long is not; Astral Core v2's seven years (SYS-28)"
    },
)

SECRETS = m.Secrets(
    source=HARDENED,
    secrets=(
        usual.generated("database-application", API, variable="DATABASE_URL"),
        usual.generated("database-owner", variable="MIGRATION_DATABASE_URL"),
        usual.generated("token-signing", API, variable="JWT_SECRET"),
        usual.generated("client-api-key", API, variable="CLIENT_API_KEY"),
        usual.generated("cache", API, variable="REDIS_URL"),
        *usual.platform_secrets(),
        m.Secret(
            source=VALIDATION,
            name="encryption-keys",
            secret_class=m.SecretClass.KEY_RING,
            characters=64,
            minimum_bits=256,
            rotation_days=90,
            readers=(API,),
            variable="ENCRYPTION_KEY",
            because={
                "characters": "256 bits in hexadecimal, for AES-256-GCM (BEING-D14)",
                "rotation_days": "Astral Core v2's quarter; versions are added, never replaced",
                "variable": "the TDAH document's name",
            },
        ),
        usual.supplied("pagerduty-key", "PagerDuty"),
        usual.supplied("slack-webhook", "Slack"),
    ),
    maximum_rotation_days=90,
    access_reviewed_days=30,
    because={
        "secrets": "API key rotation is documented, names are not; JWT_SECRET is Supabase's (BEING-D01)",
        "maximum_rotation_days": "`API key rotation complete` without an interval; Astral Core v2's quarter",
        "access_reviewed_days": "Astral Core v2's month",
    },
)
