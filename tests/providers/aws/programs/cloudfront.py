"""A distribution with everything it refers to, in three steps: created, updated, replaced."""

import pulumi_aws as aws

REPLACEMENTS_NOT_SHOWN = {
    "aws:cloudfront/distribution:Distribution": "only a staging distribution replaces",
    "aws:acm/certificate:Certificate": "shown in its own program",
}
UPDATES_NOT_SHOWN = {"aws:acm/certificate:Certificate": "shown in its own program"}

_KEY = """-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEPVTh4jXqgIXWIp/Rl6xv0vJVQvyY
Wv4tTzN1wTcv9kKOJZpU7Zg2Q1m2kWmMuWkGG4pYbYv1TzGJcZgVqQKyMA==
-----END PUBLIC KEY-----
"""


def program(step: int) -> None:
    tags = {"step": str(step)}
    suffix = "-2" if step == 2 else ""
    comment = f"step {step}"
    control = aws.cloudfront.OriginAccessControl(
        "control",
        name=f"control{suffix}",
        description=comment,
        origin_access_control_origin_type="s3",
        signing_behavior="always",
        signing_protocol="sigv4",
    )
    balancer = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/inside/50dc6c495c0c9188"
    aws.cloudfront.VpcOrigin(
        "inside",
        vpc_origin_endpoint_config={
            "name": "inside",
            "arn": balancer,
            "http_port": 80,
            "https_port": 443,
            "origin_protocol_policy": "https-only",
            "origin_ssl_protocols": {"items": ["TLSv1.2"], "quantity": 1},
        },
        tags=tags,
    )
    none = {
        "cookies_config": {"cookie_behavior": "none"},
        "headers_config": {"header_behavior": "whitelist", "headers": {"items": ["Accept"]}},
        "query_strings_config": {"query_string_behavior": "all"},
    }
    caching = aws.cloudfront.CachePolicy(
        "caching",
        name=f"caching{suffix}",
        comment=comment,
        min_ttl=0,
        default_ttl=60,
        max_ttl=3600,
        parameters_in_cache_key_and_forwarded_to_origin={**none, "enable_accept_encoding_gzip": True},
    )
    requests = aws.cloudfront.OriginRequestPolicy("requests", name=f"requests{suffix}", comment=comment, **none)
    headers = _headers(suffix, comment)
    store = aws.cloudfront.KeyValueStore("store", name=f"store{suffix}", comment=comment)
    function = aws.cloudfront.Function(
        "function",
        name=f"function{suffix}",
        runtime="cloudfront-js-2.0",
        comment=comment,
        code="function handler(event) { return event.request; }",
        key_value_store_associations=[store.arn],
    )
    key = aws.cloudfront.PublicKey("key", name=f"key{suffix}", encoded_key=_KEY, comment=comment)
    aws.cloudfront.KeyGroup("keys", name="keys", items=[key.id], comment=comment)
    distribution = _distribution(step, control, caching, requests, headers, function)
    other = _plain("other")
    aws.cloudfront.MonitoringSubscription(
        "metrics",
        distribution_id=other.id if step == 2 else distribution.id,
        monitoring_subscription={
            "realtime_metrics_subscription_config": {
                "realtime_metrics_subscription_status": "Enabled" if step == 0 else "Disabled"
            }
        },
    )


def _headers(suffix: str, comment: str) -> aws.cloudfront.ResponseHeadersPolicy:
    return aws.cloudfront.ResponseHeadersPolicy(
        "headers",
        name=f"headers{suffix}",
        comment=comment,
        security_headers_config={
            "strict_transport_security": {
                "access_control_max_age_sec": 31536000,
                "include_subdomains": True,
                "override": True,
                "preload": True,
            },
            "content_type_options": {"override": True},
            "frame_options": {"frame_option": "DENY", "override": True},
        },
        custom_headers_config={"items": [{"header": "x-served-by", "value": "edge", "override": True}]},
    )


