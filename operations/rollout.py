"""A release on its way to everybody, looked at again and again: by the document's steps, waits, gates and triggers.

Each look reads where the rollout is, asks, and makes at most one move. So it does not matter who looks next, or when:
a step of fifteen minutes is watched by one job, one of a day by many. What is shut twice in a row sends everybody back.
"""

import datetime
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from operations import gates
from operations.gates import Verdict, Ways
from operations.traffic import Course, Held, Runs, Traffic
from rendering.haproxy.traffic import CRITICAL_SIDE
from rendering.variants import Side
from systems.model import GateTime, System

FINISHED, BACK, BY_HAND = "finished", "rolled back", "taken over by hand"


class Outcome(StrEnum):
    """NOTHING and STAYS end a job well; WAITS and MOVED are looked at again; STUCK needs somebody; BACK has failed."""

    NOTHING = "nothing to do"
    WAITS = "waits"
    MOVED = "moved"
    STUCK = "cannot go on"
    BACK = BACK
    FINISHED = FINISHED


@dataclass(frozen=True)
class Look:
    outcome: Outcome
    told: str


@dataclass(frozen=True)
class Stage:
    """One documented step as weights, and how long they stay."""

    name: str
    state: Mapping[str, str]
    wait: datetime.timedelta


def stages(system: System, workloads: Iterator[str] | list[str]) -> list[Stage]:
    """Critical paths come last, once everybody else is there and its gates are open; the last wait is theirs too."""
    names = list(workloads)
    found: list[Stage] = []
    last = len(system.rollout.steps) - 1
    apart = bool(system.critical_paths) and system.rollout.critical_paths_last
    for number, step in enumerate(system.rollout.steps):
        weights = {f"canary.{name}": str(step.new_side_percent) for name in names}
        if system.critical_paths:
            weights[CRITICAL_SIDE] = Side.STABLE.value
        wait = datetime.timedelta(seconds=step.wait_seconds)
        if number == last and apart:
            found.append(Stage(f"{step.key}, critical paths as before", weights, datetime.timedelta(0)))
            critical = {**weights, CRITICAL_SIDE: Side.CANARY.value}
            found.append(Stage(f"{step.key} with critical paths", critical, wait))
        else:
            found.append(Stage(step.key, weights, wait))
    return found


