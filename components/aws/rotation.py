"""Renews every generated secret and key ring: the function of images/rotation in the private subnets, called by
Secrets Manager a week before a secret is as old as it may become. The cache's: components/kubernetes/cache_rotation.py.

Costs a month, us-east-1 list prices of 2026-11: under 0.10 USD; some 60 short runs a quarter and one a day.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.log_groups import LogClass, log_group
from components.aws.policy_documents import Statement, allow, trust
from components.aws.roles import create_role
from components.aws.secret_values import DATABASE_ADMINISTRATOR, Kept
from components.aws.secrets import Secrets
from components.naming import DataClass, Naming
from systems.model import System

_CODE = Path(__file__).parents[2] / "images" / "rotation" / "lifeline_rotation"
_RUNTIME, _LIMIT_SECONDS, _MEMORY_MIB = "python3.13", 60, 256
#: A failed rotation is tried again daily; a week of tries lies within the documented age.
_DAYS_FOR_TRIES = 7
_NEEDS_DATABASE = ("postgresql", "postgresql-administrator")


@dataclass(frozen=True, kw_only=True)
class DatabaseReach:
    """The primary's host and its security group."""

    host: pulumi.Input[str]
    group_id: pulumi.Input[str]
    port: int = 5432


@dataclass(frozen=True, kw_only=True)
class RotationArgs:
    """Without `database` its secrets wait for their first rotation; all others rotate."""

    system: System
    secrets: Secrets
    account_id: str
    vpc_id: pulumi.Input[str]
    endpoint_group_id: pulumi.Input[str]
    """Of the private ways to AWS services."""
    subnet_ids: Sequence[pulumi.Input[str]]
    secrets_key_arn: pulumi.Input[str]
    logs_key_arn: pulumi.Input[str]
    database: DatabaseReach | None = None


