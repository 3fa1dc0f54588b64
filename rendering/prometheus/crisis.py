"""Volunteers by shift. Hours are those of the staffing's own time zone, daylight saving time included.

PromQL knows UTC alone, so the zone's changes are written into the rule: those of the years below, from the zone's data.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from rendering.prometheus import people
from rendering.prometheus.rule import AlertRule, Group, Recording
from systems.model import Severity, Signal, Staffing, System

FIRST_YEAR, LAST_YEAR = 2026, 2045
LOCAL_HOUR, REQUIRED = "lifeline:local_hour", "lifeline:volunteers_required"
#: A new shift has this long to sit down.
_HANDOVER_SECONDS = 600


def group(system: System) -> Group:
    if system.crisis is None or system.crisis.staffing is None:
        return Group("crisis")
    staffing = system.crisis.staffing
    on_duty = "min(volunteers_available) + min(volunteers_busy)"
    recordings = (
        Recording(name=LOCAL_HOUR, query=f"hour(vector(time()) + {_offset(ZoneInfo(staffing.time_zone))})"),
        Recording(name=REQUIRED, query=_required(staffing)),
    )
    few = AlertRule(
        name="VolunteersBelowShift",
        query=f"({on_duty}) < {REQUIRED}",
        severity=Severity.WARNING,
        priority=people.priority(system, Severity.WARNING),
        owner=people.owner(system, Signal.VOLUNTEERS_AVAILABLE),
        service=people.service(system, Signal.VOLUNTEERS_AVAILABLE),
        signal=Signal.VOLUNTEERS_AVAILABLE.value,
        for_seconds=_HANDOVER_SECONDS,
        summary=f"{system.full_name}: {{{{ $value }}}} volunteers on duty, fewer than this shift needs",
        description=f"Shifts ({staffing.time_zone}): {_shifts(staffing)}.",
        action="call the emergency backup",
    )
    return Group("crisis", recordings, (few,))


def _shifts(staffing: Staffing) -> str:
    return ", ".join(f"{each.name} {each.start_hour}-{each.end_hour} h {each.volunteers}" for each in staffing.shifts)


def _required(staffing: Staffing) -> str:
    terms = [
        f"{each.volunteers} * ({LOCAL_HOUR} >= bool {each.start_hour}) * ({LOCAL_HOUR} < bool {each.end_hour})"
        for each in staffing.shifts
    ]
    return " + ".join(terms)


def _offset(zone: ZoneInfo) -> str:
    """Seconds east of UTC: those of the first year, and what every change since has added."""
    begin = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    terms = [f"{_east(zone, begin):d}"]
    for moment, added in changes(zone):
        terms.append(f"{abs(added)} * (vector(time()) >= bool {int(moment.timestamp())})")
        terms[-1] = ("+ " if added > 0 else "- ") + terms[-1]
    return " ".join(terms)


def changes(zone: ZoneInfo) -> Iterator[tuple[datetime, int]]:
    """When the zone's clocks are changed, to the hour, and by how many seconds."""
    day, end = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC)
    while day < end:
        following = day + timedelta(days=1)
        if _east(zone, day) != _east(zone, following):
            for hour in range(24):
                before, after = day + timedelta(hours=hour), day + timedelta(hours=hour + 1)
                if added := _east(zone, after) - _east(zone, before):
                    yield after, added
        day = following


def _east(zone: ZoneInfo, moment: datetime) -> int:
    offset = moment.astimezone(zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0
