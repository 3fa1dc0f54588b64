"""Each role of the database can do what it is there for, and nothing else; a second run of the Job changes nothing."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from lifeline_rotation.postgresql import Connection, PostgresError

from rendering import database_roles
from systems.model import RoleUse
from tests.live.postgres.dumping import program
from tests.live.postgres.platform import Platform
from tests.live.postgres.servers import ADMINISTRATOR, ADMINISTRATOR_PASSWORD, SUPERUSER

pytestmark = pytest.mark.xdist_group("postgres")

_REFUSED = "permission denied|must be (owner|member|superuser)"
_SORTED = r"(SELECT array_agg(each::text ORDER BY each::text) FROM unnest(\1) AS each)"
_CATALOGUE = {
    "roles": "SELECT rolname, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolconnlimit, rolbypassrls, "
    "rolconfig FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY 1",
    "members": "SELECT roleid::regrole, member::regrole FROM pg_auth_members ORDER BY 1, 2",
    "passwords": "SELECT rolname, rolpassword FROM pg_authid ORDER BY 1",
    "databases": "SELECT datname, datdba::regrole, {sorted datacl} FROM pg_database ORDER BY 1",
    "schemas": "SELECT nspname, nspowner::regrole, {sorted nspacl} FROM pg_namespace ORDER BY 1",
    "relations": "SELECT relname, relowner::regrole, {sorted relacl} FROM pg_class ORDER BY oid",
    "defaults": "SELECT defaclrole::regrole, defaclobjtype, {sorted defaclacl} FROM pg_default_acl ORDER BY 1, 2",
    "extensions": "SELECT extname FROM pg_extension ORDER BY 1",
}


@pytest.fixture(scope="module")
def migrated(platform: Platform) -> Iterator[Platform]:
    """As after the first release: the owner has made tables, with an identity, a view and a schema of its own."""
    with platform.as_(RoleUse.OWNER) as owner:
        owner.query("CREATE TABLE users (id serial PRIMARY KEY, name text)")
        owner.query("CREATE TABLE notes (id int GENERATED ALWAYS AS IDENTITY, body text)")
        owner.query("CREATE VIEW names AS SELECT name FROM users")
        owner.query("CREATE SCHEMA reports CREATE TABLE reports.daily (day date)")
    yield platform
    with platform.as_(RoleUse.OWNER) as owner:
        owner.query("DROP SCHEMA reports CASCADE; DROP VIEW names; DROP TABLE notes, users")


def _refused(connection: Connection, *statements: str) -> None:
    for statement in statements:
        with pytest.raises(PostgresError, match=_REFUSED):
            connection.query(statement)


def _catalogue(platform: Platform) -> dict[str, Any]:
    """Lists of rights in one order: whoever is given one anew comes last."""
    told = {what: re.sub(r"{sorted (\w+)}", _SORTED, query) for what, query in _CATALOGUE.items()}
    return {what: platform.primary.tell(query, platform.database) for what, query in told.items()}


def test_the_owner_migrates(migrated: Platform) -> None:
    with migrated.as_(RoleUse.OWNER) as owner:
        owner.query("ALTER TABLE users ADD COLUMN born date")
        owner.query("CREATE INDEX CONCURRENTLY idx_users_name ON users (name)")
        owner.query("CREATE EXTENSION IF NOT EXISTS citext")
        owner.query("DROP INDEX idx_users_name; ALTER TABLE users DROP COLUMN born; DROP EXTENSION citext")
        with pytest.raises(PostgresError, match=_REFUSED):
            owner.query(f"DROP DATABASE {migrated.database}")
        _refused(owner, "CREATE ROLE somebody", "CREATE DATABASE another", "SELECT rolpassword FROM pg_authid")


def test_the_application_reads_and_writes_and_cannot_touch_the_schema(migrated: Platform) -> None:
    with migrated.as_(RoleUse.APPLICATION) as application:
        application.query("INSERT INTO users (name) VALUES ('one')")
        application.query("INSERT INTO notes (body) VALUES ('kept by an identity column')")
        application.query("INSERT INTO reports.daily VALUES ('2026-01-01')")
        assert application.query("SELECT name FROM names") == [("one",)]
        assert application.query("SELECT currval('users_id_seq') > 0") == [("t",)]
        application.query("UPDATE users SET name = 'two'; DELETE FROM reports.daily")
        _refused(
            application,
            "CREATE TABLE mine (id int)",
            "CREATE TEMPORARY TABLE mine (id int)",
            "CREATE SCHEMA mine",
            "ALTER TABLE users ADD COLUMN mine int",
            "DROP TABLE users",
            "TRUNCATE users",
            "DROP SCHEMA public CASCADE",
            "SELECT setval('users_id_seq', 1)",
            f"SET ROLE {migrated.login(RoleUse.OWNER)['username']}",
            "COPY users TO PROGRAM 'cat'",
        )


def test_the_reader_reads(migrated: Platform) -> None:
    with migrated.as_(RoleUse.READ_ONLY) as reader:
        reader.query("SELECT * FROM users, notes, reports.daily, names")
        _refused(
            reader,
            "INSERT INTO users (name) VALUES ('no')",
            "DELETE FROM users",
            "SELECT nextval('users_id_seq')",
            "CREATE TABLE mine (id int)",
        )


def test_the_monitor_sees_figures_and_no_rows(migrated: Platform) -> None:
    with migrated.as_(RoleUse.MONITORING) as monitor:
        assert monitor.query("SELECT count(*) > 0 FROM pg_stat_statements") == [("t",)]
        assert int(monitor.query("SELECT count(*) FROM pg_stat_activity WHERE query <> ''")[0][0]) > 0
        assert monitor.query("SELECT count(*) > 100 FROM pg_settings WHERE setting IS NOT NULL") == [("t",)]
        assert monitor.query(f"SELECT pg_database_size('{migrated.database}') > 0") == [("t",)]
        _refused(monitor, "SELECT * FROM users", "SELECT * FROM reports.daily", "CREATE TABLE mine (id int)")


def test_what_is_dumped_by_one_role_is_restored_by_another(migrated: Platform) -> None:
    """Sequences too. The live database is out of its reach until it says whom it acts as."""
    dump, owner = migrated.secrets / "whole.dump", migrated.login(RoleUse.OWNER)["role"]
    program(migrated, RoleUse.BACKUP, "pg_dump", "--format=custom", "--file", str(dump), migrated.database)
    with migrated.as_(RoleUse.RESTORE) as restore:
        _refused(restore, "SELECT * FROM public.users", "DROP TABLE public.users", "CREATE TABLE public.mine (id int)")
        restore.query(f"CREATE DATABASE restored OWNER {owner}")
    words = ["--exit-on-error", "--no-owner", "--no-acl", "--no-comments", "--role", owner, "--dbname", "restored"]
    program(migrated, RoleUse.RESTORE, "pg_restore", *words, str(dump))
    with migrated.as_(RoleUse.RESTORE, "restored") as restored, migrated.as_(RoleUse.BACKUP) as backup:
        restored.query(f"SET ROLE {owner}")
        for query in ("SELECT count(*) FROM users", "SELECT last_value FROM users_id_seq", "SELECT * FROM notes"):
            assert restored.query(query) == backup.query(query)
        _refused(backup, "INSERT INTO users (name) VALUES ('no')", "DELETE FROM notes", "CREATE TABLE mine (id int)")
    with migrated.as_(RoleUse.RESTORE) as restore:
        restore.query(f"SET ROLE {owner}")
        restore.query("DROP DATABASE restored")
        restore.query("CREATE TABLE brought_back (id int); DROP TABLE brought_back")


def test_a_dump_sees_rows_that_row_security_hides(migrated: Platform) -> None:
    """The administrator is no superuser, so it cannot let a role bypass row security: it gives each table a policy."""
    seen = "SELECT count(*) FROM notes"
    with migrated.as_(RoleUse.OWNER) as owner:
        owner.query("INSERT INTO notes (body) VALUES ('of somebody'); ALTER TABLE notes ENABLE ROW LEVEL SECURITY")
        owner.query("CREATE POLICY own ON notes USING (body = current_user)")
        [(all_rows,)] = owner.query(seen)
    try:
        with pytest.raises(AssertionError, match="row-level security"):
            program(migrated, RoleUse.BACKUP, "pg_dump", "--file", "/dev/null", migrated.database)
        bypassing = f"SELECT rolbypassrls FROM pg_roles WHERE rolname = '{migrated.login(RoleUse.BACKUP)['role']}'"
        for _ in range(2):
            migrated.make_roles()
            assert migrated.primary.tell(bypassing) == [("f",)]
        words = ["--enable-row-security", "--file", "/dev/null"]
        program(migrated, RoleUse.BACKUP, "pg_dump", *words, migrated.database)
        with migrated.as_(RoleUse.BACKUP) as backup, migrated.as_(RoleUse.APPLICATION) as application:
            assert backup.query(seen) == [(all_rows,)]
            assert application.query(seen) == [("0",)], "the policy is the dump's alone"
            _refused(backup, "INSERT INTO notes (body) VALUES ('no')", "DELETE FROM notes")
    finally:
        with migrated.as_(RoleUse.OWNER) as owner:
            owner.query("DROP POLICY own ON notes; DROP POLICY IF EXISTS lifeline_dump ON notes")
            owner.query("ALTER TABLE notes DISABLE ROW LEVEL SECURITY; DELETE FROM notes WHERE body = 'of somebody'")


def test_people_come_through_iam_alone(migrated: Platform) -> None:
    members = migrated.primary.tell("SELECT member::regrole FROM pg_auth_members WHERE roleid = 'rds_iam'::regrole")
    assert {each for (each,) in members} == {database_roles.READING_PEOPLE, database_roles.REPAIRING_PEOPLE}
    passwords = migrated.primary.tell(
        "SELECT rolname FROM pg_authid WHERE rolname ~ '^people_' AND rolpassword IS NULL"
    )
    assert len(passwords) == 2
    for who, owns in ((database_roles.READING_PEOPLE, "f"), (database_roles.REPAIRING_PEOPLE, "f")):
        granted = migrated.primary.tell(f"SELECT has_table_privilege('{who}', 'users', 'DELETE')", migrated.database)
        assert granted == [(owns,)], "who repairs must first say that it acts as the owner"
    reads = f"SELECT has_table_privilege('{database_roles.READING_PEOPLE}', 'users', 'SELECT')"
    assert migrated.primary.tell(reads, migrated.database) == [("t",)]


def test_roles_are_the_declared_ones_and_no_other(migrated: Platform) -> None:
    """Besides the administrator, and second users that the rotation makes."""
    found = {each for (each,) in migrated.primary.tell("SELECT rolname FROM pg_roles WHERE rolname !~ '^(pg|rds)_'")}
    declared = {each.name for each in migrated.system.database.roles}
    people = {database_roles.READING_PEOPLE, database_roles.REPAIRING_PEOPLE}
    extra = {each for each in found - declared - people if not each.endswith("_alternate")}
    assert extra == {ADMINISTRATOR, SUPERUSER}
    assert "replica_user" in migrated.system.database.documented_roles_not_created


def test_nobody_else_gets_in(migrated: Platform) -> None:
    migrated.primary.tell("CREATE ROLE stranger LOGIN PASSWORD 'stranger'")
    try:
        with pytest.raises(PostgresError, match="permission denied for database"):
            Connection(migrated.primary.server(migrated.database), "stranger", "stranger")
    finally:
        migrated.primary.tell("DROP ROLE stranger")


def test_a_second_run_changes_nothing(migrated: Platform) -> None:
    migrated.make_roles()
    before = _catalogue(migrated)
    assert migrated.make_roles() == {"roles": "as declared", "passwords": []}
    assert _catalogue(migrated) == before


def test_what_was_granted_besides_is_taken_away_and_a_lost_password_comes_back(migrated: Platform) -> None:
    migrated.make_roles()
    before = _catalogue(migrated)
    application, owner = (migrated.login(use)["role"] for use in (RoleUse.APPLICATION, RoleUse.OWNER))
    migrated.primary.tell(f"GRANT TRUNCATE ON users TO {application}", migrated.database)
    migrated.primary.tell(f"GRANT CREATE ON SCHEMA public TO {application}", migrated.database)
    migrated.primary.tell(f"ALTER ROLE {owner} PASSWORD 'of an earlier moment' CONNECTION LIMIT 99")
    assert migrated.make_roles()["passwords"] == [f"{owner} has its password"]
    after = _catalogue(migrated)
    assert {**after, "passwords": ""} == {**before, "passwords": ""}
    migrated.as_(RoleUse.OWNER).close()


def test_passwords_never_reach_the_servers_log(migrated: Platform) -> None:
    stored = [migrated.login(use)["password"] for use in RoleUse]
    assert "ALTER ROLE" in migrated.primary.log, "statements of the Job are in the log"
    assert not [each for each in stored if each in migrated.primary.log]


def test_tables_with_health_data_are_audited_and_new_ones_until_they_are_known(migrated: Platform) -> None:
    assert "users" in database_roles.health_tables(migrated.system)
    with migrated.as_(RoleUse.OWNER) as owner:
        owner.query("CREATE TABLE fresh (id int)")
        audited = "SELECT has_table_privilege('rds_pgaudit', '{}', 'SELECT')"
        assert owner.query(audited.format("fresh")) == [("t",)], "nobody has looked at its name yet"
        migrated.make_roles()
        assert owner.query(audited.format("users")) == [("t",)]
        assert owner.query(audited.format("fresh")) == [("f",)]
    with migrated.as_(RoleUse.APPLICATION) as application:
        application.query("SELECT name FROM users")
        application.query("SELECT id FROM fresh /* not audited */")
    assert ",READ,SELECT,TABLE,public.users," in migrated.primary.log
    assert "not audited" not in migrated.primary.log
    with migrated.as_(RoleUse.OWNER) as owner:
        owner.query("DROP TABLE fresh")


@pytest.mark.parametrize("name", ['a"; DROP ROLE postgres; --', "it's", "per%cent %I", "with space", "Üml$aut", "$$"])
def test_any_name_is_a_name_and_no_statement(platform: Platform, name: str) -> None:
    """The same statements with hostile names, in a transaction that is taken back."""
    system = platform.system
    roles = tuple(replace(each, name=f"{name}{each.use}") for each in system.database.roles)
    jobs = tuple(replace(each, database_role=roles[0].name) for each in system.application.jobs)
    application = replace(system.application, jobs=jobs)
    hostile = replace(system, database=replace(system.database, roles=roles), application=application)
    text = database_roles.of_database(hostile)
    with Connection(platform.primary.server(platform.database), ADMINISTRATOR, ADMINISTRATOR_PASSWORD) as connection:
        before = connection.query("SELECT rolname FROM pg_roles ORDER BY 1")
        connection.query("BEGIN")
        connection.query(text)
        made = connection.query("SELECT rolname FROM pg_roles ORDER BY 1")
        connection.query("ROLLBACK")
    assert {each for (each,) in made} - {each for (each,) in before} == {role.name for role in roles}
