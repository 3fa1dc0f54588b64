"""Astral Core v2: crisis intervention by volunteers; the flagship, with every part of the model in use."""

from systems.astral_core_v2 import application, data, guarding, keeping, promises, traffic, watching
from systems.astral_core_v2.source import V2
from systems.environments import Lowered, in_environment
from systems.model import Environment, HardwareLevel, RecoveryLevel, System

#: Staging finds mistakes, it carries nobody: one zone may fail, and nothing waits in another region.
STAGING = (
    Lowered("objectives.zones", 2, "two zones still show what spreads wrongly"),
    Lowered("objectives.recovery_level", RecoveryLevel.COPIES_ONLY, "nothing in staging has to survive its region"),
    Lowered("database.multi_az", False, "a standby doubles the price of a database without users"),
    Lowered("database.recovery_replica", False, "nothing in staging has to survive its region"),
    Lowered("database.storage_gib", 500, "the documented minimum"),
    Lowered("database.point_in_time_days", 7, "staging data is synthetic; a week covers a sprint"),
    Lowered("hardware.build_to", HardwareLevel.MINIMUM, "the documented minimum carries one tester's load"),
    Lowered("application.workloads[astral-web].replicas", 2, "two still show what breaks with more than one"),
    Lowered("application.workloads[astral-web].critical.dedicated_replicas", 1, "the path is proven, not the capacity"),
    Lowered("load_balancer.replicas", 2, "two still show what breaks with more than one"),
    Lowered("backups.object_lock_days", 7, "a staging environment must be possible to tear down"),
)


def system(environment: Environment) -> System:
    """The platform as its document wants it in this environment."""
    production = System(
        source=V2.under("ASTRAL CORE V2 - Production Deployment Guide"),
        name="astral-core-v2",
        full_name="ASTRAL CORE V2",
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
        crisis=promises.CRISIS,
        monitoring=watching.MONITORING,
        backups=data.BACKUPS,
        retention=guarding.RETENTION,
        secrets=guarding.SECRETS,
        rollout=keeping.ROLLOUT,
        maintenance=keeping.MAINTENANCE,
        calendar=keeping.CALENDAR,
    )
    return in_environment(production, environment, STAGING)
