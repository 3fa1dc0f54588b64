"""The recovery region holds what each platform's level asks, beside the platform and never in its way."""

import pytest

from systems import registry, sizing, standby
from systems.model import Environment, RecoveryLevel, System, WorkloadKind
from tests.components.recording import STACKS, Registered, only, recorded

pytestmark = pytest.mark.xdist_group("registrations")
HOME, THERE = "us-east-1", "us-west-2"
PRODUCTION = tuple(stack for stack in STACKS if stack.endswith("prod"))
WARM = ("prod", "astral-draft-prod", "being-prod")
LIGHT = ("astral-core-v7-prod", "tdah-assistant-prod")


def there(stack: str, kind: str = "") -> list[Registered]:
    """What the recovery region's component made, at any depth, without the components between."""
    made = [each for each in recorded(stack) if each.name.startswith("recovery-region-")]
    return [each for each in made if kind in ("", each.type.rsplit(":", 1)[-1]) and "lifeline:" not in each.type]


def kinds(stack: str) -> set[str]:
    return {each.type.rsplit(":", 1)[-1] for each in there(stack)}


@pytest.mark.parametrize("stack", STACKS)
def test_uploads_are_copied_everywhere(stack: str) -> None:
    copies = only(recorded(stack), "BucketReplicationConfig", "uploads-files-copies")
    (rule,) = copies.inputs["rules"]
    files = only(recorded(stack), "s3/bucket:Bucket", "recovery-region-uploads-files-bucket")
    assert rule["destination"]["bucket"].endswith(files.inputs["bucket"])
    assert rule["destination"]["encryptionConfiguration"]["replicaKmsKeyId"].endswith("keys-data-replica")


@pytest.mark.parametrize("stack", [stack for stack in STACKS if stack not in PRODUCTION])
def test_staging_keeps_copies_only(stack: str) -> None:
    assert not {"Vpc", "Instance", "Cluster", "NatGateway"} & kinds(stack)


@pytest.mark.parametrize("stack", LIGHT)
def test_a_pilot_light_has_network_and_data_and_no_machines(stack: str) -> None:
    assert {"Vpc", "FlowLog", "SecurityGroup", "Instance"} <= kinds(stack)
    assert not {"Cluster", "NodeGroup", "LoadBalancer", "Distribution"} & kinds(stack)


@pytest.mark.parametrize("stack", WARM)
def test_a_warm_standby_serves_with_as_little_as_it_can(stack: str) -> None:
    deployed = {each.inputs["metadata"]["name"]: each.inputs["spec"]["replicas"] for each in there(stack, "Deployment")}
    services = {each.object_name for each in _system(stack).workloads if each.kind is WorkloadKind.SERVICE}
    assert services <= deployed.keys()
    assert {count for name, count in deployed.items() if name != "cluster-autoscaler"} == {1}
    sets = {each.inputs["metadata"]["name"]: each.inputs["spec"]["replicas"] for each in there(stack, "StatefulSet")}
    assert sets.pop("haproxy") == 1
    assert set(sets.values()) == {3}, "three are the fewest that can agree on the cache's master"


@pytest.mark.parametrize("stack", WARM)
def test_a_warm_standby_does_nothing_by_itself(stack: str) -> None:
    """But that its cache is told of passwords which are renewed elsewhere."""
    (teaching,) = there(stack, "CronJob")
    assert teaching.inputs["metadata"]["name"] == "cache-rotation"
    assert "lifeline.dev/rotates" not in teaching.inputs["metadata"].get("annotations", {})
    assert not there(stack, "Job")
    acting = {each.object_name for each in _system(stack).workloads if each.kind is not WorkloadKind.SERVICE}
    assert not acting & {each.inputs["metadata"]["name"] for each in there(stack, "Deployment")}


@pytest.mark.parametrize("stack", WARM)
def test_a_warm_standby_has_machines_of_the_same_roles_and_may_grow_to_production(stack: str) -> None:
    wanted = {(group.role, group.most_nodes_in_each_zone) for group in sizing.plan(_system(stack)).recovery_node_groups}
    groups = there(stack, "NodeGroup")
    found = {(each.inputs["labels"]["lifeline.dev/role"], each.inputs["scalingConfig"]["maxSize"]) for each in groups}
    assert found == wanted


@pytest.mark.parametrize("stack", PRODUCTION)
def test_the_database_is_followed_from_the_other_region(stack: str) -> None:
    (replica,) = there(stack, "Instance")
    assert replica.inputs["replicateSourceDb"] == only(recorded(stack), "rds/instance:Instance", "database-primary").arn
    assert replica.inputs["kmsKeyId"].endswith("keys-data-replica")
    assert replica.inputs["backupRetentionPeriod"] > 0
    assert "password" not in replica.inputs


@pytest.mark.parametrize("stack", PRODUCTION)
def test_everything_there_is_encrypted_under_keys_of_that_region(stack: str) -> None:
    keys = {each.arn for each in recorded(stack) if each.type == "aws:kms/key:Key"}
    used = {str(value) for each in there(stack) for name, value in each.inputs.items() if name.startswith("kmsKey")}
    assert used
    assert not used & keys


