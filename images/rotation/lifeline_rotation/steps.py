"""The four steps of a rotation. Each may be repeated: whoever calls calls again after an error, and anything may have
happened before it.
"""

import json
import logging
from collections.abc import Callable
from typing import Any

from lifeline_rotation import settings
from lifeline_rotation.kinds import Kind, Value
from lifeline_rotation.logins import PostgresAdministrator, PostgresLogin, RedisLogin
from lifeline_rotation.texts import KeyRing, Plain
from lifeline_rotation.versions import RotationError, Versions

_log = logging.getLogger()
_log.setLevel(logging.INFO)


def take(step: str, versions: Versions, reach: settings.Reach) -> None:
    """One of createSecret, setSecret, testSecret, finishSecret; done already is done again without harm."""
    if step not in STEPS:
        raise RotationError(f"there is no step {step!r}; there are {', '.join(STEPS)}")
    if versions.finished():
        _say(step, versions, "this version is the current one already")
        return
    STEPS[step](versions, kind(versions, reach))
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


STEPS: dict[str, Callable[[Versions, Kind], None]] = {
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


def kind(versions: Versions, reach: settings.Reach) -> Kind:
    found = versions.current().get("kind")
    kinds: dict[Any, Callable[[], Kind]] = {
        "plain": Plain,
        "key-ring": KeyRing,
        "postgresql": lambda: PostgresLogin(reach.database(), versions.other(reach.database_administrator)),
        "postgresql-administrator": lambda: PostgresAdministrator(reach.database()),
        "redis": lambda: RedisLogin(reach.cache(), versions.other(reach.cache_administrator)),
    }
    if found not in kinds:
        raise RotationError(f"{versions.name}: kind {found!r} cannot be rotated; there are {', '.join(kinds)}")
    return kinds[found]()


def _say(step: str, versions: Versions, what: str) -> None:
    """Names only: a value never reaches the log."""
    _log.info(json.dumps({"step": step, "secret": versions.name, "version": versions.token, "said": what}))
