"""Where each backup lies and under which name: one truth for what writes them, what keeps them and what restores them.

A backup is some objects and, written last, its manifest: what has no manifest is no backup. Whatever begins a year, a
month or a week is written to that tier at once: nothing is copied, and no job needs a right to read or to delete.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from systems.model import BackupKind, Backups, BackupTier, System

#: Objects carry it, so that a tier can be found where a documented key does not say it (DRAFT-D07).
TIER_TAG = "lifeline:backup-tier"
#: The only objects that are ever written anew.
LATEST_PREFIX = "latest/"
_MANIFEST = "manifest.json"
#: Whatever agrees in this (strftime, UTC; weeks are those of ISO 8601) belongs to one period of the tier.
PERIODS: Mapping[BackupTier, str] = {
    BackupTier.DAILY: "%Y-%m-%d",
    BackupTier.WEEKLY: "%G-W%V",
    BackupTier.MONTHLY: "%Y-%m",
    BackupTier.YEARLY: "%Y",
}
#: What is kept for so many days at least may lie in so cheap a class: AWS bills that long (docs/decisions/backups.md).
STORAGE_CLASSES = ((90, "GLACIER_IR"), (30, "STANDARD_IA"), (0, "STANDARD"))
_LONGEST_FIRST = tuple(reversed(BackupTier))
_PATTERNS = {"{yyyymmdd}": r"(?P<yyyymmdd>\d{8})", "{hhmmss}": r"(?P<hhmmss>\d{6})"}


class BackupClass(StrEnum):
    """What has a bucket of its own. Logs and evidence are not made by a job: services and people put them there."""

    DATABASE = "database"
    APPLICATION = "application"
    LOGS = "logs"
    EVIDENCE = "evidence"


@dataclass(frozen=True, kw_only=True, order=True)
class Backup:
    """One backup that is whole, as its manifest's key tells."""

    at: datetime
    kind: str
    tier: BackupTier


def class_of(kind: BackupKind) -> BackupClass:
    return BackupClass.DATABASE if kind.database_dump else BackupClass.APPLICATION


def tiers(backups: Backups) -> tuple[BackupTier, ...]:
    """Those a platform keeps, the longest first."""
    kept = {each.tier for each in backups.kept}
    return tuple(tier for tier in _LONGEST_FIRST if tier in kept)


def tier_in_key(backups: Backups) -> bool:
    """Otherwise only the tag tells it."""
    return "{tier}" in backups.key_layout


def stem(backups: Backups, kind: str, tier: BackupTier, at: datetime) -> str:
    """What the keys of one backup's objects have in common: `database/daily/20261121/020000`."""
    utc = at.astimezone(UTC)
    return backups.key_layout.format(
        kind=kind, tier=tier.value, yyyymmdd=utc.strftime("%Y%m%d"), hhmmss=utc.strftime("%H%M%S")
    )


def object_key(backups: Backups, kind: str, tier: BackupTier, at: datetime, part: str) -> str:
    """`part` is `dump`, `tar.gz` and the like."""
    return f"{stem(backups, kind, tier, at)}.{part}"


def manifest_key(backups: Backups, kind: str, tier: BackupTier, at: datetime) -> str:
    """It names the tier in every layout: what there is can be told from a list of keys."""
    return object_key(backups, kind, tier, at, f"{tier.value}.{_MANIFEST}")


def latest_key(kind: str) -> str:
    """A copy of the newest manifest, for whoever restores in a hurry. What decides is the list of manifests."""
    return f"{LATEST_PREFIX}{kind}.json"


def storage_class(days: int) -> str:
    """All of them answer at once: a restore never waits for hours."""
    return next(name for least, name in STORAGE_CLASSES if days >= least)


def object_patterns(backups: Backups) -> tuple[str, ...]:
    """Of all keys that are written once and never again, as policies match them."""
    first = backups.key_layout.split("/")[0].replace("{yyyymmdd}", "2???????")
    return tuple(dict.fromkeys(f"{first.replace('{kind}', kind.name)}/*" for kind in backups.kinds))


def list_prefix(backups: Backups, kind: str) -> str:
    """Under which all manifests of a kind are found."""
    return f"{kind}/" if backups.key_layout.startswith("{kind}/") else ""


def manifest_pattern(backups: Backups, kind: str) -> str:
    """A regular expression that a manifest's whole key matches, and that takes it to pieces."""
    named, pattern = set[str](), ""
    for piece in re.split(r"(\{\w+\})", backups.key_layout):
        if piece in _PATTERNS:
            # A layout may say the date twice; a group's name may stand once.
            pattern += _PATTERNS[piece] if piece not in named else f"(?P={piece[1:-1]})"
            named.add(piece)
        elif piece == "{tier}":
            pattern += f"(?:{_alternatives(backups)})"
        else:
            pattern += re.escape(kind if piece == "{kind}" else piece)
    return rf"{pattern}\.(?P<tier>{_alternatives(backups)})\.{re.escape(_MANIFEST)}"


def parse(backups: Backups, key: str) -> Backup | None:
    """The backup whose manifest this is; None for every other object."""
    for kind in backups.kinds:
        found = re.fullmatch(manifest_pattern(backups, kind.name), key)
        if found:
            at = datetime.strptime(found["yyyymmdd"] + found["hhmmss"], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            return Backup(at=at, kind=kind.name, tier=BackupTier(found["tier"]))
    return None


def tier_for(backups: Backups, kind: str, at: datetime, existing: Iterable[Backup]) -> BackupTier:
    """The longest tier whose period has no whole backup yet, in this tier or a longer one."""
    longest_first = tiers(backups)
    mine: Sequence[Backup] = [each for each in existing if each.kind == kind]
    for place, tier in enumerate(longest_first[:-1]):
        period, as_long = at.astimezone(UTC).strftime(PERIODS[tier]), longest_first[: place + 1]
        if not any(each.tier in as_long and each.at.strftime(PERIODS[tier]) == period for each in mine):
            return tier
    return longest_first[-1]


def layout(system: System) -> dict[str, Any]:
    """All of the above as data, for programs that are no part of this one."""
    backups = system.backups
    return {
        "kinds": {kind.name: _kind(backups, kind) for kind in backups.kinds},
        "tiers": [
            {
                "name": tier.value,
                "days": backups.days(tier),
                "period": PERIODS[tier],
                "storage_class": storage_class(backups.days(tier)),
            }
            for tier in tiers(backups)
        ],
        "tier_tag": TIER_TAG,
        "object_lock_days": backups.object_lock_days,
        "never": list(backups.never),
    }


def _kind(backups: Backups, kind: BackupKind) -> dict[str, Any]:
    stem_layout = backups.key_layout.replace("{kind}", kind.name)
    return {
        "class": class_of(kind).value,
        "contains": list(kind.contains),
        "database_dump": kind.database_dump,
        "every_seconds": kind.every_seconds,
        "object": f"{stem_layout}.{{part}}",
        "manifest": f"{stem_layout}.{{tier}}.{_MANIFEST}",
        "manifest_pattern": manifest_pattern(backups, kind.name),
        "list_prefix": list_prefix(backups, kind.name),
        "latest": latest_key(kind.name),
    }


def _alternatives(backups: Backups) -> str:
    return "|".join(tier.value for tier in tiers(backups))
