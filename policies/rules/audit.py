"""The trail of who did what: complete, in every region, unalterable, and watched."""

from policies.core.graph import Graph
from policies.core.resource import Resource, View
from policies.core.rule import Binds, Problem, Problems, Severity, rule, stack_rule
from policies.joins.buckets import BUCKET
from policies.joins.expect import given, is_given, literal, not_literal

TRAIL = "aws:cloudtrail/trail:Trail"
RECORDER = "aws:cfg/recorder:Recorder"
_STATUS = "aws:cfg/recorderStatus:RecorderStatus"
_PACK = "aws:cfg/conformancePack:ConformancePack"
_DETECTOR = "aws:guardduty/detector:Detector"
_FEATURE = "aws:guardduty/detectorFeature:DetectorFeature"
_HUB = "aws:securityhub/account:Account"
_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
_COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
_FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
#: A stack that runs something in the account; one that only holds a record does not answer for the account.
_RUNS = ("aws:eks/cluster:Cluster", "aws:rds/instance:Instance", "aws:ec2/instance:Instance")
_TRAIL_LINK = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html"
_CONFIG_LINK = "https://docs.aws.amazon.com/config/latest/developerguide/select-resources.html"
_ALARM_LINK = "https://docs.aws.amazon.com/config/latest/developerguide/cloudwatch-alarm-action-check.html"


@stack_rule(
    "LL-AUD-001",
    "There is a trail",
    severity=Severity.CRITICAL,
    why="Without it nobody can say what an intruder, or a colleague, did.",
    fix="aws.cloudtrail.Trail(...)",
    link=_TRAIL_LINK,
    needs=_RUNS,
)
def has_trail(graph: Graph) -> Problems:
    trails = graph.of(TRAIL)
    if not trails:
        yield Problem("", f"a resource {TRAIL}", None)
    for trail in trails:
        yield from not_literal(trail, "enableLogging", False, "true")


@rule(
    "LL-AUD-002",
    "The trail sees every region",
    TRAIL,
    severity=Severity.HIGH,
    why="Intruders work where nobody looks.",
    fix="is_multi_region_trail=True",
    link=_TRAIL_LINK,
)
def trail_every_region(trail: Resource, graph: Graph) -> Problems:
    yield from literal(trail, "isMultiRegionTrail", True)


@rule(
    "LL-AUD-003",
    "The trail's files cannot be altered unseen",
    TRAIL,
    severity=Severity.HIGH,
    why="A record that could have been changed proves nothing.",
    fix="enable_log_file_validation=True",
    link="https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html",
)
def trail_validated(trail: Resource, graph: Graph) -> Problems:
    yield from literal(trail, "enableLogFileValidation", True)


@rule(
    "LL-AUD-004",
    "The trail goes to a log group as well",
    TRAIL,
    severity=Severity.HIGH,
    why="Files arrive after a quarter of an hour; alarms are made of the log group.",
    fix='cloud_watch_logs_group_arn=f"{group.arn}:*", cloud_watch_logs_role_arn=role.arn',
    link="https://docs.aws.amazon.com/awscloudtrail/latest/userguide/send-cloudtrail-events-to-cloudwatch-logs.html",
)
def trail_to_logs(trail: Resource, graph: Graph) -> Problems:
    yield from given(trail, "cloudWatchLogsGroupArn", "the ARN of a log group")
    yield from given(trail, "cloudWatchLogsRoleArn", "the ARN of a role")


@rule(
    "LL-AUD-005",
    "The trail sees what is done with objects",
    TRAIL,
    severity=Severity.HIGH,
    why="Reading a patient's file is a call on an object, which trails leave out unless told.",
    fix="advanced_event_selectors for AWS::S3::Object",
    link="https://docs.aws.amazon.com/config/latest/developerguide/cloudtrail-s3-dataevents-enabled.html",
)
def trail_sees_objects(trail: Resource, graph: Graph) -> Problems:
    plain = [each for selector in trail.each("eventSelectors") for each in selector.each("dataResources")]
    if any(each.get("type") == "AWS::S3::Object" for each in plain):
        return
    if not any(_selects(selector, "AWS::S3::Object") for selector in _selectors(trail)):
        yield Problem("advancedEventSelectors", "AWS::S3::Object", None)


def _selectors(trail: Resource) -> list[View]:
    return list(trail.each("advancedEventSelectors")) if trail.is_known("advancedEventSelectors") else []


def _selects(selector: View, value: str) -> bool:
    return any(value in field.texts("equals") for field in selector.each("fieldSelectors"))


@rule(
    "LL-AUD-006",
    "The trail sees who reads and who writes",
    TRAIL,
    severity=Severity.HIGH,
    why="Taking data is reading.",
    fix='advanced_event_selectors with eventCategory "Management" and no readOnly field',
    link=_TRAIL_LINK,
)
def trail_sees_management(trail: Resource, graph: Graph) -> Problems:
    advanced = list(trail.each("advancedEventSelectors"))
    if advanced and not any(_selects(selector, "Management") for selector in advanced):
        yield Problem("advancedEventSelectors", "eventCategory = Management", None)
    for selector in trail.each("eventSelectors"):
        if selector.get("readWriteType", "All") != "All" or selector.get("includeManagementEvents", True) is not True:
            yield Problem(selector.at("readWriteType"), "All", selector.get("readWriteType"))


@rule(
    "LL-AUD-007",
    "The trail sees global services",
    TRAIL,
    severity=Severity.MEDIUM,
    why="Roles and policies are changed in a global service.",
    fix="include_global_service_events=True (the default)",
    link=_TRAIL_LINK,
)
def trail_global(trail: Resource, graph: Graph) -> Problems:
    yield from not_literal(trail, "includeGlobalServiceEvents", False, "true")


@rule(
    "LL-AUD-008",
    "The trail's bucket is locked",
    TRAIL,
    severity=Severity.HIGH,
    why="Whoever can delete the record can deny the deed.",
    fix="object_lock_enabled=True and BucketObjectLockConfiguration on the bucket",
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html",
)
def trail_locked(trail: Resource, graph: Graph) -> Problems:
    bucket = graph.one(trail, "s3BucketName", BUCKET)
    if bucket is None:
        yield Problem("s3BucketName", "a bucket of this stack", None)
    elif bucket.get("objectLockEnabled") is not True and not bucket.get("objectLockConfiguration"):
        yield Problem("objectLockEnabled", "true", bucket.get("objectLockEnabled"), bucket)


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
    packs = graph.of(_PACK)
    if not packs:
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
    yield from _watched(graph, "Root", "root")


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
    yield from _watched(graph, "ConsoleLogin", "failed logins")


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
    yield from _watched(graph, "StopLogging", "changes to the trail")


def _watched(graph: Graph, word: str, what: str) -> Problems:
    filters = [each for each in graph.of(_FILTER) if word in str(each.get("pattern", ""))]
    metrics = {str(each.get("metricTransformation.name")) for each in filters}
    if not filters:
        yield Problem("pattern", f"a metric filter for {what}", None)
    elif not any(str(each.get("metricName")) in metrics for each in graph.of(_ALARM)):
        yield Problem("metricName", f"an alarm on {', '.join(sorted(metrics))}", None)
