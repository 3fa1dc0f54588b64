"""Astral Core v2: how long data stays, and the secrets that guard it."""

from systems.astral_core_v2.source import V2
from systems.model import (
    Medium,
    Retention,
    RetentionClass,
    Secret,
    SecretClass,
    Secrets,
)

RETENTION = Retention(
    source=V2.under("Compliance and Audit > Data Protection (GDPR)"),
    classes=(
        RetentionClass(
            name="crisis_sessions",
            medium=Medium.DATABASE,
            days=2_557,
            hipaa_record=True,
            health_data=True,
            because={"days": "7_years with two leap days (SYS-28)"},
        ),
        RetentionClass(
            name="user_profiles",
            medium=Medium.DATABASE,
            days=None,
            hipaa_record=False,
            health_data=True,
            because={"days": "until deletion is asked for: `indefinite` means without an end of its own (SYS-28)"},
        ),
        RetentionClass(
            name="audit_logs",
            medium=Medium.LOGS,
            days=2_557,
            hipaa_record=True,
            health_data=True,
            because={"days": "7_years with two leap days (SYS-28)"},
        ),
        RetentionClass(
            name="access_logs",
            medium=Medium.LOGS,
            days=2_557,
            hipaa_record=True,
            health_data=True,
            because={"days": "access-audit.log of the HIPAA section is an audit log: who saw health data"},
        ),
        RetentionClass(
            name="performance_logs",
            medium=Medium.LOGS,
            days=365,
            hipaa_record=False,
            health_data=False,
            because={"days": "1_year"},
        ),
        RetentionClass(name="debug_logs", medium=Medium.LOGS, days=90, hipaa_record=False, health_data=False),
    ),
    because={"classes": "which class is a HIPAA record and which may hold health data is ours to say (SYS-28)"},
)


def _generated(name: str, *, readers: tuple[str, ...], variable: str = "", characters: int = 64) -> Secret:
    return Secret(
        name=name,
        secret_class=SecretClass.GENERATED,
        characters=characters,
        rotation_days=90,
        readers=readers,
        variable=variable,
        because={"characters": "no length is documented: 256 bits", "rotation_days": "quarterly minimum"},
    )


def _supplied(name: str, *, provider: str, readers: tuple[str, ...], variable: str = "") -> Secret:
    return Secret(
        name=name,
        secret_class=SecretClass.SUPPLIED,
        rotation_days=90,
        readers=readers,
        variable=variable,
        provider=provider,
        because={"rotation_days": "quarterly minimum; the provider issues it, we remind and check"},
    )


SECRETS = Secrets(
    source=V2.under("Security Setup > Secrets Management"),
    secrets=(
        _generated("database-application", readers=("astral-web",), variable="DATABASE_URL"),
        _generated("database-owner", readers=("platform",), variable="MIGRATION_DATABASE_URL"),
        _generated("database-reader", readers=("platform",)),
        _generated("database-backup", readers=("platform",)),
        _generated("database-restore", readers=("platform",)),
        _generated("database-monitor", readers=("platform",)),
        _generated("cache", readers=("astral-web",), variable="REDIS_URL"),
        _generated("session-signing", readers=("astral-web",), variable="NEXTAUTH_SECRET"),
        _generated("grafana-admin", readers=("platform",)),
        Secret(
            source=V2.under("Pre-Deployment Checklist > Security Validation"),
            name="encryption-keys",
            secret_class=SecretClass.KEY_RING,
            characters=64,
            minimum_bits=256,
            rotation_days=90,
            readers=("astral-web",),
            variable="ENCRYPTION_KEY",
            because={
                "characters": "256 bits in hexadecimal",
                "rotation_days": "quarterly minimum; versions are added, never replaced",
                "variable": "the TDAH document's name",
            },
        ),
        _supplied("ai-provider-key", provider="the AI provider", readers=("astral-web",), variable="AI_API_KEY"),
        _supplied("slack-webhook", provider="Slack", readers=("platform", "astral-web"), variable="SLACK_WEBHOOK"),
        _supplied("pagerduty-key", provider="PagerDuty", readers=("platform",)),
    ),
    maximum_rotation_days=90,
    access_reviewed_days=30,
    because={
        "maximum_rotation_days": "quarterly minimum",
        "access_reviewed_days": "`regularly`: with the monthly HIPAA audit report",
    },
)
