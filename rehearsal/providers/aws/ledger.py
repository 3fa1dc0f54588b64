"""What this provider made, on disk before the engine knows: an engine killed in between leaves nothing behind twice.

The engine writes a resource's id to its state only after Create has answered. When it dies before that, the next `up`
creates again; the ledger lets the provider adopt what is already there, and pass over what it has changed or deleted.
"""

import hashlib
import json
import os
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Mark:
    """The last thing known of a URN: `intent` before the call, `made` after it (with the id)."""

    step: str
    id: str = ""
    inputs: str = ""
    """A digest: inputs may hold secrets."""
    told: dict[str, Any] = field(default_factory=dict)
    """What AWS says at the creation only."""


class Ledger:
    """Append-only lines of JSON; a line torn by a crash is passed over, and the next one begins on its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._marks: dict[str, list[Mark]] = {}
        self._seen: set[tuple[str, str]] = set()
        self._gone: set[tuple[str, str]] = set()
        self._changed: dict[tuple[str, str], str] = {}
        text = path.read_text() if path.exists() else ""
        self._is_torn = not text.endswith("\n") and bool(text)
        for line in text.splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            self._remember(entry.pop("urn"), Mark(**entry))

    def intend(self, urn: str) -> None:
        self._write(urn, Mark("intent"))

    def failed(self, urn: str) -> None:
        """AWS refused: the intent came to nothing."""
        self._write(urn, Mark("failed"))

    def made(self, urn: str, id: str, told: dict[str, Any] | None = None) -> None:
        self._write(urn, Mark("made", id, told=told or {}))

    def told(self, urn: str, id: str) -> dict[str, Any]:
        """What AWS said when it made this one."""
        with self._lock:
            made = [mark for mark in self._marks.get(urn, []) if (mark.step, mark.id) == ("made", id)]
            return made[0].told if made else {}

    def gone(self, urn: str, id: str) -> None:
        self._write(urn, Mark("gone", id))

    def changed(self, urn: str, id: str, inputs: dict[str, Any]) -> None:
        """An update to these inputs went through."""
        self._write(urn, Mark("changed", id, _digest(inputs)))

    def is_changed(self, urn: str, id: str, inputs: dict[str, Any]) -> bool:
        """Updated to these inputs already, and the engine has not shown to know."""
        with self._lock:
            return self._changed.get((urn, id)) == _digest(inputs)

    def is_gone(self, urn: str, id: str) -> bool:
        """Deleted here already, by a run whose engine did not live to note it."""
        with self._lock:
            return (urn, id) in self._gone

    def seen(self, urn: str, id: str, inputs: dict[str, Any]) -> None:
        """The engine knows this one: in a replacement it is the old resource, not a lost new one."""
        with self._lock:
            self._seen.add((urn, id))
            if self._changed.get((urn, id)) == _digest(inputs):
                del self._changed[urn, id]

    def lost(self, urn: str) -> list[str]:
        """Ids made for this URN that the engine has not shown to know, newest first."""
        with self._lock:
            known = self._marks.get(urn, [])
            return [mark.id for mark in reversed(known) if mark.step == "made" and (urn, mark.id) not in self._seen]

    def standing(self) -> dict[str, list[str]]:
        """URN -> ids of everything made and not deleted."""
        with self._lock:
            made = {urn: [mark.id for mark in marks if mark.step == "made"] for urn, marks in self._marks.items()}
        return {urn: ids for urn, ids in made.items() if ids}

    def interrupted(self, urn: str) -> bool:
        """Whether a creation was begun and neither finished nor undone."""
        with self._lock:
            return any(mark.step == "intent" for mark in self._marks.get(urn, []))

    def _write(self, urn: str, mark: Mark) -> None:
        line = json.dumps({"urn": urn, **asdict(mark)}) + "\n"
        with self._lock:
            self._remember(urn, mark)
            line, self._is_torn = ("\n" if self._is_torn else "") + line, False
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(handle, line.encode())
            finally:
                os.close(handle)

    def _remember(self, urn: str, mark: Mark) -> None:
        if mark.step == "changed":
            self._changed[urn, mark.id] = mark.inputs
            return
        marks = self._marks.setdefault(urn, [])
        if mark.step == "intent":
            marks.append(mark)
            return
        marks[:] = [other for other in marks if other.step != "intent" and other.id != mark.id]
        if mark.step == "made":
            marks.append(mark)
            self._gone.discard((urn, mark.id))
        elif mark.step == "gone":
            self._gone.add((urn, mark.id))


def _digest(inputs: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(inputs, sort_keys=True, default=repr).encode()).hexdigest()
