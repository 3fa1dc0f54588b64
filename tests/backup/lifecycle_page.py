"""The page that shows what the lifecycle keeps and what it costs, docs/measured/lifecycle.md: computed, never typed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from rehearsal import paths
from systems import registry
from systems.model import BackupTier, System
from tests.backup import lifecycle
from tests.backup.lifecycle import Stored

FILE = paths.PROJECT / "docs" / "measured" / "lifecycle.md"
START = datetime(2026, 11, 21, tzinfo=UTC)
#: us-east-1 list prices of 2026-11, USD a GB and month.
PRICES = {"STANDARD": 0.023, "STANDARD_IA": 0.0125, "GLACIER_IR": 0.004}
#: How large a compressed dump is taken to be, as a share of the database's storage.
DUMP_SHARE = 1 / 3
_SEEN: dict[object, list[Stored]] = {}
_DAYS = (
    ("the first night", datetime(2026, 11, 21, 12, tzinfo=UTC)),
    ("a month", datetime(2026, 12, 21, 12, tzinfo=UTC)),
    ("and a day", datetime(2026, 12, 22, 12, tzinfo=UTC)),
    ("New Year's Day", datetime(2027, 1, 1, 12, tzinfo=UTC)),
    ("twelve weeks", datetime(2027, 2, 13, 12, tzinfo=UTC)),
    ("a year", datetime(2027, 11, 21, 12, tzinfo=UTC)),
    ("a leap day", datetime(2028, 2, 29, 12, tzinfo=UTC)),
    ("a year over a leap day", datetime(2028, 3, 1, 12, tzinfo=UTC)),
    ("seven years", datetime(2033, 11, 20, 12, tzinfo=UTC)),
    ("and the first is gone", datetime(2033, 11, 24, 12, tzinfo=UTC)),
    ("ten years", datetime(2036, 11, 20, 12, tzinfo=UTC)),
)


def page() -> str:
    return "\n".join([*_head(), *_table_of_days(), "", *_table_of_costs(), ""])


def ten_years(system: System) -> list[Stored]:
    """Of its database, every dump a success. Platforms with the same tiers and pace have the same ten years."""
    pace = next(kind.every_seconds for kind in system.backups.kinds if kind.database_dump)
    tiers = tuple((kept.tier, kept.days) for kept in system.backups.kept)
    if (pace, tiers) not in _SEEN:
        _SEEN[pace, tiers] = _simulated(system)
    return _SEEN[pace, tiers]


def _simulated(system: System) -> list[Stored]:
    kind = next(each for each in system.backups.kinds if each.database_dump)
    step, first = timedelta(seconds=kind.every_seconds), START + timedelta(hours=2)
    times = [first + step * number for number in range((START.replace(year=START.year + 10) - first) // step + 1)]
    return lifecycle.made(system.backups, kind.name, times, lifecycle.rules_of(system.backups))


def _head() -> Iterator[str]:
    yield "# What the lifecycle keeps"
    yield ""
    yield "Ten years of dumps, each promoted as the backup job does it and ended as S3 does it, by the rendered rules"
    yield "(`tests/backup/lifecycle.py`). That this is what the documents ask for, on every single day and also where"
    yield "nights fail, is tested. Computed by `LIFELINE_UPDATE_GOLDEN=1 pytest tests/backup/test_lifecycle.py`."
    yield ""


def _table_of_days() -> Iterator[str]:
    yield "Astral Core v2, nightly at 02:00 UTC from 2026-11-21: how many there are at noon, and since when the oldest."
    yield ""
    yield "| day | | daily | weekly | monthly | yearly | together |"
    yield "|---|---|---|---|---|---|---|"
    stored = ten_years(registry.load("astral-core-v2"))
    days = [day for _, day in _DAYS]
    found = lifecycle.day_by_day(stored, days, until=lambda each: each.ends)
    for (what, _), (day, there) in zip(_DAYS, found, strict=True):
        cells = [_cell([each.backup.at for each in there if each.backup.tier is tier]) for tier in BackupTier]
        yield f"| {day:%Y-%m-%d} | {what} | {' | '.join(cells)} | {len(there)} |"
    yield ""
    yield "The very first backup begins a year, a month and a week at once: it is kept for seven years."


def _cell(times: Sequence[datetime]) -> str:
    return f"{len(times)} ({times[0]:%Y-%m-%d})" if times else "0"


def _table_of_costs() -> Iterator[str]:
    yield "The database's backups in the tenth year, with a dump of a third of the database's storage: how many lie in"
    yield "which class on average (the week in which an end can be taken back included), USD a month at list prices:"
    yield "for them, had all stayed in the standard class, and for the copies in the recovery region."
    yield ""
    yield "| platform | dump, GB | infrequent | archive | a month | all standard | copies |"
    yield "|---|---|---|---|---|---|---|"
    for name in registry.names():
        system = registry.load(name)
        stored, gb = ten_years(system), system.database.storage_gib * DUMP_SHARE
        lying = average(stored)
        usd = {what: gb * cost(number) for what, number in _variants(lying, stored).items()}
        counts = f"{lying['STANDARD_IA']:.1f} | {lying['GLACIER_IR']:.1f}"
        shown = f"{usd['here']:.0f} | {usd['standard']:.0f} | {usd['copies']:.0f}"
        yield f"| {system.full_name} | {gb:.0f} | {counts} | {shown} |"


def average(stored: Sequence[Stored], *, copies: bool = False) -> Counter[str]:
    """How many lie in each class, on the average day of the last year."""
    last = stored[-1].backup.at
    days = [last - timedelta(days=back) for back in range(364, -1, -1)]
    lying: Counter[str] = Counter()
    for day, there in lifecycle.day_by_day(stored, days, until=lambda each: each.gone):
        for each in there:
            month_old = day - each.backup.at >= timedelta(days=31)
            lying["STANDARD_IA" if copies and not month_old else each.storage_class(day)] += 1
    return Counter({name: number / len(days) for name, number in lying.items()})


def cost(lying: Counter[str]) -> float:
    """A month, for a dump of one GB."""
    return sum(PRICES[name] * number for name, number in lying.items())


def _variants(lying: Counter[str], stored: Sequence[Stored]) -> dict[str, Counter[str]]:
    return {
        "here": lying,
        "standard": Counter({"STANDARD": sum(lying.values())}),
        "copies": average(stored, copies=True),
    }
