"""The edge, the balancer behind it, and the cluster behind that."""

import account
import network
import pulumi
import pulumi_aws as aws

_LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"]


def made(keys: account.Keys, grounds: network.Grounds) -> aws.eks.Cluster:
    certificate = aws.acm.Certificate(
        "certificate", domain_name="shop.example.com", validation_method="DNS", key_algorithm="EC_prime256v1"
    )
    edge(keys, certificate, balancer(keys, grounds, certificate))
    return cluster(keys, grounds)


def balancer(keys: account.Keys, grounds: network.Grounds, certificate: aws.acm.Certificate) -> aws.lb.LoadBalancer:
    front = aws.lb.LoadBalancer(
        "front",
        internal=True,
        subnets=[each.id for each in grounds.private],
        security_groups=[grounds.balancer.id],
        enable_deletion_protection=True,
        drop_invalid_header_fields=True,
        access_logs={"bucket": keys.logs.bucket, "enabled": True},
    )
    group = aws.lb.TargetGroup(
        "group",
        port=8443,
        protocol="HTTPS",
        vpc_id=grounds.vpc.id,
        health_check={"path": "/health", "interval": 10, "unhealthy_threshold": 3, "protocol": "HTTPS"},
    )
    aws.lb.Listener(
        "encrypted",
        load_balancer_arn=front.arn,
        port=443,
        protocol="HTTPS",
        ssl_policy="ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
        certificate_arn=certificate.arn,
        default_actions=[{"type": "forward", "target_group_arn": group.arn}],
    )
    return front


def edge(keys: account.Keys, certificate: aws.acm.Certificate, front: aws.lb.LoadBalancer) -> None:
    visible = {"cloudwatch_metrics_enabled": True, "metric_name": "edge", "sampled_requests_enabled": True}
    wall = aws.wafv2.WebAcl("wall", scope="CLOUDFRONT", default_action={"allow": {}}, visibility_config=visible)
    aws.wafv2.WebAclLoggingConfiguration(
        "wall-log",
        resource_arn=wall.arn,
        log_destination_configs=[keys.logs.arn],
        redacted_fields=[{"single_header": {"name": name}} for name in ("authorization", "cookie")],
    )
    aws.cloudfront.Distribution(
        "edge",
        enabled=True,
        web_acl_id=wall.arn,
        logging_config={"bucket": "theirs-logs.s3.amazonaws.com"},
        origins=[
            {
                "domain_name": front.dns_name,
                "origin_id": "front",
                "custom_origin_config": {
                    "http_port": 80,
                    "https_port": 443,
                    "origin_protocol_policy": "https-only",
                    "origin_ssl_protocols": ["TLSv1.2"],
                },
            }
        ],
        default_cache_behavior={
            "target_origin_id": "front",
            "viewer_protocol_policy": "redirect-to-https",
            "allowed_methods": ["GET", "HEAD"],
            "cached_methods": ["GET", "HEAD"],
            "forwarded_values": {"query_string": True, "cookies": {"forward": "all"}},
        },
        restrictions={"geo_restriction": {"restriction_type": "none"}},
        viewer_certificate={
            "acm_certificate_arn": certificate.arn,
            "minimum_protocol_version": "TLSv1.2_2021",
            "ssl_support_method": "sni-only",
        },
    )


def cluster(keys: account.Keys, grounds: network.Grounds) -> aws.eks.Cluster:
    private = [each.id for each in grounds.private]
    made = aws.eks.Cluster(
        "cluster",
        role_arn=account.role("cluster-role", "eks.amazonaws.com").arn,
        version="1.35",
        vpc_config={"subnet_ids": private, "endpoint_private_access": True, "endpoint_public_access": False},
        encryption_config={"resources": ["secrets"], "provider": {"key_arn": keys.data.arn}},
        enabled_cluster_log_types=_LOGS,
        access_config={"authentication_mode": "API"},
        deletion_protection=True,
        opts=pulumi.ResourceOptions(protect=True),
    )
    aws.eks.Addon(
        "cni",
        cluster_name=made.name,
        addon_name="vpc-cni",
        addon_version="v1.21.1-eksbuild.1",
        configuration_values='{"enableNetworkPolicy": "true"}',
    )
    template = aws.ec2.LaunchTemplate(
        "machines",
        metadata_options={"http_tokens": "required", "http_put_response_hop_limit": 1},
        monitoring={"enabled": True},
        block_device_mappings=[
            {"device_name": "/dev/xvda", "ebs": {"encrypted": "true", "kms_key_id": keys.data.arn, "volume_size": 50}}
        ],
    )
    aws.eks.NodeGroup(
        "nodes",
        cluster_name=made.name,
        node_role_arn=account.role("node-role", "ec2.amazonaws.com").arn,
        subnet_ids=private,
        ami_type="BOTTLEROCKET_x86_64",
        launch_template={"id": template.id, "version": "1"},
        update_config={"max_unavailable": 1},
        scaling_config={"desired_size": 2, "min_size": 2, "max_size": 4},
    )
    return made
