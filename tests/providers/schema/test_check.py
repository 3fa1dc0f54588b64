"""What `check` refuses, and in which words."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.providers import schema
from rehearsal.providers.wire import ARCHIVE, ASSET, MARK, UNKNOWN

BUCKET = "aws:s3/bucket:Bucket"


def problems(token: str, inputs: dict[str, Any]) -> list[tuple[str, str]]:
    described = schema.load(token.split(":")[0], [token]).resource(token)
    assert described is not None
    return [(failure.property, failure.reason) for failure in schema.check(described, inputs)]


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({"buckt": "a"}, ("buckt", "is not a property of aws:s3/bucket:Bucket; did you mean 'bucket'?")),
        (
            {"lifecycleRules": [{"enabled": True, "expiration": {"days": "seven"}}]},
            ("lifecycleRules[0].expiration.days", "must be an integer, got a string"),
        ),
        (
            {"lifecycleRules": [{"enabled": True, "expiration": {"days": 7.5}}]},
            ("lifecycleRules[0].expiration.days", "must be an integer, got a fraction"),
        ),
        ({"lifecycleRules": [{"expiration": {}}]}, ("lifecycleRules[0].enabled", "is required but missing")),
        ({"lifecycleRules": {"enabled": True}}, ("lifecycleRules", "must be a list, got an object")),
        ({"tags": {"cost center": 12}}, ('tags["cost center"]', "must be a string, got a number")),
        ({"forceDestroy": "yes"}, ("forceDestroy", "must be a boolean, got a string")),
        ({"bucket": True}, ("bucket", "must be a string, got a boolean")),
        (
            {"versioning": {"mfa_delete": True}},
            ("versioning.mfa_delete", "is not a property of s3.BucketVersioning; did you mean 'mfaDelete'?"),
        ),
    ],
)
def test_a_wrong_input_is_named_with_its_path(inputs: dict[str, Any], expected: tuple[str, str]) -> None:
    assert problems(BUCKET, inputs) == [expected]


def test_everything_wrong_is_told_at_once() -> None:
    found = problems("aws:ec2/subnet:Subnet", {"cidrBlok": "10.0.0.0/24", "mapPublicIpOnLaunch": 1})
    assert [place for place, _ in found] == ["vpcId", "cidrBlok", "mapPublicIpOnLaunch"]


def test_a_document_is_checked_in_the_form_it_was_given() -> None:
    role = "aws:iam/role:Role"
    assert problems(role, {"assumeRolePolicy": "{}"}) == []
    statement = {"Effect": "Allow", "Action": ["sts:AssumeRole"], "Principal": {"Service": "ec2.amazonaws.com"}}
    assert problems(role, {"assumeRolePolicy": {"Version": "2012-10-17", "Statement": [statement]}}) == []
    misspelt = {**statement, "Acton": []}
    assert problems(role, {"assumeRolePolicy": {"Version": "2012-10-17", "Statement": [misspelt]}}) == [
        ("assumeRolePolicy.Statement[0].Acton", "is not a property of iam.PolicyStatement; did you mean 'Action'?")
    ]
    assert problems(role, {"assumeRolePolicy": 5}) == [
        ("assumeRolePolicy", "must be a string or an object, got a number")
    ]


def test_assets_and_archives_are_told_from_objects_and_each_other() -> None:
    function = "aws:lambda/function:Function"
    archive, asset = {MARK: ARCHIVE, "path": "code"}, {MARK: ASSET, "text": "code"}
    assert problems(function, {"role": "r", "code": archive}) == []
    assert problems(function, {"role": "r", "code": asset}) == [("code", "must be an archive, got an asset")]
    assert problems(function, {"role": "r", "code": {"path": "x"}}) == [("code", "must be an archive, got an object")]
    assert problems(BUCKET, {"tags": archive}) == [("tags", "must be a map, got an archive")]


def test_unknown_values_are_accepted_anywhere_and_satisfy_required_ones() -> None:
    assert problems("aws:ec2/subnet:Subnet", {"vpcId": UNKNOWN, "mapPublicIpOnLaunch": UNKNOWN}) == []
    assert problems(BUCKET, {"lifecycleRules": [UNKNOWN, {"enabled": UNKNOWN}], "tags": {"a": UNKNOWN}}) == []
    assert problems("aws:iam/role:Role", {"assumeRolePolicy": UNKNOWN}) == []


def test_whole_floats_are_integers_and_the_engines_own_keys_are_ignored() -> None:
    rules = [{"enabled": True, "expiration": {"days": 7.0, "__defaults": []}}]
    assert problems(BUCKET, {"lifecycleRules": rules, "__defaults": []}) == []


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
ANYTHING = st.recursive(
    SCALARS | st.just(UNKNOWN),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.sampled_from(["lifecycleRules", "tags", "bucket", "versioning", "policy", "forceDestroy"]), ANYTHING)
def test_any_value_is_judged_without_a_crash(name: str, value: Any) -> None:
    for place, _ in problems(BUCKET, {name: value}):
        assert place.startswith(name)


@given(st.uuids().map(str))
def test_no_value_is_ever_repeated_in_a_refusal(secret: str) -> None:
    wrong = {"forceDestroy": secret, "versioning": {"enabled": [secret]}, "tags": {"k": [secret]}, "website": secret}
    found = problems(BUCKET, wrong)
    assert len(found) == 4
    assert not any(secret in reason for _, reason in found)
