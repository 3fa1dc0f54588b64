"""python -m lifeline_backup backup <kind> | verify | drill-server | drill-restore | drill-prove | list | restore"""

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from lifeline_backup import drill, figures, restoring, settings, taking, throwaway, verification
from lifeline_backup.failure import Failure
from lifeline_backup.settings import Settings
from lifeline_backup.store import Store, Unreachable


def main() -> int:
    asked = _arguments()
    signal.signal(signal.SIGTERM, _told_to_stop)
    try:
        given = settings.read()
        if asked.command == "backup":
            taking.take(given, asked.kind)
        elif asked.command == "list":
            _list(given)
        elif asked.command == "restore":
            _restore(given, asked.backup, asked.database, Path(asked.workspace))
        else:
            _COMMANDS[asked.command](given)
    except (Failure, OSError, *Unreachable) as error:
        figures.say("failed", command=asked.command, why=str(error))
        return 1
    return 0


_COMMANDS = {
    "verify": verification.verify,
    "drill-server": throwaway.serve,
    "drill-restore": drill.restore,
    "drill-prove": drill.prove,
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="lifeline_backup", description="Backups that restore.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("backup", help="take one backup").add_argument("kind")
    for name in (*_COMMANDS, "list"):
        commands.add_parser(name)
    restore = commands.add_parser("restore", help="a dump into a new database beside the live one")
    restore.add_argument("--backup", default=os.environ.get("RESTORE_BACKUP", "newest"), help="key of a manifest")
    restore.add_argument("--database", default=os.environ.get("RESTORE_DATABASE"), help="its name; must not exist")
    restore.add_argument("--workspace", default="/work")
    return parser.parse_args()


def _list(given: Settings) -> None:
    for kind in given.kinds.values():
        for each in Store(given, kind).known():
            figures.say("backup", kind=kind.name, tier=each.tier, at=each.at, manifest=each.key)


def _restore(given: Settings, backup: str, database: str | None, workspace: Path) -> None:
    """By a person, who then decides what becomes of it: the live one is only where the new one is asked for."""
    if not database or database == given.database["name"]:
        raise Failure(f"--database {database!r}: the name of a new database, beside {given.database['name']}")
    kind = restoring.dump_kind(given)
    store, target = Store(given, kind), given.database
    told = store.manifest(restoring.chosen(store, kind, backup))
    figures.say("restore begins", backup=told.began, into=database)
    file = restoring.fetch(store, told, workspace, with_database=False)
    owner = given.database["owner"]
    restoring.restore(target, database, file, given.drill["jobs"], owner)
    restoring.compare(target, database, told, given.drill["indexes"], owner)
    file.unlink()
    figures.say("restored", database=database, rows_of=told.began)


def _told_to_stop(number: int, _: FrameType | None) -> None:
    """As an exception, so that an upload on its way is given up."""
    raise Failure(f"stopped by signal {number}")


if __name__ == "__main__":
    sys.exit(main())
