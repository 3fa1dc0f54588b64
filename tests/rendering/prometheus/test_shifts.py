"""Volunteers by shift, in New York's hours, on both sides of both changes of the clock and far ahead."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rendering.prometheus import crisis
from rendering.prometheus.rule import Group, rule_file
from rendering.prometheus.rules import groups
from systems import registry
from tests.rendering.prometheus.promtool import run

NEW_YORK = ZoneInfo("America/New_York")


def of_crisis() -> Group:
    return next(each for each in groups(registry.load("astral-core-v2")) if each.name == "crisis")


def at(moment: datetime) -> int:
    return int(moment.timestamp())


#: Local moment of 2026, and how many must be on duty. Clocks change on 8 March and 1 November.
MOMENTS = (
    ((1, 15, 7, 59), 5),
    ((1, 15, 8, 0), 10),
    ((1, 15, 17, 59), 10),
    ((1, 15, 18, 0), 15),
    ((1, 15, 23, 59), 15),
    ((1, 16, 0, 0), 5),
    ((3, 7, 8, 0), 10),
    ((3, 8, 1, 59), 5),
    ((3, 8, 7, 59), 5),
    ((3, 8, 8, 0), 10),
    ((7, 4, 7, 59), 5),
    ((7, 4, 8, 0), 10),
    ((7, 4, 18, 0), 15),
    ((10, 31, 18, 0), 15),
    ((11, 1, 7, 59), 5),
    ((11, 1, 8, 0), 10),
    ((11, 1, 18, 0), 15),
)


def _required(moment: datetime) -> str:
    """The recorded query at that moment, with the recorded hour put in its place."""
    hour, required = of_crisis().recordings
    return required.query.replace(crisis.LOCAL_HOUR, f"({hour.query})").replace("time()", str(at(moment)))


def test_each_shift_asks_for_its_own_number_summer_and_winter(promtool: Path, tmp_path: Path) -> None:
    queries: list[dict[str, Any]] = [
        {
            "expr": _required(datetime(2026, *moment, tzinfo=NEW_YORK)),
            "eval_time": "0s",
            "exp_samples": [{"labels": "{}", "value": number}],
        }
        for moment, number in MOMENTS
    ]
    rules = rule_file([of_crisis()], "runbooks")
    assert run(promtool, tmp_path, rules, [], queries=[{"interval": "15s", "promql_expr_test": queries}]) == ""


def test_those_in_a_conversation_are_on_duty_too(promtool: Path, tmp_path: Path) -> None:
    """The night of 1 January 1970, 19 h in New York: the peak shift of 15, ten minutes after it began."""
    rules = rule_file([of_crisis()], "runbooks")
    who = 'count(ALERTS{alertname="VolunteersBelowShift",alertstate="firing"})'
    tests: list[dict[str, Any]] = [
        {
            "interval": "15s",
            "input_series": [
                {"series": 'volunteers_available{job="json"}', "values": f"{available}+0x60"},
                {"series": 'volunteers_busy{job="json"}', "values": "3+0x60"},
            ],
            "promql_expr_test": [
                {
                    "expr": who,
                    "eval_time": "12m",
                    "exp_samples": [{"labels": "{}", "value": 1}] if fires else [],
                }
            ],
        }
        for available, fires in ((11, True), (12, False))
    ]
    assert run(promtool, tmp_path, rules, [], queries=tests) == ""


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Tokyo"])
def test_changes_of_the_clock_are_the_zones_own(zone: str) -> None:
    """Every hour of twenty years: the first offset and the changes since give what the zone says."""
    place, found = ZoneInfo(zone), list(crisis.changes(ZoneInfo(zone)))
    moment = datetime(crisis.FIRST_YEAR, 1, 1, tzinfo=UTC)
    offset = moment.astimezone(place).utcoffset() or timedelta()
    while moment.year <= crisis.LAST_YEAR:
        while found and found[0][0] <= moment:
            offset += timedelta(seconds=found.pop(0)[1])
        assert moment.astimezone(place).utcoffset() == offset, moment
        moment += timedelta(hours=1)
