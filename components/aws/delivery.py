"""One distribution: the platform behind it, static files kept by it, and the crisis page when the platform is silent.

Costs a month, list prices of 2026-11: 0.085 USD a GB to visitors in North America and 0.01 USD ten thousand requests.
"""

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.crisis_page import CrisisPage
from components.aws.delivery_policies import DeliveryPolicies
from components.naming import Naming
from systems.model import System, TlsVersion

_PLATFORM, _CRISIS = "platform", "crisis-page"
_READING, _ALL = ["GET", "HEAD"], ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]
#: What visitors may negotiate, by the oldest version the spec offers.
_TLS_POLICIES = {TlsVersion.TLS_1_2: "TLSv1.2_2021", TlsVersion.TLS_1_3: "TLSv1.3_2025"}
#: What CloudFront itself says when it gets no answer from the platform, or none in time. 503 is not among them: with
#: that the balancer and the applications speak for themselves (maintenance page, health in JSON).
_UNANSWERED = (502, 504)
_ERRORS = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)


@dataclass(frozen=True, kw_only=True)
class DeliveryArgs:
    """`hosts` are all names the distribution answers to: CloudFront refuses a name that another one has."""

    system: System
    purpose: str
    hosts: tuple[str, ...]
    balancer_arn: pulumi.Input[str]
    balancer_dns_name: pulumi.Input[str]
    certificate_arn: pulumi.Input[str]
    web_acl_arn: pulumi.Input[str]
    policies: DeliveryPolicies
    crisis_page: CrisisPage | None


