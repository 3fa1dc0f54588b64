"""Rules of RDS instances that AWS enforces and the emulator does not."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from rehearsal.providers import wire
from rehearsal.providers.provider import Failure

Rule = Callable[[Mapping[str, Any], Mapping[str, Any]], Iterator[tuple[str, str]]]

_ORIGINS = ("replicateSourceDb", "snapshotIdentifier", "restoreToPointInTime", "s3Import")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEK = 7 * 24 * 60
_RESERVED = {"admin", "rdsadmin", "user", "public", "postgres_admin", "all", "select", "table"}
_INTERVALS = (0, 1, 5, 10, 15, 30, 60)
#: From this size on, PostgreSQL on gp3 lets IOPS and throughput be chosen.
_GP3_CHOICE_GIB = 400
_LOGS = {"postgres": ("postgresql", "upgrade", "iam-db-auth-error")}


def instance_failures(inputs: Mapping[str, Any]) -> list[Failure]:
    return _failures(inputs, _name, _origin, _credentials, _storage, _windows, _monitoring, _encryption, _numbers)


def new_instance_failures(inputs: Mapping[str, Any]) -> list[Failure]:
    """A promoted replica or restored instance may later lack what a new one needs."""
    return _failures(inputs, _needed)


def _failures(inputs: Mapping[str, Any], *rules: Rule) -> list[Failure]:
    known = {name: value for name, value in inputs.items() if not wire.has_unknown(value)}
    return [Failure(path, f"{reason} (AWS rule)") for rule in rules for path, reason in rule(inputs, known)]


def _needed(inputs: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if any(inputs.get(name) is not None for name in _ORIGINS):
        return
    for name in ("engine", "username", "allocatedStorage"):
        if inputs.get(name) is None:
            yield name, "is needed by a new instance"
    if all(inputs.get(name) is None for name in ("password", "passwordWo", "manageMasterUserPassword")):
        yield "password", "is needed by a new instance, or manageMasterUserPassword"


def _name(inputs: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in ("identifier", "finalSnapshotIdentifier"):
        given = known.get(name)
        limit = 63 if name == "identifier" else 255
        if isinstance(given, str) and not re.fullmatch(
            rf"(?!.*--)[A-Za-z](?:[A-Za-z0-9-]{{0,{limit - 2}}}[A-Za-z0-9])?", given
        ):
            yield name, f"must be 1 to {limit} letters, digits and single hyphens, a letter first; got {given!r}"
    database = known.get("dbName")
    if isinstance(database, str) and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,62}", database):
        yield "dbName", f"must be 1 to 63 letters, digits and underscores, no digit first; got {database!r}"


def _origin(inputs: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    replica = inputs.get("replicateSourceDb") is not None
    if replica:
        for name in ("username", "dbName", "manageMasterUserPassword", "password", "engine"):
            if inputs.get(name) is not None:
                yield name, "cannot be given to a replica: it comes from the source"
    wanted = known.get("restoreToPointInTime")
    if isinstance(wanted, dict):
        yield from _point_in_time(wanted)


def _point_in_time(wanted: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    sources = ("sourceDbInstanceIdentifier", "sourceDbInstanceAutomatedBackupsArn", "sourceDbiResourceId")
    if sum(wanted.get(name) is not None for name in sources) != 1:
        yield "restoreToPointInTime", f"needs exactly one of {', '.join(sources)}"
    if bool(wanted.get("restoreTime")) == bool(wanted.get("useLatestRestorableTime")):
        yield "restoreToPointInTime", "needs either restoreTime or useLatestRestorableTime"
    if isinstance(wanted.get("restoreTime"), str):
        try:
            moment = datetime.fromisoformat(wanted["restoreTime"])
        except ValueError:
            yield (
                "restoreToPointInTime.restoreTime",
                f"must look like 2030-01-31T23:45:00Z, got {wanted['restoreTime']}",
            )
        else:
            if moment.replace(tzinfo=moment.tzinfo or UTC) > datetime.now(UTC):
                yield "restoreToPointInTime.restoreTime", f"lies in the future: {wanted['restoreTime']}"


def _credentials(inputs: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in ("password", "passwordWo"):
        password = known.get(name)
        if isinstance(password, str):
            if not 8 <= len(password) <= 128:
                yield name, f"must have 8 to 128 characters, has {len(password)}"
            if re.search(r"[/\"@\s]|[^\x20-\x7e]", password):
                yield name, 'must be printable ASCII without /, ", @ and spaces'
        if inputs.get(name) is not None and inputs.get("manageMasterUserPassword") is True:
            yield name, "cannot be given beside manageMasterUserPassword"
    user = known.get("username")
    if isinstance(user, str):
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", user):
            yield "username", f"must be 1 to 63 letters, digits and underscores, a letter first; got {user!r}"
        elif user.lower() in _RESERVED or user.lower().startswith("pg_"):
            yield "username", f"{user!r} is a reserved word"


_AUTHORITIES = ("rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1")
_STORAGE_TYPES = ("gp2", "gp3", "io1", "io2", "standard", "aurora", "aurora-iopt1")


def _storage(inputs: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    size, kind = known.get("allocatedStorage"), known.get("storageType")
    iops, throughput, most = known.get("iops"), known.get("storageThroughput"), known.get("maxAllocatedStorage")
    authority = known.get("caCertIdentifier")
    if isinstance(authority, str) and authority not in _AUTHORITIES:
        yield "caCertIdentifier", f"must be one of {', '.join(_AUTHORITIES)}; got {authority!r}"
    if isinstance(kind, str) and kind not in _STORAGE_TYPES:
        yield "storageType", f"must be one of {', '.join(_STORAGE_TYPES)}; got {kind!r}"
    least = 100 if kind in ("io1", "io2") else 5 if kind == "standard" else 20
    if isinstance(size, int) and not least <= size <= 65536:
        yield (
            "allocatedStorage",
            f"must lie between {least} and 65536 GiB for {kind or 'this storage type'}, got {size}",
        )
    if isinstance(size, int) and isinstance(most, int) and most and most <= size:
        yield "maxAllocatedStorage", f"must be greater than allocatedStorage ({size}), got {most}"
    if kind in ("io1", "io2") and iops is None and inputs.get("iops") is None:
        yield "iops", f"is needed by storage type {kind}"
    if kind in ("gp2", "standard") and iops is not None:
        yield "iops", f"cannot be chosen for storage type {kind}"
    if throughput is not None and kind != "gp3":
        yield "storageThroughput", f"goes with storage type gp3 only, not {kind}"
    if kind == "gp3" and isinstance(size, int) and str(known.get("engine", "postgres")).startswith("postgres"):
        for name, value, floor in (("iops", iops, 12000), ("storageThroughput", throughput, 500)):
            if value is not None and size < _GP3_CHOICE_GIB:
                yield name, f"cannot be chosen for gp3 below {_GP3_CHOICE_GIB} GiB; allocatedStorage is {size}"
            elif isinstance(value, int) and value < floor:
                yield name, f"must be at least {floor} for gp3 from {_GP3_CHOICE_GIB} GiB on, got {value}"


def _windows(inputs: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    daily, weekly = known.get("backupWindow"), known.get("maintenanceWindow")
    backup = _span(daily, r"(\d\d):(\d\d)-(\d\d):(\d\d)", 24 * 60) if isinstance(daily, str) else None
    upkeep = (
        _span(weekly, r"([a-z]{3}):(\d\d):(\d\d)-([a-z]{3}):(\d\d):(\d\d)", _WEEK) if isinstance(weekly, str) else None
    )
    for name, given, span, form in (
        ("backupWindow", daily, backup, "03:00-04:00"),
        ("maintenanceWindow", weekly, upkeep, "sun:05:00-sun:06:00"),
    ):
        if isinstance(given, str) and span is None:
            yield name, f"must look like {form}, got {given!r}"
        elif span is not None and span[1] < 30:
            yield name, f"must be at least 30 minutes long, is {span[1]}"
    if backup and upkeep and _overlap(backup, upkeep):
        yield "maintenanceWindow", f"overlaps the backupWindow {daily}: {weekly}"


def _span(given: str, form: str, period: int) -> tuple[int, int] | None:
    """Start and length in minutes."""
    match = re.fullmatch(form, given.lower())
    if match is None:
        return None
    parts = list(match.groups())
    half = len(parts) // 2
    ends: list[int] = []
    for side in (parts[:half], parts[half:]):
        day = 0
        if half == 3:
            if side[0] not in _DAYS:
                return None
            day = _DAYS.index(side[0])
        hour, minute = int(side[-2]), int(side[-1])
        if hour > 23 or minute > 59:
            return None
        ends.append((day * 24 + hour) * 60 + minute)
    return ends[0], (ends[1] - ends[0]) % period


def _overlap(daily: tuple[int, int], weekly: tuple[int, int]) -> bool:
    start, length = weekly
    for day in range(-1, 9):
        begin = day * 24 * 60 + daily[0]
        if begin < start + length and start < begin + daily[1]:
            return True
    return False


def _monitoring(inputs: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    interval = known.get("monitoringInterval")
    if isinstance(interval, int) and interval not in _INTERVALS:
        yield "monitoringInterval", f"must be one of {', '.join(map(str, _INTERVALS))}; got {interval}"
    if isinstance(interval, int) and interval > 0 and inputs.get("monitoringRoleArn") is None:
        yield "monitoringRoleArn", "is needed where monitoringInterval is not 0"
    insights, keep = known.get("performanceInsightsEnabled"), known.get("performanceInsightsRetentionPeriod")
    if isinstance(keep, int) and keep not in (7, 731) and (keep % 31 or not 31 <= keep <= 713):
        yield "performanceInsightsRetentionPeriod", f"must be 7, 731 or a multiple of 31 up to 713, got {keep}"
    for name in ("performanceInsightsRetentionPeriod", "performanceInsightsKmsKeyId"):
        unsure = inputs.get("performanceInsightsEnabled") is not None and insights is None
        if inputs.get(name) is not None and not insights and not unsure:
            yield name, "goes with performanceInsightsEnabled only"
    if known.get("databaseInsightsMode") == "advanced" and (not insights or (isinstance(keep, int) and keep < 465)):
        yield "databaseInsightsMode", "advanced needs performanceInsightsEnabled and a retention of at least 465 days"
    allowed = _LOGS.get(str(known.get("engine")))
    for index, name in enumerate(known.get("enabledCloudwatchLogsExports") or []):
        if allowed and name not in allowed:
            yield f"enabledCloudwatchLogsExports[{index}]", f"must be one of {', '.join(allowed)}; got {name!r}"


def _encryption(inputs: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    replica = inputs.get("replicateSourceDb") is not None
    if inputs.get("kmsKeyId") is not None and not replica and inputs.get("storageEncrypted") in (None, False):
        yield "storageEncrypted", "must be true where kmsKeyId is given"
    key = known.get("kmsKeyId")
    if isinstance(key, str) and not key.startswith("arn:"):
        yield "kmsKeyId", f"must be the ARN of a key, got {key!r}"
    if inputs.get("availabilityZone") is not None and known.get("multiAz") is True:
        yield "availabilityZone", "cannot be given beside multiAz"


def _numbers(inputs: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, low, high in (("backupRetentionPeriod", 0, 35), ("port", 1150, 65535)):
        given = known.get(name)
        if isinstance(given, int) and not low <= given <= high:
            yield name, f"must lie between {low} and {high}, got {given}"
