"""Which processes were started for a stack, on disk: written whole and atomically, before anything relies on it."""

import fcntl
import json
import os
import threading
import time
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from rehearsal.errors import RehearsalError
from rehearsal.paths import StackPaths
from rehearsal.processes.machine import Identity

LOCK_PATIENCE_SECONDS = 180.0


@dataclass(frozen=True)
class Record:
    """One started process."""

    name: str
    identity: Identity
    port: int
    #: What it was started with; a process started otherwise than it would be now is started anew.
    fingerprint: str


class Continuity(StrEnum):
    """What an emulator still knows of what the engine's state says exists."""

    KEPT = "kept"
    #: It held resources (or might have) and was restarted empty.
    LOST = "lost"
    #: It was never used since the stack's processes were last taken down.
    NEW = "new"


@dataclass(frozen=True)
class Memory:
    """The identity of an emulator's state: a value is left in the emulator and looked up again."""

    mark: str = ""
    continuity: Continuity = Continuity.NEW

    def renewed(self) -> "Memory":
        return Memory(uuid.uuid4().hex, Continuity.LOST if self.mark else Continuity.NEW)


@dataclass
class Records:
    """The content of StackPaths.processes; safe to use from several threads."""

    path: Path
    processes: dict[str, Record] = field(default_factory=dict[str, Record])
    memories: dict[str, Memory] = field(default_factory=dict[str, Memory])
    #: Which control plane (1, 2 ...) stands for which EKS cluster ("us-east-1/name").
    planes: dict[str, int] = field(default_factory=dict[str, int])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def load(cls, path: Path) -> "Records":
        """An unreadable file (a power cut, say) counts as none: the processes are then found by their markers."""
        try:
            content: dict[str, Any] = json.loads(path.read_text())
            processes = [
                Record(one["name"], Identity(**one["identity"]), one["port"], one["fingerprint"])
                for one in content["processes"]
            ]
            memories = {
                name: Memory(one["mark"], Continuity(one["continuity"])) for name, one in content["memories"].items()
            }
            planes = {str(cluster): int(number) for cluster, number in content.get("planes", {}).items()}
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return cls(path)
        return cls(path, {record.name: record for record in processes}, memories, planes)

    def put(self, record: Record) -> None:
        with self._lock:
            self.processes[record.name] = record
            self._write()

    def remove(self, name: str) -> None:
        with self._lock:
            self.processes.pop(name, None)
            self._write()

    def memory(self, name: str) -> Memory:
        return self.memories.get(name, Memory())

    def remember(self, name: str, memory: Memory) -> None:
        with self._lock:
            self.memories[name] = memory
            self._write()

    def assign(self, cluster: str, plane: int | None) -> None:
        """None gives the cluster's plane free for another."""
        with self._lock:
            self.planes.pop(cluster, None)
            if plane is not None:
                self.planes[cluster] = plane
            self._write()

    def keep_all(self) -> None:
        with self._lock:
            self.memories = {
                name: replace(memory, continuity=Continuity.KEPT) for name, memory in self.memories.items()
            }
            self._write()

    def _write(self) -> None:
        content = {
            "processes": [asdict(record) for record in self.processes.values()],
            "memories": {name: asdict(memory) for name, memory in self.memories.items()},
            "planes": self.planes,
        }
        write_atomically(self.path, json.dumps(content, indent=2))


def write_atomically(path: Path, text: str) -> None:
    """Private to the user from its first byte; a reader sees the old or the new content, nothing between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


@contextmanager
def stack_lock(paths: StackPaths) -> Generator[None]:
    """One invocation at a time for a stack. The lock dies with its holder; the file goes with the last user."""
    path = paths.root.with_name(f".{paths.stack}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        _wait_for(handle, paths)
        if _is_still(path, handle):
            break
        os.close(handle)  # The previous holder took the file away: what was locked is nobody's.
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


def _is_still(path: Path, handle: int) -> bool:
    try:
        return path.stat().st_ino == os.fstat(handle).st_ino
    except FileNotFoundError:
        return False


def _wait_for(handle: int, paths: StackPaths) -> None:
    deadline = time.monotonic() + LOCK_PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(handle)
                raise RehearsalError(
                    f"another command has been starting or ending the processes of stack {paths.stack} "
                    f"for {LOCK_PATIENCE_SECONDS:.0f} seconds",
                    ways_out=["wait for it, or end it, and run this command again"],
                ) from None
        time.sleep(0.05)
