"""Cases of policies/rules/firewall_network.py and firewall_names.py."""

from typing import Any

from tests.policies.cases import UNKNOWN, Cases, Given, Stack, aws, ref, stack
from tests.policies.of_property import ELSEWHERE, GIVEN, about

VPC = "ec2/vpc:Vpc"
SUBNET = "ec2/subnet:Subnet"
TEMPLATE = "ec2/launchTemplate:LaunchTemplate"
INSTANCE = "ec2/instance:Instance"
DB = "rds/instance:Instance"
FUNCTION = "lambda/function:Function"
ACL = "ec2/networkAcl:NetworkAcl"
ENDPOINT = "ec2/vpcEndpoint:VpcEndpoint"
GATEWAY = "ec2/internetGateway:InternetGateway"
NAMES = "route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation"
NAME_RULE = "route53/resolverFirewallRule:ResolverFirewallRule"
QUERIES = "route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation"
OURS = {"lifeline:system": "astral-core-v2", "lifeline:environment": "production"}
ALWAYS_KNOWN = {"unknown": "which resources there are is always known"}


def _of_network(token: str, path: str) -> Cases:
    return Cases(
        passing=[stack(v=aws(VPC), it=aws(token, **{path: ref("v.id")}))],
        failing=[stack(v=aws(VPC)), stack(v=aws(VPC), w=aws(VPC), it=aws(token, **{path: ref("w.id")}))],
        not_applicable=[ELSEWHERE],
        without=ALWAYS_KNOWN,
    )


def _routed(user: Given, way: dict[str, Any]) -> Stack:
    return stack(
        i=aws(GATEWAY),
        n=aws("ec2/natGateway:NatGateway"),
        t=aws("ec2/routeTable:RouteTable"),
        s=aws(SUBNET),
        a=aws("ec2/routeTableAssociation:RouteTableAssociation", subnetId=ref("s.id"), routeTableId=ref("t.id")),
        r=aws("ec2/route:Route", routeTableId=ref("t.id"), **way),
        user=user,
    )


OUT = {"gatewayId": ref("i.id")}
SUBNETS = aws("rds/subnetGroup:SubnetGroup", subnetIds=[ref("s.id")])
NODES = aws("eks/nodeGroup:NodeGroup", subnetIds=[ref("s.id")])
CLUSTER = aws("eks/cluster:Cluster")
WAYS = {
    f"e{i}": aws(ENDPOINT, serviceName=f"com.amazonaws.us-east-1.{s}")
    for i, s in enumerate(("s3", "kms", "secretsmanager", "logs", "sts"))
}


def _acl(**rule: object) -> Stack:
    return stack(acl=aws(ACL, ingress=[{"action": "allow", **rule}]))


