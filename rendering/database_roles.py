"""Roles of a database as SQL that may be run any number of times: who owns, who reads and writes, who only looks.

Every name is quoted. Grants go to what the owner's role owns and will own; nothing else in the database is touched.
"""

from dataclasses import dataclass

from systems.model import Database, DatabaseRole, Medium, RoleUse, System

#: People log in as one of these through IAM, never with a password; who may is said by AWS (`rds-db:connect`).
READING_PEOPLE, REPAIRING_PEOPLE = "people_reading", "people_repairing"
_PEOPLE_CONNECTIONS = 3
#: Brought by RDS; membership means that no password is accepted any more.
_IAM = "rds_iam"
#: What this role is granted is audited (`pgaudit.role`); nobody logs in as it.
AUDITED = "rds_pgaudit"
#: In the template as well: a database that is made for a restore finds them, since only an administrator may make them.
EXTENSIONS = ("pg_stat_statements", "pgaudit")
#: Shows the backup's role every row of a table with row security.
DUMP_POLICY = "lifeline_dump"
_BLOCK = "$lifeline$"
_TABLES, _SEQUENCES = "('r', 'p', 'v', 'm', 'f')", "('S')"


@dataclass(frozen=True)
class Granted:
    """What a role may do with all tables and sequences of the owner's."""

    tables: str
    sequences: str


#: Everybody else reaches tables by being a member of something.
_GRANTS = {
    RoleUse.APPLICATION: Granted("SELECT, INSERT, UPDATE, DELETE", "USAGE, SELECT"),
    RoleUse.READ_ONLY: Granted("SELECT", "SELECT"),
}
_MEMBERSHIPS = {RoleUse.BACKUP: "pg_read_all_data", RoleUse.MONITORING: "pg_monitor"}


def identifier(name: str) -> str:
    """Quoted, whatever it holds."""
    if not name or "\0" in name:
        raise ValueError(f"{name!r} cannot be a name in PostgreSQL")
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    if "\0" in text:
        raise ValueError(f"{text!r} cannot be a text in PostgreSQL")
    quoted = "'" + text.replace("'", "''") + "'"
    return quoted if "\\" not in text else "E" + quoted.replace("\\", "\\\\")


def of_template() -> str:
    """For `template1`, by the administrator."""
    return "".join(f"CREATE EXTENSION IF NOT EXISTS {identifier(each)};\n" for each in EXTENSIONS)


def of_database(system: System) -> str:
    """For the platform's database, by the administrator; one transaction, so that nobody sees a half of it."""
    database = system.database
    owner = identifier(database.role(RoleUse.OWNER).name)
    parts = [
        of_template(),
        *(_role(each.name, _attributes(each), each.connections) for each in database.roles),
        _role(READING_PEOPLE, "INHERIT", _PEOPLE_CONNECTIONS),
        _role(REPAIRING_PEOPLE, "NOINHERIT", _PEOPLE_CONNECTIONS),
        _created(AUDITED),
        # whoever gives a role's objects away must be able to act as it
        f"GRANT {owner} TO CURRENT_USER;\n",
        _database_rights(database),
        *(f"GRANT {group} TO {identifier(name)};\n" for name, group in _memberships(database)),
        _people(),
        f"ALTER SCHEMA public OWNER TO {owner};\nREVOKE ALL ON SCHEMA public FROM PUBLIC;\n",
        # figures of statements are a view of the extension's, in this schema
        f"GRANT USAGE ON SCHEMA public TO {identifier(database.role(RoleUse.MONITORING).name)};\n",
        *(_table_rights(database, each) for each in database.roles if each.use in _GRANTS),
        _auditing(database, health_tables(system)),
        _row_security(database),
    ]
    return "".join(parts)


def health_tables(system: System) -> tuple[str, ...]:
    """Tables of the document whose every use is to be told to the audit log."""
    kept = system.retention.classes
    return tuple(each.name for each in kept if each.medium is Medium.DATABASE and each.health_data)


def _role(name: str, inheriting: str, connections: int) -> str:
    attributes = f"LOGIN NOCREATEROLE {inheriting} CONNECTION LIMIT {connections:d}"
    return f"{_created(name)}ALTER ROLE {identifier(name)} {attributes};\n"


def _created(name: str) -> str:
    missing = f"NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {literal(name)})"
    return _block(f"IF {missing} THEN CREATE ROLE {identifier(name)}; END IF;")


def _attributes(role: DatabaseRole) -> str:
    """A restore makes databases of its own; in the live one it must first say that it acts as the owner."""
    return "NOINHERIT CREATEDB" if role.use is RoleUse.RESTORE else "INHERIT NOCREATEDB"


def _database_rights(database: Database) -> str:
    """Nobody comes in unnamed; only the owner makes schemas and extensions."""
    name, owner = identifier(database.name), database.role(RoleUse.OWNER).name
    people = (READING_PEOPLE, REPAIRING_PEOPLE)
    users = ", ".join(identifier(each) for each in (*(role.name for role in database.roles), *people))
    return (
        f"REVOKE ALL ON DATABASE {name} FROM PUBLIC;\n"
        f"GRANT CONNECT ON DATABASE {name} TO {users};\n"
        f"GRANT CREATE, TEMPORARY ON DATABASE {name} TO {identifier(owner)};\n"
        "REVOKE ALL ON DATABASE postgres FROM PUBLIC;\n"
    )


