"""Customer keys, one a purpose, so that losing or revoking one does not open or close the others.

Costs a month, us-east-1 list price of 2026-11: 1 USD a key and 1 USD for each of its first two rotations, the same for
each replica; 5 keys and up to 5 replicas.
"""

import json
from dataclasses import dataclass, replace

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws import key_policies
from components.naming import Naming
from systems.model import System


@dataclass(frozen=True, kw_only=True)
class KeysArgs:
    """`deletion_window_days` is the time in which a deletion can be taken back."""

    system: System
    account_id: str
    region: str
    recovery_region: str
    recovery: aws.Provider
    """Makes the replicas, in `recovery_region`."""
    deletion_window_days: int = 30


class Keys(pulumi.ComponentResource):
    """One rotated customer key a purpose, with its alias. `keys.arn("backups")` wires it to what it protects.

    All are multi-region keys, so that a platform can be given more recovery later: AWS cannot turn a key into one.
    """

    def __init__(self, name: str, args: KeysArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Keys", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._keys = {purpose: self._create_key(purpose) for purpose in key_policies.PURPOSES}
        self._replicas = {
            purpose: self._create_replica(purpose, key)
            for purpose, key in self._keys.items()
            if key_policies.copied(purpose, args.system.objectives.recovery_level)
        }
        self.register_outputs(
            {
                "arns": {purpose: key.arn for purpose, key in self._keys.items()},
                "recoveryArns": {purpose: replica.arn for purpose, replica in self._replicas.items()},
            }
        )

    def arn(self, purpose: str) -> pulumi.Output[str]:
        """data, backups, logs, secrets or cluster."""
        return self._keys[purpose].arn

    def recovery_arn(self, purpose: str) -> pulumi.Output[str]:
        """Of the replica: what is copied to the recovery region is encrypted under it there."""
        if purpose not in self._replicas:
            level = self._args.system.objectives.recovery_level
            raise KeyError(
                f"key {purpose!r} has no replica at recovery level {level.value}; "
                f"there are {', '.join(self._replicas)}. components/aws/key_policies.py says from which level on"
            )
        return self._replicas[purpose].arn

    def _create_key(self, purpose: str) -> aws.kms.Key:
        key = aws.kms.Key(
            f"{self._name}-{purpose}",
            description=self._description(purpose),
            policy=self._policy(purpose, self._args.region, self._naming),
            enable_key_rotation=True,
            multi_region=True,
            deletion_window_in_days=self._args.deletion_window_days,
            tags=self._tags(purpose),
            opts=ResourceOptions(parent=self, protect=self._args.system.production),
        )
        aws.kms.Alias(
            f"{self._name}-{purpose}-alias",
            name=f"alias/{self._naming.name(purpose)}",
            target_key_id=key.key_id,
            opts=ResourceOptions(parent=self),
        )
        return key

    def _create_replica(self, purpose: str, key: aws.kms.Key) -> aws.kms.ReplicaKey:
        """Rotation follows the primary. `bypass...` stays off: KMS checks that somebody can still change the policy."""
        replica = aws.kms.ReplicaKey(
            f"{self._name}-{purpose}-replica",
            description=self._description(purpose),
            primary_key_arn=key.arn,
            policy=self._policy(purpose, self._args.recovery_region, replace(self._naming, place="recovery")),
            deletion_window_in_days=self._args.deletion_window_days,
            tags=self._tags(purpose),
            opts=ResourceOptions(parent=self, provider=self._args.recovery, protect=self._args.system.production),
        )
        aws.kms.Alias(
            f"{self._name}-{purpose}-replica-alias",
            name=f"alias/{self._naming.name(purpose, 'recovery')}",
            target_key_id=replica.key_id,
            opts=ResourceOptions(parent=self, provider=self._args.recovery),
        )
        return replica

    def _description(self, purpose: str) -> str:
        return f"{self._naming.system} {self._naming.environment}: {purpose}"

    def _tags(self, purpose: str) -> dict[str, str]:
        return dict(self._naming.tags("keys", key_policies.PURPOSES[purpose].data_class))

    def _policy(self, purpose: str, region: str, there: Naming) -> str:
        document = key_policies.policy(
            purpose,
            account_id=self._args.account_id,
            region=region,
            cluster_role=there.name("cluster", limit=64),
        )
        return json.dumps(document)
