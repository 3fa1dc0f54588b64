"""Defaults of the whole account, for what is made beside this project: nothing public, nothing unencrypted.

Only where the stack owns them (`accountBaseline: managed`); a landing zone sets its own. Free of charge.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.naming import Naming


@dataclass(frozen=True, kw_only=True)
class AccountDefaultsArgs:
    """`volumes_key_arn` encrypts volumes that name no key of their own: the data key."""

    volumes_key_arn: pulumi.Input[str]


class AccountDefaults(pulumi.ComponentResource):
    """Password policy, public access, encryption and metadata service, as in CIS AWS Foundations 3.0."""

    def __init__(
        self, name: str, args: AccountDefaultsArgs, naming: Naming, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("lifeline:aws:AccountDefaults", name, None, opts)
        self._name, self._args = name, args
        self._child = ResourceOptions(parent=self)
        self._demand_strong_passwords()
        self._close_storage_to_the_public()
        self._encrypt_volumes()
        self._keep_images_and_snapshots_private()
        self._guard_machines()
        self.register_outputs({})

    def _demand_strong_passwords(self) -> None:
        aws.iam.AccountPasswordPolicy(
            f"{self._name}-passwords",
            minimum_password_length=14,
            require_lowercase_characters=True,
            require_uppercase_characters=True,
            require_numbers=True,
            require_symbols=True,
            allow_users_to_change_password=True,
            max_password_age=90,
            password_reuse_prevention=24,
            opts=self._child,
        )

    def _close_storage_to_the_public(self) -> None:
        aws.s3.AccountPublicAccessBlock(
            f"{self._name}-public-access",
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._child,
        )

    def _encrypt_volumes(self) -> None:
        encrypted = aws.ebs.EncryptionByDefault(f"{self._name}-volumes", enabled=True, opts=self._child)
        aws.ebs.DefaultKmsKey(
            f"{self._name}-volumes-key",
            key_arn=self._args.volumes_key_arn,
            opts=ResourceOptions(parent=self, depends_on=[encrypted]),
        )

    def _keep_images_and_snapshots_private(self) -> None:
        aws.ebs.SnapshotBlockPublicAccess(f"{self._name}-snapshots", state="block-all-sharing", opts=self._child)
        aws.ec2.ImageBlockPublicAccess(f"{self._name}-images", state="block-new-sharing", opts=self._child)

    def _guard_machines(self) -> None:
        aws.ec2.InstanceMetadataDefaults(
            f"{self._name}-metadata",
            http_endpoint="enabled",
            http_tokens="required",
            http_put_response_hop_limit=1,
            opts=self._child,
        )
        aws.ec2.SerialConsoleAccess(f"{self._name}-serial-console", enabled=False, opts=self._child)
