"""Networks, the way in and the way out, weakened one property at a time."""

from typing import Any

from policies.core.resource import Resource
from systems.model import System
from tests.policies.mutants import DROP, Addition, Change, Weakening
from tests.policies.weakenings_account import named

_BALANCER, _LISTENER = "aws:lb/loadBalancer:LoadBalancer", "aws:lb/listener:Listener"
_TARGETS, _CDN = "aws:lb/targetGroup:TargetGroup", "aws:cloudfront/distribution:Distribution"
_TEMPLATE, _SUBNET = "aws:ec2/launchTemplate:LaunchTemplate", "aws:ec2/subnet:Subnet"
_GROUP, _VPC, _ENDPOINT = "aws:ec2/securityGroup:SecurityGroup", "aws:ec2/vpc:Vpc", "aws:ec2/vpcEndpoint:VpcEndpoint"
_IN, _OUT = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "aws:vpc/securityGroupEgressRule:*"
_NAME_RULE = "aws:route53/resolverFirewallRule:ResolverFirewallRule"


def _opened(port: int, to: str = "0.0.0.0/0") -> dict[str, Any]:
    """One opening more, inline in a group."""
    return {"protocol": "tcp", "fromPort": port, "toPort": port, "cidrBlocks": [to]}


_EVERYTHING = {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["10.0.0.0/8"]}


def _closed_by_the_document(inline: Any, system: System) -> list[Any]:
    return [[_opened(port, "198.51.100.7/32")] for port in system.firewall.closed]


OPENINGS = (
    Weakening(_GROUP, "ingress", [_opened(22)], "LL-FWL-001"),
    Weakening(_IN, "cidrIpv4", "0.0.0.0/0", "LL-FWL-002", lambda each: each.get("fromPort") in (5432, 6379)),
    Weakening(_IN, "cidrIpv6", "::/0", "LL-FWL-003", lambda each: each.get("fromPort") not in (80, 443)),
    Weakening(_GROUP, "ingress", [_EVERYTHING], "LL-FWL-004"),
    Weakening(_GROUP, "ingress", [_opened(5432, "10.0.0.0/8")], "LL-FWL-005"),
    Weakening(_GROUP, "egress", [_opened(25)], "LL-FWL-006"),
    Weakening(_OUT, "ipProtocol", "-1", "LL-FWL-006", lambda each: each.get("cidrIpv4") == "0.0.0.0/0"),
    Weakening(_IN, "description", DROP, "LL-FWL-007"),
    Weakening(_OUT, "description", DROP, "LL-FWL-007"),
    Weakening(_GROUP, "description", DROP, "LL-FWL-008"),
    Weakening("aws:ec2/defaultSecurityGroup:*", "ingress", [_opened(443)], "LL-FWL-009"),
    Weakening("aws:ec2/defaultSecurityGroup:*", "", None, "LL-FWL-010"),
    Weakening(_GROUP, "ingress", Change(_closed_by_the_document), "LL-FWL-011"),
    Weakening(_IN, "fromPort", 444, "LL-FWL-012", lambda each: bool(each.get("prefixListId"))),
)

