"""TDAH assistant: backups, and the drill that proves them."""

from systems.model import BackupKind, Backups, BackupTier, Drill, KeptFor
from systems.tdah_assistant.source import TDAH

CONTINUITY = TDAH.under("Disaster Recovery > Business Continuity")

BACKUPS = Backups(
    source=TDAH.under("Backup and Recovery > Database Backup"),
    key_layout="{kind}/{tier}/{yyyymmdd}/{hhmmss}",
    kinds=(
        BackupKind(
            source=CONTINUITY,
            name="postgresql",
            contains=("personal_assistant_prod",),
            schedule="0 */6 * * *",
            every_seconds=21_600,
            database_dump=True,
            because={"schedule": "every 6 hours, from midnight UTC"},
        ),
        BackupKind(
            source=CONTINUITY,
            name="application",
            contains=("image digests", "configuration"),
            schedule="30 */6 * * *",
            every_seconds=21_600,
            because={
                "contains": "code is in images, kept by digest; configuration without secrets; logs leave the pods "
                "at once and are kept by class (TDAH-D19)",
                "schedule": "every 6 hours, half an hour after the database's",
            },
        ),
    ),
    kept=(KeptFor(tier=BackupTier.DAILY, days=30),),
    never=("private keys", "env files", "secret values"),
    verification_schedule="0 6 * * 1",
    drill=Drill(
        source=CONTINUITY,
        schedule="0 7 * * 0",
        first_of_month_only=True,
        proves=(
            "database restoration",
            "application startup",
            "/health/overall",
            "/health/database",
            "cache answers",
            "certificate verifies",
        ),
        maximum_age_days=38,
        because={
            "schedule": "monthly without a day: the first Sunday, after the night's dumps and the maintenance window",
            "proves": "what post-deployment-check.sh asks, which the disaster recovery script ends with",
            "maximum_age_days": "first Sundays lie 35 days apart at most, and three days to repair a failed drill",
        },
    ),
    object_lock_days=30,
    upload_seconds=1_800,
    copies_to_recovery_region=True,
    because={
        "key_layout": "the script's names carry kind, date and time",
        "never": "a copy of a key is one more place to lose it; secrets live in Secrets Manager, versioned (SYS-27)",
        "verification_schedule": "only the monthly test is documented: four weeks of unread backups are too many",
        "upload_seconds": "500 GB at 300 MB/s, the floor the runner is measured against",
        "copies_to_recovery_region": "the document's backups lie on the machine they are to replace (TDAH-D19)",
    },
)
