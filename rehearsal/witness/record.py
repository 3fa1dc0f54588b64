"""Every AWS resource the engine had checked in one run, as lines of JSON; secrets are left out of it."""

import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.providers import wire

UNKNOWN = {"$unknown": True}
SECRET = {"$secret": True}


@dataclass(frozen=True)
class Checked:
    """One resource as the program described it; unknown and secret values are marks."""

    urn: str
    type: str
    region: str
    inputs: dict[str, Any]
    #: Set once the resource exists: other resources refer to it by its id.
    id: str = ""

    @property
    def name(self) -> str:
        return self.urn.rsplit("::", 1)[-1]


class Record:
    """The file that providers append to while the engine runs."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def begin(self) -> None:
        """A new engine run: what earlier ones checked no longer counts."""
        self._path.unlink(missing_ok=True)

    def add(self, urn: str, type: str, region: str, inputs: Mapping[str, Any]) -> None:
        """A resource as it was checked; secrets come as `wire.Secret`."""
        self._write({"urn": urn, "type": type, "region": region, "inputs": _marked(inputs)})

    def exists(self, urn: str, id: str) -> None:
        """A checked resource has, or had before, this id."""
        self._write({"urn": urn, "id": id})

    def resources(self) -> list[Checked]:
        """The last word on each resource: a replacement is checked twice."""
        checked: dict[str, dict[str, Any]] = {}
        ids: dict[str, str] = {}
        for line in self._path.read_text().splitlines() if self._path.exists() else []:
            noted = json.loads(line)
            if "id" in noted:
                ids[noted["urn"]] = noted["id"]
            else:
                checked[noted["urn"]] = noted
        return [Checked(**noted, id=ids.get(urn, "")) for urn, noted in checked.items()]

    def _write(self, noted: dict[str, Any]) -> None:
        with self._lock:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(handle, json.dumps(noted).encode() + b"\n")
            finally:
                os.close(handle)


def _marked(value: Any) -> Any:
    if value is wire.UNKNOWN:
        return UNKNOWN
    if isinstance(value, wire.Secret):
        return SECRET
    if isinstance(value, Mapping):
        return {key: _marked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_marked(item) for item in value]
    return value
