"""The bootstrap once the cluster stands, on Pulumi's mocks: who is let in as what, and the guard before the rights."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs, Mocks

from bootstrap import program
from components.aws import delivery_runners, name_firewall
from components.kubernetes import rollout_rights
from components.kubernetes.preview_guard import GROUP, NAME
from tests.pipelines.workflows import jobs

CLUSTER = "astral-core-v2-prod"


class Recorder(Mocks):
    """Every registration by its type and name."""

    def __init__(self) -> None:
        self.made: dict[tuple[str, str], dict[str, Any]] = {}

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.made[args.typ, args.name] = dict(args.inputs)
        return f"{args.name}-id", {"arn": f"arn:aws:mock:::{args.name}", **args.inputs}

    def call(self, args: MockCallArgs) -> dict[str, Any]:
        assert args.token == "aws:eks/getCluster:getCluster"
        assert args.args["name"] == CLUSTER
        network = {"vpcId": "vpc-1", "subnetIds": ["subnet-a", "subnet-b"], "clusterSecurityGroupId": "sg-cluster"}
        return {
            "endpoint": "https://cluster",
            "certificateAuthorities": [{"data": "Q0E="}],
            "name": CLUSTER,
            "vpcConfig": {**network, "endpointPrivateAccess": True, "endpointPublicAccess": False},
        }

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [inputs for (type, _), inputs in self.made.items() if type.endswith(kind)]


def _declared(config: dict[str, str], stack: str = "prod") -> Recorder:
    recorder = Recorder()
    asyncio.set_event_loop(asyncio.new_event_loop())
    pulumi.runtime.set_mocks(recorder, project="lifeline-bootstrap", stack=stack)
    pulumi.runtime.set_all_config({f"lifeline-bootstrap:{name}": value for name, value in config.items()})

    @pulumi.runtime.test
    def run() -> None:
        program.declare()

    run()
    return recorder


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    yield
    pulumi.runtime.set_all_config({})
    asyncio.set_event_loop(asyncio.new_event_loop())


GIVEN = {"repository": "astralcore/lifeline", "repositoryId": "424242"}


def test_before_the_cluster_stands_nobody_is_let_in() -> None:
    made = _declared(GIVEN)
    assert made.of(":Role")
    assert not made.of(":AccessEntry")
    assert not [kind for kind, _ in made.made if kind.startswith("kubernetes:")]


def test_preview_comes_as_the_guarded_group_and_deploy_as_administrator() -> None:
    made = _declared({**GIVEN, "cluster": CLUSTER})
    entries = {entry["principalArn"].rsplit("-", 1)[1]: entry for entry in made.of(":AccessEntry")}
    assert entries["preview"]["kubernetesGroups"] == [GROUP]
    assert "kubernetesGroups" not in entries["deploy"]
    (right,) = made.of(":AccessPolicyAssociation")
    assert right["principalArn"].endswith("deploy")
    assert right["policyArn"].endswith("AmazonEKSClusterAdminPolicy")
    (binding,) = made.of("v1:ClusterRoleBinding")
    assert [subject["name"] for subject in binding["subjects"]] == [GROUP]
    (bound,) = made.of(":ValidatingAdmissionPolicyBinding")
    assert bound["spec"] == {"policyName": NAME, "validationActions": ["Deny"]}
    order = [kind.rsplit(":", 1)[1] for kind, _ in made.made]
    assert (
        order.index("ValidatingAdmissionPolicyBinding") < order.index("ClusterRole") < order.index("ClusterRoleBinding")
    )


def test_who_leads_a_release_may_move_its_traffic_and_is_nothing_else() -> None:
    made = _declared({**GIVEN, "cluster": CLUSTER})
    (entry,) = [each for each in made.of(":AccessEntry") if each["principalArn"].endswith("delivery-rollout")]
    assert entry["kubernetesGroups"] == [rollout_rights.GROUP]
    (role,), (binding,) = made.of("v1:Role"), made.of("v1:RoleBinding")
    assert role["metadata"]["namespace"] == "platform"
    assert role["rules"] == rollout_rights.rules()
    assert [subject["name"] for subject in binding["subjects"]] == [rollout_rights.GROUP]


CONNECTION = "arn:aws:codeconnections:us-east-1:111122223333:connection/1234-5678"


def test_runners_stand_in_the_clusters_network_where_somebody_asked_for_them() -> None:
    assert not _declared({**GIVEN, "cluster": CLUSTER}).of(":Project")
    assert not _declared({**GIVEN, "runnersConnectionArn": CONNECTION}).of(":Project"), "there is no network yet"
    made = _declared({**GIVEN, "cluster": CLUSTER, "runnersConnectionArn": CONNECTION})
    (project,), (webhook,), (group,) = (made.of(kind) for kind in ("/project:Project", ":Webhook", ":SecurityGroup"))
    network = project["vpcConfig"]
    assert network["vpcId"] == group["vpcId"] == "vpc-1"
    assert network["subnets"] == ["subnet-a", "subnet-b"]
    assert network["securityGroupIds"] == ["delivery-runners-group-id"]
    assert project["environment"]["privilegedMode"] is False
    assert project["source"]["auth"] == {"type": "CODECONNECTIONS", "resource": CONNECTION}
    assert webhook["filterGroups"] == [{"filters": [{"type": "EVENT", "pattern": "WORKFLOW_JOB_QUEUED"}]}]
    # The label of every job names the project: codebuild-<project>-<run>-<attempt>.
    runners = {job.content["runs-on"] for job in jobs() if job.takes_on_a_role}
    assert project["name"] == "lifeline-prod"
    assert all("format('codebuild-lifeline-{0}-{1}-{2}'" in runner for runner in runners)


def test_a_runner_goes_out_by_https_and_to_the_cluster_and_lets_nobody_in() -> None:
    made = _declared({**GIVEN, "cluster": CLUSTER, "runnersConnectionArn": CONNECTION})
    (out,), (to_cluster,) = made.of(":SecurityGroupEgressRule"), made.of(":SecurityGroupIngressRule")
    assert (out["ipProtocol"], out["fromPort"], out["toPort"]) == ("tcp", 443, 443)
    assert to_cluster["securityGroupId"] == "sg-cluster"
    assert to_cluster["referencedSecurityGroupId"] == "delivery-runners-group-id"
    assert "ingress" not in made.of(":SecurityGroup")[0]
    (names,), (association,) = made.of(":ResolverFirewallDomainList"), made.of(":ResolverFirewallRuleGroupAssociation")
    assert not [name for name in names["domains"] if name in ("*", "*.", "*.com.")]
    assert 100 < association["priority"] < name_firewall.PRIORITY, "asked before the platform's own refuse the rest"


def test_the_machine_of_a_runner_may_log_connect_and_nothing_of_the_platform() -> None:
    told = delivery_runners.rights("111122223333", "us-east-1", CONNECTION, "/lifeline/runner")
    actions = {action for statement in told for action in statement["Action"]}
    assert {action.split(":")[0] for action in actions} == {"logs", "codeconnections", "ec2"}
    made = _declared({**GIVEN, "cluster": CLUSTER, "runnersConnectionArn": CONNECTION})
    bound = [role for role in made.of("/role:Role") if role["name"] == "astral-core-v2-prod-delivery-runner"]
    assert [role["permissionsBoundary"] for role in bound] == ["arn:aws:mock:::delivery-boundary"]


@pytest.mark.parametrize(
    "arn",
    ["lifeline", CONNECTION.replace("us-east-1", "eu-west-1"), CONNECTION.replace("111122223333", "999988887777")],
)
def test_a_connection_is_one_of_this_account_and_region(arn: str) -> None:
    with pytest.raises(pulumi.RunError, match="must be a connection of this account and region"):
        _declared({**GIVEN, "cluster": CLUSTER, "runnersConnectionArn": arn})


@pytest.mark.parametrize(
    "wrong", [{"repositoryId": ""}, {"repositoryId": "lifeline"}, {"repository": "lifeline"}, {"repository": "a/b/c"}]
)
def test_a_repository_without_a_number_gets_no_role(wrong: dict[str, str]) -> None:
    with pytest.raises(pulumi.RunError, match="repos/"):
        _declared({**GIVEN, **wrong})


def test_a_stack_of_the_bootstrap_is_one_of_the_platform() -> None:
    with pytest.raises(pulumi.RunError, match=r"there is no Pulumi.production.yaml"):
        _declared(GIVEN, stack="production")
