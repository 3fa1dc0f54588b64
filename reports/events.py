"""The engine's own events, parsed once for everybody: what would be done, what failed, what was said.

The rehearsal hears them live (rehearsal/engine), a pipeline reads them from a file (reports/reading.py).
"""

import re
from dataclasses import dataclass, field
from typing import Any

Event = dict[str, Any]

_COLOUR = re.compile(r"<\{%.*?%\}>")


@dataclass(frozen=True)
class Told:
    """Something the engine said about a resource (or the program, when the URN is the stack's)."""

    urn: str
    text: str

    @property
    def resource(self) -> str:
        """`aws:ec2/vpc:Vpc main`, or the stack's name."""
        parts = self.urn.split("::")
        return f"{parts[2].rsplit('$', 1)[-1]} {parts[3]}" if len(parts) == 4 else self.urn


@dataclass(frozen=True)
class Violation:
    """A finding of a policy pack."""

    urn: str
    policy: str
    level: str
    text: str


@dataclass(frozen=True)
class Operation:
    """What is done, or would be, to one resource."""

    kind: str
    urn: str
    type: str
    parent: str
    changed: tuple[str, ...]


@dataclass
class Story:
    """Everything told in one engine run, phase by phase (`up` is a preview and an update)."""

    #: How many resources there will be, where an earlier preview told.
    expected: int = 0
    done: set[str] = field(default_factory=set)
    operations: dict[str, Operation] = field(default_factory=dict)
    failures: list[Told] = field(default_factory=list)
    warnings: list[Told] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    changes: dict[str, int] = field(default_factory=dict)
    changed: bool = False
    now: str = ""

    def take(self, event: Event) -> None:
        if step := event.get("resourcePreEvent"):
            self._begun(step["metadata"])
        elif step := event.get("resOutputsEvent") or event.get("resOpFailedEvent"):
            self.done.add(step["metadata"]["urn"])
        elif diagnostic := event.get("diagnosticEvent"):
            self._diagnosed(diagnostic)
        elif policy := event.get("policyEvent"):
            violation = Violation(
                policy.get("resourceUrn", ""),
                policy["policyName"],
                policy["enforcementLevel"],
                _plain(policy["message"]),
            )
            if violation not in self.violations:
                self.violations.append(violation)
        elif summary := event.get("summaryEvent"):
            self.changes = summary.get("resourceChanges") or {}
            self.changed = not summary.get("isPreview")
            if summary.get("isPreview"):
                self.expected = len(self.done)
                self.done = set()  # a second phase, if there is one, is the update

    def progress(self) -> str:
        """`12 of 70 resources: aws:eks/cluster:Cluster main`"""
        total = f" of {self.expected}" if self.expected else ""
        return f"{len(self.done)}{total} resources{': ' + self.now if self.now else ''}"

    def _begun(self, metadata: Event) -> None:
        urn, kind = metadata["urn"], metadata["op"]
        if kind != "same":
            self.now = Told(urn, "").resource
            state: Event = metadata.get("new") or metadata.get("old") or {}
            changed = tuple(sorted(metadata.get("detailedDiff") or metadata.get("diffs") or ()))
            if urn not in self.operations or kind == "replace":
                self.operations[urn] = Operation(kind, urn, metadata["type"], state.get("parent", ""), changed)

    def _diagnosed(self, diagnostic: Event) -> None:
        told = Told(diagnostic.get("urn", ""), _plain(diagnostic["message"]).rstrip())
        if not told.text or diagnostic.get("ephemeral"):
            return
        severity = diagnostic["severity"]
        if severity in ("error", "warning"):
            told_before = self.failures if severity == "error" else self.warnings
            if told not in told_before:
                told_before.append(told)
        elif severity.startswith("info"):
            self.said.append(told.text)


def _plain(text: str) -> str:
    return _COLOUR.sub("", text)
