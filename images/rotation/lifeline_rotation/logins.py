"""Logins of PostgreSQL and Redis: the old one and the new one are both good until the next rotation."""

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from lifeline_rotation import postgresql, redis
from lifeline_rotation.address import Server, password_of, with_login
from lifeline_rotation.kinds import Value, random_text
from lifeline_rotation.versions import RotationError

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,50}")
_Opened = TypeVar("_Opened")
_CHANGED = "the secret was changed by hand since this rotation began: start it anew"


def _renewed(current: Value, username: str) -> Value:
    password = random_text(int(current["characters"]))
    before = {"username": current["username"], "password": current["password"]}
    url = with_login(current["url"], username, password) if current.get("url") else ""
    return {**current, "username": username, "password": password, "previous": before, **({"url": url} if url else {})}


def _follows(current: Value, pending: Value) -> None:
    if (pending.get("previous") or {}).get("password") != current["password"]:
        raise RotationError(_CHANGED)
    if pending.get("url") and password_of(pending["url"]) != pending["password"]:
        raise RotationError("the address does not carry the new password")


def _first_good(logins: Sequence[Value], opened: Callable[[str, str], _Opened], refused: type[Exception]) -> _Opened:
    """An administrator may itself be between two passwords."""
    for login in logins[:-1]:
        try:
            return opened(login["username"], login["password"])
        except refused:
            continue
    return opened(logins[-1]["username"], logins[-1]["password"])


class PostgresLogin:
    """Two users take turns, since a user of PostgreSQL has one password: the other one's is changed and then used.

    The second user is a member of the documented role and becomes it at login, so grants and ownership stay with that.
    """

    def __init__(self, server: Server, administrators: Sequence[Value]) -> None:
        self._server, self._administrators = server, administrators

    def successor(self, current: Value) -> Value:
        role = self._role(current)
        return _renewed(current, role if current["username"] != role else f"{role}_alternate")

    def check(self, current: Value, pending: Value) -> None:
        _follows(current, pending)
        if pending["username"] == current["username"]:
            raise RotationError(f"{pending['username']} is in use: its password must not change under its users")

    def apply(self, current: Value, pending: Value) -> None:
        role, user = self._role(pending), pending["username"]
        verifier = postgresql.scram_verifier(pending["password"])
        with _first_good(self._administrators, self._open, postgresql.LoginRefused) as connection:
            if connection.query(f"SELECT 1 FROM pg_roles WHERE rolname = '{user}'"):
                connection.query(f"ALTER ROLE {user} LOGIN PASSWORD '{verifier}'")
            elif user == role:
                raise RotationError(f"the role {role} does not exist: the roles' job comes first")
            else:
                limit = connection.query(f"SELECT rolconnlimit FROM pg_roles WHERE rolname = '{role}'")
                if not limit:
                    raise RotationError(f"the role {role} does not exist: the roles' job comes first")
                connection.query(
                    f"CREATE ROLE {user} LOGIN CONNECTION LIMIT {int(limit[0][0])} PASSWORD '{verifier}' "
                    f"IN ROLE {role}; ALTER ROLE {user} SET role = '{role}'"
                )

    def test(self, pending: Value) -> None:
        with self._open(pending["username"], pending["password"]) as connection:
            found, role = connection.query("SELECT current_user"), self._role(pending)
        if found != [(role,)]:
            raise RotationError(f"{pending['username']} does not act as {role}")

    def _open(self, username: str, password: str) -> postgresql.Connection:
        return postgresql.Connection(self._server, username, password)

    def _role(self, value: Value) -> str:
        role = str(value["role"])
        if not _NAME.fullmatch(role) or value["username"] not in (role, f"{role}_alternate"):
            raise RotationError(f"{role!r} with user {value['username']!r} is no pair this function made")
        return role


class PostgresAdministrator:
    """Used by this function alone, so one user is enough: no one else is locked out between two steps."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def successor(self, current: Value) -> Value:
        return _renewed(current, current["username"])

    def check(self, current: Value, pending: Value) -> None:
        _follows(current, pending)

    def apply(self, current: Value, pending: Value) -> None:
        verifier = postgresql.scram_verifier(pending["password"])
        with _first_good((current, pending), self._open, postgresql.LoginRefused) as connection:
            connection.query(f"ALTER ROLE CURRENT_USER PASSWORD '{verifier}'")

    def test(self, pending: Value) -> None:
        self._open(pending["username"], pending["password"]).close()

    def _open(self, username: str, password: str) -> postgresql.Connection:
        return postgresql.Connection(self._server, username, password)


class RedisLogin:
    """A user of Redis may have several passwords: it has exactly the current and the coming one, on every node."""

    def __init__(self, nodes: Sequence[Server], administrators: Sequence[Value]) -> None:
        self._nodes, self._administrators = nodes, administrators

    def successor(self, current: Value) -> Value:
        return _renewed(current, current["username"])

    def check(self, current: Value, pending: Value) -> None:
        _follows(current, pending)

    def apply(self, current: Value, pending: Value) -> None:
        digests = [f"#{hashlib.sha256(each['password'].encode()).hexdigest()}" for each in (current, pending)]
        for node in self._nodes:
            with _first_good(
                self._administrators, lambda user, word, at=node: self._open(at, user, word), redis.Refused
            ) as it:
                known = it.command("ACL", "GETUSER", pending["username"])
                if not known:
                    raise RotationError(f"{node}: there is no user {pending['username']}: its rules come first")
                it.command("ACL", "SETUSER", pending["username"], "resetpass", *digests)
                _persist(it)

    def test(self, pending: Value) -> None:
        for node in self._nodes:
            self._open(node, pending["username"], pending["password"]).close()

    def _open(self, node: Server, username: str, password: str) -> redis.Connection:
        return redis.Connection(node, username, password)


def _persist(connection: redis.Connection) -> None:
    """Users live in a file of their own, or in the configuration that Redis rewrites."""
    try:
        connection.command("ACL", "SAVE")
    except redis.Refused as refused:
        if "ACL file" not in str(refused):
            raise
        connection.command("CONFIG", "REWRITE")
