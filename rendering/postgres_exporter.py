"""How postgres_exporter asks one PostgreSQL server: with which collectors, as whom, and verified against what."""

from collections.abc import Mapping

from systems.model import System

PASSWORD_SECRET = "database-monitor"
USER_FILE = "database-monitor-user"


def arguments(port: int) -> list[str]:
    """Flags of the program."""
    return [f"--web.listen-address=:{port}", "--collector.stat_statements", "--collector.stat_statements.limit=50"]


def variables(system: System, host: str, port: int, *, secrets: str, authority: str) -> Mapping[str, str]:
    """User and password come from files: the rotation has two users take turns. The server is verified by name."""
    secured = f"sslmode=verify-full&sslrootcert={authority}"
    return {
        "DATA_SOURCE_URI": f"{host}:{port}/{system.database.name}?{secured}&connect_timeout=5",
        "DATA_SOURCE_USER_FILE": f"{secrets}/{USER_FILE}",
        "DATA_SOURCE_PASS_FILE": f"{secrets}/{PASSWORD_SECRET}",
        "PG_EXPORTER_DISABLE_SETTINGS_METRICS": "false",
    }
