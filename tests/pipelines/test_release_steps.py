"""The shell steps that lead a release, word for word as the workflows have them, against servers that a job would meet:
the platform's door, Prometheus, AWS's API and the cluster's. Nothing is replaced but where they listen.
"""

import datetime
import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from operations import maintenance
from operations.aftermath import TOLD_BY, due
from operations.asking import ways
from operations.health.stack import stack_settings
from operations.rollout import release_of, stages
from operations.traffic import RECORD, Course, Traffic
from systems import registry
from tests.pipelines.surroundings import NEW, OLD, Deployment, Surroundings, meeting
from tests.pipelines.workflows import run, script

AT_EACH_STEP = ("rollout/rollout", "the document's gates at each step")
CLOSE = ("release/production", "visitors are told")
REOPEN = ("release/production", "the document's gates before visitors are let in")
REPORT = ("rollout/rollout", "the report that is due")
Step = Callable[..., tuple[int, str]]
NOW = datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC)


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Callable[[str], Surroundings]]:
    with ExitStack() as servers:
        yield lambda stack: servers.enter_context(meeting(stack, tmp_path))


@pytest.fixture
def step(checkout: Path) -> Step:
    def take(which: tuple[str, str], there: Surroundings, **environment: str) -> tuple[int, str]:
        done = run(script(*which), checkout, **there.environment, **environment)
        return done.code, done.said

    return take


def test_a_step_of_a_rollout_ends_in_everybody_there_or_everybody_back(
    there: Callable[[str], Surroundings], step: Step, checkout: Path
) -> None:
    at = there("prod")
    at.deployments = {"astral-web": Deployment(OLD), "astral-web-critical": Deployment(OLD)}
    at.deployments |= {"astral-web-canary": Deployment(NEW), "astral-web-canary-critical": Deployment(NEW)}
    # As if all but the last step lay behind: no wait is documented there, and its gates decide.
    system = stack_settings("prod").system
    steps = stages(system, ["astral-web"])
    release = release_of(Traffic(system, lambda: at.api).candidates())
    began = datetime.datetime.now(datetime.UTC).isoformat()
    course = Course(release=release, step=len(steps) - 1, began=began, since=began)
    at.data.update(steps[-1].state)
    at.object["metadata"]["annotations"][RECORD] = json.dumps(asdict(course))
    at.broken.add("/api/crisis/health")
    code, said = step(AT_EACH_STEP, at, STRICT="1")
    assert code != 0
    assert "rolled back: at 100% with critical paths: crisis health" in said
    assert at.data["canary.astral-web"] == "0"
    assert at.data["critical.side"] == "stable"

    at.broken.clear()
    at.data.update(steps[-1].state)
    at.rewind(ended="")
    code, said = step(AT_EACH_STEP, at, STRICT="1")
    assert (code, "finished: everybody is on the new side" in said) == (0, True), said
    assert (checkout / ".delivery" / "prod" / "rollout.md").read_text().startswith("# prod: the rollout is finished")


def test_a_release_in_maintenance_opens_only_through_its_gates(
    there: Callable[[str], Surroundings], step: Step, checkout: Path
) -> None:
    at = there("astral-draft-prod")
    wanted = stack_settings("astral-draft-prod").images["astraldraft"]
    names = [each.object_name for each in stack_settings("astral-draft-prod").system.workloads]
    at.deployments = {name: Deployment(OLD) for name in names}
    code, said = step(CLOSE, at)
    assert code == 0, said
    assert {key: value for key, value in at.data.items() if key.startswith("maintenance.")} == {
        "maintenance.root": "on",
        "maintenance.api": "on",
    }
    assert at.scaled == [(name, 0) for name in names]

    for each in at.deployments.values():
        each.image = wanted
    npm = checkout.parent / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text("#!/bin/sh\n[ ! -e broken ]\n")
    npm.chmod(0o755)
    application = checkout.parent / "application"
    application.mkdir()
    (application / "broken").touch()
    given = {"LIFELINE_APPLICATION": str(application), "PATH": f"{npm.parent}:/usr/bin:/bin", "STRICT": "1"}
    code, said = step(REOPEN, at, **given, WITHIN="0")
    assert code != 0, said
    assert "stays closed" in said
    assert at.data["maintenance.root"] == "on"

    (application / "broken").unlink()
    code, said = step(REOPEN, at, **given)
    assert (code, "visitors are let in" in said) == (0, True), said
    assert at.data["maintenance.root"] == at.data["maintenance.api"] == "off"
    assert at.scaled[-3:] == [(name, 2) for name in names]

    # 24 hours later.
    day = datetime.timedelta(hours=25)
    at.rewind(since=(datetime.datetime.fromisoformat(at.course["since"]) - day).isoformat())
    at.figures = {"http_request_duration_seconds_sum": "0.125", "responses_total": "86400"}
    step(REPORT, at)
    page = (checkout / ".delivery" / "astral-draft-prod" / "aftermath.md").read_text()
    assert page.startswith("# astral-draft-prod: 24 hours after the release")
    assert "| response time, mean | 0.125 s | 0.125 s |" in page
    assert "| CPU, most | not measured | not measured |" in page
    headings = re.findall(r"^## (.*)$", page, re.MULTILINE)
    assert headings == list(stack_settings("astral-draft-prod").system.rollout.report)
    assert "## User feedback score\n\nNo figure tells this" in page
    assert at.course["reported"] is True


def test_a_change_without_a_new_image_closes_nothing(
    there: Callable[[str], Surroundings], capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor does a first deployment; and what was not closed is not opened."""
    at, settings = there("astral-draft-prod"), stack_settings("astral-draft-prod")
    traffic = Traffic(settings.system, lambda: at.api)
    for image in (settings.images["astraldraft"], "mirror.test/x/" + settings.images["astraldraft"], None):
        at.deployments = {each.object_name: Deployment(image) for each in settings.system.workloads} if image else {}
        assert maintenance.close(settings, traffic, lambda: NOW, lambda _: None) == 0
    patience = maintenance.Patience(within=0, clock=lambda: 0.0, sleep=lambda _: None)
    assert maintenance.reopen(settings, traffic, ways(None, None), True, lambda: NOW, patience) == 0
    assert capsys.readouterr().out.splitlines() == [
        *["no image changes: visitors stay"] * 3,
        "nothing was closed for a release",
    ]
    assert (at.changes, at.scaled) == ([], [])


def test_a_report_is_due_once_so_many_hours_after_the_end_of_a_release() -> None:
    system, ended = stack_settings("being-prod").system, NOW - datetime.timedelta(hours=24)
    course = Course(release="r", step=0, began=ended.isoformat(), since=ended.isoformat(), ended="finished")
    assert due("being-prod", system, course, NOW, None)
    for wrong in (
        replace(course, since=(ended + datetime.timedelta(seconds=1)).isoformat()),
        replace(course, ended=""),
        replace(course, reported=True),
        None,
    ):
        assert due("being-prod", system, wrong, NOW, None) is None
    assert due("prod", stack_settings("prod").system, course, NOW, None) is None, "no document asks for it"
    assert "It was rolled back: at 5%: errors." in str(
        due("being-prod", system, replace(course, ended="rolled back", why="at 5%: errors"), NOW, None)
    )


@pytest.mark.parametrize("name", registry.names())
def test_every_line_of_a_documented_report_is_told_by_a_figure_or_left_to_people(name: str) -> None:
    to_people = {
        *("User feedback score", "incidents and their resolutions", "procedures to update"),
        "feedback of all stakeholders",
    }
    assert set(registry.load(name).rollout.report) <= {*TOLD_BY, *to_people}
