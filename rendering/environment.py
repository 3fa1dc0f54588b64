"""A workload's settings as its containers get them: variables that stay for a release, and switches that do not.

Five groups of the documents: connection pools, server processes, cache lifetimes (variables); feature flags and those
modes that are the application's own (files, one each, which operations change while everything runs).
"""

import hashlib
import json
from collections.abc import Mapping

from systems.model import System, Workload

SECRETS_DIRECTORY, SWITCHES_DIRECTORY = "/etc/lifeline/secrets", "/etc/lifeline/switches"
#: The authority that signs what pods talk to (`database`, `cache`); TDAH documents the path, the others get the same.
AUTHORITY_DIRECTORY = "/app/ssl"


def variables(system: System, workload: Workload, domain: str) -> Mapping[str, str]:
    """Documented settings first; what the spec knows and no documented setting says is added under its usual name."""
    documented = {each.name: each.value for each in system.application.settings if workload.name in each.readers}
    told = {**_surroundings(workload), **_processes(workload)}
    if uses_data(system, workload):
        told |= {**_encryption(), **_pool(system, workload), **_lifetimes(system)}
    return {name: value.replace("{domain}", domain) for name, value in sorted({**told, **documented}.items())}


def uses_data(system: System, workload: Workload) -> bool:
    """Whether it talks to database and cache, or only serves files."""
    read = {each.name for each in system.secrets.secrets if workload.name in each.readers}
    return bool(read & {"database-application", "cache"})


def _surroundings(workload: Workload) -> dict[str, str]:
    told = {
        "LIFELINE_SECRETS_DIR": SECRETS_DIRECTORY,
        "LIFELINE_SWITCHES_DIR": SWITCHES_DIRECTORY,
        "LIFELINE_SHUTDOWN_SECONDS": str(workload.shutdown_seconds),
        "NODE_EXTRA_CA_CERTS": f"{AUTHORITY_DIRECTORY}/ca-cert.pem",
    }
    return {**told, **({"PORT": str(workload.port)} if workload.port else {})}


def _encryption() -> dict[str, str]:
    return {"DB_SSL_MODE": "verify-full", "DB_SSL_ROOT_CERT": f"{AUTHORITY_DIRECTORY}/ca-cert.pem"}


def _pool(system: System, workload: Workload) -> dict[str, str]:
    """TDAH's names for the figures that every spec has."""
    pool = next((each for each in system.database.application_pools if each.workload == workload.name), None)
    if pool is None:
        return {}
    return {
        "DB_POOL_SIZE": str(pool.size),
        "DB_MAX_OVERFLOW": str(pool.overflow),
        "DB_POOL_TIMEOUT": str(pool.timeout_seconds),
        "DB_POOL_RECYCLE": str(pool.recycle_seconds),
    }


def _processes(workload: Workload) -> dict[str, str]:
    return {"WORKERS": str(workload.processes_per_replica)} if workload.port else {}


def _lifetimes(system: System) -> dict[str, str]:
    return {f"CACHE_TTL_{each.name.upper()}": str(each.seconds) for each in system.cache.lifetimes}


def of_psql(system: System) -> Mapping[str, str]:
    """Where PostgreSQL's own programs find the database; user and password are secrets."""
    return {
        "PGHOST": "database",
        "PGPORT": "5432",
        "PGDATABASE": system.database.name,
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": f"{AUTHORITY_DIRECTORY}/ca-cert.pem",
    }


def switches(system: System) -> Mapping[str, str]:
    """Feature flags at their documented start: file name -> JSON. Applications read them anew within a minute.

    Modes that an application must know of are flags in the specs; all others are the balancer's or an operator's.
    """
    return {
        flag.name: json.dumps(
            {"enabled": flag.enabled, "readonly": flag.readonly, "canaryPercent": flag.canary_percent}
        )
        for flag in (system.feature_flags.flags if system.feature_flags else ())
    }


def digest(content: Mapping[str, str]) -> str:
    """Eight characters for the name of what holds this content: other content, other name, and pods roll."""
    return hashlib.sha256(json.dumps(dict(content), sort_keys=True).encode()).hexdigest()[:8]
