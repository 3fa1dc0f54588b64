"""The rules of the firewall at the edge, in the order in which a request meets them: pure, from the spec.

restricted-hosts ... open-paths   name what a request is (labels); nothing is refused
administrators-only               a host or path of theirs, from anywhere else: refused
crisis-*                          known attacks and floods on critical paths are counted, then the request passes
webhook-*-refused, flood          what no sender and no person does
webhook-*                         passes: free text of a message looks like an attack
common ... reputation             known attacks are refused
"""

from collections.abc import Iterator, Mapping
from typing import Any

from systems.model import Audience, System

Rule = dict[str, Any]
Statement = dict[str, Any]

#: Groups that AWS keeps up to date, with what of them is only counted, and why.
MANAGED_GROUPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    # Bodies over 8 KB are uploads and long messages: the application limits them.
    "common": ("AWSManagedRulesCommonRuleSet", ("SizeRestrictions_BODY",)),
    "known-bad-inputs": ("AWSManagedRulesKnownBadInputsRuleSet", ()),
    "sql-injection": ("AWSManagedRulesSQLiRuleSet", ()),
    "reputation": ("AWSManagedRulesAmazonIpReputationList", ()),
}
#: Paths are decoded, then made plain (`//`, `/./`, `/../`), then compared in lower case.
_PLAIN_PATH = ("URL_DECODE", "NORMALIZE_PATH", "LOWERCASE")
RESTRICTED, ADMINISTRATOR, OPEN, CRISIS, CLOSED = (
    f"lifeline:{name}" for name in ("restricted-host", "administrator", "open-path", "crisis", "closed-path")
)
FLOOD_ANSWER = "flood"


def rules(system: System, domain: str, administrator_sets: list[Any]) -> list[Rule]:
    """`administrator_sets` are the ARNs of the address sets administrators come from."""
    ordered = [
        *_names_of_things(system, domain, administrator_sets),
        _administrators_only(),
        *(_crisis(system) if system.critical_paths else ()),
        *_webhooks_refused(system),
        _flood(system),
        *_webhooks_admitted(system),
        *(_managed(name, {"override_action": {"none": {}}}) for name in MANAGED_GROUPS),
    ]
    return [{**rule, "priority": priority} for priority, rule in enumerate(ordered)]


# -- what a request is -------------------------------------------------------------------------------------------------


def _names_of_things(system: System, domain: str, administrator_sets: list[Any]) -> Iterator[Rule]:
    """Every host that is not known to be public is restricted: also one that nobody has thought of."""
    hosts = system.edge.hosts
    public = [_host(_full(host.label, domain)) for host in hosts if host.audience is Audience.PUBLIC]
    yield _label("restricted-hosts", _no(_any(public)), RESTRICTED)
    if system.load_balancer.closed_prefixes:
        closed = [each for prefix in system.load_balancer.closed_prefixes for each in _below(prefix)]
        yield _label("closed-paths", _any(closed), CLOSED)
    from_sets = [{"ip_set_reference_statement": {"arn": arn}} for arn in administrator_sets]
    yield _label("administrators", _any(from_sets), ADMINISTRATOR)
    opened = [(host, path) for host in hosts for path in host.open_paths]
    if opened:
        each = [_all([_host(_full(host.label, domain)), _path("EXACTLY", path)]) for host, path in opened]
        yield _label("open-paths", _any(each), OPEN)
    if system.critical_paths:
        critical = [each for path in crisis_prefixes(system) for each in _below(path)]
        yield _label("crisis-paths", _any(critical), CRISIS)


def crisis_prefixes(system: System) -> tuple[str, ...]:
    """Paths on which lives may depend, the page of last resort and its script among them."""
    page = (system.crisis.page_path, f"{system.crisis.page_path}-offline.js") if system.crisis else ()
    return (*system.critical_paths, *(path for path in page if path not in system.critical_paths))


# -- what is refused, counted, let through -----------------------------------------------------------------------------


def _administrators_only() -> Rule:
    """Before everything else, so that no later rule lets a stranger in: not even one for critical paths."""
    theirs = _any([_has(RESTRICTED), _has(CLOSED)])
    return _rule(
        "administrators-only",
        _all([theirs, _no(_has(ADMINISTRATOR)), _no(_has(OPEN))]),
        action={"block": {"custom_response": {"response_code": 404}}},
    )


