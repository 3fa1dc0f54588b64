"""The pooler as applications meet it: `database` with TLS, many clients on few connections, logins that are renewed."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from lifeline_rotation.address import trusting
from lifeline_rotation.logins import PostgresLogin
from lifeline_rotation.postgresql import Connection, PostgresError, scram_verifier
from pooler_follower import console

from rendering import pgbouncer
from systems.model import RoleUse
from tests.live.postgres import pooling, prepared
from tests.live.postgres.platform import Platform
from tests.live.postgres.pooling import Pod
from tests.live.postgres.servers import ADMINISTRATOR, ADMINISTRATOR_PASSWORD, wait_until
from tests.rotation.authority import Authority

pytestmark = pytest.mark.xdist_group("postgres")


@pytest.fixture
def pooler(platform: Platform) -> Pod:
    assert platform.pooler
    return platform.pooler


@pytest.fixture
def stored(platform: Platform) -> Iterator[dict[str, object]]:
    """The application's secret, which the test may change."""
    before = platform.login(RoleUse.APPLICATION)
    yield before
    platform.store("database-application", before)
    assert platform.pooler
    wait_until("the first list is back", platform.pooler.loaded)


def _pid(connection: Connection) -> str:
    return connection.query("SELECT pg_backend_pid()")[0][0]


def _place(pooler: Pod) -> Path:
    return pooler.run / f".s.PGSQL.{pooler.port}"


def test_whoever_comes_is_who_he_is_behind_it_too(platform: Platform) -> None:
    for use in pgbouncer.USES:
        with platform.through(use) as connection:
            role = platform.login(use)["role"]
            assert connection.query("SELECT current_user, session_user") == [(role, role)]
            assert connection.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == [("t",)]


def test_dumps_and_strangers_are_sent_away(platform: Platform) -> None:
    with pytest.raises(PostgresError, match="authentication failed"):
        platform.through(RoleUse.BACKUP)
    assert platform.pooler
    with pytest.raises(PostgresError, match="authentication failed"):
        platform.pooler.connect({**platform.login(RoleUse.APPLICATION), "password": "wrong"})


def test_clients_verify_it_and_are_refused_without_tls(platform: Platform, pooler: Pod, tmp_path: Path) -> None:
    stranger = replace(pooler.server(), trust=trusting(Authority(tmp_path).pem))
    login = platform.login(RoleUse.APPLICATION)
    with pytest.raises(ssl.SSLCertVerificationError):
        Connection(stranger, login["username"], login["password"])
    assert "client_tls_sslmode = require" in pooler.configuration.read_text()