def _memberships(database: Database) -> list[tuple[str, str]]:
    owner = identifier(database.role(RoleUse.OWNER).name)
    found = [(role.name, _MEMBERSHIPS[role.use]) for role in database.roles if role.use in _MEMBERSHIPS]
    found += [(role.name, owner) for role in database.roles if role.use is RoleUse.RESTORE]
    readers = [role.name for role in database.roles if role.use is RoleUse.READ_ONLY]
    return [*found, *((READING_PEOPLE, identifier(each)) for each in readers), (REPAIRING_PEOPLE, owner)]


def _people() -> str:
    """Where there is no IAM (a rehearsal's own server), nobody can log in as they have no password."""
    users = f"{identifier(READING_PEOPLE)}, {identifier(REPAIRING_PEOPLE)}"
    there = f"EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {literal(_IAM)})"
    return _block(f"IF {there} THEN GRANT {_IAM} TO {users}; END IF;")


def _table_rights(database: Database, role: DatabaseRole) -> str:
    """Exactly these, now and for what migrations will make: what was granted besides is taken away."""
    owner, granted, user = database.role(RoleUse.OWNER).name, _GRANTS[role.use], identifier(role.name)
    future = f"ALTER DEFAULT PRIVILEGES FOR ROLE {identifier(owner)}"
    return (
        _each_schema(owner, [f"REVOKE ALL ON SCHEMA %I FROM {user}", f"GRANT USAGE ON SCHEMA %I TO {user}"])
        + _each_relation(owner, _TABLES, [f"REVOKE ALL ON %s FROM {user}", f"GRANT {granted.tables} ON %s TO {user}"])
        + _each_relation(
            owner,
            _SEQUENCES,
            [f"REVOKE ALL ON SEQUENCE %s FROM {user}", f"GRANT {granted.sequences} ON SEQUENCE %s TO {user}"],
        )
        + f"{future} GRANT USAGE ON SCHEMAS TO {user};\n"
        f"{future} GRANT {granted.tables} ON TABLES TO {user};\n"
        f"{future} GRANT {granted.sequences} ON SEQUENCES TO {user};\n"
    )


def _auditing(database: Database, tables: tuple[str, ...]) -> str:
    """Tables with health data by name, and whatever is new until the next run has looked at its name."""
    if not tables:
        return ""
    owner, audited = database.role(RoleUse.OWNER).name, identifier(AUDITED)
    rights = "SELECT, INSERT, UPDATE, DELETE"
    named = ", ".join(literal(each) for each in tables)
    others, ours = f"AND relname NOT IN ({named})", f"AND relname IN ({named})"
    return (
        _each_relation(owner, _TABLES, [f"REVOKE ALL ON %s FROM {audited}"], others)
        + _each_relation(owner, _TABLES, [f"GRANT {rights} ON %s TO {audited}"], ours)
        + f"ALTER DEFAULT PRIVILEGES FOR ROLE {identifier(owner)} GRANT {rights} ON TABLES TO {audited};\n"
    )


def _row_security(database: Database) -> str:
    """A dump must see every row. Where this administrator may not say so of the role, each table gets a policy."""
    backup, owner = (identifier(database.role(use).name) for use in (RoleUse.BACKUP, RoleUse.OWNER))
    found = (
        "SELECT c.oid::regclass::text AS name FROM pg_catalog.pg_class c "
        f"WHERE c.relowner = {literal(owner)}::regrole AND c.relkind IN ('r', 'p') AND c.relrowsecurity "
        "AND NOT EXISTS (SELECT FROM pg_catalog.pg_policy p "
        f"WHERE p.polrelid = c.oid AND p.polname = {literal(DUMP_POLICY)})"
    )
    policy = _formatted(f"CREATE POLICY {DUMP_POLICY} ON %s FOR SELECT TO {backup} USING (true)")
    return _block(
        f"ALTER ROLE {backup} BYPASSRLS; "
        "EXCEPTION WHEN insufficient_privilege THEN "
        f"FOR each IN {found} LOOP EXECUTE format({literal(policy)}, each.name); END LOOP;",
        "each record;",
    )


def _each_schema(owner: str, statements: list[str]) -> str:
    who = literal(identifier(owner))
    return _loop(f"SELECT nspname AS name FROM pg_catalog.pg_namespace WHERE nspowner = {who}::regrole", statements)


def _each_relation(owner: str, kinds: str, statements: list[str], only: str = "") -> str:
    who = literal(identifier(owner))
    found = (
        "SELECT oid::regclass::text AS name FROM pg_catalog.pg_class "
        f"WHERE relowner = {who}::regrole AND relkind IN {kinds} {only}"
    )
    return _loop(found, statements)


def _loop(found: str, statements: list[str]) -> str:
    """`%` of a role's name is doubled for format()."""
    done = " ".join(f"EXECUTE format({literal(_formatted(each))}, each.name);" for each in statements)
    return _block(f"FOR each IN {found} LOOP {done} END LOOP;", "each record;")


def _formatted(statement: str) -> str:
    place = next(each for each in ("%I", "%s") if each in statement)
    before, after = statement.split(place, 1)
    return before.replace("%", "%%") + place + after.replace("%", "%%")


def _block(body: str, declared: str = "") -> str:
    if _BLOCK in body:
        raise ValueError(f"a name holds {_BLOCK}, which ends a block of SQL")
    declaring = f"DECLARE {declared} " if declared else ""
    return f"DO {_BLOCK} {declaring}BEGIN {body} END {_BLOCK};\n"
