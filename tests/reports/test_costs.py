"""Monthly costs by hand, and no resource of any stack without a word on what it costs."""

from pathlib import Path
from typing import Any

import pytest

from policies.core.resource import canonical
from reports import costs, pricing, reading
from tests.components.recording import STACKS, recorded
from tests.reports.made import UNKNOWN, changes, same, step, updated
from tests.reports.recorded_run import unpacked

INSTANCE = "aws:rds/instance:Instance"


def monthly(type: str, inputs: dict[str, Any]) -> float:
    return costs.of(changes(step("same", type, "one", inputs, inputs))).after.total


@pytest.mark.xdist_group("registrations")
@pytest.mark.parametrize("stack", STACKS)
def test_every_type_of_every_stack_is_priced_paid_by_use_or_free(stack: str) -> None:
    untold = {each.type for each in recorded(stack) if not costs.is_told(canonical(each.type))}
    assert untold == set()


@pytest.mark.xdist_group("registrations")
@pytest.mark.parametrize("stack", STACKS)
def test_every_machine_and_database_of_every_stack_has_a_price(stack: str) -> None:
    made = [step("create", each.type, each.name, None, each.inputs) for each in recorded(stack)]
    found = costs.of(changes(*made))
    assert found.remarks == ()
    assert {"machines", "databases", "storage", "NAT", "balancers"} <= found.after.by("kind").keys()


def test_the_small_platform_by_hand(tmp_path: Path) -> None:
    found = costs.of(reading.read(unpacked("first-creation", tmp_path)))
    machine = 0.1685 * 4 * 730
    assert found.after.by("kind") == pytest.approx(
        {"databases": 2 * machine, "storage": 2 * 500 * 0.115, "NAT": 32.85 + 3.65, "keys and secrets": 8.0}
    )
    assert (found.before.total, found.difference) == (0, pytest.approx(found.after.total))


@pytest.mark.parametrize(
    ("type", "inputs", "expected"),
    [
        (INSTANCE, {"instanceClass": "db.m7g.large", "multiAz": True}, 2 * 0.1685 * 730),
        (INSTANCE, {"instanceClass": "db.m7g.large", "allocatedStorage": 100, "storageType": "gp3", "iops": 4_000},
         0.1685 * 730 + 100 * 0.115 + 1_000 * 0.02),
        (INSTANCE, {"instanceClass": "db.m7g.large", "allocatedStorage": 400, "storageType": "gp3", "iops": 12_000},
         0.1685 * 730 + 400 * 0.115),
        ("aws:eks/nodeGroup:NodeGroup",
         {"instanceTypes": ["m7i.2xlarge"], "scalingConfig": {"desiredSize": 3}, "diskSize": 50},
         3 * (0.4032 * 730 + 50 * 0.08)),
        ("aws:ec2/vpcEndpoint:VpcEndpoint", {"vpcEndpointType": "Interface", "subnetIds": ["a", "b", "c"]}, 3 * 7.30),
        ("aws:ec2/vpcEndpoint:VpcEndpoint", {"vpcEndpointType": "Gateway"}, 0),
        ("aws:secretsmanager/secret:Secret", {"replicas": [{"region": "us-west-2"}]}, 0.80),
        ("aws:wafv2/webAcl:WebAcl", {"rules": [{"name": "a"}, {"name": "b"}]}, 7.00),
        ("aws:route53/healthCheck:HealthCheck", {"type": "HTTPS", "requestInterval": 10, "measureLatency": True}, 3.75),
        ("aws:route53/healthCheck:HealthCheck", {"type": "CALCULATED"}, 0.75),
        ("kubernetes:apps/v1:StatefulSet", {"spec": {"replicas": 3, "volumeClaimTemplates": [
            {"spec": {"resources": {"requests": {"storage": "10Gi"}}}}]}}, 3 * 10 * 0.08),
        ("aws:iam/role:Role", {}, 0),
    ],
)  # fmt: skip
def test_list_prices(type: str, inputs: dict[str, Any], expected: float) -> None:
    assert monthly(type, inputs) == pytest.approx(expected)


def test_before_and_after_are_told_apart() -> None:
    found = costs.of(
        changes(updated(INSTANCE, "one", {"instanceClass": "db.m7g.large"}, {"instanceClass": "db.m7g.xlarge"}))
    )
    assert found.difference == pytest.approx(0.1685 * 730)


@pytest.mark.parametrize(
    ("resource", "told"),
    [
        (same(INSTANCE, "one", instanceClass="db.x99.huge"), "no price in the table for `db.x99.huge`: not in the sum"),
        (same("aws:braket/machine:Machine", "one"), "no price in the table for `aws:braket/machine:Machine`"),
        (same(INSTANCE, "one", instanceClass=UNKNOWN), "no price in the table for"),
        (same("aws:ec2/vpc:Vpc", "one", region="eu-central-1"), "no prices of eu-central-1 in the table"),
    ],
)
def test_what_has_no_price_is_told(resource: dict[str, Any], told: str) -> None:
    assert any(told in each for each in costs.of(changes(resource)).remarks)


def test_what_is_paid_by_use_is_named_where_there_is_any() -> None:
    assert costs.of(changes(same("aws:ec2/vpc:Vpc", "one"))).left_out == ()
    (told,) = costs.of(changes(same("aws:s3/bucket:Bucket", "one"))).left_out
    assert "objects in buckets" in told


def test_the_table_says_from_when_and_where_it_is() -> None:
    held = pricing.table()
    assert (
        held["date"]
        and held["source"].startswith("https://aws.amazon.com/")
        and held["regions"] == ["us-east-1", "us-west-2"]
    )
