"""The four steps over secrets that no server knows: signing secrets and key rings; and what is refused."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from lifeline_rotation import handler, supplied
from lifeline_rotation.settings import Reach, from_environment
from lifeline_rotation.versions import RotationError

from tests.rotation.rotating import STEPS, Rotating

PLAIN = {"kind": "plain", "characters": 64, "value": "first" + "x" * 59, "previous": "first" + "x" * 59}
RING = {"kind": "key-ring", "characters": 32, "value": "a" * 32, "newest": "1", "keys": {"1": "a" * 32}}


@pytest.fixture
def signing(manager: Any) -> Rotating:
    return Rotating(manager, "system/prod/session-signing", PLAIN)


@pytest.fixture
def ring(manager: Any) -> Rotating:
    return Rotating(manager, "system/prod/encryption-keys", RING)


def test_a_signing_secret_is_renewed_and_the_one_before_is_still_believed(signing: Rotating) -> None:
    signing.whole()
    now = signing.value()
    assert len(now["value"]) == 64
    assert now["value"] != PLAIN["value"] == now["previous"]
    assert signing.labels() == ["AWSCURRENT"]
    assert signing.value("AWSPREVIOUS") == PLAIN


def test_the_one_before_the_last_is_believed_no_more(signing: Rotating) -> None:
    signing.whole().whole()
    assert PLAIN["value"] not in json.dumps(signing.value())


def test_a_key_ring_grows_and_never_loses_a_key(ring: Rotating) -> None:
    for _ in range(5):
        ring.whole()
    now = ring.value()
    assert list(now["keys"]) == ["1", "2", "3", "4", "5", "6"]
    assert now["keys"]["1"] == "a" * 32
    assert now["newest"] == "6"
    assert now["value"] == now["keys"]["6"]
    assert all(len(key) == 32 for key in now["keys"].values())
    assert len(set(now["keys"].values())) == 6


@pytest.mark.parametrize("again", STEPS)
def test_a_step_that_is_called_twice_changes_nothing_more(signing: Rotating, again: str) -> None:
    signing.begin()
    for step in STEPS:
        signing.step(step)
        if step == again:
            before = signing.value("AWSCURRENT" if step == "finishSecret" else "AWSPENDING")
            signing.step(step)
            assert signing.value("AWSCURRENT" if step == "finishSecret" else "AWSPENDING") == before
    assert signing.labels() == ["AWSCURRENT"]


class Failing:
    """Secrets Manager with one call that fails, once."""

    def __init__(self, manager: Any, call: str) -> None:
        self._manager, self._call = manager, call

    def __getattr__(self, name: str) -> Any:
        if name == self._call:
            self._call = ""

            def refuse(**_: Any) -> None:
                raise ClientError({"Error": {"Code": "InternalServiceError", "Message": "try again"}}, name)

            return refuse
        return getattr(self._manager, name)


@pytest.mark.parametrize(
    ("step", "call"),
    [
        ("createSecret", "put_secret_value"),
        ("createSecret", "get_secret_value"),
        ("setSecret", "get_secret_value"),
        ("testSecret", "get_secret_value"),
        ("finishSecret", "update_secret_version_stage"),
        ("finishSecret", "describe_secret"),
    ],
)
def test_a_failure_of_secrets_manager_leaves_the_current_value_and_the_step_can_be_repeated(
    signing: Rotating, step: str, call: str
) -> None:
    signing.begin()
    for each in STEPS:
        if each == step:
            manager, signing.manager = signing.manager, Failing(signing.manager, call)
            with pytest.raises(ClientError):
                signing.step(each)
            signing.manager = manager
            assert signing.value() == PLAIN
        signing.step(each)
    assert signing.value()["previous"] == PLAIN["value"]


def test_a_value_changed_by_hand_meanwhile_is_not_overwritten(signing: Rotating) -> None:
    signing.begin()
    signing.step("createSecret")
    by_hand = {**PLAIN, "value": "by hand" + "y" * 57}
    signing.by_hand(by_hand)
    for step in ("setSecret", "finishSecret"):
        with pytest.raises(RotationError, match="changed by hand"):
            signing.step(step)
    assert signing.value() == by_hand


def test_a_ring_that_got_a_key_by_hand_meanwhile_keeps_it(ring: Rotating) -> None:
    ring.begin()
    ring.step("createSecret")
    by_hand = {**RING, "newest": "2", "value": "b" * 32, "keys": {"1": "a" * 32, "2": "b" * 32}}
    ring.by_hand(by_hand)
    with pytest.raises(RotationError, match="keys 2 would be lost"):
        ring.step("finishSecret")
    assert ring.whole().value()["keys"].keys() == {"1", "2", "3"}


def test_a_rotation_that_was_given_up_does_not_hinder_the_next(signing: Rotating) -> None:
    signing.begin()
    signing.step("createSecret")
    signing.whole()
    assert signing.value()["previous"] == PLAIN["value"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "kerberos"}, "kind 'kerberos' cannot be rotated; there are plain, key-ring, postgresql"),
        ({"kind": "postgresql"}, "DATABASE is empty"),
        ({"kind": "redis"}, "CACHE_NODES is empty"),
    ],
)
def test_what_cannot_be_rotated_says_why(manager: Any, change: dict[str, Any], words: str) -> None:
    rotating = Rotating(manager, "system/prod/odd", {**PLAIN, **change}).begin()
    with pytest.raises(RotationError, match=words):
        rotating.step("createSecret")


def test_steps_and_versions_that_do_not_belong_are_refused(signing: Rotating) -> None:
    signing.begin()
    with pytest.raises(RotationError, match="there is no step 'forgetSecret'"):
        signing.step("forgetSecret")
    with pytest.raises(RotationError, match="there is no version 0000"):
        signing.step("setSecret", token="0000" * 9)
    with pytest.raises(RotationError, match="createSecret comes first"):
        signing.step("setSecret")
    old = next(version for version in signing.manager.describe_secret(SecretId=signing.name)["VersionIdsToStages"])
    for step in STEPS:
        signing.step(step)
    signing.begin()
    with pytest.raises(RotationError, match="not labelled AWSPENDING"):
        signing.step("createSecret", token=old)


def test_a_secret_without_rotation_is_left_alone(manager: Any) -> None:
    made = manager.create_secret(Name="system/prod/quiet", SecretString=json.dumps(PLAIN))
    event = {"Step": "createSecret", "SecretId": "system/prod/quiet", "ClientRequestToken": made["VersionId"]}
    with pytest.raises(RotationError, match="rotation is not enabled"):
        handler.rotate(manager, event, Reach())


def test_the_log_says_what_was_done_and_no_value(
    signing: Rotating, ring: Rotating, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        signing.whole()
        ring.whole()
    told = caplog.text
    assert '"step": "finishSecret", "secret": "system/prod/session-signing"' in told
    for value in (PLAIN["value"], signing.value()["value"], *ring.value()["keys"].values()):
        assert value not in told


def test_empty_slots_and_old_values_of_suppliers_become_metrics(
    manager: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    manager.create_secret(Name="system/prod/pagerduty-key")
    manager.create_secret(Name="system/prod/slack-webhook", SecretString="https://hooks.example.org/1")
    supplied.report(manager, ["system/prod/pagerduty-key", "system/prod/slack-webhook"], "system-prod")
    told = json.loads(capsys.readouterr().out)
    assert (told["EmptySecrets"], told["OldestSecretDays"], told["Stack"]) == (1, 0, "system-prod")
    assert told["empty"] == ["system/prod/pagerduty-key"]
    described = told["_aws"]["CloudWatchMetrics"][0]
    assert (described["Namespace"], described["Dimensions"]) == ("Lifeline", [["Stack"]])
    assert "hooks" not in json.dumps(told)


def test_the_entry_point_takes_events_of_both_kinds(signing: Rotating, capsys: pytest.CaptureFixture[str]) -> None:
    signing.begin()
    event = {"SecretId": signing.name, "ClientRequestToken": signing.token}
    for step in STEPS:
        handler.handle({**event, "Step": step}, None)
    assert signing.value()["previous"] == PLAIN["value"]
    handler.handle({"supplied": [signing.name], "stack": "system-prod"}, None)
    assert '"EmptySecrets": 0' in capsys.readouterr().out


def test_the_environment_says_where_servers_are() -> None:
    reach = from_environment({"CACHE_NODES": "one:6379,two:6379", "DATABASE": "db.internal:5432", "OTHER": "x"})
    assert reach.cache_addresses == ("one:6379", "two:6379")
    database = reach.database()
    assert (database.host, database.port) == ("db.internal", 5432)
    assert len(database.trust.get_ca_certs()) == 15
    with pytest.raises(RotationError, match="is no address"):
        from_environment({"DATABASE": "db.internal"}).database()
