"""Cases of policies/rules/backup.py."""

from typing import Any

from tests.policies.cases import UNKNOWN, Cases, Given, Stack, aws, ref, stack
from tests.policies.of_property import ELSEWHERE, WRITTEN, about

DB = "rds/instance:Instance"
BUCKET = "s3/bucket:Bucket"
VAULT = "backup/vault:Vault"
PLAN = "backup/plan:Plan"
SELECTION = "backup/selection:Selection"
LOCK = "backup/vaultLockConfiguration:VaultLockConfiguration"
VERSIONS = "s3/bucketVersioning:BucketVersioning"
LIFECYCLE = "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
REPLICATION = "s3/bucketReplicationConfig:BucketReplicationConfig"
STAGING = {"lifeline:system": "astral-core-v2", "lifeline:environment": "staging"}
OURS = {"lifeline:system": "astral-core-v2", "lifeline:environment": "production"}
PAGE = {"lifeline:data-class": "none"}
DAILY = {"schedule": "cron(0 3 * * ? *)", "lifecycle": {"deleteAfter": 35}}
ALWAYS_KNOWN = {"unknown": "which resources there are is always known"}


def _plan(*rules: Any) -> Any:
    return stack(p=aws(PLAN, rules=list(rules)))


def _backed_up(selection: Given) -> Stack:
    return stack(
        db=aws(DB, tags={"backup": "daily"}),
        v=aws(VAULT, name="vault"),
        p=aws(PLAN, rules=[{"targetVaultName": "vault"}]),
        s=selection,
    )


