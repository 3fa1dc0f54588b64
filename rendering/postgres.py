"""postgresql.conf of a spec as parameters of RDS: in its units (8 kB pages, milliseconds), and when each is applied."""

import re
from dataclasses import dataclass

from systems.model import Database, SettingOwner

#: Units of PostgreSQL's own notation.
_BYTES = {"kB": 1024, "MB": 1024**2, "GB": 1024**3, "TB": 1024**4, "B": 1}
_MILLISECONDS = {"us": 0.001, "ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
#: The unit in which RDS (as pg_settings) counts a parameter: bytes or milliseconds in one of it.
_PAGE = 8192
_SIZE_UNITS = {
    **dict.fromkeys(("shared_buffers", "effective_cache_size", "wal_buffers", "temp_buffers"), _PAGE),
    **dict.fromkeys(("maintenance_work_mem", "work_mem", "autovacuum_work_mem", "log_rotation_size"), 1024),
    **dict.fromkeys(("max_wal_size", "min_wal_size"), 1024**2),
}
_TIME_UNITS = {
    **dict.fromkeys(("log_min_duration_statement", "statement_timeout", "lock_timeout", "deadlock_timeout"), 1),
    **dict.fromkeys(("idle_in_transaction_session_timeout", "idle_session_timeout"), 1),
    **dict.fromkeys(("checkpoint_timeout", "autovacuum_naptime"), 1000),
    "log_rotation_age": 60_000,
}
_QUANTITY = re.compile(r"(?P<number>\d+(\.\d+)?)\s*(?P<unit>[A-Za-z]*)")
#: Only read when the server starts.
_STATIC = {
    *("shared_buffers", "wal_buffers", "max_connections", "shared_preload_libraries", "max_worker_processes"),
    *("max_wal_senders", "max_replication_slots", "autovacuum_max_workers", "max_prepared_transactions"),
    *("rds.logical_replication", "huge_pages", "track_activity_query_size", "pg_stat_statements.max"),
}
#: What the platform needs whatever the document says, and why.
ALWAYS = {
    "rds.force_ssl": "1",  # encryption in transit is not left to clients
    "password_encryption": "scram-sha-256",
    "log_connections": "1",  # who was there, for the access review
    "log_disconnections": "1",
    "log_min_error_statement": "panic",  # the statement of an error holds what the person wrote: it stays out of logs
    "log_parameter_max_length": "0",  # likewise the values of slow statements
    "log_parameter_max_length_on_error": "0",
    "log_lock_waits": "1",
    "log_statement": "ddl",
    "pgaudit.log": "role,ddl",  # read and write by object, through the role below
    "pgaudit.role": "rds_pgaudit",  # what this role is granted is audited: the tables of health data
    "pgaudit.log_parameter": "0",
    "pg_stat_statements.track": "all",
    "rds.restrict_password_commands": "1",
    "idle_in_transaction_session_timeout": "60000",  # a forgotten transaction holds locks and keeps rows from vacuum
}


@dataclass(frozen=True)
class Parameter:
    """As a parameter group takes it. A static one waits for the next restart, in the maintenance window."""

    name: str
    value: str

    @property
    def apply_method(self) -> str:
        return (
            "pending-reboot" if self.name in _STATIC or self.name == "rds.restrict_password_commands" else "immediate"
        )


class UnknownUnit(ValueError):
    """A setting with a unit, of which the table does not say how RDS counts it."""


def parameters(database: Database) -> tuple[Parameter, ...]:
    """The documented lines that RDS lets us set, over what is always set; sorted by name."""
    documented = {
        each.name: converted(each.name, each.value)
        for each in database.settings
        if each.owner is SettingOwner.PARAMETER_GROUP
    }
    libraries = documented.get("shared_preload_libraries", "").split(",")
    needed = [each for each in (*libraries, "pg_stat_statements", "pgaudit") if each]
    merged = {**ALWAYS, **documented, "shared_preload_libraries": ",".join(dict.fromkeys(needed))}
    return tuple(Parameter(name, merged[name]) for name in sorted(merged))


def converted(name: str, value: str) -> str:
    """`4GB` of shared_buffers is 524288 pages; `on` is 1; what has no unit stays as it is."""
    if value in ("on", "off"):
        return "1" if value == "on" else "0"
    quantity = _QUANTITY.fullmatch(value)
    if quantity is None or not quantity["unit"]:
        return value
    number, unit = float(quantity["number"]), quantity["unit"]
    for amounts, counted in ((_BYTES, _SIZE_UNITS), (_MILLISECONDS, _TIME_UNITS)):
        if unit in amounts and name in counted:
            whole, rest = divmod(number * amounts[unit], counted[name])
            if rest:
                raise UnknownUnit(f"{name} = {value} is no whole number of the unit in which RDS counts it")
            return str(int(whole))
    raise UnknownUnit(f"{name} = {value}: rendering/postgres.py does not say in which unit RDS counts {name}")


def family(version: str) -> str:
    """`postgres15`, of `15` or `15.13`."""
    return f"postgres{version.split('.')[0]}"
