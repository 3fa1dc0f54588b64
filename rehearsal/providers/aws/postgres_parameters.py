"""Which parameters RDS for PostgreSQL takes, which need a restart, and which values they may have.

The names and ranges of PostgreSQL 15 come from its own pg_settings (the JSON beside this file); RDS adds `rds.*` and
takes parameters of its extensions. Versions 16 and 17 differ by the names listed here, whose values are not checked.
"""

import difflib
import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_ADDED = {
    16: {
        *("createrole_self_grant", "debug_logical_replication_streaming", "debug_parallel_query"),
        *("gss_accept_delegation", "icu_validation_level", "reserved_connections", "scram_iterations"),
        *("send_abort_for_crash", "send_abort_for_kill", "vacuum_buffer_usage_limit"),
    },
    17: {
        *("allow_alter_system", "commit_timestamp_buffers", "enable_group_by_reordering", "event_triggers"),
        *("io_combine_limit", "multixact_member_buffers", "multixact_offset_buffers", "notify_buffers"),
        *("restrict_nonsystem_relation_kind", "serializable_buffers", "subtransaction_buffers", "summarize_wal"),
        *("sync_replication_slots", "synchronized_standby_slots", "transaction_buffers", "transaction_timeout"),
        *("trace_connection_negotiation", "wal_summary_keep_time"),
    },
}
_REMOVED = {
    16: {"force_parallel_mode", "vacuum_defer_cleanup_age"},
    17: {"db_user_namespace", "old_snapshot_threshold", "trace_recovery_messages"},
}
#: RDS's own; True needs a restart.
_RDS = {
    "rds.accepted_password_auth_method": False,
    "rds.adaptive_autovacuum": False,
    "rds.allowed_extensions": False,
    "rds.custom_dns_resolution": True,
    "rds.force_admin_logging_level": False,
    "rds.force_autovacuum_logging_level": False,
    "rds.force_ssl": False,
    "rds.log_retention_period": False,
    "rds.logical_replication": True,
    "rds.pg_stat_ramdisk_size": True,
    "rds.rds_superuser_reserved_connections": True,
    "rds.restrict_password_commands": True,
}
_OF_EXTENSIONS = ("pgaudit.", "pg_hint_plan.", "pglogical.", "cron.", "orafce.", "plpgsql.", "postgis.", "plrust.")
_FORMULA = re.compile(r"^(\{.+\}|(GREATEST|LEAST|SUM)\s*\(.+\))$")


@functools.cache
def _of_15() -> Mapping[str, Mapping[str, Any]]:
    return json.loads(Path(__file__).with_suffix(".json").read_text())["parameters"]


def reasons(family: str, name: str, value: str, method: str) -> list[str]:
    """What RDS would have against one parameter of a group of this family (`postgres15`)."""
    version = int(family.removeprefix("postgres"))
    known = _names(version)
    if name.startswith(_OF_EXTENSIONS):
        return []
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return [f"is no parameter that RDS takes for {family}: {name!r}{hint}"]
    setting = _of_15().get(name, {})
    found = _value_reasons(name, setting, value)
    if method == "immediate" and (setting.get("static") or _RDS.get(name)):
        found.append(f"{name} needs a restart: give it applyMethod pending-reboot, not immediate")
    return found


@functools.cache
def _names(version: int) -> frozenset[str]:
    names = set(_of_15()) | set(_RDS)
    for later in range(16, version + 1):
        names = (names | _ADDED.get(later, set())) - _REMOVED.get(later, set())
    return frozenset(names)


def _value_reasons(name: str, setting: Mapping[str, Any], value: str) -> list[str]:
    if _FORMULA.match(value):
        return []
    kind = setting.get("type")
    if kind == "bool" and value not in ("0", "1"):
        return [f"{name} must be 0 or 1, got {value!r}"]
    if kind == "enum" and value.lower() not in setting["values"] and value not in ("0", "1"):
        return [f"{name} must be one of {', '.join(setting['values'])}; got {value!r}"]
    if kind == "integer":
        if not re.fullmatch(r"-?\d+", value):
            return [f"{name} must be a whole number in the parameter's own unit, or a formula in braces; got {value!r}"]
        if "min" in setting and not setting["min"] <= int(value) <= setting["max"]:
            return [f"{name} must lie between {setting['min']} and {setting['max']}, got {value}"]
    return []
