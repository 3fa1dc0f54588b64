"""Floods of tricks against every platform's proxy: no way through a closed door or round a limit.

Some hundreds a door in `make test`; thousands in `make prove ONLY=floods`, while people in need ask at a steady rate.
"""

from pathlib import Path

import pytest

from rendering.haproxy.traffic import routed
from tests.live.haproxy import doors
from tests.live.haproxy.conftest import production
from tests.live.haproxy.fleet import standing
from tests.live.haproxy.floods import attacked, exhaust, unhurried
from tests.live.haproxy.visitors import ask

pytestmark = pytest.mark.xdist_group("haproxy-floods")
PLATFORMS = ("astral-core-v2", "tdah-assistant", "astral-draft", "astral-core-v7", "being")
FEW = 3


@pytest.mark.parametrize("name", PLATFORMS)
def test_no_trick_gets_through(name: str, tmp_path: Path) -> None:
    system = unhurried(production(name))
    with standing(tmp_path, system, witnessed=True) as fleet:
        for workload in routed(system):
            fleet.add(workload.name)
        fleet.start()
        for door in doors.closed(system):
            assert ask(fleet, door.path, host=door.host).status == 403, f"{door} is open in its plain form"
        assert attacked(fleet, doors.closed(system), count=FEW).troubles == []
        if system.load_balancer.client_rate_limit:
            for door in doors.limited(system):
                exhaust(fleet, door.visitors[0])
            assert attacked(fleet, doors.limited(system), doors.counted, count=FEW).troubles == []
        fleet.desire(**doors.maintained(system, "on"))
        assert attacked(fleet, doors.ordinary(system), doors.not_left_open, count=FEW).troubles == []
        assert not ask(fleet, doors.ORDINARY).server
        for path in system.critical_paths:
            assert ask(fleet, f"{path}/talk").server, "critical paths are open in maintenance"
        assert all(isinstance(line["status"], int) for line in fleet.proxies[0].log()), "each line is JSON"
