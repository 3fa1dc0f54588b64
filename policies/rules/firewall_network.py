"""Networks: private by default, watched, with names filtered and machines that cannot be tricked into giving keys."""

from policies.core.graph import Graph
from policies.core.resource import NotApplicable, Resource
from policies.core.rule import Problem, Problems, Severity, rule, stack_rule
from policies.joins.databases import DATABASE, is_replica
from policies.joins.expect import given, literal, not_literal, number
from policies.joins.openings import ANYWHERE

_VPC = "aws:ec2/vpc:Vpc"
_SUBNET = "aws:ec2/subnet:Subnet"
_FLOW_LOG = "aws:ec2/flowLog:FlowLog"
_GATEWAY = "aws:ec2/internetGateway:InternetGateway"
_ROUTE = "aws:ec2/route:Route"
_ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
_INSTANCE = "aws:ec2/instance:Instance"
_ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
_VPC_LINK = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-best-practices.html"
_IMDS = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html"
#: What holds data or runs code: (type, property that names its subnets).
_PRIVATE = (
    ("aws:rds/subnetGroup:SubnetGroup", "subnetIds"),
    ("aws:eks/nodeGroup:NodeGroup", "subnetIds"),
    ("aws:eks/cluster:Cluster", "vpcConfig"),
    ("aws:lambda/function:Function", "vpcConfig"),
    ("aws:ec2/instance:Instance", "subnetId"),
)


@rule(
    "LL-FWL-020",
    "Every network keeps flow logs",
    _VPC,
    severity=Severity.HIGH,
    why="Without them nobody can say who spoke to whom before a breach was seen.",
    fix='aws.ec2.FlowLog(..., vpc_id=vpc.id, traffic_type="ALL")',
    link="https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html",
)
def flow_logs(vpc: Resource, graph: Graph) -> Problems:
    if not any(graph.referring(vpc, "vpcId", _FLOW_LOG)):
        yield Problem("", "a flow log of this network", None)


@rule(
    "LL-FWL-021",
    "Flow logs keep what was accepted and what was refused",
    _FLOW_LOG,
    severity=Severity.MEDIUM,
    why="Refusals show who tries, acceptances who got in.",
    fix='traffic_type="ALL"',
    link="https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html",
)
def flow_log_all(log: Resource, graph: Graph) -> Problems:
    yield from literal(log, "trafficType", "ALL")


@rule(
    "LL-FWL-022",
    "Subnets give no public addresses",
    _SUBNET,
    severity=Severity.HIGH,
    why="Whatever is started there would stand in the internet by itself.",
    fix="map_public_ip_on_launch=False",
    link=_VPC_LINK,
)
def no_public_addresses(subnet: Resource, graph: Graph) -> Problems:
    yield from not_literal(subnet, "mapPublicIpOnLaunch", True, "false")


@rule(
    "LL-FWL-023",
    "What holds data or runs code has no route to an internet gateway",
    _ROUTE,
    severity=Severity.CRITICAL,
    why="With such a route one opened group is all that stands between the database and the internet.",
    fix="nat_gateway_id for private subnets, no default route at all for data subnets",
    link="https://docs.aws.amazon.com/config/latest/developerguide/no-unrestricted-route-to-igw.html",
)
def private_route(route: Resource, graph: Graph) -> Problems:
    if graph.one(route, "gatewayId", _GATEWAY) is None:
        if not graph.referred(route, "gatewayId", "aws:ec2/vpnGateway:VpnGateway"):
            route.get("gatewayId")
        raise NotApplicable("not to an internet gateway")
    table = graph.one(route, "routeTableId", "aws:ec2/routeTable:RouteTable")
    if table is None:
        raise NotApplicable("a table of elsewhere")
    for association in graph.referring(table, "routeTableId", _ASSOCIATION):
        subnet = graph.one(association, "subnetId", _SUBNET)
        used_by = next((each for each in _users(subnet, graph)), None) if subnet else None
        if used_by is not None:
            yield Problem("gatewayId", "a NAT gateway", f"an internet gateway for {used_by.name}")


