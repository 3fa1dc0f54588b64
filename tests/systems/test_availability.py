"""The availability level: up is free, down needs a reason and must still keep what production promises."""

import pytest

from systems.availability import LEVELS, at_level, level_of
from systems.model import Environment, SpecError, System
from systems.registry import load


@pytest.fixture
def staging() -> System:
    return load("astral-core-v2", Environment.STAGING)


def test_each_environment_has_its_level(staging: System) -> None:
    assert level_of(load("astral-core-v2")) == 3
    assert level_of(staging) == 2


@pytest.mark.parametrize("number", LEVELS)
def test_every_level_can_be_had_in_staging(staging: System, number: int) -> None:
    assert level_of(at_level(staging, number, "to try it")) == number


def test_up_is_free_and_adds_only_what_is_missing(staging: System) -> None:
    raised = at_level(staging, 3, "")
    assert (raised.objectives.zones, raised.database.multi_az) == (3, True)
    assert raised.workload("astral-web").replicas == staging.workload("astral-web").replicas


def test_down_needs_a_reason(staging: System) -> None:
    with pytest.raises(SpecError, match="going down from 2 to 1 needs a reason"):
        at_level(staging, 1, " ")
    lower = at_level(staging, 1, "one tester")
    assert lower.workload("astral-web").because["replicas"] == "one tester"


def test_production_cannot_go_below_its_promises() -> None:
    with pytest.raises(SpecError, match="crisis system, zone: RTO 300 s cannot be kept"):
        at_level(load("astral-core-v2"), 2, "cheaper")


def test_an_unknown_level_is_answered_with_those_there_are(staging: System) -> None:
    with pytest.raises(SpecError, match="4 is no level; levels are 1, 2, 3"):
        at_level(staging, 4, "more")