def test_more_clients_than_connections_take_turns(platform: Platform, pooler: Pod) -> None:
    """And the server never sees more than this pooler's share."""
    share = platform.system.database.connections_of_a_pooler
    seen: set[str] = set()
    with ExitStack() as opened:
        clients = [opened.enter_context(platform.through(RoleUse.APPLICATION)) for _ in range(3 * share)]
        threads = [
            threading.Thread(target=lambda at=at: seen.add(at.query("SELECT pg_backend_pid(), pg_sleep(0.05)")[0][0]))
            for at in clients
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert 1 <= len(seen) <= share
        role = platform.login(RoleUse.APPLICATION)["role"]
        counted = platform.primary.tell(f"SELECT count(*) FROM pg_stat_activity WHERE usename = '{role}'")
        assert int(counted[0][0]) <= share
        assert f'pgbouncer_pools_client_active_connections{{database="{platform.database}"' in pooler.figures()


def test_migrations_keep_their_session_and_leave_nothing_in_it(platform: Platform) -> None:
    with platform.through(RoleUse.OWNER) as owner:
        first = _pid(owner)
        owner.query("SET lock_timeout = '4s'; CREATE TEMPORARY TABLE draft (id int)")
        assert owner.query("SHOW lock_timeout") == [("4s",)]
        assert _pid(owner) == first
        assert owner.query("SELECT count(*) FROM draft") == [("0",)]
    with platform.through(RoleUse.OWNER) as another:
        assert another.query("SHOW lock_timeout") == [("0",)]
        assert another.query("SELECT to_regclass('draft') IS NULL") == [("t",)]


def test_reads_may_go_to_the_replicas_under_a_name_of_their_own(platform: Platform) -> None:
    with platform.through(RoleUse.READ_ONLY, f"{platform.database}{pgbouncer.READ_ONLY_SUFFIX}") as connection:
        assert connection.query("SELECT pg_is_in_recovery()") == [("t",)]
        with pytest.raises(PostgresError, match="read-only"):
            connection.query("CREATE TABLE written (id int)")
    with platform.through(RoleUse.READ_ONLY) as connection:
        assert connection.query("SELECT pg_is_in_recovery()") == [("f",)]


def test_a_renewed_login_is_known_and_the_one_before_stays_good(
    platform: Platform, pooler: Pod, stored: dict[str, str]
) -> None:
    """As the rotation does it: the second user of the role, which becomes the role. Nobody is thrown out."""
    role, second = stored["role"], f"{stored['role']}{pgbouncer.ALTERNATE_SUFFIX}"
    platform.primary.tell(
        f"CREATE ROLE {second} LOGIN PASSWORD '{scram_verifier('second')}' IN ROLE {role}; "
        f"ALTER ROLE {second} SET role = '{role}'"
    )
    with pooler.connect(stored) as before:
        renewed = {**stored, "username": second, "password": "second", "previous": dict(stored)}
        platform.store("database-application", renewed)
        wait_until("the pooler knows it", lambda: _logs_in(pooler, renewed))
        with pooler.connect(renewed) as after, pooler.connect(stored) as again:
            for each in (before, after, again):
                assert each.query("SELECT current_user") == [(role,)]
        assert before.query("SELECT 1") == [("1",)]


def test_a_pod_that_starts_while_a_rotation_spreads(platform: Platform, pooler: Pod, stored: dict[str, str]) -> None:
    """The rotation is over and no mount has followed: the login before goes on being good, here and at the server.

    The new one is good at the server at once and at a pooler as soon as that has read it: a pod that was first waits.
    """
    administrator = {"username": ADMINISTRATOR, "password": ADMINISTRATOR_PASSWORD}
    kind = PostgresLogin(platform.primary.server(platform.database), [administrator])
    current = {**stored, "characters": 32}
    renewed = dict(kind.successor(current))
    kind.apply(current, renewed)
    kind.test(renewed)
    for _ in range(3):
        assert _logs_in(pooler, stored)
    with pytest.raises(PostgresError, match="authentication failed"):
        _logs_in(pooler, renewed)
    platform.store("database-application", renewed)
    wait_until("the pooler knows it", lambda: _logs_in(pooler, renewed))
    assert _logs_in(pooler, stored), "and whoever still mounts the one before"


def test_the_second_user_of_the_owner_is_the_owner_in_every_session(platform: Platform, pooler: Pod) -> None:
    """A reset that forgot the role would leave its tables to a user that nobody else is."""
    stored = platform.login(RoleUse.OWNER)
    role, second = stored["role"], f"{stored['role']}{pgbouncer.ALTERNATE_SUFFIX}"
    renewed = {**stored, "username": second, "password": "second", "previous": stored}
    platform.store("database-owner", renewed)
    try:
        assert f"{second} has its password" in platform.make_roles()["passwords"]
        wait_until("the pooler knows it", lambda: _logs_in(pooler, renewed))
        for _ in range(3):
            with pooler.connect(renewed) as owner:
                owner.query("CREATE TABLE migrated (id int)")
                owned = owner.query("SELECT tableowner FROM pg_tables WHERE tablename = 'migrated'")
                owner.query("DROP TABLE migrated")
            assert owned == [(role,)]
    finally:
        platform.store("database-owner", stored)
        wait_until("the first list is back", pooler.loaded)


def test_a_broken_secret_changes_nothing(platform: Platform, pooler: Pod, stored: dict[str, str]) -> None:
    (platform.secrets / "database-application.json").write_text("{ half of")
    log = pooler.directory / "follower.log"
    wait_until("the follower says so", lambda: "database-application.json" in log.read_text())
    with pooler.connect(stored) as connection:
        assert connection.query("SELECT 1") == [("1",)]
    assert stored["password"] not in log.read_text()


def test_a_renewed_certificate_is_shown_to_whoever_comes_next(platform: Platform, pooler: Pod, tmp_path: Path) -> None:
    other = Authority(tmp_path)
    login = platform.login(RoleUse.APPLICATION)
    with pooler.connect(login) as before:
        pooler.certify(other)
        try:
            wait_until("the new one", lambda: _verified(pooler, login, other))
            assert before.query("SELECT 1") == [("1",)], "whoever was connected stays"
        finally:
            pooler.certify(pooler.authority)
            wait_until("the first one is back", lambda: _verified(pooler, login, pooler.authority))


def test_prepared_statements_are_there_on_every_connection(platform: Platform, pooler: Pod) -> None:
    """Since 1.21: one that a client has prepared is prepared wherever its next transaction goes. Before, it is lost."""
    with platform.through(RoleUse.APPLICATION) as client, platform.through(RoleUse.APPLICATION) as other:
        prepared.prepare(client, "sums", "SELECT $1::int + 1, pg_backend_pid()")
        [(_, first)] = prepared.run(client, "sums", "1")
        other.query("BEGIN")
        assert _pid(other) == first, "the only free connection is the one that knows the statement"
        if pooling.version() < (1, 21):
            with pytest.raises(PostgresError, match='prepared statement "sums" does not exist'):
                prepared.run(client, "sums", "2")
        else:
            [(total, second)] = prepared.run(client, "sums", "2")
            assert total == "3" and second != first
        other.query("COMMIT")


def test_its_console_is_for_its_own_user_alone(platform: Platform, pooler: Pod) -> None:
    with pytest.raises(PostgresError):
        pooler.connect(platform.login(RoleUse.MONITORING), "pgbouncer").query("SHOW POOLS")
    assert _place(pooler).stat().st_mode & 0o077 == 0


def test_figures_say_when_it_is_gone(platform: Platform, pooler: Pod) -> None:
    figures = pooler.figures()
    assert "pgbouncer_up 1" in figures
    assert f"pgbouncer_config_max_client_connections {platform.system.database.pooler.client_connections}" in figures
    assert "pgbouncer_pools_client_waiting_connections" in figures
    assert "pgbouncer_stats_sql_transactions_pooled_total" in figures
    with pytest.raises(OSError, match="No such file"):
        console.ask(pooler.run / "nothing", "SHOW POOLS")


def _logs_in(pooler: Pod, login: dict[str, str]) -> bool:
    with pooler.connect(login) as connection:
        return connection.query("SELECT 1") == [("1",)]


def _verified(pooler: Pod, login: dict[str, str], authority: Authority) -> bool:
    with Connection(pooler.server(trust=authority), login["username"], login["password"]) as connection:
        return connection.query("SELECT 1") == [("1",)]
