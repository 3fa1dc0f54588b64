"""Secrets that only their providers can make: said daily which slots are empty and how old the oldest value is.

Told as metrics within the log (embedded metric format), which needs neither a permission nor a way to CloudWatch.
"""

import json
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

_DAY_SECONDS = 86_400


def report(client: Any, secrets: Iterable[str], stack: str) -> None:
    ages = {secret: _age_days(client, secret) for secret in secrets}
    known = [age for age in ages.values() if age is not None]
    metrics = {"EmptySecrets": len(ages) - len(known), "OldestSecretDays": max(known, default=0)}
    described = {
        "Namespace": "Lifeline",
        "Dimensions": [["Stack"]],
        "Metrics": [{"Name": name} for name in metrics],
    }
    told = {"_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [described]}, "Stack": stack, **metrics}
    empty = sorted(secret for secret, age in ages.items() if age is None)
    print(json.dumps({**told, "empty": empty}))


def _age_days(client: Any, secret: str) -> int | None:
    """Of the current value; a label or a description that changes makes no secret younger."""
    found = client.list_secret_version_ids(SecretId=secret, IncludeDeprecated=False).get("Versions", [])
    made: list[datetime] = [each["CreatedDate"] for each in found if "AWSCURRENT" in each.get("VersionStages", [])]
    return int((datetime.now(UTC) - made[0]).total_seconds() // _DAY_SECONDS) if made else None
