"""The logins that tests begin with, as the platform stores them."""

from typing import Any

ROLE, USER, FIRST = "astral_user", "application", "first" * 12 + "1234"


def _login(username: str, **more: str) -> dict[str, Any]:
    before = {"username": username, "password": FIRST}
    return {"characters": 64, "username": username, "password": FIRST, "previous": before, **more}


DATABASE_LOGIN = _login(
    ROLE, kind="postgresql", role=ROLE, url=f"postgresql://{ROLE}:{FIRST}@database:5432/astral?sslmode=verify-full"
)
CACHE_LOGIN = _login(USER, kind="redis", url=f"rediss://{USER}:{FIRST}@cache:6379/0")


def administrator(username: str, password: str, kind: str) -> dict[str, Any]:
    return {"kind": kind, "characters": 64, "username": username, "password": password}