class Rollout:
    """`strict`: what cannot be asked keeps a step from being left; otherwise it is only told."""

    def __init__(
        self,
        system: System,
        domain: str,
        traffic: Traffic,
        ways: Ways,
        *,
        strict: bool,
        now: Callable[[], datetime.datetime],
        pause: Callable[[], None],
    ) -> None:
        self._system, self._domain, self._traffic, self._ways = system, domain, traffic, ways
        self._strict, self._now, self._pause = strict, now, pause

    def look(self) -> Look:
        held, candidates = self._traffic.read(), self._traffic.candidates()
        if not candidates:
            return self._without_candidate(held)
        if all(run.image == old for new, old in candidates.values() for run in new):
            return self._settled(held)
        release = release_of(candidates)
        steps = stages(self._system, list(candidates))
        course = held.course
        if course is None or course.release != release:
            return self._begin(held, release, steps, candidates)
        if course.ended:
            return Look(Outcome.NOTHING, f"this release {_ended(course)}")
        stage = steps[course.step]
        if _differs(held, stage):
            return self._taken_over(held, course, stage)
        return self._go_on(held, course, steps, candidates)

    def back(self, held: Held, course: Course, why: str) -> Look:
        """Everybody and every critical path, in one request."""
        self._traffic.write(held, _home(held), self._end(course, BACK, why))
        return Look(Outcome.BACK, why)

    def _begin(
        self, held: Held, release: str, steps: list[Stage], candidates: Mapping[str, tuple[list[Runs], str]]
    ) -> Look:
        began = self._now().isoformat()
        course = Course(release=release, step=0, began=began, since=began)
        if waiting := _not_ready(candidates):
            return Look(Outcome.WAITS, f"before the first step: {waiting}")
        shut, unasked = self._sure()
        if shut or (unasked and self._strict):
            return Look(Outcome.STUCK, f"before the first step: {'; '.join([*shut, *unasked])}")
        self._traffic.write(held, {**_home(held), **steps[0].state}, course)
        return Look(Outcome.MOVED, f"{steps[0].name} of users{_advice(unasked)}")

    def _go_on(
        self, held: Held, course: Course, steps: list[Stage], candidates: Mapping[str, tuple[list[Runs], str]]
    ) -> Look:
        stage = steps[course.step]
        shut, unasked = self._sure()
        if shut:
            return self.back(held, course, f"at {stage.name}: {'; '.join(shut)}")
        if waiting := _not_ready(candidates):
            return Look(Outcome.WAITS, f"{stage.name}: {waiting}")
        left = datetime.datetime.fromisoformat(course.since) + stage.wait - self._now()
        if left > datetime.timedelta(0):
            return Look(Outcome.WAITS, f"{stage.name}: gates are open, {_rounded(left)} to go{_advice(unasked)}")
        if unasked and self._strict:
            return Look(Outcome.STUCK, f"{stage.name}: {'; '.join(unasked)}")
        if course.step + 1 < len(steps):
            following = steps[course.step + 1]
            step = replace(course, step=course.step + 1, since=self._now().isoformat())
            self._traffic.write(held, following.state, step)
            return Look(Outcome.MOVED, f"{following.name} of users{_advice(unasked)}")
        return self._finish(held, course, stage)

    def _finish(self, held: Held, course: Course, stage: Stage) -> Look:
        answers = list(gates.ask(self._system, self._domain, GateTime.AFTER, self._ways))
        shut = [f"{each.gate.name}: {each.why}" for each in answers if each.verdict is Verdict.SHUT]
        unasked = [f"{each.gate.name}: {each.why}" for each in answers if each.verdict is Verdict.UNASKED]
        if shut:
            return self.back(held, course, f"after the last step: {'; '.join(shut)}")
        if unasked and self._strict:
            return Look(Outcome.STUCK, f"after the last step: {'; '.join(unasked)}")
        self._traffic.write(held, stage.state, self._end(course, FINISHED, ""))
        return Look(Outcome.FINISHED, f"everybody is on the new side{_advice(unasked)}")

    def _without_candidate(self, held: Held) -> Look:
        """Nobody is there to serve whoever would be sent to it."""
        if _home(held).items() <= held.state.items():
            return Look(Outcome.NOTHING, "there is no candidate")
        course = held.course or Course(release="", step=0, began=self._now().isoformat(), since="")
        self._traffic.write(held, _home(held), self._end(course, course.ended or BACK, "the candidate is gone"))
        return Look(Outcome.MOVED, "the candidate is gone: everybody is on the old side")

    def _settled(self, held: Held) -> Look:
        """Both sides run the same: going back to the lasting one changes nothing for anybody."""
        if _home(held).items() <= held.state.items():
            return Look(Outcome.NOTHING, "both sides run the same release; the candidate can go from the stack file")
        course = held.course or Course(release="", step=0, began=self._now().isoformat(), since="")
        self._traffic.write(held, _home(held), course if course.ended else self._end(course, FINISHED, ""))
        return Look(Outcome.MOVED, "both sides run the same release: everybody is on the lasting side")

    def _taken_over(self, held: Held, course: Course, stage: Stage) -> Look:
        """Somebody saw something, or knows better. Nobody wrestles with a person over a rollout."""
        if _home(held).items() <= held.state.items():
            return self.back(held, course, f"at {stage.name}: by hand")
        self._traffic.write(held, {}, self._end(course, BY_HAND, f"at {stage.name}"))
        return Look(Outcome.STUCK, f"at {stage.name} somebody moved traffic by hand: from here on it is theirs")

    def _sure(self) -> tuple[list[str], list[str]]:
        """One lost packet is no verdict on a release: shut is what is shut twice, with a pause between."""
        shut, unasked = self._asked()
        if not shut:
            return [], unasked
        self._pause()
        again, unasked = self._asked()
        return [why for name, why in again.items() if name in shut], unasked

    def _asked(self) -> tuple[dict[str, str], list[str]]:
        shut: dict[str, str] = {}
        unasked: list[str] = []
        each_step = gates.ask(self._system, self._domain, GateTime.EACH_STEP, self._ways)
        told = [(each.gate.name, each.verdict, each.why) for each in each_step]
        told += [(trigger.name, verdict, why) for trigger, verdict, why in gates.pulled(self._system, self._ways)]
        for name, verdict, why in told:
            if verdict is Verdict.SHUT:
                shut[name] = f"{name}: {why}"
            elif verdict is Verdict.UNASKED:
                unasked.append(f"{name}: {why}")
        return shut, unasked

    def _end(self, course: Course, ended: str, why: str) -> Course:
        return replace(course, ended=ended, why=why, since=self._now().isoformat())


def _home(held: Held) -> dict[str, str]:
    state = {key: "0" for key in held.state if key.startswith("canary.")}
    return {**state, **({CRITICAL_SIDE: Side.STABLE.value} if CRITICAL_SIDE in held.state else {})}


def _differs(held: Held, stage: Stage) -> bool:
    return any(held.state.get(key) != value for key, value in stage.state.items())


def release_of(candidates: Mapping[str, tuple[list[Runs], str]]) -> str:
    """The same images are the same release, which is led to everybody once."""
    images = sorted(f"{name}={run.image}" for name, (new, _) in candidates.items() for run in new)
    return hashlib.sha256("\n".join(images).encode()).hexdigest()[:16]


def _not_ready(candidates: Mapping[str, tuple[list[Runs], str]]) -> str:
    missing = [
        f"{name} has {run.ready} of {run.wanted} ready"
        for name, (new, _) in candidates.items()
        for run in new
        if run.ready < max(1, run.wanted)
    ]
    return ", ".join(missing)


def _ended(course: Course) -> str:
    why = f": {course.why}" if course.why else ""
    return f"{'was ' if course.ended != FINISHED else ''}{course.ended} at {course.since[:16]}{why}"


def _advice(unasked: list[str]) -> str:
    return f" (not asked: {'; '.join(unasked)})" if unasked else ""


def _rounded(left: datetime.timedelta) -> str:
    minutes = max(1, round(left.total_seconds() / 60))
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"
