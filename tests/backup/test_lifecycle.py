"""Ten years of backups: what exists on each day is exactly what the documents ask for, no more and no less."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifeline_backup.settings import Settings, parse
from lifeline_backup.store import Found, Store

from components.aws import backup_lifecycle
from components.aws.bucket_lifecycle import ARCHIVE_DAYS, INFREQUENT_DAYS
from rendering import backup_layout as layout
from rendering import backup_settings
from rendering.backup_settings import Places
from systems import registry
from systems.model import Backups, BackupTier, Environment, KeptFor
from tests.backup import lifecycle, lifecycle_page

START, YEARS = datetime(2026, 11, 21, tzinfo=UTC), 10
SYSTEMS = [*map(registry.load, registry.names()), registry.load("astral-core-v2", Environment.STAGING)]
V2 = registry.load("astral-core-v2").backups
DRAFT = registry.load("astral-draft").backups
LEAP_DAYS = (datetime(2028, 2, 29, 2, tzinfo=UTC), datetime(2032, 2, 29, 2, tzinfo=UTC))


def nightly(years: int = YEARS, hour: int = 2, start: datetime = START) -> list[datetime]:
    end = start.replace(year=start.year + years)
    return [start + timedelta(days=day, hours=hour) for day in range((end - start).days)]


def days_of(times: Sequence[datetime]) -> list[datetime]:
    first = datetime.combine(times[0].date(), time(12), UTC)
    return [first + timedelta(days=day) for day in range((times[-1] - times[0]).days + 1)]


@pytest.fixture(scope="module")
def ten_years() -> list[lifecycle.Stored]:
    return lifecycle.made(V2, "database", nightly(), lifecycle.rules_of(V2))


# -- ten years --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("backups", [V2, DRAFT], ids=["tier in the key", "tier in a tag"])
def test_on_every_day_of_ten_years_there_is_exactly_what_is_documented(backups: Backups) -> None:
    times, kind = nightly(), backups.kinds[0].name
    stored = lifecycle.made(backups, kind, times, lifecycle.rules_of(backups))
    wanted = lifecycle.documented(backups, times)
    assert {each.backup.at: each.ends for each in stored} == wanted
    days = days_of(times)
    due: dict[datetime, set[datetime]] = {day: set() for day in days}
    for at, ends in wanted.items():
        for day in days[(at - START).days :]:
            if day >= ends:
                break
            due[day].add(at)
    for day, there in lifecycle.day_by_day(stored, days, until=lambda each: each.ends):
        assert {each.backup.at for each in there} == due[day], f"on {day:%Y-%m-%d}"


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda each: f"{each.name}-{each.environment}")
def test_every_kind_of_every_platform_keeps_to_its_tiers_at_its_own_pace(system) -> None:  # type: ignore[no-untyped-def]
    backups = system.backups
    for kind in backups.kinds:
        step = timedelta(seconds=kind.every_seconds)
        times = [START + timedelta(hours=2) + step * number for number in range(timedelta(days=500) // step)]
        stored = lifecycle.made(backups, kind.name, times, lifecycle.rules_of(backups))
        assert {each.backup.at: each.ends for each in stored} == lifecycle.documented(backups, times)


def test_any_of_the_last_thirty_days_can_be_gone_back_to(ten_years: list[lifecycle.Stored]) -> None:
    days = days_of(nightly())
    for day, stored in lifecycle.day_by_day(ten_years, days, until=lambda each: each.ends):
        there = {each.backup.at.date() for each in stored}
        assert {day.date() - timedelta(days=back) for back in range(31) if day - timedelta(days=back) > START} <= there


def test_twelve_weeks_twelve_months_and_seven_years_are_there(ten_years: list[lifecycle.Stored]) -> None:
    """Whole ones: today's week, month and year come in addition."""
    days = days_of(nightly())
    for day, stored in lifecycle.day_by_day(ten_years, days, until=lambda each: each.ends):
        if (day - START).days < 7 * 366:
            continue
        there = [each.backup.at for each in stored]
        weeks = {at.isocalendar()[:2] for at in there}
        assert {(day - timedelta(weeks=back)).isocalendar()[:2] for back in range(12)} <= weeks
        months = {at.year * 12 + at.month for at in there}
        assert {day.year * 12 + day.month - back for back in range(12)} <= months
        assert {day.year - back for back in range(7)} <= {at.year for at in there}


@pytest.mark.parametrize("leap_day", LEAP_DAYS)
def test_a_leap_day_ends_when_a_daily_backup_ends(ten_years: list[lifecycle.Stored], leap_day: datetime) -> None:
    (stored,) = [each for each in ten_years if each.backup.at == leap_day]
    assert stored.backup.tier is BackupTier.DAILY
    assert stored.ends == datetime(leap_day.year, 3, 31, tzinfo=UTC)


