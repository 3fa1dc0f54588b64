"""The rotation of the cache's passwords, inside the cluster and once a day: its servers have names nowhere else.

Old enough secrets are renewed in the four steps; what a run leaves half done, the next one takes up. Where secrets are
copies of another region's, nothing is renewed. Everywhere, servers that do not know the current password learn it.
"""

import json
import logging
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from lifeline_rotation import redis, secrets_manager, settings, steps
from lifeline_rotation.logins import RedisLogin
from lifeline_rotation.versions import OwnVersions, RotationError

_CURRENT, _PENDING = "AWSCURRENT", "AWSPENDING"
_DAY_SECONDS = 86_400


def main(environment: Mapping[str, str]) -> int:
    """Every secret is tried; whatever failed is said, and fails the run."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    client = secrets_manager.Client(
        environment["AWS_REGION"],
        lambda: secrets_manager.of_pod(environment),
        environment.get("SECRETS_MANAGER_ENDPOINT", ""),
    )
    reach, failed = settings.from_environment(environment), 0
    days = int(environment["RENEW_AFTER_DAYS"]) if environment.get("RENEW_AFTER_DAYS") else None
    for secret in environment["ROTATED_SECRETS"].split(","):
        try:
            said = attend(client, secret, reach, days)
        except (OSError, RotationError, redis.RedisError, secrets_manager.Refused) as error:
            failed, said = failed + 1, f"failed: {type(error).__name__}: {error}"
        print(json.dumps({"secret": secret, "said": said}), flush=True)
    return 1 if failed else 0


def attend(client: Any, secret: str, reach: settings.Reach, renew_after_days: int | None) -> str:
    """Without `renew_after_days` the secret is a copy that only its own region renews."""
    if renew_after_days is None:
        return _teach(client, secret, reach)
    versions = client.list_secret_version_ids(SecretId=secret, IncludeDeprecated=False)["Versions"]
    begun = [each["VersionId"] for each in versions if _labels(each) & {_CURRENT, _PENDING} == {_PENDING}]
    if begun and _follows(client, secret, begun[0], reach):
        return _renew(client, secret, begun[0], reach, "taken up and renewed")
    if _age_days(versions) >= renew_after_days:
        return _renew(client, secret, str(uuid4()), reach, "renewed")
    return _teach(client, secret, reach)


def _renew(client: Any, secret: str, token: str, reach: settings.Reach, said: str) -> str:
    for step in steps.STEPS:
        steps.take(step, OwnVersions(client, secret, token), reach)
    return said


def _follows(client: Any, secret: str, token: str, reach: settings.Reach) -> bool:
    """One that no longer follows from the current version, since somebody set that by hand, is let go."""
    versions = OwnVersions(client, secret, token)
    pending = versions.pending()
    try:
        if pending is not None:
            steps.kind(versions, reach).check(versions.current(), pending)
            return True
    except RotationError:
        versions.abandon()
    return False


def _teach(client: Any, secret: str, reach: settings.Reach) -> str:
    """A server that was away for two rotations, or a whole region that only copies them."""
    current = json.loads(client.get_secret_value(SecretId=secret, VersionStage=_CURRENT)["SecretString"])
    administrator = json.loads(
        client.get_secret_value(SecretId=reach.cache_administrator, VersionStage=_CURRENT)["SecretString"]
    )
    taught: list[str] = []
    for node in reach.cache():
        with suppress(redis.Refused):
            redis.Connection(node, current["username"], current["password"]).close()
            continue
        login = RedisLogin([node], [administrator, administrator["previous"]])
        login.apply({**current, **current["previous"]}, current)
        login.test(current)
        taught.append(str(node))
    return f"taught to {', '.join(taught)}" if taught else "known everywhere"


def _labels(version: Mapping[str, Any]) -> set[str]:
    return set(version.get("VersionStages", ()))


def _age_days(versions: list[Mapping[str, Any]]) -> int:
    """Of the current value. The service tells moments as seconds, its library as dates."""
    made = next(each["CreatedDate"] for each in versions if _CURRENT in _labels(each))
    moment = made if isinstance(made, datetime) else datetime.fromtimestamp(float(made), UTC)
    return int((datetime.now(UTC) - moment).total_seconds() // _DAY_SECONDS)


if __name__ == "__main__":
    raise SystemExit(main(os.environ))
