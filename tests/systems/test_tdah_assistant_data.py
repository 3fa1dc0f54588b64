"""TDAH assistant: settings, secrets, database, cache and backups as its document gives them, copied by hand."""

import pytest

from systems import sizing
from systems.model import (
    BackupTier,
    Environment,
    FailureScope,
    RoleUse,
    SecretClass,
    SettingOwner,
    System,
)
from systems.objectives import promises
from systems.registry import load


@pytest.fixture(scope="module")
def tdah() -> System:
    return load("tdah-assistant", Environment.PRODUCTION)


def test_database_size(tdah: System) -> None:
    assert (tdah.database.cpu_cores, tdah.database.memory_gib) == (8, 16)
    assert tdah.database.replicas == 2  # "replica1" and "replica2"
    assert int(tdah.database.version) >= 15
    assert sizing.plan(tdah).database.vcpus >= 8


def settings(system: System) -> dict[str, str]:
    return {each.name: each.value for each in system.application.settings if each.readers}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENVIRONMENT", "production"),
        ("DEBUG", "false"),
        ("LOG_LEVEL", "INFO"),
        ("DB_SSL_ROOT_CERT", "/app/ssl/ca-cert.pem"),
        ("REDIS_SSL", "true"),
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
        ("RBAC_DEFAULT_ROLE", "user"),
        ("RBAC_ADMIN_ROLES", "admin,super_admin"),
        ("CACHE_TTL_USER_PROFILE", "3600"),
        ("CACHE_TTL_OAUTH_TOKENS", "1800"),
        ("CACHE_TTL_SMS_ROUTING", "7200"),
        ("CACHE_TTL_ANALYTICS", "300"),
        ("CACHE_INVALIDATION_USER_UPDATE", "user_profile"),
        ("CACHE_INVALIDATION_OAUTH_REFRESH", "oauth_tokens"),
        ("CACHE_INVALIDATION_SMS_CONFIG", "sms_routing"),
    ],
)
def test_settings_reach_the_api(tdah: System, name: str, value: str) -> None:
    assert settings(tdah)[name] == value
    assert next(each for each in tdah.application.settings if each.name == name).readers == ("api",)


def test_all_six_permissions_are_handed_over(tdah: System) -> None:
    assert set(settings(tdah)["RBAC_PERMISSIONS"].split(",")) == {
        "read:users",
        "write:users",
        "delete:users",
        "read:analytics",
        "write:analytics",
        "admin:system",
    }


def test_database_encryption_is_stricter_than_documented(tdah: System) -> None:
    mode = next(each for each in tdah.application.settings if each.name == "DB_SSL_MODE")
    assert (mode.value, mode.documented_value) == ("verify-full", "require")
    unread = {each.name for each in tdah.application.settings if not each.readers}
    assert unread == {"DB_SSL_CERT", "DB_SSL_KEY"}


def test_pool_and_workers_agree_with_what_the_application_is_told(tdah: System) -> None:
    pool, told = tdah.database.application_pools[0], settings(tdah)
    assert (pool.size, pool.overflow) == (int(told["DB_POOL_SIZE"]), int(told["DB_MAX_OVERFLOW"])) == (20, 30)
    assert (pool.timeout_seconds, pool.recycle_seconds) == (30, 3600)
    assert tdah.workload("api").processes_per_replica == int(told["WORKERS"]) == 4


def test_six_hundred_connections_meet_a_pooler_not_the_server(tdah: System) -> None:
    api, pooler = tdah.workload("api"), tdah.database.pooler
    assert api.autoscaling
    assert api.replicas * 4 * (20 + 30) == 600 > tdah.database.max_connections == 200
    assert pooler.client_connections >= api.autoscaling.maximum_replicas * 4 * (20 + 30) * 2
    assert pooler.server_connections < 200


def test_redis_lets_every_process_in(tdah: System) -> None:
    api = tdah.workload("api")
    assert api.autoscaling
    assert tdah.cache.maximum_client_connections >= api.autoscaling.maximum_replicas * 4 * 100 * 2


def test_secrets(tdah: System) -> None:
    secrets = {each.variable: each for each in tdah.secrets.secrets if each.variable}
    assert (secrets["JWT_SECRET_KEY"].characters or 0) >= 64
    assert (secrets["REDIS_PASSWORD"].characters or 0) >= 32
    assert tdah.cache.password_characters >= 32
    assert secrets["ENCRYPTION_KEY"].characters == 32
    assert secrets["ENCRYPTION_KEY"].secret_class is SecretClass.KEY_RING
    assert "SESSION_SECRET" in secrets
    supplied = {each.provider for each in tdah.secrets.secrets if each.secret_class is SecretClass.SUPPLIED}
    assert supplied == {"Twilio", "Google", "Microsoft", "Notion"}