class Rotation(pulumi.ComponentResource):
    """One function for all kinds of secrets."""

    function_name: pulumi.Output[str]
    security_group_id: pulumi.Output[str]

    def __init__(self, name: str, args: RotationArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Rotation", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        self._function_name = naming.name("rotation", limit=64)
        self._log_group = self._create_log_group()
        self._role, granted = self._create_role()
        self._group = self._create_security_group()
        self._open_ways()
        self._function = self._create_function(granted)
        admitted = self._admit_secrets_manager()
        for secret in self._rotating():
            self._rotate(secret, admitted)
        self._look_daily_at_the_others()
        self.function_name = self._function.name
        self.security_group_id = self._group.id
        self.register_outputs({"functionName": self.function_name, "securityGroupId": self.security_group_id})

    def _rotating(self) -> list[Kept]:
        waiting = _NEEDS_DATABASE if self._args.database is None else ()
        return [each for each in self._args.secrets.changing() if each.kind not in waiting]

    def _create_log_group(self) -> aws.cloudwatch.LogGroup:
        """Who changed which secret when; values never reach it."""
        return log_group(
            f"{self._name}-log",
            f"/aws/lambda/{self._function_name}",
            LogClass.AUDIT,
            retention=self._args.system.retention,
            key_arn=self._args.logs_key_arn,
            naming=self._naming,
            component="rotation",
            opts=self._child,
        )

    def _create_role(self) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
        return create_role(
            self._name,
            "rotation",
            trust("lambda.amazonaws.com"),
            statements=self._rights(),
            description="renews the secrets of this stack",
            component="rotation",
            naming=self._naming,
            opts=self._child,
        )

    def _rights(self) -> tuple[Statement, ...]:
        """Its own secrets and nobody else's; network interfaces are Lambda's way into the subnets."""
        changing = [self._args.secrets.arn(each.name) for each in self._args.secrets.changing()]
        everything = self._args.secrets.arns.apply(lambda arns: list(arns.values()))
        interfaces = ("CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface")
        addresses = ("AssignPrivateIpAddresses", "UnassignPrivateIpAddresses", "DescribeSubnets")
        through = {"StringLike": {"kms:ViaService": "secretsmanager.*.amazonaws.com"}}
        return (
            allow(
                "RenewSecrets",
                [
                    *("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"),
                    *("secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"),
                ],
                changing,
            ),
            {
                **allow("SeeAge", ["secretsmanager:ListSecretVersionIds"], []),
                "Resource": everything,
            },
            allow("UseTheKey", ["kms:Decrypt", "kms:GenerateDataKey"], [self._args.secrets_key_arn], through),
            allow(
                "WriteItsLog",
                ["logs:CreateLogStream", "logs:PutLogEvents"],
                [self._log_group.arn.apply(lambda arn: f"{arn}:*")],
            ),
            allow("JoinTheNetwork", [f"ec2:{action}" for action in (*interfaces, *addresses)], ["*"]),
        )

    def _create_security_group(self) -> aws.ec2.SecurityGroup:
        return aws.ec2.SecurityGroup(
            f"{self._name}-group",
            name=self._function_name,
            description="The function that renews secrets",
            vpc_id=self._args.vpc_id,
            tags={**self._naming.tags("rotation"), "Name": self._function_name},
            opts=self._child,
        )

    def _open_ways(self) -> None:
        self._open_way("endpoints", self._args.endpoint_group_id, 443, "Secrets Manager, from inside the network")
        if database := self._args.database:
            self._open_way("database", database.group_id, database.port, "New passwords of the database")

    def _open_way(self, to: str, group_id: pulumi.Input[str], port: int, reason: str) -> None:
        """Both ends: out of this group and into that one."""
        ends = {"ip_protocol": "tcp", "from_port": port, "to_port": port, "description": reason}
        tags = self._naming.tags("rotation")
        aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-to-{to}",
            security_group_id=self._group.id,
            referenced_security_group_id=group_id,
            tags=tags,
            **ends,
            opts=self._child,
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-into-{to}",
            security_group_id=group_id,
            referenced_security_group_id=self._group.id,
            tags=tags,
            **ends,
            opts=self._child,
        )

    def _create_function(self, granted: list[pulumi.Resource]) -> aws.lambda_.Function:
        return aws.lambda_.Function(
            f"{self._name}-function",
            name=self._function_name,
            description="Renews the secrets of this stack",
            runtime=_RUNTIME,
            architectures=["arm64"],
            handler="lifeline_rotation.handler.handle",
            code=package(),
            role=self._role.arn,
            timeout=_LIMIT_SECONDS,
            memory_size=_MEMORY_MIB,
            kms_key_arn=self._args.secrets_key_arn,
            environment={"variables": self._variables()},
            vpc_config={"subnet_ids": list(self._args.subnet_ids), "security_group_ids": [self._group.id]},
            tags=self._naming.tags("rotation", DataClass.SECRETS),
            opts=ResourceOptions(parent=self, depends_on=[*granted, self._log_group]),
        )

    def _variables(self) -> dict[str, pulumi.Input[str]]:
        """Places and names; a secret never."""
        secrets, variables = self._args.secrets, dict[str, pulumi.Input[str]]()
        if database := self._args.database:
            variables["DATABASE"] = pulumi.Output.from_input(database.host).apply(
                lambda host: f"{host}:{database.port}"
            )
            variables["DATABASE_NAME"] = self._args.system.database.name
            variables["DATABASE_ADMINISTRATOR"] = secrets.name_of(DATABASE_ADMINISTRATOR)
        return variables

    def _admit_secrets_manager(self) -> aws.lambda_.Permission:
        return aws.lambda_.Permission(
            f"{self._name}-caller",
            statement_id="secrets-manager",
            action="lambda:InvokeFunction",
            function=self._function.name,
            principal="secretsmanager.amazonaws.com",
            source_account=self._args.account_id,
            opts=self._child,
        )

    def _rotate(self, secret: Kept, admitted: aws.lambda_.Permission) -> None:
        """Not at once: a new stack's servers learn the first values first."""
        aws.secretsmanager.SecretRotation(
            f"{self._name}-{secret.name}",
            secret_id=self._args.secrets.arn(secret.name),
            rotation_lambda_arn=self._function.arn,
            rotate_immediately=False,
            rotation_rules={"automatically_after_days": max(1, secret.rotation_days - _DAYS_FOR_TRIES)},
            opts=ResourceOptions(parent=self, depends_on=[admitted]),
        )

    def _look_daily_at_the_others(self) -> None:
        """Of providers and of the cache: which slots are empty and how old the rest is is a metric with an alarm."""
        rule = aws.cloudwatch.EventRule(
            f"{self._name}-daily",
            name=self._naming.name("supplied-secrets", limit=64),
            description="Looks for empty and aged secrets that others renew: their providers, the cluster",
            schedule_expression="rate(1 day)",
            tags=self._naming.tags("rotation"),
            opts=self._child,
        )
        asked = {"supplied": list(self._args.secrets.renewed_elsewhere()), "stack": self._naming.name()}
        aws.cloudwatch.EventTarget(
            f"{self._name}-daily-target",
            rule=rule.name,
            arn=self._function.arn,
            input=json.dumps(asked),
            opts=self._child,
        )
        aws.lambda_.Permission(
            f"{self._name}-daily-caller",
            statement_id="daily",
            action="lambda:InvokeFunction",
            function=self._function.name,
            principal="events.amazonaws.com",
            source_arn=rule.arn,
            opts=self._child,
        )


def package() -> pulumi.AssetArchive:
    """The function's code, from this repository alone: same files, same archive, on any machine. boto3 is AWS's."""
    files = sorted(each for each in _CODE.iterdir() if each.suffix in (".py", ".pem"))
    return pulumi.AssetArchive(
        {f"lifeline_rotation/{each.name}": pulumi.StringAsset(each.read_text(encoding="utf-8")) for each in files}
    )
