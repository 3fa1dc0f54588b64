"""Loopback ports: a free one, a pinned one, and who holds a taken one."""

import os
import random
import socket
import time
from contextlib import suppress
from pathlib import Path

from rehearsal.errors import RehearsalError
from rehearsal.processes.machine import command_of

LOOPBACK = "127.0.0.1"
#: Below the ranges from which Linux (32768) and macOS (49152) give ports to outgoing connections.
_RANGE = range(18000, 32000)
_LISTENING = "0A"
_CLOSING_SECONDS = 2.0


def choose(name: str, preferred: int | None) -> int:
    """The pinned port, else the one used before if it is free, else any free one."""
    if pinned := pinned_port(name):
        if not is_free(pinned):
            raise taken(name, pinned)
        return pinned
    if preferred and _is_free_soon(preferred):
        return preferred
    for candidate in random.sample(_RANGE, 200):
        if is_free(candidate):
            return candidate
    raise RehearsalError(
        f"no free port for {name}: 200 ports between {_RANGE.start} and {_RANGE.stop} were tried on {LOOPBACK}",
        ways_out=[f"free one and set {variable(name)} to it"],
    )


def variable(name: str) -> str:
    return f"LIFELINE_PORT_{name.upper().replace('-', '_')}"


def pinned_port(name: str) -> int | None:
    value = os.environ.get(variable(name))
    if not value:
        return None
    if not value.isdigit() or not 1024 <= int(value) <= 65535:
        raise RehearsalError(
            f"{variable(name)}={value!r} is no port",
            ways_out=["give a whole number from 1024 to 65535, or unset it: a free port is then chosen"],
        )
    return int(value)


def taken(name: str, port: int) -> RehearsalError:
    holder = next(iter(holders(port)), None)
    who = (
        f"process {holder} ({command_of(holder)[:100]})"
        if holder
        else "a process of another user or one that cannot be seen"
    )
    return RehearsalError(
        f"port {port}, pinned for {name} by {variable(name)}, is taken by {who}",
        ways_out=["end that process, pin another port, or unset the variable: a free port is then chosen"],
    )


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # Servers set this too: without it a port looks taken for a minute after its last connection.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def _is_free_soon(port: int) -> bool:
    """A killed process counts as gone as soon as it has lost its memory; it closes its sockets a moment later."""
    deadline = time.monotonic() + _CLOSING_SECONDS
    while not (free := is_free(port)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return free


def accepts(port: int) -> bool:
    with suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
        return True
    return False


def listening(pid: int) -> set[tuple[str, int]] | None:
    """Addresses and ports on which a process listens; None where the system does not say (macOS)."""
    try:
        inodes = _socket_inodes(pid)
        return {address for inode, address in _listening_sockets().items() if inode in inodes}
    except OSError:
        return None


def holders(port: int) -> list[int]:
    """Processes listening on a port, as far as this user may see."""
    wanted = {inode for inode, (_, held) in _listening_sockets().items() if held == port}
    found: list[int] = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if wanted & _socket_inodes(int(entry.name)):
                found.append(int(entry.name))
    return found


def _socket_inodes(pid: int) -> set[str]:
    inodes: set[str] = set()
    for descriptor in (Path("/proc") / str(pid) / "fd").iterdir():
        with suppress(FileNotFoundError):
            kind, _, inode = str(descriptor.readlink()).partition(":")
            if kind == "socket":
                inodes.add(inode.strip("[]"))
    return inodes


def _listening_sockets() -> dict[str, tuple[str, int]]:
    sockets: dict[str, tuple[str, int]] = {}
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        if not table.exists():
            continue
        for line in table.read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTENING:
                address, _, port = fields[1].partition(":")
                sockets[fields[9]] = (_readable(address), int(port, 16))
    return sockets


def _readable(address: str) -> str:
    """The kernel prints each 32-bit word of an address as a little-endian number."""
    raw = b"".join(bytes.fromhex(address[at : at + 8])[::-1] for at in range(0, len(address), 8))
    return socket.inet_ntop(socket.AF_INET if len(raw) == 4 else socket.AF_INET6, raw)
