"""Being: standalone assessments of a mindfulness app, whose crisis detection may never be down."""

from systems.being import application, data, keeping, promises, releasing, traffic, watching
from systems.being.source import BEING
from systems.environments import Lowered, in_environment
from systems.model import Environment, HardwareLevel, RecoveryLevel, System

#: Staging finds mistakes, it carries nobody: one zone may fail, and nothing waits in another region.
STAGING = (
    Lowered("objectives.zones", 2, "two zones still show what spreads wrongly"),
    Lowered("objectives.recovery_level", RecoveryLevel.COPIES_ONLY, "nothing in staging has to survive its region"),
    Lowered("database.multi_az", False, "a standby doubles the price of a database without users"),
    Lowered("database.recovery_replica", False, "nothing in staging has to survive its region"),
    Lowered("database.storage_gib", 500, "synthetic data; the smaller of the two machines"),
    Lowered("database.point_in_time_days", 7, "staging data is synthetic; a week covers a sprint"),
    Lowered("hardware.build_to", HardwareLevel.MINIMUM, "the smaller machine carries one tester's load"),
    Lowered("application.workloads[being-api].replicas", 2, "two still show what breaks with more than one"),
    Lowered("application.workloads[being-api].critical.dedicated_replicas", 1, "the path is proven, not the capacity"),
    Lowered("load_balancer.replicas", 2, "two still show what breaks with more than one"),
    Lowered("backups.object_lock_days", 7, "a staging environment must be possible to tear down"),
)


def system(environment: Environment) -> System:
    """The platform as its document wants it in this environment."""
    production = System(
        source=BEING.under("DRD-FLOW-005 Standalone Assessments - Clinical MBCT App > Overview"),
        name="being",
        full_name="Being",
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
        retention=data.RETENTION,
        secrets=data.SECRETS,
        rollout=releasing.ROLLOUT,
        feature_flags=releasing.FEATURE_FLAGS,
        maintenance=keeping.MAINTENANCE,
        calendar=keeping.CALENDAR,
    )
    return in_environment(production, environment, STAGING)
