"""Cases of policies/rules/retention.py."""

from typing import Any

from tests.policies.cases import UNKNOWN, Cases, Given, aws, ref, stack
from tests.policies.of_property import ELSEWHERE, WRITTEN, about

BUCKET = "s3/bucket:Bucket"
LOCK = "s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
LIFECYCLE = "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
RECORDS = aws(BUCKET, bucket="prod-records", objectLockEnabled=True)
FILES = aws(BUCKET, bucket="prod-files")
POD = {"pod": Given("kubernetes:core/v1:Pod", {})}
TYPES = {"unknown": "the kind of a resource is always known"}


def _locked(bucket: Given, **kept: Any) -> Any:
    return stack(b=bucket, l=aws(LOCK, bucket=ref("b.bucket"), rule={"defaultRetention": kept}))


def _expires(bucket: Given, days: Any) -> Any:
    return stack(b=bucket, l=aws(LIFECYCLE, bucket=ref("b.bucket"), rules=[{"expiration": {"days": days}}]))


CASES = {
    "LL-RET-001": Cases(
        passing=[ELSEWHERE],
        failing=[
            stack(s=aws("gamelift/fleet:Fleet")),
            stack(z=aws("route53/zone:Zone"), c=aws("chatbot/slackChannel:SlackChannel")),
        ],
        not_applicable=[POD],
        without=TYPES,
    ),
    "LL-RET-002": Cases(
        passing=[ELSEWHERE],
        failing=[stack(t=aws("dynamodb/table:Table")), stack(c=aws("rds/cluster:Cluster"))],
        not_applicable=[POD],
        without=TYPES,
    ),
    "LL-RET-010": about("cloudwatch/logGroup:LogGroup", "retentionInDays", [2557, 90], [0]),
    "LL-RET-011": Cases(
        passing=[_locked(RECORDS, mode="COMPLIANCE", days=2557), _locked(RECORDS, mode="COMPLIANCE", years=7)],
        failing=[_locked(RECORDS, mode="COMPLIANCE", days=365), _locked(RECORDS, mode="COMPLIANCE", years=5)],
        not_applicable=[_locked(FILES, days=7), ELSEWHERE],
        unknown=[_locked(RECORDS, days=UNKNOWN)],
    ),
    "LL-RET-012": about(LOCK, "rule.defaultRetention.mode", ["COMPLIANCE"], ["GOVERNANCE"], literal=True),
    "LL-RET-013": Cases(
        passing=[_locked(RECORDS, days=2557)],
        failing=[stack(b=RECORDS), _locked(aws(BUCKET, bucket="prod-records"), days=2557)],
        not_applicable=[stack(b=FILES), ELSEWHERE],
        without=WRITTEN,
    ),
    "LL-RET-014": Cases(
        passing=[_expires(RECORDS, 2557), stack(b=RECORDS, l=aws(LIFECYCLE, bucket=ref("b.bucket"), rules=[]))],
        failing=[_expires(RECORDS, 365), _expires(RECORDS, 2190)],
        not_applicable=[_expires(FILES, 30), ELSEWHERE],
        unknown=[_expires(RECORDS, UNKNOWN)],
    ),
    "LL-RET-015": Cases(
        passing=[stack(l=aws(LIFECYCLE, rules=[{"abortIncompleteMultipartUpload": {"daysAfterInitiation": 7}}]))],
        failing=[stack(l=aws(LIFECYCLE, rules=[])), stack(l=aws(LIFECYCLE, rules=[{"expiration": {"days": 7}}]))],
        not_applicable=[ELSEWHERE],
        unknown=[stack(l=aws(LIFECYCLE, rules=UNKNOWN))],
    ),
}
