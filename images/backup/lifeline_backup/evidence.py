"""What a drill or a verification found, where nobody can change it afterwards."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import boto3

from lifeline_backup import figures, store
from lifeline_backup.settings import Settings


def keep(settings: Settings, what: str, found: Mapping[str, object]) -> None:
    """`drills/20261206T060000Z.json` in the bucket of evidence."""
    bucket = settings.buckets["evidence"]
    now = datetime.now(UTC)
    key = f"{what}/{now:%Y%m%dT%H%M%S}Z.json"
    told = {"system": settings.system, "environment": settings.environment, "at": now.isoformat(), **found}
    client = boto3.client("s3", config=store.CONFIG)
    store.put_json(client, bucket, key, json.dumps(told, indent=1, default=str).encode(), IfNoneMatch="*")
    figures.say("evidence", key=key)
