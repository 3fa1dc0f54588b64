"""Stateful resources at risk: what would be lost, why, how it comes back, and whether somebody said yes to it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from policies.core.resource import UNKNOWN, Resource
from reports import stateful
from reports.changes import Change, Changes, Difference, Kind

#: Safeguards, by type: the property, the worse direction, and what is lost when it goes that way.
_SHORTER_LOSES = {
    ("aws:rds/instance:Instance", "backupRetentionPeriod"): "backups older than that",
    ("aws:rds/cluster:Cluster", "backupRetentionPeriod"): "backups older than that",
    ("aws:cloudwatch/logGroup:LogGroup", "retentionInDays"): "lines older than that",
}
_OFF_WEAKENS = {
    "deletionProtection": "nothing but the engine keeps it from being deleted",
    "deletionProtectionEnabled": "nothing but the engine keeps it from being deleted",
    "storageEncrypted": "new data lies unencrypted",
    "multiAz": "a lost zone takes it along",
    "enableKeyRotation": "its key material is used for ever",
}
_ON_WEAKENS = {
    "skipFinalSnapshot": "its deletion leaves no copy",
    "forceDestroy": "its deletion takes what is in it along",
    "deleteAutomatedBackups": "its deletion takes the backups along",
    "publiclyAccessible": "it has an address on the internet",
}
_LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
_VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"


@dataclass(frozen=True)
class Risk:
    """One stateful resource and what would become of it."""

    change: Change
    called: str
    lost: str
    returns: str
    because: str
    used_by: tuple[str, ...] = ()
    protected: bool = False
    destructive: bool = True
    """Data goes; else only a safeguard does."""

    @property
    def asks(self) -> str:
        """The word by which a stack file acknowledges it."""
        return {Kind.DELETE: "delete", Kind.REPLACE: "replace"}.get(self.change.kind, "update")

    @property
    def what(self) -> str:
        if self.change.kind is Kind.DELETE:
            return "deleted"
        if self.change.kind is Kind.REPLACE:
            order = {True: " (deleted, then made anew)", False: " (made anew, then the old one deleted)", None: ""}
            return f"replaced{order[self.change.deleted_first]}"
        return "changed"


def risks(changes: Changes) -> list[Risk]:
    """Lost data before lost safeguards, the latter only where the former leaves the resource."""
    found: list[Risk] = []
    for change in changes.changed:
        if change.kind.destroys:
            found += _destroyed(change, changes)
        elif change.kind is Kind.UPDATE:
            found += _worsened(change, changes)
    return sorted(found, key=lambda each: (not each.destructive, stateful.weight(each.change.standing)))


def _destroyed(change: Change, changes: Changes) -> Iterator[Risk]:
    standing = change.standing
    known = stateful.of(standing)
    if known is None:
        return
    replica = stateful.is_replica(standing)
    called = "read replica" if replica else known.called
    lost = "reads it serves, and a place to fail over to; its data is the primary's" if replica else known.holds
    if change.kind is Kind.REPLACE and not replica and standing.type.startswith("aws:rds/"):
        lost = f"{lost}: the new one is empty"
    yield Risk(
        change,
        called,
        lost,
        known.returns(standing),
        why(change, changes),
        used_by=tuple(_users(change, changes)) if standing.service == "kms" else (),
        protected=standing.protected,
        destructive=not known.generated,
    )


def why(change: Change, changes: Changes) -> str:
    """The reason of a replacement or deletion, as far as the engine knows it."""
    if change.kind is Kind.REPLACE:
        told = [_told(each, changes) for each in change.reasons[:4]]
        more = len(change.reasons) - len(told)
        return "; ".join(told) + (f"; and {more} more" if more > 0 else "") or "the engine named no property"
    if changes.destroying:
        return "the whole stack goes"
    parent = next((each for each in changes.changed if each.resource.urn == change.resource.parent), None)
    if parent and parent.kind is Kind.DELETE:
        return f"its component {parent.name} is no longer in the program"
    return "it is no longer in the program"


def _told(difference: Difference, changes: Changes) -> str:
    before, after = changes.pair(difference)
    return f"`{difference.path}`: `{before}` → `{after}`"


def _users(change: Change, changes: Changes) -> Iterator[str]:
    """Resources that name it today: what they hold is encrypted under it, whatever they name tomorrow."""
    ours = {
        value
        for value in (change.standing.id, change.standing.properties.get("arn"))
        if isinstance(value, str) and value
    }
    for resource in changes.before.resources:
        ours_to_tell = resource.service != "kms" and not resource.type.startswith("lifeline:")
        if ours_to_tell and _mentions(resource.properties, ours):
            yield resource.name


def _mentions(value: object, wanted: set[str]) -> bool:
    if isinstance(value, str):
        return value in wanted
    if isinstance(value, dict):
        return any(_mentions(each, wanted) for each in cast("dict[str, object]", value).values())
    return isinstance(value, list) and any(_mentions(each, wanted) for each in cast("list[object]", value))


def _worsened(change: Change, changes: Changes) -> Iterator[Risk]:
    for difference in change.differences:
        lost, destructive = _loss(change.standing, difference)
        if lost:
            yield Risk(
                change,
                getattr(stateful.of(change.standing), "called", change.resource.kind),
                lost,
                "by the earlier value; what is gone by then is not" if destructive else "by the earlier value",
                _told(difference, changes),
                destructive=destructive,
            )


def _loss(resource: Resource, difference: Difference) -> tuple[str, bool]:
    path, before, after = difference.path, difference.before, difference.after
    if UNKNOWN in (before, after):
        return "", False
    if (resource.type, path) in _SHORTER_LOSES and _kept(resource, after) < _kept(resource, before):
        none_left = "every automated backup, and the way to any earlier second"
        return _SHORTER_LOSES[resource.type, path] if _kept(resource, after) else none_left, True
    if resource.type == _LIFECYCLE and path.endswith("days") and _number(after) < _number(before):
        return "objects older than that, at the next run of the rule", True
    if resource.type == _VERSIONING and path.endswith("status") and before == "Enabled":
        return "from now on what is overwritten or deleted is gone", False
    if stateful.of(resource) is None:
        return "", False
    if before is True and not after and path in _OFF_WEAKENS:
        return _OFF_WEAKENS[path], False
    if after is True and not before and path in _ON_WEAKENS:
        return _ON_WEAKENS[path], False
    return "", False


def _kept(resource: Resource, days: object) -> float:
    """Logs without a number, or with 0, are kept for ever; a database without one keeps no backups."""
    number = _number(days)
    if resource.type.startswith("aws:rds/"):
        return 0.0 if days is None else number
    return number or float("inf")


def _number(value: object) -> float:
    try:
        return float(str(value)) if value is not None else float("inf")
    except ValueError:
        return float("inf")


def renamed(found: Sequence[Risk], changes: Changes) -> list[str]:
    """Deletions that look like a rename: one of the same type is made in the same preview."""
    told: list[str] = []
    made = [each for each in changes.changed if each.kind is Kind.CREATE]
    for risk in found:
        if risk.change.kind is Kind.DELETE:
            same = [each.name for each in made if each.resource.type == risk.change.resource.type]
            if len(same) == 1:
                told.append(
                    f"`{risk.change.name}` goes and `{same[0]}` of the same type comes: if that is a new name for the "
                    "same thing, an alias in its resource options keeps it"
                )
    return told


def acknowledged_snippet(found: Sequence[Risk]) -> str:
    """What to put into the stack file."""
    entry = '{{change: {asks}, because: "<why this may be lost>", until: "<YYYY-MM-DD, the last day>"}}'
    lines = [f"  {json.dumps(risk.change.key)}: {entry.format(asks=risk.asks)}" for risk in found]
    return "\n".join(["lifeline:acknowledged:", *dict.fromkeys(lines)])
