"""The rendered settings on real servers: a primary, the documented replicas, and nothing that only RDS would take."""

from functools import partial

import pytest
from lifeline_rotation.postgresql import PostgresError

from systems.model import RoleUse, SettingOwner
from tests.live.postgres.platform import Platform
from tests.live.postgres.servers import Node, wait_until

pytestmark = pytest.mark.xdist_group("postgres")


def test_as_many_replicas_stream_as_documented(platform: Platform) -> None:
    assert len(platform.replicas) == platform.system.database.replicas == 2
    streaming = "SELECT state FROM pg_stat_replication WHERE state = 'streaming'"
    wait_until("both replicas stream", lambda: len(platform.primary.tell(streaming)) == 2)
    with platform.as_(RoleUse.OWNER) as owner:
        owner.query("CREATE TABLE followed (id int); INSERT INTO followed VALUES (7)")
    try:
        for replica in platform.replicas:
            wait_until("it follows", partial(_has_the_row, replica, platform.database))
            with pytest.raises(PostgresError, match="read-only"):
                replica.tell("INSERT INTO followed VALUES (8)", platform.database)
    finally:
        with platform.as_(RoleUse.OWNER) as owner:
            owner.query("DROP TABLE followed")


def _has_the_row(node: Node, database: str) -> bool:
    return node.tell("SELECT id FROM followed", database) == [("7",)]


def test_the_document_is_what_the_servers_run_with(platform: Platform) -> None:
    documented = {
        "shared_buffers": "4GB",
        "effective_cache_size": "12GB",
        "maintenance_work_mem": "512MB",
        "work_mem": "64MB",
        "max_connections": "200",
        "wal_buffers": "16MB",
        "log_rotation_age": "1d",
        "random_page_cost": "1.1",
        "log_min_duration_statement": "1s",
        "log_rotation_size": "100MB",
        "checkpoint_completion_target": "0.9",
        "default_statistics_target": "100",
        "effective_io_concurrency": "200",
        "idle_in_transaction_session_timeout": "1min",
    }
    for node in (platform.primary, *platform.replicas):
        assert {name: node.tell(f"SHOW {name}")[0][0] for name in documented} == documented


def test_nothing_is_set_that_is_gone_or_not_ours(platform: Platform) -> None:
    """The servers started with all of it, so they know all of it; what the document asks in vain is not among it."""
    given = platform.primary.settings().keys()
    others = [each for each in platform.system.database.settings if each.owner is not SettingOwner.PARAMETER_GROUP]
    assert {"trigger_file", "standby_mode"} <= {each.name for each in others}
    assert not given & {each.name for each in others}
    assert {setting for (setting,) in platform.primary.tell("SELECT name FROM pg_settings")} >= given - {"pgaudit.role"}


def test_nobody_is_let_in_without_tls(platform: Platform) -> None:
    assert platform.primary.tell("SELECT DISTINCT type FROM pg_hba_file_rules") == [("hostssl",)]
    unencrypted = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE NOT ssl"
    assert platform.primary.tell(f"{unencrypted} AND backend_type IN ('client backend', 'walsender')") == [("0",)]
