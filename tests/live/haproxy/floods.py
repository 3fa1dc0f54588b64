"""A flood of tricks at some doors: what each got, what servers saw of it, and what of that ought not to be."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from systems.model import System
from tests.live.haproxy.attackers import SEED, Attack, Outcome, corpus
from tests.live.haproxy.corpus import Door
from tests.live.haproxy.doors import Judge, breach
from tests.live.haproxy.fleet import Fleet, quick, wait_until
from tests.live.haproxy.visitors import ask
from tests.live.haproxy.witness import Request, seen

#: Told to what no server could understand, or what is not allowed in any form.
MALFORMED = {"400", "405", "408", "411", "413", "414", "421", "422", "431", "501", "505"}
#: Told to the plain form as well: a closed door, a limit, maintenance.
AS_PLAIN = {"403", "429", "maintenance"}
NOTHING_THERE = {"404"}
NO_ANSWER = {"closed", "silent"}
PATIENCE_SECONDS = 1800


@dataclass
class Flood:
    """`troubles` is empty when no trick got anywhere; known only when the attack is over."""

    attack: Attack
    outcomes: list[Outcome] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


@contextmanager
def flooded(fleet: Fleet, at: Sequence[Door], *judges: Judge, count: int) -> Iterator[Flood]:
    """While it lasts, others may be asked for; in the end it is judged."""
    assert fleet.record is not None
    known = _connections(fleet.record)
    flood = Flood(Attack(fleet.directory, fleet.proxies[0].surroundings.https_port, at, count=count))
    try:
        yield flood
        flood.outcomes = flood.attack.outcomes(PATIENCE_SECONDS)
    finally:
        flood.attack.stop()
    served = sum(each.served for each in flood.outcomes)
    wait_until("all is written down", lambda: len(_seen(fleet, at, known)) >= served, every_seconds=0.2)
    flood.troubles = [*_answers(flood.outcomes, at, count), *_witnessed(fleet, at, known, (breach, *judges))]


def attacked(fleet: Fleet, at: Sequence[Door], *judges: Judge, count: int) -> Flood:
    with flooded(fleet, at, *judges, count=count) as flood:
        pass
    return flood


def unhurried(system: System) -> System:
    """Whoever has reached its limit stays there as long as the flood may last; that it ends in time is tested apart."""
    limit = system.load_balancer.client_rate_limit
    return quick(system, client_rate_limit=limit and replace(limit, window_seconds=PATIENCE_SECONDS))


def exhaust(fleet: Fleet, client: str) -> None:
    while ask(fleet, "/health", client=client).status != 429:
        pass


def _answers(outcomes: Sequence[Outcome], at: Sequence[Door], count: int) -> Iterator[str]:
    """A proxy that errs has choked on something; one that says nothing, or lets in, is judged by what servers saw."""
    fine = MALFORMED | AS_PLAIN | NOTHING_THERE | NO_ANSWER
    bad = {each.number: each for each in outcomes if not each.served and each.answer not in fine}
    for number, trick in enumerate(corpus(at, SEED, count) if bad else ()):
        if number in bad:
            yield f"{trick.family}: {bad[number].answer} to {trick.raw!r}"


def _witnessed(fleet: Fleet, at: Sequence[Door], known: int, judges: Sequence[Judge]) -> Iterator[str]:
    for request in _seen(fleet, at, known):
        for judge in judges:
            if trouble := judge(fleet.system, request):
                yield f"a server saw {request}: {trouble}"


def _seen(fleet: Fleet, at: Sequence[Door], known: int) -> list[Request]:
    assert fleet.record is not None
    return [request for request in seen(fleet.record, known) if _is_a_visitors(request, at)]


def _is_a_visitors(request: Request, at: Sequence[Door]) -> bool:
    """All but the proxy's own checks and other people's questions; whatever cannot be told is a visitor's."""
    by = request.header("x-forwarded-for")
    if request.trouble or len(by) > 1:
        return True
    if not by:
        return request.method != "GET" or bool(request.header("x-trick"))
    return any(by[0] in door.visitors for door in at) or not by[0].startswith("198.18.")


def _connections(record: Path) -> int:
    return len(record.read_text().splitlines()) if record.exists() else 0
