"""A candidate on its way to everybody: the document's steps, waits and gates, and the way back at each of them.

The command runs as in a job, against servers that a job would meet; time passes by writing the record otherwise.
"""

import datetime
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from typer.testing import CliRunner

from operations import releasing
from operations.cli import app
from operations.health.stack import stack_settings
from operations.rollout import stages
from rendering.haproxy import traffic
from rendering.prometheus import signals
from rendering.variants import Side, variants
from systems.model import GateKind, GateTime, Strategy
from tests.components.recording import STACKS
from tests.pipelines.surroundings import NEW, OLD, Deployment, Surroundings, meeting

GRADUAL = [
    stack
    for stack in STACKS
    if stack.endswith("prod") and stack_settings(stack).system.rollout.strategy is Strategy.GRADUAL
]


class Release:
    """One stack with a candidate beside its old release, and the commands of a job."""

    def __init__(self, there: Surroundings, directory: Path) -> None:
        self.there, self.system = there, stack_settings(there.stack).system
        self.directory = directory
        self.steps = stages(self.system, [each.name for each in self._workloads])
        for workload in self._workloads:
            for form in variants(self.system, workload):
                there.deployments[form.name] = Deployment(NEW if form.side is Side.CANARY else OLD)
        # What the document's gates ask of Prometheus holds, what its triggers ask does not.
        gates = [each for each in self.system.rollout.gates if each.kind is GateKind.CONDITION]
        for gate in gates:
            assert gate.condition is not None
            there.holding.add(signals.condition(self.system, gate.condition))

    @property
    def _workloads(self) -> list:
        return [each for each in traffic.routed(self.system) if traffic.gradual(self.system, each)]

    def look(self, *arguments: str) -> tuple[int, str]:
        environment = self.there.environment
        door = ["--connect-to", environment["CONNECT_TO"], "--authority", environment["AUTHORITY"]]
        into = ["--into", str(self.directory), "--every", "0.01"]
        with pytest.MonkeyPatch.context() as patched:
            patched.delenv("LIFELINE_PROMETHEUS", raising=False)
            for name, value in environment.items():
                patched.setenv(name, value)
            # The way through the account, which costs a second, is walked in test_release_steps.py.
            patched.setattr(releasing, "_cluster", lambda _settings: lambda: self.there.api)
            done = CliRunner().invoke(app, ["rollout", self.there.stack, *door, *into, *arguments])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.output

    def wait(self, seconds: float) -> None:
        since = datetime.datetime.fromisoformat(self.there.course["since"]) - datetime.timedelta(seconds=seconds)
        self.there.rewind(since=since.isoformat())


@pytest.fixture
def release(tmp_path: Path) -> Iterator[Callable[[str], Release]]:
    with ExitStack() as open_servers:
        yield lambda stack: Release(open_servers.enter_context(meeting(stack, tmp_path)), tmp_path / "reports")


@pytest.mark.parametrize("stack", GRADUAL)
def test_every_documented_step_is_held_as_long_as_documented(stack: str, release: Callable[[str], Release]) -> None:
    """And then left, one look a step; what cannot be asked from a job is only told here: nobody named a checkout."""
    rolling = release(stack)
    for stage in rolling.steps:
        code, said = rolling.look()
        assert (code, "moved" in said) == (0, True), said
        assert {key: rolling.there.data[key] for key in stage.state} == dict(stage.state)
        if stage.wait:
            rolling.wait(stage.wait.total_seconds() - 30)
            assert "gates are open" in rolling.look()[1]
            assert rolling.there.changes[-1] == dict(stage.state)
            rolling.wait(60)
    code, said = rolling.look()
    assert (code, "finished: everybody is on the new side" in said) == (0, True), said
    assert "is finished" in (rolling.directory / "rollout.md").read_text()
    documented = [step.new_side_percent for step in rolling.system.rollout.steps]
    shares = [
        int(next(value for key, value in each.items() if key.startswith("canary."))) for each in rolling.there.changes
    ]
    assert list(dict.fromkeys(shares)) == documented
    assert rolling.look()[1].count("nothing to do: this release finished") == 1


def test_steps_are_the_documents_and_critical_paths_come_last_and_alone() -> None:
    for stack in GRADUAL:
        system = stack_settings(stack).system
        found = stages(system, ["web"])
        shares = [int(each.state["canary.web"]) for each in found]
        waits = [each.wait.total_seconds() for each in found]
        if system.critical_paths:
            assert [each.state["critical.side"] for each in found] == ["stable"] * (len(found) - 1) + ["canary"]
            assert shares[-2:] == [100, 100]
            shares, waits = shares[:-1], [*waits[:-2], waits[-1]]
        assert shares == [step.new_side_percent for step in system.rollout.steps]
        assert waits == [step.wait_seconds for step in system.rollout.steps]


