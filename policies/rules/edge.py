"""The way in: TLS and its versions, the firewall of the edge, certificates, and nothing beside it."""

from policies.context import context_of
from policies.core.graph import Graph
from policies.core.resource import NotApplicable, Resource
from policies.core.rule import Problem, Problems, Severity, rule
from policies.joins.expect import given, is_given, literal, not_literal

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
LISTENER = "aws:lb/listener:Listener"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
_ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"
_ZONE = "aws:route53/zone:Zone"
_ALB = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
_CDN = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/"
_OLD_POLICIES = ("ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-2015-05", "ELBSecurityPolicy-TLS-1-0-2015-04")
_NEW_VIEWERS = ("TLSv1.2_2019", "TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")
_TO_TLS = ("redirect-to-https", "https-only")


@rule(
    "LL-EDG-001",
    "Balancers forward nothing that came in clear",
    LISTENER,
    severity=Severity.CRITICAL,
    why="What a person in need writes must not be readable on its way.",
    fix='protocol="HTTPS", or a redirect to it',
    link=_ALB + "create-https-listener.html",
)
def listener_https(listener: Resource, graph: Graph) -> Problems:
    if listener.get("protocol") in ("HTTPS", "TLS"):
        return
    for action in listener.each("defaultActions"):
        if action.get("type") != "redirect" or action.get("redirect.protocol") != "HTTPS":
            yield Problem(action.at("type"), "a redirect to HTTPS", action.get("type"))


@rule(
    "LL-EDG-002",
    "Balancers have a certificate of ACM",
    LISTENER,
    severity=Severity.HIGH,
    why="ACM renews it in time; files on disks expire.",
    fix="certificate_arn=certificate.arn",
    link="https://docs.aws.amazon.com/config/latest/developerguide/elbv2-acm-certificate-required.html",
)
def listener_certificate(listener: Resource, graph: Graph) -> Problems:
    if listener.get("protocol") not in ("HTTPS", "TLS"):
        raise NotApplicable("it only redirects")
    yield from given(listener, "certificateArn", "the ARN of a certificate")


@rule(
    "LL-EDG-003",
    "Balancers speak TLS 1.2 and 1.3 only",
    LISTENER,
    severity=Severity.HIGH,
    why="Older versions have known breaks, and all documents exclude them.",
    fix='ssl_policy="ELBSecurityPolicy-TLS13-1-2-Res-2021-06"',
    link=_ALB + "describe-ssl-policies.html",
)
def listener_tls(listener: Resource, graph: Graph) -> Problems:
    if listener.get("protocol") not in ("HTTPS", "TLS"):
        raise NotApplicable("it only redirects")
    found = str(listener.get("sslPolicy", _OLD_POLICIES[0]))
    weak = (
        found in _OLD_POLICIES
        or "-1-0-" in found
        or "-1-1-" in found
        or "TLS-1-2" not in found.replace("TLS13-1-", "TLS-1-")
    )
    if weak and "TLS13-1-3" not in found:
        yield Problem("sslPolicy", "ELBSecurityPolicy-TLS13-1-2-Res-2021-06", found)


@rule(
    "LL-EDG-004",
    "Balancers cannot be deleted by mistake",
    BALANCER,
    severity=Severity.HIGH,
    why="It is the one way to every application.",
    fix="enable_deletion_protection=True",
    link=_ALB + "application-load-balancers.html",
)
def balancer_protected(balancer: Resource, graph: Graph) -> Problems:
    system = context_of(graph).system
    if system is not None and system.environment != "production":
        raise NotApplicable("outside of production")
    yield from literal(balancer, "enableDeletionProtection", True)


