"""Recording and alerting rules as data, and the rule file they become."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import yaml

from systems.model import Severity

Json = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A query under a name: asked once, used by several rules and panels."""

    name: str
    query: str
    labels: Mapping[str, str] = field(default_factory=dict[str, str])

    def rendered(self) -> Json:
        return {"record": self.name, "expr": self.query, **({"labels": dict(self.labels)} if self.labels else {})}


@dataclass(frozen=True, kw_only=True)
class AlertRule:
    """One line that calls somebody. `signal` says what is measured: by it, one cause silences what it brings about."""

    name: str
    query: str
    severity: Severity
    priority: str
    owner: str
    summary: str
    signal: str
    for_seconds: int = 0
    service: str = "platform"
    description: str = ""
    action: str = ""
    labels: Mapping[str, str] = field(default_factory=dict[str, str])

    def rendered(self, runbooks: str) -> Json:
        annotations = {
            "summary": self.summary,
            "description": self.description,
            "action": self.action,
            "runbook_url": f"{runbooks}/{self.name}.md",
        }
        return {
            "alert": self.name,
            "expr": self.query,
            **({"for": f"{self.for_seconds}s"} if self.for_seconds else {}),
            "labels": {
                "severity": self.severity.value,
                "priority": self.priority,
                "service": self.service,
                "owner": self.owner,
                "signal": self.signal,
                **self.labels,
            },
            "annotations": {key: text for key, text in annotations.items() if text},
        }


@dataclass(frozen=True)
class Group:
    """Rules that are evaluated one after the other, so that an alert sees what was recorded just before."""

    name: str
    recordings: tuple[Recording, ...] = ()
    alerts: tuple[AlertRule, ...] = ()

    def rendered(self, runbooks: str) -> Json:
        rules = [each.rendered() for each in self.recordings] + [each.rendered(runbooks) for each in self.alerts]
        return {"name": self.name, "rules": rules}


def rule_file(groups: Iterable[Group], runbooks: str) -> str:
    rendered = [group.rendered(runbooks) for group in groups if group.recordings or group.alerts]
    return yaml.safe_dump({"groups": rendered}, sort_keys=False, width=120, allow_unicode=True)
