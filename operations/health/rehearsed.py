"""The same checks of a rehearsal: what is emulated is asked, what is only simulated is said to be out of reach."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable

from operations.errors import OperationsError
from operations.health import inside, outside, records
from operations.health.cloud import HostedZone, RehearsedAccount
from operations.health.door import Door
from operations.health.resolver import Resolver
from operations.health.stack import PROJECT, Stack, stack_settings
from operations.health.verdicts import Check, Unseen
from rehearsal.paths import StackPaths
from rehearsal.processes import endpoints

_NOTHING_ANSWERS = "needs a real environment: nothing answers requests in a rehearsal"
_SECONDS = 120


class NoDoor(Door):
    """Asking the documented names would ask the real platform."""

    def _connected(self, host: str, port: int) -> socket.socket:
        raise Unseen(_NOTHING_ANSWERS)


def checks(name: str) -> tuple[Stack, Callable[[], list[Check]]]:
    settings = stack_settings(name)
    asked = subprocess.run(
        [sys.executable, "-m", "rehearsal", "outputs", name],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
    )
    if asked.returncode:
        raise OperationsError(asked.stderr.strip().removeprefix("error: "))
    stack = Stack(name=name, settings=settings, outputs=json.loads(asked.stdout))
    cloud = RehearsedAccount(endpoints.read(StackPaths.of(name)))
    door = NoDoor(resolver=Resolver())

    def fresh() -> list[Check]:
        return [
            *outside.checks(stack, door),
            *records.checks(stack, HostedZone(cloud, settings.region, stack.domain)),
            *inside.checks(stack, cloud, _no_server),
        ]

    return stack, fresh


def _no_server(_host: str, _port: int) -> str:
    raise Unseen(_NOTHING_ANSWERS)
