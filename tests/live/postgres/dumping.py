"""PostgreSQL's own programs with a role's login, as the backup image starts them."""

from systems.model import RoleUse
from tests.live.postgres.platform import Platform
from tests.live.postgres.servers import HOST, run


def program(platform: Platform, use: RoleUse, name: str, *words: str) -> None:
    login = platform.login(use)
    where = ["--host", HOST, "--port", str(platform.primary.port), "--username", login["username"], "--no-password"]
    run(
        [f"/usr/lib/postgresql/15/bin/{name}", *where, *words],
        PGPASSWORD=login["password"],
        PGSSLMODE="verify-full",
        PGSSLROOTCERT=str(platform.authority.authority),
    )
