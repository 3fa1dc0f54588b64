"""What this provider made, on disk before the engine knows: an engine killed in between leaves nothing behind twice.

The engine writes a resource's id to its state only after Create has answered. When it dies before that, the next `up`
creates again; the ledger lets the provider adopt what is already there.
"""

import json
import os
import threading
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mark:
    """The last thing known of a URN: `intent` before the call, `made` after it (with the id)."""

    step: str
    id: str = ""


class Ledger:
    """Append-only lines of JSON; a line torn by a crash is the last one and is passed over."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._marks: dict[str, list[Mark]] = {}
        self._seen: set[tuple[str, str]] = set()
        for line in path.read_text().splitlines() if path.exists() else []:
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            self._remember(entry["urn"], Mark(entry["step"], entry.get("id", "")))

    def intend(self, urn: str) -> None:
        self._write(urn, Mark("intent"))

    def failed(self, urn: str) -> None:
        """AWS refused: the intent came to nothing."""
        self._write(urn, Mark("failed"))

    def made(self, urn: str, id: str) -> None:
        self._write(urn, Mark("made", id))

    def gone(self, urn: str, id: str) -> None:
        self._write(urn, Mark("gone", id))

    def seen(self, urn: str, id: str) -> None:
        """The engine knows this one: in a replacement it is the old resource, not a lost new one."""
        with self._lock:
            self._seen.add((urn, id))

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
        line = json.dumps({"urn": urn, "step": mark.step, "id": mark.id}) + "\n"
        with self._lock:
            self._remember(urn, mark)
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(handle, line.encode())
            finally:
                os.close(handle)

    def _remember(self, urn: str, mark: Mark) -> None:
        marks = self._marks.setdefault(urn, [])
        if mark.step == "intent":
            marks.append(mark)
            return
        marks[:] = [other for other in marks if other.step != "intent" and other.id != mark.id]
        if mark.step == "made":
            marks.append(mark)
