"""What an application keeps outside its database: its configuration, the images it runs, what people uploaded.

One tar, written as it is read. What may be in no backup stays out of it, and the manifest says what that was.
"""

import io
import json
import ssl
import tarfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3

from lifeline_backup import keeping_out
from lifeline_backup.failure import Failure
from lifeline_backup.manifest import StoredObject
from lifeline_backup.settings import Kind, Settings
from lifeline_backup.store import Store, Tier
from lifeline_backup.uploading import Upload

PART = "tar"
CONFIGURATION, IMAGES, UPLOADS = "configuration", "image digests", "uploads"
ARCHIVED = frozenset({CONFIGURATION, IMAGES, UPLOADS})
_CHUNK, _PATIENCE_SECONDS = 1 << 20, 30


@dataclass
class Kept:
    """What went into the archive, for its manifest."""

    members: int = 0
    bytes: int = 0
    by_content: dict[str, int] = field(default_factory=dict[str, int])
    left_out: list[dict[str, str]] = field(default_factory=list[dict[str, str]])


class _Sink(io.RawIOBase):
    """tarfile's idea of a file over an upload."""

    def __init__(self, upload: Upload) -> None:
        self._upload = upload

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._upload.write(data)
        return len(data)


class Archive:
    """A tar that decides for each member whether it may be kept."""

    def __init__(self, tar: tarfile.TarFile, at: datetime) -> None:
        self._tar, self._at, self.kept = tar, int(at.timestamp()), Kept()

    def add(self, content: str, name: str, size: int, chunks: Iterator[bytes]) -> None:
        """The first chunk is looked at before anything is written: a text form of a key is small."""
        first = next(chunks, b"")
        why = keeping_out.reason_by_name(name) or keeping_out.reason_by_content(first)
        if why:
            self.kept.left_out.append({"name": f"{content}/{name}", "because": why})
            return
        header = tarfile.TarInfo(f"{content.replace(' ', '-')}/{name}")
        header.size, header.mtime, header.mode = size, self._at, 0o600
        self._tar.addfile(header, _Chained(first, chunks))
        self.kept.members += 1
        self.kept.bytes += size
        self.kept.by_content[content] = self.kept.by_content.get(content, 0) + 1


class _Chained(io.RawIOBase):
    """Chunks as a file that tarfile reads from; one that ends early makes it complain."""

    def __init__(self, first: bytes, rest: Iterator[bytes]) -> None:
        self._held, self._rest = first, rest

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        found = b""
        while len(found) < size:
            self._held = self._held or next(self._rest, b"")
            if not self._held:
                break
            taken, self._held = self._held[: size - len(found)], self._held[size - len(found) :]
            found += taken
        return found


def save(settings: Settings, store: Store, kind: Kind, tier: Tier, at: datetime) -> tuple[StoredObject, dict[str, Any]]:
    """The archive, and the manifest's chapter about it."""
    with store.upload(tier, at, PART) as upload:
        with tarfile.open(fileobj=_Sink(upload), mode="w|", format=tarfile.PAX_FORMAT) as tar:  # type: ignore[arg-type]
            archive = Archive(tar, at)
            for content in kind.contains:
                if content in ARCHIVED:
                    _SOURCES[content](settings, archive)
        if not archive.kept.members:
            raise Failure(f"{kind.name}: there was nothing to keep of {', '.join(kind.contains)}")
        kept = archive.kept
        told = {"members": kept.members, "bytes": kept.bytes, "by_content": kept.by_content, "left_out": kept.left_out}
        return upload.complete(PART), told


def reading(chunks: Iterator[bytes]) -> Any:
    """An archive's chunks as the file that tarfile wants."""
    return _Chained(b"", chunks)


def _configuration(settings: Settings, archive: Archive) -> None:
    """Every ConfigMap of the namespace, as the API has it. Secrets are never asked for."""
    for item in _config_maps(settings.state):
        name = item["metadata"]["name"]
        for key, value in sorted((item.get("data") or {}).items()):
            if why := keeping_out.reason_by_name(key) or keeping_out.reason_by_content(value.encode()):
                archive.kept.left_out.append({"name": f"{CONFIGURATION}/{name}/{key}", "because": why})
                item["data"].pop(key)
        text = json.dumps({"name": name, "data": item.get("data") or {}}, indent=1, sort_keys=True).encode()
        archive.add(CONFIGURATION, f"{name}.json", len(text), iter([text]))


def _config_maps(state: Any) -> list[Any]:
    told = {"Accept": "application/json"}
    if (token := Path(state["token"])).is_file():
        told["Authorization"] = f"Bearer {token.read_text().strip()}"
    trust = ssl.create_default_context(cafile=state["authority"]) if state["api"].startswith("https") else None
    request = urllib.request.Request(f"{state['api']}/configmaps", headers=told)
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE_SECONDS, context=trust) as answer:
            return json.loads(answer.read())["items"]
    except (OSError, ValueError, KeyError) as error:
        raise Failure(f"the configuration cannot be read from {request.full_url}: {error}") from error


def _images(settings: Settings, archive: Archive) -> None:
    text = json.dumps(settings.state["images"], indent=1, sort_keys=True).encode()
    archive.add(IMAGES, "images.json", len(text), iter([text]))


def _uploads(settings: Settings, archive: Archive) -> None:
    """Whatever people gave, each in the version that is read: its length is that version's."""
    bucket, client = settings.state["uploads_bucket"], boto3.client("s3")
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for each in page.get("Contents", []):
            try:
                found = client.get_object(Bucket=bucket, Key=each["Key"])
            except client.exceptions.NoSuchKey:  # its owner took it back meanwhile
                continue
            archive.add(UPLOADS, each["Key"], found["ContentLength"], found["Body"].iter_chunks(_CHUNK))


_SOURCES = {CONFIGURATION: _configuration, IMAGES: _images, UPLOADS: _uploads}
