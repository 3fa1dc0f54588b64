"""Start, recognise, judge and end single processes that outlive the command which started them."""

import errno
import hashlib
import json
import os
import re
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar, cast

from rehearsal.errors import RehearsalError
from rehearsal.paths import StackPaths
from rehearsal.processes import machine, ports
from rehearsal.processes.machine import Identity
from rehearsal.processes.records import Record, Records

AFTER_BOOT = "was gone after a restart of the machine"
PORT_ATTEMPTS = 5
#: A busy machine may be slow; a process that answers nothing for this long is replaced.
SILENCE_SECONDS = 5.0
END_PATIENCE_SECONDS = 8.0
#: Nothing else of the user's environment reaches the processes: no proxies, no cloud credentials, no settings.
INHERITED = ("PATH", "HOME", "USER", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")

#: Lines of a Go program's stack trace, which would push what it said out of its last words.
_STACK_TRACE = re.compile(r"^(\t|goroutine \d|created by |[\w./*()-]+\(.*\)$)")
_T = TypeVar("_T")
_kept_children: list["subprocess.Popen[bytes]"] = []


@dataclass(frozen=True)
class Service:
    """One program to keep running."""

    name: str
    command: Callable[[int], Sequence[str]]
    answers: Callable[[int], bool]
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    #: Files whose change means the program must be started anew.
    inputs: Sequence[Path] = ()
    patience_seconds: float = 60.0

    def fingerprint(self, port: int) -> str:
        digest = hashlib.sha256(repr([*self.command(port), *sorted(self.environment.items())]).encode())
        for path in self.inputs:
            digest.update(path.read_bytes())
        return digest.hexdigest()


class Event(StrEnum):
    STARTED = "started"
    REUSED = "reused"
    RESTARTED = "restarted"


@dataclass(frozen=True)
class Outcome:
    name: str
    port: int
    event: Event
    #: Why it was restarted, as a sentence's end: "had died (pid 123)".
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.reason}: restarted" if self.reason else f"{self.name} {self.event}"


class StartFailure(RehearsalError):
    """The program itself would not run; its log says why."""

    disk_full = False


class Abandoned(Exception):
    """Another part of the same start failed, or the user interrupted it."""


