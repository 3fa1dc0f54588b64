"""People in crisis and the people who answer them. Only platforms with critical paths have this."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from systems.model.source import Part, Section


class Contact(StrEnum):
    """How a hotline is reached."""

    VOICE = "voice"
    TEXT = "text"
    CHAT = "chat"


@dataclass(frozen=True, kw_only=True)
class Hotline(Part):
    """A line that answers people in crisis, in the order they are shown."""

    name: str
    number: str
    contact: Contact
    country: str
    """ISO code; `*` for everywhere."""


@dataclass(frozen=True, kw_only=True)
class Shift(Part):
    """Fewest volunteers during some hours of the day. `end_hour` 24 is midnight."""

    name: str
    start_hour: int
    end_hour: int
    volunteers: int


@dataclass(frozen=True, kw_only=True)
class Staffing(Section):
    """Volunteers by the hour. Hours are local: alerts must follow daylight saving time."""

    time_zone: str
    shifts: tuple[Shift, ...]
    on_call_volunteers: int
    minimum_before_rollout: int

    def problems(self) -> Iterator[str]:
        hours = sorted(hour for shift in self.shifts for hour in range(shift.start_hour, shift.end_hour))
        if hours != list(range(24)):
            missing = sorted(set(range(24)) - set(hours))
            twice = sorted({hour for hour in hours if hours.count(hour) > 1})
            yield f"shifts must cover each hour once: missing {missing}, twice {twice}"


@dataclass(frozen=True, kw_only=True)
class Crisis(Section):
    """What is shown and done whatever else has failed."""

    hotlines: tuple[Hotline, ...]
    languages: tuple[str, ...]
    page_path: str = "/crisis"
    """Always answered by the static page, which lies in the recovery region: the platform's region can be lost."""
    page_maximum_bytes: int = 20_000
    staffing: Staffing | None = None

    def problems(self) -> Iterator[str]:
        if not self.hotlines or self.hotlines[0].number != "988":
            yield "988 must be the first hotline shown"
        if "en" not in self.languages:
            yield "languages lack 'en'"