@pytest.mark.parametrize("stack", GRADUAL)
def test_a_gate_that_is_shut_at_any_step_sends_everybody_back(stack: str, release: Callable[[str], Release]) -> None:
    rolling = release(stack)
    path = next(g.path for g in rolling.system.rollout.gates if g.time is GateTime.EACH_STEP and g.path)
    rolling.look()
    first = rolling.there.course["release"]
    for step in range(len(rolling.steps)):
        rolling.there.broken.clear()
        rolling.there.rewind(step=step, ended="")
        rolling.there.data.update(rolling.steps[step].state)
        rolling.there.broken.add(path)
        code, said = rolling.look()
        assert code == 1, said
        assert f"rolled back: at {rolling.steps[step].name}" in said
        assert rolling.there.data == traffic.defaults(rolling.system)
    assert "was rolled back" in (rolling.directory / "rollout.md").read_text()
    rolling.there.broken.clear()
    code, said = rolling.look()
    assert (code, "was rolled back" in said) == (0, True), (
        "nobody is sent there again before there is another candidate"
    )
    rolling.there.deployments = {
        name: Deployment(each.image.replace("1" * 64, "2" * 64)) for name, each in rolling.there.deployments.items()
    }
    rolling.look()
    assert rolling.there.course["release"] != first
    assert rolling.there.data == {**traffic.defaults(rolling.system), **rolling.steps[0].state}


def test_the_new_side_is_asked_by_a_user_who_is_there(release: Callable[[str], Release]) -> None:
    rolling = release("being-prod")
    rolling.look()
    hosts = {(each.headers["host"], each.path) for each in rolling.there.asked}
    assert ("api.being.app", "/crisis/988/status") in hosts, "a path of the API is asked where the API is"
    assert {each.headers["cookie"] for each in rolling.there.asked} == {"lifeline-side=0"}


def test_one_lost_answer_is_no_verdict(release: Callable[[str], Release]) -> None:
    rolling = release("prod")
    rolling.look()
    rolling.there.lost_answers = 1
    code, said = rolling.look()
    assert (code, "rolled back" in said) == (0, False), said
    assert rolling.there.lost_answers == 0


@pytest.mark.parametrize(("held", "goes_back"), [(False, False), (True, True)])
def test_a_trigger_is_pulled_once_it_held_as_long_as_documented(
    held: bool, goes_back: bool, release: Callable[[str], Release]
) -> None:
    """Errors above 1 % for two minutes: eight looks of Prometheus, a quarter of a minute apart."""
    rolling = release("tdah-assistant-prod")
    rolling.look()
    rolling.there.holding.add("[120s:15s]) >= 8" if held else "[120s:15s]) >= 7")
    code, said = rolling.look()
    assert (code == 1, "errors: holds: count_over_time(" in said) == (goes_back, goes_back), said


def test_without_prometheus_a_strict_rollout_does_not_begin_and_an_advisory_one_says_what_it_did_not_ask(
    release: Callable[[str], Release],
) -> None:
    rolling = release("prod")
    del rolling.there.environment["LIFELINE_PROMETHEUS"]
    code, said = rolling.look("--strict")
    assert (code, rolling.there.changes) == (1, [])
    assert "cannot go on: before the first step: crisis health fails: no Prometheus was named" in said
    code, said = rolling.look()
    assert code == 0
    assert "10% of users (not asked: crisis health fails" in said


def test_a_hand_is_not_wrestled_with(release: Callable[[str], Release]) -> None:
    """Who takes users back has rolled back; who moves them elsewhere has taken over."""
    rolling = release("prod")
    rolling.look()
    rolling.there.data["canary.astral-web"] = "0"
    code, said = rolling.look()
    assert (code, "rolled back: at 10%: by hand" in said) == (1, True)

    rolling.there.object["metadata"]["annotations"].clear()
    rolling.look()
    rolling.there.data["canary.astral-web"] = "25"
    assert "from here on it is theirs" in rolling.look()[1]
    assert rolling.there.data["canary.astral-web"] == "25"
    assert "taken over by hand" in rolling.look()[1]


def test_nobody_is_sent_to_pods_that_are_not_ready(release: Callable[[str], Release]) -> None:
    rolling = release("prod")
    rolling.there.deployments["astral-web-canary-critical"].ready = 1
    assert "astral-web has 1 of 2 ready" in rolling.look()[1]
    assert rolling.there.changes == []


def test_both_sides_alike_bring_everybody_home_and_no_candidate_leaves_nobody_behind(
    release: Callable[[str], Release],
) -> None:
    rolling = release("prod")
    rolling.look()
    for each in rolling.there.deployments.values():
        each.image = NEW
    assert "everybody is on the lasting side" in rolling.look()[1]
    assert rolling.there.data == traffic.defaults(rolling.system)
    rolling.there.data["canary.astral-web"] = "100"
    rolling.there.deployments = {"astral-web": Deployment(NEW)}
    assert "the candidate is gone" in rolling.look()[1]
    assert rolling.there.data == traffic.defaults(rolling.system)
    assert "there is no candidate" in rolling.look()[1]


def test_watching_goes_on_until_the_end_of_the_time_or_of_the_rollout(release: Callable[[str], Release]) -> None:
    rolling = release("prod")
    code, said = rolling.look("--watch", "0.2")
    assert (code, said.count("moved:")) == (0, 1)
    rolling.wait(900)
    assert rolling.look("--watch", "0.2")[1].count("moved: 50%") == 1
    rolling.wait(900)
    code, said = rolling.look("--watch", "60")  # 100 %, critical paths, and the end, without a documented wait
    assert (code, said.count("moved:"), said.count("finished:")) == (0, 2, 1), said


def test_releases_that_need_maintenance_have_no_steps(release: Callable[[str], Release]) -> None:
    rolling = release("astral-draft-prod")
    code, said = rolling.look()
    assert (code, rolling.there.changes) == (0, [])
    assert "need maintenance" in said
