"""A program with a cluster in each of two regions: each gets a control plane of its own."""

import json

import pytest

from rehearsal.paths import StackPaths
from rehearsal.providers.kubernetes.client import Client, Endpoint

pytestmark = [pytest.mark.engine, pytest.mark.cluster]

PROGRAM = """
import json, pulumi, pulumi_aws as aws, pulumi_kubernetes as kubernetes
from pulumi import ResourceOptions

def region(name, cidr, after):
    there = ResourceOptions(provider=aws.Provider(f"{name}-account", region=name))
    vpc = aws.ec2.Vpc(f"{name}-vpc", cidr_block=f"{cidr}.0.0/16", opts=there)
    subnets = [
        aws.ec2.Subnet(f"{name}-{z}", vpc_id=vpc.id, cidr_block=f"{cidr}.{n}.0/24", availability_zone=name + z,
            opts=there)
        for n, z in enumerate("ab")
    ]
    trust = {"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = aws.iam.Role(
        f"{name}-role", name=f"{name}-role",
        assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}), opts=there)
    cluster = aws.eks.Cluster(
        f"{name}-cluster", name="same-name", role_arn=role.arn, vpc_config={"subnet_ids": [s.id for s in subnets]},
        opts=ResourceOptions(provider=there.provider, depends_on=after))
    nodes = aws.eks.NodeGroup(
        f"{name}-nodes", cluster_name=cluster.name, node_group_name="nodes", node_role_arn=role.arn,
        subnet_ids=[s.id for s in subnets], scaling_config={"desired_size": 2, "min_size": 2, "max_size": 2},
        opts=there)
    config = pulumi.Output.all(cluster.endpoint, cluster.certificate_authority.data).apply(lambda known: json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "c",
        "clusters": [{"name": "c", "cluster": {"server": known[0], "certificate-authority-data": known[1]}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "c"}}], "users": [{"name": "c", "user": {}}]}))
    objects = kubernetes.Provider(f"{name}-objects", kubeconfig=config, opts=ResourceOptions(depends_on=[nodes]))
    kubernetes.core.v1.Namespace(f"{name}-apps", metadata={"name": "apps", "labels": {"where": name}},
        opts=ResourceOptions(provider=objects))
    return cluster

first = region("us-east-1", "10.1", [])
region("us-west-2", "10.2", [first])
"""


def test_each_cluster_has_a_control_plane_of_its_own(rehearsal):
    rehearsal.write(PROGRAM, "config:\n  aws:region: us-east-1\n")
    up = rehearsal.run("up")
    assert up.code == 0, up.err
    stack = StackPaths(rehearsal.workspace / "stacks" / "prod")
    places = json.loads(stack.endpoints.read_text())
    assert places["clusters"].keys() == {"us-east-1/same-name", "us-west-2/same-name"}
    assert (
        places["clusters"]["us-east-1/same-name"] == places["kubernetes"] != places["clusters"]["us-west-2/same-name"]
    )
    for region in ("us-east-1", "us-west-2"):
        client = Client(Endpoint.of(stack, f"{region}/same-name"))
        assert client.get("/api/v1/namespaces/apps")["metadata"]["labels"]["where"] == region
        zones = {node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in client.items("/api/v1/nodes")}
        assert zones == {f"{region}a", f"{region}b"}

    status = rehearsal.run("status")
    assert status.code == 0, status.out + status.err
    assert "kube-apiserver-2" in status.out + status.err
    again = rehearsal.run("up")
    assert again.code == 0, again.err
    assert "no changes" in again.out + again.err
    down = rehearsal.run("down")
    assert down.code == 0, down.err
    assert rehearsal.processes() == []
