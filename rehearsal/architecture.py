"""The picture of a platform, drawn from the resource graph of a real preview: components in lanes, and who uses whom.

    python -m rehearsal preview prod --plan plan.json
    python -m rehearsal.architecture plan.json "Astral Core v2" docs/images/architecture/astral-core-v2.svg

The engine's own plan is the source: what is not registered is not drawn, and what is cannot be left out.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

#: Lanes from the outside in, and the components that belong there by the last part of their type.
LANES: Mapping[str, tuple[str, ...]] = {
    "The way in": ("Names", "Edge", "Balancer", "HAProxy"),
    "Workloads": ("Application", "Jobs", "Switches"),
    "Data": (
        *("Pooler", "DatabaseRoles", "Postgres", "RedisSentinel", "Backups", "BackupPlan", "BackupJobs", "Bucket"),
        *("Uploads", "Secrets", "Rotation", "CacheRotation"),
    ),
    "Watching": (
        *("Monitoring", "AlertTopics", "Topics", "Alarms", "EdgeAlarms", "Audit", "Detectors"),
        *("AccountDefaults", "LogArchive", "FlowLogs"),
    ),
    "Ground": (
        *("Network", "Firewall", "NameFirewall", "Endpoints", "Keys", "RoleBoundary"),
        *("Cluster", "NodeAutoscaler", "Storage", "Images", "PlatformImage", "Namespaces", "InternalCertificates"),
    ),
    "Recovery region": ("RecoveryRegion",),
}
_COLOURS = ("#e8f1fb", "#eaf6ec", "#fdf3e1", "#f4ecf8", "#eff0f2", "#fbe9e7")
_BOX, _BOX_HEIGHT, _GAP, _LANE, _MARGIN, _TITLE = 168, 56, 14, 128, 24, 120
#: Between these lanes arrows say something; everything stands on the ground.
_ARROWS_AMONG = ("The way in", "Workloads", "Data")


@dataclass(frozen=True)
class Part:
    """One component of the program, with all that it made."""

    name: str
    kind: str
    lane: str
    aws: int
    kubernetes: int

    @property
    def counted(self) -> str:
        told = [f"{self.aws} AWS" if self.aws else "", f"{self.kubernetes} Kubernetes" if self.kubernetes else ""]
        return " · ".join(each for each in told if each) or "no resources"


@dataclass(frozen=True)
class Picture:
    """Components and, for each, the components whose outputs it uses."""

    parts: tuple[Part, ...]
    uses: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])


class NoLane(ValueError):
    """A kind of component that the picture has no place for."""


def of_plan(plan: Mapping[str, Any]) -> Picture:
    """From a file that `pulumi preview --save-plan` wrote."""
    goals = {urn: each["goal"] for urn, each in plan["resourcePlans"].items() if each.get("goal")}
    tops = {urn: goal for urn, goal in goals.items() if goal["type"].startswith("lifeline:") and _is_top(goal, goals)}
    owner = {urn: top for urn in goals if (top := _top(urn, goals, tops))}
    made: dict[str, Counter[str]] = defaultdict(Counter)
    uses: dict[str, set[str]] = defaultdict(set)
    for urn, top in owner.items():
        made[top][goals[urn]["type"].split(":")[0]] += bool(goals[urn].get("custom"))
        for used in _used(goals[urn]):
            if used in owner and owner[used] != top:
                uses[_name(top)].add(_name(owner[used]))
    parts = [
        Part(
            _name(top), kind := goal["type"].rsplit(":", 1)[-1], _lane(kind), made[top]["aws"], made[top]["kubernetes"]
        )
        for top, goal in tops.items()
    ]
    order = {kind: number for kinds in LANES.values() for number, kind in enumerate(kinds)}
    return Picture(
        tuple(sorted(parts, key=lambda part: (order[part.kind], part.name))),
        {name: frozenset(found) for name, found in uses.items()},
    )


def _is_top(goal: Mapping[str, Any], goals: Mapping[str, Any]) -> bool:
    parent = goals.get(goal.get("parent") or "")
    return parent is None or not parent["type"].startswith("lifeline:")


def _top(urn: str, goals: Mapping[str, Any], tops: Mapping[str, Any]) -> str | None:
    while urn and urn not in tops:
        urn = goals[urn].get("parent") or "" if urn in goals else ""
    return urn or None


def _used(goal: Mapping[str, Any]) -> Iterator[str]:
    yield from goal.get("dependencies") or ()
    for urns in (goal.get("propertyDependencies") or {}).values():
        yield from urns or ()


def _name(urn: str) -> str:
    return urn.rsplit("::", 1)[-1]


def _lane(kind: str) -> str:
    for lane, kinds in LANES.items():
        if kind in kinds:
            return lane
    raise NoLane(f"the picture has no lane for {kind}: add it to LANES in rehearsal/architecture.py")


def svg(picture: Picture, title: str) -> str:
    """Fixed places, so that the same graph is the same picture to the byte."""
    lanes = [(lane, [part for part in picture.parts if part.lane == lane]) for lane in LANES]
    lanes = [(lane, parts) for lane, parts in lanes if parts]
    widest = max(len(parts) for _, parts in lanes)
    width = _MARGIN * 2 + _TITLE + widest * (_BOX + _GAP)
    height = _MARGIN * 2 + 40 + len(lanes) * _LANE
    drawn: list[str] = []
    boxes: list[str] = []
    middle: dict[str, tuple[int, int]] = {}
    for row, (lane, parts) in enumerate(lanes):
        top = _MARGIN + 40 + row * _LANE
        colour = _COLOURS[[*LANES].index(lane)]
        drawn.append(
            f'<rect x="{_MARGIN}" y="{top}" width="{width - 2 * _MARGIN}" height="{_LANE - 10}" fill="{colour}"/>'
        )
        drawn.append(f'<text class="lane" x="{_MARGIN + 12}" y="{top + 56}">{escape(lane)}</text>')
        for column, part in enumerate(parts):
            left = _MARGIN + _TITLE + column * (_BOX + _GAP)
            middle[part.name] = (left + _BOX // 2, top + 24 + _BOX_HEIGHT // 2)
            boxes += _box(part, left, top + 24)
    arrows = [line for part in picture.parts for line in _arrows(part, picture, middle)]
    return _PAGE.format(
        width=width, height=height, title=escape(title), margin=_MARGIN, body="\n".join([*drawn, *arrows, *boxes])
    )


def _box(part: Part, left: int, top: int) -> list[str]:
    return [
        f'<rect class="box" x="{left}" y="{top}" width="{_BOX}" height="{_BOX_HEIGHT}" rx="6"/>',
        f'<text class="name" x="{left + _BOX // 2}" y="{top + 25}">{escape(part.name)}</text>',
        f'<text class="count" x="{left + _BOX // 2}" y="{top + 44}">{escape(part.counted)}</text>',
    ]


def _arrows(part: Part, picture: Picture, middle: Mapping[str, tuple[int, int]]) -> Iterator[str]:
    lanes = {each.name: each.lane for each in picture.parts}
    for used in sorted(picture.uses.get(part.name, ())):
        if part.lane in _ARROWS_AMONG and lanes[used] in _ARROWS_AMONG:
            yield f'<path class="uses" d="{_curve(middle[part.name], middle[used])}" marker-end="url(#tip)"/>'


def _curve(start: tuple[int, int], end: tuple[int, int]) -> str:
    """From edge to edge: below the boxes within a lane, through the space between lanes otherwise."""
    (x1, y1), (x2, y2) = start, end
    half = _BOX_HEIGHT // 2
    if y1 == y2:
        aside = 28 if x2 > x1 else -28
        y = y1 + half
        return f"M{x1 + aside},{y} C{x1 + aside},{y + 30} {x2 - aside},{y + 30} {x2 - aside},{y + 3}"
    down = 1 if y2 > y1 else -1
    y1, y2 = y1 + down * half, y2 - down * (half + 3)
    return f"M{x1},{y1} C{x1},{y1 + down * 40} {x2},{y2 - down * 40} {x2},{y2}"


_PAGE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">
<style>
text {{ font-family: Helvetica, Arial, sans-serif; fill: #1b1f24 }}
.title {{ font-size: 18px; font-weight: bold }} .lane {{ font-size: 13px; font-weight: bold; fill: #57606a }}
.box {{ fill: #ffffff; stroke: #8c959f }} .name {{ font-size: 13px; font-weight: bold; text-anchor: middle }}
.count {{ font-size: 11px; fill: #57606a; text-anchor: middle }}
.uses {{ stroke: #8c959f; stroke-width: 1.2; fill: none }}
</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto">
<path d="M0,0 L8,4 L0,8 z" fill="#8c959f"/></marker></defs>
<rect width="{width}" height="{height}" fill="#ffffff"/>
<text class="title" x="{margin}" y="44">{title}</text>
{body}
</svg>
"""


if __name__ == "__main__":
    plan_file, title, target = sys.argv[1:]
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    Path(target).write_text(svg(of_plan(json.loads(Path(plan_file).read_text())), title))
