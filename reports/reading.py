"""Reads a preview from what the engine leaves: its event log, the streamed or the plain `pulumi preview --json`.

The plain one does not tell what stays as it is; `pulumi stack export` of the same stack, given as `before`, does.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from policies.core.resource import Resource, canonical
from reports import values
from reports.changes import PROVIDER, Change, Changes, Difference, Kind, differences
from reports.events import Event, Story

_KINDS = {
    **{kind.value: kind for kind in Kind},
    "create-replacement": Kind.REPLACE,
    "delete-replaced": Kind.REPLACE,
    "import-replacement": Kind.REPLACE,
    "read-replacement": Kind.READ,
    "read-discard": Kind.FORGET,
    "discard-replaced": Kind.REPLACE,
    "discard": Kind.FORGET,
    "refresh": Kind.SAME,
    "remove-pending-replace": Kind.SAME,
    "drop": Kind.FORGET,
}
_HOW = "pulumi preview --event-log FILE (with PULUMI_DEBUG_COMMANDS=true), or pulumi preview --json > FILE"


class Unreadable(ValueError):
    """A file is not what it was given as."""


@dataclass
class _Told:
    """What was said of one resource, over all its steps."""

    urn: str
    ops: list[str] = field(default_factory=list[str])
    old: Mapping[str, Any] | None = None
    new: Mapping[str, Any] | None = None
    detailed: Mapping[str, Any] = field(default_factory=dict[str, Any])
    diffs: list[str] = field(default_factory=list[str])
    keys: list[str] = field(default_factory=list[str])

    def take(self, op: str, step: Mapping[str, Any]) -> None:
        self.ops.append(op)
        self.old = self.old or step.get("old") or step.get("oldState")
        self.new = self.new or step.get("new") or step.get("newState")
        self.detailed = self.detailed or step.get("detailedDiff") or {}
        self.diffs = self.diffs or list(step.get("diffs") or step.get("diffReasons") or ())
        self.keys = self.keys or list(step.get("keys") or step.get("replaceReasons") or ())


def read(file: Path, before: Path | None = None) -> Changes:
    """The preview in a file."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{file} cannot be read ({error}): make it with {_HOW}") from None
    found = _digest(text) or of_events(_events(text, file))
    return _with_the_rest(found, before) if before else found


def _events(text: str, file: Path) -> list[Event]:
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        events = [cast("Event", json.loads(line)) for line in lines]
    except ValueError as error:
        raise Unreadable(f"{file} has a line that is no JSON ({error}): make it with {_HOW}") from None
    if not any(isinstance(each, dict) and ("summaryEvent" in each or "preludeEvent" in each) for each in events):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise Unreadable(f"{file} holds no events of the engine: make it with {_HOW}")
    return events


def of_events(events: Iterable[Event]) -> Changes:
    """From an event log. Of an `up` only its preview is read."""
    story, told = Story(), dict[str, _Told]()
    config: Mapping[str, str] = {}
    ended, succeeded, judged = False, True, False
    for event in events:
        story.take(event)
        if step := event.get("resourcePreEvent"):
            metadata = step["metadata"]
            told.setdefault(metadata["urn"], _Told(metadata["urn"])).take(metadata["op"], metadata)
        elif prelude := event.get("preludeEvent"):
            config = prelude.get("config") or {}
        elif summary := event.get("summaryEvent"):
            ended, succeeded = True, summary.get("result", "succeeded") == "succeeded"
            judged = bool(summary.get("PolicyPacks"))
            break  # of an `up`, what follows is the update
    failed = bool(story.failures) or any(each.level == "mandatory" for each in story.violations)
    return replace(
        _changes(told.values(), config),
        succeeded=ended and succeeded and not failed,
        failures=tuple(story.failures),
        warnings=tuple(story.warnings),
        violations=tuple(story.violations),
        policy_ran=judged,
    )


def _digest(text: str) -> Changes | None:
    """The one object that the plain `pulumi preview --json` prints."""
    try:
        content: Any = json.loads(text)
    except ValueError:
        return None
    if not isinstance(content, dict) or "changeSummary" not in content:
        return None
    story, told = Story(), dict[str, _Told]()
    given = cast("dict[str, Any]", content)
    for step in given.get("steps") or ():
        told.setdefault(step["urn"], _Told(step["urn"])).take(step["op"], step)
    for diagnostic in given.get("diagnostics") or ():
        story.take({"diagnosticEvent": {"urn": "", "severity": "info", **diagnostic}})
    summary: Mapping[str, int] = given.get("changeSummary") or {}
    same = summary.get("same", 0)
    whole = sum(each.ops == ["same"] for each in told.values()) >= same
    return replace(
        _changes(told.values(), given.get("config") or {}),
        whole=whole,
        succeeded=not story.failures,
        failures=tuple(story.failures),
        warnings=tuple(story.warnings),
    )


