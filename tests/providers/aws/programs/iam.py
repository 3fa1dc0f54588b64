"""Roles, policies and the account's settings, in three steps: created, updated, replaced."""

import json

import pulumi
import pulumi_aws as aws

REPLACEMENTS_NOT_SHOWN: dict[str, str] = {}
UPDATES_NOT_SHOWN: dict[str, str] = {}


def _trust(*services: str) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": list(services)}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _allow(action: str) -> str:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def program(step: int) -> None:
    changed, suffix = step > 0, "-renamed" if step == 2 else ""
    action = "s3:GetObject" if changed else "s3:ListBucket"
    tags = {"step": str(min(step, 1))}
    role = aws.iam.Role(
        "role",
        name=f"contract-role{suffix}",
        path="/contract/",
        description="updated" if changed else "created",
        assume_role_policy=_trust("ec2.amazonaws.com", "lambda.amazonaws.com")
        if changed
        else _trust("ec2.amazonaws.com"),
        max_session_duration=7200,
        tags=tags,
    )
    policy = aws.iam.Policy("policy", name=f"contract{suffix}", policy=_allow(action), tags=tags)
    aws.iam.RolePolicyAttachment("attached", role=role.name, policy_arn=policy.arn)
    aws.iam.RolePolicy("inline", role=role.name, name=f"inline{suffix}", policy=_allow(action))
    aws.iam.OpenIdConnectProvider(
        "identities",
        url=f"https://identities{suffix}.example.com",
        client_id_lists=["sts.amazonaws.com", "another"] if changed else ["sts.amazonaws.com"],
        thumbprint_lists=["a" * 40],
        tags=tags,
    )
    aws.iam.AccountPasswordPolicy(
        "passwords",
        minimum_password_length=16 if changed else 14,
        password_reuse_prevention=24,
        require_symbols=True,
        max_password_age=90,
    )
    aws.iam.ServiceLinkedRole(
        "linked",
        aws_service_name="autoscaling.amazonaws.com",
        custom_suffix=f"contract{suffix}",
        description="updated" if changed else "created",
        tags=tags,
    )
    lonely = aws.iam.Role("lonely", name=f"contract-lonely{suffix}", assume_role_policy=_trust("ec2.amazonaws.com"))
    held = lonely if changed else role
    aws.iam.InstanceProfile("profile", name=f"contract{suffix}", role=held.name, tags=tags)
    managed = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
    aws.iam.RolePolicyAttachmentsExclusive(
        "only-attached", role_name=lonely.name, policy_arns=[] if changed else [managed]
    )
    inlines = [
        aws.iam.RolePolicy(f"inline{n}", role=lonely.name, name=f"inline{n}", policy=_allow(action)) for n in (1, 2)
    ]
    aws.iam.RolePoliciesExclusive(
        "only-inline",
        role_name=lonely.name,
        policy_names=[it.name for it in (reversed(inlines) if changed else inlines)],
        opts=pulumi.ResourceOptions(depends_on=inlines),
    )
    configuration = {"unused_access": {"unused_access_age": 90}}
    aws.accessanalyzer.Analyzer(
        "analyzer",
        analyzer_name=f"contract{suffix}",
        type="ACCOUNT_UNUSED_ACCESS",
        configuration=configuration,
        tags=tags,
    )
