"""What the programs in images/backup are told, as one JSON document: the layout, where things lie, what a drill proves.

Nothing in it is secret: logins are files of their own. What nobody knows before it exists comes in by `Places`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rendering import backup_layout, environment
from systems.model import HealthCheck, RoleUse, System, Workload

FILE = "settings.json"
DIRECTORY, WORKSPACE = "/etc/lifeline/backup", "/work"
#: Authorities that sign for the managed database's servers.
DATABASE_AUTHORITIES = "database-authorities.pem"
#: Of the throwaway servers in a drill's pod, where the pod's own names lead to (`host_aliases`).
DATABASE_PORT, CACHE_PORT = 5432, 6379
#: What an application in a drill finds in place of every secret: 32 characters, as the strictest document wants.
THROWAWAY = "throwaway-value-of-restore-drill"
_API = "https://kubernetes.default.svc/api/v1/namespaces"
_SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
#: gzip's quickest: a snapshot that is open for long keeps the database from cleaning up.
_COMPRESSION = 1
#: Of an upload: until which part, how many MiB each, how many held at once. S3 takes 10,000 parts: 478 GiB compressed,
#: and never more than 96 MiB in memory.
_PARTS = ((1_000, 8, 4), (3_000, 16, 4), (6_000, 32, 2), (10_000, 90, 1))
_BENCHMARK = {"requests": 500, "callers": 8}
#: Names of contents that are tables of the database: a regular expression for them.
_TABLES = {"crisis-transcripts": r"crisis_(sessions?|messages?|transcripts?)$"}
#: What proves each promise of a document's drill. Nothing: it is proven elsewhere, and `_ELSEWHERE` says where.
_PROOFS: Mapping[str, tuple[str, ...]] = {
    "database restoration": ("restored",),
    "data integrity": ("restored",),
    "application startup": ("checks",),
    "core functionality": ("checks",),
    "health:check:all": ("checks",),
    "/health/overall": ("checks",),
    "/health/database": ("checks",),
    "cache answers": ("checks",),
    "PHQ-9 and GAD-7 scoring": ("checks",),
    "crisis thresholds trigger": ("crisis", "checks"),
    "crisis system functionality": ("crisis",),
    "performance benchmark": ("benchmark",),
    "dr:validate": ("restored", "checks"),
    "cross-region replication": ("copied",),
    "point-in-time recovery": (),
    "integration tests": (),
    "certificate verifies": (),
}
_ELSEWHERE = {
    "point-in-time recovery": "a person restores a moment by docs/restore.md; the service keeps the log for it",
    "integration tests": "the application's own pipeline, against a database restored by docs/restore.md",
    "certificate verifies": "probes from outside, every minute (CertificateExpiring)",
}


#: Between programs of one pod there is no network.
_UNENCRYPTED = {"DB_SSL_MODE": "disable", "REDIS_SSL": "false"}


class UnknownPromise(LookupError):
    """A document's drill is to prove what no program here knows."""


@dataclass(frozen=True, kw_only=True)
class Places:
    """Names and addresses of one stack."""

    buckets: Mapping[str, str]
    """By class: database, application, evidence."""
    key_arn: str
    copies: Mapping[str, str] = field(default_factory=dict[str, str])
    """Of each bucket, the one in the recovery region that every object is copied to."""
    recovery_region: str = ""
    uploads_bucket: str | None
    database_host: str
    images: Mapping[str, str] = field(default_factory=dict[str, str])
    namespace: str = "platform"
    pushgateway: str = "http://pushgateway.monitoring.svc:9091"


def settings(system: System, places: Places) -> dict[str, Any]:
    backups, database = system.backups, system.database
    return {
        "system": system.name,
        "environment": system.environment.value,
        "layout": backup_layout.layout(system),
        "buckets": {name: _bucket(places, bucket) for name, bucket in places.buckets.items()},
        "database": {
            "name": database.name,
            "host": places.database_host,
            "port": 5432,
            "ssl_mode": "verify-full",
            "authorities": f"{DIRECTORY}/{DATABASE_AUTHORITIES}",
            "compression": _COMPRESSION,
            "owner": database.role(RoleUse.OWNER).name,
        },
        "state": {
            "api": f"{_API}/{places.namespace}",
            "token": f"{_SERVICE_ACCOUNT}/token",
            "authority": f"{_SERVICE_ACCOUNT}/ca.crt",
            "images": dict(sorted(places.images.items())),
            "uploads_bucket": places.uploads_bucket,
            "tables": _TABLES,
        },
        "pushgateway": places.pushgateway,
        "upload_seconds": backups.upload_seconds,
        "upload_parts": [list(each) for each in _PARTS],
        "drill": drill(system),
    }


