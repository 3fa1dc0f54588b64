"""Floods at length: thousands of tricks a door on every platform, and people in need who must not notice any of it."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rendering.haproxy.traffic import CRITICAL_SIDE, canary_key, gradual, routed
from rendering.variants import Lane, Side
from tests.campaigns import figures
from tests.live.haproxy import doors
from tests.live.haproxy.attackers import Attack, Outcome
from tests.live.haproxy.conftest import production
from tests.live.haproxy.fleet import Fleet, standing, wait_until
from tests.live.haproxy.floods import (
    AS_PLAIN,
    MALFORMED,
    NO_ANSWER,
    PATIENCE_SECONDS,
    Flood,
    attacked,
    exhaust,
    flooded,
    unhurried,
)
from tests.live.haproxy.steady import Steady
from tests.live.haproxy.test_floods import PLATFORMS

pytestmark = [pytest.mark.xdist_group("haproxy-floods"), pytest.mark.campaign, pytest.mark.timeout(7200)]
MANY, ASKED, AT_FIRST, PLAIN = 120, 500, 50, 8_000
#: On two processors that also send the flood; alone they do not come near it.
MOST_TIMES_THE_QUIET_WAIT = 10


@pytest.mark.parametrize("name", PLATFORMS)
def test_floods_at_length(name: str, tmp_path: Path) -> None:
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    families: dict[str, Counter[str]] = defaultdict(Counter)
    with standing(tmp_path, unhurried(production(name)), witnessed=True) as fleet:
        _stand(fleet)
        in_need = _InNeed(fleet)
        for kind, flood in _floods(fleet, in_need):
            kinds[kind][_THROUGH] = len(flood.troubles)
            for each in flood.outcomes:
                kinds[kind][_word(each)] += 1
                families[each.family][_word(each)] += 1
        in_need.through_everything_else()
        _write(fleet, kinds, families, in_need.rows)


def _floods(fleet: Fleet, in_need: "_InNeed") -> Iterator[tuple[str, Flood]]:
    system = fleet.system
    with flooded(fleet, doors.closed(system), count=MANY) as flood:
        in_need.ask("tricks at closed doors", flood.attack)
    assert flood.troubles == []
    yield "closed doors", flood
    if system.load_balancer.client_rate_limit:
        for door in doors.limited(system):
            exhaust(fleet, door.visitors[0])
        flood = attacked(fleet, doors.limited(system), doors.counted, count=MANY)
        assert flood.troubles == []
        yield "beyond the limit", flood
    fleet.desire(**doors.maintained(system, "on"))
    with flooded(fleet, doors.ordinary(system), doors.not_left_open, count=MANY) as flood:
        in_need.ask("maintenance, and tricks at it", flood.attack)
    assert flood.troubles == []
    yield "maintenance", flood
    fleet.desire(**doors.maintained(system, "off"))
    assert all(isinstance(line["status"], int) for line in fleet.proxies[0].log())


class _InNeed:
    """Asks on a critical path, if the platform has one, and compares with how long it took when all was quiet."""

    def __init__(self, fleet: Fleet) -> None:
        self.rows: list[str] = []
        self._fleet = fleet
        self._critical = fleet.system.critical_paths
        if self._critical:
            self._path = f"{self._critical[0]}/talk"
            for server in fleet.servers:
                server.change(self._path, 200)
            self._quiet = Steady(fleet, self._path).ask(ASKED)
            self._tell("nothing", self._quiet)

    def ask(self, meanwhile: str, attack: Attack) -> None:
        """Until the attack is over, and long enough to compare."""
        if self._critical:
            steady = Steady(self._fleet, self._path)
            wait_until("the attack is over", lambda: steady.ask(50) and attack.over, PATIENCE_SECONDS)
            self._tell(meanwhile, steady)

    def through_everything_else(self) -> None:
        if self._critical:
            self._flood("a flood elsewhere", doors.ORDINARY)
            self._flood("a flood on themselves, by one", self._path, waits=True)
            self._candidate_that_errs()
            for server in self._fleet.servers:
                server.process.kill()
            self._tell("all servers die", Steady(self._fleet, self._path).ask(AT_FIRST), waits=True)
            down = Steady(self._fleet, self._path).ask(ASKED)
            assert down.hotlines == ASKED
            self._tell("all servers down", down)

    def _flood(self, name: str, path: str, *, waits: bool = False) -> None:
        door = replace(doors.door(self._fleet.system, path), visitors=("192.0.2.66",))
        port = self._fleet.proxies[0].surroundings.https_port
        attack = Attack(self._fleet.directory, port, [door], count=PLAIN, plain=True)
        try:
            steady = Steady(self._fleet, self._path)
            wait_until("the flood is over", lambda: steady.ask(50) and attack.over, PATIENCE_SECONDS)
            self._tell(name, steady, waits=waits)
        finally:
            attack.stop()

    def _candidate_that_errs(self) -> None:
        fleet = self._fleet
        for server in fleet.servers:
            if server.variant.side is Side.CANARY:
                server.change(self._path, 500)
        shares = {canary_key(each): "50" for each in routed(fleet.system) if gradual(fleet.system, each)}
        wished = {**shares, CRITICAL_SIDE: Side.CANARY.value}
        fleet.desire(**{key.replace(".", "__").replace("-", "_"): value for key, value in wished.items()})
        self._tell("a candidate with half the users that only errs", Steady(fleet, self._path).ask(ASKED))

    def _tell(self, meanwhile: str, steady: Steady, *, waits: bool = False) -> None:
        assert steady.failures == [], f"{meanwhile}: {len(steady.failures)} of {steady.asked}: {steady.failures[:5]}"
        assert waits or steady.queued_milliseconds == 0, (
            f"{meanwhile}: waited {steady.queued_milliseconds} ms in the proxy"
        )
        times = steady.milliseconds(0.5) / self._quiet.milliseconds(0.5)
        assert times < MOST_TIMES_THE_QUIET_WAIT, f"{meanwhile}: {times:.1f} times the quiet wait"
        self.rows.append(
            f"| {meanwhile} | {steady.asked} | {len(steady.failures)} | {steady.hotlines} "
            f"| {steady.queued_milliseconds} | {steady.milliseconds(0.5):.1f} | {steady.milliseconds(0.99):.1f} "
            f"| {steady.milliseconds(1):.0f} | {times:.1f} |"
        )
        print(self.rows[-1], flush=True)


def _stand(fleet: Fleet) -> None:
    """One server of each form: ordinary and, where there are any, for critical paths and of a candidate."""
    for workload in routed(fleet.system):
        for side in Side if gradual(fleet.system, workload) else (Side.STABLE,):
            fleet.add(workload.name, side, Lane.ORDINARY)
            if workload.critical:
                fleet.add(workload.name, side, Lane.CRITICAL)
    fleet.start()


_THROUGH = "got through"
_WORDS = ("malformed", "as plain", "not found", "no answer", "elsewhere")


def _word(outcome: Outcome) -> str:
    if outcome.served:
        return "elsewhere"
    if outcome.answer in NO_ANSWER:
        return "no answer"
    return "malformed" if outcome.answer in MALFORMED else "as plain" if outcome.answer in AS_PLAIN else "not found"


def _row(name: str, counts: Counter[str], *more: str) -> str:
    told = [sum(counts[word] for word in _WORDS), *(counts[word] for word in (*_WORDS, *more))]
    return f"| {name} | {' | '.join(str(each) for each in told)} |"


def _write(fleet: Fleet, kinds: dict[str, Counter[str]], families: dict[str, Counter[str]], people: list[str]) -> None:
    system = fleet.system
    total = sum(counts[word] for counts in kinds.values() for word in _WORDS)
    doors_ = {"closed doors": doors.closed(system), "maintenance": doors.ordinary(system)}
    if system.load_balancer.client_rate_limit:
        doors_["beyond the limit"] = doors.limited(system)
    by_kind = [
        _row(f"{kind}: {', '.join(f'`{each.host}{each.path}`' for each in doors_[kind])}", counts, _THROUGH)
        for kind, counts in kinds.items()
    ]
    by_family = [_row(family, counts) for family, counts in families.items()]
    columns = "tricks | malformed | as the plain form | nothing there | no answer | another path |"
    figures.write(
        f"haproxy-floods-{system.name}",
        f"HAProxy of {system.full_name}: floods of tricks{', and people in need meanwhile' if people else ''}",
        f"""{total} requests, each another way to write a path, a host, an address, a method or a length, against the
