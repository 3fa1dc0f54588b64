"""What whoever ran the first `up` reads: where everything is, and what is left to do."""

import json
from typing import Any

import pytest

from components.aws.topics import slug
from settings import parse
from systems.model import Audience, SecretClass
from tests.components.recording import STACK, STACKS, Registered, of, only, recorded, values

#: In one process with the other tests of registrations: the program is run once for all of them.
pytestmark = pytest.mark.xdist_group("registrations")


@pytest.fixture(params=STACKS)
def stack(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def registered(stack: str) -> tuple[Registered, ...]:
    return recorded(stack)


@pytest.fixture
def told(registered: tuple[Registered, ...]) -> dict[str, Any]:
    return only(registered, STACK).inputs


def test_every_name_that_answers_from_outside_has_its_url(stack: str, told: dict[str, Any]) -> None:
    settings = parse(values(stack))
    hosts = {
        each.label for each in settings.system.edge.hosts if each.audience in (Audience.PUBLIC, Audience.ADMINISTRATORS)
    }
    wanted = {f"https://{label}.{settings.domain}" if label else f"https://{settings.domain}" for label in hosts}
    assert wanted <= set(told["urls"].values())
    assert told["urls"]["platform"] == told["url"]
    crisis = settings.system.crisis
    assert told["urls"].get("crisis_page") == (f"{told['url']}{crisis.page_path}" if crisis else None)


def test_the_registrar_is_told_name_servers_and_the_delegation_signer(
    registered: tuple[Registered, ...], told: dict[str, Any]
) -> None:
    assert told["delegate_to"].keys() == {"name_servers", "delegation_signer"}
    assert len(told["delegate_to"]["name_servers"]) >= 2
    assert (
        told["distribution"] == f"{only(registered, 'Distribution', 'edge-delivery-distribution').name}.cloudfront.net"
    )


def test_cluster_database_and_buckets_are_told_by_the_names_they_have(
    registered: tuple[Registered, ...], told: dict[str, Any]
) -> None:
    assert told["cluster"] in {each.inputs["name"] for each in of(registered, "eks/cluster:Cluster")}
    assert told["database"].endswith(".rds.amazonaws.com")
    buckets = {each.inputs["bucket"] for each in of(registered, "s3/bucket:Bucket")}
    assert set(_texts(told["buckets"])) <= buckets
    assert told["buckets"].keys() == {"backups", "uploads", "logs", "records"}


def test_dashboards_inside_and_outside_the_cluster_are_told(
    registered: tuple[Registered, ...], told: dict[str, Any]
) -> None:
    shown = only(registered, "cloudwatch/dashboard:Dashboard").inputs["dashboardName"]
    assert told["dashboards"]["alarms"].endswith(shown)
    assert told["dashboards"]["platform"].startswith("https://monitoring.")


def test_the_alarm_dashboard_begins_with_all_that_pages_wherever_it_is_made(
    registered: tuple[Registered, ...],
) -> None:
    dashboard = json.loads(only(registered, "cloudwatch/dashboard:Dashboard").inputs["dashboardBody"])
    shown = next(each["properties"]["alarms"] for each in dashboard["widgets"] if each["type"] == "alarm")
    elsewhere = ("alert-topics-", "edge-alarms-", "audit-alarms-")
    paging = [
        *of(registered, "compositeAlarm:CompositeAlarm"),
        *(each for each in of(registered, "metricAlarm:MetricAlarm") if each.name.startswith(elsewhere)),
    ]
    assert {each.name.split("-")[0] for each in paging} == {"alarms", "alert", "edge", "audit"}
    assert sorted(each.arn for each in paging) == sorted(shown)
    assert len(shown) <= 100, "AWS shows no more in one list"


def test_next_steps_are_numbered_and_name_what_is_missing_in_this_stack(
    stack: str, registered: tuple[Registered, ...], told: dict[str, Any]
) -> None:
    steps, settings = told["next_steps"], parse(values(stack))
    assert [each.split(".")[0] for each in steps] == [str(number) for number in range(1, len(steps) + 1)]
    assert settings.domain in steps[0] and "delegate_to" in steps[0]
    assert steps[-1].endswith(f"make health STACK={stack} WITHIN=900")
    supplied = {each.name for each in settings.system.secrets.secrets if each.secret_class is SecretClass.SUPPLIED}
    empty = next((each for each in steps if "Empty secrets" in each), "")
    assert {each for each in supplied if each in empty} == supplied - settings.supplied_secrets.keys()
    unheard = next((each for each in steps if "Nobody hears" in each), "")
    subscribed = {each.name.rpartition("-")[0] for each in of(registered, "topicSubscription:TopicSubscription")}
    silent = [
        each.name for each in settings.system.monitoring.priorities if f"topics-{slug(each.name)}" not in subscribed
    ]
    assert all(each in unheard for each in silent)
    assert silent or not unheard


def test_no_secret_is_told(stack: str, registered: tuple[Registered, ...], told: dict[str, Any]) -> None:
    text = json.dumps(told)
    made = {f"{each.name}-made" for each in registered if each.type.startswith(("random:", "tls:"))}
    assert made
    assert not [each for each in made if each in text]
    assert not [value for value in parse(values(stack)).supplied_secrets.values() if value in text]


def _texts(value: Any) -> list[str]:
    return [text for each in value.values() for text in _texts(each)] if isinstance(value, dict) else [value]