def test_the_first_of_march_is_there_a_year_later_even_over_a_leap_day(ten_years: list[lifecycle.Stored]) -> None:
    first = datetime(2027, 3, 1, 2, tzinfo=UTC)
    (stored,) = [each for each in ten_years if each.backup.at == first]
    assert stored.backup.tier is BackupTier.MONTHLY
    assert stored.in_sight(datetime(2028, 3, 1, 12, tzinfo=UTC))
    assert not stored.in_sight(datetime(2028, 3, 3, tzinfo=UTC))


@pytest.mark.parametrize("year", range(2027, 2030))
def test_the_first_backup_of_a_year_is_there_for_seven_years(ten_years: list[lifecycle.Stored], year: int) -> None:
    (stored,) = [each for each in ten_years if each.backup.at == datetime(year, 1, 1, 2, tzinfo=UTC)]
    assert stored.backup.tier is BackupTier.YEARLY
    assert stored.in_sight(datetime(year + 7, 1, 1, 12, tzinfo=UTC))
    assert not stored.in_sight(datetime(year + 7, 1, 4, tzinfo=UTC))


def test_a_new_year_in_the_middle_of_a_week_opens_no_second_backup_for_that_week() -> None:
    """2026 has 53 weeks: the last one ends on Sunday, 3 January 2027."""
    times = [datetime(2026, 12, 26, 2, tzinfo=UTC) + timedelta(days=day) for day in range(11)]
    stored = lifecycle.made(V2, "database", times, lifecycle.rules_of(V2))
    tiers = {f"{each.backup.at:%m-%d}": each.backup.tier.value for each in stored}
    assert {day: tier for day, tier in tiers.items() if tier != "daily"} == {
        "12-26": "yearly",  # the very first of all
        "12-28": "weekly",
        "01-01": "yearly",
        "01-04": "weekly",
    }


# -- nights that fail -------------------------------------------------------------------------------------------------


def test_where_the_first_night_of_a_period_fails_the_next_one_takes_its_place() -> None:
    lost = {datetime(2027, 1, day, 2, tzinfo=UTC) for day in (1, 2, 3)}
    times = [at for at in nightly(1) if at not in lost]
    stored = lifecycle.made(V2, "database", times, lifecycle.rules_of(V2))
    (first,) = [each for each in stored if each.backup.at == datetime(2027, 1, 4, 2, tzinfo=UTC)]
    assert first.backup.tier is BackupTier.YEARLY


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_whatever_fails_and_whatever_the_tiers_what_is_there_is_what_is_documented(data: st.DataObject) -> None:
    # A tier that is kept shorter than its own period would begin anew within it: 31 days for a month at least.
    days = sorted(data.draw(st.lists(st.integers(32, 900), min_size=3, max_size=3)))
    longest = data.draw(st.integers(max(days[-1], 367), 3_000))
    longer = data.draw(st.sets(st.sampled_from(list(BackupTier)[1:])))
    kept = tuple(
        KeptFor(tier=tier, days=how_long)
        for tier, how_long in zip(BackupTier, [*days, longest], strict=True)
        if tier is BackupTier.DAILY or tier in longer
    )
    layouts = st.sampled_from([V2.key_layout, DRAFT.key_layout, "{kind}/{tier}/{yyyymmdd}_{hhmmss}"])
    backups = replace(V2, kept=kept, key_layout=data.draw(layouts))
    hours = data.draw(st.sets(st.integers(0, 24 * 500), min_size=1, max_size=120))
    times = [START + timedelta(hours=hour) for hour in hours]
    stored = lifecycle.made(backups, "database", times, lifecycle.rules_of(backups))
    assert {each.backup.at: each.ends for each in stored} == lifecycle.documented(backups, times)


# -- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda each: f"{each.name}-{each.environment}")
def test_a_manifest_tells_its_backup_and_nothing_else_does(system) -> None:  # type: ignore[no-untyped-def]
    backups, at = system.backups, datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC)
    for kind in backups.kinds:
        for tier in layout.tiers(backups):
            key = layout.manifest_key(backups, kind.name, tier, at)
            assert layout.parse(backups, key) == layout.Backup(at=at, kind=kind.name, tier=tier)
            assert key.startswith(layout.list_prefix(backups, kind.name))
            assert layout.parse(backups, layout.object_key(backups, kind.name, tier, at, "dump")) is None
            assert layout.parse(backups, f"x{key}") is None
        assert layout.parse(backups, layout.latest_key(kind.name)) is None


