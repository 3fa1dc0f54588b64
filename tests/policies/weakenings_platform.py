"""What the documents promise: numbers that run, budgets, the way to help. Figures come from the documents."""

import re
from collections.abc import Callable
from typing import Any

from policies.core.resource import Resource
from policies.joins.pods import labels_of
from systems.model import System
from tests.policies.mutants import DROP, Change, Weakening
from tests.policies.weakenings_account import named
from tests.policies.weakenings_data import production

_DEPLOYMENT, _STATEFUL_SET = "kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:StatefulSet"
_BUDGET = "kubernetes:policy/v1:PodDisruptionBudget"
_AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
_ACL, _CDN = "aws:wafv2/webAcl:WebAcl", "aws:cloudfront/distribution:Distribution"
_PAGE, _CONFIG = "aws:s3/bucketObjectv2:BucketObjectv2", "kubernetes:core/v1:ConfigMap"
_WORKLOAD, _LANE, _SIDE = "lifeline.dev/workload", "lifeline.dev/lane", "lifeline.dev/side"


def _at_home(resource: Resource) -> bool:
    """A region that stands by runs fewer on purpose."""
    return "recovery-region" not in resource.name


def _labelled(**wanted: str) -> Callable[[Resource], bool]:
    keys = {"workload": _WORKLOAD, "lane": _LANE, "side": _SIDE}

    def among(resource: Resource) -> bool:
        labels = labels_of(resource)
        return _at_home(resource) and all(labels.get(keys[name]) == value for name, value in wanted.items())

    return among


def _one_less(of: Callable[[System], int]) -> Change:
    return Change(lambda replicas, system: of(system) - 1 if isinstance(replicas, int) else [])


def _workload(name: str, of: Callable[[Any], int]) -> Change:
    """One less than the document has of this workload, where the platform has it."""

    def changed(replicas: Any, system: System) -> list[int]:
        return [of(each) - 1 for each in system.workloads if each.name == name and isinstance(replicas, int)]

    return Change(changed)


def _names() -> set[str]:
    from systems import registry
    from systems.model import Environment

    return {each.name for name in registry.names() for each in registry.load(name, Environment.PRODUCTION).workloads}


def _least(workload: str) -> Weakening:
    """Where an autoscaler counts, the least of it."""

    def among(autoscaler: Resource) -> bool:
        return _at_home(autoscaler) and autoscaler.get("metadata.labels", {}).get(_WORKLOAD) == workload

    return Weakening(
        _AUTOSCALER, "spec.minReplicas", _workload(workload, lambda each: each.replicas), "LL-AVL-001", among
    )