def _users(subnet: Resource, graph: Graph) -> list[Resource]:
    found: list[Resource] = []
    for token, path in _PRIVATE:
        inner = "vpcConfig.subnetIds" if path == "vpcConfig" else path
        found += [each for each in graph.of(token) if subnet in graph.referred(each, inner, _SUBNET)]
    return found


@rule(
    "LL-FWL-024",
    "Internet gateways belong to a network of this stack",
    _GATEWAY,
    severity=Severity.MEDIUM,
    why="A gateway on another network opens what nobody here looks at.",
    fix="vpc_id=vpc.id",
    link="https://docs.aws.amazon.com/config/latest/developerguide/internet-gateway-authorized-vpc-only.html",
)
def gateway_of_ours(gateway: Resource, graph: Graph) -> Problems:
    if graph.one(gateway, "vpcId", _VPC) is None:
        yield Problem("vpcId", "a network of this stack", gateway.get("vpcId"))


@rule(
    "LL-FWL-025",
    "Machines hand out credentials to signed requests only",
    _TEMPLATE,
    _INSTANCE,
    severity=Severity.CRITICAL,
    why="With version 1 of it any request that an application can be made to send steals the node's role.",
    fix='metadata_options={"http_tokens": "required"}',
    link=_IMDS,
)
def metadata_tokens(machine: Resource, graph: Graph) -> Problems:
    yield from literal(machine, "metadataOptions.httpTokens", "required")


@rule(
    "LL-FWL-026",
    "Pods cannot ask the node for its credentials",
    _TEMPLATE,
    _INSTANCE,
    severity=Severity.HIGH,
    why="One hop ends at the node; with two every pod can be the node.",
    fix='metadata_options={"http_put_response_hop_limit": 1}',
    link=_IMDS,
)
def metadata_hops(machine: Resource, graph: Graph) -> Problems:
    yield from number(machine, "metadataOptions.httpPutResponseHopLimit", lambda hops: hops == 1, "1", 1)


@rule(
    "LL-FWL-027",
    "Machines have no public address",
    _INSTANCE,
    _TEMPLATE,
    severity=Severity.CRITICAL,
    why="Nothing but the CDN is reachable from the internet.",
    fix="associate_public_ip_address=False",
    link="https://docs.aws.amazon.com/config/latest/developerguide/ec2-instance-no-public-ip.html",
)
def machine_private(machine: Resource, graph: Graph) -> Problems:
    yield from not_literal(machine, "associatePublicIpAddress", True, "false")
    for each in machine.each("networkInterfaces"):
        for value in (True, "true"):
            yield from not_literal(each, "associatePublicIpAddress", value, "false")


@rule(
    "LL-FWL-028",
    "Machines are in a network of ours",
    _INSTANCE,
    severity=Severity.HIGH,
    why="Outside of one no firewall and no flow log sees them.",
    fix="subnet_id=private_subnet.id",
    link="https://docs.aws.amazon.com/config/latest/developerguide/ec2-instances-in-vpc.html",
)
def machine_in_network(machine: Resource, graph: Graph) -> Problems:
    yield from given(machine, "subnetId", "a private subnet")


@rule(
    "LL-FWL-029",
    "Machines have a role of their own",
    _INSTANCE,
    severity=Severity.MEDIUM,
    why="Without one somebody puts access keys on the disk.",
    fix="iam_instance_profile=profile.name",
    link="https://docs.aws.amazon.com/config/latest/developerguide/ec2-instance-profile-attached.html",
)
def machine_profile(machine: Resource, graph: Graph) -> Problems:
    yield from given(machine, "iamInstanceProfile", "an instance profile")


@rule(
    "LL-FWL-030",
    "Databases are not reachable from outside the network",
    DATABASE,
    severity=Severity.CRITICAL,
    why="A public address on a database of patients is a breach that waits for its password.",
    fix="publicly_accessible=False",
    link="https://docs.aws.amazon.com/config/latest/developerguide/rds-instance-public-access-check.html",
)
def database_private(database: Resource, graph: Graph) -> Problems:
    yield from not_literal(database, "publiclyAccessible", True, "false")


