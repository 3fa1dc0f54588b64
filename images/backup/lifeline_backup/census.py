"""What a database holds, in figures that are the same wherever it is: rows, checksums, the newest row of each table."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from lifeline_backup.programs import Session

#: How values are written decides about their checksum: both sides write them alike.
_WRITTEN_ALIKE = (
    "SET TimeZone = 'UTC'",
    "SET DateStyle = 'ISO, YMD'",
    "SET IntervalStyle = 'postgres'",
    "SET extra_float_digits = 1",
    "SET bytea_output = 'hex'",
    "SET row_security = off",
    "SET statement_timeout = 0",
    "SET idle_in_transaction_session_timeout = 0",
    "SET search_path = pg_catalog",
)
#: By which a row says when it came to be; the first that a table has.
_TIMES = ("created_at", "inserted_at", "updated_at", "recorded_at", "timestamp")
#: What pg_dump dumps rows of: tables of nobody's extension. Partitions count by themselves.
_TABLES = f"""
SELECT json_build_object('table', format('%I.%I', n.nspname, c.relname), 'time', (
  SELECT quote_ident(a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped
    AND a.attname = ANY (ARRAY{list(_TIMES)}) AND a.atttypid IN ('timestamptz'::regtype, 'timestamp'::regtype)
  ORDER BY array_position(ARRAY{list(_TIMES)}, a.attname::text) LIMIT 1))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  AND NOT EXISTS (SELECT FROM pg_depend d
    WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e')
ORDER BY n.nspname, c.relname
"""
_ABOUT = """
SELECT json_build_object('name', current_database(), 'system_identifier', (pg_control_system()).system_identifier::text,
  'server_version', current_setting('server_version'), 'at', now(), 'bytes', pg_database_size(current_database()),
  'encoding', getdatabaseencoding(),
  'roles', (SELECT json_agg(rolname ORDER BY rolname) FROM pg_roles WHERE rolname !~ '^pg_'))
"""


def snapshot(session: Session) -> str:
    """From here on the session sees one moment; the answer lets pg_dump see the same."""
    prepare(session)
    session.ask("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    return session.one("SELECT pg_export_snapshot()")


def prepare(session: Session) -> None:
    for statement in _WRITTEN_ALIKE:
        session.ask(statement)


def about(session: Session) -> dict[str, Any]:
    """Who answers: which server, which database, and its clock."""
    return json.loads(session.one(_ABOUT))


def tables(session: Session, pattern: str = "") -> dict[str, Any]:
    """Every table's figures; `pattern` is a regular expression for the names of tables without their schema."""
    found = [json.loads(line) for line in session.ask(_TABLES)]
    if pattern:
        found = [each for each in found if re.match(pattern, each["table"].partition(".")[2].strip('"'))]
    return {each["table"]: _figures(session, each["table"], each["time"]) for each in found}


def _figures(session: Session, table: str, time: str | None) -> dict[str, Any]:
    """The sum does not depend on the order of rows, and two equal rows count twice."""
    newest = f"max({time}) FILTER (WHERE isfinite({time}))" if time else "NULL"
    return json.loads(
        session.one(
            "SELECT json_build_object('rows', count(*), 'checksum', "
            "coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text, "
            f"'newest', {newest}) FROM ONLY {table} t"
        )
    )


def newest_row(figures: dict[str, Any]) -> str | None:
    times = [each["newest"] for each in figures.values() if each["newest"]]
    return max(times, default=None, key=moment)


def moment(text: str) -> datetime:
    """Columns without a zone are held for UTC, as the session's is."""
    read = datetime.fromisoformat(text)
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def differences(told: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Of a restored database from its manifest; empty when they are the same."""
    lost = [f"{table} is not there" for table in sorted(told.keys() - found.keys())]
    more = [f"{table} is there and was not" for table in sorted(found.keys() - told.keys())]
    other = [
        f"{table}: {name} {found[table][name]} instead of {told[table][name]}"
        for table in sorted(told.keys() & found.keys())
        for name in ("rows", "checksum", "newest")
        if told[table][name] != found[table][name]
    ]
    return [*lost, *more, *other]
