"""Launch templates, scaling groups, volumes and defaults of an account in three steps: created, updated, replaced."""

import json

import pulumi_aws as aws

_DEFAULTS = "one for each account and region: nothing replaces it"
_NETWORK = "shown in network.py"

REPLACEMENTS_NOT_SHOWN: dict[str, str] = {
    "aws:dlm/lifecyclePolicy:LifecyclePolicy": "only defaultPolicy replaces it, which custom policies lack",
    "aws:iam/role:Role": "shown with the other IAM types",
    "aws:ec2/vpc:Vpc": _NETWORK,
    "aws:ec2/subnet:Subnet": _NETWORK,
    "aws:lb/targetGroup:TargetGroup": "shown in balancers.py",
    "aws:kms/key:Key": "shown in kms.py",
}
UPDATES_NOT_SHOWN: dict[str, str] = {
    name: why for name, why in REPLACEMENTS_NOT_SHOWN.items() if name != "aws:dlm/lifecyclePolicy:LifecyclePolicy"
}


def program(step: int) -> None:
    tags = {"step": str(min(step, 1))}
    template = aws.ec2.LaunchTemplate(
        "template",
        name="renamed" if step == 2 else "nodes",
        description=f"step {min(step, 1)}",
        instance_type="m7g.large",
        image_id="ami-12c6146b",
        update_default_version=True,
        metadata_options={"http_tokens": "required", "http_put_response_hop_limit": 1 if step == 0 else 2},
        block_device_mappings=[
            {"device_name": "/dev/xvda", "ebs": {"volume_size": 50, "volume_type": "gp3", "encrypted": "true"}}
        ],
        tag_specifications=[{"resource_type": "instance", "tags": {"Name": "node"}}],
        monitoring={"enabled": True},
        tags=tags,
    )
    _scale(template, step)
    _volumes(step)
    _account(step)


def _scale(template: aws.ec2.LaunchTemplate, step: int) -> None:
    vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
    subnet = aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.0.0.0/24", availability_zone="us-east-1a")
    targets = [
        aws.lb.TargetGroup(f"targets-{n}", name=f"targets-{n}", port=80, protocol="HTTP", vpc_id=vpc.id) for n in (0, 1)
    ]
    group = aws.autoscaling.Group(
        "group",
        name="renamed" if step == 2 else "group",
        min_size=1,
        max_size=3 if step == 0 else 4,
        desired_capacity=1,
        vpc_zone_identifiers=[subnet.id],
        launch_template={"id": template.id, "version": "$Latest"},
        suspended_processes=["AZRebalance"],
        tags=[{"key": "step", "value": str(min(step, 1)), "propagate_at_launch": True}],
    )
    aws.autoscaling.Attachment(
        "attachment", autoscaling_group_name=group.name, lb_target_group_arn=targets[1 if step == 2 else 0].arn
    )
    aws.autoscaling.Tag(
        "tag",
        autoscaling_group_name=group.name,
        tag={"key": "Name", "value": "a" if step == 0 else "b", "propagate_at_launch": True},
    )
    aws.autoscaling.LifecycleHook(
        "hook",
        name="renamed" if step == 2 else "drain",
        autoscaling_group_name=group.name,
        lifecycle_transition="autoscaling:EC2_INSTANCE_TERMINATING",
        heartbeat_timeout=60 if step == 0 else 120,
        default_result="CONTINUE",
    )


def _volumes(step: int) -> None:
    tags = {"step": str(min(step, 1))}
    aws.ebs.Volume(
        "volume",
        availability_zone="us-east-1b" if step == 2 else "us-east-1a",
        size=10 if step == 0 else 20,
        type="gp3",
        iops=3000,
        throughput=125,
        encrypted=True,
        tags=tags,
    )
    aws.ebs.EncryptionByDefault("encryption", enabled=step == 0)
    keys = [aws.kms.Key(f"key-{n}", description="volumes") for n in range(2)]
    aws.ebs.DefaultKmsKey("key", key_arn=keys[1 if step == 2 else 0].arn)
    aws.ebs.SnapshotBlockPublicAccess("sharing", state="block-new-sharing" if step == 0 else "block-all-sharing")
    trust = {"Effect": "Allow", "Principal": {"Service": "dlm.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = aws.iam.Role("dlm", assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    aws.dlm.LifecyclePolicy(
        "snapshots",
        description="daily snapshots" if step == 0 else "snapshots of every day",
        execution_role_arn=role.arn,
        policy_details={
            "resource_types": ["VOLUME"],
            "target_tags": {"Backup": "daily"},
            "schedules": [
                {
                    "name": "daily",
                    "create_rule": {"interval": 24, "interval_unit": "HOURS", "times": "03:00"},
                    "retain_rule": {"count": 7},
                    "copy_tags": True,
                }
            ],
        },
        tags=tags,
    )


def _account(step: int) -> None:
    aws.ec2.InstanceMetadataDefaults(
        "metadata", http_tokens="required", http_put_response_hop_limit=1 if step == 0 else 2
    )
    aws.ec2.VpcBlockPublicAccessOptions(
        "internet", internet_gateway_block_mode="block-ingress" if step == 0 else "block-bidirectional"
    )
    aws.ec2.SerialConsoleAccess("console", enabled=step > 0)
    aws.ec2.ImageBlockPublicAccess("images", state="block-new-sharing" if step == 0 else "unblocked")
