"""The way to help in a crisis is never limited, never blocked, never shut, and there when all else has failed."""

import re
from typing import TYPE_CHECKING

from policies.context import context_of
from policies.core.graph import Graph
from policies.core.resource import NotApplicable, Resource
from policies.core.rule import Problem, Problems, Severity, rule, stack_rule
from policies.joins.pods import DEPLOYMENT, labels_of, pod_of
from policies.joins.web_requests import MANAGED, OTHER, RATE, Request, blocking
from policies.rules.availability import autoscaler_of

if TYPE_CHECKING:
    from systems.model import System

_ACL = "aws:wafv2/webAcl:WebAcl"
_DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
_OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"
_PRIORITY = "kubernetes:scheduling.k8s.io/v1:PriorityClass"
_LANE = "lifeline.dev/lane"
_LINK = "https://988lifeline.org/"
_WAF = "https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-testing.html"
_FAILED = {500, 502, 503, 504}


def critical_system(graph: Graph) -> "System":
    system = context_of(graph).system
    if system is None or not system.critical_paths:
        raise NotApplicable("no platform with critical paths")
    return system


def _hosts(graph: Graph) -> list[str]:
    """Public names that the CDN answers for."""
    from systems.model import Audience

    given = [host for each in graph.of(_DISTRIBUTION) for host in each.texts("aliases")]
    zones = [str(each.get("name", "")) for each in graph.of("aws:route53/zone:Zone") if each.is_known("name")]
    labels = [host.label for host in critical_system(graph).edge.hosts if host.audience is Audience.PUBLIC]
    public = {f"{label}.{zone}" if label else zone for label in labels for zone in zones}
    return sorted(public & set(given))


def _blocked(acl: Resource, graph: Graph, *kinds: str, written: bool = False) -> Problems:
    system = critical_system(graph)
    hosts = _hosts(graph)
    if not hosts:
        raise NotApplicable("no public name leads here")
    seen: set[tuple[str, str]] = set()
    for path in system.critical_paths:
        for form in _otherwise(path) if written else (path, f"{path}/now"):
            for host in hosts:
                for each, kind in blocking(acl, Request(host, form)):
                    name = str(each.get("name", "the default action"))
                    if kind in kinds and (name, form) not in seen:
                        seen.add((name, form))
                        yield Problem(each.path, f"{form} counted and let through", f"{name} may block it")


def _otherwise(path: str) -> tuple[str, ...]:
    """The same path as programs and people write it."""
    encoded = f"/%{ord(path[1]):02x}{path[2:]}"
    return (path.upper(), f"/{path}", f"/.{path}", f"/x/..{path}", encoded)


@rule(
    "LL-CRI-001",
    "No managed rule blocks a critical path",
    _ACL,
    severity=Severity.CRITICAL,
    why="Distressed free text looks like an attack. Whoever is refused here may not try again.",
    fix='override_action={"count": {}} for critical paths, then a rule that allows them',
    link=_WAF,
)
def no_managed_block(acl: Resource, graph: Graph) -> Problems:
    yield from _blocked(acl, graph, MANAGED)


@rule(
    "LL-CRI-002",
    "No rate limit holds for critical paths",
    _ACL,
    severity=Severity.CRITICAL,
    why="A school, a shelter or a hospital shares one address; so does everybody behind a mobile network.",
    fix='scope_down_statement={"not_statement": ... critical paths}',
    link=_WAF,
)
def no_rate_limit(acl: Resource, graph: Graph) -> Problems:
    yield from _blocked(acl, graph, RATE)


@rule(
    "LL-CRI-003",
    "No rule of ours blocks a critical path",
    _ACL,
    severity=Severity.CRITICAL,
    why="A country, a header or a size is no reason to refuse somebody help.",
    fix="let the rule that allows critical paths come first",
    link=_WAF,
)
def no_other_block(acl: Resource, graph: Graph) -> Problems:
    yield from _blocked(acl, graph, OTHER)


@rule(
    "LL-CRI-004",
    "A critical path is known however it is written",
    _ACL,
    severity=Severity.HIGH,
    why="Old apps and links write it with capitals, double slashes or encoded letters: they lead to the same help.",
    fix="text_transformations URL_DECODE, NORMALIZE_PATH, LOWERCASE, with a lower-case search_string",
    link=_WAF,
)
def known_however_written(acl: Resource, graph: Graph) -> Problems:
    yield from _blocked(acl, graph, MANAGED, RATE, OTHER, written=True)


@rule(
    "LL-CRI-005",
    "No country is shut out",
    _DISTRIBUTION,
    severity=Severity.HIGH,
    why="People travel, and addresses are attributed wrongly.",
    fix='restrictions={"geo_restriction": {"restriction_type": "none"}}',
    link=_LINK,
)
def no_country_shut_out(distribution: Resource, graph: Graph) -> Problems:
    critical_system(graph)
    found = distribution.get("restrictions.geoRestriction.restrictionType", "none")
    if found != "none":
        yield Problem("restrictions.geoRestriction.restrictionType", "none", found)