def _crisis(system: System) -> Iterator[Rule]:
    """Distressed text looks like an attack, and a shared address like a flood: both are seen, neither is refused."""
    for name in MANAGED_GROUPS:
        yield _managed(name, {"override_action": {"count": {}}}, of="crisis-")
    yield _rule("crisis-flood", _rate(system, _has(CRISIS)), action={"count": {}})
    yield _rule("crisis-admitted", _has(CRISIS), action={"allow": {}})


def _flood(system: System) -> Rule:
    answer = {"response_code": 429, "custom_response_body_key": FLOOD_ANSWER}
    scope = _no(_has(CRISIS)) if system.critical_paths else None
    return _rule("flood", _rate(system, scope), action={"block": {"custom_response": answer}})


def _webhooks_refused(system: System) -> Iterator[Rule]:
    """A sender posts, signs, and says no more than it has to; the application checks the signature itself."""
    for hook in system.edge.webhooks:
        wrong = [
            _no(_match({"method": {}}, "EXACTLY", "POST", ("NONE",))),
            _size({"body": {"oversize_handling": "MATCH"}}, "GT", hook.maximum_body_bytes),
            _no(_size({"single_header": {"name": hook.signature_header.lower()}}, "GT", 0)),
        ]
        statement = _all([_any(_below(hook.prefix)), _any(wrong)])
        yield _rule(f"webhook-{hook.name}-refused", statement, action={"block": {}})


def _webhooks_admitted(system: System) -> Iterator[Rule]:
    for hook in system.edge.webhooks:
        yield _rule(f"webhook-{hook.name}", _any(_below(hook.prefix)), action={"allow": {}})


def _managed(name: str, override: Mapping[str, Any], of: str = "") -> Rule:
    group, counted = MANAGED_GROUPS[name]
    statement: Statement = {"name": group, "vendor_name": "AWS"}
    if counted:
        statement["rule_action_overrides"] = [{"name": each, "action_to_use": {"count": {}}} for each in counted]
    if of:
        statement["scope_down_statement"] = _has(CRISIS)
    return _rule(f"{of}{name}", {"managed_rule_group_statement": statement}, **override)


def _rate(system: System, scope: Statement | None) -> Statement:
    limit = system.edge.flood_limit
    rate: Statement = {
        "limit": limit.requests_count,
        "evaluation_window_sec": limit.window_seconds,
        "aggregate_key_type": "IP",
    }
    return {"rate_based_statement": {**rate, "scope_down_statement": scope} if scope else rate}


# -- the words of AWS WAF ----------------------------------------------------------------------------------------------


def _rule(name: str, statement: Statement, **acts: Any) -> Rule:
    seen = {"cloudwatch_metrics_enabled": True, "metric_name": name, "sampled_requests_enabled": False}
    return {"name": name, "statement": statement, "visibility_config": seen, **acts}


def _label(name: str, statement: Statement, label: str) -> Rule:
    return _rule(name, statement, action={"count": {}}, rule_labels=[{"name": label}])


def _has(label: str) -> Statement:
    return {"label_match_statement": {"scope": "LABEL", "key": label}}


def _any(statements: list[Statement]) -> Statement:
    return statements[0] if len(statements) == 1 else {"or_statement": {"statements": statements}}


def _all(statements: list[Statement]) -> Statement:
    return {"and_statement": {"statements": statements}}


def _no(statement: Statement) -> Statement:
    return {"not_statement": {"statement": statement}}


def _host(host: str) -> Statement:
    return _match({"single_header": {"name": "host"}}, "EXACTLY", host, ("LOWERCASE",))


def _path(how: str, path: str) -> Statement:
    return _match({"uri_path": {}}, how, path.lower(), _PLAIN_PATH)


def _below(prefix: str) -> list[Statement]:
    """The path itself and what lies below it, not `/crisis-of-confidence` for `/crisis`."""
    return [_path("EXACTLY", prefix), _path("STARTS_WITH", f"{prefix.rstrip('/')}/")]


def _match(field: Statement, how: str, text: str, transformations: tuple[str, ...]) -> Statement:
    return {
        "byte_match_statement": {
            "field_to_match": field,
            "positional_constraint": how,
            "search_string": text,
            "text_transformations": _transformations(transformations),
        }
    }


def _size(field: Statement, comparison: str, size: int) -> Statement:
    return {
        "size_constraint_statement": {
            "field_to_match": field,
            "comparison_operator": comparison,
            "size": size,
            "text_transformations": _transformations(("NONE",)),
        }
    }


def _transformations(types: tuple[str, ...]) -> list[Statement]:
    return [{"priority": priority, "type": each} for priority, each in enumerate(types)]


def _full(label: str, domain: str) -> str:
    return f"{label}.{domain}" if label else domain
