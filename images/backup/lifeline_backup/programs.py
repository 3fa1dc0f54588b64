"""PostgreSQL's own programs, told where the server is by variables and who to be by secrets."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

from lifeline_backup import settings
from lifeline_backup.failure import Failure

_CHUNK, _WORDS = 1 << 20, 2_000
#: After each answer of a session; no answer of ours contains it.
_END = "--- lifeline: end of answer ---"
_PATIENCE_SECONDS = 30


def variables(database: Mapping[str, Any]) -> dict[str, str]:
    """Of libpq. Login and password are files, read each time."""
    told = {
        "PGHOST": database["host"],
        "PGPORT": str(database["port"]),
        "PGDATABASE": database["name"],
        "PGSSLMODE": database.get("ssl_mode", "verify-full"),
        "PGSSLROOTCERT": database.get("authorities", ""),
        "PGUSER": database.get("user") or settings.secret("PGUSER") or "",
        "PGPASSWORD": settings.secret("PGPASSWORD") if not database.get("user") else "",
        "PGCONNECT_TIMEOUT": "10",
        "PGAPPNAME": "lifeline-backup",
        "PGTZ": "UTC",
        "PGCLIENTENCODING": "UTF8",
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return inherited | {name: value for name, value in told.items() if value}


def run(words: Sequence[str], database: Mapping[str, Any]) -> str:
    """To its end; its own words are the failure's."""
    done = subprocess.run(words, env=variables(database), capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failure(f"{words[0]} ended with {done.returncode}: {done.stderr.strip()[-_WORDS:]}")
    return done.stdout


@contextmanager
def output_of(words: Sequence[str], database: Mapping[str, Any]) -> Iterator[Iterator[bytes]]:
    """What a program writes, as it writes it. Leaving in good order means that it ended in good order."""
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(words, env=variables(database), stdout=subprocess.PIPE, stderr=told, bufsize=0)
        assert process.stdout is not None
        try:
            yield _chunks(process.stdout)
            code = process.wait()
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
        if code:
            raise Failure(f"{words[0]} ended with {code}: {_last_words(told)}")


@contextmanager
def input_of(words: Sequence[str]) -> Iterator[BinaryIO]:
    """A program that is fed; it must have taken everything and ended well."""
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=told)
        assert process.stdin is not None
        took_all = False
        try:
            try:
                yield process.stdin
                process.stdin.close()
                took_all = True
            except BrokenPipeError:
                pass  # it ended early: its code and its words say why
            code = process.wait()
        finally:
            process.kill()
            process.wait()
        if code or not took_all:
            raise Failure(f"{words[0]} ended with {code}: {_last_words(told)}")


class Session:
    """One psql that stays connected: statements see one snapshot as long as their transaction is open."""

    def __init__(self, database: Mapping[str, Any]) -> None:
        words = ["psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1"]
        self._told = tempfile.TemporaryFile()  # noqa: SIM115  (it is closed with the session)
        self._process = subprocess.Popen(
            words, env=variables(database), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._told, text=True
        )

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()
        self._told.close()

    def ask(self, statement: str) -> list[str]:
        """Lines of the answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        lines: list[str] = []
        try:
            self._process.stdin.write(f"{statement};\n\\echo '{_END}'\n")
            self._process.stdin.flush()
            for line in self._process.stdout:
                if line.rstrip("\n") == _END:
                    return lines
                lines.append(line.rstrip("\n"))
        except BrokenPipeError:
            pass  # it ended: its words say why
        self._process.wait(_PATIENCE_SECONDS)
        raise Failure(f"the database refused: {_last_words(self._told)}")

    def one(self, statement: str) -> str:
        lines = self.ask(statement)
        if len(lines) != 1:
            raise Failure(f"{len(lines)} lines answer {statement!r}; one was expected")
        return lines[0]


def _chunks(pipe: Any) -> Iterator[bytes]:
    while chunk := pipe.read(_CHUNK):
        yield chunk


def _last_words(told: Any) -> str:
    told.seek(0)
    return told.read().decode(errors="replace").strip()[-_WORDS:] or "it said nothing"
