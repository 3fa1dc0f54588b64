"""A private bucket: customer key, versions kept, no public access, TLS only."""

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.naming import DataClass, Naming


@dataclass(frozen=True, kw_only=True)
class BucketArgs:
    """`purpose` names the bucket within the stack; `key_arn` is the customer key of what it holds."""

    purpose: str
    key_arn: pulumi.Input[str]
    data_class: DataClass


class Bucket(pulumi.ComponentResource):
    """One bucket with everything that makes it safe to put health data in."""

    bucket_name: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(self, name: str, args: BucketArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Bucket", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        self._bucket = self._create_bucket()
        self._encrypt()
        self._keep_versions()
        self._disable_access_lists()
        self._admit_only_tls(self._close_to_the_public())
        self.bucket_name = self._bucket.bucket
        self.arn = self._bucket.arn
        self.register_outputs({"bucketName": self.bucket_name, "arn": self.arn})

    def _create_bucket(self) -> aws.s3.Bucket:
        return aws.s3.Bucket(
            f"{self._name}-bucket",
            bucket=self._naming.bucket(self._args.purpose),
            tags=self._naming.tags("bucket", self._args.data_class),
            opts=self._child,
        )

    def _encrypt(self) -> None:
        by_default = {"sse_algorithm": "aws:kms", "kms_master_key_id": self._args.key_arn}
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{self._name}-encryption",
            bucket=self._bucket.id,
            rules=[{"apply_server_side_encryption_by_default": by_default, "bucket_key_enabled": True}],
            opts=self._child,
        )

    def _keep_versions(self) -> None:
        aws.s3.BucketVersioning(
            f"{self._name}-versions",
            bucket=self._bucket.id,
            versioning_configuration={"status": "Enabled"},
            opts=self._child,
        )

    def _disable_access_lists(self) -> None:
        aws.s3.BucketOwnershipControls(
            f"{self._name}-ownership",
            bucket=self._bucket.id,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=self._child,
        )

    def _close_to_the_public(self) -> aws.s3.BucketPublicAccessBlock:
        return aws.s3.BucketPublicAccessBlock(
            f"{self._name}-public-access",
            bucket=self._bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._child,
        )

    def _admit_only_tls(self, closed: aws.s3.BucketPublicAccessBlock) -> None:
        """After the public access block: AWS refuses the two changes at once with a conflict."""

        def policy(arn: str) -> str:
            statement = {
                "Sid": "OnlyTls",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [arn, f"{arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
            return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

        aws.s3.BucketPolicy(
            f"{self._name}-policy",
            bucket=self._bucket.id,
            policy=self._bucket.arn.apply(policy),
            opts=ResourceOptions(parent=self, depends_on=[closed]),
        )
