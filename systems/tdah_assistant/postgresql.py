"""TDAH assistant: every line of the documented postgresql.conf and recovery.conf, and who brings it to life."""

from collections.abc import Iterator

from systems.model import DatabaseSetting, SettingOwner
from systems.tdah_assistant.source import TDAH

CONFIGURATION = TDAH.under("Database Setup > PostgreSQL Configuration")
REPLICATION = TDAH.under("Database Setup > Database Replication")

AS_DOCUMENTED = (
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
)


def _logging() -> Iterator[DatabaseSetting]:
    yield DatabaseSetting(
        source=CONFIGURATION,
        name="log_filename",
        value="postgresql.log.%Y-%m-%d-%H%M",
        documented_value="postgresql-%Y-%m-%d_%H%M%S.log",
        because={"value": "RDS takes three patterns; the finest, since a day may have several files (TDAH-D07)"},
    )
    for name, value, reason in (
        ("logging_collector", "on", "RDS always collects (TDAH-D07)"),
        ("log_directory", "log", "RDS has a directory of its own and ships the files to CloudWatch (TDAH-D07)"),
        (
            "log_line_prefix",
            "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",
            "RDS writes %t:%r:%u@%d:[%p]:, which has all of it but line number and application (TDAH-D07)",
        ),
    ):
        yield DatabaseSetting(
            source=CONFIGURATION, name=name, value=value, owner=SettingOwner.MANAGED, because={"owner": reason}
        )


def _replication() -> Iterator[DatabaseSetting]:
    managed, void = SettingOwner.MANAGED, SettingOwner.VOID
    removed = "PostgreSQL 12 removed recovery.conf and this setting with it; RDS promotes (SYS-14)"
    for name, value, owner, reason in (
        ("wal_level", "replica", managed, "what RDS runs with (SYS-14)"),
        ("max_wal_senders", "3", managed, "too few for two replicas, a third abroad and a dump; RDS's own (SYS-14)"),
        ("max_replication_slots", "3", managed, "RDS keeps one for each of its replicas (SYS-14)"),
        ("hot_standby", "on", managed, "replicas of RDS always answer reads (SYS-14)"),
        ("standby_mode", "on", void, removed),
        (
            "primary_conninfo",
            "host=master_host port=5432 user=replica_user password=replica_password",
            void,
            "RDS connects its replicas itself; a password stood here in clear (SYS-14, TDAH-D08)",
        ),
        ("trigger_file", "/tmp/postgresql.trigger", void, removed),
    ):
        yield DatabaseSetting(source=REPLICATION, name=name, value=value, owner=owner, because={"owner": reason})


POSTGRESQL_CONF = (
    *(DatabaseSetting(source=CONFIGURATION, name=name, value=value) for name, value in AS_DOCUMENTED),
    DatabaseSetting(
        source=CONFIGURATION,
        name="shared_preload_libraries",
        value="pg_stat_statements,pgaudit",
        documented_value="pg_stat_statements",
        because={"value": "pgaudit tells who read what, which health data under the GDPR needs (TDAH-D16)"},
    ),
    DatabaseSetting(
        source=TDAH.under("Security Hardening > Environment Security"),
        name="rds.force_ssl",
        value="1",
        because={"name": "the server's side of DB_SSL_MODE", "value": "on"},
    ),
    *_logging(),
    *_replication(),
)
