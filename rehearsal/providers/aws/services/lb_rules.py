"""Rules of listeners: which requests they take, and what becomes of them."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.asking import only
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.services.lb import between
from rehearsal.providers.aws.services.lb_listeners import action_renames, check_actions, check_source_ip
from rehearsal.providers.provider import Failure

#: Property of a condition -> field, member.
_FIELDS = {
    "hostHeader": ("host-header", "HostHeaderConfig"),
    "httpHeader": ("http-header", "HttpHeaderConfig"),
    "httpRequestMethod": ("http-request-method", "HttpRequestMethodConfig"),
    "pathPattern": ("path-pattern", "PathPatternConfig"),
    "queryStrings": ("query-string", "QueryStringConfig"),
    "sourceIp": ("source-ip", "SourceIpConfig"),
}
_MEMBERS = {"values": "Values", "regexValues": "RegexValues", "httpHeaderName": "HttpHeaderName"}
_LAST_PRIORITY, _MOST_VALUES, _LONGEST_VALUE = 50000, 5, 128


def _conditions(r: Live) -> list[dict[str, Any]]:
    """One member of the request for each thing a condition asks."""
    built: list[dict[str, Any]] = []
    for condition in r.inputs["conditions"]:
        for name, asked in condition.items():
            if asked:
                field, member = _FIELDS[name]
                built.append({"Field": field, member: _asked(name, asked)})
    return built


def _asked(name: str, asked: Any) -> dict[str, Any]:
    if name == "queryStrings":
        named = {"key": "Key", "value": "Value"}
        pairs = [{member: pair[key] for key, member in named.items() if pair.get(key)} for pair in asked]
        return {"Values": pairs}
    return {member: asked[key] for key, member in _MEMBERS.items() if asked.get(key)}


def _as_written(conditions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """An answer in the program's form."""
    found: list[dict[str, Any]] = []
    names = {field: (name, member) for name, (field, member) in _FIELDS.items()}
    for condition in conditions:
        name, member = names[condition["Field"]]
        asked = condition.get(member) or {"Values": condition.get("Values", [])}
        if name == "queryStrings":
            written: Any = [{key.lower(): value for key, value in pair.items()} for pair in asked["Values"]]
        else:
            written = {key: asked[member] for key, member in _MEMBERS.items() if asked.get(member)}
        found.append({name: written})
    return found


def _rule(r: Live) -> dict[str, Any] | None:
    rule = only(r.api("DescribeRules", RuleArns=[r.id])["Rules"])
    if rule is None:
        return None
    written = r.inputs.get("conditions")
    conditions = rule["Conditions"]
    return {
        **rule,
        "Arn": r.id,
        "Priority": int(rule["Priority"]),
        "ListenerArn": r.id.replace(":listener-rule/", ":listener/").rsplit("/", 1)[0],
        "Conditions": written if written and _conditions(r) == conditions else _as_written(conditions),
        "Actions": sorted(rule["Actions"], key=lambda action: int(action.get("Order") or 0)),
        "Tags": r.api("DescribeTags", ResourceArns=[r.id])["TagDescriptions"][0]["Tags"],
    }


def _create(r: Live) -> dict[str, Any]:
    request = {**r.request(), "Conditions": _conditions(r), "Priority": _priority(r)}
    request |= r.entry.tags.send(r.all_tags) if r.entry.tags else {}
    return r.api("CreateRule", **request)


def _priority(r: Live) -> int:
    """As given, or after the last one of the listener."""
    if r.inputs.get("priority"):
        return int(r.inputs["priority"])
    rules = r.api("DescribeRules", ListenerArn=r.inputs["listenerArn"])["Rules"]
    return max([int(rule["Priority"]) for rule in rules if rule["Priority"] != "default"], default=0) + 1


def _modify(r: Live) -> None:
    request = r.request(only=[name for name in ("actions", "transforms") if name in r.changed], operation="ModifyRule")
    request |= {"Conditions": _conditions(r)} if "conditions" in r.changed else {}
    if request:
        r.api("ModifyRule", RuleArn=r.id, **request)
    elif "transforms" in r.changed:
        r.validated("ModifyRule", RuleArn=r.id, ResetTransforms=True)


def _move(r: Live) -> None:
    r.api("SetRulePriorities", RulePriorities=[{"RuleArn": r.id, "Priority": _priority(r)}])


def _check(inputs: Mapping[str, Any]) -> list[Failure]:
    failures = between(inputs, "priority", 1, _LAST_PRIORITY) + check_actions(inputs, "actions")
    conditions = inputs.get("conditions")
    values = 0
    for index, condition in enumerate(conditions if isinstance(conditions, list) else []):
        if not isinstance(condition, dict):
            continue
        at = f"conditions[{index}]"
        given = [name for name in _FIELDS if condition.get(name) is not None]
        if len(given) != 1:
            reason = f"needs exactly one of {', '.join(_FIELDS)}, got {', '.join(given) or 'none'} (AWS rule)"
            failures.append(Failure(at, reason))
        for name in given:
            asked = condition[name]
            held = asked if isinstance(asked, list) else asked.get("values") if isinstance(asked, dict) else None
            held = held if isinstance(held, list) else []
            values += len(held)
            failures += [
                Failure(f"{at}.{name}", f"takes at most {_LONGEST_VALUE} characters, has {len(value)} (AWS rule)")
                for value in held
                if isinstance(value, str) and len(value) > _LONGEST_VALUE
            ]
            if name == "sourceIp":
                failures += check_source_ip(held, f"{at}.sourceIp.values")
    if values > _MOST_VALUES:
        reason = f"may hold at most {_MOST_VALUES} values in all, has {values} (AWS rule)"
        failures.append(Failure("conditions", reason))
    return failures


ENTRIES = (
    Entry(
        type="aws:lb/listenerRule:ListenerRule",
        service="elbv2",
        operation="CreateRule",
        rename={**action_renames("actions"), "conditions": ""},
        create=_create,
        id="Rules[0].RuleArn",
        read=_rule,
        update={**dict.fromkeys(("actions", "conditions", "transforms"), _modify), "priority": _move},
        lost=("transforms",),
        replace=("listenerArn",),
        delete=lambda r: r.api("DeleteRule", RuleArn=r.id),
        check=_check,
        tags=tags.listed(tag="AddTags", untag="RemoveTags", resource="ResourceArns", of=lambda r: [r.id]),
    ),
)