NUMBERS = (
    *(_least(each) for each in sorted(_names())),
    *(
        Weakening(
            _DEPLOYMENT,
            "spec.replicas",
            _workload(each, lambda workload: workload.replicas),
            "LL-AVL-001",
            _labelled(workload=each, lane="ordinary", side="stable"),
        )
        for each in sorted(_names())
    ),
    *(
        Weakening(
            _DEPLOYMENT,
            "spec.replicas",
            _workload(each, lambda workload: workload.critical.dedicated_replicas if workload.critical else 0),
            "LL-AVL-001",
            _labelled(workload=each, lane="critical", side="stable"),
        )
        for each in sorted(_names())
    ),
    Weakening(
        _STATEFUL_SET,
        "spec.replicas",
        _one_less(lambda system: system.load_balancer.replicas),
        "LL-AVL-001",
        _labelled(workload="balancer"),
    ),
    Weakening(
        _STATEFUL_SET,
        "spec.replicas",
        _one_less(lambda system: system.cache.nodes),
        "LL-AVL-001",
        _labelled(workload="cache"),
    ),
    Weakening(
        _STATEFUL_SET,
        "spec.replicas",
        _one_less(lambda system: system.cache.sentinels),
        "LL-AVL-001",
        _labelled(workload="sentinel"),
    ),
    Weakening(_BUDGET, "", None, "LL-AVL-002", on=production),
    Weakening(_BUDGET, "spec.maxUnavailable", "100%", "LL-AVL-003"),
    Weakening(_BUDGET, "spec.maxUnavailable", 0, "LL-AVL-003"),
    Weakening(_BUDGET, "spec.maxUnavailable", DROP, "LL-AVL-003"),
    *(
        Weakening(
            each,
            "spec.template.spec.topologySpreadConstraints",
            DROP,
            "LL-AVL-004",
            lambda one: not _apart(one) and not _single(one),
        )
        for each in (_DEPLOYMENT, _STATEFUL_SET)
    ),
    Weakening(_DEPLOYMENT, "spec.strategy", {"type": "Recreate"}, "LL-AVL-005", lambda each: not _single(each)),
    Weakening(
        _DEPLOYMENT,
        "spec.strategy",
        {"rollingUpdate": {"maxUnavailable": "100%"}},
        "LL-AVL-005",
        lambda each: not _single(each),
    ),
    Weakening(_DEPLOYMENT, "spec.replicas", 2, "LL-AVL-006", lambda each: _scheduler(each)),
    Weakening(_DEPLOYMENT, "spec.strategy", {"type": "RollingUpdate"}, "LL-AVL-006", lambda each: _scheduler(each)),
    Weakening(_AUTOSCALER, "spec.maxReplicas", 1, "LL-AVL-007"),
    Weakening(
        _STATEFUL_SET,
        "spec.persistentVolumeClaimRetentionPolicy",
        {"whenDeleted": "Delete", "whenScaled": "Retain"},
        "LL-AVL-009",
        lambda each: bool(each.get("spec.volumeClaimTemplates")),
    ),
    Weakening("kubernetes:batch/v1:CronJob", "spec.concurrencyPolicy", "Allow", "LL-AVL-010"),
    *(
        Weakening(each, "spec.template.spec.priorityClassName", DROP, "LL-AVL-011")
        for each in (_DEPLOYMENT, _STATEFUL_SET)
    ),
    Weakening(
        _CONFIG,
        "data",
        Change(lambda data, system: _with_text(data, f"QUORUM='{system.cache.quorum}'", "QUORUM='1'")),
        "LL-AVL-030",
    ),
)


def _apart(resource: Resource) -> bool:
    return bool(resource.get("spec.template.spec.affinity.podAntiAffinity"))


def _single(resource: Resource) -> bool:
    return bool(resource.get("spec.replicas", 1) < 2)


def _scheduler(resource: Resource) -> bool:
    return str(labels_of(resource).get(_WORKLOAD)).endswith("scheduler")


def _with_text(data: Any, old: str, new: str) -> list[dict[str, str]]:
    """Each file of a ConfigMap in which the text occurs, with the other one in its place."""
    files = data if isinstance(data, dict) else {}
    return [
        {**files, name: text.replace(old, new)} for name, text in files.items() if isinstance(text, str) and old in text
    ]


def _of_crisis(system: System) -> bool:
    return bool(system.critical_paths)


def _rules(change: Callable[[dict[str, Any]], dict[str, Any] | None]) -> Change:
    """The firewall of the edge with one rule changed, one rule at a time."""

    def changed(rules: list[dict[str, Any]], system: System) -> list[Any]:
        if not system.critical_paths:
            return []
        made = [(index, change(rule)) for index, rule in enumerate(rules)]
        return [[*rules[:index], rule, *rules[index + 1 :]] for index, rule in made if rule is not None]

    return Change(changed)


def _refusing(rule: dict[str, Any]) -> dict[str, Any] | None:
    """A managed group on critical paths that refuses instead of counting."""
    crisis = str(rule["name"]).startswith("crisis-") and "managedRuleGroupStatement" in rule["statement"]
    return {**rule, "overrideAction": {"none": {}}} if crisis else None


def _limiting(rule: dict[str, Any]) -> dict[str, Any] | None:
    return {**rule, "action": {"block": {}}} if rule["name"] == "crisis-flood" else None


def _unlimited_scope(rule: dict[str, Any]) -> dict[str, Any] | None:
    """The limit for all, before critical paths are let in."""
    return {**rule, "priority": -1} | _without_scope(rule) if rule["name"] == "flood" else None


def _without_scope(rule: dict[str, Any]) -> dict[str, Any]:
    limit = {
        key: value for key, value in rule["statement"]["rateBasedStatement"].items() if key != "scopeDownStatement"
    }
    return {"statement": {"rateBasedStatement": limit}}


def _shut_country(rule: dict[str, Any]) -> dict[str, Any] | None:
    wall = {"statement": {"geoMatchStatement": {"countryCodes": ["XX"]}}, "action": {"block": {}}}
    return {**rule, **wall} if rule["name"] == "crisis-flood" else None


