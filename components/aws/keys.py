"""Customer keys, one a purpose, so that losing or revoking one does not open or close the others.

Costs a month, us-east-1 list price of 2026-11: 1 USD a key, and 1 USD for each of its first two rotations.
"""

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.naming import DataClass, Naming

#: Every key of a stack: its purpose, what it protects, the AWS services that use it on our behalf.
_PURPOSES: dict[str, tuple[DataClass, tuple[str, ...]]] = {
    "data": (DataClass.HEALTH, ()),
    "backups": (DataClass.HEALTH, ()),
    "cluster": (DataClass.SECRETS, ()),
}


@dataclass(frozen=True, kw_only=True)
class KeysArgs:
    """`deletion_window_days` is the time in which a deletion can be taken back."""

    account_id: str
    deletion_window_days: int = 30


class Keys(pulumi.ComponentResource):
    """One rotated customer key a purpose, with its alias. `keys.arn("backups")` wires it to what it protects."""

    def __init__(self, name: str, args: KeysArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Keys", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._keys = {purpose: self._create_key(purpose) for purpose in _PURPOSES}
        self.register_outputs({"arns": {purpose: key.arn for purpose, key in self._keys.items()}})

    def arn(self, purpose: str) -> pulumi.Output[str]:
        return self._keys[purpose].arn

    def _create_key(self, purpose: str) -> aws.kms.Key:
        data_class, services = _PURPOSES[purpose]
        key = aws.kms.Key(
            f"{self._name}-{purpose}",
            description=f"{self._naming.system} {self._naming.environment}: {purpose}",
            policy=json.dumps(self._policy(services)),
            enable_key_rotation=True,
            deletion_window_in_days=self._args.deletion_window_days,
            tags=self._naming.tags("keys", data_class),
            opts=ResourceOptions(parent=self),
        )
        aws.kms.Alias(
            f"{self._name}-{purpose}-alias",
            name=f"alias/{self._naming.name(purpose)}",
            target_key_id=key.key_id,
            opts=ResourceOptions(parent=self),
        )
        return key

    def _policy(self, services: tuple[str, ...]) -> dict[str, object]:
        """The account's own IAM policies decide who uses a key; services are named one by one."""
        statements: list[dict[str, object]] = [
            {
                "Sid": "AccountDecides",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{self._args.account_id}:root"},
                "Action": "kms:*",
                "Resource": "*",
            }
        ]
        if services:
            statements.append(
                {
                    "Sid": "ServicesUse",
                    "Effect": "Allow",
                    "Principal": {"Service": list(services)},
                    "Action": ["kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey"],
                    "Resource": "*",
                    "Condition": {"StringEquals": {"aws:SourceAccount": self._args.account_id}},
                }
            )
        return {"Version": "2012-10-17", "Statement": statements}
