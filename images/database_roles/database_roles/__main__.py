"""Run with the administrator's login: the rendered SQL first, then a password for every login that does not work yet.

A password that works is left alone, so a second run changes nothing; after a restore to an earlier moment it brings the
passwords of that moment up to what is stored. The server gets verifiers, never a password.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lifeline_rotation.address import Server, trusting
from lifeline_rotation.postgresql import Connection, LoginRefused, PostgresError, scram_verifier

from database_roles.exchange import Unfit, exchange

_TEMPLATE = "template1"


@dataclass(frozen=True)
class Place:
    """One server, whose databases share their roles."""

    host: str
    port: int
    database: str
    authorities: str

    def open(self, login: Mapping[str, str], database: str = "") -> Connection:
        server = Server(self.host, self.port, trusting(self.authorities), database or self.database)
        return Connection(server, login["username"], login["password"])


@dataclass(frozen=True)
class Login:
    """A user that must be able to log in, and the role it acts as."""

    role: str
    username: str
    password: str


def logins(value: Mapping[str, Any]) -> Iterator[Login]:
    """Of one secret: the login of now, and the one before where that is another user's."""
    yield Login(value["role"], value["username"], value["password"])
    before = value.get("previous") or value
    if before["username"] != value["username"]:
        yield Login(value["role"], before["username"], before["password"])


def administrator(place: Place, value: Mapping[str, Any], database: str = "") -> Connection:
    """While its own password is renewed, the one before may be the one that works."""
    before = value.get("previous") or value
    try:
        return place.open({"username": value["username"], "password": value["password"]}, database)
    except LoginRefused:
        return place.open({"username": value["username"], "password": before["password"]}, database)


def ensure(place: Place, connection: Connection, login: Login) -> str:
    """What was done about one login; nothing where it works."""
    if acts_as(place, login) == login.role:
        return ""
    user, verifier = identifier(login.username), literal(scram_verifier(login.password))
    if not known(connection, login.username):
        connection.query(f"CREATE ROLE {user}")
    connection.query(f"ALTER ROLE {user} LOGIN PASSWORD {verifier}")
    if login.username != login.role:
        _act_as(connection, login)
    if acts_as(place, login) != login.role:
        raise PostgresError(f"{login.username} was given its password and does not act as {login.role}")
    return f"{login.username} has its password"


def _act_as(connection: Connection, login: Login) -> None:
    """The second user of a role, as the rotation makes it: a member with the same limit, which becomes the role."""
    user, role = identifier(login.username), identifier(login.role)
    limit = connection.query(f"SELECT rolconnlimit FROM pg_roles WHERE rolname = {literal(login.role)}")[0][0]
    connection.query(f"GRANT {role} TO {user}")
    connection.query(f"ALTER ROLE {user} CONNECTION LIMIT {int(limit)}")
    connection.query(f"ALTER ROLE {user} SET role = {literal(login.role)}")


def acts_as(place: Place, login: Login) -> str:
    """The role that a login ends up as; empty where it is refused."""
    try:
        with place.open({"username": login.username, "password": login.password}) as connection:
            return connection.query("SELECT current_user")[0][0]
    except LoginRefused:
        return ""


def known(connection: Connection, user: str) -> bool:
    return bool(connection.query(f"SELECT 1 FROM pg_roles WHERE rolname = {literal(user)}"))


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def main() -> int:
    environment = os.environ
    secrets, statements = Path(environment["ROLES_SECRETS"]), Path(environment["ROLES_STATEMENTS"])
    place = Place(
        environment["ROLES_HOST"],
        int(environment["ROLES_PORT"]),
        environment["ROLES_DATABASE"],
        Path(environment["ROLES_AUTHORITIES"]).read_text(),
    )
    stored = {
        name: json.loads((secrets / f"{name}.json").read_text()) for name in environment["ROLES_LOGINS"].split(",")
    }
    admin = json.loads((secrets / f"{environment['ROLES_ADMINISTRATOR']}.json").read_text())
    done: list[str] = []
    try:
        if sys.argv[1:] == ["exchange"]:
            restored = environment.get("RESTORE_DATABASE", "")
            done.append(exchange(place.database, restored, lambda name: administrator(place, admin, name), _TEMPLATE))
        with administrator(place, admin, _TEMPLATE) as connection:
            connection.query((statements / "template.sql").read_text())
        with administrator(place, admin) as connection:
            connection.query((statements / "database.sql").read_text())
            passwords = [ensure(place, connection, each) for value in stored.values() for each in logins(value)]
    except (OSError, PostgresError, Unfit) as error:
        print(json.dumps({"failed": f"{place.host}:{place.port}: {error}"}), flush=True)
        return 1
    told = {"roles": "as declared", "passwords": [each for each in passwords if each]}
    print(json.dumps({**told, **({"exchanged": done[0]} if done else {})}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