CASES = {
    "LL-BAK-001": Cases(
        passing=[stack(db=aws(DB, backupRetentionPeriod=7)), stack(db=aws(DB, backupRetentionPeriod=35, tags=OURS))],
        failing=[
            stack(db=aws(DB)),
            stack(db=aws(DB, backupRetentionPeriod=0)),
            stack(db=aws(DB, backupRetentionPeriod=7, tags=OURS)),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(db=aws(DB, backupRetentionPeriod=UNKNOWN))],
    ),
    "LL-BAK-002": about(DB, "deletionProtection", [True], [False], literal=True),
    "LL-BAK-003": about(DB, "skipFinalSnapshot", [False], [True], literal=True, missing=False),
    "LL-BAK-004": Cases(
        passing=[stack(db=aws(DB, multiAz=True))],
        failing=[stack(db=aws(DB)), stack(db=aws(DB, multiAz=False)), stack(db=aws(DB, multiAz=UNKNOWN))],
        not_applicable=[stack(db=aws(DB, replicateSourceDb="arn:db")), ELSEWHERE],
        without=WRITTEN,
    ),
    "LL-BAK-005": about(DB, "autoMinorVersionUpgrade", [True], [False], literal=True, missing=False),
    "LL-BAK-006": about(DB, "copyTagsToSnapshot", [True], [False], literal=True),
    "LL-BAK-010": Cases(
        passing=[
            _backed_up(aws(SELECTION, selectionTags=[{"key": "backup", "value": "daily"}])),
            _backed_up(aws(SELECTION, resources=[ref("db.arn")])),
            _backed_up(aws(SELECTION, resources=["*"])),
        ],
        failing=[
            stack(db=aws(DB)),
            stack(db=aws(DB), v=aws(VAULT), p=aws(PLAN)),
            stack(db=aws(DB), v=aws(VAULT), p=aws(PLAN), s=aws(SELECTION)),
            _backed_up(aws(SELECTION, selectionTags=[{"key": "backup", "value": "weekly"}])),
            _backed_up(aws(SELECTION, resources=["arn:aws:ec2:us-east-1:111122223333:volume/*"])),
            {**_backed_up(aws(SELECTION, resources=["*"])), "p": aws(PLAN, rules=[{"targetVaultName": "elsewhere"}])},
        ],
        not_applicable=[ELSEWHERE],
        without=ALWAYS_KNOWN,
    ),
    "LL-BAK-011": Cases(
        passing=[_plan(DAILY), _plan({"schedule": "cron(0 5 ? * * *)"}, {"schedule": "cron(0 3 1 * ? *)"})],
        failing=[
            _plan({"schedule": "cron(0 3 1 * ? *)", "lifecycle": {"deleteAfter": 35}}),
            _plan({**DAILY, "lifecycle": {"deleteAfter": 7}}),
            stack(p=aws(PLAN)),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(p=aws(PLAN, rules=UNKNOWN))],
    ),
    "LL-BAK-012": Cases(
        passing=[
            stack(v=aws(VAULT), l=aws(LOCK, backupVaultName=ref("v.name"))),
            stack(v=aws(VAULT, forceDestroy=True, tags=STAGING)),
        ],
        failing=[
            stack(v=aws(VAULT)),
            stack(v=aws(VAULT, forceDestroy=True), l=aws(LOCK, backupVaultName=ref("v.name"))),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(v=aws(VAULT, forceDestroy=UNKNOWN))],
    ),
    "LL-BAK-013": about(LOCK, "minRetentionDays", [30, 35], [1, 7]),
    "LL-BAK-020": Cases(
        passing=[
            stack(b=aws(BUCKET), v=aws(VERSIONS, bucket=ref("b.id"), versioningConfiguration={"status": "Enabled"})),
            stack(b=aws(BUCKET, versioning={"enabled": True})),
        ],
        failing=[
            stack(b=aws(BUCKET)),
            stack(b=aws(BUCKET), v=aws(VERSIONS, bucket=ref("b.id"), versioningConfiguration={"status": "Suspended"})),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(b=aws(BUCKET), v=aws(VERSIONS, bucket=ref("b.id"), versioningConfiguration=UNKNOWN))],
    ),
    "LL-BAK-021": Cases(
        passing=[
            stack(
                b=aws(BUCKET),
                l=aws(LIFECYCLE, bucket=ref("b.id"), rules=[{"noncurrentVersionExpiration": {"noncurrentDays": 30}}]),
            )
        ],
        failing=[
            stack(b=aws(BUCKET)),
            stack(b=aws(BUCKET), l=aws(LIFECYCLE, bucket=ref("b.id"), rules=[{"expiration": {"days": 30}}])),
        ],
        not_applicable=[stack(b=aws(BUCKET, tags=PAGE)), ELSEWHERE],
        unknown=[stack(b=aws(BUCKET), l=aws(LIFECYCLE, bucket=ref("b.id"), rules=UNKNOWN))],
    ),
    "LL-BAK-022": Cases(
        passing=[
            stack(
                b=aws(BUCKET),
                c=aws(BUCKET, bucket="copy"),
                r=aws(REPLICATION, bucket=ref("b.id"), rules=[{"destination": {"bucket": "arn:aws:s3:::copy"}}]),
            )
        ],
        failing=[
            stack(b=aws(BUCKET)),
            stack(b=aws(BUCKET), o=aws(BUCKET), r=aws(REPLICATION, bucket=ref("o.id"), rules=[])),
        ],
        not_applicable=[stack(b=aws(BUCKET, tags=PAGE)), stack(b=aws(BUCKET, tags=STAGING)), ELSEWHERE],
        unknown=[stack(b=aws(BUCKET, replicationConfiguration=UNKNOWN))],
    ),
    "LL-BAK-023": about(BUCKET, "forceDestroy", [False], [True], literal=True, missing=False),
    "LL-BAK-024": Cases(
        passing=[stack(b=aws(BUCKET).protected), stack(p=aws(BUCKET, tags=PAGE))],
        failing=[stack(b=aws(BUCKET)), stack(b=aws(BUCKET).protected, c=aws(BUCKET))],
        not_applicable=[stack(b=aws(BUCKET, tags=STAGING)), ELSEWHERE],
        without={"unknown": "whether a resource is protected is always known"},
    ),
}
