"""The cluster of every stack: what is closed, encrypted, logged and pinned, and who gets which role."""

import base64
import json
import tomllib
from typing import Any

import pytest

from components.aws.addons import ADDONS
from components.aws.cluster_access import BREAK_GLASS, PEOPLE
from components.aws.node_patching import Patched, when
from components.aws.nodes import ROLE_LABEL
from rehearsal.providers.aws.services.eks_addons import ADDONS as OFFERED
from systems import registry, sizing
from systems.model import Environment, MaintenanceWindow
from tests.components.recording import Registered, at_home, of, only, policy_of

Resources = tuple[Registered, ...]
#: Under HIPAA and not, in production and not: what differs between stacks here.
_STACKS = ("prod", "staging", "tdah-assistant-prod")


@pytest.fixture(params=_STACKS)
def resources(request: pytest.FixtureRequest) -> Resources:
    return at_home(request.param)


@pytest.fixture(scope="module")
def production() -> Resources:
    return at_home("prod")


def test_the_api_is_private_and_everything_it_does_is_logged(resources: Resources) -> None:
    cluster = only(resources, "eks/cluster:Cluster", "cluster-cluster").inputs
    vpc = cluster["vpcConfig"]
    assert vpc["endpointPrivateAccess"] is True
    assert vpc["endpointPublicAccess"] is bool(vpc.get("publicAccessCidrs"))
    assert "0.0.0.0/0" not in (vpc.get("publicAccessCidrs") or [])
    assert len(cluster["enabledClusterLogTypes"]) == 5
    assert cluster["encryptionConfig"]["resources"] == ["secrets"]
    assert cluster["accessConfig"]["authenticationMode"] == "API"
    assert cluster["version"] == "1.35"


def test_its_log_is_made_first_encrypted_and_archived(resources: Resources) -> None:
    group = only(resources, "LogGroup", "cluster-log").inputs
    assert (
        group["name"] == f"/aws/eks/{only(resources, 'eks/cluster:Cluster', 'cluster-cluster').inputs['name']}/cluster"
    )
    assert group["kmsKeyId"]
    subscription = only(resources, "LogSubscriptionFilter", "log-shipping-subscription").inputs
    assert (subscription["logGroup"], subscription["filterPattern"]) == (group["name"], "")
    stream = only(resources, "FirehoseDeliveryStream", "log-shipping-stream").inputs
    assert stream["serverSideEncryption"]["keyType"] == "CUSTOMER_MANAGED_CMK"


def test_addons_are_pinned_to_versions_offered_for_this_kubernetes(resources: Resources) -> None:
    made = {each.inputs["addonName"]: each.inputs["addonVersion"] for each in of(resources, "eks/addon:Addon")}
    assert made == {addon.name: addon.version for addon in ADDONS}
    assert {name: OFFERED[name] for name in made} == made


def test_every_addon_that_the_platform_rests_on_is_there() -> None:
    wanted = {"vpc-cni", "coredns", "kube-proxy", "aws-ebs-csi-driver", "eks-pod-identity-agent", "metrics-server"}
    assert wanted | {"aws-secrets-store-csi-driver-provider"} <= {addon.name for addon in ADDONS}


def test_network_policies_are_enforced(production: Resources) -> None:
    """Without this the add-on accepts policies and does nothing about them."""
    network = only(production, "eks/addon:Addon", "addon-vpc-cni").inputs
    assert json.loads(network["configurationValues"])["enableNetworkPolicy"] == "true"


def test_addons_act_under_roles_of_their_own(production: Resources) -> None:
    for name in ("vpc-cni", "aws-ebs-csi-driver"):
        (identity,) = only(production, "eks/addon:Addon", f"addon-{name}").inputs["podIdentityAssociations"]
        assert identity["roleArn"].endswith(f"addon-{name}-role")
    attached = [each.inputs["policyArn"] for each in of(production, "RolePolicyAttachment") if "nodes-" in each.name]
    assert not [each for each in attached if "CNI" in each]


