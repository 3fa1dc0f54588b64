"""Secrets, their versions, policies and rotation, in three steps: created, updated, replaced."""

import json

import pulumi
import pulumi_aws as aws

REPLACEMENTS_NOT_SHOWN: dict[str, str] = {
    "aws:iam/role:Role": "shown in iam.py",
    "aws:lambda/function:Function": "shown in lambda_functions.py",
    "aws:lambda/permission:Permission": "shown in lambda_functions.py",
}
UPDATES_NOT_SHOWN: dict[str, str] = {
    "aws:iam/role:Role": "shown in iam.py",
    "aws:lambda/function:Function": "shown in lambda_functions.py",
}


def program(step: int) -> None:
    changed, suffix = step > 0, "-renamed" if step == 2 else ""
    secret = aws.secretsmanager.Secret(
        "secret",
        name=f"contract/secret{suffix}",
        description="updated" if changed else "created",
        recovery_window_in_days=0,
        replicas=[{"region": "us-west-2"}, {"region": "eu-west-1"}] if changed else [{"region": "us-west-2"}],
        tags={"step": str(min(step, 1))},
    )
    version = aws.secretsmanager.SecretVersion(
        "version",
        secret_id=secret.id,
        secret_string=json.dumps({"password": f"never-shown-{step == 2}"}),
        version_stages=["AWSCURRENT", "tried"] if changed else ["AWSCURRENT"],
    )
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DeleteSecret"] if changed else "secretsmanager:*",
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    aws.secretsmanager.SecretPolicy("policy", secret_arn=secret.arn, policy=policy, block_public_policy=True)
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    role = aws.iam.Role("role", assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    rotate = aws.lambda_.Function(
        "rotate",
        role=role.arn,
        runtime="python3.12",
        handler="index.handler",
        code=pulumi.AssetArchive({"index.py": pulumi.StringAsset("def handler(event, context): ...\n")}),
    )
    permitted = aws.lambda_.Permission(
        "rotate", function=rotate.name, action="lambda:InvokeFunction", principal="secretsmanager.amazonaws.com"
    )
    aws.secretsmanager.SecretRotation(
        "rotation",
        secret_id=secret.id,
        rotation_lambda_arn=rotate.arn,
        rotate_immediately=False,
        rotation_rules={"automatically_after_days": 30 if changed else 90},
        opts=pulumi.ResourceOptions(depends_on=[permitted, version]),
    )