rendered configuration, with all speed. Each was refused as malformed, refused as the plain form is (closed door, limit,
maintenance), found nothing, got no answer, or was served as another path. What servers were sent was kept to the byte
and read in every way from the strictest to one that decodes four times, forgets parameters, dots and case and takes
overlong UTF-8: none of it can be read as something behind a closed door or beyond a limit, and each is one request with
one length. HAProxy gave no error of its own, and each line of its log is JSON.

| at | {columns} {_THROUGH} |
|---|---|---|---|---|---|---|---|
{chr(10).join(by_kind)}

| way of writing | {columns}
|---|---|---|---|---|---|---|
{chr(10).join(by_family)}
{_PEOPLE + chr(10).join(people) if people else ""}
""",
    )


_PEOPLE = """
People in need, one question every 20 ms in turn by GET and POST, on the same machine as everything else. *queued* is
the longest that the proxy let one wait for a place; *times* compares the median wait with that of the same run when
nothing else happened. There is one server for critical paths; a flood by one visitor on these paths themselves is
served as well, after the others. When all servers die at once the first question finds out, with a quarter of a
second for each server it tries; from the next one on the hotlines answer at once.

| meanwhile | asked | failed | hotlines | queued, ms | median, ms | p99, ms | slowest, ms | times |
|---|---|---|---|---|---|---|---|---|
"""
