"""What is kept, for how long, how it is checked, and what must never be in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from systems.model.source import Part, Section


class BackupTier(StrEnum):
    """Retention tiers; the first backup of a week, month or year is promoted to the longer one."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


@dataclass(frozen=True, kw_only=True)
class KeptFor(Part):
    """How long a tier's backups stay."""

    tier: BackupTier
    days: int

    @property
    def key(self) -> str:
        return self.tier.value


@dataclass(frozen=True, kw_only=True)
class BackupKind(Part):
    """One kind of backup with a schedule of its own (cron, UTC)."""

    name: str
    contains: tuple[str, ...]
    schedule: str
    every_seconds: int
    """The longest time between two runs of `schedule`."""
    database_dump: bool = False

    def problems(self) -> Iterator[str]:
        if len(self.schedule.split()) != 5:
            yield f"schedule {self.schedule!r}: five fields of cron (minute hour day month weekday), in UTC"


@dataclass(frozen=True, kw_only=True)
class Drill(Part):
    """A restore into a throwaway copy, and what it has to prove. It never touches the live database."""

    schedule: str
    first_of_month_only: bool
    """Cron cannot say "first Sunday" (it joins day and weekday with or): the job ends at once on the other Sundays."""
    proves: tuple[str, ...]
    database_name: str = "restore_drill"
    """The throwaway database that is restored into."""
    maximum_age_days: int
    """An alert when the last good one is older."""


@dataclass(frozen=True, kw_only=True)
class Backups(Section):
    """Backups in buckets of ours; the point-in-time copies of the managed database come in addition."""

    bucket_name: str | None = None
    """Where a document names one; otherwise it derives from system and environment."""
    key_layout: str
    """Object keys: `{kind}`, `{tier}`, `{yyyymmdd}` and `{hhmmss}` are filled in."""
    kinds: tuple[BackupKind, ...]
    kept: tuple[KeptFor, ...]
    never: tuple[str, ...]
    """What must not be in any backup, whatever a document's script does."""
    verification_schedule: str
    drill: Drill
    object_lock_days: int
    """Nobody can delete a backup earlier; at most the shortest tier, or its own expiry could not happen."""
    upload_seconds: int
    """Longest time from the start of a dump to the object being complete: the archive lag of the loss budget."""
    copies_to_recovery_region: bool

    @property
    def dump_interval_seconds(self) -> int:
        """Time between two database dumps."""
        return min(kind.every_seconds for kind in self.kinds if kind.database_dump)

    def days(self, tier: BackupTier) -> int:
        return next((each.days for each in self.kept if each.tier is tier), 0)

    def problems(self) -> Iterator[str]:
        if not any(kind.database_dump for kind in self.kinds):
            yield "no kind dumps the database"
        if not self.kept:
            yield "kept is empty: every backup needs an end"
        shortest = min((each.days for each in self.kept), default=0)
        if self.object_lock_days > shortest:
            yield f"object_lock_days {self.object_lock_days} outlast the shortest tier, {shortest} days"
        if not {"private keys", "env files"} <= set(self.never):
            yield "never must name 'private keys' and 'env files'"
