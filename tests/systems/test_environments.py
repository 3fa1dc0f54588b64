"""Staging is production with a short list of lowered values; the whole difference is one page."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from systems import report
from systems.environments import Lowered, lowered
from systems.model import Environment, SpecError
from systems.registry import load, names
from systems.tree import Change, at, changed

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", names())
def test_the_difference_is_the_one_that_was_reviewed(name: str) -> None:
    told = report.difference(name) + "\n"
    golden = GOLDEN / f"{name}.diff.txt"
    if os.environ.get("LIFELINE_UPDATE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(told)
    assert golden.read_text() == told, "run with LIFELINE_UPDATE_GOLDEN=1 and review the change"


@pytest.mark.parametrize("name", names())
def test_staging_differs_in_values_only_never_in_shape(name: str) -> None:
    production, staging = load(name, Environment.PRODUCTION), load(name, Environment.STAGING)
    assert [each.name for each in production.workloads] == [each.name for each in staging.workloads]
    assert production.edge == staging.edge
    assert production.critical_paths == staging.critical_paths
    assert production.monitoring.alerts == staging.monitoring.alerts


def test_a_path_finds_its_value() -> None:
    v2 = load("astral-core-v2")
    assert at(v2, "application.workloads[astral-web].replicas") == 3
    assert at(v2, "database.roles[astral_user].connections") == 140


@pytest.mark.parametrize(
    ("difference", "says"),
    [
        (Lowered("database.multi_ax", False, "typo"), "Database 'astral_core_v2' has no 'multi_ax'; it has"),
        (Lowered("application.workloads[api].replicas", 1, "none"), "there is no 'api'; there are astral-web"),
        (Lowered("database.storage_gib", 2000, "more"), "2000 is not below production's 1000"),
        (Lowered("database.storage_gib", "500", "text"), "not the same kind of value"),
        (Lowered("database.multi_az", False, " "), "gives no reason"),
        (Lowered("database.name", "other", "renamed"), "cannot be lowered from 'astral_core_v2' to 'other'"),
        (Lowered("database replicas", 0, "no path"), "is no path"),
        (
            Lowered("objectives.recovery_level", "lukewarm", "no choice"),
            "choices are copies-only, pilot-light, warm-standby",
        ),
        (Lowered("hardware.build_to", "recommended", "the same"), "recommended is not below production's recommended"),
        (Lowered("database.storage_gib.x", 0, "too deep"), "there is nothing below"),
    ],
)
def test_what_may_not_be_lowered(difference: Lowered, says: str) -> None:
    with pytest.raises(SpecError, match=r"database|application|objectives|hardware") as caught:
        lowered(load("astral-core-v2"), (difference,))
    assert says in str(caught.value)


def test_all_that_is_wrong_with_a_list_is_said_at_once() -> None:
    wrong = (Lowered("database.nothing", 1, "x"), Lowered("cache.nodes", 5, "more"), Lowered("edge.domain", 1, "x"))
    with pytest.raises(SpecError) as caught:
        lowered(load("astral-core-v2"), wrong)
    assert len(caught.value.problems) == 3


def test_a_lowered_value_carries_its_reason() -> None:
    smaller = lowered(load("astral-core-v2"), (Lowered("load_balancer.replicas", 2, "a quiet week"),))
    assert smaller.load_balancer.replicas == 2
    assert smaller.load_balancer.because["replicas"] == "a quiet week"


def test_choices_may_be_given_as_text() -> None:
    staging = load("astral-core-v2", Environment.STAGING)
    by_text = lowered(
        replace(load("astral-core-v2"), environment=Environment.STAGING),
        (Lowered("objectives.recovery_level", "copies-only", "as in a stack file"),),
    )
    assert by_text.objectives.recovery_level is staging.objectives.recovery_level


def test_production_lowered_below_its_promises_does_not_build() -> None:
    with pytest.raises(SpecError, match="crisis system, zone: RTO 300 s cannot be kept"):
        lowered(load("astral-core-v2"), (Lowered("database.multi_az", False, "cheaper"),))


def test_changes_hold_together_only_at_their_end() -> None:
    staging = load("astral-core-v2", Environment.STAGING)
    larger = [Change("database.storage_gib", 900, "x"), Change("database.maximum_storage_gib", 900, "x")]
    assert changed(staging, larger).database.storage_gib == 900
    assert changed(staging, larger[::-1]).database.storage_gib == 900
