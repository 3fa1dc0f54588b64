"""How a new version reaches users, what stops it, and the switches inside the application."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from systems.model.signals import Condition
from systems.model.source import Part, Section


class Strategy(StrEnum):
    """GRADUAL shifts a share of users to the new side; MAINTENANCE stops everything, changes it and starts it again."""

    GRADUAL = "gradual"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, kw_only=True)
class RolloutStep(Part):
    """A share of users on the new side, and how long it stays so before the next step may begin."""

    new_side_percent: int
    wait_seconds: int
    rollback_seconds: int | None = None
    """Where a document gives a step its own; otherwise the rollout's."""

    @property
    def key(self) -> str:
        return f"{self.new_side_percent}%"


class GateKind(StrEnum):
    """What a gate asks: a measured CONDITION, a health PATH, a COMMAND's success, a BACKUP, or a person's APPROVAL."""

    CONDITION = "condition"
    PATH = "path"
    COMMAND = "command"
    BACKUP = "backup"
    APPROVAL = "approval"


class GateTime(StrEnum):
    """When a gate is asked. REOPENING: everything new runs, and visitors still see the maintenance page."""

    BEFORE = "before"
    EACH_STEP = "each-step"
    REOPENING = "reopening"
    AFTER = "after"


@dataclass(frozen=True, kw_only=True)
class Gate(Part):
    """Something that must be true before a rollout begins, goes on or counts as done."""

    name: str
    kind: GateKind
    time: GateTime = GateTime.BEFORE
    condition: Condition | None = None
    path: str = ""
    command: str = ""
    role: str = ""

    def problems(self) -> Iterator[str]:
        given = {
            GateKind.CONDITION: bool(self.condition),
            GateKind.PATH: bool(self.path),
            GateKind.COMMAND: bool(self.command),
            GateKind.APPROVAL: bool(self.role),
        }
        for kind, present in given.items():
            if present != (kind is self.kind):
                yield f"a gate of kind {self.kind} {'must not carry' if present else 'lacks'} what {kind} asks"


@dataclass(frozen=True, kw_only=True)
class RollbackTrigger(Part):
    """What sends everybody back to the old side. Without a condition nothing measures it: a person pulls it."""

    name: str
    condition: Condition | None = None

    @property
    def manual(self) -> bool:
        return self.condition is None


@dataclass(frozen=True, kw_only=True)
class OrderedService(Part):
    """One entry of a documented stop or start order, with the pause after it."""

    name: str
    wait_seconds: int = 0


@dataclass(frozen=True, kw_only=True)
class Appointment(Part):
    """One point of the rollout's timetable, in minutes from its start (negative: before)."""

    name: str
    minutes_from_start: int


@dataclass(frozen=True, kw_only=True)
class Rollout(Section):
    """The way of a release. One user stays on one side throughout; critical paths move last, in one revertible step."""

    strategy: Strategy
    steps: tuple[RolloutStep, ...]
    sticky_users: bool = True
    critical_paths_last: bool = True
    gates: tuple[Gate, ...]
    rollback_triggers: tuple[RollbackTrigger, ...]
    rollback_seconds: int
    """Longest time from the decision until nobody is served by the new side."""
    stop_order: tuple[OrderedService, ...] = ()
    start_order: tuple[OrderedService, ...] = ()
    timetable: tuple[Appointment, ...] = ()
    duration_minutes: int | None = None
    report_after_hours: int | None = None
    report: tuple[str, ...] = ()
    """What the report on a finished rollout tells."""
    announces_to: tuple[str, ...] = ()
    """Channels told about a rollout's start, end and rollback."""

    def problems(self) -> Iterator[str]:
        shares = [step.new_side_percent for step in self.steps]
        if self.strategy is Strategy.GRADUAL and (not shares or shares != sorted(set(shares)) or shares[-1] != 100):
            yield f"steps {shares} must rise and end at 100"
        if self.strategy is Strategy.MAINTENANCE and not (self.stop_order and self.start_order):
            yield "a rollout in maintenance needs stop_order and start_order"
        if self.strategy is not Strategy.MAINTENANCE and any(gate.time is GateTime.REOPENING for gate in self.gates):
            yield f"gates before reopening belong to a rollout in maintenance, this one is {self.strategy}"
        if bool(self.report) != (self.report_after_hours is not None):
            yield "report and report_after_hours belong together"
        if not self.rollback_triggers:
            yield "rollback_triggers is empty: nothing would ever send users back"


@dataclass(frozen=True, kw_only=True)
class FeatureFlag(Part):
    """A switch inside the application, changed at run time; `readonly` ones nobody may turn off."""

    name: str
    enabled: bool
    readonly: bool = False
    validation: str = ""
    """Named check that must pass before the flag may change."""
    approval_role: str = ""
    canary_percent: int | None = None

    def problems(self) -> Iterator[str]:
        if self.readonly and not self.enabled:
            yield "readonly and off: nobody could ever turn it on"
        if self.readonly and self.canary_percent is not None:
            yield "readonly flags are on for everybody: canary_percent has no meaning"


@dataclass(frozen=True, kw_only=True)
class FeatureFlags(Section):
    """All flags of a platform."""

    flags: tuple[FeatureFlag, ...]