@rule(
    "LL-CRI-006",
    "The page of last resort is served from storage, in two places",
    _DISTRIBUTION,
    severity=Severity.CRITICAL,
    why="It is wanted when servers, cluster or region have failed: it must need none of them.",
    fix="an ordered behavior for the page's path, to an origin group of two buckets",
    link="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html",
)
def page_from_storage(distribution: Resource, graph: Graph) -> Problems:
    system = critical_system(graph)
    path = system.crisis.page_path if system.crisis else ""
    behavior = next(
        (each for each in distribution.each("orderedCacheBehaviors") if each.get("pathPattern") == path), None
    )
    if behavior is None:
        yield Problem("orderedCacheBehaviors", f"one for {path}", "none")
        return
    groups = {each.get("originId"): each for each in distribution.each("originGroups")}
    group = groups.get(behavior.get("targetOriginId"))
    if group is None:
        yield Problem(behavior.at("targetOriginId"), "an origin group", behavior.get("targetOriginId"))
        return
    if len({each.get("originId") for each in group.each("members")}) < 2:
        yield Problem(group.at("members"), "two buckets", len(list(group.each("members"))))
    codes = {int(each) for each in group.texts("failoverCriteria.statusCodes")}
    if missing := sorted(_FAILED - codes):
        yield Problem(group.at("failoverCriteria.statusCodes"), "every way to fail", f"without {missing}")
    origins = {each.get("originId"): each for each in distribution.each("origins")}
    for member in group.each("members"):
        origin = origins.get(member.get("originId"))
        if origin is None or origin.get("customOriginConfig") or origin.get("vpcOriginConfig"):
            yield Problem(member.at("originId"), "a bucket", member.get("originId"))


@stack_rule(
    "LL-CRI-007",
    "The page of last resort lies in two regions, is small, and shows 988 first",
    severity=Severity.CRITICAL,
    why="It is read on a bad connection, in a bad moment: the number comes first, and at once.",
    fix="BucketObjectv2(key=page, content=rendered, region=...) in both regions",
    link=_LINK,
)
def page_is_there(graph: Graph) -> Problems:
    crisis = critical_system(graph).crisis
    assert crisis is not None, "a platform with critical paths has a crisis section (systems/model/system.py)"
    pages = [each for each in graph.of(_OBJECT) if each.get("key") == crisis.page_path.strip("/")]
    regions = {str(each.get("region", "the stack's own")) for each in pages}
    if len(regions) < 2:
        yield Problem("region", "the page in two regions", ", ".join(sorted(regions)) or "nowhere")
    for page in pages:
        text = str(page.get("content", ""))
        if (size := len(text.encode())) > crisis.page_maximum_bytes:
            yield Problem("content", f"{crisis.page_maximum_bytes} bytes at most", size, page)
        first, *others = (line.number for line in crisis.hotlines)
        shown = re.sub(r"<(style|script|head)\b.*?</\1>", "", text, flags=re.DOTALL)
        places = [shown.find(number) for number in others if number in shown]
        if first not in shown or any(place < shown.find(first) for place in places):
            yield Problem("content", f"{first} before every other number", "something else", page)


@rule(
    "LL-CRI-010",
    "Pods of critical paths are the last to go",
    DEPLOYMENT,
    severity=Severity.HIGH,
    why="When nodes are lost there is not room for all; these are started first and evicted last.",
    fix='priority_class_name="lifeline-crisis"',
    link="https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/",
)
def last_to_go(resource: Resource, graph: Graph) -> Problems:
    _in_critical_lane(resource)
    values = {str(each.get("metadata.name")): each.get("value", 0) for each in graph.of(_PRIORITY)}
    found = pod_of(resource).get("priorityClassName")
    if not values or values.get(str(found), 0) < max(values.values()):
        yield Problem("spec.template.spec.priorityClassName", "the highest class of the stack", found)


@rule(
    "LL-CRI-011",
    "Pods of critical paths are there before anybody needs them",
    DEPLOYMENT,
    severity=Severity.HIGH,
    why="An autoscaler answers a crisis some minutes late, and takes pods away when it is quiet.",
    fix="a fixed number of replicas, of their own",
    link="https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/",
)
def there_before(resource: Resource, graph: Graph) -> Problems:
    _in_critical_lane(resource)
    if autoscaler_of(resource, graph) is not None:
        yield Problem("metadata.name", "no autoscaler", "one")
    if resource.get("spec.replicas", 1) < 1:
        yield Problem("spec.replicas", "1 at least", resource.get("spec.replicas"))


def _in_critical_lane(resource: Resource) -> None:
    if labels_of(resource).get(_LANE) != "critical":
        raise NotApplicable("it serves no critical path")


@stack_rule(
    "LL-CRI-012",
    "Somebody outside asks whether help can be reached",
    severity=Severity.HIGH,
    why="From inside everything may look well while nobody gets through.",
    fix='aws.route53.HealthCheck(resource_path="/crisis/988/status", ...)',
    link="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover.html",
)
def asked_from_outside(graph: Graph) -> Problems:
    system = critical_system(graph)
    asked = [str(each.get("resourcePath", "")) for each in graph.of("aws:route53/healthCheck:HealthCheck")]
    for watched in (system.critical_paths, (system.crisis.page_path,) if system.crisis else ()):
        if watched and not any(path == each or path.startswith(f"{each}/") for path in asked for each in watched):
            yield Problem("resourcePath", f"a health check below {' or '.join(watched)}", asked or None)
