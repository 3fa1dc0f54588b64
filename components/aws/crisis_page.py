"""The crisis page where no failure of the platform reaches it: in two regions, read by CloudFront alone.

Costs a month: cents. Two buckets hold two files of a few kilobytes; CloudFront answers from its own copies.
"""

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.naming import Naming
from rendering import pages
from systems.model import System

#: Five minutes fresh, a week from copies when both regions are silent.
_KEPT = "public, max-age=300, stale-while-revalidate=600, stale-if-error=604800"


@dataclass(frozen=True, kw_only=True)
class CrisisPageArgs:
    """`regions` by their part: the recovery region is asked first, since the platform's may be what failed."""

    system: System
    recovery_region: str
    region: str


class CrisisPage(pulumi.ComponentResource):
    """Two private buckets with the same page, and the right by which CloudFront reads them."""

    origin_access_control_id: pulumi.Output[str]
    bucket_domains: dict[str, pulumi.Output[str]]
    """Where CloudFront finds the page, by part, in the order to be asked."""
    paths: tuple[str, ...]
    """Paths that are always answered from here."""
    content_security_policy: str

    def __init__(self, name: str, args: CrisisPageArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:CrisisPage", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        page = pages.crisis(args.system)
        self._files = {
            pages.crisis_path(args.system): ("text/html; charset=utf-8", page),
            pages.offline_script_path(args.system): (
                "text/javascript; charset=utf-8",
                pages.offline_script(args.system),
            ),
        }
        self._regions = {"recovery": args.recovery_region, "home": args.region}
        self._buckets = {part: self._create_bucket(part) for part in self._regions}
        self.origin_access_control_id = self._create_access_control().id
        self.bucket_domains = {part: each.bucket_regional_domain_name for part, each in self._buckets.items()}
        self.paths = tuple(self._files)
        self.content_security_policy = pages.style_policy(page)
        self.register_outputs({"paths": list(self.paths)})

    def _create_bucket(self, part: str) -> aws.s3.Bucket:
        """The provider's own encryption: a customer key would be one more thing whose loss hides the page, and the page
        is public."""
        bucket = aws.s3.Bucket(
            f"{self._name}-{part}",
            bucket=self._naming.bucket("crisis-page", part),
            region=self._regions[part],
            tags=self._naming.tags("crisis-page"),
            opts=ResourceOptions(parent=self, protect=self._args.system.production),
        )
        self._lock_up(part, bucket)
        self._fill(part, bucket)
        return bucket

    def _lock_up(self, part: str, bucket: aws.s3.Bucket) -> None:
        region = self._regions[part]
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{self._name}-{part}-encryption",
            bucket=bucket.id,
            rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
            region=region,
            opts=self._child,
        )
        aws.s3.BucketVersioning(
            f"{self._name}-{part}-versions",
            bucket=bucket.id,
            versioning_configuration={"status": "Enabled"},
            region=region,
            opts=self._child,
        )
        aws.s3.BucketOwnershipControls(
            f"{self._name}-{part}-ownership",
            bucket=bucket.id,
            rule={"object_ownership": "BucketOwnerEnforced"},
            region=region,
            opts=self._child,
        )
        closed = aws.s3.BucketPublicAccessBlock(
            f"{self._name}-{part}-public-access",
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            region=region,
            opts=self._child,
        )

        aws.s3.BucketPolicy(
            f"{self._name}-{part}-policy",
            bucket=bucket.id,
            policy=bucket.arn.apply(self._policy),
            region=region,
            opts=ResourceOptions(parent=self, depends_on=[closed]),  # AWS refuses the two changes at once
        )

    def _policy(self, bucket_arn: str) -> str:
        """Distributions of this account may read, which belongs to this stack alone; nobody without TLS."""
        ours = f"arn:aws:cloudfront::{self._naming.account_id}:distribution/*"
        reads = {
            "Sid": "CloudFrontReads",
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject",
            "Resource": f"{bucket_arn}/*",
            "Condition": {"ArnLike": {"AWS:SourceArn": ours}},
        }
        only_tls = {
            "Sid": "OnlyTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [bucket_arn, f"{bucket_arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        return json.dumps({"Version": "2012-10-17", "Statement": [reads, only_tls]})

    def _fill(self, part: str, bucket: aws.s3.Bucket) -> None:
        for path, (content_type, content) in self._files.items():
            aws.s3.BucketObjectv2(
                f"{self._name}-{part}-{path.strip('/')}",
                bucket=bucket.id,
                key=path.lstrip("/"),
                content=content,
                content_type=f"{content_type}; charset=utf-8",
                cache_control=_KEPT,
                region=self._regions[part],
                tags=self._naming.tags("crisis-page"),
                opts=self._child,
            )

    def _create_access_control(self) -> aws.cloudfront.OriginAccessControl:
        return aws.cloudfront.OriginAccessControl(
            f"{self._name}-access",
            name=self._naming.name("crisis-page", limit=64),
            description="CloudFront signs what it asks the crisis page's buckets",
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
            opts=self._child,
        )