CASES = {
    "LL-FWL-020": _of_network("ec2/flowLog:FlowLog", "vpcId"),
    "LL-FWL-021": about("ec2/flowLog:FlowLog", "trafficType", ["ALL"], ["ACCEPT", "REJECT"], literal=True),
    "LL-FWL-022": about(SUBNET, "mapPublicIpOnLaunch", [False], [True], literal=True, missing=False),
    "LL-FWL-023": Cases(
        passing=[_routed(aws("ec2/natGateway:NatGateway", subnetId=ref("s.id")), OUT)],
        failing=[_routed(SUBNETS, OUT), _routed(NODES, OUT)],
        not_applicable=[_routed(SUBNETS, {"natGatewayId": ref("n.id")}), ELSEWHERE],
        unknown=[_routed(SUBNETS, {"gatewayId": UNKNOWN})],
    ),
    "LL-FWL-024": Cases(
        passing=[stack(v=aws(VPC), g=aws(GATEWAY, vpcId=ref("v.id")))],
        failing=[stack(g=aws(GATEWAY, vpcId="vpc-1")), stack(v=aws(VPC), g=aws(GATEWAY))],
        not_applicable=[ELSEWHERE],
        unknown=[stack(g=aws(GATEWAY, vpcId=UNKNOWN))],
    ),
    "LL-FWL-025": about(TEMPLATE, "metadataOptions.httpTokens", ["required"], ["optional"], literal=True),
    "LL-FWL-026": about(INSTANCE, "metadataOptions.httpPutResponseHopLimit", [1], [2, 64], missing=False),
    "LL-FWL-027": Cases(
        passing=[
            stack(i=aws(INSTANCE)),
            stack(t=aws(TEMPLATE, networkInterfaces=[{"associatePublicIpAddress": "false"}])),
        ],
        failing=[
            stack(i=aws(INSTANCE, associatePublicIpAddress=True)),
            stack(t=aws(TEMPLATE, networkInterfaces=[{"associatePublicIpAddress": "true"}])),
            stack(i=aws(INSTANCE, associatePublicIpAddress=UNKNOWN)),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(t=aws(TEMPLATE, networkInterfaces=UNKNOWN))],
    ),
    "LL-FWL-028": about(INSTANCE, "subnetId", ["subnet-1"], [""], given=True),
    "LL-FWL-029": about(INSTANCE, "iamInstanceProfile", ["node"], [""], given=True),
    "LL-FWL-030": about(DB, "publiclyAccessible", [False], [True], literal=True, missing=False),
    "LL-FWL-031": Cases(
        passing=[stack(s=SUBNETS, db=aws(DB, dbSubnetGroupName="data", vpcSecurityGroupIds=["sg-1"]))],
        failing=[
            stack(db=aws(DB, replicateSourceDb="primary")),
            stack(db=aws(DB)),
            stack(db=aws(DB, dbSubnetGroupName="data")),
            stack(db=aws(DB, vpcSecurityGroupIds=["sg-1"])),
        ],
        not_applicable=[ELSEWHERE],
        without=GIVEN,
    ),
    "LL-FWL-032": Cases(
        passing=[stack(s=aws(SUBNET), f=aws(FUNCTION, vpcConfig={"subnetIds": [ref("s.id")]}))],
        failing=[stack(f=aws(FUNCTION)), stack(f=aws(FUNCTION, vpcConfig={}))],
        not_applicable=[ELSEWHERE],
        without=GIVEN,
    ),
    "LL-FWL-033": Cases(
        passing=[_acl(protocol="6", cidrBlock="0.0.0.0/0"), _acl(protocol="-1", cidrBlock="10.0.0.0/8")],
        failing=[_acl(protocol="-1", cidrBlock="0.0.0.0/0"), _acl(protocol="-1", ipv6CidrBlock="::/0")],
        not_applicable=[ELSEWHERE],
        unknown=[stack(acl=aws(ACL, ingress=UNKNOWN))],
    ),
    "LL-FWL-034": Cases(
        passing=[stack(c=CLUSTER, **WAYS)],
        failing=[stack(c=CLUSTER), stack(c=CLUSTER, e0=WAYS["e0"])],
        not_applicable=[ELSEWHERE],
        unknown=[stack(c=CLUSTER, e=aws(ENDPOINT, serviceName=UNKNOWN))],
    ),
    "LL-FWL-035": about(ENDPOINT, "policy", ["{}"], [""], given=True),
    "LL-FWL-036": Cases(
        passing=[
            stack(e=aws(ENDPOINT, vpcEndpointType="Interface", privateDnsEnabled=True, securityGroupIds=["sg-1"]))
        ],
        failing=[
            stack(e=aws(ENDPOINT, vpcEndpointType="Interface", securityGroupIds=["sg-1"])),
            stack(e=aws(ENDPOINT, vpcEndpointType="Interface", privateDnsEnabled=True)),
        ],
        not_applicable=[stack(e=aws(ENDPOINT)), ELSEWHERE],
        unknown=[stack(e=aws(ENDPOINT, vpcEndpointType=UNKNOWN))],
    ),
    "LL-FWL-040": _of_network(NAMES, "vpcId"),
    "LL-FWL-041": Cases(
        passing=[stack(n=aws(NAMES), r=aws(NAME_RULE, action="ALLOW"), b=aws(NAME_RULE, action="BLOCK"))],
        failing=[stack(n=aws(NAMES)), stack(n=aws(NAMES), r=aws(NAME_RULE, action="ALLOW"))],
        not_applicable=[ELSEWHERE],
        unknown=[stack(n=aws(NAMES), r=aws(NAME_RULE, action=UNKNOWN))],
    ),
    "LL-FWL-042": _of_network(QUERIES, "resourceId"),
    "LL-FWL-043": Cases(
        passing=[stack(a=aws("ec2/eip:Eip", domain="vpc"))],
        failing=[stack(a=aws("ec2/eip:Eip", instance="i-1")), stack(a=aws("ec2/eip:Eip", networkInterface=UNKNOWN))],
        not_applicable=[ELSEWHERE],
        without={"unknown": "a machine that is not known is a machine"},
    ),
    "LL-FWL-044": Cases(
        passing=[stack(v=aws(VPC, cidrBlock="10.20.0.0/16", tags=OURS))],
        failing=[
            stack(v=aws(VPC, cidrBlock="10.0.0.0/8", tags=OURS)),
            stack(v=aws(VPC, cidrBlock="10.21.0.0/16", tags=OURS)),
        ],
        not_applicable=[stack(v=aws(VPC, cidrBlock="10.0.0.0/8")), ELSEWHERE],
        unknown=[stack(v=aws(VPC, cidrBlock=UNKNOWN, tags=OURS))],
    ),
}