class Delivery(pulumi.ComponentResource):
    """CloudFront in front of one balancer that has no public address."""

    distribution_id: pulumi.Output[str]
    distribution_arn: pulumi.Output[str]
    domain_name: pulumi.Output[str]
    zone_id: pulumi.Output[str]

    def __init__(self, name: str, args: DeliveryArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Delivery", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        distribution = self._create_distribution(self._reach_balancer())
        self._measure(distribution)
        self.distribution_id = distribution.id
        self.distribution_arn = distribution.arn
        self.domain_name = distribution.domain_name
        self.zone_id = distribution.hosted_zone_id
        self.register_outputs({"distributionId": self.distribution_id, "domainName": self.domain_name})

    def _reach_balancer(self) -> aws.cloudfront.VpcOrigin:
        return aws.cloudfront.VpcOrigin(
            f"{self._name}-way-in",
            vpc_origin_endpoint_config={
                "name": self._naming.name("way-in", self._args.purpose, limit=64),
                "arn": self._args.balancer_arn,
                "http_port": 80,
                "https_port": 443,
                "origin_protocol_policy": "https-only",
                "origin_ssl_protocols": {"items": ["TLSv1.2"], "quantity": 1},
            },
            tags=self._naming.tags("delivery"),
            opts=ResourceOptions(parent=self),
        )

    def _create_distribution(self, way_in: aws.cloudfront.VpcOrigin) -> aws.cloudfront.Distribution:
        delivery = self._args.system.edge.delivery
        return aws.cloudfront.Distribution(
            f"{self._name}-distribution",
            enabled=True,
            comment=f"{self._naming.name(self._args.purpose)}: {self._args.hosts[0]}",
            aliases=list(self._args.hosts),
            http_version="http2and3" if delivery.http3 else "http2",
            is_ipv6_enabled=True,
            price_class="PriceClass_All",
            origins=[self._platform(way_in), *self._pages()],
            origin_groups=self._pages_together(),
            default_cache_behavior=self._pass_on(),
            ordered_cache_behaviors=[*self._show_pages(), *self._keep_assets()],
            custom_error_responses=[self._answer_error(code) for code in _ERRORS],
            restrictions={"geo_restriction": {"restriction_type": "none"}},
            viewer_certificate={
                "acm_certificate_arn": self._args.certificate_arn,
                "minimum_protocol_version": _TLS_POLICIES[self._args.system.tls.minimum_version],
                "ssl_support_method": "sni-only",
            },
            web_acl_id=self._args.web_acl_arn,
            tags=self._naming.tags("delivery"),
            opts=ResourceOptions(parent=self, protect=self._args.system.production),
        )

    def _platform(self, way_in: aws.cloudfront.VpcOrigin) -> dict[str, Any]:
        """Six seconds until a platform that cannot be reached is given up: the default of 30 is long in a crisis. An
        answer may take longer than HAProxy allows itself, so that its own error arrives."""
        allowed = self._args.system.load_balancer.timeouts.server_milliseconds // 1000
        return {
            "origin_id": _PLATFORM,
            "domain_name": self._args.balancer_dns_name,
            "connection_attempts": 2,
            "connection_timeout": 3,
            "vpc_origin_config": {
                "vpc_origin_id": way_in.id,
                "origin_keepalive_timeout": 30,
                "origin_read_timeout": min(allowed + 10, 60),
            },
        }

    def _pages(self) -> list[dict[str, Any]]:
        page = self._args.crisis_page
        if page is None:
            return []
        return [
            {
                "origin_id": f"{_CRISIS}-{part}",
                "domain_name": domain,
                "origin_access_control_id": page.origin_access_control_id,
                "connection_attempts": 2,
                "connection_timeout": 2,
            }
            for part, domain in page.bucket_domains.items()
        ]

    def _pages_together(self) -> list[dict[str, Any]]:
        page = self._args.crisis_page
        if page is None:
            return []
        members = [{"origin_id": f"{_CRISIS}-{part}"} for part in page.bucket_domains]
        criteria = {"status_codes": [403, 404, 429, 500, 502, 503, 504]}
        return [{"origin_id": _CRISIS, "failover_criteria": criteria, "members": members}]

    def _behavior(self, target: str, methods: list[str], cache_policy: pulumi.Input[str]) -> dict[str, Any]:
        return {
            "target_origin_id": target,
            "viewer_protocol_policy": "redirect-to-https",
            "allowed_methods": methods,
            "cached_methods": _READING,
            "cache_policy_id": cache_policy,
            "compress": True,
        }

    def _pass_on(self) -> dict[str, Any]:
        """Everything that has no rule of its own reaches HAProxy as the visitor sent it, and nothing of it is kept."""
        policies = self._args.policies
        return {
            **self._behavior(_PLATFORM, _ALL, policies.never_cached_id),
            "origin_request_policy_id": policies.as_sent_id,
        }

    def _keep_assets(self) -> list[dict[str, Any]]:
        policies = self._args.policies
        return [
            {
                "path_pattern": f"{prefix.rstrip('/')}/*",
                **self._behavior(_PLATFORM, _READING, policies.cached_id),
                "origin_request_policy_id": policies.host_only_id,
            }
            for prefix in self._args.system.edge.delivery.cached_prefixes
        ]

    def _show_pages(self) -> list[dict[str, Any]]:
        page, policies = self._args.crisis_page, self._args.policies
        if page is None or policies.page_headers_id is None:
            return []
        shown = self._behavior(_CRISIS, _READING, policies.cached_id)
        return [
            {"path_pattern": path, **shown, "response_headers_policy_id": policies.page_headers_id}
            for path in page.paths
        ]

    def _answer_error(self, code: int) -> dict[str, Any]:
        """No error is kept: one visitor's must not become the next one's. Whatever was asked for and however, a silent
        platform answers with the crisis page; an origin group could not do that for POST."""
        page = self._args.crisis_page
        answer: dict[str, Any] = {"error_code": code, "error_caching_min_ttl": 0}
        if page is None or code not in _UNANSWERED:
            return answer
        return {**answer, "response_code": 503, "response_page_path": page.paths[0]}

    def _measure(self, distribution: aws.cloudfront.Distribution) -> None:
        """Errors by status and the platform's latency as CloudFront sees them, for alarms."""
        wanted = {"realtime_metrics_subscription_status": "Enabled"}
        aws.cloudfront.MonitoringSubscription(
            f"{self._name}-metrics",
            distribution_id=distribution.id,
            monitoring_subscription={"realtime_metrics_subscription_config": wanted},
            opts=ResourceOptions(parent=self),
        )
