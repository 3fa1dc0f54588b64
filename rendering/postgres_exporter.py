"""How postgres_exporter asks one PostgreSQL server: with which collectors, as whom, and verified against what."""

from collections.abc import Mapping

from systems.model import RoleUse, System

PASSWORD_SECRET = "database-monitor"


def arguments(port: int) -> list[str]:
    """Flags of the program."""
    return [f"--web.listen-address=:{port}", "--collector.stat_statements", "--collector.stat_statements.limit=50"]


def variables(system: System, host: str, port: int, *, secrets: str, authority: str) -> Mapping[str, str]:
    """The password comes from a file; the server's certificate and name are verified."""
    user = next(role.name for role in system.database.roles if role.use is RoleUse.MONITORING)
    secured = f"sslmode=verify-full&sslrootcert={authority}"
    return {
        "DATA_SOURCE_URI": f"{host}:{port}/{system.database.name}?{secured}&connect_timeout=5",
        "DATA_SOURCE_USER": user,
        "DATA_SOURCE_PASS_FILE": f"{secrets}/{PASSWORD_SECRET}",
        "PG_EXPORTER_DISABLE_SETTINGS_METRICS": "false",
    }
