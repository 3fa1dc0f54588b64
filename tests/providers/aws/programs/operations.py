"""Budgets, canaries, configuration, discovery and protection in three steps: created, updated, replaced."""

import json

import pulumi_aws as aws

_AROUND = ("aws:ec2/vpc:Vpc",)
REPLACEMENTS_NOT_SHOWN = dict.fromkeys(_AROUND, "shown in the program of its own service")
UPDATES_NOT_SHOWN = dict.fromkeys(_AROUND, "shown in the program of its own service")

_ROLE = "arn:aws:iam::123456789012:role/operations"


def program(step: int) -> None:
    tags = {"step": str(step)}
    suffix = "-2" if step == 2 else ""
    _costs(step, suffix, tags)
    _configuration(step, suffix, tags)
    _discovery(step, suffix, tags)
    aws.synthetics.Canary(
        "canary",
        name=f"canary{suffix}",
        artifact_s3_location="s3://canary-results/home",
        execution_role_arn=_ROLE,
        handler="index.handler",
        runtime_version="syn-nodejs-puppeteer-9.1",
        schedule={"expression": "rate(5 minutes)" if step == 0 else "rate(1 hour)"},
        s3_bucket="canaries",
        s3_key="home.zip",
        run_config={"timeout_in_seconds": 60, "memory_in_mb": 960},
        start_canary=True,
        tags=tags,
    )
    edge = "E2QWRUHAPOMQZM" if step == 2 else "E2QWRUHAPOMQZL"
    aws.shield.Protection(
        "protection", name="edge", resource_arn=f"arn:aws:cloudfront::123456789012:distribution/{edge}", tags=tags
    )
    aws.shield.Subscription("subscription", auto_renew="ENABLED" if step == 0 else "DISABLED")
    aws.account.AlternativeContact(
        "contact",
        alternate_contact_type="OPERATIONS" if step == 2 else "SECURITY",
        name="On Call",
        title=f"Step {step}",
        email_address="oncall@example.com",
        phone_number="+12065550100",
    )


def _costs(step: int, suffix: str, tags: dict[str, str]) -> None:
    budget = aws.budgets.Budget(
        "budget",
        name=f"monthly{suffix}",
        budget_type="COST",
        time_unit="MONTHLY",
        limit_amount="1000" if step == 0 else "2000",
        limit_unit="USD",
        notifications=[
            {
                "comparison_operator": "GREATER_THAN",
                "notification_type": "FORECASTED",
                "threshold": 80,
                "threshold_type": "PERCENTAGE",
                "subscriber_email_addresses": ["finance@example.com"],
            }
        ],
        tags=tags,
    )
    aws.budgets.BudgetAction(
        "action",
        budget_name=budget.name,
        action_type="APPLY_IAM_POLICY",
        approval_model="AUTOMATIC" if step == 0 else "MANUAL",
        execution_role_arn=_ROLE,
        notification_type="ACTUAL",
        action_threshold={"action_threshold_type": "PERCENTAGE", "action_threshold_value": 100},
        definition={
            "iam_action_definition": {"policy_arn": "arn:aws:iam::123456789012:policy/stop", "roles": ["builders"]}
        },
        subscribers=[{"address": "finance@example.com", "subscription_type": "EMAIL"}],
        tags=tags,
    )
    specification = {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": ["123456789012"]}}
    monitor = aws.costexplorer.AnomalyMonitor(
        "monitor",
        name="services" if step == 0 else "all-services",
        monitor_type="CUSTOM" if step == 2 else "DIMENSIONAL",
        monitor_dimension=None if step == 2 else "SERVICE",
        monitor_specification=json.dumps(specification) if step == 2 else None,
        tags=tags,
    )
    aws.costexplorer.AnomalySubscription(
        "anomalies",
        name=f"anomalies{suffix}",
        frequency="DAILY" if step == 0 else "WEEKLY",
        monitor_arn_lists=[monitor.arn],
        subscribers=[{"type": "EMAIL", "address": "finance@example.com"}],
        threshold_expression={
            "dimension": {
                "key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
                "match_options": ["GREATER_THAN_OR_EQUAL"],
                "values": ["100"],
            }
        },
        tags=tags,
    )


def _configuration(step: int, suffix: str, tags: dict[str, str]) -> None:
    application = aws.appconfig.Application("application", name="switches", description=f"step {step}", tags=tags)
    other = aws.appconfig.Application("other", name="others")
    chosen = other if step == 2 else application
    environment = aws.appconfig.Environment(
        "environment", application_id=chosen.id, name="prod", description=f"step {step}", tags=tags
    )
    profile = aws.appconfig.ConfigurationProfile(
        "profile",
        application_id=chosen.id,
        name="flags",
        location_uri="hosted",
        description=f"step {step}",
        validators=[{"type": "JSON_SCHEMA", "content": "{}"}],
        tags=tags,
    )
    version = aws.appconfig.HostedConfigurationVersion(
        "version",
        application_id=chosen.id,
        configuration_profile_id=profile.configuration_profile_id,
        content=json.dumps({"step": step // 2}),
        content_type="application/json",
    )
    strategy = aws.appconfig.DeploymentStrategy(
        "strategy",
        name=f"linear{suffix}",
        deployment_duration_in_minutes=10,
        growth_factor=10 if step == 0 else 20,
        final_bake_time_in_minutes=5,
        replicate_to="NONE",
        tags=tags,
    )
    aws.appconfig.Deployment(
        "deployment",
        application_id=chosen.id,
        environment_id=environment.environment_id,
        configuration_profile_id=profile.configuration_profile_id,
        configuration_version=version.version_number.apply(str),
        deployment_strategy_id=strategy.id,
        tags=tags,
    )


def _discovery(step: int, suffix: str, tags: dict[str, str]) -> None:
    vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
    namespace = aws.servicediscovery.PrivateDnsNamespace(
        "namespace", name=f"services{suffix}.internal", vpc=vpc.id, description=f"step {step}", tags=tags
    )
    aws.servicediscovery.Service(
        "service",
        name="api",
        description=f"step {step}",
        dns_config={
            "namespace_id": namespace.id,
            "routing_policy": "MULTIVALUE",
            "dns_records": [{"ttl": 10 + step, "type": "A"}],
        },
        tags=tags,
    )
