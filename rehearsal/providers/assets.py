"""Assets and archives of a program as bytes: texts, files and folders, never fetched from elsewhere.

An archive becomes a zip whose bytes depend on its content alone, so that the same code is the same upload.
"""

import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rehearsal.providers.provider import Refused
from rehearsal.providers.wire import ARCHIVE, MARK

_EPOCH = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16


def content(asset: Mapping[str, Any]) -> bytes:
    """An asset's bytes; an archive's zip."""
    if asset.get(MARK) == ARCHIVE:
        return _zipped(asset)
    if not asset.get("path") and not asset.get("uri"):  # an empty text may travel as no text at all
        return str(asset.get("text") or "").encode()
    return _file(asset).read_bytes()


def problem(asset: Any) -> str:
    """Why an asset cannot be had, or nothing."""
    try:
        content(asset)
    except (Refused, OSError, zipfile.BadZipFile) as error:
        return str(error)
    return ""


def _file(asset: Mapping[str, Any]) -> Path:
    if asset.get("uri"):
        raise Refused(f"{asset['uri']} is not fetched in a rehearsal: give the asset as a file or a text")
    path = Path(str(asset.get("path") or ""))
    if not path.exists():
        raise Refused(f"the file {path} does not exist")
    return path


def _zipped(archive: Mapping[str, Any]) -> bytes:
    if archive.get("path") or archive.get("uri"):
        path = _file(archive)
        if path.is_file():
            if not zipfile.is_zipfile(path):
                raise Refused(f"{path} is not a zip archive")
            return path.read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in sorted(_members(archive)):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, _READABLE
            zipped.writestr(entry, data)
    return buffer.getvalue()


def _members(archive: Mapping[str, Any], under: str = "") -> Iterator[tuple[str, bytes]]:
    if not archive.get("path") and not archive.get("uri"):
        for name, member in (archive.get("assets") or {}).items():
            if member.get(MARK) == ARCHIVE:
                yield from _members(member, f"{under}{name}/")
            else:
                yield under + name, content(member)
        return
    path = _file(archive)
    if path.is_dir():
        for file in path.rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                yield under + file.relative_to(path).as_posix(), file.read_bytes()
        return
    with zipfile.ZipFile(path) as inner:
        for name in inner.namelist():
            if not name.endswith("/"):
                yield under + name, inner.read(name)