def test_documented_keys_are_kept() -> None:
    at = datetime(2026, 11, 21, 5, tzinfo=UTC)
    keys = [layout.object_key(DRAFT, kind.name, BackupTier.DAILY, at, "x") for kind in DRAFT.kinds]
    assert keys == ["20261121/backup-20261121-050000.x", "20261121/config-backup-20261121-050000.x"]


def test_all_keys_but_the_pointer_to_the_newest_are_written_once() -> None:
    assert layout.object_patterns(V2) == ("database/*", "application-state/*")
    assert layout.object_patterns(DRAFT) == ("2???????/*",)


def test_what_programs_outside_are_told_says_the_same() -> None:
    """They have no part of this program: filling in and matching is all that is left to them."""
    at = datetime(2026, 11, 21, 5, tzinfo=UTC)
    for system in SYSTEMS:
        told = layout.layout(system)
        assert [each["name"] for each in told["tiers"]] == [tier.value for tier in layout.tiers(system.backups)]
        for kind in system.backups.kinds:
            names = told["kinds"][kind.name]
            filled = {"tier": "daily", "yyyymmdd": "20261121", "hhmmss": "050000"}
            manifest = layout.manifest_key(system.backups, kind.name, BackupTier.DAILY, at)
            assert names["manifest"].format(**filled) == manifest
            dump = layout.object_key(system.backups, kind.name, BackupTier.DAILY, at, "dump")
            assert names["object"].format(**filled, part="dump") == dump


class _Listed(Store):
    """The job's own eyes, over a list of keys in place of a bucket's."""

    def __init__(self, told: Settings, kind: str, keys: Sequence[str]) -> None:
        self._settings, self._kind, self._keys = told, told.kind(kind), keys

    def listed(self) -> Iterator[Found]:
        return (Found(key, 1, START) for key in self._keys)


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda each: f"{each.name}-{each.environment}")
def test_the_job_promotes_as_it_is_simulated(system) -> None:  # type: ignore[no-untyped-def]
    """It chooses by itself, from the settings it is given: three years of nights, of which one in seven succeeds."""
    places = Places(
        buckets=dict.fromkeys(("database", "application", "evidence"), "bucket"),
        key_arn="arn:key",
        uploads_bucket="uploads",
        database_host="database",
    )
    told, backups = parse(json.loads(json.dumps(backup_settings.settings(system, places)))), system.backups
    for kind in backups.kinds:
        keys: list[str] = []
        for stored in lifecycle.made(backups, kind.name, [*nightly(3)][::7], lifecycle.rules_of(backups)):
            at, tier = stored.backup.at, stored.backup.tier
            assert _Listed(told, kind.name, keys).tier_of_next(at).name == tier.value, at
            keys.append(layout.object_key(backups, kind.name, tier, at, "dump"))
            keys.append(layout.manifest_key(backups, kind.name, tier, at))
            keys.append(layout.latest_key(kind.name))


# -- money ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda each: f"{each.name}-{each.environment}")
def test_nothing_lies_in_a_class_for_less_time_than_is_billed(system) -> None:  # type: ignore[no-untyped-def]
    backups, billed = system.backups, {"STANDARD_IA": INFREQUENT_DAYS, "GLACIER_IR": ARCHIVE_DAYS, "STANDARD": 0}
    kind = backups.kinds[0].name
    for each in lifecycle.made(backups, kind, nightly(2), lifecycle.rules_of(backups)):
        moves = [*each.moves, (each.ends, "")]
        for (since, name), (until, _) in pairwise(moves):
            assert until - since >= timedelta(days=billed[name]), each


def test_copies_move_to_the_archive_where_they_stay_long_enough() -> None:
    """They arrive as infrequent access, whatever the original is."""
    moves = {keep.named: (keep.infrequent_after_days, keep.archived_after_days) for keep in _keeps(V2)}
    assert moves == {
        "database-daily": (None, None),
        "database-weekly": (30, None),
        "database-monthly": (None, 30),
        "database-yearly": (None, 30),
        "everything": (None, None),
    }


def _keeps(backups: Backups) -> Sequence[backup_lifecycle.Keep]:
    return backup_lifecycle.keeps(backups, (layout.BackupClass.DATABASE,))


def test_what_carries_no_tier_is_kept_the_longest_and_not_for_ever() -> None:
    assert _keeps(V2)[-1].days == 2_557
    assert _keeps(DRAFT)[-1].selects == {"prefix": ""}


def test_the_page_shows_what_is_computed() -> None:
    computed = lifecycle_page.page()
    if os.environ.get("LIFELINE_UPDATE_GOLDEN"):
        lifecycle_page.FILE.write_text(computed)
    assert lifecycle_page.FILE.read_text() == computed
