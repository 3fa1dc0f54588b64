"""One backup of one kind: its objects first, its manifest last, then the figure that says so."""

from datetime import UTC, datetime
from typing import Any

from lifeline_backup import dump, figures, state
from lifeline_backup.failure import Failure
from lifeline_backup.manifest import Manifest, StoredObject
from lifeline_backup.settings import Kind, Settings
from lifeline_backup.store import Store


def take(settings: Settings, name: str) -> Manifest:
    kind = settings.kind(name)
    store, began = Store(settings, kind), datetime.now(UTC).replace(microsecond=0)
    tier = store.tier_of_next(began)
    figures.say("backup begins", kind=name, tier=tier.name)
    objects: list[StoredObject] = []
    database: dict[str, Any] = {}
    kept: dict[str, Any] = {}
    for part in parts(settings, kind):
        if part == dump.PART:
            stored, database = dump.save(settings, store, tier, began)
        elif part == state.PART:
            stored, told = state.save(settings, store, kind, tier, began)
            kept |= told
        else:
            stored, kept[part] = dump.save_tables(settings, store, tier, began, part)
        figures.say("stored", part=stored.part, bytes=stored.bytes)
        objects.append(stored)
    made = Manifest(
        system=settings.system,
        environment=settings.environment,
        kind=name,
        tier=tier.name,
        began=began,
        finished=datetime.now(UTC),
        objects=tuple(objects),
        never=settings.never,
        database=database,
        state=kept,
    )
    key = store.commit(made, tier)
    figures.say("backup is whole", kind=name, manifest=key, bytes=made.size)
    figures.push(
        settings,
        {"job": "backup", "kind": name},
        {"backup_last_success_timestamp_seconds": made.began.timestamp(), "backup_last_size_bytes": made.size},
    )
    return made


def parts(settings: Settings, kind: Kind) -> list[str]:
    """What a kind's documented contents are made of; a content that nobody knows is an error, not an omission."""
    known = {settings.database["name"], *settings.state["tables"], *state.ARCHIVED}
    if unknown := sorted(set(kind.contains) - known):
        raise Failure(f"{kind.name} is to hold {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    found = [dump.PART] if settings.database["name"] in kind.contains else []
    found += [each for each in kind.contains if each in settings.state["tables"]]
    return [*found, state.PART] if set(kind.contains) & state.ARCHIVED else found
