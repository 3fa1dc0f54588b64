"""TDAH assistant: database and cache."""

from systems.model import (
    ApplicationPool,
    Cache,
    CacheLifetime,
    Database,
    DatabaseRole,
    Failover,
    Index,
    Pooler,
    Resources,
    RoleUse,
)
from systems.tdah_assistant.postgresql import POSTGRESQL_CONF
from systems.tdah_assistant.source import TDAH

COMPONENTS = TDAH.under("Production Architecture > Production Components")
DATABASE_SECURITY = TDAH.under("Database Setup > Database Security")

ROLES = (
    DatabaseRole(name="app_owner", use=RoleUse.OWNER, connections=5),
    DatabaseRole(
        name="app_user",
        use=RoleUse.APPLICATION,
        connections=140,
        documented_grants=(
            "CONNECT ON DATABASE personal_assistant_prod",
            "USAGE ON SCHEMA public",
            "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public",
            "USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public",
        ),
        source=DATABASE_SECURITY,
    ),
    DatabaseRole(name="app_reader", use=RoleUse.READ_ONLY, connections=10),
    DatabaseRole(
        name="backup_user",
        use=RoleUse.BACKUP,
        connections=5,
        documented_grants=(
            "CONNECT ON DATABASE personal_assistant_prod",
            "USAGE ON SCHEMA public",
            "SELECT ON ALL TABLES IN SCHEMA public",
        ),
        source=DATABASE_SECURITY,
    ),
    DatabaseRole(name="app_restore", use=RoleUse.RESTORE, connections=5),
    DatabaseRole(name="app_monitor", use=RoleUse.MONITORING, connections=5),
)


def _index(name: str, table: str, column: str) -> Index:
    return Index(
        name=name, table=table, column=column, source=TDAH.under("Performance Optimization > Database Performance")
    )


DATABASE = Database(
    source=COMPONENTS,
    name="personal_assistant_prod",
    version="15",
    cpu_cores=8,
    memory_gib=16,
    storage_gib=500,
    maximum_storage_gib=2000,
    replicas=2,
    multi_az=True,
    recovery_replica=True,
    settings=POSTGRESQL_CONF,
    roles=ROLES,
    pooler=Pooler(replicas=3, server_connections=120, client_connections=3_000),
    application_pools=(
        ApplicationPool(
            source=TDAH.under("Performance Optimization > Application Performance"),
            workload="api",
            size=20,
            overflow=30,
            timeout_seconds=30,
            recycle_seconds=3_600,
        ),
    ),
    documented_roles_not_created=("replica_user",),
    indexes=(
        _index("idx_users_email", "users", "email"),
        _index("idx_users_phone", "users", "phone_number"),
        _index("idx_conversations_user_id", "conversation_states", "user_id"),
        _index("idx_messages_conversation_id", "conversation_messages", "conversation_id"),
        _index("idx_messages_timestamp", "conversation_messages", "timestamp"),
    ),
    aliases=("db-master", "db-replica1", "db-replica2"),
    integrity_query="SELECT COUNT(*) FROM users",
    because={
        "version": "Prerequisites: PostgreSQL 15+",
        "storage_gib": "Prerequisites: 500GB+ SSD per server",
        "maximum_storage_gib": "grows by itself to four times that; an alarm comes first",
        "replicas": "one in the table, two in the section on high availability: the larger (SYS-14)",
        "multi_az": "redundancy and failover: a promoted reader would lose what it had not yet received",
        "recovery_replica": "a dump every six hours cannot carry an hour of loss into another region (SYS-11)",
        "point_in_time_days": "the longest the managed service offers",
        "roles": "app_user and backup_user are documented; the others separate migrating, reading, restoring and "
        "watching (SYS-21, TDAH-D08)",
        "pooler": "one in each zone with 40 connections to the server; six API pods of four processes may each open "
        "50, twice during a rollout: 2,400, with a quarter to spare (TDAH-D12)",
        "documented_roles_not_created": "the managed service replicates under a role of its own (TDAH-D08)",
        "indexes": "made by the application's migrations, outside their transaction (TDAH-D24)",
        "integrity_query": "the document restores without looking; a table it names that is never empty",
    },
)

LIFETIMES = (
    CacheLifetime(name="user_profile", seconds=3_600, invalidated_by="user_update"),
    CacheLifetime(name="oauth_tokens", seconds=1_800, invalidated_by="oauth_refresh"),
    CacheLifetime(name="sms_routing", seconds=7_200, invalidated_by="sms_config"),
    CacheLifetime(name="analytics", seconds=300),
)

CACHE = Cache(
    source=TDAH.under("High Availability > Redis High Availability"),
    version="7.0",
    nodes=3,
    node_resources=Resources.fixed(cpu_cores=2, memory_gib=4),
    maximum_memory_mib=2_560,
    eviction_policy="volatile-lru",
    sentinels=3,
    quorum=2,
    master_name="mymaster",
    tls=True,
    password_characters=64,
    persistent=True,
    maximum_client_connections=6_000,
    failover=Failover(down_after_milliseconds=5_000, failover_timeout_milliseconds=10_000),
    lifetimes=LIFETIMES,
    aliases=("redis-1", "redis-2", "redis-3", "sentinel-1", "sentinel-2", "sentinel-3"),
    because={
        "version": "Prerequisites: Redis 7+",
        "nodes": "three of one master name: Sentinel's, not Cluster's, which is enabled beside it (SYS-30)",
        "node_resources": "Production Components: 2 CPU, 4GB RAM each",
        "maximum_memory_mib": "five eighths of the container: room for a snapshot under load",
        "eviction_policy": "caching and sessions: what has a lifetime may go first, what has none stays",
        "quorum": "a majority of three",
        "tls": "Environment Security: REDIS_SSL=true",
        "password_characters": "Environment Security: 32 at least; as long as the longest documented secret",
        "persistent": "sessions survive a restart",
        "maximum_client_connections": "six API pods of four processes may each open REDIS_MAX_CONNECTIONS=100, twice "
        "during a rollout: 4,800, with a quarter to spare (TDAH-D12)",
        "failover": "none documented: nobody is signed out by a pause of eight seconds",
        "lifetimes": "Performance Optimization > Caching Strategy",
    },
)
