"""Networks, firewalls and balancers that AWS refuses."""

from typing import Any

_VPC, _SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"
_GROUP, _OLDER = "aws:ec2/securityGroup:SecurityGroup", "aws:ec2/securityGroupRule:SecurityGroupRule"
_IN = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
_ACL, _ACL_RULE = "aws:ec2/networkAcl:NetworkAcl", "aws:ec2/networkAclRule:NetworkAclRule"
_ROUTE, _TABLE = "aws:ec2/route:Route", "aws:ec2/routeTable:RouteTable"
_ENDPOINT, _LOG = "aws:ec2/vpcEndpoint:VpcEndpoint", "aws:ec2/flowLog:FlowLog"
_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
_BALANCER, _TARGETS = "aws:lb/loadBalancer:LoadBalancer", "aws:lb/targetGroup:TargetGroup"
_LISTENER, _LISTENER_RULE = "aws:lb/listener:Listener", "aws:lb/listenerRule:ListenerRule"
_ARN = "arn:aws:elasticloadbalancing:us-east-1:123456789012"


def _ingress(**changed: Any) -> dict[str, Any]:
    rule = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/8"], **changed}
    return {"vpcId": "vpc-1", "ingress": [{key: value for key, value in rule.items() if value is not None}]}


def _rule(**changed: Any) -> dict[str, Any]:
    whole = {"securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 1, "toPort": 2, "cidrIpv4": "10.0.0.0/8"}
    return {key: value for key, value in {**whole, **changed}.items() if value is not None}


def _entry(**changed: Any) -> dict[str, Any]:
    entry = {"ruleNo": 1, "action": "allow", "protocol": "tcp", "fromPort": 1, "toPort": 2, "cidrBlock": "0.0.0.0/0"}
    return {"vpcId": "vpc-1", "ingress": [{**entry, **changed}]}


def _targets(**changed: Any) -> dict[str, Any]:
    return {"name": "app", "port": 443, "protocol": "HTTPS", "vpcId": "vpc-1", **changed}


def _checked(**changed: Any) -> dict[str, Any]:
    return _targets(healthCheck={"path": "/health", "interval": 10, "timeout": 5, **changed})


def _balancer(**changed: Any) -> dict[str, Any]:
    return {"name": "app", "subnets": ["subnet-1", "subnet-2"], **changed}


def _listener(**changed: Any) -> dict[str, Any]:
    forward = {"type": "forward", "targetGroupArn": f"{_ARN}:targetgroup/t/1"}
    whole = {"loadBalancerArn": f"{_ARN}:loadbalancer/app/a/1", "port": 80, "protocol": "HTTP", **changed}
    return {"defaultActions": [forward], **whole}


def _listener_rule(**changed: Any) -> dict[str, Any]:
    path = {"pathPattern": {"values": ["/a"]}}
    forward = {"type": "forward", "targetGroupArn": f"{_ARN}:targetgroup/t/1"}
    return {"listenerArn": f"{_ARN}:listener/app/a/1/2", "conditions": [path], "actions": [forward], **changed}


def _log(**changed: Any) -> dict[str, Any]:
    whole = {"vpcId": "vpc-1", "trafficType": "ALL", "logDestinationType": "s3", "logDestination": "arn:aws:s3:::logs"}
    return {key: value for key, value in {**whole, **changed}.items() if value is not None}


_OPEN = {"routeTableId": "rtb-1", "destinationCidrBlock": "0.0.0.0/0"}
_FIXED = {"type": "fixed-response", "fixedResponse": {"contentType": "text/plain", "statusCode": "404"}}
_TWO_SOURCES = _rule(prefixListId="pl-1")

WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    (_VPC, {"cidrBlock": "10.0.0.0/8"}, "cidrBlock", "AWS rule"),
    (_VPC, {"cidrBlock": "10.0.0.0/29"}, "cidrBlock", "AWS rule"),
    (_VPC, {"cidrBlock": "10.0.1.0/16"}, "cidrBlock", "AWS rule"),
    (_VPC, {"cidrBlock": "10.0.0.0"}, "cidrBlock", "AWS rule"),
    (_VPC, {"cidrBlock": "10.0.0.0/16", "instanceTenancy": "shared"}, "instanceTenancy", "service model"),
    (_VPC, {"cidrBlock": "10.0.0.0/16", "enableDnsHostname": True}, "enableDnsHostname", "schema"),
    (
        _VPC,
        {"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": True, "enableDnsSupport": False},
        "enableDnsHostnames",
        "AWS rule",
    ),
    (_SUBNET, {"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/29"}, "cidrBlock", "AWS rule"),
    (_SUBNET, {"cidrBlock": "10.0.0.0/24"}, "vpcId", "schema"),
    (
        _SUBNET,
        {"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/24", "region": "us-west-2", "availabilityZone": "us-east-1a"},
        "availabilityZone",
        "AWS rule",
    ),
    ("aws:ec2/natGateway:NatGateway", {"subnetId": "subnet-1"}, "allocationId", "AWS rule"),
    (_ROUTE, {**_OPEN, "gatewayId": "igw-1", "natGatewayId": "nat-1"}, "natGatewayId", "AWS rule"),
    (_ROUTE, _OPEN, "carrierGatewayId", "AWS rule"),
    (_ROUTE, {**_OPEN, "destinationCidrBlock": "10.0.0.1/8", "gatewayId": "igw-1"}, "destinationCidrBlock", "AWS rule"),
    (
        _TABLE,
        {"vpcId": "vpc-1", "routes": [{"cidrBlock": "0.0.0.0/0"}]},
        "routes[0].carrierGatewayId",
        "AWS rule",
    ),
    ("aws:ec2/routeTableAssociation:RouteTableAssociation", {"routeTableId": "rtb-1"}, "subnetId", "AWS rule"),
    (_GROUP, {"vpcId": "vpc-1", "name": "sg-app"}, "name", "AWS rule"),
    (_GROUP, {"vpcId": "vpc-1", "description": "to the café"}, "description", "AWS rule"),
    (_GROUP, _ingress(fromPort=8080), "ingress[0].fromPort", "AWS rule"),
    (_GROUP, _ingress(toPort=70000), "ingress[0].toPort", "AWS rule"),
    (_GROUP, _ingress(protocol="-1"), "ingress[0].fromPort", "AWS rule"),
    (_GROUP, _ingress(protocol="quic"), "ingress[0].protocol", "AWS rule"),
    (_GROUP, _ingress(cidrBlocks=["10.1.1.1/8"]), "ingress[0].cidrBlocks[0]", "AWS rule"),
    (_GROUP, _ingress(cidrBlocks=None), "ingress[0]", "AWS rule"),
    (_IN, _rule(fromPort=3), "fromPort", "AWS rule"),
    (_IN, _rule(ipProtocol="-1"), "fromPort", "AWS rule"),
    (_IN, _rule(cidrIpv4="10.0.0.0/33"), "cidrIpv4", "AWS rule"),
    (_IN, _rule(cidrIpv4=None), "cidrIpv4", "AWS rule"),
    (_IN, _rule(description="x" * 256), "description", "AWS rule"),
    (_IN, _rule(toPort=None), "toPort", "AWS rule"),
    (_IN, _TWO_SOURCES, "prefixListId", "AWS rule"),
    (
        _OLDER,
        {"type": "inbound", "securityGroupId": "sg-1", "protocol": "tcp", "fromPort": 1, "toPort": 2, "self": True},
        "type",
        "AWS rule",
    ),
    (_ACL, _entry(ruleNo=40000), "ingress[0].ruleNo", "AWS rule"),
    (_ACL, _entry(action="permit"), "ingress[0].action", "AWS rule"),
    (_ACL, {"vpcId": "vpc-1", "ingress": _entry()["ingress"] * 2}, "ingress[1].ruleNo", "AWS rule"),
    (
        _ACL_RULE,
        {"networkAclId": "acl-1", "ruleNumber": 1, "protocol": "-1", "ruleAction": "deny", "cidrBlock": "10.0.0.5/8"},
        "cidrBlock",
        "AWS rule",
    ),
    (
        _ENDPOINT,
        {"vpcId": "vpc-1", "serviceName": "com.amazonaws.us-east-1.ecr.api", "vpcEndpointType": "Gateway"},
        "serviceName",
        "AWS rule",
    ),
    (
        _ENDPOINT,
        {"vpcId": "vpc-1", "serviceName": "com.amazonaws.us-east-1.s3", "subnetIds": ["subnet-1"]},
        "subnetIds",
        "AWS rule",
    ),
    (
        _ENDPOINT,
        {"vpcId": "vpc-1", "serviceName": "com.amazonaws.us-east-1.s3", "policy": "{not json"},
        "policy",
        "AWS rule",
    ),
    (
        _ENDPOINT,
        {"vpcId": "vpc-1", "serviceName": "com.amazonaws.us-east-1.s3", "vpcEndpointType": "Portal"},
        "vpcEndpointType",
        "service model",
    ),
    (_LOG, _log(maxAggregationInterval=300), "maxAggregationInterval", "AWS rule"),
    (_LOG, _log(logDestination="arn:aws:logs:us-east-1:1:log-group:x"), "logDestination", "AWS rule"),
    (_LOG, _log(iamRoleArn="arn:aws:iam::123456789012:role/x"), "iamRoleArn", "AWS rule"),
    (_LOG, _log(vpcId=None), "vpcId", "AWS rule"),
    (_LOG, _log(trafficType="SOME"), "trafficType", "service model"),
    (_LOG, _log(destinationOptions={"fileFormat": "csv"}), "destinationOptions.fileFormat", "service model"),
    (
        _LIST,
        {"addressFamily": "IPv4", "maxEntries": 1, "entries": [{"cidr": "10.0.0.0/8"}, {"cidr": "11.0.0.0/8"}]},
        "entries",
        "AWS rule",
    ),
    (_LIST, {"addressFamily": "ipv4", "maxEntries": 1}, "addressFamily", "AWS rule"),
    ("aws:ec2/vpcDhcpOptions:VpcDhcpOptions", {"netbiosNodeType": "3"}, "netbiosNodeType", "AWS rule"),
    (_BALANCER, _balancer(name="a" * 33), "name", "AWS rule"),
    (_BALANCER, _balancer(name="internal-app"), "name", "AWS rule"),
    (_BALANCER, _balancer(name="-app"), "name", "AWS rule"),
    (_BALANCER, _balancer(subnets=["subnet-1"]), "subnets", "AWS rule"),
    (_BALANCER, _balancer(idleTimeout=5000), "idleTimeout", "AWS rule"),
    (_BALANCER, _balancer(desyncMitigationMode="strict"), "desyncMitigationMode", "AWS rule"),
    (_BALANCER, _balancer(ipAddressType="ipv6"), "ipAddressType", "service model"),
    (_TARGETS, _targets(port=70000), "port", "service model"),
    (_TARGETS, _targets(slowStart=10), "slowStart", "AWS rule"),
    (_TARGETS, _targets(deregistrationDelay=4000), "deregistrationDelay", "AWS rule"),
    (_TARGETS, _checked(timeout=10), "healthCheck.timeout", "AWS rule"),
    (_TARGETS, _checked(path="health"), "healthCheck.path", "AWS rule"),
    (_TARGETS, _checked(interval=301), "healthCheck.interval", "AWS rule"),
    (_TARGETS, _checked(healthyThreshold=11), "healthCheck.healthyThreshold", "AWS rule"),
    (_TARGETS, _targets(stickiness={"type": "source_ip"}), "stickiness.type", "AWS rule"),
    (_TARGETS, _targets(stickiness={"type": "app_cookie"}), "stickiness.cookieName", "AWS rule"),
    (_LISTENER, _listener(protocol="HTTPS"), "certificateArn", "AWS rule"),
    (_LISTENER, _listener(sslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06"), "sslPolicy", "AWS rule"),
    (_LISTENER, _listener(protocol="HTTPS", certificateArn="arn:x", sslPolicy="nope"), "sslPolicy", "AWS rule"),
    (_LISTENER, _listener(defaultActions=[{"type": "forward"}]), "defaultActions[0].type", "AWS rule"),
    (_LISTENER, _listener(defaultActions=[_FIXED, _FIXED]), "defaultActions", "AWS rule"),
    (_LISTENER_RULE, _listener_rule(priority=50001), "priority", "service model"),
    (_LISTENER_RULE, _listener_rule(conditions=[{}]), "conditions[0]", "AWS rule"),
    (
        _LISTENER_RULE,
        _listener_rule(conditions=[{"pathPattern": {"values": list("abcdef")}}]),
        "conditions",
        "AWS rule",
    ),
    (
        _LISTENER_RULE,
        _listener_rule(conditions=[{"sourceIp": {"values": ["10.0.0.1/8"]}}]),
        "conditions[0].sourceIp.values[0]",
        "AWS rule",
    ),
]
