"""A restored database becomes the live one, and the one that was live is kept beside it, closed: two names change at
once or not at all. Done again with the kept one's name, it goes back.

Nobody can log in to either while their names change; sessions are ended, poolers and applications come again.
"""

import re
import time
from collections.abc import Callable

from lifeline_rotation.postgresql import Connection, PostgresError

KEPT = "_before"
#: Between two renames, inside one transaction.
_ASIDE = "_exchanged"
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,50}")
#: Sessions end when they are told to, unless their machine is busy.
_PATIENCE_SECONDS, _IN_USE = 60, "(55006)"

#: Superusers' are the service's own, which nobody else may end; vacuums end by themselves.
_END_SESSIONS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE usesysid IN (SELECT oid FROM pg_roles WHERE NOT rolsuper)"
)
_TABLES = "SELECT 1 FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') LIMIT 1"

#: Logs in to one database of the server, as administrator.
Open = Callable[[str], Connection]


class Unfit(Exception):
    """What stands against it; nothing was changed."""


def exchange(live: str, restored: str, open_: Open, through: str) -> str:
    """What was done. `through` is a database whose name stays."""
    kept = f"{live}{KEPT}"
    with open_(through) as connection:
        _refuse_what_is_no_restored_database(connection, live, restored, kept)
        before = {name: _admits(connection, name) for name in (live, restored)}
        try:
            _admit(connection, restored, admitted=True)
            _refuse_an_empty_one(open_, restored)
            for name in (live, restored):
                _admit(connection, name, admitted=False)
            _rename(connection, live, restored, kept)
        except BaseException:
            for name, admitted in before.items():
                _admit(connection, name, admitted=admitted)
            raise
        # whoever owns a database may drop it: migrations' role must not
        connection.query(f"ALTER DATABASE {live} OWNER TO CURRENT_USER")
        _admit(connection, live, admitted=True)
    return f"{restored} is {live}; what was {live} is {kept} and admits nobody"


def _refuse_what_is_no_restored_database(connection: Connection, live: str, restored: str, kept: str) -> None:
    for name in (live, restored):
        if not _NAME.fullmatch(name):
            raise Unfit(f"{name!r} is no name of a database: lower-case letters, digits and underscores")
    there = {name for (name,) in connection.query("SELECT datname FROM pg_database WHERE NOT datistemplate")}
    if restored == live:
        raise Unfit(f"{restored} is the live database itself")
    if missing := [name for name in (live, restored) if name not in there]:
        raise Unfit(f"there is no database {missing[0]}; there are {', '.join(sorted(there))}")
    if kept in there and restored != kept:
        raise Unfit(f"{kept} is there, from an exchange before: drop it when nobody needs it, then try again")


def _refuse_an_empty_one(open_: Open, restored: str) -> None:
    with open_(restored) as inside:
        if not inside.query(_TABLES):
            raise Unfit(f"{restored} has no table: it is no restored database")


def _rename(connection: Connection, live: str, restored: str, kept: str) -> None:
    """Names change when the last session has gone; one that had been let in before is told to go again."""
    aside, end = f"{live}{_ASIDE}", time.monotonic() + _PATIENCE_SECONDS
    renames = ((live, aside), (restored, live), (aside, kept))
    statement = "; ".join(f"ALTER DATABASE {name} RENAME TO {to}" for name, to in renames)
    while True:
        connection.query(f"{_END_SESSIONS} AND datname IN ('{live}', '{restored}')")
        try:
            connection.query(statement)
            return
        except PostgresError as error:
            if not str(error).endswith(_IN_USE) or time.monotonic() > end:
                raise
        time.sleep(0.2)


def _admits(connection: Connection, name: str) -> bool:
    return connection.query(f"SELECT datallowconn FROM pg_database WHERE datname = '{name}'") == [("t",)]


def _admit(connection: Connection, name: str, *, admitted: bool) -> None:
    connection.query(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {str(admitted).lower()}")
