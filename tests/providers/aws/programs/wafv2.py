"""Web ACLs, their parts and logs in three steps: created, updated, replaced."""

import pulumi_aws as aws

REPLACEMENTS_NOT_SHOWN: dict[str, str] = {}
UPDATES_NOT_SHOWN: dict[str, str] = {}


def _seen(name: str) -> dict[str, object]:
    return {"cloudwatch_metrics_enabled": True, "metric_name": name, "sampled_requests_enabled": True}


def program(step: int) -> None:
    tags = {"step": str(step)}
    suffix = "-2" if step == 2 else ""
    addresses = aws.wafv2.IpSet(
        "addresses",
        name=f"offices{suffix}",
        scope="REGIONAL",
        ip_address_version="IPV4",
        addresses=["192.0.2.0/24", "198.51.100.7/32"] if step == 0 else ["192.0.2.0/24"],
        tags=tags,
    )
    patterns = aws.wafv2.RegexPatternSet(
        "patterns",
        name=f"patterns{suffix}",
        scope="REGIONAL",
        regular_expressions=[{"regex_string": "^/admin"}, {"regex_string": f"^/step{step}"}],
        tags=tags,
    )
    group = aws.wafv2.RuleGroup(
        "group",
        name="own",
        scope="REGIONAL",
        capacity=60 if step == 2 else 50,
        visibility_config=_seen("own"),
        rules=[_pattern_rule(patterns)],
        custom_response_bodies=[{"key": "no", "content_type": "TEXT_PLAIN", "content": f"no, step {step}"}],
        tags=tags,
    )
    acl = aws.wafv2.WebAcl(
        "acl",
        name=f"acl{suffix}",
        scope="REGIONAL",
        default_action={"allow": {}},
        visibility_config=_seen("acl"),
        custom_response_bodies=[{"key": "slow", "content_type": "APPLICATION_JSON", "content": "{}"}],
        rules=[
            _managed_rule(),
            _rate_rule(2000 if step == 0 else 1000),
            {
                "name": "offices",
                "priority": 3,
                "action": {"allow": {}},
                "visibility_config": _seen("offices"),
                "statement": {"ip_set_reference_statement": {"arn": addresses.arn}},
            },
            {
                "name": "own",
                "priority": 4,
                "override_action": {"count": {}},
                "visibility_config": _seen("own"),
                "statement": {"rule_group_reference_statement": {"arn": group.arn}},
            },
        ],
        tags=tags,
    )
    aws.wafv2.WebAcl(
        "edge",
        name="edge",
        scope="CLOUDFRONT",
        default_action={"block": {}},
        visibility_config=_seen("edge"),
        rules=[_managed_rule()],
        tags=tags,
    )
    aws.wafv2.WebAclLoggingConfiguration(
        "logs",
        resource_arn=acl.arn,
        log_destination_configs=["arn:aws:s3:::aws-waf-logs-example"],
        redacted_fields=[{"single_header": {"name": "authorization" if step == 0 else "cookie"}}],
        logging_filter={
            "default_behavior": "DROP",
            "filters": [
                {
                    "behavior": "KEEP",
                    "requirement": "MEETS_ANY",
                    "conditions": [{"action_condition": {"action": "BLOCK"}}],
                }
            ],
        },
    )


def _pattern_rule(patterns: aws.wafv2.RegexPatternSet) -> dict[str, object]:
    plain = {"uri_path": {}}
    return {
        "name": "patterns",
        "priority": 1,
        "action": {"block": {"custom_response": {"response_code": 403, "custom_response_body_key": "no"}}},
        "visibility_config": _seen("patterns"),
        "statement": {
            "regex_pattern_set_reference_statement": {
                "arn": patterns.arn,
                "field_to_match": plain,
                "text_transformations": [{"priority": 0, "type": "LOWERCASE"}],
            }
        },
    }


def _managed_rule() -> dict[str, object]:
    return {
        "name": "common",
        "priority": 1,
        "override_action": {"none": {}},
        "visibility_config": _seen("common"),
        "statement": {
            "managed_rule_group_statement": {
                "name": "AWSManagedRulesCommonRuleSet",
                "vendor_name": "AWS",
                "rule_action_overrides": [{"name": "SizeRestrictions_BODY", "action_to_use": {"count": {}}}],
            }
        },
    }


def _rate_rule(limit: int) -> dict[str, object]:
    prefix = {
        "byte_match_statement": {
            "search_string": "/api/",
            "positional_constraint": "STARTS_WITH",
            "field_to_match": {"uri_path": {}},
            "text_transformations": [{"priority": 0, "type": "NONE"}],
        }
    }
    return {
        "name": "rate",
        "priority": 2,
        "action": {"block": {"custom_response": {"response_code": 429, "custom_response_body_key": "slow"}}},
        "visibility_config": _seen("rate"),
        "statement": {
            "rate_based_statement": {
                "limit": limit,
                "aggregate_key_type": "IP",
                "evaluation_window_sec": 300,
                "scope_down_statement": prefix,
            }
        },
    }
