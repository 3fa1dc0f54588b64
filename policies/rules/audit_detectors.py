"""What looks at the account all the time, and the alarms that tell somebody."""

from policies.context import context_of
from policies.core.graph import Graph
from policies.core.resource import Resource
from policies.core.rule import Binds, Problem, Problems, Severity, rule, stack_rule
from policies.joins.expect import is_given, literal, not_literal

TRAIL = "aws:cloudtrail/trail:Trail"
RECORDER = "aws:cfg/recorder:Recorder"
_STATUS = "aws:cfg/recorderStatus:RecorderStatus"
_PACK = "aws:cfg/conformancePack:ConformancePack"
_DETECTOR = "aws:guardduty/detector:Detector"
_FEATURE = "aws:guardduty/detectorFeature:DetectorFeature"
_HUB = "aws:securityhub/account:Account"
_STANDARD = "aws:securityhub/standardsSubscription:StandardsSubscription"
_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
_COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
_FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
#: A stack that runs something in the account; one that only holds a record does not answer for the account.
_RUNS = ("aws:eks/cluster:Cluster", "aws:rds/instance:Instance", "aws:ec2/instance:Instance")
_CONFIG_LINK = "https://docs.aws.amazon.com/config/latest/developerguide/select-resources.html"
_ALARM_LINK = "https://docs.aws.amazon.com/config/latest/developerguide/cloudwatch-alarm-action-check.html"


@stack_rule(
    "LL-AUD-010",
    "Config records every resource",
    severity=Severity.HIGH,
    why="What was configured how at which time is asked after every incident.",
    fix="aws.cfg.Recorder and aws.cfg.RecorderStatus(is_enabled=True)",
    link=_CONFIG_LINK,
    needs=_RUNS,
    binds=Binds.HIPAA,
)
def config_records(graph: Graph) -> Problems:
    for kind in (RECORDER, _STATUS, "aws:cfg/deliveryChannel:DeliveryChannel"):
        if not graph.of(kind):
            yield Problem("", f"a resource {kind}", None)
    for status in graph.of(_STATUS):
        yield from literal(status, "isEnabled", True)


@rule(
    "LL-AUD-011",
    "Config records all types, global ones too",
    RECORDER,
    severity=Severity.MEDIUM,
    why="A type that is left out is where the change was.",
    fix='recording_group={"all_supported": True, "include_global_resource_types": True}',
    link=_CONFIG_LINK,
)
def config_all(recorder: Resource, graph: Graph) -> Problems:
    if not is_given(recorder, "recordingGroup"):
        return
    yield from literal(recorder, "recordingGroup.allSupported", True)


@stack_rule(
    "LL-AUD-012",
    "The rules that only a running account can answer are deployed",
    severity=Severity.HIGH,
    why="Root keys, second factors, patches and certificates are not seen before an update.",
    fix="aws.cfg.ConformancePack(..., template_body=the HIPAA pack)",
    link="https://docs.aws.amazon.com/config/latest/developerguide/operational-best-practices-for-hipaa_security.html",
    needs=_RUNS,
    binds=Binds.HIPAA,
)
def pack_deployed(graph: Graph) -> Problems:
    """Under another law Security Hub's standards do: they ask the same of root, keys and second factors."""
    packs = graph.of(_PACK)
    elsewhere = not context_of(graph).regime.hipaa and bool(graph.of(_STANDARD))
    if not packs and not elsewhere:
        yield Problem("", f"a resource {_PACK}", None)
    for pack in packs:
        body = str(pack.get("templateBody", ""))
        for identifier in ("ROOT_ACCOUNT_MFA_ENABLED", "IAM_ROOT_ACCESS_KEY_CHECK", "ACCESS_KEYS_ROTATED"):
            if body and identifier not in body:
                yield Problem("templateBody", identifier, None, pack)


@stack_rule(
    "LL-AUD-013",
    "Threats are detected",
    severity=Severity.HIGH,
    why="Known patterns of intrusion are found in the trail and the flow logs while they happen.",
    fix="aws.guardduty.Detector(..., enable=True)",
    link="https://docs.aws.amazon.com/config/latest/developerguide/guardduty-enabled-centralized.html",
    needs=_RUNS,
    binds=Binds.HIPAA,
)
def threats_detected(graph: Graph) -> Problems:
    detectors = graph.of(_DETECTOR)
    if not detectors:
        yield Problem("", f"a resource {_DETECTOR}", None)
    for each in detectors:
        yield from not_literal(each, "enable", False, "true")


