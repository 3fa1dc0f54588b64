"""The way of a real stack: an EKS cluster, its node group and add-on, and workloads by the cluster's kubeconfig."""

from collections.abc import Callable

import pytest

from rehearsal.providers.kubernetes.client import Client
from tests.engine_runs import EngineRun

pytestmark = [pytest.mark.cluster, pytest.mark.engine]

PROGRAM = """
import json

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s


def role(name, service):
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return aws.iam.Role(name, name=name, assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))


network = aws.ec2.Vpc("network", cidr_block="10.0.0.0/16")
subnets = [
    aws.ec2.Subnet(zone, vpc_id=network.id, cidr_block=f"10.0.{index}.0/24", availability_zone=f"us-east-1{zone}").id
    for index, zone in enumerate("abc")
]
cluster = aws.eks.Cluster(
    "cluster",
    name="eks-test",
    version="1.35",
    role_arn=role("cluster", "eks.amazonaws.com").arn,
    vpc_config={"subnet_ids": subnets},
)
nodes = aws.eks.NodeGroup(
    "nodes",
    cluster_name=cluster.name,
    node_group_name="apps",
    node_role_arn=role("nodes", "ec2.amazonaws.com").arn,
    subnet_ids=subnets,
    instance_types=["m7i.large"],
    labels={"pool": "eks-test"},
    scaling_config={"min_size": 3, "max_size": 3, "desired_size": 3},
)
addon = aws.eks.Addon("secrets", cluster_name=cluster.name, addon_name="aws-secrets-store-csi-driver-provider")
user = {"exec": {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "aws", "args": ["eks", "get-token"]}}
authority = cluster.certificate_authority.data
kubeconfig = pulumi.Output.json_dumps({
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "eks",
    "clusters": [{"name": "eks", "cluster": {"server": cluster.endpoint, "certificate-authority-data": authority}}],
    "contexts": [{"name": "eks", "context": {"cluster": "eks", "user": "eks"}}],
    "users": [{"name": "eks", "user": user}],
})
provider = k8s.Provider("eks", kubeconfig=kubeconfig)
options = pulumi.ResourceOptions(provider=provider, depends_on=[nodes, addon])
space = k8s.core.v1.Namespace("space", metadata={"name": "on-eks"}, opts=options)
k8s.apiextensions.CustomResource(
    "database",
    api_version="secrets-store.csi.x-k8s.io/v1",
    kind="SecretProviderClass",
    metadata={"name": "database", "namespace": space.metadata["name"]},
    spec={"provider": "aws", "parameters": {"objects": "- {objectName: db, objectType: secretsmanager}"}},
    opts=options,
)
labels = {"app": "web"}
spread = {
    "maxSkew": 1,
    "topologyKey": "topology.kubernetes.io/zone",
    "whenUnsatisfiable": "DoNotSchedule",
    "labelSelector": {"matchLabels": labels},
}
container = {"name": "app", "image": "example/app:1", "resources": {"requests": {"cpu": "1", "memory": "4Gi"}}}
k8s.apps.v1.Deployment(
    "web",
    metadata={"name": "web", "namespace": space.metadata["name"]},
    spec={
        "replicas": 3,
        "selector": {"matchLabels": labels},
        "template": {
            "metadata": {"labels": labels},
            "spec": {
                "nodeSelector": {"pool": "eks-test"},
                "topologySpreadConstraints": [spread],
                "containers": [container],
            },
        },
    },
    opts=options,
)
"""


def test_a_stack_with_its_own_cluster(kubernetes_run: Callable[..., EngineRun], client: Client) -> None:
    run = kubernetes_run(PROGRAM, config={"aws:region": "us-east-1"}, limit=240)
    assert run.preview().story.changes == {"create": 14}
    run.up()
    pods = client.items("/api/v1/namespaces/on-eks/pods")
    assert {pod["spec"]["nodeName"] for pod in pods} == {f"eks-test-apps-{index}" for index in range(3)}
    run.refresh()
    assert run.preview().story.changes == {"same": 14}
    run.destroy()
    assert client.items("/api/v1/nodes", labelSelector="pool=eks-test") == []


def test_what_is_wrong_is_refused_before_there_is_a_cluster(kubernetes_run: Callable[..., EngineRun]) -> None:
    wrong = PROGRAM.replace('"cpu": "1"', '"cpu": "one"').replace('"replicas": 3', '"replicas": -3')
    refused = kubernetes_run(wrong, config={"aws:region": "us-east-1"}).preview(fails=True)
    assert "quantities must match the regular expression" in refused.text
