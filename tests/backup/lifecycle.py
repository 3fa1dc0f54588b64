"""What S3 does with backups over years: rendered lifecycle rules applied to keys, tags and times; pure.

Ends and moves fall on the midnight (UTC) after an object's age is full, as S3 documents it; where several rules match,
the shorter time counts, and of two moves the earlier one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from components.aws import backup_lifecycle
from components.aws.bucket_lifecycle import lifecycle_rules
from rendering import backup_layout as layout
from rendering.backup_layout import Backup, BackupClass
from systems.model import Backups, BackupTier

Rules = Sequence[Mapping[str, Any]]
NEVER = datetime.max.replace(tzinfo=UTC)
ALL = (BackupClass.DATABASE, BackupClass.APPLICATION)


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A backup's objects: in sight until `ends`, to be had back until `gone`; `moves` say in which class from when."""

    backup: Backup
    ends: datetime
    gone: datetime
    moves: tuple[tuple[datetime, str], ...]

    def in_sight(self, moment: datetime) -> bool:
        return self.backup.at <= moment < self.ends

    def there(self, moment: datetime) -> bool:
        return self.backup.at <= moment < self.gone

    def storage_class(self, moment: datetime) -> str:
        return [name for since, name in self.moves if since <= moment][-1]


def rules_of(backups: Backups) -> Rules:
    return lifecycle_rules(backup_lifecycle.keeps(backups, ALL))


def midnight_after(moment: datetime) -> datetime:
    """That very moment, if it is one."""
    midnight = datetime.combine(moment.date(), time(), UTC)
    return midnight if midnight == moment else midnight + timedelta(days=1)


def made(backups: Backups, kind: str, times: Iterable[datetime], rules: Rules) -> list[Stored]:
    """Backups that succeeded at these times, each promoted by what was in sight just then."""
    stored: list[Stored] = []
    in_sight: list[Stored] = []
    for at in sorted(times):
        in_sight = [each for each in in_sight if each.in_sight(at)]
        tier = layout.tier_for(backups, kind, at, [each.backup for each in in_sight])
        in_sight.append(store(backups, Backup(at=at, kind=kind, tier=tier), rules))
        stored.append(in_sight[-1])
    return stored


def store(backups: Backups, backup: Backup, rules: Rules) -> Stored:
    key = layout.object_key(backups, backup.kind, backup.tier, backup.at, "dump")
    matching = [rule for rule in rules if _selects(rule, key, {layout.TIER_TAG: backup.tier.value})]
    days = [rule["expiration"]["days"] for rule in matching if "days" in rule.get("expiration", {})]
    ends = midnight_after(backup.at + timedelta(days=min(days))) if days else NEVER
    back = [rule["noncurrent_version_expiration"]["noncurrent_days"] for rule in matching if "expiration" in rule]
    gone = ends + timedelta(days=min(back)) if days else NEVER
    uploaded = (backup.at, layout.storage_class(backups.days(backup.tier)))
    return Stored(backup=backup, ends=ends, gone=gone, moves=(uploaded, *_moves(backup.at, uploaded[1], matching)))


def _moves(at: datetime, uploaded: str, rules: Rules) -> Iterator[tuple[datetime, str]]:
    """Only ever to a cheaper class."""
    order = [name for _, name in reversed(layout.STORAGE_CLASSES)]
    wanted = sorted((move["days"], move["storage_class"]) for rule in rules for move in rule.get("transitions", ()))
    for days, name in wanted:
        if order.index(name) > order.index(uploaded):
            yield midnight_after(at + timedelta(days=days)), name
            uploaded = name


def _selects(rule: Mapping[str, Any], key: str, tags: Mapping[str, str]) -> bool:
    wanted = rule["filter"]
    both = wanted.get("and", {})
    tag = {wanted["tag"]["key"]: wanted["tag"]["value"]} if "tag" in wanted else both.get("tags", {})
    prefix = wanted.get("prefix", both.get("prefix", ""))
    return key.startswith(prefix) and tag.items() <= tags.items()


def day_by_day(
    stored: Sequence[Stored], days: Iterable[datetime], *, until: Callable[[Stored], datetime]
) -> Iterator[tuple[datetime, list[Stored]]]:
    """On each of these days, in order, whatever is there; `until` says what "there" means. Both lists are in order."""
    coming, there = list(reversed(stored)), list[Stored]()
    for day in days:
        while coming and coming[-1].backup.at <= day:
            there.append(coming.pop())
        there = [each for each in there if day < until(each)]
        yield day, there


# -- what the documents ask for, without any of the above -------------------------------------------------------------


def documented(backups: Backups, times: Iterable[datetime]) -> dict[datetime, datetime]:
    """Until when each backup has to be there: the days of the longest tier of which it is the first in its period."""
    periods = {
        BackupTier.DAILY: lambda at: (at,),
        BackupTier.WEEKLY: lambda at: at.isocalendar()[:2],
        BackupTier.MONTHLY: lambda at: (at.year, at.month),
        BackupTier.YEARLY: lambda at: (at.year,),
    }
    begun: set[tuple[BackupTier, tuple[object, ...]]] = set()
    ends: dict[datetime, datetime] = {}
    for at in sorted(times):
        found: list[int] = []
        for each in backups.kept:
            period = (each.tier, periods[each.tier](at))
            if period not in begun:
                begun.add(period)
                found.append(each.days)
        # A platform without daily tier still keeps each backup for its shortest time.
        days = max(found, default=min(each.days for each in backups.kept))
        ends[at] = midnight_after(at + timedelta(days=days))
    return ends
