"""A check, what came of it, and how a list of them is asked: at once, each with its time."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum

#: Waiting for answers costs nothing here, and fifty checks one after another would take a minute.
_AT_ONCE = 12


class Verdict(StrEnum):
    """UNSEEN is no kind of success: nobody knows."""

    SOUND = "sound"
    BROKEN = "broken"
    UNSEEN = "not reachable from here"


class Broken(Exception):
    """What was asked answered, and not as the spec wants it; the text is what was found."""


class Unseen(Exception):
    """It cannot be asked from where this runs; the text is what that would need."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One question. `ask` returns what was found, in a few words, or raises Broken or Unseen."""

    kind: str
    subject: str
    wanted: str
    ask: Callable[[], str]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What came of a check."""

    kind: str
    subject: str
    wanted: str
    verdict: Verdict
    found: str
    milliseconds: int


def judge(checks: Iterable[Check]) -> list[Finding]:
    """Every check, in the order given."""
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        return list(threads.map(_judged, checks))


def _judged(check: Check) -> Finding:
    began = time.monotonic()
    try:
        verdict, found = Verdict.SOUND, check.ask()
    except Broken as broken:
        verdict, found = Verdict.BROKEN, str(broken)
    except Unseen as unseen:
        verdict, found = Verdict.UNSEEN, str(unseen)
    except TimeoutError:
        verdict, found = Verdict.BROKEN, "no answer in time"
    except OSError as error:
        verdict, found = Verdict.BROKEN, error.strerror or str(error)
    spent = round((time.monotonic() - began) * 1000)
    return Finding(
        kind=check.kind,
        subject=check.subject,
        wanted=check.wanted,
        verdict=verdict,
        found=found,
        milliseconds=spent,
    )