@pytest.mark.parametrize("stack", PRODUCTION)
def test_records_outlive_their_region(stack: str) -> None:
    copies = only(recorded(stack), "BucketReplicationConfig", "logs-records-copies")
    target = only(recorded(stack), "s3/bucket:Bucket", "recovery-region-logs-records-bucket")
    assert copies.inputs["rules"][0]["destination"]["bucket"].endswith(target.inputs["bucket"])
    assert only(recorded(stack), "BucketObjectLockConfiguration", "recovery-region-logs-records-lock")


@pytest.mark.parametrize("stack", STACKS)
def test_names_that_all_regions_share_differ(stack: str) -> None:
    for kind, field in (
        ("aws:iam/role:Role", "name"),
        ("aws:iam/policy:Policy", "name"),
        ("s3/bucket:Bucket", "bucket"),
    ):
        names = [each.inputs[field] for each in recorded(stack) if each.type.endswith(kind)]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("stack", STACKS)
def test_no_two_distributions_answer_to_one_name(stack: str) -> None:
    aliases = [
        alias
        for each in recorded(stack)
        if each.type == "aws:cloudfront/distribution:Distribution"
        for alias in each.inputs["aliases"]
    ]
    assert len(aliases) == len(set(aliases))


@pytest.mark.parametrize("stack", ["prod", "being-prod"])
def test_the_backup_name_leads_to_the_standby_and_nothing_else_does(stack: str) -> None:
    distribution = only(recorded(stack), "distribution:Distribution", "edge-recovery-delivery-distribution")
    assert [alias.split(".")[0] for alias in distribution.inputs["aliases"]] == ["backup"]
    way_in = only(recorded(stack), "VpcOrigin", "edge-recovery-delivery-way-in")
    balancer = only(recorded(stack), "loadBalancer:LoadBalancer", "recovery-region-standby-balancer-balancer")
    assert way_in.inputs["vpcOriginEndpointConfig"]["arn"] == balancer.arn
    for kind in ("a", "aaaa"):
        record = only(recorded(stack), "route53/record:Record", f"edge-recovery-backup-{kind}")
        assert record.inputs["aliases"][0]["name"] == f"{distribution.name}.cloudfront.net"


@pytest.mark.parametrize("stack", WARM)
def test_its_balancer_has_a_certificate_of_its_region(stack: str) -> None:
    certificate = only(recorded(stack), "acm/certificate:Certificate", "names-certificate-recovery")
    assert certificate.inputs["region"] == THERE
    listener = only(recorded(stack), "lb/listener:Listener", "recovery-region-standby-balancer-https")
    assert "recovery" in listener.inputs["certificateArn"] or listener.inputs["certificateArn"] == certificate.arn


@pytest.mark.parametrize("stack", WARM)
def test_its_programs_read_the_copies_of_secrets(stack: str) -> None:
    mounted = there(stack, "SecretProviderClass")
    assert mounted
    for each in mounted:
        objects = each.inputs["spec"]["parameters"]["objects"]
        assert f":{THERE}:" in objects
        assert f":{HOME}:" not in objects


@pytest.mark.parametrize("stack", WARM)
def test_secrets_admit_the_roles_of_both_regions(stack: str) -> None:
    policies = [each for each in recorded(stack) if each.type == "aws:secretsmanager/secretPolicy:SecretPolicy"]
    reading = [each.inputs["policy"] for each in policies if "database-application" in each.name]
    for policy in reading:
        assert "-prod-recovery-" in policy


@pytest.mark.parametrize("stack", WARM)
def test_releases_are_copied_into_the_registry_the_standby_pulls_from(stack: str) -> None:
    (copied,) = there(stack, "ReplicationConfiguration")
    assert copied.inputs["region"] == HOME
    (rule,) = copied.inputs["replicationConfiguration"]["rules"]
    (prefix,) = [each["filter"] for each in rule["repositoryFilters"]]
    ours = [each.inputs["name"] for each in there(stack, "Repository") if each.inputs["name"].startswith(prefix)]
    assert ours
    for pod in there(stack, "Deployment"):
        for container in pod.inputs["spec"]["template"]["spec"]["containers"]:
            assert f".dkr.ecr.{THERE}.amazonaws.com/" in container["image"]


@pytest.mark.parametrize("stack", PRODUCTION)
def test_what_holds_data_cannot_be_deleted_by_mistake(stack: str) -> None:
    assert all(each.protected for each in there(stack, "Instance"))
    assert all(each.protected for each in there(stack, "Bucket"))


def test_a_platform_at_minimum_keeps_everything_but_numbers() -> None:
    system = registry.load("astral-core-v2", Environment.PRODUCTION)
    small = standby.at_minimum(system)
    assert [each.name for each in small.workloads] == [each.name for each in system.workloads]
    assert [each.all_replicas for each in small.workloads] == [2]
    assert small.cache.nodes == system.cache.nodes
    assert small.objectives.recovery_level is RecoveryLevel.WARM_STANDBY


def _system(stack: str) -> System:
    name = "astral-core-v2" if stack == "prod" else stack.removesuffix("-prod")
    return registry.load(name, Environment.PRODUCTION)
