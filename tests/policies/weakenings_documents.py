"""What documents write down to the letter, weakened by a letter."""

import re
from typing import Any

from policies.core.resource import Resource
from systems.model import System
from tests.policies.mutants import DROP, Change, Weakening

_CONFIG, _JOB = "kubernetes:core/v1:ConfigMap", "kubernetes:batch/v1:CronJob"
_LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
_LOG_GROUP, _SUBSCRIPTION = "aws:cloudwatch/logGroup:LogGroup", "aws:cloudwatch/logSubscriptionFilter:*"
_FILE = "haproxy.cfg"


def _without_headers(data: Any, system: System) -> list[Any]:
    """HAProxy's configuration without one of the documented headers at the way in, header by header."""
    text = str(data.get(_FILE, "")) if isinstance(data, dict) else ""
    before, public, after = text.partition("frontend public")
    names = [header.name for header in system.security_headers.headers if public]
    return [
        {**data, _FILE: before + public + re.sub(rf"(?m)^ *http-after-response set-header {name} .*\n", "", after)}
        for name in names
    ]


def _replaced(pattern: str, by: str) -> Change:
    def changed(data: Any, system: System) -> list[Any]:
        text = str(data.get(_FILE, "")) if isinstance(data, dict) else ""
        found = re.sub(pattern, by, text)
        return [{**data, _FILE: found}] if found != text else []

    return Change(changed)


def _called(*words: str) -> Any:
    return lambda job: any(word in str(job.get("metadata.name")) for word in words)


def _backs_up(job: Resource) -> bool:
    name = str(job.get("metadata.name"))
    return name.startswith("backup-") and name != "backup-verification"


def _tiers(change: int) -> Change:
    """One tier kept some days more or less, tier by tier."""

    def changed(rules: list[dict[str, Any]], system: System) -> list[Any]:
        return [
            [*rules[:index], {**rule, "expiration": {"days": rule["expiration"]["days"] + change}}, *rules[index + 1 :]]
            for index, rule in enumerate(rules)
            if _of_a_tier(rule.get("filter", {}))
        ]

    return Change(changed)


def _of_a_tier(where: dict[str, Any]) -> bool:
    tiers = ("daily", "weekly", "monthly", "yearly")
    return str(where.get("prefix", "")).rstrip("/").endswith(tiers) or where.get("tag", {}).get("value") in tiers


def _of_class(group: Resource) -> bool:
    return "lifeline:log-class" in group.get("tags", {})


def _only_there(group: Resource) -> bool:
    """No archive takes it along."""
    return _of_class(group) and group.get("retentionInDays") != 180


DOCUMENTS = (
    Weakening(_CONFIG, "data", Change(_without_headers), "LL-EDG-020"),
    Weakening(_CONFIG, "data", _replaced(r"ssl-min-ver \S+", "ssl-min-ver TLSv1.1"), "LL-EDG-021"),
    Weakening(_CONFIG, "data", _replaced(r"ssl-min-ver \S+ ", ""), "LL-EDG-021"),
    Weakening(_CONFIG, "data", _replaced(r"(ssl-default-bind-ciphers) \S+", r"\1 AES128-SHA"), "LL-EDG-021"),
    Weakening(_JOB, "spec.schedule", "0 4 31 12 *", "LL-BAK-030", _backs_up),
    Weakening(_JOB, "spec.suspend", True, "LL-BAK-030", _backs_up),
    Weakening(_JOB, "", None, "LL-BAK-030", _backs_up),
    Weakening(_JOB, "spec.schedule", "0 4 31 12 *", "LL-BAK-031", _called("backup-verification", "restore-drill")),
    Weakening(_JOB, "spec.suspend", True, "LL-BAK-031", _called("backup-verification", "restore-drill")),
    Weakening(_JOB, "", None, "LL-BAK-031", _called("backup-verification", "restore-drill")),
    Weakening(_LIFECYCLE, "rules", _tiers(-1), "LL-BAK-032"),
    Weakening(_LIFECYCLE, "rules", _tiers(1), "LL-BAK-032"),
    Weakening(_LOG_GROUP, "retentionInDays", 1, "LL-RET-016", _only_there),
    Weakening(_LOG_GROUP, "retentionInDays", DROP, "LL-RET-016", _only_there),
    Weakening(_SUBSCRIPTION, "", None, "LL-RET-016"),
    Weakening(_SUBSCRIPTION, "filterPattern", "ERROR", "LL-RET-016"),
    Weakening("random:index/randomPassword:RandomPassword", "length", 31, "LL-ENC-028"),
    Weakening("random:index/randomBytes:RandomBytes", "length", 8, "LL-ENC-028"),
)
