"""Evidence, put where nobody can change it or take it away: the stack's bucket of evidence, which locks what it gets.

The role that does this may put and nothing else; so what AWS answers is all there is to go by, and has to agree.
"""

import base64
import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any, cast

import boto3  # pyright: ignore[reportMissingTypeStubs]
from botocore.exceptions import BotoCoreError, ClientError  # pyright: ignore[reportMissingTypeStubs]

from components.naming import Naming
from operations.errors import OperationsError
from operations.health.stack import stack_settings

#: Packs of the pipelines, beside what drills and verifications leave.
PREFIX = "packs"
_DESCRIPTION = "evidence.json"


def keep(stack: str, directory: Path) -> str:
    """Where it is now: `s3://bucket/key`, with the version S3 gave it."""
    if not (directory / _DESCRIPTION).is_file():
        raise OperationsError(f"there is no evidence in {directory}", f"collect it: make evidence STACK={stack}")
    described = json.loads((directory / _DESCRIPTION).read_text())
    if described["stack"] != stack:
        raise OperationsError(
            f"{directory} holds evidence of {described['stack']}", f"name it: STACK={described['stack']}"
        )
    settings = stack_settings(stack)
    naming = Naming(
        system=settings.system.name,
        environment=settings.environment,
        account_id=settings.aws_account_id,
        owner=settings.owner,
    )
    bucket, collected = naming.bucket("evidence"), str(described["collected"])
    key = f"{PREFIX}/{collected[:7]}/{stack}-{collected.replace(':', '')}.tar.gz"
    pack = packed(directory)
    digest = base64.b64encode(hashlib.sha256(pack).digest()).decode()
    try:
        answer = (
            cast("Any", boto3.Session())
            .client("s3", region_name=settings.region)
            .put_object(
                Bucket=bucket,
                Key=key,
                Body=pack,
                ChecksumAlgorithm="SHA256",
                ChecksumSHA256=digest,
                ExpectedBucketOwner=settings.aws_account_id,
                IfNoneMatch="*",
            )
        )
    except (BotoCoreError, ClientError) as error:
        raise OperationsError(
            f"s3://{bucket}/{key} was not taken: {error}", "run it in the environment whose role may put evidence"
        ) from error
    if answer.get("ChecksumSHA256", digest) != digest:
        raise OperationsError(f"S3 holds something else at s3://{bucket}/{key}", "put it again: make keep")
    return f"s3://{bucket}/{key} (version {answer.get('VersionId', 'none')}, sha256 {digest})"


def packed(directory: Path) -> bytes:
    """The same files are the same bytes, whoever packs them and when."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz", format=tarfile.PAX_FORMAT, compresslevel=9) as archive:
        for file in sorted(path for path in directory.rglob("*") if path.is_file()):
            entry = tarfile.TarInfo(file.relative_to(directory).as_posix())
            entry.size, entry.mode = file.stat().st_size, 0o644
            with file.open("rb") as content:
                archive.addfile(entry, content)
    packed = bytearray(held.getvalue())
    packed[4:8] = b"\0\0\0\0"  # gzip writes the time of packing there
    return bytes(packed)