@rule(
    "LL-EDG-005",
    "Balancers drop malformed headers",
    BALANCER,
    severity=Severity.HIGH,
    why="Requests that two proxies read differently smuggle a third one in.",
    fix="drop_invalid_header_fields=True",
    link=_ALB + "application-load-balancers.html",
)
def malformed_headers(balancer: Resource, graph: Graph) -> Problems:
    if balancer.get("loadBalancerType", "application") != "application":
        raise NotApplicable("no application balancer")
    yield from literal(balancer, "dropInvalidHeaderFields", True)
    yield from not_literal(balancer, "desyncMitigationMode", "monitor", "defensive or strictest")


@rule(
    "LL-EDG-006",
    "Balancers stand behind a firewall of the edge",
    BALANCER,
    severity=Severity.HIGH,
    why="A public balancer without one takes whatever is sent.",
    fix="internal=True behind the CDN, or aws.wafv2.WebAclAssociation(...)",
    link="https://docs.aws.amazon.com/config/latest/developerguide/alb-waf-enabled.html",
)
def balancer_firewall(balancer: Resource, graph: Graph) -> Problems:
    if balancer.get("internal") is not True and not any(graph.referring(balancer, "resourceArn", _ASSOCIATION)):
        yield Problem("internal", "true, or a web ACL", balancer.get("internal"))


@rule(
    "LL-EDG-007",
    "Balancers speak TLS to what they serve",
    "aws:lb/targetGroup:TargetGroup",
    severity=Severity.HIGH,
    why="TLS at every hop: whoever is inside the network still reads nothing.",
    fix='protocol="HTTPS"',
    link=_ALB + "load-balancer-target-groups.html",
)
def targets_tls(group: Resource, graph: Graph) -> Problems:
    if group.get("targetType") in ("lambda", "alb"):
        raise NotApplicable("no protocol of its own")
    yield from literal(group, "protocol", "HTTPS", "TLS")


@rule(
    "LL-EDG-010",
    "Visitors come by TLS only",
    DISTRIBUTION,
    severity=Severity.CRITICAL,
    why="What a person in need writes must not be readable on its way.",
    fix='viewer_protocol_policy="redirect-to-https"',
    link=_CDN + "using-https.html",
)
def viewers_tls(distribution: Resource, graph: Graph) -> Problems:
    yield from literal(distribution, "defaultCacheBehavior.viewerProtocolPolicy", *_TO_TLS)
    for each in distribution.each("orderedCacheBehaviors"):
        yield from literal(each, "viewerProtocolPolicy", *_TO_TLS)


@rule(
    "LL-EDG-011",
    "Visitors speak TLS 1.2 or newer",
    DISTRIBUTION,
    severity=Severity.HIGH,
    why="Older versions have known breaks. The CDN's own certificate allows TLS 1.0.",
    fix='viewer_certificate={"acm_certificate_arn": ..., "minimum_protocol_version": "TLSv1.2_2021"}',
    link=_CDN + "secure-connections-supported-viewer-protocols-ciphers.html",
)
def viewers_version(distribution: Resource, graph: Graph) -> Problems:
    if is_given(distribution, "viewerCertificate") and not distribution.is_known("viewerCertificate"):
        return
    yield from literal(distribution, "viewerCertificate.minimumProtocolVersion", *_NEW_VIEWERS)


@rule(
    "LL-EDG-012",
    "Distributions stand behind a firewall",
    DISTRIBUTION,
    severity=Severity.HIGH,
    why="Floods and scans are stopped where they cost nothing.",
    fix="web_acl_id=acl.arn",
    link=_CDN + "distribution-web-awswaf.html",
)
def distribution_firewall(distribution: Resource, graph: Graph) -> Problems:
    yield from given(distribution, "webAclId", "the ARN of a web ACL")