def _bucket(places: Places, name: str) -> dict[str, str]:
    copy = places.copies.get(name)
    told = {"name": name, "key": places.key_arn}
    return {**told, "copy": copy, "copy_region": places.recovery_region} if copy else told


def drill(system: System) -> dict[str, Any]:
    wanted = system.backups.drill
    if unknown := [each for each in wanted.proves if each not in _PROOFS]:
        raise UnknownPromise(
            f"{system.name}: the drill is to prove {', '.join(unknown)}; known are {', '.join(_PROOFS)}"
        )
    proves = {each: list(_PROOFS[each]) for each in wanted.proves}
    proves |= {
        promise: [proof] for promise, proof in _always(system) if not any(proof in each for each in proves.values())
    }
    return {
        "database_name": wanted.database_name,
        "database_port": DATABASE_PORT,
        "first_of_month_only": wanted.first_of_month_only,
        "workspace": WORKSPACE,
        "jobs": 2,
        "indexes": [each.name for each in system.database.indexes],
        "proves": proves,
        "elsewhere": {each: _ELSEWHERE[each] for each, proofs in proves.items() if not proofs},
        "application": _application(system),
    }


def _always(system: System) -> Iterator[tuple[str, str]]:
    """Whatever a document lists."""
    yield "answers under load", "benchmark"
    if drilled(system).critical is not None:
        yield "crisis check", "crisis"
    if system.backups.copies_to_recovery_region:
        yield "a copy in the recovery region", "copied"


def drilled(system: System) -> Workload:
    """The workload that a drill starts: the one that serves people from the data, critical paths first."""
    serving = [each for each in system.workloads if each.port and environment.uses_data(system, each)]
    return max(serving, key=lambda each: each.critical is not None)


def variables(system: System, domain: str) -> Mapping[str, str]:
    """The drilled application's: its own settings, and in place of every secret a value that opens nothing.

    So it can send nothing to anybody, whatever it finds in the restored tables.
    """
    workload = drilled(system)
    told = dict(environment.variables(system, workload, domain))
    told |= {name: value for name, value in _UNENCRYPTED.items() if name in told}
    return dict(sorted({**told, **secrets(system)}.items()))


def secrets(system: System) -> Mapping[str, str]:
    """By variable, which is the name of the file as well. Names lead to the throwaway servers of the pod."""
    workload, database = drilled(system), system.database
    role = database.role(RoleUse.APPLICATION).name
    address = f"database:{DATABASE_PORT}/{system.backups.drill.database_name}"
    addresses = {
        "DATABASE_URL": f"postgresql://{role}@{address}?sslmode=disable",
        "REDIS_URL": f"redis://:{THROWAWAY}@cache:{CACHE_PORT}/0",
    }
    names = sorted(each.variable for each in system.secrets.secrets if workload.name in each.readers and each.variable)
    return {each: addresses.get(each, THROWAWAY) for each in names}


def _application(system: System) -> dict[str, Any]:
    workload = drilled(system)
    checks = [_check(workload, each) for each in workload.health]
    checks.sort(key=lambda each: "readiness" not in each["uses"])
    known = {each["path"] for each in checks}
    if workload.critical and workload.critical.check_path not in known:
        checks.append(_plain(workload.critical.check_path))
    single = {each["path"]: each for each in reversed(checks)}
    ordered = [single[path] for path in dict.fromkeys(each["path"] for each in checks)]
    return {
        "port": workload.port,
        "start_seconds": 600,
        "checks": ordered,
        "benchmark": {"path": ordered[0]["path"], **_BENCHMARK},
    }


def _check(workload: Workload, check: HealthCheck) -> dict[str, Any]:
    crisis = workload.critical is not None and any(check.path.startswith(each) for each in workload.critical.paths)
    return {
        "path": check.path,
        "status": check.expected_status,
        "body": [{"json_path": each.json_path, "equals": each.equals} for each in check.body],
        "crisis": crisis,
        "uses": sorted(each.value for each in check.uses),
    }


def _plain(path: str) -> dict[str, Any]:
    return {"path": path, "status": 200, "body": [], "crisis": True, "uses": []}
