"""What single resources cost a month by the table of list prices: machines, databases, disks, endpoints, checks."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

from policies.core.graph import Graph
from policies.core.resource import UNKNOWN, Resource, UnknownValue

#: Class of cost, USD a month, and of what.
Lines = Iterator[tuple[str, float, str]]

_INSTANCE = "aws:rds/instance:Instance"
_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
_FREE_IOPS = {"database_gp3": 3_000, "database_gp3_large": 12_000}
#: RDS spreads storage from this size on over four volumes.
_LARGE_STORAGE_GIB = 400
_UNITS = {"Ki": 2**-20, "Mi": 2**-10, "Gi": 1.0, "Ti": 2.0**10, "K": 1e3 / 2**30, "M": 1e6 / 2**30, "G": 1e9 / 2**30}


@cache
def table() -> Mapping[str, Any]:
    return yaml.safe_load(Path(__file__).with_name("prices.yaml").read_text(encoding="utf-8"))


@dataclass
class Stack:
    """What else stands beside a resource, and what no price was found for."""

    graph: Graph
    unpriced: list[str] = field(default_factory=list[str])

    def lines(self, resource: Resource) -> Lines:
        if flat := table()["flat"].get(resource.type):
            yield flat["class"], flat["monthly"], ""
        if computed := COMPUTED.get(resource.type):
            try:
                yield from computed(resource, self)
            except UnknownValue as unknown:
                self.unpriced.append(f"`{resource.name}`, whose {unknown.path} is only known after the update")

    def hours(self, families: str, given: object) -> float | None:
        """A month of `m7i.2xlarge` or `db.m7g.large`; None where the table lacks it."""
        family, _, size = str(given).removeprefix("db.").partition(".")
        price, factor = table()[families].get(family), table()["sizes"].get(size)
        if price is None or factor is None:
            self.unpriced.append(f"`{given}`")
            return None
        return price * factor * table()["hours_a_month"]


def _database(resource: Resource, stack: Stack) -> Lines:
    copies, given = 2 if resource.properties.get("multiAz") is True else 1, resource.properties.get("instanceClass")
    month = stack.hours("databases", given)
    if month is not None:
        yield "databases", month * copies, str(given)
    source = _source(resource, stack.graph)
    size = _number(resource.properties.get("allocatedStorage")) or _number(
        source.properties.get("allocatedStorage") if source else None
    )
    kind = f"database_{resource.properties.get('storageType') or 'gp2'}"
    if size and kind in table()["storage"]:
        yield "storage", size * table()["storage"][kind] * copies, f"{size:.0f} GiB"
        free = _FREE_IOPS.get(f"{kind}_large" if size >= _LARGE_STORAGE_GIB else kind, 0)
        beyond = max(0.0, (_number(resource.properties.get("iops")) or 0) - free)
        if beyond:
            yield "storage", beyond * table()["iops"].get(kind, 0) * copies, f"{beyond:.0f} IOPS"


def _source(resource: Resource, graph: Graph) -> Resource | None:
    """A replica has the storage of its primary, whose name is the only thing it may know."""
    named = resource.properties.get("replicateSourceDb")
    if not named:
        return None
    for each in graph.of(_INSTANCE):
        if named is not UNKNOWN and named in (each.properties.get("identifier"), each.properties.get("arn")):
            return each
    others = [each for each in graph.of(_INSTANCE) if not each.properties.get("replicateSourceDb")]
    return others[0] if len(others) == 1 else None


def _node_group(resource: Resource, stack: Stack) -> Lines:
    """At the number wanted; what an autoscaler adds comes on top."""
    nodes = _number(_known(resource, "scalingConfig.desiredSize")) or 0
    types = _list(resource, "instanceTypes") or ["t3.medium"]
    month = stack.hours("machines", types[0])
    if month is not None:
        yield "machines", month * nodes, f"{nodes:.0f} x {types[0]}"
    disk = _number(resource.properties.get("diskSize")) or _template_disk(resource, stack.graph)
    if disk and nodes:
        yield "storage", nodes * disk * table()["storage"]["gp3"], f"{nodes:.0f} x {disk:.0f} GiB"


def _template_disk(group: Resource, graph: Graph) -> float:
    """Of the template it names; before its id is known the largest of its component."""
    named = _known(group, "launchTemplate.id")
    siblings = [each for each in graph.of(_TEMPLATE) if each.parent == group.parent]
    own = [each for each in graph.of(_TEMPLATE) if each.id and each.id == named]
    return max((_disk_of(each) for each in own or siblings), default=0.0)


def _instance(resource: Resource, stack: Stack) -> Lines:
    month = stack.hours("machines", resource.properties.get("instanceType"))
    if month is not None:
        yield "machines", month, str(resource.properties.get("instanceType"))


def _volume(resource: Resource, stack: Stack) -> Lines:
    size = _number(resource.properties.get("size")) or 0
    price = table()["storage"].get(str(resource.properties.get("type") or "gp2"), table()["storage"]["gp3"])
    yield "storage", size * price, f"{size:.0f} GiB"


def _stateful_set(resource: Resource, stack: Stack) -> Lines:
    pods = _number(_known(resource, "spec.replicas")) or 1
    for claim in resource.each("spec.volumeClaimTemplates"):
        yield from _claim_lines(claim.get("spec.resources.requests.storage"), pods)


def _claim(resource: Resource, stack: Stack) -> Lines:
    yield from _claim_lines(_known(resource, "spec.resources.requests.storage"), 1)


def _claim_lines(size: object, count: float) -> Lines:
    gib = _gibibytes(size)
    if gib:
        yield "storage", count * gib * table()["storage"]["gp3"], f"{count:.0f} x {gib:.0f} GiB"


def _endpoint(resource: Resource, stack: Stack) -> Lines:
    if resource.properties.get("vpcEndpointType") == "Interface":
        zones = len(_list(resource, "subnetIds")) or 1
        yield "endpoints", zones * table()["monthly"]["endpoint_and_zone"], f"{zones} zones"


def _secret(resource: Resource, stack: Stack) -> Lines:
    count = 1 + len(_list(resource, "replicas"))
    yield "keys and secrets", count * table()["monthly"]["secret_copy"], f"{count} copies" if count > 1 else ""


def _web_firewall(resource: Resource, stack: Stack) -> Lines:
    count, monthly = len(_list(resource, "rules")), table()["monthly"]
    yield "web firewall", monthly["web_firewall"] + count * monthly["web_firewall_rule"], f"{count} rules"


def _health_check(resource: Resource, stack: Stack) -> Lines:
    if resource.properties.get("type") in ("CALCULATED", "CLOUDWATCH_METRIC"):
        yield "watching", table()["monthly"]["health_check"], ""
        return
    kind = str(resource.properties.get("type"))
    features = ("HTTPS" in kind) + ("STR_MATCH" in kind) + bool(resource.properties.get("measureLatency"))
    features += _number(resource.properties.get("requestInterval")) == 10
    yield "watching", table()["monthly"]["health_check"] + features * table()["monthly"]["health_check_feature"], ""


def _alarm(resource: Resource, stack: Stack) -> Lines:
    """AWS bills an alarm by the metrics it looks at."""
    looked_at = [each for each in resource.each("metricQueries") if each.get("metric")]
    fast = (_number(resource.properties.get("period")) or 60) < 60
    price = table()["monthly"]["fast_alarm" if fast else "alarm"]
    yield "watching", price * max(1, len(looked_at)), ""


def _disk_of(template: Resource) -> float:
    return sum(_number(each.get("ebs.volumeSize")) or 0.0 for each in template.each("blockDeviceMappings"))


def _known(resource: Resource, path: str) -> object:
    return resource.get(path) if resource.is_known(path) else None


def _list(resource: Resource, path: str) -> list[object]:
    value = _known(resource, path)
    return cast("list[object]", value) if isinstance(value, list) else []


def _number(value: object) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(str(value))
    except ValueError:
        return None


def _gibibytes(quantity: object) -> float:
    text = str(quantity or "")
    for unit, factor in _UNITS.items():
        if text.endswith(unit):
            return (_number(text.removesuffix(unit)) or 0.0) * factor
    return (_number(text) or 0.0) / 2**30


COMPUTED: Mapping[str, Callable[[Resource, Stack], Lines]] = {
    _INSTANCE: _database,
    "aws:eks/nodeGroup:NodeGroup": _node_group,
    "aws:ec2/instance:Instance": _instance,
    "aws:ebs/volume:Volume": _volume,
    "aws:ec2/vpcEndpoint:VpcEndpoint": _endpoint,
    "aws:secretsmanager/secret:Secret": _secret,
    "aws:wafv2/webAcl:WebAcl": _web_firewall,
    "aws:route53/healthCheck:HealthCheck": _health_check,
    "aws:cloudwatch/metricAlarm:MetricAlarm": _alarm,
    "kubernetes:apps/v1:StatefulSet": _stateful_set,
    "kubernetes:core/v1:PersistentVolumeClaim": _claim,
}
