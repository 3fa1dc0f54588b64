"""A release behind a closed door: visitors are told, services stop in the document's order, and start in it.

The door opens only by open gates. What goes wrong leaves it closed, with visitors told and hotlines on the page.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace

from operations import asking, gates
from operations.gates import Verdict, Ways
from operations.rollout import FINISHED
from operations.traffic import Course, Held, Traffic
from settings import Settings
from systems.model import GateTime

_POLL_SECONDS = 5.0


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long to wait until everything runs."""

    within: float
    clock: Callable[[], float]
    sleep: Callable[[float], None]


def close(
    settings: Settings, traffic: Traffic, now: Callable[[], datetime.datetime], sleep: Callable[[float], None]
) -> int:
    """Nothing happens where every image already runs: such a change needs no maintenance."""
    release = _new_images(settings, traffic)
    held = traffic.read()
    if not release and not held.closed:
        print("no image changes: visitors stay")
        return 0
    if held.closed and held.course and not held.course.ended:
        print("it is closed already")
        return 0
    began = now().isoformat()
    course = Course(release=" ".join(release), step=0, began=began, since=began)
    held = traffic.write(held, _doors(held, "on"), course)
    print("visitors see the maintenance page")
    objects, running = {each.name: each.object_name for each in settings.system.workloads}, traffic.runs()
    for service in settings.system.rollout.stop_order:
        name = objects.get(service.name)
        if name is None or name not in running:
            continue
        course = replace(course, stopped={**course.stopped, name: running[name].wanted})
        held = traffic.write(held, {}, course)  # before it stops: whoever goes on must know how many there were
        traffic.scale(name, 0)
        print(f"{name} stops", flush=True)
        sleep(service.wait_seconds)
    return 0


def reopen(
    settings: Settings,
    traffic: Traffic,
    ways: Ways,
    strict: bool,
    now: Callable[[], datetime.datetime],
    patience: Patience,
) -> int:
    held = traffic.read()
    if not held.closed or held.course is None or held.course.ended:
        print("nothing was closed for a release")
        return 0
    end = patience.clock() + patience.within
    stopped = _started(settings, traffic, held.course, patience)
    while waiting := _waiting(traffic, stopped):
        if patience.clock() >= end:
            print(f"stays closed: {waiting}")
            return 1
        patience.sleep(_POLL_SECONDS)
    while True:
        answers = list(gates.ask(settings.system, settings.domain, GateTime.REOPENING, ways))
        shut = any(answer.verdict is Verdict.SHUT for answer in answers)
        if not shut or patience.clock() >= end:
            break
        patience.sleep(_POLL_SECONDS)
    asking.show(answers)
    if gates.stops(answers, strict):
        print("stays closed: mend what is shut and run `make reopen` again, or `make deploy` of the release before")
        return 1
    held = traffic.read()
    course = replace(held.course or Course(release="", step=0, began="", since=""), ended=FINISHED, stopped={})
    traffic.write(held, _doors(held, "off"), replace(course, since=now().isoformat()))
    print("visitors are let in")
    return 0


def _started(settings: Settings, traffic: Traffic, course: Course, patience: Patience) -> dict[str, int]:
    """As many as there were; in the document's order, the others before."""
    objects = {each.name: each.object_name for each in settings.system.workloads}
    waits = {
        objects[each.name]: each.wait_seconds for each in settings.system.rollout.start_order if each.name in objects
    }
    stopped = dict(course.stopped)
    for name in [*(stopped.keys() - waits.keys()), *(each for each in waits if each in stopped)]:
        traffic.scale(name, stopped[name])
        print(f"{name} starts", flush=True)
        patience.sleep(waits.get(name, 0))
    return stopped


def _waiting(traffic: Traffic, stopped: dict[str, int]) -> str:
    running = traffic.runs()
    missing = [
        f"{name} has {running[name].ready if name in running else 0} of {count} ready"
        for name, count in stopped.items()
        if name not in running or running[name].ready < count
    ]
    return ", ".join(missing)


def _new_images(settings: Settings, traffic: Traffic) -> list[str]:
    """A first deployment closes nothing."""
    running = traffic.runs()
    wanted = {each.object_name: settings.images.get(each.image, "") for each in settings.system.workloads}
    return sorted(
        {
            reference
            for name, reference in wanted.items()
            if name in running and not _same(reference, running[name].image)
        }
    )


def _same(wanted: str, running: str) -> bool:
    """By digest where there is one: what runs also names the registry that it was pulled through."""
    if "@" in wanted:
        return wanted.rpartition("@")[2] == running.rpartition("@")[2]
    return running.endswith(wanted.partition("/")[2])


def _doors(held: Held, value: str) -> dict[str, str]:
    return {key: value for key in held.state if key.startswith("maintenance.")}