GROUNDS = (
    Weakening("aws:ec2/flowLog:FlowLog", "", None, "LL-FWL-020"),
    Weakening("aws:ec2/flowLog:FlowLog", "trafficType", "REJECT", "LL-FWL-021"),
    Weakening(_SUBNET, "mapPublicIpOnLaunch", True, "LL-FWL-022"),
    Weakening(_SUBNET, "mapPublicIpOnLaunch", True, "LL-CLU-053", named("network-private")),
    Weakening(
        "aws:ec2/route:Route",
        "gatewayId",
        Change(lambda id, _: "network-internet-id"),
        "LL-FWL-023",
        lambda route: bool(route.get("natGatewayId")) and "recovery-region" not in route.name,
    ),
    Weakening("aws:ec2/internetGateway:InternetGateway", "vpcId", "vpc-of-elsewhere", "LL-FWL-024"),
    Weakening(_TEMPLATE, "metadataOptions.httpTokens", "optional", "LL-FWL-025"),
    Weakening(_TEMPLATE, "metadataOptions.httpTokens", "optional", "LL-CLU-052"),
    Weakening(_TEMPLATE, "metadataOptions.httpPutResponseHopLimit", 2, "LL-FWL-026"),
    Weakening(_TEMPLATE, "metadataOptions.httpPutResponseHopLimit", 2, "LL-CLU-052"),
    Weakening(_TEMPLATE, "networkInterfaces", [{"associatePublicIpAddress": "true"}], "LL-FWL-027"),
    Weakening(_TEMPLATE, "blockDeviceMappings[*].ebs.encrypted", "false", "LL-ENC-008"),
    Weakening(_TEMPLATE, "monitoring.enabled", False, "LL-AUD-040"),
    Addition("aws:ec2/instance:Instance", {"ami": "ami-1", "monitoring": True}, "LL-FWL-028"),
    Addition("aws:ec2/instance:Instance", {"ami": "ami-1", "subnetId": "subnet-1"}, "LL-FWL-029"),
    Addition("aws:ec2/instance:Instance", {"ami": "ami-1", "subnetId": "subnet-1"}, "LL-ENC-009"),
    Weakening(
        "aws:ec2/networkAcl:NetworkAcl",
        "ingress",
        [{"protocol": "-1", "action": "allow", "cidrBlock": "0.0.0.0/0", "fromPort": 0, "toPort": 0}],
        "LL-FWL-033",
    ),
    Weakening(_ENDPOINT, "", None, "LL-FWL-034", lambda each: _only_one(each, "kms", "secretsmanager", "logs", "sts")),
    Weakening(_ENDPOINT, "policy", DROP, "LL-FWL-035"),
    Weakening(_ENDPOINT, "privateDnsEnabled", False, "LL-FWL-036", lambda each: _interface(each)),
    Weakening(_ENDPOINT, "securityGroupIds", DROP, "LL-FWL-036", lambda each: _interface(each)),
    Weakening("aws:route53/resolverFirewallRuleGroupAssociation:*", "", None, "LL-FWL-040"),
    Weakening(_NAME_RULE, "action", "ALERT", "LL-FWL-041", lambda each: each.get("action") == "BLOCK"),
    Weakening("aws:route53/resolverQueryLogConfigAssociation:*", "", None, "LL-FWL-042"),
    Weakening("aws:ec2/eip:Eip", "instance", "i-1", "LL-FWL-043"),
    Weakening(_VPC, "cidrBlock", "172.31.0.0/16", "LL-FWL-044", named("network-vpc")),
    Weakening("aws:ebs/encryptionByDefault:EncryptionByDefault", "enabled", False, "LL-ENC-006"),
    Weakening("aws:ebs/encryptionByDefault:EncryptionByDefault", "", None, "LL-ENC-006"),
    Weakening("aws:ebs/defaultKmsKey:DefaultKmsKey", "", None, "LL-ENC-007"),
    Weakening("aws:ebs/snapshotBlockPublicAccess:*", "state", "unblocked", "LL-FWL-056"),
    Weakening("aws:ebs/snapshotBlockPublicAccess:*", "", None, "LL-FWL-056"),
    Weakening("aws:ec2/imageBlockPublicAccess:*", "state", "unblocked", "LL-FWL-057"),
    Weakening("aws:ec2/imageBlockPublicAccess:*", "", None, "LL-FWL-057"),
    Weakening("aws:ec2/serialConsoleAccess:*", "enabled", True, "LL-FWL-058"),
)


def _interface(endpoint: Resource) -> bool:
    return endpoint.get("vpcEndpointType") == "Interface"


def _only_one(endpoint: Resource, *services: str) -> bool:
    return str(endpoint.get("serviceName")).rpartition(".")[2] in services