@pytest.mark.parametrize("stack", ["prod", "staging", "tdah-assistant-prod"])
def test_there_is_a_group_for_each_role_and_zone_with_the_machines_of_sizing(stack: str) -> None:
    name, environment = ("tdah-assistant" if "tdah" in stack else "astral-core-v2"), Environment.PRODUCTION
    system = registry.load(name, Environment.STAGING if stack == "staging" else environment)
    groups = of(at_home(stack), "eks/nodeGroup:NodeGroup")
    wanted = {each.role: each for each in sizing.plan(system).node_groups}
    assert len(groups) == sum(each.zones for each in wanted.values())
    for group in groups:
        of_role = wanted[group.inputs["labels"][ROLE_LABEL]]
        sizes = group.inputs["scalingConfig"]
        assert len(group.inputs["subnetIds"]) == 1
        assert group.inputs["instanceTypes"] == [of_role.machine.name]
        assert sizes["desiredSize"] == sizes["minSize"] == of_role.nodes_in_each_zone
        assert sizes["maxSize"] == of_role.most_nodes_in_each_zone


@pytest.mark.parametrize(("stack", "gib"), [("prod", 100), ("tdah-assistant-prod", 500)])
def test_machines_have_the_documented_disk_encrypted(stack: str, gib: int) -> None:
    for template in of(at_home(stack), "LaunchTemplate"):
        disks = {each["deviceName"]: each["ebs"] for each in template.inputs["blockDeviceMappings"]}
        assert disks["/dev/xvdb"]["volumeSize"] == gib
        assert {(disk["encrypted"], disk["volumeType"], bool(disk["kmsKeyId"])) for disk in disks.values()} == {
            ("true", "gp3", True)
        }


def test_pods_cannot_take_the_identity_of_their_machine(resources: Resources) -> None:
    for template in of(resources, "LaunchTemplate"):
        options = template.inputs["metadataOptions"]
        assert (options["httpTokens"], options["httpPutResponseHopLimit"]) == ("required", 1)


def test_machines_run_bottlerocket_without_a_shell_and_drop_unused_images(production: Resources) -> None:
    assert {each.inputs["amiType"] for each in of(production, "eks/nodeGroup:NodeGroup")} == {"BOTTLEROCKET_x86_64"}
    for template in of(production, "LaunchTemplate"):
        settings = tomllib.loads(base64.b64decode(template.inputs["userData"]).decode())["settings"]
        assert settings["host-containers"]["admin"]["enabled"] is False
        assert int(settings["kubernetes"]["image-gc-high-threshold-percent"]) <= 80


def test_machines_are_patched_weekly_one_zone_a_day_within_the_window(resources: Resources) -> None:
    schedules = [each.inputs for each in of(resources, "scheduler/schedule:Schedule") if "-patch-" in each.name]
    assert len(schedules) == len(of(resources, "eks/nodeGroup:NodeGroup"))
    days: dict[str, set[str]] = {}
    for schedule in schedules:
        group = json.loads(schedule["target"]["input"])["NodegroupName"]
        days.setdefault(schedule["scheduleExpression"].split()[4], set()).add(group[-1])
    assert all(len(zones) == 1 for zones in days.values()), days


@pytest.mark.parametrize("start", range(24))
def test_a_window_over_midnight_keeps_valid_hours(start: int) -> None:
    window = MaintenanceWindow(start_hour_utc=start, end_hour_utc=(start + 2) % 24)
    for role in range(2):
        hour = int(when(Patched(group=None, zone=2, role=role), window).split()[1])  # type: ignore[arg-type]
        assert hour in (start, (start + 1) % 24)


