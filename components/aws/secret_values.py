"""What a secret holds when it is new, by its kind; the rotation (images/rotation) keeps this form ever after."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from systems.model import DatabaseRole, RoleUse, Secret, SecretClass, System

#: Secrets of the platform's own that no document can know: they change the passwords of all others.
DATABASE_ADMINISTRATOR, CACHE_ADMINISTRATOR = "database-administrator", "cache-administrator"
#: Users that components of the database and the cache create.
DATABASE_ADMINISTRATOR_USER, CACHE_ADMINISTRATOR_USER, CACHE_USER = "lifeline_admin", "administrator", "application"
#: Label of the first version. A version without any label is thrown away some day, and a refresh would miss it.
FIRST = "lifeline-first"

_ROLE_USES = {
    "database-application": RoleUse.APPLICATION,
    "database-owner": RoleUse.OWNER,
    "database-reader": RoleUse.READ_ONLY,
    "database-backup": RoleUse.BACKUP,
    "database-restore": RoleUse.RESTORE,
    "database-monitor": RoleUse.MONITORING,
}


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One secret as it is stored: the spec's, or one of ours."""

    name: str
    kind: str
    """plain, key-ring, postgresql, postgresql-administrator, redis or supplied: what the rotation knows."""
    characters: int
    rotation_days: int
    readers: tuple[str, ...]
    variable: str = ""

    @property
    def generated(self) -> bool:
        return self.kind != "supplied"


def kept(system: System) -> tuple[Kept, ...]:
    """Every secret of a platform."""
    days = system.secrets.maximum_rotation_days
    administrators = (
        Kept(
            name=DATABASE_ADMINISTRATOR,
            kind="postgresql-administrator",
            characters=64,
            rotation_days=days,
            readers=("platform",),
        ),
        Kept(
            name=CACHE_ADMINISTRATOR,
            kind="redis",
            characters=system.cache.password_characters,
            rotation_days=days,
            readers=("platform",),
        ),
    )
    return (*(_documented(system, each) for each in system.secrets.secrets), *administrators)


def _documented(system: System, secret: Secret) -> Kept:
    characters = secret.characters or 0
    if secret.name == "cache":
        characters = max(characters, system.cache.password_characters)
    return Kept(
        name=secret.name,
        kind=_kind(secret),
        characters=characters,
        rotation_days=min(secret.rotation_days, system.secrets.maximum_rotation_days),
        readers=secret.readers,
        variable=secret.variable,
    )


def _kind(secret: Secret) -> str:
    if secret.secret_class is SecretClass.SUPPLIED:
        return "supplied"
    if secret.secret_class is SecretClass.KEY_RING:
        return "key-ring"
    if secret.name in _ROLE_USES:
        return "postgresql"
    return "redis" if secret.name == "cache" else "plain"


def first_value(system: System, secret: Kept, random: str) -> str:
    """The JSON of a new secret around its random text."""
    value: Mapping[str, object] = {"kind": secret.kind, "characters": secret.characters}
    if secret.kind == "plain":
        value = {**value, "value": random, "previous": random}
    elif secret.kind == "key-ring":
        value = {**value, "value": random, "newest": "1", "keys": {"1": random}}
    elif secret.kind == "postgresql":
        role = _role(system, secret.name).name
        url = f"postgresql://{role}:{random}@database:5432/{system.database.name}?sslmode=verify-full"
        value = {**value, "role": role, **_login(role, random), "url": url}
    elif secret.kind == "redis":
        user = CACHE_USER if secret.name == "cache" else CACHE_ADMINISTRATOR_USER
        url = f"rediss://{user}:{random}@cache:{system.cache.port}/0"
        value = {**value, **_login(user, random), "url": url}
    else:
        value = {**value, **_login(DATABASE_ADMINISTRATOR_USER, random)}
    return json.dumps(value)


def field(secret: Kept) -> str:
    """The part of the JSON that belongs into the secret's variable or file; a supplied one is no JSON."""
    if secret.kind == "supplied":
        return ""
    if secret.kind in ("plain", "key-ring"):
        return "value"
    return "url" if secret.variable.endswith("_URL") else "password"


def secret_of(use: RoleUse) -> str:
    """The secret with the login of the role of this use."""
    return next(secret for secret, meant in _ROLE_USES.items() if meant is use)


def _login(username: str, password: str) -> Mapping[str, object]:
    """Until the first rotation there is one login, which is the previous one as well."""
    before = {"username": username, "password": password}
    return {"username": username, "password": password, "previous": before}


def _role(system: System, secret: str) -> DatabaseRole:
    return system.database.role(_ROLE_USES[secret])
