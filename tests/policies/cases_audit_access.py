"""Cases of policies/rules/audit_access.py."""

from typing import Any

from tests.policies.cases import UNKNOWN, Cases, aws, ref, stack
from tests.policies.of_property import ELSEWHERE, GIVEN, about

BALANCER = "lb/loadBalancer:LoadBalancer"
DISTRIBUTION = "cloudfront/distribution:Distribution"
ACL = "wafv2/webAcl:WebAcl"
ACL_LOGS = "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
SOURCE = "cloudwatch/logDeliverySource:LogDeliverySource"
BUCKET = "s3/bucket:Bucket"
LOGGING = "s3/bucketLogging:BucketLogging"
EVENTS = "s3/bucketNotification:BucketNotification"
DB = "rds/instance:Instance"
GROUP = "rds/parameterGroup:ParameterGroup"
PAGE = {"lifeline:data-class": "none"}
ALWAYS_KNOWN = {"unknown": "which resources there are is always known"}


def _header(*names: str) -> list[dict[str, Any]]:
    return [{"singleHeader": {"name": name}} for name in names]


def _group(**given: str) -> Any:
    return aws(GROUP, family="postgres15", parameters=[{"name": name, "value": value} for name, value in given.items()])


def _with_group(**given: str) -> Any:
    return stack(g=_group(**given), db=aws(DB, parameterGroupName=ref("g.name")))


CASES = {
    "LL-AUD-030": about(BALANCER, "accessLogs.enabled", [True], [False], literal=True),
    "LL-AUD-031": Cases(
        passing=[stack(a=aws(ACL), l=aws(ACL_LOGS, resourceArn=ref("a.arn")))],
        failing=[stack(a=aws(ACL)), stack(a=aws(ACL), o=aws(ACL), l=aws(ACL_LOGS, resourceArn=ref("o.arn")))],
        not_applicable=[ELSEWHERE],
        without=ALWAYS_KNOWN,
    ),
    "LL-AUD-032": Cases(
        passing=[stack(l=aws(ACL_LOGS, redactedFields=_header("Authorization", "cookie")))],
        failing=[stack(l=aws(ACL_LOGS)), stack(l=aws(ACL_LOGS, redactedFields=_header("cookie")))],
        not_applicable=[ELSEWHERE],
        unknown=[stack(l=aws(ACL_LOGS, redactedFields=UNKNOWN))],
    ),
    "LL-AUD-033": Cases(
        passing=[
            stack(d=aws(DISTRIBUTION), s=aws(SOURCE, resourceArn=ref("d.arn"))),
            stack(d=aws(DISTRIBUTION, loggingConfig={"bucket": "logs.s3.amazonaws.com"})),
        ],
        failing=[
            stack(d=aws(DISTRIBUTION)),
            stack(d=aws(DISTRIBUTION), e=aws(DISTRIBUTION), s=aws(SOURCE, resourceArn=ref("e.arn"))),
        ],
        not_applicable=[ELSEWHERE],
        without=GIVEN,
    ),
    "LL-AUD-034": Cases(
        passing=[
            stack(
                l=aws(BUCKET, bucket="l"), b=aws(BUCKET), c=aws(LOGGING, bucket=ref("b.id"), targetBucket=ref("l.id"))
            )
        ],
        failing=[
            stack(b=aws(BUCKET)),
            stack(b=aws(BUCKET), o=aws(BUCKET), c=aws(LOGGING, bucket=ref("o.id"), targetBucket="elsewhere")),
        ],
        not_applicable=[stack(b=aws(BUCKET, tags=PAGE)), ELSEWHERE],
        unknown=[stack(b=aws(BUCKET, loggings=UNKNOWN))],
    ),
    "LL-AUD-035": Cases(
        passing=[stack(b=aws(BUCKET), n=aws(EVENTS, bucket=ref("b.id"), eventbridge=True))],
        failing=[stack(b=aws(BUCKET)), stack(b=aws(BUCKET), o=aws(BUCKET), n=aws(EVENTS, bucket=ref("o.id")))],
        not_applicable=[stack(b=aws(BUCKET, tags=PAGE)), ELSEWHERE],
        without=ALWAYS_KNOWN,
    ),
    "LL-AUD-036": about(DB, "enabledCloudwatchLogsExports", [["postgresql"]], [[], ["upgrade"]]),
    "LL-AUD-037": Cases(
        passing=[stack(db=aws(DB, monitoringInterval=15, monitoringRoleArn="arn:r"))],
        failing=[stack(db=aws(DB)), stack(db=aws(DB, monitoringInterval=0)), stack(db=aws(DB, monitoringInterval=15))],
        not_applicable=[ELSEWHERE],
        unknown=[stack(db=aws(DB, monitoringInterval=UNKNOWN))],
    ),
    "LL-AUD-038": Cases(
        passing=[_with_group(log_connections="1", log_disconnections="on")],
        failing=[
            stack(db=aws(DB)),
            _with_group(log_connections="1"),
            _with_group(log_connections="0", log_disconnections="1"),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(g=aws(GROUP, parameters=UNKNOWN), db=aws(DB, parameterGroupName=ref("g.name")))],
    ),
    "LL-AUD-039": Cases(
        passing=[
            stack(g=_group(log_statement="ddl")),
            stack(g=_group(shared_preload_libraries="pgaudit,pg_stat_statements")),
        ],
        failing=[stack(g=_group()), stack(g=_group(log_statement="none"))],
        not_applicable=[stack(g=aws(GROUP, family="mysql8.0")), ELSEWHERE],
        unknown=[stack(g=aws(GROUP, family="postgres15", parameters=UNKNOWN))],
    ),
    "LL-AUD-040": about("ec2/launchTemplate:LaunchTemplate", "monitoring.enabled", [True], [False], literal=True),
    "LL-AUD-041": Cases(
        passing=[stack(db=aws(DB), s=aws("rds/eventSubscription:EventSubscription"))],
        failing=[stack(db=aws(DB)), stack(a=aws(DB), b=aws(DB))],
        not_applicable=[ELSEWHERE],
        without=ALWAYS_KNOWN,
    ),
}
