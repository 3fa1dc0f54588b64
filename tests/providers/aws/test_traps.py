"""What AWS refuses and the emulator swallows is refused before anything is made, and says by whom.

Each trap is first sprung: sent to the emulator with all our own checks off, to show that it really is swallowed.
Then the same inputs go through the provider's check and the second witness, as in every preview.
"""

import json
import os
import re
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal import paths
from rehearsal.providers.aws import registry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.placing import Placer
from rehearsal.providers.aws.provider import Aws
from rehearsal.providers.provider import Refused, Resource
from rehearsal.witness import judge
from rehearsal.witness.record import Checked
from tests.providers.aws.traps import TRAPS, Trap

REPORT = paths.PROJECT / "docs" / "traps.md"
REGION = "us-east-1"
LEAST_SWALLOWED, LEAST_REFUSED = 60, 55

Swallowed = dict[str, bool]


@pytest.fixture(scope="module")
def provider(emulators: paths.StackPaths, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    stack = tmp_path_factory.mktemp("traps")
    (stack / "endpoints.json").write_text(json.dumps({"aws": json.loads(emulators.endpoints.read_text())["aws"]}))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(paths.STACK_DIRECTORY_VARIABLE, str(stack))
        made = Aws()
        made.configure({"region": REGION})
        yield made


@pytest.fixture(scope="module")
def there(provider: Aws) -> dict[str, str]:
    """Things that exist, for the traps to refer to."""
    account = provider._settings

    def call(service: str, operation: str, **request: Any) -> dict[str, Any]:
        return account.clients.call(service, REGION, operation, request)

    trust = {"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    vpc = call("ec2", "CreateVpc", CidrBlock="10.50.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        call("ec2", "CreateSubnet", VpcId=vpc, CidrBlock=f"10.50.{n}.0/24", AvailabilityZone=f"{REGION}{zone}")
        for n, zone in enumerate("ab")
    ]
    subnet, subnet_b = (each["Subnet"]["SubnetId"] for each in subnets)
    role = call(
        "iam",
        "CreateRole",
        RoleName="parent",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]["Arn"]
    call("s3", "CreateBucket", Bucket="parent-bucket")
    call("s3", "CreateBucket", Bucket="parent-locked-bucket", ObjectLockEnabledForBucket=True)
    balancer = call("elbv2", "CreateLoadBalancer", Name="parent", Subnets=[subnet, subnet_b], Scheme="internal")
    group = call("elbv2", "CreateTargetGroup", Name="parent", Protocol="HTTP", Port=80, VpcId=vpc)
    call("eks", "CreateCluster", name="parent", roleArn=role, resourcesVpcConfig={"subnetIds": [subnet, subnet_b]})
    zone = call("route53", "CreateHostedZone", Name="trap.org", CallerReference="parent")["HostedZone"]["Id"]
    return {
        "vpc": vpc,
        "subnet": subnet,
        "subnet_b": subnet_b,
        "role": role,
        "bucket": "parent-bucket",
        "locked_bucket": "parent-locked-bucket",
        "group": call("ec2", "CreateSecurityGroup", GroupName="parent", Description="x", VpcId=vpc)["GroupId"],
        "key": call("kms", "CreateKey")["KeyMetadata"]["KeyId"],
        "secret": call("secretsmanager", "CreateSecret", Name="parent")["ARN"],
        "balancer": balancer["LoadBalancers"][0]["LoadBalancerArn"],
        "target_group": group["TargetGroups"][0]["TargetGroupArn"],
        "cluster": "parent",
        "topic": call("sns", "CreateTopic", Name="parent")["TopicArn"],
        "certificate": call("acm", "RequestCertificate", DomainName="trap.org")["CertificateArn"],
        "image": f"{account.account}.dkr.ecr.{REGION}.amazonaws.com/parent@sha256:{'0' * 64}",
        "function": f"arn:aws:lambda:{REGION}:{account.account}:function:parent",
        "zone": zone.removeprefix("/hostedzone/"),
    }


def _filled(value: Any, there: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(item, there) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, there) for item in value]
    if isinstance(value, str):
        return re.sub(r"\{(\w+)\}", lambda match: there.get(match[1], match[0]), value)
    return value


def _springs(provider: Aws, trap: Trap, inputs: dict[str, Any]) -> bool:
    """Whether the emulator takes these inputs when nobody of ours looks at them."""
    r = Live(registry.entry_of(trap.type), provider._settings, _resource(trap), inputs, {})
    with pytest.MonkeyPatch.context() as blindfold:
        blindfold.setattr(Placer, "_refuse", lambda *_: None)
        try:
            provider._make(r)
            provider._remove(r)  # some inputs are used only then: a waiting time, a last snapshot
        except Refused:
            return False
    return True


def _resource(trap: Trap) -> Resource:
    return Resource(f"urn:pulumi:traps::lifeline::{trap.type}::{trap.wrong.replace(' ', '-')}", trap.type)


def _refusals(provider: Aws, trap: Trap, inputs: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Who refuses, at which property, in which words."""
    completed, failures = provider.check(_resource(trap), inputs, {})
    found = [(_who(failure.reason), failure.property, failure.reason) for failure in failures]
    if found:
        return found
    checked = Checked(_resource(trap).urn, trap.type, REGION, completed)
    return [("second witness", each.property, each.reason) for each in judge.judge([checked])]


def _who(reason: str) -> str:
    named = re.search(r"\((AWS service model|AWS rule)\)$", reason)
    return {"AWS service model": "service model", "AWS rule": "rule"}[named[1]] if named else "schema"


def test_traps_are_refused_and_would_have_sprung(provider: Aws, there: dict[str, str]) -> None:
    rows: list[str] = []
    swallowed = refused = 0
    wrong_place: list[str] = []
    for trap in TRAPS:
        inputs = _filled(trap.inputs, there)
        springs = _springs(provider, trap, inputs)
        refusals = _refusals(provider, trap, inputs)
        swallowed += springs
        refused += springs and bool(refusals)
        if refusals and not any(property.startswith(trap.property) for _, property, _ in refusals):
            wrong_place.append(f"{trap.wrong}: {refusals}")
        by = refusals[0][0] if refusals else "**nobody**"
        at = f"`{refusals[0][1]}`" if refusals else ""
        rows.append(f"| {trap.wrong} | `{trap.type}` | {'yes' if springs else 'no'} | {by} | {at} |")
    report = _report(rows, swallowed, refused)
    if os.environ.get("LIFELINE_UPDATE_GOLDEN"):
        REPORT.write_text(report)
    assert not wrong_place, "\n".join(wrong_place)
    assert swallowed >= LEAST_SWALLOWED
    assert refused >= LEAST_REFUSED
    assert report == REPORT.read_text(), "LIFELINE_UPDATE_GOLDEN=1 writes it anew; read the difference"


def _report(rows: list[str], swallowed: int, refused: int) -> str:
    head = f"""# Traps: what AWS refuses and the emulator swallows

`tests/providers/aws/test_traps.py` sends each input to the emulator with all our checks off, and then asks the provider
and the second witness. Of {len(rows)} inputs the emulator swallows {swallowed}; {refused} of those are refused before
anything is made. The others are here because AWS refuses them, the emulator too, and we before either.

| wrong | type | swallowed by the emulator | refused by | at |
|---|---|---|---|---|
"""
    return head + "\n".join(rows) + "\n"
