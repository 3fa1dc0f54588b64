"""PgBouncer's own figures as Prometheus reads them, under the names of the exporter that others use."""

from collections.abc import Iterator
from pathlib import Path

from pooler_follower import console

#: Column of `SHOW POOLS` -> metric. Waiting clients are the sign that the pool is used up.
_POOLS = {
    "cl_active": "client_active_connections",
    "cl_waiting": "client_waiting_connections",
    "sv_active": "server_active_connections",
    "sv_idle": "server_idle_connections",
    "sv_used": "server_used_connections",
    "sv_login": "server_login_connections",
    "maxwait": "client_maxwait_seconds",
}
_DATABASES = {"max_connections": "max_connections", "current_connections": "current_connections"}
#: Column of `SHOW STATS` -> metric and what its unit is divided by.
_TOTALS = {
    "total_query_count": ("queries_pooled_total", 1),
    "total_xact_count": ("sql_transactions_pooled_total", 1),
    "total_xact_time": ("server_in_transaction_seconds_total", 1_000_000),
    "total_wait_time": ("client_wait_seconds_total", 1_000_000),
}


def text(place: Path) -> str:
    """What a scrape gets. A PgBouncer that does not answer is a figure, too."""
    try:
        lines = list(_lines(place))
    except (OSError, console.Refused):
        return "# TYPE pgbouncer_up gauge\npgbouncer_up 0\n"
    return "".join(f"{line}\n" for line in ["# TYPE pgbouncer_up gauge", "pgbouncer_up 1", *lines])


def _lines(place: Path) -> Iterator[str]:
    pools = [each for each in console.ask(place, "SHOW POOLS") if each["database"] != "pgbouncer"]
    for column, name in _POOLS.items():
        yield f"# TYPE pgbouncer_pools_{name} gauge"
        for each in pools:
            yield f"pgbouncer_pools_{name}{_labels(database=each['database'], user=each['user'])} {each[column]}"
    databases = [each for each in console.ask(place, "SHOW DATABASES") if each["name"] != "pgbouncer"]
    for column, name in _DATABASES.items():
        yield f"# TYPE pgbouncer_databases_{name} gauge"
        for each in databases:
            yield f"pgbouncer_databases_{name}{_labels(database=each['name'])} {each[column]}"
    totals = [each for each in console.ask(place, "SHOW STATS") if each["database"] != "pgbouncer"]
    for column, (name, divisor) in _TOTALS.items():
        yield f"# TYPE pgbouncer_stats_{name} counter"
        for each in totals:
            value = int(each[column]) / divisor
            yield f"pgbouncer_stats_{name}{_labels(database=each['database'])} {value:g}"
    most = {each["key"]: each["value"] for each in console.ask(place, "SHOW CONFIG")}
    yield "# TYPE pgbouncer_config_max_client_connections gauge"
    yield f"pgbouncer_config_max_client_connections {most['max_client_conn']}"


def _labels(**labels: str) -> str:
    told = (f'{name}="{value}"' for name, value in labels.items())
    return "{" + ",".join(told) + "}"