def _changes(told: Iterable[_Told], config: Mapping[str, str]) -> Changes:
    """In an order of their own: the engine works at many resources at once, in another order each time."""
    every = sorted((_change(each) for each in told if each.old or each.new), key=lambda each: each.resource.urn)
    urn = every[0].resource.urn if every else "urn:pulumi:::::"
    stack, project = urn.split("::")[0].rpartition(":")[2], urn.split("::")[1]
    kept = [each for each in every if each.kind not in (Kind.DELETE, Kind.FORGET)]
    return Changes(stack=stack, project=project, all=tuple(every), config=config, destroying=bool(every) and not kept)


def _change(told: _Told) -> Change:
    kind = _kind(told.ops)
    before = _resource(told.old) if kind is not Kind.CREATE else None
    after = _resource(told.new, told.old) if kind is not Kind.DELETE else None
    found: list[Difference] = []
    if before and after and told.old and told.new and kind in (Kind.UPDATE, Kind.REPLACE, Kind.IMPORT):
        old, new = (values.properties(each.get("inputs"), before.declared_type) for each in (told.old, told.new))
        paths = [*told.detailed] or told.diffs
        replacing = {
            path for path, each in told.detailed.items() if "replace" in each.get("diffKind", each.get("kind", ""))
        }
        replacing |= set() if told.detailed else set(told.keys)
        found = [
            replace(each, replaces=any(each.path.startswith(path) for path in replacing))
            for each in differences(before, after, old, new, paths)
        ]
    custom = bool((told.new or told.old or {}).get("custom"))
    return Change(kind, before, after, tuple(found), _deleted_first(told.ops), custom)


def _kind(ops: list[str]) -> Kind:
    """A replacement is told in up to three steps; the last of an older one, cut off, is a deletion."""
    if set(ops) <= {"delete-replaced"}:
        return Kind.DELETE
    kinds = [_KINDS.get(op, Kind.UPDATE) for op in ops]
    return Kind.REPLACE if Kind.REPLACE in kinds else kinds[-1]


def _deleted_first(ops: list[str]) -> bool | None:
    """None where it was not told, as in the plain `pulumi preview --json`."""
    if "delete-replaced" not in ops or "create-replacement" not in ops:
        return None
    return ops.index("delete-replaced") < ops.index("create-replacement")


def _resource(given: Mapping[str, Any] | None, old: Mapping[str, Any] | None = None) -> Resource | None:
    """Inputs over outputs: what the program says counts, also of a resource that is only planned."""
    if not given:
        return None
    type: str = given["type"]
    outputs: Mapping[str, object] = given.get("outputs") or {}
    same = (old or {}).get("inputs") == given.get("inputs")
    if not outputs and same:
        outputs = (old or {}).get("outputs") or {}
    return Resource(
        type=canonical(type),
        name=given["urn"].rsplit("::", 1)[-1],
        urn=given["urn"],
        properties={
            **values.properties({**outputs, **(given.get("inputs") or {})}, type),
            PROVIDER: _provider(str(given.get("provider") or "")),
        },
        declared_type=type,
        parent=given.get("parent") or "",
        references=given.get("propertyDependencies") or {},
        protected=bool(given.get("protect")),
        id=str(given.get("id") or (old or {}).get("id") or ""),
    )


def _provider(reference: str) -> str:
    """`recovery` of `urn:...::pulumi:providers:aws::recovery::<id>`; none of one that nobody declared."""
    name = reference.split("::")[-2] if reference.count("::") >= 4 else ""
    return "" if name.startswith("default") else name


def _with_the_rest(found: Changes, before: Path) -> Changes:
    """Resources that the preview did not mention stay as the exported state has them."""
    try:
        resources = json.loads(before.read_text(encoding="utf-8"))["deployment"]["resources"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"{before} is no exported state ({error}): make it with pulumi stack export") from None
    known = {each.resource.urn for each in found.all}
    rest: list[Change] = []
    for each in cast("list[Mapping[str, Any]]", resources):
        if each["urn"] not in known and not each.get("delete"):
            same = _resource(each)
            rest.append(Change(Kind.SAME, same, same, custom=bool(each.get("custom"))))
    kept = any(each.resource.type != "pulumi:pulumi:Stack" for each in rest)
    every = sorted((*rest, *found.all), key=lambda each: each.resource.urn)
    return replace(found, all=tuple(every), whole=True, destroying=found.destroying and not kept)
