"""The rules of downtime.py by resource type: what users would notice of a change, and the way back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from policies.core.resource import UNKNOWN, Resource
from reports import stateful
from reports.changes import Change, Kind

REVERT = "revert the commit and run `up` again"


class Grade(IntEnum):
    """The worst first."""

    OUTAGE = 0
    SHORT = 1
    ROLLING = 2
    NONE = 3

    @property
    def word(self) -> str:
        return ("outage", "short interruption", "rolling", "none")[self]


@dataclass(frozen=True)
class Effect:
    """What one change does to users, and the way back."""

    grade: Grade
    noticed: str
    rollback: str = REVERT


def effect(change: Change) -> Effect:
    kind, type = change.kind, change.resource.type
    if kind in (Kind.READ, Kind.IMPORT, Kind.FORGET):
        return Effect(Grade.NONE, "nothing: only what the engine knows of changes")
    if kind is Kind.CREATE:
        return Effect(Grade.NONE, "nothing: it is new", "revert the commit: `up` takes it away again")
    if type in _RULES:
        return _RULES[type](change)
    if kind.destroys and stateful.of(change.standing):
        return _lost(change)
    if kind.destroys:
        return _served_by(change)
    return Effect(Grade.NONE, "nothing that is known of: changed in place")


def _lost(change: Change) -> Effect:
    known, back = stateful.of(change.standing), f"not by the engine: {_returns(change)}"
    if known and not known.served:
        return Effect(Grade.NONE, "nothing, until somebody looks for what was in it", back)
    return Effect(Grade.OUTAGE, "whatever uses it fails from the moment it goes", back)


def _returns(change: Change) -> str:
    known = stateful.of(change.standing)
    return known.returns(change.standing) if known else "not at all"


def _served_by(change: Change) -> Effect:
    if change.kind is Kind.DELETE:
        return Effect(Grade.NONE, "whatever still uses it fails; nothing in the stack names it any more")
    if change.deleted_first is False:
        return Effect(Grade.NONE, "nothing expected: the new one stands before the old one goes")
    return Effect(Grade.SHORT, "seconds to minutes without it: the old one goes before the new one is made")


def _database(change: Change) -> Effect:
    if stateful.is_replica(change.standing):
        if change.kind.destroys:
            noticed = "reads of this replica go to the primary; nothing to fail over to there"
            return Effect(Grade.SHORT, noticed, f"{REVERT}: a new replica copies the primary, an hour and more by size")
        return Effect(Grade.SHORT, "minutes without this replica; reads go to the primary")
    if change.kind.destroys:
        return Effect(
            Grade.OUTAGE,
            "every request that needs the database fails until the data is restored: an hour and more by size",
            f"not by the engine: {_returns(change)}",
        )
    moment = (
        "at once" if _now(change, "applyImmediately") is True else f"in its window, {_now(change, 'maintenanceWindow')}"
    )
    if change.differs("engineVersion"):
        back = (
            "not by the engine: restore to the moment before; take a snapshot first, minor versions are not taken back"
        )
        return Effect(Grade.OUTAGE, f"minutes while it restarts with the new version, {moment}", back)
    if change.differs("instanceClass") or change.differs("parameterGroupName"):
        if _now(change, "multiAz") is True:
            return Effect(Grade.SHORT, f"one failover of a minute or two, {moment}", f"{REVERT}: one failover more")
        return Effect(Grade.OUTAGE, f"some ten minutes while it restarts, {moment}", f"{REVERT}: as long again")
    if change.differs("allocatedStorage") or change.differs("storageType"):
        return Effect(Grade.NONE, "nothing; slower for hours", "storage never shrinks: the way back is a new database")
    if change.differs("multiAz"):
        return Effect(Grade.NONE, "nothing; slower for some minutes while the standby is made or goes")
    return Effect(Grade.NONE, f"nothing expected: changed in place, {moment}")


def _deployment(change: Change) -> Effect:
    resource = change.after or change.standing
    if change.kind is Kind.DELETE:
        return Effect(Grade.OUTAGE, "whatever it answers stops being answered")
    if change.kind is Kind.REPLACE:
        return _replaced_pods(change)
    if _get(resource, "spec.strategy.type") == "Recreate":
        return Effect(
            Grade.OUTAGE,
            "from the last old pod's end to the first new one's readiness: under a minute",
            _undo(resource),
        )
    if not _pods_change(change):
        return Effect(Grade.NONE, "nothing: no pod is restarted")
    unavailable = _get(resource, "spec.strategy.rollingUpdate.maxUnavailable")
    if str(unavailable) in ("0", "0.0", "0%"):
        noticed = "nothing: a new pod is ready before an old one goes; connections that are open are drained"
        return Effect(Grade.ROLLING, noticed, _undo(resource))
    noticed = f"fewer pods for a while: {'25%' if unavailable is None else unavailable} may be missing at a time"
    return Effect(Grade.ROLLING, noticed, _undo(resource))


def _undo(resource: Resource) -> str:
    named = _get(resource, "metadata.name") or resource.name
    space = _get(resource, "metadata.namespace") or "default"
    kind = resource.kind.lower()
    return f"at once: `kubectl -n {space} rollout undo {kind}/{named}`; then {REVERT}"


def _pods_change(change: Change) -> bool:
    return any(each.path.startswith("spec.template") for each in change.differences)


def _replaced_pods(change: Change) -> Effect:
    if change.deleted_first is False:
        return Effect(Grade.ROLLING, "nothing expected: new pods stand before the old ones go")
    return Effect(Grade.OUTAGE, "from the end of the old pods to the readiness of the new ones: a minute or so")


def _stateful_set(change: Change) -> Effect:
    if change.kind.destroys:
        return _deployment(change)
    resource = change.after or change.standing
    if _pods_change(change):
        noticed = "pods restart one after the other; a leader among them hands over, some seconds each"
        return Effect(Grade.SHORT, noticed, _undo(resource))
    return Effect(Grade.NONE, "nothing: no pod is restarted")


def _daemon_set(change: Change) -> Effect:
    if change.kind.destroys:
        return _deployment(change)
    return Effect(Grade.ROLLING, "one node after the other is without it for seconds", _undo(change.resource))


def _node_group(change: Change) -> Effect:
    if change.kind is Kind.DELETE:
        return Effect(Grade.ROLLING, "its pods move to other nodes as disruption budgets allow; fewer machines then")
    if change.kind is Kind.REPLACE or change.differs("launchTemplate") or change.differs("version"):
        return Effect(Grade.ROLLING, "nodes are drained one by one; pods move as disruption budgets allow")
    return Effect(Grade.NONE, "nothing: only the number of machines changes")


def _cluster(change: Change) -> Effect:
    if change.kind.destroys:
        return _lost(change)
    if change.differs("version"):
        return Effect(
            Grade.NONE,
            "nothing for users; its API is away for moments while the control plane is renewed",
            "none: EKS does not go back a version. Staging goes first",
        )
    return Effect(Grade.NONE, "nothing: the control plane alone changes")


def _balancer(change: Change) -> Effect:
    if change.kind.destroys:
        return Effect(Grade.OUTAGE, "no request gets in until the new one stands and its name is known: some minutes")
    return Effect(Grade.NONE, "nothing expected: changed in place")


def _rule(change: Change) -> Effect:
    """Of a firewall: what a rule that goes had let through stops, also on connections that are open."""
    if change.kind is Kind.DELETE:
        return Effect(Grade.SHORT, "what only this rule let through stops at once; see the openings")
    if change.kind is Kind.REPLACE and change.deleted_first is not False:
        return Effect(Grade.SHORT, "seconds without the rule: what only it let through stops and comes back")
    return Effect(Grade.NONE, "nothing but what the openings say")


def _record(change: Change) -> Effect:
    seconds = change.standing.properties.get("ttl")
    known = seconds is not None and seconds is not UNKNOWN
    patience = f"{seconds} s" if known else "a minute"
    if change.kind.destroys:
        return Effect(Grade.OUTAGE, f"the name is not found; those who asked before notice within {patience}")
    return Effect(Grade.SHORT, f"visitors move over as their memory of the name ends, within {patience}")


def _distribution(change: Change) -> Effect:
    if change.kind.destroys:
        return Effect(Grade.OUTAGE, "nobody gets in until another one is spread: a quarter of an hour")
    return Effect(
        Grade.NONE, "nothing; it takes some five minutes until all edges have it", f"{REVERT}: five minutes again"
    )


def _config_map(change: Change) -> Effect:
    if change.kind is Kind.DELETE:
        return Effect(Grade.SHORT, "pods that start from now on and mount it do not start")
    return Effect(Grade.NONE, "pods see the new content within a minute or two, or at their next start")


def _get(resource: Resource, path: str) -> object:
    return resource.get(path) if resource.is_known(path) else None


def _now(change: Change, name: str) -> object:
    return (change.after or change.standing).properties.get(name)


_RULES: Mapping[str, Callable[[Change], Effect]] = {
    "aws:rds/instance:Instance": _database,
    "kubernetes:apps/v1:Deployment": _deployment,
    "kubernetes:apps/v1:StatefulSet": _stateful_set,
    "kubernetes:apps/v1:DaemonSet": _daemon_set,
    "aws:eks/nodeGroup:NodeGroup": _node_group,
    "aws:eks/cluster:Cluster": _cluster,
    "aws:lb/loadBalancer:LoadBalancer": _balancer,
    "aws:lb/listener:Listener": _balancer,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rule,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rule,
    "kubernetes:networking.k8s.io/v1:NetworkPolicy": _rule,
    "aws:route53/record:Record": _record,
    "aws:cloudfront/distribution:Distribution": _distribution,
    "kubernetes:core/v1:ConfigMap": _config_map,
    "kubernetes:core/v1:Secret": _config_map,
}
