"""Tools from their makers' own releases: fetched within time limits, resumed if cut off, checked before use."""

import http.client
import json
import re
import shutil
import tarfile
import threading
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from rehearsal.toolchain.cache import sha256
from rehearsal.toolchain.sources import Unavailable, Work
from rehearsal.toolchain.table import Platform, Program, Tool

_CHUNK = 1 << 18
_CHECKSUM_FILE_LIMIT = 4_000_000
_HEX = re.compile(r"\b[0-9a-f]{64}\b")


class _Refused(Unavailable):
    """The host answered, but with an error."""


def fetch(tool: Tool, target: Platform, into: Path, arrivals: Path, work: Work) -> None:
    """Puts every program of the tool into `into`. Partial downloads stay in `arrivals` for the next attempt."""
    if str(target) not in tool.release.platforms:
        raise Unavailable(f"there is none of {tool.name} for {target}")
    if work.offline:
        raise Unavailable("not asked for, because the network is not to be used")
    for program in tool.programs:
        url = tool.text(tool.release.file, program, target)
        wanted = tool.release.pins.get(str(target)) or _published_checksum(tool, program, target, work)
        arrived = arrivals / url.rpartition("/")[2]
        _download(url, arrived, wanted, work)
        _unpack(arrived, tool.text(tool.release.member, program, target), into / program.name)


def _published_checksum(tool: Tool, program: Program, target: Platform, work: Work) -> str:
    url = tool.text(tool.release.checksums, program, target)
    file = tool.text(tool.release.file, program, target).rpartition("/")[2]
    work.step.note(f"asking {urlsplit(url).hostname} for checksums")
    with _opened(url, {}, work) as response:
        content = _read(url, partial(response.read, _CHECKSUM_FILE_LIMIT)).decode(errors="replace")
    found = _checksum_of(file, content)
    if found is None:
        raise Unavailable(f"{url} has no sha256 of {file}, and what cannot be checked is not used")
    return found


def _checksum_of(file: str, content: str) -> str | None:
    """Reads GitHub's description of a release, `sha256  name` lines, or a lone checksum."""
    if content.lstrip().startswith("{"):
        try:
            assets = cast("list[dict[str, Any]]", json.loads(content)["assets"])
        except (ValueError, KeyError):
            return None
        content = "\n".join(
            f"{str(asset.get('digest')).removeprefix('sha256:')} {asset.get('name')}" for asset in assets
        )
    for line in content.splitlines():
        digest = _HEX.search(line)
        names = line.replace(digest[0], " ", 1).replace("*", " ").split() if digest else []
        if digest and (not names or file in names):
            return digest[0]
    return None


def _download(url: str, file: Path, wanted: str, work: Work) -> None:
    if file.exists():
        # What an earlier run left may be complete, a part, or not of this file at all.
        with suppress(_Refused):
            if sha256(file) != wanted:
                _receive(url, file, work)
        if sha256(file) == wanted:
            return
        file.unlink()
    _receive(url, file, work)
    if sha256(file) != wanted:
        file.unlink()
        raise Unavailable(f"the sha256 of {url} is not the published one, {wanted}")


def _receive(url: str, file: Path, work: Work) -> None:
    host = urlsplit(url).hostname
    have = file.stat().st_size if file.exists() else 0
    work.step.note(f"asking {host}")
    deadline = time.monotonic() + work.limits.download
    with _opened(url, {"Range": f"bytes={have}-"} if have else {}, work) as response:
        if have and response.status != http.HTTPStatus.PARTIAL_CONTENT:
            have = 0
        size = have + int(response.headers.get("Content-Length") or 0)
        with file.open("ab" if have else "wb") as output:
            while chunk := _read(url, partial(response.read1, _CHUNK)):
                _write(output, chunk, file)
                have += len(chunk)
                work.step.note(f"{host}: {have / 1e6:.1f} of {size / 1e6:.1f} MB")
                work.go_on()
                if time.monotonic() > deadline:
                    raise Unavailable(f"{url} was not complete after {work.limits.download:g} s ({have} bytes)")
    if size and have < size:
        raise Unavailable(f"{url} ended after {have} of {size} bytes")


def _read(url: str, read: Callable[[], bytes]) -> bytes:
    try:
        return read()
    except TimeoutError as error:
        raise Unavailable(f"{url} stalled") from error
    except (OSError, http.client.HTTPException) as error:
        raise Unavailable(f"{url} broke off: {_cause(error)}") from error


def _write(output: BinaryIO, chunk: bytes, file: Path) -> None:
    try:
        output.write(chunk)
        output.flush()
    except OSError:
        # On a full disk even the part that arrived is in the way.
        file.unlink()
        raise


@contextmanager
def _opened(url: str, headers: dict[str, str], work: Work) -> Generator[http.client.HTTPResponse, None, None]:
    """A response whose first bytes came in time.

    In a thread, because nothing else bounds the look-up of the name and all redirects together.
    """
    answers: list[http.client.HTTPResponse | Exception] = []

    def ask() -> None:
        try:
            request = urllib.request.Request(url, headers={"User-Agent": "lifeline", **headers})
            answers.append(urllib.request.urlopen(request, timeout=work.limits.stall))
        except (OSError, http.client.HTTPException) as error:
            answers.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    deadline = time.monotonic() + work.limits.answer
    while asking.is_alive() and time.monotonic() < deadline:
        work.go_on()
        asking.join(0.05)
    host = urlsplit(url).hostname
    if not answers:
        raise Unavailable(f"{host} did not answer within {work.limits.answer:g} s")
    answer = answers[0]
    if isinstance(answer, urllib.error.HTTPError):
        raise _Refused(f"{url} answered {answer.code} {answer.reason}")
    if isinstance(answer, urllib.error.URLError):
        raise Unavailable(f"{host} cannot be reached: {_cause(answer.reason)}")
    if isinstance(answer, Exception):
        raise Unavailable(f"{host} cannot be reached: {_cause(answer)}")
    with answer:
        yield answer


def _cause(reason: object) -> str:
    return (isinstance(reason, OSError) and reason.strerror) or str(reason)


def _unpack(archive: Path, member: str, program: Path) -> None:
    """Takes the one member that is wanted; nothing else of the archive touches the disk."""
    if not member:
        shutil.copyfile(archive, program)
        return
    try:
        if archive.suffix == ".zip":
            with zipfile.ZipFile(archive) as zipped, zipped.open(member) as source, program.open("wb") as output:
                shutil.copyfileobj(source, output)
            return
        with tarfile.open(archive) as packed:
            source = packed.extractfile(member)
            if source is None:
                raise KeyError(member)
            with source, program.open("wb") as output:
                shutil.copyfileobj(source, output)
    except (KeyError, tarfile.TarError, zipfile.BadZipFile, EOFError) as error:
        raise Unavailable(f"{archive.name} holds no {member}: {error}") from error
