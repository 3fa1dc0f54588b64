"""A dump back into a database: fetched whole and checked before a byte is used, then held against its manifest."""

import re
import shutil
from pathlib import Path
from typing import Any

from lifeline_backup import census, dump, figures, programs
from lifeline_backup.failure import Failure
from lifeline_backup.manifest import Manifest
from lifeline_backup.programs import Session
from lifeline_backup.settings import Kind, Settings
from lifeline_backup.store import Known, Store

#: Extensions that watch and hold no data of their own; the managed service has them, another server need not.
_WITHOUT_DATA = ("pgaudit", "pg_stat_statements", "aws_commons", "aws_s3", "aws_lambda", "rds_tools")
_EXTENSION = re.compile(r"^\d+; .* (?:EXTENSION|COMMENT) - (?:EXTENSION )?(?P<name>\S+)")
#: Indexes and what lies beside the tables while they are built.
_ROOM = 1.2
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def dump_kind(settings: Settings) -> Kind:
    """The one that dumps the database most often."""
    kinds = [each for each in settings.kinds.values() if each.database_dump]
    return min(kinds, key=lambda each: each.every_seconds)


def newest(store: Store, kind: Kind) -> Known:
    if not (known := store.known()):
        raise Failure(f"there is no whole backup of {kind.name}: nothing can be restored")
    return known[-1]


def chosen(store: Store, kind: Kind, wanted: str) -> Known:
    """`newest`, or the key of a manifest."""
    known = store.known()
    if wanted != "newest":
        known = [each for each in known if each.key == wanted]
    if not known:
        raise Failure(f"there is no whole backup of {kind.name} at {wanted!r}; `list` shows those there are")
    return known[-1]


def refuse_the_live_one(settings: Settings, target: dict[str, Any], told: Manifest) -> None:
    """By its address before anybody connects, and by its identity before anybody writes: names can lie."""
    live = settings.database
    if (target["host"], target["port"]) == (live["host"], live["port"]):
        raise Failure(f"{target['host']}:{target['port']} is the live database's address")
    with Session(target) as session:
        found = census.about(session)["system_identifier"]
    if found == told.database["system_identifier"]:
        raise Failure(f"{target['host']}:{target['port']} answers as the live database (system identifier {found})")


def fetch(store: Store, told: Manifest, workspace: Path, *, with_database: bool) -> Path:
    """The dump as a file: several processes restore from it, and none starts before its checksum is right.

    `with_database`: the database itself will lie on the same disk.
    """
    stored = told.part(dump.PART)
    store.check_object(stored)
    database = int(told.database["bytes"] * _ROOM) if with_database else 0
    needed, free = stored.bytes + database, shutil.disk_usage(workspace).free
    if free < needed:
        raise Failure(f"{workspace} has {free} bytes free; {stored.key} and what is made of it need {needed}")
    file = workspace / "backup.dump"
    try:
        with file.open("wb") as into:
            for chunk in store.chunks(stored):
                into.write(chunk)
    except (OSError, Failure) as error:
        if file.is_file():
            file.unlink()
        raise Failure(f"{stored.key} could not be fetched to {workspace}: {error}") from error
    figures.say("fetched", key=stored.key, bytes=stored.bytes, sha256=stored.sha256)
    return file


def make_roles(target: dict[str, Any], told: Manifest) -> None:
    """Those that the dump's grants and policies name; nobody can log in as them from elsewhere."""
    with Session(target) as session:
        there = set(session.ask("SELECT rolname FROM pg_roles"))
        for role in told.database["roles"]:
            if role not in there:
                session.ask(f'CREATE ROLE "{role}" LOGIN')


def restore(target: dict[str, Any], database: str, file: Path, jobs: int, owner: str = "") -> None:
    """Into a database that is made for it. With `owner` all objects become that role's, whoever restores."""
    if not _NAME.fullmatch(database):
        raise Failure(f"{database!r} is no name for a database: lower-case letters, digits and underscores")
    with Session(target) as session:
        if session.ask(f"SELECT 1 FROM pg_database WHERE datname = '{database}'"):
            raise Failure(f"database {database} is there already: nothing is restored over anything")
        owned = f' OWNER "{owner}"' if owner else ""
        session.ask(f"CREATE DATABASE {database}{owned}")
    wanted = _table_of_contents(file)
    words = ["pg_restore", "--no-password", "--exit-on-error", f"--jobs={jobs}", f"--use-list={wanted}"]
    whose = ["--no-owner", f"--role={owner}"] if owner else []
    programs.run([*words, *whose, f"--dbname={database}", str(file)], target)


def compare(target: dict[str, Any], database: str, told: Manifest, indexes: list[str], owner: str = "") -> None:
    """Every row of every table, and the indexes that a document asks for."""
    with Session({**target, "name": database}) as session:
        census.prepare(session)
        if owner:  # whoever restores may act as the owner and is nobody by himself
            session.ask(f'SET ROLE "{owner}"')
        found = census.tables(session)
        there = set(session.ask("SELECT indexname FROM pg_indexes"))
    wrong = [*census.differences(told.database["tables"], found)]
    wrong += [f"index {each} is not there" for each in indexes if each not in there]
    if wrong:
        raise Failure(f"what was restored is not what was saved: {'; '.join(wrong[:20])}")
    rows = sum(each["rows"] for each in found.values())
    figures.say("compared", tables=len(found), rows=rows, newest_row=census.newest_row(found))


def _table_of_contents(file: Path) -> Path:
    """Without the extensions that a throwaway server need not have."""
    lines = programs.run(["pg_restore", "--list", str(file)], {"host": "", "port": "", "name": "", "user": "-"})
    kept: list[str] = []
    for line in lines.splitlines():
        matched = _EXTENSION.match(line)
        kept.append(f";{line}" if matched and matched["name"] in _WITHOUT_DATA else line)
    wanted = file.with_suffix(".list")
    wanted.write_text("\n".join(kept) + "\n")
    return wanted
