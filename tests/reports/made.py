"""Events as the engine writes them, made by hand for what the recorded previews have not got."""

from collections.abc import Iterable, Mapping
from typing import Any

from reports import reading
from reports.changes import Changes

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"}
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_STACK = "urn:pulumi:made::lifeline::pulumi:pulumi:Stack::lifeline-made"


def step(
    op: str,
    type: str,
    name: str,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    *,
    diff: Mapping[str, str] | None = None,
    protect: bool = False,
    **more: Any,
) -> dict[str, Any]:
    """One resource's step; `old` and `new` are inputs, `diff` says of a path what kind of difference it is."""
    urn = f"urn:pulumi:made::lifeline::{type}::{name}"

    def state(inputs: Mapping[str, Any] | None) -> dict[str, Any] | None:
        held = {"type": type, "urn": urn, "custom": True, "id": f"{name}-id-1", "parent": _STACK, "protect": protect}
        return None if inputs is None else {**held, "inputs": dict(inputs), "outputs": {}, **more}

    detailed = {path: {"diffKind": kind, "inputDiff": True} for path, kind in (diff or {}).items()}
    metadata = {
        "op": op,
        "urn": urn,
        "type": type,
        "old": state(old),
        "new": state(new),
        "detailedDiff": detailed or None,
    }
    return {"resourcePreEvent": {"metadata": metadata, "planning": True}}


def said(severity: str, message: str, urn: str = "") -> dict[str, Any]:
    return {"diagnosticEvent": {"urn": urn, "severity": severity, "message": message}}


def judged(policy: str, level: str, message: str, urn: str) -> dict[str, Any]:
    told = {"policyName": policy, "enforcementLevel": level, "message": message, "resourceUrn": urn}
    return {"policyEvent": {**told, "color": "raw", "policyPackName": "lifeline", "policyPackVersion": "1"}}


def log(*steps: Mapping[str, Any], config: Mapping[str, str] | None = None, result: str = "succeeded") -> list[Any]:
    ending = {"maybeCorrupt": False, "durationSeconds": 1, "resourceChanges": {}, "isPreview": True, "result": result}
    return [{"preludeEvent": {"config": dict(config or {})}}, *steps, {"summaryEvent": {**ending, "PolicyPacks": {}}}]


def changes(*steps: Mapping[str, Any], **options: Any) -> Changes:
    return reading.of_events(log(*steps, **options))


def same(type: str, name: str, **inputs: Any) -> dict[str, Any]:
    return step("same", type, name, inputs, inputs)


def updated(type: str, name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    paths: Iterable[str] = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return step("update", type, name, before, after, diff=dict.fromkeys(sorted(paths), "update"))
