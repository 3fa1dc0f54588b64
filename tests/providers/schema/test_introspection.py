"""The catalogue against the real SDKs: the traps that a plausible reading of them falls into."""

import pytest

from rehearsal.providers import schema


def resource(token: str) -> schema.ResourceSchema:
    found = schema.load(token.split(":")[0], [token]).resource(token)
    assert found is not None
    return found


def test_a_resource_whose_plain_args_name_belongs_to_a_nested_type() -> None:
    versioning = resource("aws:s3/bucketVersioning:BucketVersioning")
    assert set(versioning.inputs) == {"bucket", "expectedBucketOwner", "mfa", "region", "versioningConfiguration"}
    assert versioning.required == {"bucket", "versioningConfiguration"}
    assert versioning.inputs["versioningConfiguration"].fields["status"].kind == "string"


def test_output_only_and_computed_properties_of_a_network() -> None:
    vpc = resource("aws:ec2/vpc:Vpc")
    assert {"arn", "defaultRouteTableId", "ownerId", "tagsAll"} <= vpc.outputs_only
    assert {"cidrBlock", "region", "ipv6CidrBlock"} <= vpc.computed
    assert not {"tags", "instanceTenancy", "ipv4IpamPoolId"} & vpc.computed
    assert not vpc.outputs_only & vpc.inputs.keys()


def test_a_document_may_be_text_or_an_object() -> None:
    policy = resource("aws:iam/role:Role").inputs["assumeRolePolicy"]
    assert [branch.kind for branch in policy.one_of] == ["string", "object"]
    assert "Statement" in policy.one_of[1].fields


def test_lists_of_inputs_and_unions_with_enums_are_unwrapped() -> None:
    bucket = resource("aws:s3/bucket:Bucket")
    rules = bucket.inputs["lifecycleRules"]
    assert rules.kind == "list"
    assert rules.item is not None
    assert rules.item.fields["expiration"].fields["days"].kind == "integer"
    assert bucket.inputs["acl"].kind == "string"
    assert bucket.inputs["tags"].item == schema.PropertyType("string")


def test_assets_and_archives_have_their_own_kinds() -> None:
    source = resource("aws:s3/bucketObject:BucketObject").inputs["source"]
    assert {branch.kind for branch in source.one_of} == {"asset", "archive"}
    assert resource("aws:lambda/function:Function").inputs["code"].kind == "archive"


def test_a_resource_given_where_its_name_is_wanted_travels_as_text() -> None:
    assert resource("aws:lambda/permission:Permission").inputs["function"].kind == "string"


@pytest.mark.parametrize(
    ("token", "secrets"),
    [
        ("random:index/randomPassword:RandomPassword", {"result", "bcryptHash"}),
        ("random:index/randomBytes:RandomBytes", {"base64", "hex"}),
        ("tls:index/privateKey:PrivateKey", {"privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"}),
        ("random:index/randomPet:RandomPet", set()),
    ],
)
def test_what_the_sdk_marks_as_secret(token: str, secrets: set[str]) -> None:
    assert resource(token).secrets == secrets


@pytest.mark.parametrize("package", ["random", "tls", "docker"])
def test_every_resource_of_a_small_sdk_can_be_described(package: str) -> None:
    catalogue = schema.load(package)
    assert catalogue.tokens()
    for token in catalogue.tokens():
        described = catalogue.resource(token)
        assert described is not None
        assert described.inputs.keys() >= described.required
        untyped = [name for name, kind in described.inputs.items() if kind.kind == "any"]
        assert untyped == []


def test_a_type_the_sdk_lacks_is_none_and_not_listed() -> None:
    catalogue = schema.load("random", ["random:index/randomPet:RandomPet", "random:index/nonsense:Nonsense"])
    assert catalogue.resource("random:index/nonsense:Nonsense") is None
    assert catalogue.tokens() == ["random:index/randomPet:RandomPet"]