@rule(
    "LL-EDG-013",
    "The CDN speaks TLS 1.2 to its origins",
    DISTRIBUTION,
    severity=Severity.HIGH,
    why="The way behind the edge is as long as the one before it.",
    fix='custom_origin_config={"origin_protocol_policy": "https-only", "origin_ssl_protocols": ["TLSv1.2"]}',
    link=_CDN + "using-https-cloudfront-to-custom-origin.html",
)
def origins_tls(distribution: Resource, graph: Graph) -> Problems:
    for origin in distribution.each("origins"):
        if origin.get("customOriginConfig"):
            yield from literal(origin, "customOriginConfig.originProtocolPolicy", "https-only")
            old = set(origin.texts("customOriginConfig.originSslProtocols")) - {"TLSv1.2", "TLSv1.3"}
            if old:
                yield Problem(origin.at("customOriginConfig.originSslProtocols"), "TLSv1.2", ", ".join(sorted(old)))


@rule(
    "LL-EDG-014",
    "The CDN reaches the network by TLS 1.2",
    "aws:cloudfront/vpcOrigin:VpcOrigin",
    severity=Severity.HIGH,
    why="TLS at every hop.",
    fix='"origin_protocol_policy": "https-only", "origin_ssl_protocols": {"items": ["TLSv1.2"], "quantity": 1}',
    link=_CDN + "private-content-vpc-origins.html",
)
def network_origin_tls(origin: Resource, graph: Graph) -> Problems:
    at = "vpcOriginEndpointConfig"
    yield from literal(origin, f"{at}.originProtocolPolicy", "https-only")
    old = set(origin.texts(f"{at}.originSslProtocols.items")) - {"TLSv1.2", "TLSv1.3"}
    if old:
        yield Problem(f"{at}.originSslProtocols.items", "TLSv1.2", ", ".join(sorted(old)))


@rule(
    "LL-EDG-015",
    "Buckets behind the CDN are read by it alone",
    "aws:cloudfront/originAccessControl:OriginAccessControl",
    severity=Severity.MEDIUM,
    why="An unsigned request needs a public bucket.",
    fix='signing_behavior="always", signing_protocol="sigv4"',
    link=_CDN + "private-content-restricting-access-to-s3.html",
)
def origin_signed(control: Resource, graph: Graph) -> Problems:
    yield from literal(control, "signingBehavior", "always")
    yield from literal(control, "signingProtocol", "sigv4")


@rule(
    "LL-EDG-016",
    "Public names are signed",
    _ZONE,
    severity=Severity.MEDIUM,
    why="A forged answer sends people in need to somebody else.",
    fix="aws.route53.KeySigningKey and aws.route53.HostedZoneDnsSec",
    link="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-configuring-dnssec.html",
)
def names_signed(zone: Resource, graph: Graph) -> Problems:
    if is_given(zone, "vpcs"):
        raise NotApplicable("a private zone")
    signed = list(graph.referring(zone, "hostedZoneId", "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec"))
    if not signed:
        yield Problem("", "a signing of this zone", None)
    for each in signed:
        yield from not_literal(each, "signingStatus", "NOT_SIGNING", "SIGNING")


@rule(
    "LL-EDG-017",
    "Health checks from outside come by TLS",
    "aws:route53/healthCheck:HealthCheck",
    severity=Severity.MEDIUM,
    why="A check in clear passes while every visitor's TLS fails.",
    fix='type="HTTPS_STR_MATCH", enable_sni=True',
    link="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html",
)
def checks_tls(check: Resource, graph: Graph) -> Problems:
    if str(check.get("type")) in ("HTTP", "HTTP_STR_MATCH", "TCP"):
        yield Problem("type", "HTTPS", check.get("type"))


@rule(
    "LL-EDG-018",
    "Groups of machines believe the balancer about their health",
    "aws:autoscaling/group:Group",
    severity=Severity.MEDIUM,
    why="A machine that runs and answers nothing is kept for ever.",
    fix='health_check_type="ELB"',
    link="https://docs.aws.amazon.com/config/latest/developerguide/autoscaling-group-elb-healthcheck-required.html",
)
def group_health(group: Resource, graph: Graph) -> Problems:
    if not is_given(group, "targetGroupArns") and not is_given(group, "loadBalancers"):
        raise NotApplicable("behind no balancer")
    yield from literal(group, "healthCheckType", "ELB")