class Supervisor:
    """The processes of one stack; its user holds the stack's lock."""

    def __init__(self, paths: StackPaths, records: Records, needed_by_others: Sequence[str] = ()) -> None:
        self.paths = paths
        self.records = records
        self._needed_by_others = needed_by_others
        self._abandoned = threading.Event()
        self._started: list[str] = []

    def ensure(self, service: Service, note: Callable[[str], None]) -> Outcome:
        record = self.records.processes.get(service.name)
        reason = fault(service, record) if record else ""
        if record and not reason:
            return Outcome(service.name, record.port, Event.REUSED)
        if record:
            note(f"{service.name} {reason}")
            self.end([service.name])
        note(f"starting {service.name}")
        port = self._start(service, record.port if record else None)
        return Outcome(service.name, port, Event.RESTARTED if record else Event.STARTED, reason)

    def abandon(self) -> None:
        """Let starts under way give up."""
        self._abandoned.set()

    def end_what_was_started(self) -> None:
        self.end(self._started)

    def end(self, names: Sequence[str]) -> dict[str, str | None]:
        """End these processes; answers how each ended, or nothing for one that was gone."""
        recorded = {name: self.records.processes[name].identity for name in names if name in self.records.processes}

        def end_recorded(name: str) -> str | None:
            how = _end(name, recorded[name])
            # A full disk must not keep the others running; the record of a process that is gone does no harm.
            with suppress(OSError):
                self.records.remove(name)
            return how

        return self._in_order([*recorded], end_recorded)

    def end_unrecorded(self) -> dict[str, int]:
        """End processes of this stack whose record was lost; they are known by their marker."""
        recorded = {record.identity for record in self.records.processes.values()}
        found: dict[str, list[Identity]] = {}
        for pid, marker in machine.marked(marker_prefix(self.paths)).items():
            identity = Identity.of(pid)
            if identity is not None and identity not in recorded:
                found.setdefault(marker.split("|")[1], []).append(identity)
        self._in_order([*found], lambda name: [_end(name, identity) for identity in found[name]])
        return {name: identities[0].pid for name, identities in found.items()}

    def _in_order(self, names: Sequence[str], end: Callable[[str], _T]) -> dict[str, _T]:
        """Side by side, but those that others need last, each after the one before it."""
        last = [name for name in self._needed_by_others if name in names]
        first = [name for name in names if name not in last]
        with ThreadPoolExecutor(max(1, len(first))) as pool:
            ended = dict(zip(first, pool.map(end, first), strict=True))
        return ended | {name: end(name) for name in last}

    def log(self, name: str) -> Path:
        return self.paths.logs / f"{name}.log"

    def _start(self, service: Service, preferred: int | None) -> int:
        tried: list[str] = []
        for _ in range(PORT_ATTEMPTS):
            port = ports.choose(service.name, preferred)
            if self._start_on(service, port):
                return port
            if ports.pinned_port(service.name):
                raise ports.taken(service.name, port)
            tried.append(f"port {port} on {ports.LOOPBACK}: taken by another process between choice and use")
            preferred = None
        raise RehearsalError(
            f"{service.name} could not be started: each port chosen for it was taken in the same moment",
            tried=tried,
            ways_out=[f"set {ports.variable(service.name)} to a port that stays free"],
        )

    def _start_on(self, service: Service, port: int) -> bool:
        """False when another process took the port first."""
        identity = self._spawn(service, port)
        deadline = time.monotonic() + service.patience_seconds
        while not self._abandoned.is_set():
            if identity is None or not identity.lives():
                self.records.remove(service.name)
                if "address already in use" in self._last_words(service.name).lower():
                    return False
                raise self._failure(service, "ended right after its start")
            if holds(identity, port) and service.answers(port):
                return True
            if time.monotonic() > deadline:
                self.end([service.name])
                raise self._failure(service, f"gave no answer within {service.patience_seconds:.0f} s of its start")
            time.sleep(0.03)
        raise Abandoned

    def _spawn(self, service: Service, port: int) -> Identity | None:
        log = self.log(service.name)
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists():
            log.replace(log.with_suffix(".previous.log"))
        marker = f"{marker_prefix(self.paths)}{service.name}|{uuid.uuid4().hex}"
        environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
        environment |= {**service.environment, machine.MARKER_VARIABLE: marker}
        with log.open("wb") as output:
            child = subprocess.Popen(
                service.command(port),
                env=environment,
                cwd=self.paths.logs,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Its own session: Ctrl-C in the terminal of `make up` and the end of that terminal do not reach it.
                start_new_session=True,
            )
        _kept_children.append(child)
        identity = Identity.of(child.pid)
        if identity is not None:
            self._started.append(service.name)  # first: on a full disk the record cannot be written
            self.records.put(Record(service.name, identity, port, service.fingerprint(port)))
        return identity

    def _failure(self, service: Service, what: str) -> StartFailure:
        words = self._last_words(service.name)
        ways_out = [f"read {self.log(service.name)}", "run the command again: what was started for it has been ended"]
        if disk_full := os.strerror(errno.ENOSPC).lower() in words.lower():
            what += ": the disk is full"
            ways_out.insert(0, f"free space for {self.paths.root}, or set LIFELINE_REHEARSAL to a place that has some")
        failure = StartFailure(f"{service.name} {what}; its last words:\n{words}", ways_out=ways_out)
        failure.disk_full = disk_full
        return failure

    def _last_words(self, name: str) -> str:
        try:
            lines = self.log(name).read_text(errors="replace").splitlines()
        except FileNotFoundError:
            return ""
        telling = [line for line in lines if line.strip() and not _STACK_TRACE.match(line)]
        loud = [line for line in telling if not _is_chatter(line)]
        return "\n".join(f"    {_in_words(line)[:400]}" for line in (loud or telling)[-8:])


def _said(line: str) -> dict[str, Any]:
    """A line of JSON, as etcd writes them; empty for others."""
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return cast("dict[str, Any]", said) if isinstance(said, dict) and "msg" in said else {}


def _in_words(line: str) -> str:
    said = _said(line)
    return ": ".join(str(said[key]) for key in ("level", "msg", "error") if said.get(key)) or line


def _is_chatter(line: str) -> bool:
    said = _said(line)
    return said.get("level") in ("debug", "info", "warn") and "error" not in said


def _end(name: str, identity: Identity) -> str | None:
    how = machine.end(identity, END_PATIENCE_SECONDS)
    if how == "would not end":
        raise RehearsalError(
            f"{name} (pid {identity.pid}) did not end, not even when killed",
            ways_out=["it hangs in the operating system: free the disk it waits for, or restart the machine"],
        )
    return how


def marker_prefix(paths: StackPaths) -> str:
    return f"{paths.root.resolve()}|"


def holds(identity: Identity, port: int) -> bool:
    """That it is this process which listens on the port, where the system tells."""
    listening = ports.listening(identity.pid)
    return listening is None or port in {held for _, held in listening}


def fault(service: Service, record: Record) -> str:
    """Why a recorded process cannot be used any more; empty when it can."""
    pid = record.identity.pid
    if record.identity.boot != machine.boot():
        return AFTER_BOOT
    if not record.identity.lives():
        return f"had died (pid {pid})"
    if record.fingerprint != service.fingerprint(record.port):
        return f"(pid {pid}) runs with other settings than it should have now"
    if (pinned := ports.pinned_port(service.name)) not in (None, record.port):
        return f"(pid {pid}) runs on port {record.port} and {pinned} is wanted"
    deadline = time.monotonic() + SILENCE_SECONDS
    while not (holds(record.identity, record.port) and service.answers(record.port)):
        if not record.identity.lives():
            return f"had died (pid {pid})"
        if time.monotonic() > deadline:
            return f"(pid {pid}) no longer answered on port {record.port}"
        time.sleep(0.1)
    return ""