def _literal_paths(rule: dict[str, Any]) -> dict[str, Any] | None:
    """Critical paths only as they are written, whatever capitals and slashes are sent."""
    if rule["name"] != "crisis-paths":
        return None
    plain = [{"type": "NONE", "priority": 0}]
    statements = rule["statement"].get("orStatement", {}).get("statements", [rule["statement"]])
    changed = [
        {"byteMatchStatement": {**each["byteMatchStatement"], "textTransformations": plain}} for each in statements
    ]
    return {**rule, "statement": {"orStatement": {"statements": changed}}}


def _lines(pattern: str, remove: str = " !critical") -> Change:
    """HAProxy's configuration with the words taken out of one line, line by line."""

    def changed(data: Any, system: System) -> list[Any]:
        text = data.get("haproxy.cfg") if isinstance(data, dict) else None
        lines = str(text or "").splitlines() if system.critical_paths else []
        return [
            {**data, "haproxy.cfg": "\n".join([*lines[:index], line.replace(remove, ""), *lines[index + 1 :]])}
            for index, line in enumerate(lines)
            if re.search(pattern, line) and remove in line
        ]

    return Change(changed)


def _shared_servers(data: Any, system: System) -> list[Any]:
    """Critical paths that lead to everybody's servers."""
    text = str(data.get("haproxy.cfg", "")) if isinstance(data, dict) and system.critical_paths else ""
    changed = re.sub(r"(use_backend \S+?)(?:-canary)?-critical(?:-reachable)?(?= if)", r"\1", text)
    return [{**data, "haproxy.cfg": changed}] if changed != text else []


def _page(change: Callable[[str, System], str]) -> Change:
    return Change(lambda text, system: [change(text, system)] if system.crisis and isinstance(text, str) else [])


def _first_line_last(text: str, system: System) -> str:
    assert system.crisis is not None, "only platforms with a crisis page are changed"
    return text.replace(system.crisis.hotlines[0].number, "the hotline")


def _too_large(text: str, system: System) -> str:
    assert system.crisis is not None, "only platforms with a crisis page are changed"
    return text + " " * (system.crisis.page_maximum_bytes + 1 - len(text.encode()))


def _is_page(resource: Resource) -> bool:
    return resource.name.endswith("-crisis")


CRISIS = (
    Weakening(_ACL, "rules", _rules(_refusing), "LL-CRI-001"),
    Weakening(_ACL, "rules", _rules(_limiting), "LL-CRI-002"),
    Weakening(_ACL, "rules", _rules(_unlimited_scope), "LL-CRI-002"),
    Weakening(_ACL, "rules", _rules(_shut_country), "LL-CRI-003"),
    Weakening(_ACL, "rules", _rules(_literal_paths), "LL-CRI-004"),
    Weakening(_CDN, "restrictions.geoRestriction.restrictionType", "whitelist", "LL-CRI-005", on=_of_crisis),
    Weakening(_CDN, "orderedCacheBehaviors", DROP, "LL-CRI-006", on=_of_crisis),
    Weakening(_CDN, "originGroups", DROP, "LL-CRI-006", on=_of_crisis),
    Weakening(_PAGE, "", None, "LL-CRI-007", _is_page),
    Weakening(_PAGE, "content", _page(_first_line_last), "LL-CRI-007", _is_page),
    Weakening(_PAGE, "content", _page(_too_large), "LL-CRI-007", _is_page),
    Weakening(_CONFIG, "data", _lines(r"http-request (return|deny|silent-drop).*(fe_conn|sc_)"), "LL-CRI-008"),
    Weakening(_CONFIG, "data", _lines(r"set-var\(txn.answer\) str\(maintenance\)"), "LL-CRI-009"),
    Weakening(
        _DEPLOYMENT,
        "spec.template.spec.priorityClassName",
        "lifeline-serving",
        "LL-CRI-010",
        lambda each: labels_of(each).get(_LANE) == "critical",
    ),
    Weakening(_DEPLOYMENT, "spec.replicas", 0, "LL-CRI-011", lambda each: labels_of(each).get(_LANE) == "critical"),
    Weakening("aws:route53/healthCheck:HealthCheck", "resourcePath", "/", "LL-CRI-012", named("-crisis"), _of_crisis),
    Weakening(_CONFIG, "data", Change(_shared_servers), "LL-CRI-013"),
)


PLATFORM = (*NUMBERS, *CRISIS)