def test_the_api_logs_in_as_nobody_but_app_user(tdah: System) -> None:
    logins = {each.name for each in tdah.secrets.secrets if each.name.startswith("database-") and "api" in each.readers}
    assert logins == {"database-application"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("shared_buffers", "4GB"),
        ("effective_cache_size", "12GB"),
        ("maintenance_work_mem", "512MB"),
        ("work_mem", "64MB"),
        ("max_connections", "200"),
        ("log_destination", "stderr"),
        ("log_rotation_age", "1d"),
        ("log_rotation_size", "100MB"),
        ("log_min_duration_statement", "1000"),
        ("checkpoint_completion_target", "0.9"),
        ("wal_buffers", "16MB"),
        ("default_statistics_target", "100"),
        ("random_page_cost", "1.1"),
        ("effective_io_concurrency", "200"),
    ],
)
def test_postgresql_conf(tdah: System, name: str, value: str) -> None:
    setting = tdah.database.setting(name)
    assert (setting.value, setting.owner) == (value, SettingOwner.PARAMETER_GROUP)


def test_statements_are_recorded(tdah: System) -> None:
    setting = tdah.database.setting("shared_preload_libraries")
    assert "pg_stat_statements" in setting.value.split(",")
    assert setting.documented_value == "pg_stat_statements"


@pytest.mark.parametrize(
    ("name", "documented", "owner"),
    [
        ("logging_collector", "on", SettingOwner.MANAGED),
        ("log_directory", "log", SettingOwner.MANAGED),
        ("log_line_prefix", "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ", SettingOwner.MANAGED),
        ("wal_level", "replica", SettingOwner.MANAGED),
        ("max_wal_senders", "3", SettingOwner.MANAGED),
        ("max_replication_slots", "3", SettingOwner.MANAGED),
        ("hot_standby", "on", SettingOwner.MANAGED),
        ("standby_mode", "on", SettingOwner.VOID),
        ("trigger_file", "/tmp/postgresql.trigger", SettingOwner.VOID),
    ],
)
def test_lines_that_are_not_ours_are_kept_with_a_reason(
    tdah: System, name: str, documented: str, owner: SettingOwner
) -> None:
    setting = tdah.database.setting(name)
    assert (setting.value, setting.owner) == (documented, owner)
    assert setting.because["owner"]


def test_database_users(tdah: System) -> None:
    assert tdah.database.name == "personal_assistant_prod"
    assert tdah.database.role(RoleUse.APPLICATION).name == "app_user"
    assert tdah.database.role(RoleUse.BACKUP).name == "backup_user"
    assert tdah.database.documented_roles_not_created == ("replica_user",)
    assert len(tdah.database.role(RoleUse.APPLICATION).documented_grants) == 4
    assert len(tdah.database.role(RoleUse.BACKUP).documented_grants) == 3


def test_indexes(tdah: System) -> None:
    assert {(each.name, each.table, each.column) for each in tdah.database.indexes} == {
        ("idx_users_email", "users", "email"),
        ("idx_users_phone", "users", "phone_number"),
        ("idx_conversations_user_id", "conversation_states", "user_id"),
        ("idx_messages_conversation_id", "conversation_messages", "conversation_id"),
        ("idx_messages_timestamp", "conversation_messages", "timestamp"),
    }


def test_redis(tdah: System) -> None:
    cache = tdah.cache
    assert (cache.nodes, cache.port) == (3, 6379)
    assert (cache.sentinels, cache.sentinel_port) == (3, 26379)
    assert cache.master_name == "mymaster"
    assert cache.tls
    assert float(cache.version) >= 7


def test_cache_lifetimes(tdah: System) -> None:
    assert {each.name: each.seconds for each in tdah.cache.lifetimes} == {
        "user_profile": 3600,
        "oauth_tokens": 1800,
        "sms_routing": 7200,
        "analytics": 300,
    }


def test_backups(tdah: System) -> None:
    assert tdah.backups.dump_interval_seconds == 6 * 3600
    assert tdah.backups.days(BackupTier.DAILY) == 30
    assert {kind.name for kind in tdah.backups.kinds} == {"postgresql", "application"}
    assert tdah.backups.copies_to_recovery_region


def test_business_continuity_holds_in_every_scope(tdah: System) -> None:
    told = list(promises(tdah))
    assert {(promise.scope, promise.figure) for promise in told} == {
        (scope, figure) for scope in FailureScope for figure in ("RTO", "RPO")
    }
    assert all(promise.kept and promise.promised_seconds == promise.documented_seconds for promise in told)
    loss = {promise.scope: promise.sum_seconds for promise in told if promise.figure == "RPO"}
    assert loss[FailureScope.POD] == loss[FailureScope.NODE] == loss[FailureScope.ZONE] == 0
