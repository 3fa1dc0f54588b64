"""What AWS Backup demands of plans, vaults and restore tests beyond its service model."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.providers import wire
from rehearsal.providers.provider import Failure

#: Cold storage is billed for at least this long.
_COLD_DAYS = 90
_LONGEST = 36_500
_LEAST_GRACE = 3
_AIR_GAPPED_LEAST = 7
_CONTINUOUS_MOST = 35
_CRON_FIELDS = 6

Reasons = Iterator[tuple[str, str]]


def failures(reasons: Reasons) -> list[Failure]:
    return [Failure(name, f"{reason} (AWS rule)") for name, reason in reasons]


def schedule_reasons(name: str, text: Any) -> Reasons:
    if not isinstance(text, str) or wire.has_unknown(text):
        return
    found = re.fullmatch(r"cron\((.*)\)", text)
    if text.startswith("rate(") and re.fullmatch(r"rate\(\d+ (minutes?|hours?|days?)\)", text):
        return
    if found is None:
        yield name, f"must be cron(minutes hours day-of-month month day-of-week year), is {text!r}"
        return
    fields = found[1].split()
    if len(fields) != _CRON_FIELDS:
        yield name, f"has {len(fields)} fields in {text!r}; cron has {_CRON_FIELDS}, the last is the year"
    elif (fields[2] == "?") == (fields[4] == "?"):
        yield name, f"needs `?` for exactly one of day of month and day of week, is {text!r}"


def lifecycle_reasons(at: str, lifecycle: Any) -> Reasons:
    if not isinstance(lifecycle, dict) or wire.has_unknown(lifecycle):
        return
    cold, delete = lifecycle.get("coldStorageAfter"), lifecycle.get("deleteAfter")
    if isinstance(cold, int) and isinstance(delete, int) and cold > 0 and delete < cold + _COLD_DAYS:
        reason = f"must be at least {_COLD_DAYS} days after coldStorageAfter {cold}, that is {cold + _COLD_DAYS}"
        yield f"{at}.deleteAfter", f"{reason}; is {delete}"
    for name, days in (("coldStorageAfter", cold), ("deleteAfter", delete)):
        if isinstance(days, int) and not 0 < days <= _LONGEST:
            yield f"{at}.{name}", f"must lie between 1 and {_LONGEST}, is {days}"


def plan_failures(inputs: Mapping[str, Any]) -> list[Failure]:
    return failures(_plan(inputs))


def _plan(inputs: Mapping[str, Any]) -> Reasons:
    rules, names = inputs.get("rules"), list[Any]()
    for index, rule in enumerate(rules if isinstance(rules, list) else []):
        at = f"rules[{index}]"
        yield from schedule_reasons(f"{at}.schedule", rule.get("schedule"))
        yield from lifecycle_reasons(f"{at}.lifecycle", rule.get("lifecycle"))
        for position, copy in enumerate(rule.get("copyActions") or []):
            yield from lifecycle_reasons(f"{at}.copyActions[{position}].lifecycle", copy.get("lifecycle"))
        if rule.get("ruleName") in names:
            yield f"{at}.ruleName", f"is {rule['ruleName']!r}, as that of another rule"
        names.append(rule.get("ruleName"))
        start, end = rule.get("startWindow"), rule.get("completionWindow")
        if isinstance(start, int) and start < 60:
            yield f"{at}.startWindow", f"must be at least 60 minutes, is {start}"
        if isinstance(start, int) and isinstance(end, int) and end < start + 60:
            yield f"{at}.completionWindow", f"must be at least 60 minutes longer than startWindow {start}, is {end}"
        days = (rule.get("lifecycle") or {}).get("deleteAfter")
        if rule.get("enableContinuousBackup") and isinstance(days, int) and days > _CONTINUOUS_MOST:
            yield f"{at}.lifecycle.deleteAfter", f"can be at most {_CONTINUOUS_MOST} with continuous backup, is {days}"


def lock_failures(inputs: Mapping[str, Any]) -> list[Failure]:
    return failures(_lock(inputs, 1))


def air_gapped_failures(inputs: Mapping[str, Any]) -> list[Failure]:
    return failures(_lock(inputs, _AIR_GAPPED_LEAST))


def _lock(inputs: Mapping[str, Any], least: int) -> Reasons:
    low, high, grace = (inputs.get(name) for name in ("minRetentionDays", "maxRetentionDays", "changeableForDays"))
    for name, days in (("minRetentionDays", low), ("maxRetentionDays", high)):
        if isinstance(days, int) and not least <= days <= _LONGEST:
            yield name, f"must lie between {least} and {_LONGEST} days, is {days}"
    if isinstance(low, int) and isinstance(high, int) and low > high:
        yield "minRetentionDays", f"must not exceed maxRetentionDays {high}, is {low}"
    if isinstance(grace, int) and not _LEAST_GRACE <= grace <= _LONGEST:
        yield "changeableForDays", f"must be at least {_LEAST_GRACE} days, is {grace}"


def vault_failures(inputs: Mapping[str, Any]) -> list[Failure]:
    return failures(_vault(inputs))


def _vault(inputs: Mapping[str, Any]) -> Reasons:
    name = inputs.get("name")
    if isinstance(name, str) and not re.fullmatch(r"[A-Za-z0-9_-]{2,50}", name):
        yield "name", f"must have 2 to 50 letters, digits, dashes and underscores, is {name!r}"


def testing_failures(inputs: Mapping[str, Any]) -> list[Failure]:
    return failures(_testing(inputs))


def _testing(inputs: Mapping[str, Any]) -> Reasons:
    name, hours = inputs.get("name"), inputs.get("startWindowHours")
    if isinstance(name, str) and not re.fullmatch(r"[A-Za-z0-9_]{1,50}", name):
        yield "name", f"must have up to 50 letters, digits and underscores, is {name!r}"
    if isinstance(hours, int) and not 1 <= hours <= 168:
        yield "startWindowHours", f"must lie between 1 and 168, is {hours}"
    yield from schedule_reasons("scheduleExpression", inputs.get("scheduleExpression"))
    chosen = inputs.get("recoveryPointSelection")
    if isinstance(chosen, dict):
        algorithm, days = chosen.get("algorithm"), chosen.get("selectionWindowDays")
        if isinstance(algorithm, str) and algorithm not in ("LATEST_WITHIN_WINDOW", "RANDOM_WITHIN_WINDOW"):
            reason = f"must be LATEST_WITHIN_WINDOW or RANDOM_WITHIN_WINDOW, is {algorithm!r}"
            yield "recoveryPointSelection.algorithm", reason
        if isinstance(days, int) and not 1 <= days <= 365:
            yield "recoveryPointSelection.selectionWindowDays", f"must lie between 1 and 365, is {days}"
