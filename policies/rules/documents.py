"""What a platform's document writes down to the letter: headers, TLS, hours of backups, how long what is kept.

A stack of nobody's document is judged by none of these.
"""

import re
import shlex
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from policies.core.graph import Graph
from policies.core.resource import NotApplicable, Resource, View
from policies.core.rule import Problem, Problems, Severity, rule, stack_rule
from policies.joins.proxies import FILE, configurations
from policies.rules.availability import system_or_none_here

if TYPE_CHECKING:
    from systems.model import Backups

_CONFIG_MAP, _CRON_JOB = "kubernetes:core/v1:ConfigMap", "kubernetes:batch/v1:CronJob"
_LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
_LOG_GROUP, _TRAIL = "aws:cloudwatch/logGroup:LogGroup", "aws:cloudtrail/trail:Trail"
_TRAILS_GROUP = "cloudWatchLogsGroupArn"
_ARCHIVED_BY = "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter"
_PASSWORD, _BYTES = "random:index/randomPassword:RandomPassword", "random:index/randomBytes:RandomBytes"
_TIER_TAG = "lifeline:backup-tier"
_HAPROXY = "https://docs.haproxy.org/2.6/configuration.html"
_SETS_HEADER = re.compile(r"^\s*http-(?:after-)?response set-header (.+)$")
_OLD_VERSIONS = ("SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")


@stack_rule(
    "LL-EDG-020",
    "HAProxy adds the documented headers to every answer",
    severity=Severity.HIGH,
    why="Headers keep what people wrote from other sites, frames and scripts; each is in the document for that.",
    fix='http-after-response set-header Strict-Transport-Security "max-age=31536000; includeSubDomains"',
    link=f"{_HAPROXY}#4.2-http-after-response%20set-header",
    needs=(_CONFIG_MAP,),
)
def documented_headers(graph: Graph) -> Problems:
    system = system_or_none_here(graph)
    for settings, lines in configurations(graph):
        for frontend, within in _public_frontends(lines):
            given = dict(_headers(within))
            for header in system.security_headers.headers:
                if (found := given.get(header.name.lower())) != header.value:
                    place = f"data[{FILE}] {frontend}"
                    yield Problem(place, f"{header.name}: {header.value}", found, settings)


@stack_rule(
    "LL-EDG-021",
    "HAProxy speaks the documented versions and ciphers of TLS",
    severity=Severity.HIGH,
    why="What is spoken inside the network carries the same conversations as what is spoken at the edge.",
    fix="ssl-default-bind-options ssl-min-ver TLSv1.2, ssl-default-bind-ciphers with the documented ones",
    link=f"{_HAPROXY}#3.1-ssl-default-bind-options",
    needs=(_CONFIG_MAP,),
)
def documented_tls(graph: Graph) -> Problems:
    tls = system_or_none_here(graph).tls
    least = tls.minimum_version.value
    for settings, lines in configurations(graph):
        defaults = " ".join(line for line in lines if line.strip().startswith("ssl-default-bind-options"))
        bound = [line for _, within in _public_frontends(lines) for line in within if _binds(line)]
        for line in bound:
            said = re.findall(r"ssl-min-ver (\S+)", line) or re.findall(r"ssl-min-ver (\S+)", defaults)
            if not said or _OLD_VERSIONS.index(said[0]) < _OLD_VERSIONS.index(least):
                yield Problem(f"data[{FILE}] ssl-min-ver", least, said[0] if said else None, settings)
        ciphers = re.findall(r"(?:ssl-default-bind-ciphers| ciphers) (\S+)", "\n".join(lines))
        foreign = [each for listed in ciphers for each in listed.split(":") if each not in tls.ciphers]
        if foreign or (least == "TLSv1.2" and not ciphers):
            yield Problem(f"data[{FILE}] ciphers", ":".join(tls.ciphers), ":".join(foreign) or None, settings)


