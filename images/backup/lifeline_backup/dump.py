"""A dump of the database and the count of what is in it, both of one and the same moment."""

from datetime import datetime
from typing import Any

from lifeline_backup import census, programs, row_security
from lifeline_backup.failure import Failure
from lifeline_backup.manifest import StoredObject
from lifeline_backup.programs import Session
from lifeline_backup.settings import Settings
from lifeline_backup.store import Store, Tier

PART = "dump"
_MAGIC = b"PGDMP"


def save(settings: Settings, store: Store, tier: Tier, at: datetime) -> tuple[StoredObject, dict[str, Any]]:
    """The stored object, and the manifest's chapter about the database."""
    with Session(settings.database) as session:
        shared = census.snapshot(session)
        about = census.about(session)
        stored = _stream(settings, store, tier, at, PART, _words(settings, session, shared))
        figures = census.tables(session)
    newest = census.newest_row(figures)
    age = (census.moment(about["at"]) - census.moment(newest)).total_seconds() if newest else None
    version = programs.run(["pg_dump", "--version"], settings.database).strip()
    told = {"made_by": version, "tables": figures, "newest_row": newest, "newest_row_age_seconds": age}
    return stored, about | told


def save_tables(settings: Settings, store: Store, tier: Tier, at: datetime, part: str) -> tuple[StoredObject, Any]:
    """Some tables by themselves, for whoever must read them long after the rest is gone."""
    pattern = settings.state["tables"][part]
    with Session(settings.database) as session:
        words = _words(settings, session, census.snapshot(session))
        figures = census.tables(session, pattern)
        if not figures:
            raise Failure(f"{part}: no table of {settings.database['name']} is called like {pattern}")
        chosen = [f"--table={table}" for table in figures]
        stored = _stream(settings, store, tier, at, f"{part}.{PART}", [*words, *chosen])
    return stored, {"tables": figures}


def _words(settings: Settings, session: Session, shared: str) -> list[str]:
    words = ["pg_dump", "--format=custom", f"--compress={settings.database['compression']}", "--no-password"]
    return [*words, f"--snapshot={shared}", *row_security.words_of_dump(settings, session)]


def _stream(settings: Settings, store: Store, tier: Tier, at: datetime, part: str, words: list[str]) -> StoredObject:
    """The object is completed after pg_dump has ended well, or not at all."""
    with store.upload(tier, at, part) as upload:
        with programs.output_of(words, settings.database) as chunks:
            for chunk in chunks:
                if not upload.size and not chunk.startswith(_MAGIC):
                    raise Failure(f"what pg_dump writes is no archive in its custom format: {chunk[:5]!r}")
                upload.write(chunk)
        if not upload.size:
            raise Failure("pg_dump wrote nothing")
        return upload.complete(part)
