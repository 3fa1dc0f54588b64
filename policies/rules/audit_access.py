"""Access logs and statements: who came, through which door, and what the database was asked."""

from policies.context import context_of
from policies.core.graph import Graph
from policies.core.resource import NotApplicable, Resource
from policies.core.rule import Problem, Problems, Severity, rule, stack_rule
from policies.joins.buckets import BUCKET, is_copy, parts
from policies.joins.databases import DATABASE, PARAMETERS, parameters
from policies.joins.expect import given, is_given, literal

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
_ACL = "aws:wafv2/webAcl:WebAcl"
_ACL_LOGS = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
_SOURCE = "aws:cloudwatch/logDeliverySource:LogDeliverySource"
_NOTIFICATION = "aws:s3/bucketNotification:BucketNotification"
_S3_LOGS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html"
_RDS_LOGS = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.html"


@rule(
    "LL-AUD-030",
    "Balancers keep access logs",
    BALANCER,
    severity=Severity.HIGH,
    why="They are the one place that sees every request with its time.",
    fix='access_logs={"bucket": logs.bucket, "enabled": True}',
    link="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html",
)
def balancer_logs(balancer: Resource, graph: Graph) -> Problems:
    yield from literal(balancer, "accessLogs.enabled", True)


@rule(
    "LL-AUD-031",
    "Firewalls of the edge keep logs",
    _ACL,
    severity=Severity.HIGH,
    why="Who was refused, and whether somebody in need was among them, is only there.",
    fix="aws.wafv2.WebAclLoggingConfiguration(..., resource_arn=acl.arn)",
    link="https://docs.aws.amazon.com/waf/latest/developerguide/logging.html",
)
def acl_logs(acl: Resource, graph: Graph) -> Problems:
    if not any(graph.referring(acl, "resourceArn", _ACL_LOGS)):
        yield Problem("", "a logging configuration of this firewall", None)


@rule(
    "LL-AUD-032",
    "Logs of the edge's firewall leave out what identifies",
    _ACL_LOGS,
    severity=Severity.MEDIUM,
    why="A session's cookie or a token in a log is a session for whoever reads the log.",
    fix='redacted_fields=[{"single_header": {"name": "authorization"}}, {"single_header": {"name": "cookie"}}]',
    link="https://docs.aws.amazon.com/waf/latest/developerguide/logging-management.html",
)
def acl_logs_redacted(logging: Resource, graph: Graph) -> Problems:
    redacted = {str(each.get("singleHeader.name", "")).lower() for each in logging.each("redactedFields")}
    for header in ("authorization", "cookie"):
        if header not in redacted:
            yield Problem("redactedFields", header, ", ".join(sorted(redacted - {""})) or None)


@rule(
    "LL-AUD-033",
    "Distributions keep access logs",
    DISTRIBUTION,
    severity=Severity.HIGH,
    why="What the edge answered from its cache reaches no other log.",
    fix="aws.cloudwatch.LogDeliverySource(..., resource_arn=distribution.arn), or logging_config",
    link="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/AccessLogs.html",
)
def distribution_logs(distribution: Resource, graph: Graph) -> Problems:
    if any(graph.referring(distribution, "resourceArn", _SOURCE)):
        return
    if not is_given(distribution, "loggingConfig"):
        yield Problem("loggingConfig", "a bucket, or a delivery source of logs", None)


@rule(
    "LL-AUD-034",
    "Buckets of data log who reads them",
    BUCKET,
    severity=Severity.MEDIUM,
    why="The list of who read a file is what a breach notice is written from.",
    fix="aws.s3.BucketLogging(..., target_bucket=logs.bucket)",
    link=_S3_LOGS,
)
def bucket_logs(bucket: Resource, graph: Graph) -> Problems:
    if _receives_logs(bucket, graph):
        raise NotApplicable("it receives such logs itself: logging into itself never ends")
    if _public_page(bucket):
        raise NotApplicable("public pages, logged at the edge")
    system = context_of(graph).system
    if system is not None and not system.production and is_copy(bucket, graph):
        raise NotApplicable("a copy outside of production: nobody's data is in it")
    if not parts(bucket, graph, "logging"):
        yield Problem("", "access logs of this bucket", None)


def _receives_logs(bucket: Resource, graph: Graph) -> bool:
    return any(graph.referring(bucket, "targetBucket", "aws:s3/bucketLogging:BucketLogging"))


def _public_page(bucket: Resource) -> bool:
    return bucket.is_known("tags") and bucket.get("tags", {}).get("lifeline:data-class") in ("none", "public")