@rule(
    "LL-FWL-031",
    "Databases have subnets and a group of their own",
    DATABASE,
    severity=Severity.HIGH,
    why="Without them the default network and its default group are used.",
    fix="db_subnet_group_name=subnets.name, vpc_security_group_ids=[group.id]",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
)
def database_subnets(database: Resource, graph: Graph) -> Problems:
    if not is_replica(database):  # one in the same region has its primary's
        yield from given(database, "dbSubnetGroupName", "a subnet group")
    yield from given(database, "vpcSecurityGroupIds", "a security group")


@rule(
    "LL-FWL-032",
    "Functions run inside the network",
    "aws:lambda/function:Function",
    severity=Severity.MEDIUM,
    why="What renews the database's passwords must reach it without the database being reachable.",
    fix='vpc_config={"subnet_ids": private, "security_group_ids": [group.id]}',
    link="https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
)
def function_in_network(function: Resource, graph: Graph) -> Problems:
    yield from given(function, "vpcConfig", "private subnets and a group")


@rule(
    "LL-FWL-033",
    "Access lists let nobody in on everything",
    "aws:ec2/networkAcl:NetworkAcl",
    severity=Severity.MEDIUM,
    why="A second wall that is open is none.",
    fix="the ports and ranges that are served",
    link="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html",
)
def access_list(acl: Resource, graph: Graph) -> Problems:
    for each in acl.each("ingress"):
        anywhere = {each.get("cidrBlock"), each.get("ipv6CidrBlock")} & ANYWHERE
        if each.get("action") == "allow" and anywhere and str(each.get("protocol")) == "-1":
            yield Problem(each.path, "a range and its ports", "everything from everywhere")


@stack_rule(
    "LL-FWL-034",
    "Buckets, keys, secrets and logs are reached without the internet",
    severity=Severity.MEDIUM,
    why="Over the NAT gateway the traffic could go to anybody's bucket as well.",
    fix='aws.ec2.VpcEndpoint(..., service_name="com.amazonaws.<region>.s3")',
    link="https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html",
    needs=("aws:eks/cluster:Cluster",),
)
def private_ways(graph: Graph) -> Problems:
    networks: dict[Resource | None, list[Resource]] = {}
    for each in graph.of(_ENDPOINT):
        networks.setdefault(graph.one(each, "vpcId", _VPC), []).append(each)
    inhabited = {network: those for network, those in networks.items() if any(map(_is_interface, those))}
    for network, those in (inhabited or {None: graph.of(_ENDPOINT)}).items():
        served = {str(each.get("serviceName", "")).rpartition(".")[2] for each in those}
        for service in ("s3", "kms", "secretsmanager", "logs", "sts"):
            if service not in served:
                yield Problem("", f"an endpoint for {service}", ", ".join(sorted(served)), network)


def _is_interface(endpoint: Resource) -> bool:
    return endpoint.get("vpcEndpointType", "Gateway") == "Interface"


@rule(
    "LL-FWL-035",
    "Endpoints have a policy",
    _ENDPOINT,
    severity=Severity.MEDIUM,
    why="The default lets everybody inside write to any account's resources: a way out for data.",
    fix="policy that asks for aws:ResourceAccount",
    link="https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
)
def endpoint_policy(endpoint: Resource, graph: Graph) -> Problems:
    yield from given(endpoint, "policy", "a policy of one's own")


@rule(
    "LL-FWL-036",
    "Interface endpoints take over the service's name and have a group",
    _ENDPOINT,
    severity=Severity.MEDIUM,
    why="Otherwise the ordinary name still leads out, or anybody inside may use the endpoint.",
    fix="private_dns_enabled=True, security_group_ids=[group.id]",
    link="https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
)
def endpoint_names(endpoint: Resource, graph: Graph) -> Problems:
    if endpoint.get("vpcEndpointType", "Gateway") != "Interface":
        raise NotApplicable("a gateway endpoint")
    yield from literal(endpoint, "privateDnsEnabled", True)
    yield from given(endpoint, "securityGroupIds", "a security group")
