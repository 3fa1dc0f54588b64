"""The one file that tells a run everything but its logins: where to write, what to save, how to prove it."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lifeline_backup.failure import Failure

VARIABLE, SECRETS_VARIABLE = "BACKUP_SETTINGS", "LIFELINE_SECRETS_DIR"
_USUAL = "/etc/lifeline/backup/settings.json"
_PLACES = ("layout", "buckets", "database", "state", "pushgateway")
_SECTIONS = ("system", "environment", *_PLACES, "upload_seconds", "upload_parts", "drill")


#: Of an upload: until which part, how many MiB each, how many of them are held at once.
PartSizes = tuple[tuple[int, float, int], ...]


@dataclass(frozen=True)
class Bucket:
    """Where one class of backups lies, and the only key that it may be encrypted with."""

    name: str
    key: str
    copy: str = ""
    """The bucket in the recovery region that takes a copy of every object; `copy_region` is that region."""
    copy_region: str = ""


@dataclass(frozen=True)
class Kind:
    """One kind of backup as the platform's layout describes it."""

    name: str
    bucket_class: str
    contains: tuple[str, ...]
    database_dump: bool
    every_seconds: int
    object_layout: str
    manifest_layout: str
    manifest_pattern: str
    list_prefix: str
    latest: str


@dataclass(frozen=True)
class Tier:
    """How long what is written to it stays. `period` is a format of strftime."""

    name: str
    period: str
    storage_class: str


@dataclass(frozen=True)
class Settings:
    """As the file has it; see rendering/backup_settings.py."""

    system: str
    environment: str
    kinds: Mapping[str, Kind]
    tiers: tuple[Tier, ...]
    """The longest first."""
    tier_tag: str
    never: tuple[str, ...]
    buckets: Mapping[str, Bucket]
    database: Mapping[str, Any]
    state: Mapping[str, Any]
    pushgateway: str
    upload_seconds: int
    part_sizes: PartSizes
    drill: Mapping[str, Any]

    def kind(self, name: str) -> Kind:
        if name not in self.kinds:
            raise Failure(f"no kind of backup is called {name!r}; there are {', '.join(sorted(self.kinds))}")
        return self.kinds[name]

    def bucket(self, kind: Kind) -> Bucket:
        return self.buckets[kind.bucket_class]


def read() -> Settings:
    """From the file that BACKUP_SETTINGS names."""
    path = Path(os.environ.get(VARIABLE, _USUAL))
    try:
        return parse(json.loads(path.read_text()))
    except (OSError, ValueError) as error:
        raise Failure(f"settings {path}: {error}; {VARIABLE} names the file") from error


def parse(text: Mapping[str, Any]) -> Settings:
    if missing := [each for each in _SECTIONS if each not in text]:
        raise ValueError(f"lacks {', '.join(missing)}")
    layout = text["layout"]
    settings = Settings(
        system=text["system"],
        environment=text["environment"],
        kinds={name: _kind(name, each) for name, each in layout["kinds"].items()},
        tiers=tuple(Tier(each["name"], each["period"], each["storage_class"]) for each in layout["tiers"]),
        tier_tag=layout["tier_tag"],
        never=tuple(layout["never"]),
        buckets={name: Bucket(**each) for name, each in text["buckets"].items()},
        database=text["database"],
        state=text["state"],
        pushgateway=text["pushgateway"],
        upload_seconds=text["upload_seconds"],
        part_sizes=tuple((upto, mib, held) for upto, mib, held in text["upload_parts"]),
        drill=text["drill"],
    )
    if lost := sorted({each.bucket_class for each in settings.kinds.values()} - settings.buckets.keys()):
        raise ValueError(f"no bucket for {', '.join(lost)}")
    return settings


def secret(name: str) -> str | None:
    """A secret's file, read at each use: rotated ones change under a running pod."""
    file = Path(os.environ.get(SECRETS_VARIABLE, "/etc/lifeline/secrets")) / name
    return file.read_text().strip() if file.is_file() else None


def _kind(name: str, each: Mapping[str, Any]) -> Kind:
    return Kind(
        name=name,
        bucket_class=each["class"],
        contains=tuple(each["contains"]),
        database_dump=each["database_dump"],
        every_seconds=each["every_seconds"],
        object_layout=each["object"],
        manifest_layout=each["manifest"],
        manifest_pattern=each["manifest_pattern"],
        list_prefix=each["list_prefix"],
        latest=each["latest"],
    )
