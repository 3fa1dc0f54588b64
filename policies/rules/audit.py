"""The trail of who did what: complete, in every region, unalterable."""

from policies.core.graph import Graph
from policies.core.resource import Resource, View
from policies.core.rule import Problem, Problems, Severity, rule, stack_rule
from policies.joins.buckets import BUCKET
from policies.joins.expect import given, literal, not_literal

TRAIL = "aws:cloudtrail/trail:Trail"
#: A stack that runs something in the account; one that only holds a record does not answer for the account.
_RUNS = ("aws:eks/cluster:Cluster", "aws:rds/instance:Instance", "aws:ec2/instance:Instance")
_TRAIL_LINK = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html"


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
