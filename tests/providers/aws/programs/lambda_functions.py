"""Functions, who may call them and what calls them, in three steps: created, updated, replaced."""

import json

import pulumi
import pulumi_aws as aws

REPLACEMENTS_NOT_SHOWN: dict[str, str] = {
    "aws:iam/role:Role": "shown in iam.py",
    "aws:ec2/vpc:Vpc": "shown in network.py",
    "aws:ec2/subnet:Subnet": "shown in network.py",
    "aws:ec2/securityGroup:SecurityGroup": "shown in firewalls.py",
}
UPDATES_NOT_SHOWN: dict[str, str] = {
    "aws:iam/role:Role": "shown in iam.py",
    "aws:ec2/vpc:Vpc": "shown in network.py",
    "aws:ec2/subnet:Subnet": "shown in network.py",
    "aws:ec2/securityGroup:SecurityGroup": "shown in firewalls.py",
    "aws:sqs/queue:Queue": "shown in messaging.py",
}


def program(step: int) -> None:
    changed, suffix = step > 0, "-renamed" if step == 2 else ""
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    role = aws.iam.Role("role", assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    vpc = aws.ec2.Vpc("vpc", cidr_block="10.60.0.0/16")
    subnet = aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.60.1.0/24")
    group = aws.ec2.SecurityGroup("group", vpc_id=vpc.id, description="functions")
    body = f"def handler(event, context): return {changed}\n"
    function = aws.lambda_.Function(
        "function",
        name=f"contract{suffix}",
        role=role.arn,
        runtime="python3.12",
        handler="index.handler",
        architectures=["arm64"],
        code=pulumi.AssetArchive({"index.py": pulumi.StringAsset(body)}),
        memory_size=256,
        timeout=60 if changed else 30,
        environment={"variables": {"TARGET": "new" if changed else "old"}},
        vpc_config={"subnet_ids": [subnet.id], "security_group_ids": [group.id]},
        tracing_config={"mode": "Active"},
        reserved_concurrent_executions=3 if changed else 2,
        tags={"step": str(min(step, 1))},
    )
    aws.lambda_.Permission(
        "events",
        function=function.name,
        action="lambda:InvokeFunction",
        principal="events.amazonaws.com",
        source_arn="arn:aws:events:us-east-1:123456789012:rule/contract",
    )
    aws.lambda_.Alias(
        "live",
        name="live",
        function_name=function.name,
        function_version="$LATEST",
        description="updated" if changed else "created",
    )
    aws.lambda_.FunctionEventInvokeConfig(
        "failures",
        function_name=function.name,
        maximum_retry_attempts=1,
        maximum_event_age_in_seconds=300 if changed else 120,
    )
    queue = aws.sqs.Queue("work", name=f"contract-work{suffix}", visibility_timeout_seconds=360)
    aws.lambda_.EventSourceMapping(
        "work",
        function_name=function.name,
        event_source_arn=queue.arn,
        batch_size=5 if changed else 10,
        function_response_types=["ReportBatchItemFailures"],
        tags={"step": str(min(step, 1))},
    )
