"""Databases: primary, replicas here and in another region, restores and what stands around them, in three steps."""

import pulumi
import pulumi_aws as aws

REPLACEMENTS_NOT_SHOWN: dict[str, str] = {
    "aws:ec2/vpc:Vpc": "shown in network.py",
    "aws:ec2/subnet:Subnet": "shown in network.py",
    "aws:sns/topic:Topic": "shown in messaging.py",
}
UPDATES_NOT_SHOWN: dict[str, str] = {
    "aws:ec2/vpc:Vpc": "shown in network.py",
    "aws:ec2/subnet:Subnet": "shown in network.py",
    "aws:sns/topic:Topic": "shown in messaging.py",
}
#: Step -> why it is not done twice in a row.
NOT_REPEATED: dict[int, str] = {
    2: "the database is deleted for one of its name, and AWS gives the name of its final snapshot once only"
}

_KEY = "arn:aws:kms:{}:123456789012:key/11111111-2222-3333-4444-555555555555"


def program(step: int) -> None:
    changed, suffix = step > 0, "-renamed" if step == 2 else ""
    tags = {"step": str(min(step, 1))}
    vpc = aws.ec2.Vpc("vpc", cidr_block="10.70.0.0/16")
    subnets = [
        aws.ec2.Subnet(f"s{n}", vpc_id=vpc.id, cidr_block=f"10.70.{n}.0/24", availability_zone=f"us-east-1{zone}")
        for n, zone in enumerate("abc")
    ]
    used = subnets if changed else subnets[:2]
    group = aws.rds.SubnetGroup("group", name=f"contract{suffix}", subnet_ids=[it.id for it in used], tags=tags)
    parameters = aws.rds.ParameterGroup(
        "parameters",
        name=f"contract{suffix}",
        family="postgres15",
        parameters=[
            {"name": "rds.force_ssl", "value": "1"},
            {"name": "log_min_duration_statement", "value": "500" if changed else "1000"},
            {"name": "shared_buffers", "value": "{DBInstanceClassMemory/32768}", "apply_method": "pending-reboot"},
        ],
        tags=tags,
    )
    primary = aws.rds.Instance(
        "primary",
        identifier="contract-primary",
        engine="postgres",
        engine_version="15.17",
        instance_class="db.m6g.xlarge" if changed else "db.m6g.large",
        allocated_storage=100,
        max_allocated_storage=500,
        storage_type="gp3",
        storage_encrypted=True,
        kms_key_id=_KEY.format("us-east-1"),
        db_name="renamed" if step == 2 else "app",
        username="owner",
        password="An0therSecret!" if changed else "Sup3rSecret!",
        multi_az=True,
        db_subnet_group_name=group.name,
        parameter_group_name=parameters.name,
        backup_retention_period=14,
        backup_window="03:00-04:00",
        maintenance_window="sun:05:00-sun:06:00",
        performance_insights_enabled=True,
        performance_insights_retention_period=7,
        enabled_cloudwatch_logs_exports=["postgresql", "upgrade"] if changed else ["postgresql"],
        iam_database_authentication_enabled=True,
        copy_tags_to_snapshot=True,
        apply_immediately=True,
        final_snapshot_identifier=f"contract-final-{step}",
        tags=tags,
    )
    replica = {"instance_class": "db.m6g.large", "skip_final_snapshot": True, "storage_encrypted": True}
    here = aws.rds.Instance(
        "replica",
        identifier="contract-replica",
        replicate_source_db=primary.identifier,
        parameter_group_name=parameters.name,
        **replica,
    )
    aws.rds.Instance(
        "faraway",
        identifier="contract-faraway",
        region="us-west-2",
        replicate_source_db=primary.arn,
        kms_key_id=_KEY.format("us-west-2"),
        **replica,
    )
    snapshot = aws.rds.Snapshot(
        "snapshot",
        db_instance_identifier=primary.identifier,
        db_snapshot_identifier=f"contract{suffix}",
        tags=tags,
        opts=pulumi.ResourceOptions(depends_on=[here]),
    )
    aws.rds.Instance(
        "restored", identifier="contract-restored", snapshot_identifier=snapshot.db_snapshot_identifier, **replica
    )
    aws.rds.Instance(
        "rewound",
        identifier="contract-rewound",
        restore_to_point_in_time={
            "source_db_instance_identifier": primary.identifier,
            "use_latest_restorable_time": True,
        },
        **replica,
    )
    topic = aws.sns.Topic("events", name="contract-database-events")
    aws.rds.EventSubscription(
        "events",
        name=f"contract{suffix}",
        sns_topic=topic.arn,
        source_type="db-instance",
        event_categories=["failover", "failure"] if changed else ["failover"],
        tags=tags,
    )
    aws.rds.InstanceAutomatedBackupsReplication(
        "backups",
        region="us-west-2",
        source_db_instance_arn=primary.arn,
        kms_key_id=_KEY.format("us-west-2"),
        retention_period=21 if step == 2 else 14,
    )
