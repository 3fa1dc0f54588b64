"""HAProxy's sockets: its map is changed in one step, a reload keeps what it knows of its servers."""

import os
import socket
from collections.abc import Mapping
from pathlib import Path

from traffic_follower.desired import formatted

_LIMIT_SECONDS = 5.0


class Refused(Exception):
    """HAProxy did not do what it was told, or is not there."""


class HAProxy:
    """One process and the map file that it starts from."""

    def __init__(self, run_directory: Path) -> None:
        self.traffic, self.cache = run_directory / "traffic.map", run_directory / "cache.map"
        self._socket, self._master = run_directory / "admin.sock", run_directory / "master.sock"
        self._servers = run_directory / "servers.state"

    def state(self, map: Path) -> dict[str, str]:
        """A map as HAProxy itself sees it: `<address> <key> <value>` a line."""
        lines = (line.split(" ", 2) for line in self._ask(f"show map {map}").splitlines())
        return {words[1]: words[2] for words in lines if len(words) == 3}

    def hold(self, map: Path, state: Mapping[str, str]) -> None:
        """The new map becomes visible as a whole, no request sees half of it; and the next start begins with it."""
        self.write(map, state)
        version = self._ask(f"prepare map {map}").rpartition(":")[2].strip()
        if not version.isdigit():
            raise Refused(f"prepare map {map}: no version in the answer")
        lines = "\n".join(f"{key} {value}" for key, value in sorted(state.items()))
        for command in (f"add map @{version} {map} <<\n{lines}\n", f"commit map @{version} {map}"):
            if said := self._ask(command).strip():
                raise Refused(f"{command.split()[0]} map: {said}")

    def write(self, map: Path, state: Mapping[str, str]) -> None:
        """For the next start; never half of it either."""
        replace(map, formatted(state))
        if not self._servers.exists():
            replace(self._servers, "1\n")  # the version of its form, and no server yet

    def reload(self) -> None:
        """Servers are noted down first: a new process would answer errors until their names are resolved."""
        replace(self._servers, self._ask("show servers state"))
        self._ask("reload", self._master)

    def _ask(self, command: str, at: Path | None = None) -> str:
        told = b""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(_LIMIT_SECONDS)
                connection.connect(os.fspath(at or self._socket))
                connection.sendall(f"{command}\n".encode())
                while part := connection.recv(65536):
                    told += part
        except ConnectionResetError:
            return told.decode()  # the master closes so when it executes itself anew
        except OSError as error:
            raise Refused(f"{command.split()[0]}: {error}") from error
        return told.decode()


def replace(file: Path, text: str) -> None:
    draft = file.with_suffix(".new")
    draft.write_text(text)
    draft.replace(file)
