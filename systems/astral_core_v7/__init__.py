"""Astral Core v7: a Next.js platform whose runbook was written for Vercel; built here like its sisters (V7-D01)."""

from systems.astral_core_v7 import application, data, keeping, promises, traffic, watching
from systems.astral_core_v7.source import V7
from systems.environments import Lowered, in_environment
from systems.model import Environment, HardwareLevel, RecoveryLevel, System

STAGING = (
    Lowered("objectives.zones", 2, "two zones still show what spreads wrongly"),
    Lowered("objectives.recovery_level", RecoveryLevel.COPIES_ONLY, "nothing in staging has to survive its region"),
    Lowered("database.multi_az", False, "a standby doubles the price of a database without users"),
    Lowered("database.recovery_replica", False, "nothing in staging has to survive its region"),
    Lowered("database.storage_gib", 100, "synthetic data; the smaller of the two machines"),
    Lowered("database.point_in_time_days", 7, "staging data is synthetic; a week covers a sprint"),
    Lowered("hardware.build_to", HardwareLevel.MINIMUM, "the smaller machine carries one tester's load"),
    Lowered("application.workloads[astral-core-v7].replicas", 2, "two still show what breaks with more than one"),
    Lowered("load_balancer.replicas", 2, "two still show what breaks with more than one"),
    Lowered("backups.object_lock_days", 7, "a staging environment must be possible to tear down"),
)


def system(environment: Environment) -> System:
    """The platform as its document wants it in this environment."""
    production = System(
        source=V7.under("Astral Core v7 - Operational Runbook"),
        name="astral-core-v7",
        full_name="Astral Core v7",
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
        rollout=keeping.ROLLOUT,
        feature_flags=keeping.FEATURE_FLAGS,
        maintenance=keeping.MAINTENANCE,
        calendar=keeping.CALENDAR,
    )
    return in_environment(production, environment, STAGING)
