"""What comes of a rule and a resource."""

from dataclasses import dataclass
from enum import StrEnum

from policies.core.rule import Problem, Rule


class Verdict(StrEnum):
    """BROKEN: the rule itself failed, which is a finding against the rule and counts as FAIL."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not applicable"
    WAIVED = "waived"
    BROKEN = "broken"


class Level(StrEnum):
    """MANDATORY stops the update."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"


@dataclass(frozen=True)
class Finding:
    """One verdict. `urn` is empty for the stack as a whole."""

    rule: Rule
    urn: str
    verdict: Verdict
    level: Level
    problems: tuple[Problem, ...] = ()
    #: Why it is unknown, not applicable, waived or broken.
    reason: str = ""
    #: The rule that tells this fault already (policies/core/once.py); empty where this finding tells it itself.
    told_by: str = ""
    #: Rules whose fault this finding tells as well.
    also: tuple[str, ...] = ()

    @property
    def stops(self) -> bool:
        """A broken rule stops too: what it would have said is not known."""
        return self.level is Level.MANDATORY and self.verdict in (Verdict.FAIL, Verdict.BROKEN)


_SHOWN = 120


def shown(value: object) -> str:
    """A value as a problem shows it: short, and `nothing` where there is none."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def sentence(problem: Problem) -> str:
    """`storageEncrypted: expected true, found nothing`."""
    place = f"{problem.path}: " if problem.path else ""
    return f"{place}expected {problem.expected}, found {shown(problem.found)}"
