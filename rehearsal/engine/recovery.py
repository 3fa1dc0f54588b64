"""Before each engine run: put right what a kill, a reboot or a lost emulator left behind, and say so."""

import json
import os
import socket
import time
from datetime import datetime
from pathlib import Path

from rehearsal.engine.checkpoint import Checkpoint, Resource
from rehearsal.errors import RehearsalError
from rehearsal.paths import StackPaths

#: Clock ticks and rounding between a process's start and the first thing it writes.
_CLOCK_SLACK_SECONDS = 2.0


def recover(checkpoint: Checkpoint) -> list[str]:
    """Make the state usable again after an engine that was killed; what was done, in words."""
    notes = _remove_stale_locks(checkpoint)
    if mended := checkpoint.mend():
        notes.append(mended)
    if checkpoint.exists() and (pending := checkpoint.clear_pending()):
        shown = ", ".join(pending[:3]) + (f" and {len(pending) - 3} more" if len(pending) > 3 else "")
        notes.append(f"an earlier run was cut off ({shown}); going on from there")
    return notes


def forget_lost(checkpoint: Checkpoint, stack: StackPaths, aws: bool, kubernetes: bool) -> list[str]:
    """Take out of the state what went with an emulator, so that `up` makes it again.

    Not a refresh: reads of merely validated types would answer from the state that all is well, and a later
    replacement of such a protected resource would be refused.
    """
    if aws:
        stack.ledger.unlink(missing_ok=True)  # it names things of an account that is no more
    if not checkpoint.exists():
        return []
    lost = {package for package, is_lost in (("aws", aws), ("kubernetes", kubernetes)) if is_lost}

    def is_gone(resource: Resource) -> bool:
        return bool(resource.get("custom")) and resource["type"].split(":")[0] in lost

    forgotten = checkpoint.forget(is_gone)
    if not forgotten:
        return []
    whose = "its" if len(lost) == 1 else "their"
    return [f"{' and '.join(sorted(lost))} lost {whose} state: {_resources(forgotten)} will be made again"]


def _resources(count: int) -> str:
    return f"{count} resource{'s' * (count != 1)}"


def _remove_stale_locks(checkpoint: Checkpoint) -> list[str]:
    stale: list[Path] = []
    for file in sorted(checkpoint.locks.glob("*")):
        try:
            lock = json.loads(file.read_text())
            pid, host = int(lock["pid"]), lock["hostname"]
            written = datetime.fromisoformat(lock["timestamp"]).timestamp()
        except (ValueError, KeyError, TypeError):
            stale.append(file)  # half a lock: its engine died while writing it
            continue
        except FileNotFoundError:
            continue
        if host != socket.gethostname() or _still_runs(pid, written):
            raise RehearsalError(
                f"another command is at work on this stack: process {pid} on {host}, since {lock['timestamp']}",
                ways_out=["wait for it to end", f"if it hangs, end it: kill {pid}"],
            )
        stale.append(file)
    half_written = checkpoint.file.parent.glob(f"{checkpoint.file.name}*.tmp")
    for file in [*stale, *half_written]:
        file.unlink(missing_ok=True)
    return ["removed the lock of an engine that was killed"] if stale else []


def _still_runs(pid: int, locked_at: float) -> bool:
    """A process of that number that was there when the lock was written; a later one only reuses the number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        uptime = float(Path("/proc/uptime").read_text().split()[0])
    except FileNotFoundError:
        return not Path("/proc/self").exists()  # ended meanwhile; or a system without /proc: rather safe than sorry
    is_dead = fields[0] in "ZX"
    started = time.time() - uptime + int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return not is_dead and started <= locked_at + _CLOCK_SLACK_SECONDS
