"""TDAH assistant: the environment variables with public values; those with secret ones are in `guarding`."""

from collections.abc import Iterator

from systems.model import Setting
from systems.tdah_assistant.data import LIFETIMES
from systems.tdah_assistant.source import TDAH

SECURITY = TDAH.under("Security Hardening > Environment Security")
ACCESS = TDAH.under("Security Hardening > Access Control")
PERFORMANCE = TDAH.under("Performance Optimization > Application Performance")
CACHING = TDAH.under("Performance Optimization > Caching Strategy")

NO_CLIENT_CERTIFICATES = "RDS has no login by client certificate: nothing would read it (SYS-12)"


def _environment() -> Iterator[Setting]:
    for name, value in (("ENVIRONMENT", "production"), ("DEBUG", "false"), ("LOG_LEVEL", "INFO")):
        yield Setting(source=SECURITY, name=name, value=value, readers=("api",))


def _encryption() -> Iterator[Setting]:
    yield Setting(
        source=SECURITY,
        name="DB_SSL_MODE",
        value="verify-full",
        documented_value="require",
        readers=("api",),
        because={"value": "`require` encrypts, but takes any server's word for its name (SYS-12)"},
    )
    yield Setting(
        source=SECURITY,
        name="DB_SSL_ROOT_CERT",
        value="/app/ssl/ca-cert.pem",
        readers=("api",),
        because={"name": "the platform's own authority and the bundle of RDS, mounted and renewed (TDAH-D13)"},
    )
    for name, value in (("DB_SSL_CERT", "/app/ssl/client-cert.pem"), ("DB_SSL_KEY", "/app/ssl/client-key.pem")):
        yield Setting(source=SECURITY, name=name, value=value, readers=(), because={"readers": NO_CLIENT_CERTIFICATES})
    yield Setting(source=SECURITY, name="REDIS_SSL", value="true", readers=("api",))


def _access() -> Iterator[Setting]:
    handed_over = {"name": "documented as YAML; the application reads it as a variable (TDAH-D15)"}
    for name, value in (
        ("RBAC_DEFAULT_ROLE", "user"),
        ("RBAC_ADMIN_ROLES", "admin,super_admin"),
        (
            "RBAC_PERMISSIONS",
            "read:users,write:users,delete:users,read:analytics,write:analytics,admin:system",
        ),
    ):
        yield Setting(source=ACCESS, name=name, value=value, readers=("api",), because=handed_over)


def _performance() -> Iterator[Setting]:
    for name, value in (
        ("DB_POOL_SIZE", "20"),
        ("DB_MAX_OVERFLOW", "30"),
        ("DB_POOL_TIMEOUT", "30"),
        ("DB_POOL_RECYCLE", "3600"),
        ("DB_POOL_PRE_PING", "true"),
        ("REDIS_MAX_CONNECTIONS", "100"),
        ("REDIS_RETRY_ON_TIMEOUT", "true"),
        ("REDIS_SOCKET_KEEPALIVE", "true"),
        ("REDIS_SOCKET_KEEPALIVE_OPTIONS", "{}"),
        ("WORKERS", "4"),
        ("WORKER_CLASS", "uvicorn.workers.UvicornWorker"),
        ("WORKER_CONNECTIONS", "1000"),
        ("MAX_REQUESTS", "1000"),
        ("MAX_REQUESTS_JITTER", "100"),
    ):
        yield Setting(source=PERFORMANCE, name=name, value=value, readers=("api",))


def _caching() -> Iterator[Setting]:
    handed_over = {"name": "documented as Python; the application reads it as a variable (TDAH-D15)"}
    for lifetime in LIFETIMES:
        kind, event = lifetime.name.upper(), lifetime.invalidated_by.upper()
        seconds = str(lifetime.seconds)
        yield Setting(source=CACHING, name=f"CACHE_TTL_{kind}", value=seconds, readers=("api",), because=handed_over)
        if event:
            name = f"CACHE_INVALIDATION_{event}"
            yield Setting(source=CACHING, name=name, value=lifetime.name, readers=("api",), because=handed_over)


SETTINGS = (*_environment(), *_encryption(), *_access(), *_performance(), *_caching())
