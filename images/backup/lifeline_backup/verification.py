"""Weekly: every manifest's objects are there, and the newest backup of each kind can be read to its last byte."""

import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from lifeline_backup import dump, evidence, figures, programs, state
from lifeline_backup.failure import Failure
from lifeline_backup.manifest import Manifest, StoredObject
from lifeline_backup.settings import Kind, Settings
from lifeline_backup.store import Found, Known, Store, Unreachable


def verify(settings: Settings) -> None:
    """All kinds, whatever is wrong with one of them; what is wrong is said of all at once."""
    problems: list[str] = []
    verdicts: dict[str, object] = {}
    for kind in settings.kinds.values():
        try:
            found = list(_problems(settings, kind))
        except (Failure, *Unreachable) as error:
            found = [str(error)]
        problems += [f"{kind.name}: {each}" for each in found]
        verdicts[kind.name] = found or "good"
        if not found:
            now = datetime.now(UTC).timestamp()
            figures.say("verified", kind=kind.name)
            figures.push(settings, {"job": "backup", "kind": kind.name}, {"backup_verified_timestamp_seconds": now})
    evidence.keep(settings, "verifications", verdicts)
    if problems:
        raise Failure("; ".join(problems))


def _problems(settings: Settings, kind: Kind) -> Iterator[str]:
    store = Store(settings, kind)
    listed = list(store.listed())
    known = store.known(listed)
    if not known:
        yield "there is no backup at all"
        return
    newest = known[-1]
    allowed = timedelta(seconds=kind.every_seconds + settings.upload_seconds)
    if (age := datetime.now(UTC) - newest.at) > allowed:
        yield f"the newest backup is {age} old, allowed are {allowed}"
    sizes = {each.key: each.bytes for each in listed}
    for each in known:
        yield from _incomplete(store, each, sizes)
    yield from _abandoned(settings, store, listed, newest)
    yield from _unreadable(store, newest)


def _incomplete(store: Store, known: Known, sizes: dict[str, int]) -> Iterator[str]:
    try:
        read = store.manifest(known)
    except Failure as failure:
        yield str(failure)
        return
    for each in read.objects:
        if sizes.get(each.key) != each.bytes:
            yield f"{each.key} has {sizes.get(each.key, 'no')} bytes of {each.bytes}"


def _abandoned(settings: Settings, store: Store, listed: list[Found], newest: Known) -> Iterator[str]:
    """Objects newer than the newest backup that nobody is writing any more: a run that died before its manifest."""
    quiet = datetime.now(UTC) - timedelta(seconds=settings.upload_seconds)
    for each in listed:
        began = store.began(each.key)
        if began is not None and began > newest.at and each.modified < quiet:
            yield f"{each.key} has no manifest: the run that wrote it did not end, and it is no backup"


def _unreadable(store: Store, newest: Known) -> Iterator[str]:
    try:
        read = store.manifest(newest)
    except Failure:
        return  # said before
    for each in read.objects:
        try:
            store.check_object(each)
            _read(store, read, each)
        except Failure as failure:
            yield str(failure)


def _read(store: Store, read: Manifest, stored: StoredObject) -> None:
    if stored.part.endswith(dump.PART):
        _read_dump(store, stored)
    elif stored.part == state.PART:
        _read_archive(store, stored, read.state)
    else:
        raise Failure(f"{stored.key}: nobody knows how to read {stored.part!r}")


def _read_dump(store: Store, stored: StoredObject) -> None:
    """pg_restore writes it as statements into nothing: every block is taken out of its compression."""
    with programs.input_of(["pg_restore", "--file=/dev/null"]) as into:
        for chunk in store.chunks(stored):
            into.write(chunk)


def _read_archive(store: Store, stored: StoredObject, told: dict[str, Any]) -> None:
    chunks = store.chunks(stored)
    try:
        with tarfile.open(fileobj=state.reading(chunks), mode="r|") as tar:
            members = sum(1 for _ in tar)
    except tarfile.TarError as error:
        raise Failure(f"{stored.key} is no archive: {error}") from error
    for _ in chunks:  # the checksum comes at the end
        pass
    if members != told["members"]:
        raise Failure(f"{stored.key} holds {members} files of {told['members']}")
