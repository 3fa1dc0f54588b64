"""Cases of policies/rules/edge.py."""

from typing import Any

from tests.policies.cases import UNKNOWN, Cases, aws, ref, stack
from tests.policies.of_property import GIVEN, WRITTEN, about

BALANCER = "lb/loadBalancer:LoadBalancer"
LISTENER = "lb/listener:Listener"
TARGETS = "lb/targetGroup:TargetGroup"
DISTRIBUTION = "cloudfront/distribution:Distribution"
ORIGIN = "cloudfront/vpcOrigin:VpcOrigin"
ACCESS = "cloudfront/originAccessControl:OriginAccessControl"
ZONE = "route53/zone:Zone"
DNSSEC = "route53/hostedZoneDnsSec:HostedZoneDnsSec"
GROUP = "autoscaling/group:Group"
TLS = "redirect-to-https"
RESTRICTED = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
ELSEWHERE = stack(topic=aws("sns/topic:Topic"))


def _listener(**properties: Any) -> Any:
    return stack(l=aws(LISTENER, **properties))


def _to(kind: str, **redirect: str) -> list[dict[str, Any]]:
    return [{"type": kind, **({"redirect": redirect} if redirect else {})}]


def _origins(*custom: dict[str, Any]) -> Any:
    return stack(d=aws(DISTRIBUTION, origins=[{"customOriginConfig": each} for each in custom]))


def _way_in(policy: str, *versions: str) -> Any:
    config = {"originProtocolPolicy": policy, "originSslProtocols": {"items": list(versions)}}
    return stack(o=aws(ORIGIN, vpcOriginEndpointConfig=config))