def test_people_enter_with_a_second_factor_or_through_identity_center(resources: Resources) -> None:
    for person in PEOPLE:
        trust = policy_of(_role(resources, person.name, "assumeRolePolicy"))
        assert trust["WithSecondFactor"]["Condition"] == {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
        assert "sso.amazonaws.com" in json.dumps(trust["ThroughIdentityCenter"]["Condition"])


def test_only_the_emergency_role_rules_the_cluster_and_for_an_hour_at_most(resources: Resources) -> None:
    right = {
        each.name.removeprefix("cluster-").removesuffix("-right"): each.inputs["policyArn"].rsplit("/", 1)[-1]
        for each in of(resources, "AccessPolicyAssociation")
    }
    assert [name for name, policy in right.items() if policy == "AmazonEKSClusterAdminPolicy"] == [BREAK_GLASS]
    assert right["read-only"] == right["auditor"] == "AmazonEKSViewPolicy"
    assert only(resources, "iam/role:Role", f"cluster-{BREAK_GLASS}-role").inputs["maxSessionDuration"] == 3600


def test_a_role_of_a_pod_serves_one_service_account_of_this_cluster(production: Resources) -> None:
    identities = of(production, "PodIdentityAssociation")
    assert {"cluster-autoscaler", "astral-web"} <= {each.inputs["serviceAccount"] for each in identities}
    for identity in identities:
        account = identity.inputs["serviceAccount"]
        (trust,) = json.loads(
            only(production, "iam/role:Role", f"cluster-pod-{account}-role").inputs["assumeRolePolicy"]
        )["Statement"]
        tested = trust["Condition"]["StringEquals"]
        assert tested["aws:RequestTag/kubernetes-service-account"] == account
        assert tested["aws:RequestTag/kubernetes-namespace"] == identity.inputs["namespace"]
        assert "aws:SourceArn" in trust["Condition"]["ArnEquals"]


def test_no_role_of_ours_has_a_right_to_everything(resources: Resources) -> None:
    bounds = {each.inputs.get("permissionsBoundary") for each in of(resources, "iam/role:Role")}
    for policy in (each for each in of(resources, "iam/policy:Policy") if each.arn not in bounds):  # a bound gives none
        for statement in json.loads(policy.inputs["policy"])["Statement"]:
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            assert not [each for each in actions if each in ("*", "kms:*", "s3:*", "iam:*")], policy.name


def test_the_autoscaler_resizes_groups_of_this_cluster_only(production: Resources) -> None:
    rights = policy_of(only(production, "iam/policy:Policy", "cluster-pod-cluster-autoscaler-rights"))
    tested = rights["Resize"]["Condition"]["StringEquals"]
    assert tested == {"aws:ResourceTag/eks:cluster-name": only(production, "eks/cluster:Cluster", "cluster-cluster").inputs["name"]}  # noqa: E501  # fmt: skip
    deployment = only(production, "apps/v1:Deployment", "node-autoscaler-deployment").inputs["spec"]
    (container,) = deployment["template"]["spec"]["containers"]
    assert any("k8s.io/cluster-autoscaler/enabled" in each for each in container["args"])
    assert "@sha256:" in container["image"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True


def test_the_default_storage_class_is_ours_and_encrypted(resources: Resources) -> None:
    storage = only(resources, "storage.k8s.io/v1:StorageClass", "storage-class").inputs
    assert storage["metadata"]["annotations"]["storageclass.kubernetes.io/is-default-class"] == "true"
    assert storage["parameters"]["encrypted"] == "true"
    assert storage["parameters"]["kmsKeyId"]
    assert storage["volumeBindingMode"] == "WaitForFirstConsumer"


def test_scaling_groups_become_targets_of_the_balancer(production: Resources) -> None:
    attached = {each.inputs["autoscalingGroupName"] for each in of(production, "autoscaling/attachment:Attachment")}
    assert len(attached) == len(of(production, "eks/nodeGroup:NodeGroup"))


def _role(resources: Resources, name: str, field: str) -> Any:
    role = only(resources, "iam/role:Role", f"cluster-{name}-role")
    return Registered(role.type, role.name, role.parent, {"policy": role.inputs[field]})
