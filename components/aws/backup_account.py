"""A third copy of every backup in an account of its own: whoever breaks into the platform's finds no way into it.

S3 copies into it and hands the copies over: they belong to that account, under a key of its own, in buckets with the
same locks and ends. The stack makes those through a role there; nobody of the platform's account reads what arrives.

Costs a month, us-east-1 list prices of 2026-11: as much again as the copies in the recovery region (backups.py),
without the 0.02 USD a GB between regions; 1 USD for the key.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws import bucket_policies, key_policies
from components.aws.backups import Backups, BackupsArgs
from components.aws.bucket import Bucket, BucketArgs
from components.aws.bucket_lifecycle import Keep
from components.aws.log_groups import LogClass, days_kept
from components.aws.policy_documents import Statement
from components.naming import DataClass, Naming
from systems.model import System

#: In the names of all that stands in this account: buckets share theirs with all accounts of the world.
PLACE = "apart"
_DELETION_WINDOW_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class BackupAccountArgs:
    """`account_id` keeps the copies, `copied_from` is the platform's."""

    system: System
    account_id: str
    copied_from: str
    region: str


class BackupAccount(pulumi.ComponentResource):
    """Made by a provider of that account. `backups` is one more place to copy to."""

    backups: Backups

    def __init__(self, name: str, args: BackupAccountArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:BackupAccount", name, None, opts)
        self._name, self._args = name, args
        self._naming = replace(naming, account_id=args.account_id, place=PLACE)
        self._child = ResourceOptions(parent=self)
        key = self._create_key()
        accesses = self._create_access_bucket()
        self.backups = Backups(
            f"{name}-backups",
            BackupsArgs(
                system=args.system,
                key_arn=key.arn,
                access_log_bucket=accesses.bucket_name,
                admits=self._admits,
                vault=False,
            ),
            self._naming,
            self._child,
        )
        self.register_outputs({"buckets": self.backups.buckets})

    @property
    def _copiers(self) -> Mapping[str, Any]:
        """The platform's roles that copy backups. As a condition: AWS takes no policy that names a role to come."""
        pattern = f"arn:aws:iam::{self._args.copied_from}:role/{replace(self._naming, place='').name('backups')}-*"
        return {"ArnLike": {"aws:PrincipalArn": pattern}}

    def _create_key(self) -> aws.kms.Key:
        args, production = self._args, self._args.system.production
        policy: dict[str, Any] = key_policies.policy(
            "backups", account_id=args.account_id, region=args.region, cluster_role=""
        )
        copying = {
            "Sid": "CopiersEncrypt",
            "Effect": "Allow",
            "Principal": self._platform,
            "Action": ["kms:Encrypt", "kms:GenerateDataKey"],
            "Resource": "*",
            "Condition": {**self._copiers, "StringEquals": {"kms:ViaService": f"s3.{args.region}.amazonaws.com"}},
        }
        return aws.kms.Key(
            f"{self._name}-key",
            description=f"{self._naming.system} {self._naming.environment}: copies of backups",
            policy=json.dumps({**policy, "Statement": [*policy["Statement"], copying]}),
            enable_key_rotation=True,
            deletion_window_in_days=_DELETION_WINDOW_DAYS,
            tags=self._naming.tags("backups", DataClass.HEALTH),
            opts=ResourceOptions(parent=self, protect=production),
        )

    def _create_access_bucket(self) -> Bucket:
        system = self._args.system
        return Bucket(
            f"{self._name}-accesses",
            BucketArgs(
                purpose="access-logs",
                key_arn=None,
                data_class=DataClass.OPERATIONS,
                keep=(Keep(days=days_kept(system.retention, LogClass.ACCESS)),),
                statements=lambda bucket: (
                    bucket_policies.service_writes(
                        bucket, "logging.s3.amazonaws.com", account_id=self._args.account_id
                    ),
                ),
                protect=system.production,
                emptied_on_destroy=not system.production,
            ),
            self._naming,
            self._child,
        )

    def _admits(self, bucket: str) -> tuple[Statement, ...]:
        """Copies come in, and become this account's; nothing comes out, and nothing here is changed."""
        handing_over = ["s3:ReplicateObject", "s3:ReplicateTags", "s3:ObjectOwnerOverrideToBucketOwner"]
        looking = ["s3:GetBucketVersioning", "s3:GetBucketObjectLockConfiguration"]
        return (
            self._allow("CopiersWrite", handing_over, f"{bucket_policies.arn(bucket)}/*"),
            self._allow("CopiersLook", looking, bucket_policies.arn(bucket)),
        )

    def _allow(self, sid: str, actions: list[str], resource: str) -> Statement:
        statement = {"Sid": sid, "Effect": "Allow", "Principal": self._platform, "Action": actions}
        return {**statement, "Resource": resource, "Condition": self._copiers}

    @property
    def _platform(self) -> Mapping[str, str]:
        return {"AWS": f"arn:aws:iam::{self._args.copied_from}:root"}