@rule(
    "LL-AUD-035",
    "Buckets say what happens in them",
    BUCKET,
    severity=Severity.LOW,
    why="Scans, alarms and copies start from these events.",
    fix="aws.s3.BucketNotification(..., eventbridge=True)",
    link="https://docs.aws.amazon.com/config/latest/developerguide/s3-event-notifications-enabled.html",
)
def bucket_events(bucket: Resource, graph: Graph) -> Problems:
    if _public_page(bucket):
        raise NotApplicable("public pages, changed only by an update")
    if not any(graph.referring(bucket, "bucket", _NOTIFICATION)):
        yield Problem("", "notifications of this bucket", None)


@rule(
    "LL-AUD-036",
    "Databases send their logs on",
    DATABASE,
    severity=Severity.HIGH,
    why="On the database itself they are gone after days, and whoever is in can read on.",
    fix='enabled_cloudwatch_logs_exports=["postgresql", "upgrade"]',
    link=_RDS_LOGS,
)
def database_logs(database: Resource, graph: Graph) -> Problems:
    exported = set(database.texts("enabledCloudwatchLogsExports"))
    if not exported & {"postgresql", "audit", "error", "general"}:
        yield Problem("enabledCloudwatchLogsExports", "postgresql", ", ".join(sorted(exported)) or None)


@rule(
    "LL-AUD-037",
    "Databases are watched from inside",
    DATABASE,
    severity=Severity.MEDIUM,
    why="The hypervisor does not see which process takes the memory.",
    fix="monitoring_interval=15, monitoring_role_arn=role.arn",
    link="https://docs.aws.amazon.com/config/latest/developerguide/rds-enhanced-monitoring-enabled.html",
)
def database_watched(database: Resource, graph: Graph) -> Problems:
    if not database.get("monitoringInterval"):
        yield Problem("monitoringInterval", "1 to 60 seconds", database.get("monitoringInterval"))
    yield from given(database, "monitoringRoleArn", "the ARN of a role")


@rule(
    "LL-AUD-038",
    "Databases log who connects",
    DATABASE,
    severity=Severity.HIGH,
    why="Access to records begins with a connection.",
    fix='{"name": "log_connections", "value": "1"}, {"name": "log_disconnections", "value": "1"}',
    link=_RDS_LOGS,
)
def connections_logged(database: Resource, graph: Graph) -> Problems:
    if graph.one(database, "parameterGroupName", PARAMETERS) is None:
        yield Problem("parameterGroupName", "a parameter group with log_connections", None)
        return
    found = parameters(database, graph)
    for name in ("log_connections", "log_disconnections"):
        if found.get(name) not in ("1", "on", "true"):
            yield Problem(f"parameters.{name}", "1", found.get(name))


@rule(
    "LL-AUD-039",
    "Databases log who changes what",
    PARAMETERS,
    severity=Severity.MEDIUM,
    why="A table that was dropped was dropped by somebody.",
    fix='{"name": "log_statement", "value": "ddl"}, or pgaudit among shared_preload_libraries',
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.pgaudit.html",
)
def statements_logged(group: Resource, graph: Graph) -> Problems:
    if not str(group.get("family", "postgres")).startswith("postgres"):
        raise NotApplicable("another engine than PostgreSQL")
    found = {str(each.get("name")): str(each.get("value", "")) for each in group.each("parameters")}
    audited = "pgaudit" in found.get("shared_preload_libraries", "")
    if not audited and found.get("log_statement") not in ("ddl", "mod", "all"):
        yield Problem("parameters.log_statement", "ddl", found.get("log_statement"))


@rule(
    "LL-AUD-040",
    "Machines are measured every minute",
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:ec2/instance:Instance",
    severity=Severity.LOW,
    why="Five minutes hide what fails in one.",
    fix='monitoring={"enabled": True}',
    link="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/manage-detailed-monitoring.html",
)
def machine_measured(machine: Resource, graph: Graph) -> Problems:
    if machine.type.endswith(":Instance"):
        yield from literal(machine, "monitoring", True)
    else:
        yield from literal(machine, "monitoring.enabled", True)


@stack_rule(
    "LL-AUD-041",
    "Failures of databases reach somebody",
    severity=Severity.MEDIUM,
    why="A failover that nobody noticed is a zone that is missing at the next.",
    fix="aws.rds.EventSubscription(..., sns_topic=topic.arn)",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.overview.html",
    needs=(DATABASE,),
)
def database_events(graph: Graph) -> Problems:
    if not graph.of("aws:rds/eventSubscription:EventSubscription"):
        yield Problem("", "an event subscription for databases", None)
