"""Personal Assistant TDAH: an assistant by SMS and web for people with attention deficit and hyperactivity."""

from systems.environments import Lowered, in_environment
from systems.model import Environment, HardwareLevel, RecoveryLevel, System
from systems.tdah_assistant import application, data, guarding, keeping, promises, saving, traffic, watching
from systems.tdah_assistant.source import TDAH

#: Staging finds mistakes, it carries nobody: one zone may fail, and nothing waits in another region.
STAGING = (
    Lowered("objectives.zones", 2, "two zones still show what spreads wrongly"),
    Lowered("objectives.recovery_level", RecoveryLevel.COPIES_ONLY, "nothing in staging has to survive its region"),
    Lowered("hardware.build_to", HardwareLevel.MINIMUM, "the documented minimum carries one tester's load"),
    Lowered("hardware.server_storage_gib", 100, "logs and images of a few days; 500 is the document's for production"),
    Lowered("application.workloads[api].replicas", 2, "two still show what breaks with more than one"),
    Lowered("database.replicas", 1, "one reader still shows what breaks when reads lag behind"),
    Lowered("database.multi_az", False, "a standby doubles the price of a database without users"),
    Lowered("database.recovery_replica", False, "nothing in staging has to survive its region"),
    Lowered("database.point_in_time_days", 7, "staging data is synthetic; a week covers a sprint"),
    Lowered("backups.object_lock_days", 7, "a staging environment must be possible to tear down"),
)


def system(environment: Environment) -> System:
    """The platform as its document wants it in this environment."""
    production = System(
        source=TDAH.under("Production Deployment Guide"),
        name="tdah-assistant",
        full_name="Personal Assistant TDAH",
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
        backups=saving.BACKUPS,
        retention=guarding.RETENTION,
        secrets=guarding.SECRETS,
        rollout=keeping.ROLLOUT,
        maintenance=keeping.MAINTENANCE,
        calendar=keeping.CALENDAR,
    )
    return in_environment(production, environment, STAGING)
