"""What is kept: photos, orders, a secret, and copies of them."""

import account
import network
import pulumi
import pulumi_aws as aws


def made(keys: account.Keys, grounds: network.Grounds) -> None:
    key = keys.data
    photos = account.bucket("photos", key, keys.logs)
    account.copy(photos, "photos", account.role("photos-replicator", "s3.amazonaws.com"), key, keys.logs)
    database(keys, grounds)
    stripe = aws.secretsmanager.Secret("stripe", kms_key_id=key.arn, recovery_window_in_days=30, opts=account.KEPT)
    aws.secretsmanager.SecretRotation(
        "stripe-rotation", secret_id=stripe.id, rotation_rules={"automatically_after_days": 83}
    )
    vault(key)
    aws.cloudwatch.LogGroup("log", retention_in_days=90, kms_key_id=key.arn)
    shop = aws.ecr.Repository(
        "shop",
        name="shop",
        image_tag_mutability="IMMUTABLE",
        image_scanning_configuration={"scan_on_push": True},
        encryption_configurations=[{"encryption_type": "KMS", "kms_key": key.arn}],
    )
    aws.ecr.LifecyclePolicy("shop-lifecycle", repository=shop.name, policy='{"rules": []}')


def database(keys: account.Keys, grounds: network.Grounds) -> None:
    places = aws.rds.SubnetGroup("places", subnet_ids=[each.id for each in grounds.private])
    wanted = {
        "rds.force_ssl": "1",
        "log_connections": "1",
        "log_disconnections": "1",
        "log_statement": "ddl",
        "ssl_min_protocol_version": "TLSv1.2",
    }
    settings = aws.rds.ParameterGroup(
        "settings", family="postgres15", parameters=[{"name": name, "value": wanted[name]} for name in wanted]
    )
    aws.rds.Instance(
        "orders",
        engine="postgres",
        instance_class="db.t4g.micro",
        allocated_storage=20,
        max_allocated_storage=100,
        manage_master_user_password=True,
        username="shop",
        db_subnet_group_name=places.name,
        vpc_security_group_ids=[grounds.database.id],
        parameter_group_name=settings.name,
        publicly_accessible=False,
        storage_encrypted=True,
        kms_key_id=keys.data.arn,
        performance_insights_enabled=True,
        performance_insights_kms_key_id=keys.data.arn,
        multi_az=True,
        deletion_protection=True,
        backup_retention_period=35,
        copy_tags_to_snapshot=True,
        final_snapshot_identifier="orders-last",
        iam_database_authentication_enabled=True,
        enabled_cloudwatch_logs_exports=["postgresql"],
        monitoring_interval=15,
        monitoring_role_arn=account.role("orders-monitoring", "monitoring.rds.amazonaws.com").arn,
        tags={"copied": "daily"},
        opts=account.KEPT,
    )
    aws.rds.EventSubscription("database-events", sns_topic=keys.alarms.arn)


def vault(key: aws.kms.Key) -> None:
    kept = aws.backup.Vault("vault", kms_key_arn=key.arn, opts=pulumi.ResourceOptions(protect=True))
    aws.backup.VaultLockConfiguration("vault-lock", backup_vault_name=kept.name, min_retention_days=35)
    rule = {
        "rule_name": "daily",
        "target_vault_name": kept.name,
        "schedule": "cron(0 3 * * ? *)",
        "lifecycle": {"delete_after": 35},
    }
    plan = aws.backup.Plan("plan", rules=[rule])
    aws.backup.Selection(
        "copied-daily",
        plan_id=plan.id,
        iam_role_arn=account.role("copier", "backup.amazonaws.com").arn,
        selection_tags=[{"type": "STRINGEQUALS", "key": "copied", "value": "daily"}],
    )