def _distribution(
    step: int,
    control: aws.cloudfront.OriginAccessControl,
    caching: aws.cloudfront.CachePolicy,
    requests: aws.cloudfront.OriginRequestPolicy,
    headers: aws.cloudfront.ResponseHeadersPolicy,
    function: aws.cloudfront.Function,
) -> aws.cloudfront.Distribution:
    behavior = {
        "viewer_protocol_policy": "redirect-to-https",
        "cached_methods": ["GET", "HEAD"],
        "cache_policy_id": caching.id,
        "origin_request_policy_id": requests.id,
        "response_headers_policy_id": headers.id,
        "compress": True,
    }
    certificate = aws.acm.Certificate("certificate", domain_name="www.example.com", validation_method="DNS")
    return aws.cloudfront.Distribution(
        "distribution",
        enabled=True,
        aliases=["www.example.com"],
        comment=f"step {step}",
        default_root_object="index.html",
        http_version="http2and3",
        is_ipv6_enabled=True,
        price_class="PriceClass_100" if step == 0 else "PriceClass_All",
        default_cache_behavior={
            **behavior,
            "target_origin_id": "both",
            "allowed_methods": ["GET", "HEAD", "OPTIONS"],
            "function_associations": [{"event_type": "viewer-request", "function_arn": function.arn}],
        },
        ordered_cache_behaviors=[
            {
                **behavior,
                "path_pattern": "/api/*",
                "target_origin_id": "application",
                "allowed_methods": ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
            }
        ],
        origins=[
            *(
                {
                    "origin_id": region,
                    "domain_name": f"content-{region}.s3.{region}.amazonaws.com",
                    "origin_access_control_id": control.id,
                }
                for region in ("us-east-1", "us-west-2")
            ),
            {
                "origin_id": "application",
                "domain_name": "app.example.com",
                "custom_headers": [{"name": "x-edge", "value": "yes"}],
                "custom_origin_config": {
                    "http_port": 80,
                    "https_port": 443,
                    "origin_protocol_policy": "https-only",
                    "origin_ssl_protocols": ["TLSv1.2"],
                },
            },
        ],
        origin_groups=[
            {
                "origin_id": "both",
                "failover_criteria": {"status_codes": [500, 502, 503, 504]},
                "members": [{"origin_id": "us-east-1"}, {"origin_id": "us-west-2"}],
            }
        ],
        custom_error_responses=[
            {"error_code": 404, "response_code": 200, "response_page_path": "/index.html", "error_caching_min_ttl": 10}
        ],
        logging_config={"bucket": "logs.s3.amazonaws.com", "prefix": "edge/"},
        restrictions={"geo_restriction": {"restriction_type": "whitelist", "locations": ["US", "CA"]}},
        viewer_certificate={
            "acm_certificate_arn": certificate.arn,
            "minimum_protocol_version": "TLSv1.2_2021",
            "ssl_support_method": "sni-only",
        },
        tags={"step": str(step)},
    )


def _plain(name: str) -> aws.cloudfront.Distribution:
    return aws.cloudfront.Distribution(
        name,
        enabled=False,
        default_cache_behavior={
            "target_origin_id": "application",
            "viewer_protocol_policy": "https-only",
            "allowed_methods": ["GET", "HEAD"],
            "cached_methods": ["GET", "HEAD"],
            "forwarded_values": {"query_string": False, "cookies": {"forward": "none"}},
        },
        origins=[
            {
                "origin_id": "application",
                "domain_name": "app.example.com",
                "custom_origin_config": {
                    "http_port": 80,
                    "https_port": 443,
                    "origin_protocol_policy": "https-only",
                    "origin_ssl_protocols": ["TLSv1.2"],
                },
            }
        ],
        restrictions={"geo_restriction": {"restriction_type": "none"}},
        viewer_certificate={"cloudfront_default_certificate": True},
    )
