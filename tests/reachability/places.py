"""Everything of a stack that has an address in its network, and the tier it stands for."""

from dataclasses import dataclass
from typing import Any

from tests.components.recording import Registered
from tests.reachability.ports import EVERYTHING, Ports
from tests.reachability.resources import Resources, listed

#: Types that put addresses into subnets or carry security groups there, and are computed below.
COMPUTED = (
    *("aws:lb/loadBalancer:LoadBalancer", "aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup"),
    *("aws:rds/instance:Instance", "aws:ec2/vpcEndpoint:VpcEndpoint", "aws:lambda/function:Function"),
    *("aws:ec2/instance:Instance", "aws:ec2/launchTemplate:LaunchTemplate", "aws:rds/proxy:Proxy"),
)
_ATTACHED = {"securityGroups", "securityGroupIds", "vpcSecurityGroupIds", "vpcSecurityGroups"}


@dataclass(frozen=True)
class Place:
    """One or several addresses of a kind. `answers` is what it listens to, where a resource says so."""

    tier: str
    name: str
    subnets: tuple[str, ...]
    groups: tuple[str, ...]
    answers: Ports = EVERYTHING
    public: bool = False
    """Whether it is given a public address."""


def find(resources: Resources) -> list[Place]:
    makers = {
        "aws:lb/loadBalancer:LoadBalancer": _balancer,
        "aws:eks/cluster:Cluster": _control_plane,
        "aws:eks/nodeGroup:NodeGroup": _nodes,
        "aws:rds/instance:Instance": _database,
        "aws:rds/proxy:Proxy": _database_proxy,
        "aws:ec2/vpcEndpoint:VpcEndpoint": _endpoint,
        "aws:lambda/function:Function": _function,
        "aws:ec2/instance:Instance": _machine,
    }
    places = [make(resources, each) for type, make in makers.items() for each in resources.of(type)]
    return [place for place in places if place is not None]


def overlooked(resources: Resources) -> list[str]:
    """Resources that carry security groups and are of no type computed here."""
    return [
        f"{each.type} {each.name}"
        for each in resources.all
        if each.type.startswith("aws:") and each.type not in COMPUTED and _mentions_groups(each.inputs)
        if each.type not in ("aws:ec2/securityGroup:SecurityGroup", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
    ]


def _mentions_groups(value: Any) -> bool:
    if isinstance(value, dict):
        return any((key in _ATTACHED and held) or _mentions_groups(held) for key, held in value.items())
    return isinstance(value, list) and any(_mentions_groups(each) for each in value)


def _balancer(resources: Resources, made: Registered) -> Place:
    listeners = resources.of("aws:lb/listener:Listener")
    ports = [int(each.inputs["port"]) for each in listeners if each.inputs["loadBalancerArn"] == made.arn]
    inputs = made.inputs
    groups = tuple(listed(inputs.get("securityGroups")))
    return Place("balancer", made.name, tuple(inputs["subnets"]), groups, Ports.of(*ports), not inputs.get("internal"))


def _control_plane(resources: Resources, made: Registered) -> Place:
    """EKS puts a group of its own on it beside those it is given."""
    vpc = made.inputs["vpcConfig"]
    groups = (f"{made.name}-own-group", *listed(vpc.get("securityGroupIds")))
    return Place("control plane", made.name, tuple(vpc["subnetIds"]), groups, Ports.of(443))


def _nodes(resources: Resources, made: Registered) -> Place:
    """The groups of the launch template; those of the cluster only where it names none."""
    template = resources.referred((made.inputs.get("launchTemplate") or {}).get("id"))
    groups = listed(template.inputs.get("vpcSecurityGroupIds")) if template else []
    if not groups:
        cluster = resources.referred(made.inputs["clusterName"], "aws:eks/cluster:Cluster")
        groups = [f"{cluster.name}-own-group" if cluster else "unknown"]
    return Place("nodes", made.name, tuple(made.inputs["subnetIds"]), tuple(groups))


def _database(resources: Resources, made: Registered) -> Place | None:
    """A replica in another region names a subnet group there; one that names none is its source's neighbour."""
    inputs = made.inputs
    if not inputs.get("dbSubnetGroupName") and inputs.get("replicateSourceDb"):
        source = resources.referred(inputs["replicateSourceDb"], "aws:rds/instance:Instance")
        inputs = {
            **(source.inputs if source else {}),
            **{key: held for key, held in inputs.items() if held is not None},
        }
    group = resources.referred(inputs.get("dbSubnetGroupName"), "aws:rds/subnetGroup:SubnetGroup")
    assert group is not None, f"{made.name} has no subnet group: it would lie in the default network"
    groups = tuple(listed(inputs.get("vpcSecurityGroupIds")))
    public = bool(inputs.get("publiclyAccessible"))
    return Place("database", made.name, tuple(group.inputs["subnetIds"]), groups, public=public)


def _database_proxy(resources: Resources, made: Registered) -> Place:
    inputs = made.inputs
    return Place("database", made.name, tuple(inputs["vpcSubnetIds"]), tuple(listed(inputs.get("vpcSecurityGroupIds"))))


def _endpoint(resources: Resources, made: Registered) -> Place | None:
    if made.inputs.get("vpcEndpointType") != "Interface":
        return None
    groups = tuple(listed(made.inputs.get("securityGroupIds")))
    return Place("AWS services", made.name, tuple(listed(made.inputs.get("subnetIds"))), groups, Ports.of(443))


def _function(resources: Resources, made: Registered) -> Place | None:
    """Only those that are put into the network; a function takes no connections there."""
    vpc = made.inputs.get("vpcConfig")
    if not vpc:
        return None
    return Place("functions", made.name, tuple(vpc["subnetIds"]), tuple(vpc["securityGroupIds"]), Ports())


def _machine(resources: Resources, made: Registered) -> Place:
    inputs = made.inputs
    public = bool(inputs.get("associatePublicIpAddress"))
    return Place(
        "machines",
        made.name,
        (inputs["subnetId"],),
        tuple(listed(inputs.get("vpcSecurityGroupIds"))),
        EVERYTHING,
        public,
    )