def _public_frontends(lines: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Those that visitors' requests come in by: TLS is spoken there."""
    sections: list[list[str]] = []
    for line in lines:
        if line[:1].strip():
            sections.append([])
        if sections:
            sections[-1].append(line)
    for section in sections:
        if section[0].startswith("frontend ") and any(_binds(line) for line in section):
            yield section[0].strip(), section[1:]


def _binds(line: str) -> bool:
    words = line.split()
    return words[:1] == ["bind"] and "ssl" in words


def _headers(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Name and value of every header that is set whatever happens."""
    for line in lines:
        if (match := _SETS_HEADER.match(line)) and len(words := shlex.split(match[1])) == 2:
            yield words[0].lower(), words[1].replace("%%", "%")


@stack_rule(
    "LL-BAK-030",
    "Backups run when the document says",
    severity=Severity.HIGH,
    why="What was written since the last one is lost; the promise was reckoned with these hours.",
    fix="a CronJob for each kind of backup: schedule=kind.schedule, not suspended",
    link="https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/",
    needs=(_CRON_JOB,),
)
def documented_backups(graph: Graph) -> Problems:
    backups = system_or_none_here(graph).backups
    for kind in backups.kinds:
        yield from _runs(graph, f"backup-{kind.name}", kind.schedule)


@stack_rule(
    "LL-BAK-031",
    "Backups are read again, and restored for trial, when the document says",
    severity=Severity.HIGH,
    why="A backup that nobody has restored is a hope.",
    fix="CronJobs backup-verification and restore-drill with the documented schedules, not suspended",
    link="https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/",
    needs=(_CRON_JOB,),
)
def documented_trials(graph: Graph) -> Problems:
    backups = system_or_none_here(graph).backups
    yield from _runs(graph, "backup-verification", backups.verification_schedule)
    yield from _runs(graph, "restore-drill", backups.drill.schedule)


def _runs(graph: Graph, name: str, schedule: str) -> Problems:
    named = [each for each in graph.of(_CRON_JOB) if each.get("metadata.name") == name]
    if not named:
        yield Problem(f"spec.schedule of {name}", schedule, "no such job")
    for job in named:
        if job.get("spec.schedule") != schedule:
            yield Problem("spec.schedule", schedule, job.get("spec.schedule"), job)
        if job.get("spec.suspend") is True:
            yield Problem("spec.suspend", "false", True, job)


@rule(
    "LL-BAK-032",
    "Backups end with the documented tier they belong to",
    _LIFECYCLE,
    severity=Severity.HIGH,
    why="Too short and the year that is asked for is gone; too long and what was to be forgotten is kept.",
    fix='{"filter": {"prefix": "database/weekly/"}, "expiration": {"days": 84}}',
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html",
)
def documented_tiers(lifecycle: Resource, graph: Graph) -> Problems:
    backups = system_or_none_here(graph).backups
    wanted = {kept.tier.value: kept.days for kept in backups.kept}
    rules = [(each, tier) for each in lifecycle.each("rules") if (tier := _tier(each, backups)) in wanted]
    if not rules:
        raise NotApplicable("it holds no tier of backups")
    for each, tier in rules:
        if each.get("expiration.days") != wanted[tier]:
            yield Problem(each.at("expiration.days"), f"{wanted[tier]}", each.get("expiration.days"))
        if each.get("status") != "Enabled":
            yield Problem(each.at("status"), "Enabled", each.get("status"))


def _tier(ending: View, backups: "Backups") -> str:
    """Said by the objects' tag, or by the prefix where the document's names of backups have it."""
    if ending.get("filter.tag.key") == _TIER_TAG:
        return str(ending.get("filter.tag.value"))
    before, tier, _ = backups.key_layout.partition("{tier}")
    prefixes = (
        {
            f"{before.format(kind=kind.name)}{kept.tier.value}/": kept.tier.value
            for kind in backups.kinds
            for kept in backups.kept
        }
        if tier
        else {}
    )
    return prefixes.get(str(ending.get("filter.prefix")), "")


@rule(
    "LL-RET-016",
    "Logs are kept as long as the document says of their class",
    _LOG_GROUP,
    severity=Severity.HIGH,
    why="An inquiry a year later finds what was kept, and nothing else.",
    fix="retention_in_days of the class, or a subscription that takes it to the bucket of records",
    link="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
)
def documented_retention(group: Resource, graph: Graph) -> Problems:
    name = group.get("tags.lifeline:log-class")
    classes = {each.name: each.days for each in system_or_none_here(graph).retention.classes}
    wanted = classes.get(str(name))
    if wanted is None:
        raise NotApplicable("of no documented class")
    if group.get("retentionInDays", 0) >= wanted or _archived(group, graph):
        return
    yield Problem("retentionInDays", f"{wanted} at least, or archived", group.get("retentionInDays"))


def _archived(group: Resource, graph: Graph) -> bool:
    """A trail writes to its bucket by itself; of other groups a subscription takes everything along."""
    taken = graph.referring(group, "logGroup", _ARCHIVED_BY)
    return any(not each.get("filterPattern") for each in taken) or any(
        _writes(trail, group, graph) for trail in graph.of(_TRAIL)
    )


def _writes(trail: Resource, group: Resource, graph: Graph) -> bool:
    """Trails name a group by its ARN with `:*` behind it."""
    if group in graph.referred(trail, _TRAILS_GROUP, _LOG_GROUP):
        return True
    known = trail.is_known(_TRAILS_GROUP) and group.is_known("arn")
    return known and bool(group.get("arn")) and trail.get(_TRAILS_GROUP) == f"{group.get('arn')}:*"


@rule(
    "LL-ENC-028",
    "Generated secrets are as long as the document says",
    _PASSWORD,
    _BYTES,
    severity=Severity.HIGH,
    why="A key of fewer bits than were promised is a weaker promise, for everything that it ever encrypts.",
    fix="RandomPassword(length=secret.characters), RandomBytes(length=secret.minimum_bits // 8)",
    link="https://www.pulumi.com/registry/packages/random/api-docs/randombytes/",
)
def documented_lengths(made: Resource, graph: Graph) -> Problems:
    secrets = [each for each in system_or_none_here(graph).secrets.secrets if each.characters]
    if made.type == _PASSWORD:
        least = min((each.characters or 0 for each in secrets if not each.minimum_bits), default=0)
    else:
        least = min((each.minimum_bits // 8 for each in secrets if each.minimum_bits), default=0)
    if made.get("length", 0) < least:
        yield Problem("length", f"{least} at least", made.get("length"))
