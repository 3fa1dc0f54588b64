"""What CloudFront keeps, what it sends on and what it adds: policies that all distributions of a stack share."""

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.naming import Naming
from systems.model import System

#: AWS's own policy: nothing is kept.
_CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
#: Set by CloudFront and by nobody else: the visitor's address, whatever X-Forwarded-For claims.
_VIEWER_ADDRESS = "CloudFront-Viewer-Address"
_DAY_SECONDS = 86_400
_NO_COOKIES: dict[str, Any] = {"cookie_behavior": "none"}
_NO_QUERY: dict[str, Any] = {"query_string_behavior": "none"}


@dataclass(frozen=True, kw_only=True)
class DeliveryPoliciesArgs:
    """`page_content_security_policy` is that of the page CloudFront serves itself, if it serves one."""

    system: System
    page_content_security_policy: str | None


class DeliveryPolicies(pulumi.ComponentResource):
    """Ids of policies, by what they do."""

    never_cached_id: str
    cached_id: pulumi.Output[str]
    as_sent_id: pulumi.Output[str]
    host_only_id: pulumi.Output[str]
    page_headers_id: pulumi.Output[str] | None

    def __init__(
        self, name: str, args: DeliveryPoliciesArgs, naming: Naming, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("lifeline:aws:DeliveryPolicies", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        self.never_cached_id = _CACHING_DISABLED
        self.cached_id = self._create_cached().id
        self.as_sent_id = self._create_as_sent().id
        self.host_only_id = self._create_host_only().id
        policy = args.page_content_security_policy
        self.page_headers_id = self._create_page_headers(policy).id if policy else None
        self.register_outputs({})

    def _create_cached(self) -> aws.cloudfront.CachePolicy:
        """Files whose names change with their content: the path alone tells them apart."""
        delivery = self._args.system.edge.delivery
        return aws.cloudfront.CachePolicy(
            f"{self._name}-cached",
            name=self._naming.name("cached", limit=128),
            comment="by path alone, compressed",
            min_ttl=0,
            default_ttl=_DAY_SECONDS,
            max_ttl=365 * _DAY_SECONDS,
            parameters_in_cache_key_and_forwarded_to_origin={
                "cookies_config": _NO_COOKIES,
                "headers_config": {"header_behavior": "none"},
                "query_strings_config": _NO_QUERY,
                "enable_accept_encoding_brotli": delivery.brotli,
                "enable_accept_encoding_gzip": delivery.gzip,
            },
            opts=self._child,
        )

    def _create_as_sent(self) -> aws.cloudfront.OriginRequestPolicy:
        return aws.cloudfront.OriginRequestPolicy(
            f"{self._name}-as-sent",
            name=self._naming.name("as-sent", limit=128),
            comment="everything the visitor sent, and the visitor's address",
            cookies_config={"cookie_behavior": "all"},
            headers_config={
                "header_behavior": "allViewerAndWhitelistCloudFront",
                "headers": {"items": [_VIEWER_ADDRESS]},
            },
            query_strings_config={"query_string_behavior": "all"},
            opts=self._child,
        )

    def _create_host_only(self) -> aws.cloudfront.OriginRequestPolicy:
        """A cookie sent along could come back as somebody else's, out of the cache."""
        return aws.cloudfront.OriginRequestPolicy(
            f"{self._name}-host-only",
            name=self._naming.name("host-only", limit=128),
            comment="the host, for HAProxy to know the platform; no cookie, no query",
            cookies_config=_NO_COOKIES,
            headers_config={"header_behavior": "whitelist", "headers": {"items": ["Host"]}},
            query_strings_config=_NO_QUERY,
            opts=self._child,
        )

    def _create_page_headers(self, content_security_policy: str) -> aws.cloudfront.ResponseHeadersPolicy:
        """HAProxy sets the headers of everything else; these pages never pass it."""
        documented = {header.name: header.value for header in self._args.system.security_headers.headers}
        transport = documented["Strict-Transport-Security"]
        age = next(part.partition("=")[2] for part in transport.split(";") if part.strip().startswith("max-age"))
        return aws.cloudfront.ResponseHeadersPolicy(
            f"{self._name}-page-headers",
            name=self._naming.name("page-headers", limit=128),
            comment="for the pages that CloudFront serves by itself",
            security_headers_config={
                "strict_transport_security": {
                    "access_control_max_age_sec": int(age),
                    "include_subdomains": "includeSubDomains" in transport,
                    "preload": "preload" in transport,
                    "override": True,
                },
                "content_security_policy": {"content_security_policy": content_security_policy, "override": True},
                "content_type_options": {"override": True},
                "frame_options": {"frame_option": "DENY", "override": True},
                "referrer_policy": {"referrer_policy": "no-referrer", "override": True},
            },
            opts=self._child,
        )
