"""The forms in which one workload runs: both sides of a rollout, and replicas that serve critical paths alone.

    astral-web                   ordinary requests, the release that everybody has
    astral-web-critical          critical paths only, of the same release
    astral-web-canary            ordinary requests, the candidate
    astral-web-canary-critical   critical paths, the candidate; they move last

Each service has two Services: its own name for ordinary callers, and `<name>-servers`, which resolves to the address of
every pod, ready or not: the balancer checks for itself, and goes on sending when all of them fail.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from systems.model import CheckUse, Strategy, System, Workload, WorkloadKind


class Side(StrEnum):
    """Blue and green of the documents. Whoever is on CANARY has the candidate."""

    STABLE = "stable"
    CANARY = "canary"


class Lane(StrEnum):
    """CRITICAL is the way of critical paths, with replicas of its own."""

    ORDINARY = "ordinary"
    CRITICAL = "critical"


@dataclass(frozen=True)
class Variant:
    """One Deployment of a workload."""

    workload: Workload
    side: Side
    lane: Lane

    @property
    def name(self) -> str:
        side = "" if self.side is Side.STABLE else "-canary"
        lane = "" if self.lane is Lane.ORDINARY else "-critical"
        return f"{self.workload.object_name}{side}{lane}"

    @property
    def servers(self) -> str:
        """The Service that resolves to every pod."""
        return f"{self.name}-servers"

    @property
    def replicas(self) -> int:
        critical = self.workload.critical
        return critical.dedicated_replicas if self.lane is Lane.CRITICAL and critical else self.workload.replicas

    @property
    def check_path(self) -> str | None:
        """Readiness. Critical replicas are asked for what they alone serve."""
        if self.lane is Lane.CRITICAL and self.workload.critical:
            return self.workload.critical.check_path
        return next((check.path for check in self.workload.health if CheckUse.READINESS in check.uses), None)


def sides(system: System, workload: Workload) -> tuple[Side, ...]:
    """Of a scheduler there are never two, and workers take from one queue: only what answers requests has a canary."""
    gradual = system.rollout.strategy is Strategy.GRADUAL
    return tuple(Side) if gradual and workload.kind is WorkloadKind.SERVICE else (Side.STABLE,)


def variants(system: System, workload: Workload) -> Iterator[Variant]:
    """All forms of one workload; those on CANARY run only while there is a candidate."""
    for side in sides(system, workload):
        yield Variant(workload, side, Lane.ORDINARY)
        if workload.critical:
            yield Variant(workload, side, Lane.CRITICAL)
