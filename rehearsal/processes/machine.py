"""What the operating system knows of a process: when it began, whether it lives, what it holds.

Linux is read from /proc, macOS through `ps` and `sysctl`; nothing here needs root.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

#: Every process of ours carries this in its environment, so that one whose record was lost is still recognised.
MARKER_VARIABLE = "LIFELINE_REHEARSAL_PROCESS"

_PROC = Path("/proc")
_LINUX = sys.platform == "linux"
_START_TIME_FIELD = 19
_STATE_FIELD = 0


@dataclass(frozen=True)
class Identity:
    """One process and no other: the number alone is used again, by anybody's process."""

    pid: int
    started: str
    boot: str

    @classmethod
    def of(cls, pid: int) -> "Identity | None":
        started = _start_time(pid)
        return None if started is None else cls(pid, started, boot())

    def lives(self) -> bool:
        _reap(self.pid)
        return Identity.of(self.pid) == self


def boot() -> str:
    """Changes when the machine is restarted."""
    if _LINUX:
        return (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    return _output("sysctl", "-n", "kern.bootsessionuuid").strip()


def memory_megabytes(pid: int) -> float:
    if not _LINUX:
        return float(_output("ps", "-o", "rss=", "-p", str(pid)).strip() or 0) / 1024
    try:
        resident_pages = int((_PROC / str(pid) / "statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return resident_pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def running_since(identity: Identity) -> float:
    """Seconds since the epoch."""
    if not _LINUX:
        return time.mktime(time.strptime(identity.started, "%a %b %d %H:%M:%S %Y"))
    since_boot = int(identity.started) / os.sysconf("SC_CLK_TCK")
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) + since_boot


def command_of(pid: int) -> str:
    if not _LINUX:
        return _output("ps", "-o", "command=", "-p", str(pid)).strip()
    with suppress(OSError):
        return (_PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    return ""


def marked(prefix: str) -> dict[int, str]:
    """Living processes whose marker begins with the prefix, and their markers."""
    wanted = f"{MARKER_VARIABLE}={prefix}"
    if not _LINUX:
        lines = _output("ps", "eww", "-axo", "pid=,command=").splitlines()
        return {
            int(line.split()[0]): line[line.index(wanted) + len(MARKER_VARIABLE) + 1 :].split(" ")[0]
            for line in lines
            if wanted in line
        }
    found: dict[int, str] = {}
    for entry in _PROC.iterdir():
        if not entry.name.isdigit():
            continue
        with suppress(OSError):
            for variable in (entry / "environ").read_bytes().split(b"\0"):
                if variable.startswith(wanted.encode()) and _start_time(int(entry.name)) is not None:
                    found[int(entry.name)] = variable.decode().partition("=")[2]
    return found


def end(identity: Identity, patience_seconds: float) -> str | None:
    """End this very process: politely, then not. Answers how, or nothing if it was gone already."""
    for sent, patience in ((signal.SIGTERM, patience_seconds), (signal.SIGKILL, 5.0)):
        if not _send(identity, sent):
            return None if sent is signal.SIGTERM else "ended"
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if not identity.lives():
                return "ended" if sent is signal.SIGTERM else "killed"
            time.sleep(0.02)
    return "would not end"


def _send(identity: Identity, number: signal.Signals) -> bool:
    """Signal the process; where the system has process handles, no other can slip in between check and signal."""
    if not hasattr(os, "pidfd_open"):
        if not identity.lives():
            return False
        with suppress(ProcessLookupError):
            os.kill(identity.pid, number)
        return True
    try:
        handle = os.pidfd_open(identity.pid)
    except ProcessLookupError:
        return False
    try:
        if not identity.lives():
            return False
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, number)
        return True
    finally:
        os.close(handle)


def _start_time(pid: int) -> str | None:
    """None for a process that is gone or only waits to be collected by its parent."""
    if not _LINUX:
        state, _, started = _output("ps", "-o", "stat=,lstart=", "-p", str(pid)).strip().partition(" ")
        return started.strip() if started and not state.startswith("Z") else None
    try:
        # The second field is the program's name in brackets and may itself hold spaces and brackets.
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[_STATE_FIELD] in ("Z", "X") else fields[_START_TIME_FIELD]


def _reap(pid: int) -> None:
    """Collect our own child if it has ended; of others, init takes care."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def _output(*command: str) -> str:
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"}
    ).stdout
