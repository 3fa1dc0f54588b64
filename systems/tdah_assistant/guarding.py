"""TDAH assistant: how long data stays, and the secrets that guard it."""

from systems.model import Medium, Retention, RetentionClass, Secret, SecretClass, Secrets
from systems.tdah_assistant.source import TDAH


def _logs(name: str, days: int, because: str) -> RetentionClass:
    return RetentionClass(
        name=name, medium=Medium.LOGS, days=days, hipaa_record=False, health_data=False, because={"days": because}
    )


def _until_deletion(name: str) -> RetentionClass:
    return RetentionClass(
        name=name,
        medium=Medium.DATABASE,
        days=None,
        hipaa_record=False,
        health_data=True,
        because={"days": "none documented: until its owner asks for deletion (TDAH-D16)"},
    )


RETENTION = Retention(
    source=TDAH.under("Overview > Production Environment Characteristics"),
    classes=(
        _until_deletion("users"),
        _until_deletion("conversations"),
        _logs("audit_logs", 365, "none documented: a year, in which a misuse must have been noticed (TDAH-D16)"),
        _logs("access_logs", 90, "none documented: addresses of persons, no longer than an inquiry needs (TDAH-D16)"),
        _logs("performance_logs", 365, "none documented; Astral Core v2's 1_year"),
        _logs("debug_logs", 90, "none documented; Astral Core v2's 90_days"),
    ),
    because={"classes": "the document gives no retention; its logs may not hold what people write (TDAH-D16)"},
)

QUARTERLY = "no rotation is documented; Astral Core v2's quarter"


def _generated(name: str, *, readers: tuple[str, ...] = ("platform",), variable: str = "") -> Secret:
    return Secret(
        name=name,
        secret_class=SecretClass.GENERATED,
        characters=64,
        rotation_days=90,
        readers=readers,
        variable=variable,
        because={
            "characters": "no length is documented; the longest of the documented ones",
            "rotation_days": QUARTERLY,
            "variable": "the application contract's name where the document has none",
        },
    )


def _supplied(name: str, *, provider: str, variable: str) -> Secret:
    return Secret(
        source=TDAH.under("Production Architecture > High-Level Architecture"),
        name=name,
        secret_class=SecretClass.SUPPLIED,
        rotation_days=90,
        readers=("api",),
        variable=variable,
        provider=provider,
        because={
            "rotation_days": f"{QUARTERLY}; the provider issues it, we remind and check",
            "variable": "the service is documented, its variable is not: the application contract's (TDAH-D14)",
        },
    )


SECRETS = Secrets(
    source=TDAH.under("Security Hardening > Environment Security"),
    secrets=(
        Secret(
            name="token-signing",
            secret_class=SecretClass.GENERATED,
            characters=64,
            rotation_days=90,
            readers=("api",),
            variable="JWT_SECRET_KEY",
            because={"rotation_days": QUARTERLY},
        ),
        Secret(
            name="encryption-keys",
            secret_class=SecretClass.KEY_RING,
            characters=32,
            minimum_bits=128,
            rotation_days=90,
            readers=("api",),
            variable="ENCRYPTION_KEY",
            because={
                "minimum_bits": "32 characters are 128 bits even if all were hexadecimal (TDAH-D18)",
                "rotation_days": f"{QUARTERLY}; versions are added, never replaced",
            },
        ),
        _generated("session-signing", readers=("api",), variable="SESSION_SECRET"),
        Secret(
            name="cache",
            secret_class=SecretClass.GENERATED,
            characters=64,
            rotation_days=90,
            readers=("api", "platform"),
            variable="REDIS_PASSWORD",
            because={"characters": "32 at least; as long as the token key", "rotation_days": QUARTERLY},
        ),
        _generated("database-application", readers=("api",), variable="DATABASE_URL"),
        _generated("database-owner", variable="MIGRATION_DATABASE_URL"),
        _generated("database-reader"),
        _generated("database-backup"),
        _generated("database-restore"),
        _generated("database-monitor"),
        _generated("grafana-admin"),
        _supplied("twilio-auth-token", provider="Twilio", variable="TWILIO_AUTH_TOKEN"),
        _supplied("google-client-secret", provider="Google", variable="GOOGLE_CLIENT_SECRET"),
        _supplied("microsoft-client-secret", provider="Microsoft", variable="MICROSOFT_CLIENT_SECRET"),
        _supplied("notion-client-secret", provider="Notion", variable="NOTION_CLIENT_SECRET"),
    ),
    maximum_rotation_days=90,
    access_reviewed_days=30,
    because={
        "maximum_rotation_days": QUARTERLY,
        "access_reviewed_days": "security monitoring without a rhythm: with the monthly recovery test",
    },
)
