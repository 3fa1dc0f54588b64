"""Zones, records, health checks, DNSSEC and the resolvers' guards in three steps: created, updated, replaced."""

import json

import pulumi
import pulumi_aws as aws

_AROUND = ("aws:kms/key:Key", "aws:ec2/vpc:Vpc")
REPLACEMENTS_NOT_SHOWN = dict.fromkeys(_AROUND, "shown in the program of its own service")
UPDATES_NOT_SHOWN = dict.fromkeys(_AROUND, "shown in the program of its own service")


def program(step: int) -> None:
    tags = {"step": str(step)}
    domain = "other.example.com" if step == 2 else "example.com"
    vpcs = [aws.ec2.Vpc(f"vpc-{index}", cidr_block=f"10.{index}.0.0/16") for index in range(3)]
    zone = aws.route53.Zone("zone", name=domain, comment=f"step {step}", force_destroy=True, tags=tags)
    aws.route53.Zone(
        "private", name="corp.internal", vpcs=[{"vpc_id": vpc.id} for vpc in vpcs[: 2 if step == 0 else 3]]
    )
    shared = aws.route53.Zone(
        "shared",
        name="shared.internal",
        vpcs=[{"vpc_id": vpcs[0].id}],
        opts=pulumi.ResourceOptions(ignore_changes=["vpcs"]),  # as the official provider wants it beside associations
    )
    aws.route53.ZoneAssociation("association", zone_id=shared.zone_id, vpc_id=vpcs[2 if step == 2 else 1].id)
    _records(step, zone)
    check = aws.route53.HealthCheck(
        "check",
        type="HTTP" if step == 2 else "HTTPS_STR_MATCH",
        fqdn="www.example.com",
        port=443,
        resource_path="/health" if step == 0 else "/live",
        search_string=None if step == 2 else "ok",
        request_interval=10,
        failure_threshold=2,
        measure_latency=True,
        regions=["us-east-1", "us-west-2", "eu-west-1"],
        tags=tags,
    )
    aws.route53.HealthCheck(
        "both", type="CALCULATED", child_healthchecks=[check.id], child_health_threshold=1, tags={"kind": "sum"}
    )
    aws.route53.HealthCheck(
        "alarm",
        type="CLOUDWATCH_METRIC",
        cloudwatch_alarm_name="errors",
        cloudwatch_alarm_region="us-east-1",
        insufficient_data_health_status="LastKnownStatus",
    )
    _signing(step, zone)
    _resolvers(step, vpcs)


def _records(step: int, zone: aws.route53.Zone) -> None:
    aws.route53.Record(
        "plain", zone_id=zone.zone_id, name="www", type="A", ttl=60 if step == 0 else 300, records=["192.0.2.1"]
    )
    aws.route53.Record(
        "alias",
        zone_id=zone.zone_id,
        name="cdn",
        type="A",
        aliases=[{"name": "d1.cloudfront.net", "zone_id": "Z2FDTNDATAQYW2", "evaluate_target_health": False}],
    )
    for kind, weight in (("blue", 90), ("green", 10)):
        aws.route53.Record(
            kind,
            zone_id=zone.zone_id,
            name="weighted",
            type="CNAME",
            ttl=30,
            records=[f"{kind}.example.org"],
            set_identifier=kind,
            weighted_routing_policies=[{"weight": weight if step == 0 else 50}],
        )
    for kind in ("PRIMARY", "SECONDARY"):
        aws.route53.Record(
            kind.lower(),
            zone_id=zone.zone_id,
            name="failover",
            type="A",
            set_identifier=kind.lower(),
            failover_routing_policies=[{"type": kind}],
            aliases=[{"name": "d2.cloudfront.net", "zone_id": "Z2FDTNDATAQYW2", "evaluate_target_health": True}],
        )
    aws.route53.Record(
        "near",
        zone_id=zone.zone_id,
        name="near",
        type="A",
        ttl=30,
        records=["192.0.2.3"],
        set_identifier="primary",
        latency_routing_policies=[{"region": "us-east-1"}],
    )
    aws.route53.Record(
        "text", zone_id=zone.zone_id, name="", type="TXT", ttl=60, records=["v=spf1 -all", 'first" "second']
    )
    aws.route53.Record("mail", zone_id=zone.zone_id, name="", type="MX", ttl=60, records=["10 mail.example.org"])
    aws.route53.Record("issuers", zone_id=zone.zone_id, name="", type="CAA", ttl=60, records=['0 issue "amazon.com"'])


def _signing(step: int, zone: aws.route53.Zone) -> None:
    everybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}
    key = aws.kms.Key(
        "dnssec",
        customer_master_key_spec="ECC_NIST_P256",
        key_usage="SIGN_VERIFY",
        policy=json.dumps({"Version": "2012-10-17", "Statement": [everybody]}),
    )
    signing_key = aws.route53.KeySigningKey(
        "signing-key",
        hosted_zone_id=zone.zone_id,
        key_management_service_arn=key.arn,
        name="ksk",
        status="ACTIVE" if step == 0 else "INACTIVE",
    )
    aws.route53.HostedZoneDnsSec(
        "dnssec", hosted_zone_id=signing_key.hosted_zone_id, signing_status="SIGNING" if step == 0 else "NOT_SIGNING"
    )


def _resolvers(step: int, vpcs: list[aws.ec2.Vpc]) -> None:
    tags = {"step": str(step)}
    vpc = vpcs[1 if step == 2 else 0]
    suffix = "-2" if step == 2 else ""
    domains = aws.route53.ResolverFirewallDomainList(
        "domains", name=f"blocked{suffix}", domains=["example.net." if step == 0 else "*.example.net."], tags=tags
    )
    group = aws.route53.ResolverFirewallRuleGroup("group", name=f"guard{suffix}", tags=tags)
    aws.route53.ResolverFirewallRule(
        "rule",
        name="block",
        action="BLOCK",
        block_response="NXDOMAIN",
        firewall_domain_list_id=domains.id,
        firewall_rule_group_id=group.id,
        priority=100 + step,
    )
    aws.route53.ResolverFirewallRuleGroupAssociation(
        "guarded", name="guarded", firewall_rule_group_id=group.id, priority=101 + step, vpc_id=vpc.id, tags=tags
    )
    aws.route53.ResolverFirewallConfig(
        "config", resource_id=vpc.id, firewall_fail_open="ENABLED" if step == 0 else "DISABLED"
    )
    logs = aws.route53.ResolverQueryLogConfig(
        "query-log",
        name=f"queries{suffix}",
        destination_arn="arn:aws:logs:us-east-1:123456789012:log-group:/dns",
        tags=tags,
    )
    aws.route53.ResolverQueryLogConfigAssociation("logged", resolver_query_log_config_id=logs.id, resource_id=vpc.id)
    aws.route53.ResolverDnsSecConfig("validated", resource_id=vpc.id)
