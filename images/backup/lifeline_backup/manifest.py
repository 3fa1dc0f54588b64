"""The manifest: written last, it is what makes objects a backup, and what a restore is measured against."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from lifeline_backup.failure import Failure

FORMAT = 1
_SEAL = "sha256"


@dataclass(frozen=True)
class StoredObject:
    """One object of a backup: exactly this version of it."""

    part: str
    key: str
    version: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """`database` and `state` are what was counted while the objects were written."""

    system: str
    environment: str
    kind: str
    tier: str
    began: datetime
    finished: datetime
    objects: tuple[StoredObject, ...]
    never: tuple[str, ...]
    database: dict[str, Any] = field(default_factory=dict[str, Any])
    state: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def size(self) -> int:
        return sum(each.bytes for each in self.objects)

    def part(self, name: str) -> StoredObject:
        for each in self.objects:
            if each.part == name:
                return each
        raise Failure(f"the backup of {self.kind} of {self.began.isoformat()} has no part {name!r}")

    def text(self) -> str:
        """JSON with its own checksum: a manifest that was changed afterwards is none."""
        content = {"format": FORMAT, **asdict(self)}
        content |= {"began": self.began.isoformat(), "finished": self.finished.isoformat()}
        return json.dumps({**content, _SEAL: _seal(content)}, indent=1, sort_keys=True)


def parse(text: str | bytes, key: str) -> Manifest:
    try:
        content = json.loads(text)
        told = content.pop(_SEAL)
        if told != _seal(content):
            raise ValueError("its checksum does not fit its content")
        if content.pop("format") != FORMAT:
            raise ValueError(f"its format is not {FORMAT}")
        content["objects"] = tuple(StoredObject(**each) for each in content["objects"])
        content["never"] = tuple(content["never"])
        for name in ("began", "finished"):
            content[name] = datetime.fromisoformat(content[name]).astimezone(UTC)
        return Manifest(**content)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Failure(f"manifest {key} cannot be read: {error}") from error


def _seal(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=list).encode()).hexdigest()