@stack_rule(
    "LL-AUD-014",
    "Threats are looked for in buckets, clusters and databases",
    severity=Severity.MEDIUM,
    why="By default only the account's calls and its traffic are looked at.",
    fix='DetectorFeature(name="EKS_AUDIT_LOGS", status="ENABLED"), and S3_DATA_EVENTS, RDS_LOGIN_EVENTS',
    link="https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-features-activation-model.html",
    needs=(_DETECTOR,),
)
def threats_everywhere(graph: Graph) -> Problems:
    on = {str(each.get("name")) for each in graph.of(_FEATURE) if each.get("status") == "ENABLED"}
    wanted = {"S3_DATA_EVENTS"}
    if graph.of("aws:eks/cluster:Cluster"):
        wanted.add("EKS_AUDIT_LOGS")
    if graph.of("aws:rds/instance:Instance"):
        wanted.add("RDS_LOGIN_EVENTS")
    for name in sorted(wanted - on):
        yield Problem("name", f"{name} enabled", ", ".join(sorted(on)) or None)


@stack_rule(
    "LL-AUD-015",
    "Security Hub collects what is found",
    severity=Severity.MEDIUM,
    why="Findings of five services in five places are read by nobody.",
    fix="aws.securityhub.Account(...)",
    link="https://docs.aws.amazon.com/config/latest/developerguide/securityhub-enabled.html",
    needs=_RUNS,
    binds=Binds.HIPAA,
)
def hub_enabled(graph: Graph) -> Problems:
    if not graph.of(_HUB):
        yield Problem("", f"a resource {_HUB}", None)


@rule(
    "LL-AUD-016",
    "Every alarm tells somebody",
    _ALARM,
    _COMPOSITE,
    severity=Severity.HIGH,
    why="An alarm without an action is a light that nobody sees.",
    fix="alarm_actions=[topic.arn]",
    link=_ALARM_LINK,
)
def alarm_acts(alarm: Resource, graph: Graph) -> Problems:
    yield from not_literal(alarm, "actionsEnabled", False, "true")
    if not is_given(alarm, "alarmActions") and not _part_of_another(alarm, graph):
        yield Problem("alarmActions", "a topic", None)


def _part_of_another(alarm: Resource, graph: Graph) -> bool:
    """Combined into an alarm that does act."""
    name = str(alarm.get("name") or alarm.get("alarmName") or alarm.name)
    return any(f'"{name}"' in str(each.get("alarmRule", "")) for each in graph.of(_COMPOSITE) if each is not alarm)


@stack_rule(
    "LL-AUD-017",
    "Use of the root user raises an alarm",
    severity=Severity.HIGH,
    why="Nobody needs it; whoever uses it is an emergency or an intruder.",
    fix="LogMetricFilter(pattern='{ $.userIdentity.type = \"Root\" && ... }') and an alarm",
    link="https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html",
    needs=(TRAIL,),
)
def root_alarm(graph: Graph) -> Problems:
    yield from _watched(graph, "root", "Root")


@stack_rule(
    "LL-AUD-018",
    "Failed logins raise an alarm",
    severity=Severity.MEDIUM,
    why="Guessing shows before it succeeds.",
    fix='LogMetricFilter(pattern="{ $.eventName = ConsoleLogin && $.errorMessage = ... }") and an alarm',
    link="https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html",
    needs=(TRAIL,),
)
def login_alarm(graph: Graph) -> Problems:
    yield from _watched(graph, "failed logins", "ConsoleLogin", "Fail")


@stack_rule(
    "LL-AUD-019",
    "Changes to the trail raise an alarm",
    severity=Severity.HIGH,
    why="The first thing that an intruder does is to stop it.",
    fix='LogMetricFilter(pattern="{ $.eventName = StopLogging || ... }") and an alarm',
    link="https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html",
    needs=(TRAIL,),
)
def trail_alarm(graph: Graph) -> Problems:
    yield from _watched(graph, "changes to the trail", "StopLogging")


def _watched(graph: Graph, what: str, *words: str) -> Problems:
    filters = [each for each in graph.of(_FILTER) if all(word in str(each.get("pattern", "")) for word in words)]
    metrics = {str(each.get("metricTransformation.name")) for each in filters}
    if not filters:
        yield Problem("pattern", f"a metric filter for {what}", None)
    elif not any(str(each.get("metricName")) in metrics for each in graph.of(_ALARM)):
        yield Problem("metricName", f"an alarm on {', '.join(sorted(metrics))}", None)