WAY_IN = (
    Weakening(_BALANCER, "enableDeletionProtection", False, "LL-EDG-004"),
    Weakening(_BALANCER, "enableDeletionProtection", False, "LL-AVL-027"),
    Weakening(_BALANCER, "dropInvalidHeaderFields", False, "LL-EDG-005"),
    Weakening(_BALANCER, "desyncMitigationMode", "monitor", "LL-EDG-005"),
    Weakening(_BALANCER, "internal", False, "LL-EDG-006"),
    Weakening(_BALANCER, "accessLogs", DROP, "LL-AUD-030"),
    Weakening(_BALANCER, "accessLogs.enabled", False, "LL-AUD-030"),
    Weakening(_BALANCER, "subnets", Change(lambda ids, _: [ids[:1]]), "LL-AVL-026"),
    Weakening(_LISTENER, "protocol", "HTTP", "LL-EDG-001"),
    Weakening(_LISTENER, "certificateArn", DROP, "LL-EDG-002"),
    Weakening(_LISTENER, "sslPolicy", "ELBSecurityPolicy-2016-08", "LL-EDG-003"),
    Weakening(_LISTENER, "sslPolicy", "ELBSecurityPolicy-TLS13-1-1-2021-06", "LL-EDG-003"),
    Weakening(_LISTENER, "sslPolicy", DROP, "LL-EDG-003"),
    Weakening(_TARGETS, "protocol", "HTTP", "LL-EDG-007"),
    Weakening(_TARGETS, "healthCheck", DROP, "LL-AVL-028"),
    Weakening(_TARGETS, "healthCheck.interval", 60, "LL-AVL-028"),
    Weakening(_CDN, "defaultCacheBehavior.viewerProtocolPolicy", "allow-all", "LL-EDG-010"),
    Weakening(_CDN, "orderedCacheBehaviors[*].viewerProtocolPolicy", "allow-all", "LL-EDG-010"),
    Weakening(_CDN, "viewerCertificate.minimumProtocolVersion", "TLSv1", "LL-EDG-011"),
    Weakening(_CDN, "viewerCertificate", {"cloudfrontDefaultCertificate": True}, "LL-EDG-011"),
    Weakening(_CDN, "webAclId", DROP, "LL-EDG-012"),
    Weakening(
        _CDN,
        "origins[*].customOriginConfig",
        {"originProtocolPolicy": "http-only", "originSslProtocols": ["TLSv1.2"]},
        "LL-EDG-013",
    ),
    Weakening(
        _CDN,
        "origins[*].customOriginConfig",
        {"originProtocolPolicy": "https-only", "originSslProtocols": ["SSLv3"]},
        "LL-EDG-013",
    ),
    Weakening("aws:cloudfront/vpcOrigin:*", "vpcOriginEndpointConfig.originProtocolPolicy", "http-only", "LL-EDG-014"),
    Weakening(
        "aws:cloudfront/vpcOrigin:*", "vpcOriginEndpointConfig.originSslProtocols.items", ["TLSv1"], "LL-EDG-014"
    ),
    Weakening("aws:cloudfront/originAccessControl:*", "signingBehavior", "never", "LL-EDG-015"),
    Weakening("aws:route53/hostedZoneDnsSec:*", "", None, "LL-EDG-016"),
    Weakening("aws:route53/hostedZoneDnsSec:*", "signingStatus", "NOT_SIGNING", "LL-EDG-016"),
    Weakening("aws:route53/healthCheck:HealthCheck", "type", "HTTP_STR_MATCH", "LL-EDG-017", lambda each: _asks(each)),
    Weakening("aws:cloudwatch/logDeliverySource:*", "", None, "LL-AUD-033"),
    Weakening("aws:wafv2/webAclLoggingConfiguration:*", "", None, "LL-AUD-031"),
    Weakening("aws:wafv2/webAclLoggingConfiguration:*", "redactedFields", DROP, "LL-AUD-032"),
    Weakening("aws:sesv2/configurationSet:*", "deliveryOptions.tlsPolicy", "OPTIONAL", "LL-ENC-035"),
    Addition("aws:autoscaling/group:Group", {"targetGroupArns": ["arn:t"], "healthCheckType": "EC2"}, "LL-EDG-018"),
)


def _asks(check: Resource) -> bool:
    return str(check.get("type")).startswith("HTTPS")


NETWORK = (*OPENINGS, *GROUNDS, *WAY_IN)
