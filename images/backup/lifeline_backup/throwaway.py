"""A PostgreSQL server that lives as long as one drill: on loopback, on the drill's own disk, nobody's data before."""

import os
import subprocess
import time
from pathlib import Path
from typing import Any

from lifeline_backup import drill_calendar, figures, programs
from lifeline_backup.failure import Failure
from lifeline_backup.settings import Settings

USER = "drill"
_DEBIAN = Path("/usr/lib/postgresql/15/bin")
#: It may lose everything in a crash: then the drill fails, and is run again.
_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "maintenance_work_mem": "128MB",
    "log_min_error_statement": "panic",
}


def address(settings: Settings) -> dict[str, Any]:
    """How the drill, and the application in it, reach the server."""
    port = settings.drill["database_port"]
    return {"host": "127.0.0.1", "port": port, "name": "postgres", "user": USER, "ssl_mode": "disable"}


def serve(settings: Settings) -> None:
    """Becomes the server. On Sundays that are not the month's first there is none: the process waits for its end."""
    if not drill_calendar.due(settings):
        figures.say("no drill today: no server")
        while True:
            time.sleep(60)
    made = subprocess.run(making(settings), capture_output=True, text=True, check=False)
    if made.returncode:
        raise Failure(f"initdb ended with {made.returncode}: {made.stderr.strip()[-500:]}")
    words = running(settings)
    os.execv(words[0], words)


def making(settings: Settings) -> list[str]:
    """The command that makes the server's files."""
    words = [_program("initdb"), "-D", _data(settings), "-U", USER, "-A", "trust", "--no-sync"]
    return [*words, "--encoding=UTF8", "--locale=C.UTF-8"]


def running(settings: Settings) -> list[str]:
    """The command that is the server."""
    told = {**_OPTIONS, "port": settings.drill["database_port"], "unix_socket_directories": ""}
    options = [word for name, value in told.items() for word in ("-c", f"{name}={value}")]
    return [_program("postgres"), "-D", _data(settings), *options]


def _data(settings: Settings) -> str:
    return str(Path(settings.drill["workspace"]) / "server")


def wait_for(settings: Settings, seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            programs.run(["psql", "--no-psqlrc", "--quiet", "--command=SELECT 1"], address(settings))
            return
        except Failure:
            if time.monotonic() > end:
                raise
        time.sleep(0.2)


def _program(name: str) -> str:
    """Debian keeps servers off the PATH."""
    return str(_DEBIAN / name) if (_DEBIAN / name).exists() else name
