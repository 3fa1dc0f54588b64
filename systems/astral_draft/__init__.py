"""Astral Draft: fantasy football with live drafts; released in a maintenance window, with no life depending on it."""

from systems.astral_draft import application, data, keeping, promises, releasing, traffic, watching
from systems.astral_draft.source import DRAFT, WEB, WORKER
from systems.environments import Lowered, in_environment
from systems.model import Environment, HardwareLevel, RecoveryLevel, System

STAGING = (
    Lowered("objectives.zones", 2, "two zones still show what spreads wrongly"),
    Lowered("objectives.recovery_level", RecoveryLevel.COPIES_ONLY, "nothing in staging has to survive its region"),
    Lowered("database.multi_az", False, "a standby doubles the price of a database without users"),
    Lowered("database.recovery_replica", False, "nothing in staging has to survive its region"),
    Lowered("database.storage_gib", 100, "synthetic leagues; the smaller of the two machines"),
    Lowered("database.point_in_time_days", 7, "staging data is synthetic; a week covers a sprint"),
    Lowered("hardware.build_to", HardwareLevel.MINIMUM, "the smaller machine carries one tester's load"),
    Lowered(f"application.workloads[{WEB}].replicas", 2, "two still show what breaks with more than one"),
    Lowered(f"application.workloads[{WORKER}].replicas", 1, "queued work may wait for a new pod in staging"),
    Lowered("load_balancer.replicas", 2, "two still show what breaks with more than one"),
    Lowered("backups.object_lock_days", 7, "a staging environment must be possible to tear down"),
)


def system(environment: Environment) -> System:
    """The platform as its document wants it in this environment."""
    production = System(
        source=DRAFT.under("Astral Draft Fantasy Football Platform v2.0.0"),
        name="astral-draft",
        full_name="Astral Draft Fantasy Football Platform",
        environment=Environment.PRODUCTION,
        regime=promises.REGIME,
        objectives=promises.OBJECTIVES,
        hardware=application.HARDWARE,
        application=application.APPLICATION,
        load_balancer=traffic.LOAD_BALANCER,
        tls=traffic.TLS,
        security_headers=traffic.SECURITY_HEADERS,
        edge=traffic.EDGE,
        firewall=traffic.FIREWALL,
        database=data.DATABASE,
        cache=data.CACHE,
        monitoring=watching.MONITORING,
        backups=data.BACKUPS,
        retention=data.RETENTION,
        secrets=data.SECRETS,
        rollout=releasing.ROLLOUT,
        maintenance=keeping.MAINTENANCE,
        calendar=keeping.CALENDAR,
    )
    return in_environment(production, environment, STAGING)
