"""What is done leanly for the SDK does the same: where a resource was written, and who waits for what."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.languagehost import lean
from tests.engine_runs import EngineRun

pytestmark = pytest.mark.engine

PROGRAM = """\
import pulumi, pulumi_random as random

class Pair(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("test:test:Pair", name)
        random.RandomPet("inner", opts=pulumi.ResourceOptions(parent=self))

random.RandomPet("outer")
Pair("pair")
"""


def test_a_resource_knows_the_line_that_wrote_it_and_nothing_above(engine_run: Callable[..., EngineRun]) -> None:
    run = engine_run(PROGRAM)
    run.up()
    told = {each["urn"].rsplit("::", 1)[-1]: each for each in run.resources()}
    lines = {name: each["sourcePosition"].rsplit("#", 1)[-1] for name, each in told.items()}
    assert lines == {"outer": "8", "inner": "6", "pair": "9"}
    assert all(each["sourcePosition"].split("#")[0].endswith("/__main__.py") for each in told.values())
    assert {len(each["stackTrace"]) for each in told.values()} == {1}
    assert not list(run.checkpoint.file.parent.glob("*.attrs")), "nothing is written beside the state"


def test_only_the_program_s_own_debug_messages_are_told(engine_run: Callable[..., EngineRun]) -> None:
    told = engine_run(PROGRAM + "pulumi.log.debug('what the author wondered')\n").up("--debug").text
    assert "debug: what the author wondered" in told
    assert "registering resource" not in told


def test_an_output_that_fails_late_fails_the_program(engine_run: Callable[..., EngineRun]) -> None:
    outcome = engine_run(
        """
        import asyncio, pulumi
        async def fails():
            await asyncio.sleep(0.2)
            raise LookupError("no such output")
        async def waits():
            await asyncio.sleep(200)
        pulumi.Output.from_input(waits()).apply(print)
        pulumi.Output.from_input(fails()).apply(print)
        """
    ).up(fails=True)
    assert "no such output" in outcome.text
    assert not any("200" in line for line in outcome.story.said)


def test_waiting_for_many_visits_each_of_them_once() -> None:
    """Where the SDK's own wait visits all that are left each time one of them is there."""

    class Counted(asyncio.Future[None]):
        visits = 0

        def add_done_callback(self, *arguments: Any, **options: Any) -> None:
            Counted.visits += 1
            super().add_done_callback(*arguments, **options)

    async def visits(wait: Callable[..., Any]) -> int:
        Counted.visits = 0
        pending: set[Counted] = {Counted() for _ in range(100)}

        async def fulfil(all_of_them: list[Counted]) -> None:
            for each in all_of_them:
                each.set_result(None)
                for _ in range(5):
                    await asyncio.sleep(0)

        fulfilling = asyncio.ensure_future(fulfil(list(pending)))
        while pending:
            _, pending = await wait(pending, return_when=asyncio.FIRST_COMPLETED)
        await fulfilling
        return Counted.visits

    assert asyncio.run(visits(lean._WaitsOnce().wait)) <= 100
    assert asyncio.run(visits(asyncio.wait)) > 1_000


def test_frames_without_a_file_are_left_out() -> None:
    namespace: dict[str, Any] = {"position": lean._position_of_the_author}
    exec("told = position()", namespace)
    assert not namespace["told"].frames
