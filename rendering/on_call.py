"""Who is called, when, and who after them: as files that paging services and calendars import; pure.

`schedule.json` follows the members of PagerDuty's API (schedules, escalation policies, services), with names in place
of its ids; `duties.ics` is the calendar of the document's recurring duties. Roles only: people are entered where pages
are sent from, never here. `python -m rendering.on_call <platform> <directory>` writes both.
"""

import json
import sys
from pathlib import Path

from rendering.channels import channels_of
from systems import registry
from systems.model import Cadence, ChannelKind, DutyBy, Monitoring, OnCallRole, Priority, Severity, System

_WEEK_SECONDS = 604_800
_FIRST_DAY = "20260105"  # a Monday: schedules and duties repeat from there
_RULES = {
    Cadence.DAILY: "FREQ=DAILY",
    Cadence.WEEKLY: "FREQ=WEEKLY",
    Cadence.MONTHLY: "FREQ=MONTHLY;BYDAY=1MO",
    Cadence.QUARTERLY: "FREQ=MONTHLY;INTERVAL=3;BYDAY=1MO",
    Cadence.YEARLY: "FREQ=YEARLY",
}
_LINE_BYTES = 75
_LAST_MINUTES = 5
_WAKING = (ChannelKind.PAGER, ChannelKind.SMS)
#: Volunteers answer people in crisis; they are told by text message and are on no engineer's schedule.
_NOT_ON_CALL = ("all available volunteers",)


def schedule(system: System) -> str:
    """JSON: schedules for each role, an escalation policy and a service for each priority that wakes somebody."""
    watching = system.monitoring
    paging = [each for each in watching.priorities if _audiences(watching, each)]
    called = {name: None for priority in paging for names, _ in ladder(watching, priority) for name in names}
    others = [role for role in watching.on_call if role.name not in called]
    return json.dumps(
        {
            "platform": system.full_name,
            "time_zone": "Etc/UTC",
            "schedules": [
                *(each for name in called for each in _schedules(_role(watching, name))),
                *(each for role in others for each in _schedules(role)),
            ],
            "escalation_policies": [_policy(watching, priority) for priority in paging],
            "services": [_service(system, priority) for priority in paging],
            "without_pages": [each.name for each in watching.priorities if each not in paging],
        },
        indent=2,
        ensure_ascii=False,
    )


def ladder(watching: Monitoring, priority: Priority) -> list[tuple[tuple[str, ...], int]]:
    """Who is called after how many seconds: those the pages reach, then the document's escalations."""
    steps: dict[str, int] = dict.fromkeys(_audiences(watching, priority), 0)
    if priority.escalates_to and priority.escalates_after_seconds is not None:
        steps.setdefault(priority.escalates_to, priority.escalates_after_seconds)
    if priority.severity is Severity.CRITICAL:
        for each in watching.escalations:
            steps.setdefault(each.role, each.after_seconds)
    times = sorted(set(steps.values()))
    return [(tuple(name for name, at in steps.items() if at == time), time) for time in times]


def _audiences(watching: Monitoring, priority: Priority) -> list[str]:
    """Whom pagers and telephones reach: a role, where its name is in the channel's words ("primary, then ...")."""

    def known(words: str) -> str:
        said = set(words.lower().replace(",", " ").split())
        return next((role.name for role in watching.on_call if said >= set(role.name.lower().split())), words)

    reached = [each.reaches for each in channels_of(watching, priority) if each.kind in _WAKING]
    return [known(name) for name in dict.fromkeys(reached) if name not in _NOT_ON_CALL]


def _schedules(role: OnCallRole) -> list[dict[str, object]]:
    """The role itself, and its backup where the document has one."""
    names = [role.name, *([f"{role.name} (backup)"] if role.has_backup else [])]
    return [
        {
            "name": name,
            "description": f"{role.hours}; answers within {role.response_seconds // 60} minutes",
            "layers": [
                {
                    "name": "weekly",
                    "start": f"{_FIRST_DAY[:4]}-{_FIRST_DAY[4:6]}-{_FIRST_DAY[6:]}T09:00:00Z",
                    "rotation_turn_length_seconds": _WEEK_SECONDS,
                    "users": [],
                    "restrictions": _restrictions(role),
                }
            ],
        }
        for name in names
    ]


def _restrictions(role: OnCallRole) -> list[dict[str, object]]:
    """Business hours are Monday to Friday, 09:00 to 17:00 UTC; whoever works elsewhere moves them after the import."""
    if role.hours == "24/7":
        return []
    return [
        {
            "type": "weekly_restriction",
            "start_day_of_week": day,
            "start_time_of_day": "09:00:00",
            "duration_seconds": 8 * 3_600,
        }
        for day in range(1, 6)
    ]


def _policy(watching: Monitoring, priority: Priority) -> dict[str, object]:
    """The last ones are called as long as the ladder took so far, then it begins anew."""
    steps = ladder(watching, priority)
    ends = [*(at for _, at in steps[1:]), max(2 * steps[-1][1], steps[-1][1] + 60 * _LAST_MINUTES)]
    rules = [
        {
            "escalation_delay_in_minutes": (end - at) // 60,
            "targets": [
                {"type": "schedule_reference", "name": each["name"]}
                for name in names
                for each in _schedules(_role(watching, name))
            ],
        }
        for (names, at), end in zip(steps, ends, strict=True)
    ]
    return {"name": priority.name, "description": priority.meaning, "num_loops": 2, "escalation_rules": rules}


def _role(watching: Monitoring, name: str) -> OnCallRole:
    """Those whom a pager reaches without being a role of the document answer as fast as its first role, always."""
    found = next((each for each in watching.on_call if each.name == name), None)
    return found or OnCallRole(name=name, response_seconds=watching.on_call[0].response_seconds, has_backup=False)


def _service(system: System, priority: Priority) -> dict[str, object]:
    hours = "support hours" if priority.business_days_only else "always"
    return {
        "name": f"{system.name} {priority.name}",
        "description": f"{priority.meaning}; answer within {priority.response_seconds} s, {hours}",
        "escalation_policy": priority.name,
        "acknowledgement_timeout": priority.escalates_after_seconds,
        "urgency": "low" if priority.business_days_only else "high",
    }


def duties(system: System) -> str:
    """iCalendar (RFC 5545): what a person has to do again and again, by role."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//lifeline//duties//EN", f"X-WR-CALNAME:{system.full_name}"]
    for number, duty in enumerate(each for each in system.calendar.duties if each.by is DutyBy.PERSON):
        lines += [
            "BEGIN:VEVENT",
            f"UID:{system.name}-duty-{number}@lifeline",
            "DTSTAMP:20260101T000000Z",
            f"DTSTART;VALUE=DATE:{_FIRST_DAY}",
            f"RRULE:{_RULES[duty.cadence]}",
            f"SUMMARY:{_escaped(f'{duty.name} ({duty.role})')}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _escaped(text: str) -> str:
    for character in ("\\", ";", ","):
        text = text.replace(character, f"\\{character}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    """Lines have at most 75 bytes; what follows begins with a space."""
    parts, current = list[str](), ""
    for character in line:
        if len(f"{current}{character}".encode()) > _LINE_BYTES:
            parts.append(current)
            current = " "
        current += character
    return [*parts, current]


def main(platform: str, directory: str) -> None:
    system = registry.load(platform)
    target = Path(directory)
    target.mkdir(parents=True, exist_ok=True)
    (target / "schedule.json").write_text(schedule(system), encoding="utf-8")
    (target / "duties.ics").write_text(duties(system), encoding="utf-8", newline="")


if __name__ == "__main__":
    main(*sys.argv[1:3])
