"""How much memory a runner and everything it started take, asked of the kernel many times a second."""

import threading
from collections import defaultdict
from pathlib import Path

_EVERY_SECONDS = 0.1


class Watch:
    """Of one process and its descendants, until `stop`. Shared pages are shared out (PSS) where the kernel tells."""

    def __init__(self, pid: int) -> None:
        self._pid, self._ended = pid, threading.Event()
        self.peak_mib: dict[str, float] = defaultdict(float)
        self._together: list[float] = []
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> dict[str, float]:
        """Peak of each program; of all together at one moment, and of that in the first and the last quarter."""
        self._ended.set()
        self._thread.join()
        seen = self._together or [0]
        quarter = -(-len(seen) // 4)
        return {
            **self.peak_mib,
            "together": max(seen),
            "early": max(seen[:quarter]),
            "late": max(seen[-quarter:]),
        }

    def _look(self) -> None:
        while not self._ended.wait(_EVERY_SECONDS):
            now = {pid: size for pid in self._family() if (size := _mib(pid)) is not None}
            for pid, size in now.items():
                name = "runner" if pid == self._pid else _name(pid)
                self.peak_mib[name] = max(self.peak_mib[name], size)
            self._together.append(sum(now.values()))

    def _family(self) -> list[int]:
        children: dict[int, list[int]] = defaultdict(list)
        for directory in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((directory / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError):
                continue
            children[parent].append(int(directory.name))
        found = [self._pid]
        for pid in found:
            found += children[pid]
        return found


def _mib(pid: int) -> float | None:
    """None for one that has ended, or has become another program meanwhile."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        return None
    return None


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return "ended"
