"""The versions of one stack's state in its bucket: which are whole, and one of them put back in its place.

Nothing is deleted: what is put back is one more version, and the damaged one stays beside it.
"""

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from operations.errors import OperationsError

#: The engine's own names: plain, or compressed where PULUMI_DIY_BACKEND_GZIP says so.
_SUFFIXES = (".json", ".json.gz")


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version; `damage` is empty when the engine can go on from it."""

    id: str
    key: str
    written: datetime
    current: bool
    size: int
    resources: int
    damage: str

    @property
    def whole(self) -> bool:
        return not self.damage


class StateVersions:
    """What S3 kept of a stack's state."""

    def __init__(self, s3: Any, bucket: str, project: str, stack: str) -> None:
        self._s3, self._bucket = s3, bucket
        self._project, self._stack = project, stack

    def all(self) -> list[Version]:
        """The newest first. S3 tells whole seconds, and lists the newest of a key first: equals keep that order."""
        found = [self._look(entry) for entry in self._entries()]
        return sorted(found, key=lambda version: (version.current, version.written), reverse=True)

    def deleted(self) -> bool:
        """There were versions, and none is current: somebody removed the stack or its file."""
        versions = self.all()
        return bool(versions) and not any(version.current for version in versions)

    def locks(self) -> list[str]:
        """Who is at work on the stack, in words."""
        told = "process {pid} of {username} on {hostname} since {timestamp}"
        unknown = dict.fromkeys(("pid", "username", "hostname", "timestamp"), "(not told)")
        return [told.format(**{**unknown, **lock}) for lock in self._lock_files()]

    def choose(self, id: str | None) -> Version:
        """The named version, or the newest whole one; refused when that would change nothing or help nobody."""
        versions = self.all()
        if not versions:
            raise OperationsError(
                f"the bucket {self._bucket} holds no version of a state of {self._project}/{self._stack}",
                "look whether account, region and stack are the right ones: python -m operations state versions STACK",
                "when nothing is left: docs/state.md, «Nothing is left»",
            )
        if id is not None:
            return self._named(id, versions)
        whole = next((version for version in versions if version.whole), None)
        if whole is None:
            raise OperationsError(
                f"none of {len(versions)} versions is whole: {versions[0].damage}",
                "rebuild the state from the account: docs/state.md, «Nothing is left»",
            )
        if whole.current:
            raise OperationsError(
                f"the state of {self._stack} is whole as it is ({whole.resources} resources); nothing was changed",
                "to go back to an older one all the same, name it: --version <id>, as `state versions` lists them",
            )
        return whole

    def put_back(self, version: Version) -> None:
        """Written anew as the current version, and read again."""
        if at_work := self.locks():
            raise OperationsError(
                f"somebody is at work on {self._stack}: {'; '.join(at_work)}",
                "wait for the end of it",
                f"if it died, take its lock away: pulumi cancel --stack {self._stack} --yes",
            )
        content = self._content(version.key, version.id)
        self._s3.put_object(Bucket=self._bucket, Key=version.key, Body=content)
        if self._s3.get_object(Bucket=self._bucket, Key=version.key)["Body"].read() != content:
            raise OperationsError(
                f"{version.key} reads otherwise than it was written: somebody else wrote it in the meantime",
                "find out who (the trail's data events, the access log), then run the same command again",
            )

    def _named(self, id: str, versions: list[Version]) -> Version:
        version = next((version for version in versions if version.id == id), None)
        if version is None:
            raise OperationsError(
                f"there is no version {id!r} of the state of {self._stack}",
                "choose one that `python -m operations state versions STACK` lists",
            )
        if version.damage:
            raise OperationsError(
                f"version {id} cannot be gone back to: {version.damage}", "choose one that is listed as whole"
            )
        return version

    def _entries(self) -> Iterator[dict[str, Any]]:
        prefix = f".pulumi/stacks/{self._project}/{self._stack}"
        keys = {prefix + suffix for suffix in _SUFFIXES}
        pages = self._s3.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=f"{prefix}.json")
        for page in pages:
            yield from (entry for entry in page.get("Versions", ()) if entry["Key"] in keys)

    def _look(self, entry: dict[str, Any]) -> Version:
        resources, damage = examine(self._content(entry["Key"], entry["VersionId"]))
        return Version(
            id=entry["VersionId"],
            key=entry["Key"],
            written=entry["LastModified"],
            current=entry["IsLatest"],
            size=entry["Size"],
            resources=resources,
            damage=damage,
        )

    def _content(self, key: str, id: str) -> bytes:
        return self._s3.get_object(Bucket=self._bucket, Key=key, VersionId=id)["Body"].read()

    def _lock_files(self) -> Iterator[dict[str, Any]]:
        prefix = f".pulumi/locks/organization/{self._project}/{self._stack}/"
        for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
            for entry in page.get("Contents", ()):
                content = self._s3.get_object(Bucket=self._bucket, Key=entry["Key"])["Body"].read()
                try:
                    yield dict(json.loads(content))
                except (ValueError, TypeError):
                    yield {"timestamp": entry["LastModified"].isoformat()}


def examine(content: bytes) -> tuple[int, str]:
    """How many resources a state holds, and what is wrong with it: empty when the engine can go on from it.

    The same questions as the engine's own: is it a checkpoint, does every resource come after what it stands on.
    """
    try:
        text = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
        state = json.loads(text)
    except (ValueError, EOFError, OSError, zlib.error) as error:
        return 0, f"cannot be read: {str(error)[:80]}" if content else "is empty"
    checkpoint = cast("dict[str, Any]", state).get("checkpoint") if isinstance(state, dict) else None
    if not isinstance(checkpoint, dict):
        return 0, "is no state: it has no checkpoint"
    latest: dict[str, Any] = cast("dict[str, Any]", checkpoint).get("latest") or {}
    resources: list[dict[str, Any]] = latest.get("resources") or []
    seen: set[str] = set()
    for resource in resources:
        urn: str | None = resource.get("urn")
        if not urn:
            return len(resources), "holds a resource without a name"
        missing: list[str] = [
            other
            for other in (resource.get("parent"), *(resource.get("dependencies") or ()))
            if other and other not in seen
        ]
        if missing:
            return len(resources), f"{_short(urn)} stands on {_short(missing[0])}, which is not there"
        seen.add(urn)
    return len(resources), ""


def _short(urn: str) -> str:
    return urn.rsplit("::", 1)[-1]
