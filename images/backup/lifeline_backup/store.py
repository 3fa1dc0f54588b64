"""Backups in their buckets: which there are, which tier the next one belongs to, reading them back."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from lifeline_backup import manifest
from lifeline_backup.failure import Failure
from lifeline_backup.manifest import Manifest, StoredObject
from lifeline_backup.settings import Bucket, Kind, Settings, Tier
from lifeline_backup.uploading import Upload

_CHUNK, _READ_AGAIN = 1 << 20, 5
#: How often a request is tried again is AWS_MAX_ATTEMPTS: a service that says 503 for a minute is no failed backup.
CONFIG = Config(
    retries={"mode": "standard"},
    connect_timeout=10,
    read_timeout=120,
    s3={"payload_signing_enabled": False},
)
Unreachable = (ClientError, BotoCoreError)


@dataclass(frozen=True)
class Known:
    """A backup that is whole, as its manifest's key tells, without having been read."""

    at: datetime
    tier: str
    key: str


@dataclass(frozen=True)
class Found:
    """Any object in the list of a bucket."""

    key: str
    bytes: int
    modified: datetime


class Store:
    """One kind's objects."""

    def __init__(self, settings: Settings, kind: Kind) -> None:
        self._settings, self._kind = settings, kind
        self._bucket = settings.bucket(kind)
        self._client: Any = boto3.client("s3", config=CONFIG)

    def listed(self) -> Iterator[Found]:
        pages = self._client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._bucket.name, Prefix=self._kind.list_prefix):
            for each in page.get("Contents", []):
                yield Found(each["Key"], each["Size"], each["LastModified"].astimezone(UTC))

    def known(self, listed: Iterable[Found] | None = None) -> list[Known]:
        """The newest last."""
        found = (self._known(each.key) for each in (self.listed() if listed is None else listed))
        return sorted((each for each in found if each is not None), key=lambda each: each.at)

    def tier_of_next(self, at: datetime) -> Tier:
        """The longest whose period has none yet, in this tier or a longer one: what fails today is due tomorrow."""
        existing, tiers = self.known(), self._settings.tiers
        for place, tier in enumerate(tiers):
            period, as_long = at.astimezone(UTC).strftime(tier.period), {each.name for each in tiers[: place + 1]}
            if not any(each.tier in as_long and each.at.strftime(tier.period) == period for each in existing):
                return tier
        return tiers[-1]

    def upload(self, tier: Tier, at: datetime, part: str) -> Upload:
        key = _filled(self._kind.object_layout, tier, at, part)
        how = {"tags": self._tags(tier), "storage_class": tier.storage_class}
        return Upload(self._client, self._bucket, key, **how, sizes=self._settings.part_sizes)

    def commit(self, made: Manifest, tier: Tier) -> str:
        """From here on it is a backup. The copy under `latest` is a convenience and may fail."""
        text = made.text().encode()
        key = _filled(self._kind.manifest_layout, tier, made.began)
        put_json(self._client, self._bucket, key, text, Tagging=self._tags(tier), IfNoneMatch="*")
        try:
            put_json(self._client, self._bucket, self._kind.latest, text)  # no tag: one that is set stays for ever
        except Unreachable as error:
            print(f"{self._kind.latest} still tells of the backup before: {error}", flush=True)
        return key

    def manifest(self, known: Known) -> Manifest:
        answer = self._client.get_object(Bucket=self._bucket.name, Key=known.key)
        read = manifest.parse(answer["Body"].read(), known.key)
        if (read.kind, read.tier) != (self._kind.name, known.tier) or read.system != self._settings.system:
            raise Failure(f"manifest {known.key} is one of {read.system}, {read.kind}, {read.tier}")
        return read

    def check_object(self, stored: StoredObject) -> None:
        """What can be told without reading it: it is there, as long as it was, and under our key."""
        try:
            head = self._client.head_object(**self._version(stored))
        except ClientError as error:
            code = error.response["Error"]["Code"]
            raise Failure(f"{stored.key} is not there as it was written ({code})") from error
        if head["ContentLength"] != stored.bytes:
            raise Failure(f"{stored.key} has {head['ContentLength']} bytes of {stored.bytes}")
        if head.get("SSEKMSKeyId") != self._bucket.key:
            raise Failure(f"{stored.key} is encrypted with {head.get('SSEKMSKeyId')}, not with {self._bucket.key}")

    def problem_of_copy(self, stored: StoredObject) -> str | None:
        """What S3 says of its copies, and where the settings name one, that copy read to its last byte."""
        told = self._client.head_object(**self._version(stored)).get("ReplicationStatus", "none")
        if told != "COMPLETED":
            return f"the copy of {stored.key} is {told}"
        return self._problem_in_copy(stored) if self._bucket.copy else None

    def _problem_in_copy(self, stored: StoredObject) -> str | None:
        elsewhere: Any = boto3.client("s3", config=CONFIG, region_name=self._bucket.copy_region)
        try:
            found = elsewhere.get_object(Bucket=self._bucket.copy, Key=stored.key)["Body"]
            seen = hashlib.sha256()
            for chunk in found.iter_chunks(_CHUNK):
                seen.update(chunk)
        except Unreachable as error:
            return f"the copy of {stored.key} in {self._bucket.copy} cannot be read: {error}"
        if seen.hexdigest() != stored.sha256:
            return f"the copy of {stored.key} in {self._bucket.copy} has another checksum"
        return None

    def chunks(self, stored: StoredObject) -> Iterator[bytes]:
        """Its content; at the end the checksum, so that nobody trusts what was read before he has all of it."""
        seen, count = hashlib.sha256(), 0
        for chunk in self._pieces(stored):
            seen.update(chunk)
            count += len(chunk)
            yield chunk
        if count != stored.bytes:
            raise Failure(f"{stored.key} ended after {count} bytes of {stored.bytes}")
        if seen.hexdigest() != stored.sha256:
            raise Failure(f"{stored.key} has the checksum {seen.hexdigest()}, its manifest {stored.sha256}")

    def _pieces(self, stored: StoredObject) -> Iterator[bytes]:
        """A connection that breaks is taken up where it broke: hours of a restore do not begin anew for it."""
        count, tries = 0, _READ_AGAIN
        while True:
            rest = {"Range": f"bytes={count}-"} if count else {}
            try:
                for chunk in self._client.get_object(**self._version(stored), **rest)["Body"].iter_chunks(_CHUNK):
                    count += len(chunk)
                    yield chunk
            except BotoCoreError:
                if not tries or count >= stored.bytes:
                    raise
                tries -= 1
            else:
                return

    def _known(self, key: str) -> Known | None:
        matched = re.fullmatch(self._kind.manifest_pattern, key)
        if matched is None:
            return None
        at = datetime.strptime(matched["yyyymmdd"] + matched["hhmmss"], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        return Known(at, matched["tier"], key)

    def began(self, key: str) -> datetime | None:
        """Of the backup that an object belongs to, by the object's key; None for what is no object of this kind."""
        names = {"tier": r"\w+", "yyyymmdd": r"(\d{8})", "hhmmss": r"(\d{6})", "part": r"[\w.-]+"}
        pieces = re.split(r"\{(\w+)\}", self._kind.object_layout)
        pattern = "".join(names[each] if place % 2 else re.escape(each) for place, each in enumerate(pieces))
        matched = re.fullmatch(pattern, key)
        if matched is None or key.endswith(".json"):
            return None
        return datetime.strptime("".join(matched.groups()[-2:]), "%Y%m%d%H%M%S").replace(tzinfo=UTC)

    def _version(self, stored: StoredObject) -> dict[str, str]:
        place = {"Bucket": self._bucket.name, "Key": stored.key}
        return {**place, "VersionId": stored.version} if stored.version else place

    def _tags(self, tier: Tier) -> str:
        return urlencode({self._settings.tier_tag: tier.name, "lifeline:backup-kind": self._kind.name})


def put_json(client: Any, bucket: Bucket, key: str, text: bytes, **more: str) -> None:
    """A small document, under the one key that its bucket takes."""
    answer = client.put_object(
        Bucket=bucket.name,
        Key=key,
        Body=text,
        ContentType="application/json",
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=bucket.key,
        BucketKeyEnabled=True,
        ChecksumAlgorithm="SHA256",
        **more,
    )
    if answer.get("SSEKMSKeyId") != bucket.key:
        raise Failure(f"{key} was encrypted with {answer.get('SSEKMSKeyId')}, not with {bucket.key}")


def _filled(layout: str, tier: Tier, at: datetime, part: str = "") -> str:
    utc = at.astimezone(UTC)
    return layout.format(tier=tier.name, yyyymmdd=utc.strftime("%Y%m%d"), hhmmss=utc.strftime("%H%M%S"), part=part)
