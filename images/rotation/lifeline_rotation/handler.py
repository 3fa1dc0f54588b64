"""What Secrets Manager calls: one step of one secret's rotation, and once a day a look at the supplied ones.

Every step may be repeated: Secrets Manager calls again after an error, and anything may have happened before it.
"""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

import boto3

from lifeline_rotation import settings, supplied
from lifeline_rotation.kinds import Kind, Value
from lifeline_rotation.logins import PostgresAdministrator, PostgresLogin, RedisLogin
from lifeline_rotation.texts import KeyRing, Plain
from lifeline_rotation.versions import RotationError, Versions

_log = logging.getLogger()
_log.setLevel(logging.INFO)


def handle(event: Mapping[str, Any], context: object) -> None:
    """The entry point named in the function's configuration."""
    client = boto3.client("secretsmanager")
    if "supplied" in event:
        supplied.report(client, event["supplied"], event["stack"])
    else:
        rotate(client, event, settings.from_environment())


def rotate(client: Any, event: Mapping[str, str], reach: settings.Reach) -> None:
    """One of createSecret, setSecret, testSecret, finishSecret; done already is done again without harm."""
    step, versions = event["Step"], Versions(client, event["SecretId"], event["ClientRequestToken"])
    if step not in _STEPS:
        raise RotationError(f"there is no step {step!r}; there are {', '.join(_STEPS)}")
    if versions.finished():
        _say(step, versions, "this version is the current one already")
        return
    _STEPS[step](versions, _kind(versions, reach))
    _say(step, versions, "done")


def _create(versions: Versions, kind: Kind) -> None:
    if versions.pending() is None:
        versions.put_pending(kind.successor(versions.current()))


def _set(versions: Versions, kind: Kind) -> None:
    current, pending = versions.current(), _pending(versions)
    kind.check(current, pending)
    kind.apply(current, pending)


def _test(versions: Versions, kind: Kind) -> None:
    kind.test(_pending(versions))


def _finish(versions: Versions, kind: Kind) -> None:
    """Tested anew: nobody promises that the step before was the last thing that happened."""
    pending = _pending(versions)
    kind.check(versions.current(), pending)
    kind.test(pending)
    versions.promote()


_STEPS: dict[str, Callable[[Versions, Kind], None]] = {
    "createSecret": _create,
    "setSecret": _set,
    "testSecret": _test,
    "finishSecret": _finish,
}


def _pending(versions: Versions) -> Value:
    found = versions.pending()
    if found is None:
        raise RotationError(f"{versions.name}: version {versions.token} holds nothing; createSecret comes first")
    return found


def _kind(versions: Versions, reach: settings.Reach) -> Kind:
    kind = versions.current().get("kind")
    kinds: dict[Any, Callable[[], Kind]] = {
        "plain": Plain,
        "key-ring": KeyRing,
        "postgresql": lambda: PostgresLogin(reach.database(), versions.other(reach.database_administrator)),
        "postgresql-administrator": lambda: PostgresAdministrator(reach.database()),
        "redis": lambda: RedisLogin(reach.cache(), versions.other(reach.cache_administrator)),
    }
    if kind not in kinds:
        raise RotationError(f"{versions.name}: kind {kind!r} cannot be rotated; there are {', '.join(kinds)}")
    return kinds[kind]()


def _say(step: str, versions: Versions, what: str) -> None:
    """Names only: a value never reaches the log."""
    _log.info(json.dumps({"step": step, "secret": versions.name, "version": versions.token, "said": what}))