CASES = {
    "LL-EDG-001": Cases(
        passing=[
            _listener(protocol="HTTPS", defaultActions=_to("forward")),
            _listener(protocol="HTTP", defaultActions=_to("redirect", protocol="HTTPS")),
        ],
        failing=[
            _listener(protocol="HTTP", defaultActions=_to("forward")),
            _listener(protocol="HTTP", defaultActions=_to("redirect", protocol="HTTP")),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[_listener(protocol=UNKNOWN)],
    ),
    "LL-EDG-002": Cases(
        passing=[
            stack(c=aws("acm/certificate:Certificate"), l=aws(LISTENER, protocol="HTTPS", certificateArn=ref("c.arn")))
        ],
        failing=[_listener(protocol="HTTPS"), _listener(protocol="TLS", certificateArn="")],
        not_applicable=[_listener(protocol="HTTP"), ELSEWHERE],
        unknown=[_listener(protocol=UNKNOWN)],
    ),
    "LL-EDG-003": Cases(
        passing=[
            _listener(protocol="HTTPS", sslPolicy=each)
            for each in (RESTRICTED, "ELBSecurityPolicy-TLS13-1-3-2021-06", "ELBSecurityPolicy-TLS-1-2-Ext-2018-06")
        ],
        failing=[
            _listener(protocol="HTTPS"),
            _listener(protocol="HTTPS", sslPolicy="ELBSecurityPolicy-2016-08"),
            _listener(protocol="HTTPS", sslPolicy="ELBSecurityPolicy-TLS13-1-0-2021-06"),
            _listener(protocol="HTTPS", sslPolicy="ELBSecurityPolicy-TLS-1-1-2017-01"),
        ],
        not_applicable=[_listener(protocol="HTTP"), ELSEWHERE],
        unknown=[_listener(protocol="HTTPS", sslPolicy=UNKNOWN)],
    ),
    "LL-EDG-004": about(BALANCER, "enableDeletionProtection", [True], [False], literal=True),
    "LL-EDG-005": Cases(
        passing=[stack(b=aws(BALANCER, dropInvalidHeaderFields=True))],
        failing=[
            stack(b=aws(BALANCER)),
            stack(b=aws(BALANCER, dropInvalidHeaderFields=True, desyncMitigationMode="monitor")),
        ],
        not_applicable=[stack(b=aws(BALANCER, loadBalancerType="network")), ELSEWHERE],
        without=WRITTEN,
    ),
    "LL-EDG-006": Cases(
        passing=[
            stack(b=aws(BALANCER, internal=True)),
            stack(b=aws(BALANCER), w=aws("wafv2/webAclAssociation:WebAclAssociation", resourceArn=ref("b.arn"))),
        ],
        failing=[stack(b=aws(BALANCER)), stack(b=aws(BALANCER, internal=False))],
        not_applicable=[ELSEWHERE],
        unknown=[stack(b=aws(BALANCER, internal=UNKNOWN))],
    ),
    "LL-EDG-007": about(TARGETS, "protocol", ["HTTPS"], ["HTTP"], literal=True),
    "LL-EDG-010": Cases(
        passing=[
            stack(
                d=aws(
                    DISTRIBUTION,
                    defaultCacheBehavior={"viewerProtocolPolicy": TLS},
                    orderedCacheBehaviors=[{"viewerProtocolPolicy": "https-only"}],
                )
            )
        ],
        failing=[
            stack(d=aws(DISTRIBUTION)),
            stack(d=aws(DISTRIBUTION, defaultCacheBehavior={"viewerProtocolPolicy": "allow-all"})),
            stack(
                d=aws(
                    DISTRIBUTION,
                    defaultCacheBehavior={"viewerProtocolPolicy": TLS},
                    orderedCacheBehaviors=[{"viewerProtocolPolicy": "allow-all"}],
                )
            ),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[
            stack(
                d=aws(DISTRIBUTION, defaultCacheBehavior={"viewerProtocolPolicy": TLS}, orderedCacheBehaviors=UNKNOWN)
            )
        ],
    ),
    "LL-EDG-011": about(
        DISTRIBUTION,
        "viewerCertificate.minimumProtocolVersion",
        ["TLSv1.2_2021"],
        ["TLSv1", "TLSv1.1_2016"],
        literal=True,
    ),
    "LL-EDG-012": about(DISTRIBUTION, "webAclId", ["arn:acl"], [""], given=True),
    "LL-EDG-013": Cases(
        passing=[_origins({"originProtocolPolicy": "https-only", "originSslProtocols": ["TLSv1.2"]}), _origins()],
        failing=[
            _origins({"originProtocolPolicy": "match-viewer", "originSslProtocols": ["TLSv1.2"]}),
            _origins({"originProtocolPolicy": "https-only", "originSslProtocols": ["TLSv1", "TLSv1.2"]}),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(d=aws(DISTRIBUTION, origins=UNKNOWN))],
    ),
    "LL-EDG-014": Cases(
        passing=[_way_in("https-only", "TLSv1.2")],
        failing=[_way_in("http-only", "TLSv1.2"), _way_in("https-only", "TLSv1.1", "TLSv1.2")],
        not_applicable=[ELSEWHERE],
        unknown=[
            stack(
                o=aws(
                    ORIGIN,
                    vpcOriginEndpointConfig={"originProtocolPolicy": "https-only", "originSslProtocols": UNKNOWN},
                )
            )
        ],
    ),
    "LL-EDG-015": about(
        ACCESS, "signingBehavior", ["always"], ["never", "no-override"], literal=True, signingProtocol="sigv4"
    ),
    "LL-EDG-016": Cases(
        passing=[stack(z=aws(ZONE), s=aws(DNSSEC, hostedZoneId=ref("z.zoneId")))],
        failing=[
            stack(z=aws(ZONE)),
            stack(z=aws(ZONE), s=aws(DNSSEC, hostedZoneId=ref("z.zoneId"), signingStatus="NOT_SIGNING")),
        ],
        not_applicable=[stack(z=aws(ZONE, vpcs=[{"vpcId": "vpc-1"}])), ELSEWHERE],
        without=WRITTEN,
    ),
    "LL-EDG-017": Cases(
        passing=[stack(c=aws("route53/healthCheck:HealthCheck", type="HTTPS_STR_MATCH"))],
        failing=[stack(c=aws("route53/healthCheck:HealthCheck", type=each)) for each in ("HTTP", "TCP")],
        not_applicable=[ELSEWHERE],
        unknown=[stack(c=aws("route53/healthCheck:HealthCheck", type=UNKNOWN))],
    ),
    "LL-EDG-018": Cases(
        passing=[stack(g=aws(GROUP, targetGroupArns=["arn:t"], healthCheckType="ELB"))],
        failing=[
            stack(g=aws(GROUP, targetGroupArns=["arn:t"])),
            stack(g=aws(GROUP, loadBalancers=["b"], healthCheckType="EC2")),
        ],
        not_applicable=[stack(g=aws(GROUP)), ELSEWHERE],
        without=GIVEN,
    ),
}
