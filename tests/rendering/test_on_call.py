"""The on-call files: every documented role and escalation, importable, and no person's name or number in them."""

import json
import re
from typing import Any

import pytest

from rendering import on_call
from systems import registry
from systems.model import DutyBy, System


@pytest.fixture(params=registry.names())
def system(request: pytest.FixtureRequest) -> System:
    return registry.load(request.param)


@pytest.fixture
def schedule(system: System) -> dict[str, Any]:
    return json.loads(on_call.schedule(system))


def test_every_role_has_a_schedule_and_its_backup_another(system: System, schedule: dict[str, Any]) -> None:
    names = [each["name"] for each in schedule["schedules"]]
    assert len(names) == len(set(names))
    for role in system.monitoring.on_call:
        assert role.name in names
        assert (f"{role.name} (backup)" in names) is role.has_backup
        described = next(each["description"] for each in schedule["schedules"] if each["name"] == role.name)
        assert f"within {role.response_seconds // 60} minutes" in described


def test_escalations_follow_the_document(system: System) -> None:
    for priority in system.monitoring.priorities:
        steps = {name: at for names, at in on_call.ladder(system.monitoring, priority) for name in names}
        if priority.escalates_to:
            assert steps[priority.escalates_to] == (priority.escalates_after_seconds or 0)


def test_astral_draft_has_its_four_levels() -> None:
    watching = registry.load("astral-draft").monitoring
    assert on_call.ladder(watching, watching.priorities[0]) == [
        (("On-call Engineer",), 0),
        (("Team Lead",), 900),
        (("VP Engineering",), 1_800),
        (("CTO",), 3_600),
    ]


def test_v7_s_secondary_is_paged_when_the_primary_does_not_answer() -> None:
    watching = registry.load("astral-core-v7").monitoring
    steps = {name: at for names, at in on_call.ladder(watching, watching.priorities[0]) for name in names}
    assert steps == {"Primary On-Call": 0, "Secondary On-Call": 900, "Engineering Lead": 900}


def test_v2_s_contacts_answer_within_5_10_15_and_20_minutes_with_a_backup_each() -> None:
    schedules = json.loads(on_call.schedule(registry.load("astral-core-v2")))["schedules"]
    minutes = {each["name"]: each["description"].rpartition("within ")[2] for each in schedules}
    for role, expected in (
        ("Crisis Team Lead", 5),
        ("Platform Engineering", 10),
        ("Security Team", 15),
        ("Database Admin", 20),
    ):
        assert minutes[role] == minutes[f"{role} (backup)"] == f"{expected} minutes"


def test_policies_are_complete_and_point_at_schedules_there_are(schedule: dict[str, Any]) -> None:
    names = {each["name"] for each in schedule["schedules"]}
    policies = {each["name"]: each for each in schedule["escalation_policies"]}
    assert policies
    assert {each["escalation_policy"] for each in schedule["services"]} == policies.keys()
    for policy in policies.values():
        for rule in policy["escalation_rules"]:
            assert rule["escalation_delay_in_minutes"] >= 1
            assert rule["targets"]
            assert {target["name"] for target in rule["targets"]} <= names


def test_nobody_s_name_or_number_is_in_the_file(schedule: dict[str, Any]) -> None:
    assert all(layer["users"] == [] for each in schedule["schedules"] for layer in each["layers"])
    assert not re.search(r"\+\d{6,}|@\w", json.dumps(schedule))


def test_the_calendar_has_every_duty_of_a_person_in_lines_that_calendars_read(system: System) -> None:
    text = on_call.duties(system)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    unfolded = text.replace("\r\n ", "").split("\r\n")
    assert (unfolded[0], unfolded[-2]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    wanted = [each for each in system.calendar.duties if each.by is DutyBy.PERSON]
    assert sum(line == "BEGIN:VEVENT" for line in unfolded) == len(wanted)
    assert len({line for line in unfolded if line.startswith("UID:")}) == len(wanted)
    for duty in wanted:
        escaped = duty.name.replace(";", r"\;").replace(",", r"\,")
        assert any(line.startswith("SUMMARY:") and escaped in line for line in unfolded)
