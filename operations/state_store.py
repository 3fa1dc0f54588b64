"""Where a stack's state lives in its account: what the bucket, its log bucket and the two keys must be.

Each aspect says what is wanted, how it is read and how it is set; `create` sets what differs, `check` only tells.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError  # pyright: ignore[reportMissingTypeStubs]

from components.aws import bucket_policies
from operations import state_policies

#: Old states can be had back for so long; until then nobody without a second factor can end one.
OLD_VERSIONS_DAYS, ACCESS_LOG_DAYS = 400, 400
_ABSENT = (
    *("NoSuchBucket", "NoSuchBucketPolicy", "NoSuchLifecycleConfiguration", "NoSuchPublicAccessBlockConfiguration"),
    *("ServerSideEncryptionConfigurationNotFoundError", "OwnershipControlsNotFoundError", "NotFoundException"),
    *("NoSuchTagSet", "404"),
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """An account and a region: one store for every stack there is in it."""

    account_id: str
    region: str

    @property
    def bucket(self) -> str:
        return f"lifeline-state-{self.account_id}-{self.region}"

    @property
    def log_bucket(self) -> str:
        return f"lifeline-state-logs-{self.account_id}-{self.region}"

    @property
    def backend(self) -> str:
        """What `pulumi login` is given."""
        return f"s3://{self.bucket}?region={self.region}"

    @property
    def secrets_provider(self) -> str:
        """What `pulumi stack init --secrets-provider` is given."""
        return f"awskms://{SECRETS_KEY}?region={self.region}"


#: Two keys: who may read states need not be able to decrypt the secrets in them.
STATE_KEY, SECRETS_KEY = "alias/lifeline-state", "alias/lifeline-state-secrets"
_TAGS = {"lifeline:component": "state", "lifeline:data-class": "secrets", "lifeline:owner": "platform-engineering"}


@dataclass(frozen=True)
class Aspect:
    """One property of the store."""

    name: str
    wanted: Any
    read: Callable[[], Any]
    write: Callable[[], Any]

    def holds(self) -> bool:
        return self.read() == self.wanted


def aspects(place: Place, client: Callable[[str], Any]) -> Iterator[Aspect]:
    """In the order in which they can be set; each is built when those before it hold, as keys get their ids then."""
    kms, s3 = client("kms"), client("s3")
    by_identities = state_policies.used_by_identities(place.account_id)
    through_s3 = state_policies.used_through(by_identities, f"s3.{place.region}.amazonaws.com")
    for alias, use in ((STATE_KEY, through_s3), (SECRETS_KEY, by_identities)):
        yield from _key(kms, alias, state_policies.of_key(place.account_id, use))
    yield from _bucket(s3, place, place.log_bucket)
    yield from _access_logs(s3, place)
    yield from _bucket(s3, place, place.bucket)
    yield from _state(s3, place, _arn_of(kms, STATE_KEY) or "")


def _key(kms: Any, alias: str, policy: Mapping[str, Any]) -> Iterator[Aspect]:
    def create() -> None:
        key = kms.create_key(
            Description=f"Lifeline: {alias.removeprefix('alias/lifeline-')}",
            Policy=json.dumps(policy),
            Tags=[{"TagKey": name, "TagValue": value} for name, value in _TAGS.items()],
        )
        kms.create_alias(AliasName=alias, TargetKeyId=key["KeyMetadata"]["Arn"])

    def key() -> str:
        return _arn_of(kms, alias) or ""

    yield Aspect(f"key {alias}", True, lambda: bool(key()), create)
    yield Aspect(
        f"key {alias}: rotated every year",
        True,
        lambda: bool(key()) and kms.get_key_rotation_status(KeyId=key())["KeyRotationEnabled"],
        lambda: kms.enable_key_rotation(KeyId=key()),
    )
    yield Aspect(
        f"key {alias}: policy",
        policy,
        lambda: json.loads(kms.get_key_policy(KeyId=key(), PolicyName="default")["Policy"]) if key() else None,
        lambda: kms.put_key_policy(KeyId=key(), PolicyName="default", Policy=json.dumps(policy)),
    )


def _bucket(s3: Any, place: Place, bucket: str) -> Iterator[Aspect]:
    """What both buckets have in common."""
    elsewhere = {} if place.region == "us-east-1" else {"LocationConstraint": place.region}
    closed = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    owner = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    yield Aspect(
        f"bucket {bucket}",
        True,
        lambda: _or_none(lambda: s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=place.account_id)) is not None,
        lambda: s3.create_bucket(
            Bucket=bucket,
            **({"CreateBucketConfiguration": elsewhere} if elsewhere else {}),
        ),
    )
    yield Aspect(
        f"{bucket}: no public access",
        closed,
        lambda: _or_none(lambda: s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]),
        lambda: s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=closed),
    )
    yield Aspect(
        f"{bucket}: no access lists",
        owner,
        lambda: _or_none(lambda: s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]),
        lambda: s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=owner),
    )
    yield Aspect(
        f"{bucket}: versions kept",
        "Enabled",
        lambda: _or_none(lambda: s3.get_bucket_versioning(Bucket=bucket).get("Status")),
        lambda: s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}),
    )
    yield Aspect(
        f"{bucket}: tags",
        _TAGS,
        lambda: {
            tag["Key"]: tag["Value"] for tag in _or_none(lambda: s3.get_bucket_tagging(Bucket=bucket)["TagSet"]) or ()
        },
        lambda: s3.put_bucket_tagging(
            Bucket=bucket, Tagging={"TagSet": [{"Key": name, "Value": value} for name, value in _TAGS.items()]}
        ),
    )


def _access_logs(s3: Any, place: Place) -> Iterator[Aspect]:
    bucket = place.log_bucket
    yield _encryption(s3, bucket, {"SSEAlgorithm": "AES256"}, bucket_key=False)
    writes = bucket_policies.service_writes(bucket, "logging.s3.amazonaws.com", account_id=place.account_id)
    yield _policy(s3, bucket, bucket_policies.only_tls(bucket), writes, state_policies.only_with_second_factor(bucket))
    yield _lifecycle(s3, bucket, {"Expiration": {"Days": ACCESS_LOG_DAYS}}, {"NoncurrentDays": 30})


def _state(s3: Any, place: Place, key_arn: str) -> Iterator[Aspect]:
    bucket = place.bucket
    yield _encryption(s3, bucket, {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_arn}, bucket_key=True)
    own_key = bucket_policies.only_this_key(bucket, key_arn)
    yield _policy(
        s3, bucket, bucket_policies.only_tls(bucket), *own_key, state_policies.only_with_second_factor(bucket)
    )
    yield _lifecycle(
        s3, bucket, {"Expiration": {"ExpiredObjectDeleteMarker": True}}, {"NoncurrentDays": OLD_VERSIONS_DAYS}
    )
    logging = {"TargetBucket": place.log_bucket, "TargetPrefix": f"{bucket}/"}
    yield Aspect(
        f"{bucket}: accesses logged",
        logging,
        lambda: _or_none(lambda: s3.get_bucket_logging(Bucket=bucket).get("LoggingEnabled")),
        lambda: s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": logging}),
    )


def _encryption(s3: Any, bucket: str, algorithm: Mapping[str, str], *, bucket_key: bool) -> Aspect:
    rules = [{"ApplyServerSideEncryptionByDefault": algorithm, "BucketKeyEnabled": bucket_key}]

    def read() -> Any:
        found = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        return [{name: rule.get(name) for name in rules[0]} for rule in found]

    return Aspect(
        f"{bucket}: encrypted",
        rules,
        lambda: _or_none(read),
        lambda: s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules}),
    )


def _policy(s3: Any, bucket: str, *statements: Mapping[str, Any]) -> Aspect:
    policy = {"Version": "2012-10-17", "Statement": [dict(statement) for statement in statements]}
    return Aspect(
        f"{bucket}: policy",
        policy,
        lambda: _or_none(lambda: json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])),
        lambda: s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy)),
    )


def _lifecycle(s3: Any, bucket: str, current: Mapping[str, Any], old: Mapping[str, Any]) -> Aspect:
    rule = {
        "ID": "old-versions",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        **current,
        "NoncurrentVersionExpiration": dict(old),
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    }
    return Aspect(
        f"{bucket}: old versions end",
        [rule],
        lambda: _or_none(lambda: s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]),
        lambda: s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]}),
    )


def _arn_of(kms: Any, alias: str) -> str | None:
    found = _or_none(lambda: kms.describe_key(KeyId=alias)["KeyMetadata"])
    return found["Arn"] if found else None


def _or_none(read: Callable[[], Any]) -> Any:
    """What is not there is None; another refusal (no right to look, another's bucket) is not swallowed."""
    try:
        return read()
    except ClientError as error:
        if error.response["Error"]["Code"] not in _ABSENT:
            raise
        return None
