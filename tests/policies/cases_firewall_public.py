"""Cases of policies/rules/firewall_public.py."""

import json
from typing import Any

from tests.policies.cases import UNKNOWN, Cases, aws, ref, stack
from tests.policies.of_property import ELSEWHERE, WRITTEN, about

BUCKET = "s3/bucket:Bucket"
POLICY = "s3/bucketPolicy:BucketPolicy"
ACCOUNT = "s3/accountPublicAccessBlock:AccountPublicAccessBlock"
BLOCK = "s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
OWNED = "s3/bucketOwnershipControls:BucketOwnershipControls"
SNAPSHOTS = "ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess"
IMAGES = "ec2/imageBlockPublicAccess:ImageBlockPublicAccess"
PERMISSION = "lambda/permission:Permission"
NODES = aws("eks/nodeGroup:NodeGroup")
CLOSED: dict[str, Any] = {
    "blockPublicAcls": True,
    "blockPublicPolicy": True,
    "ignorePublicAcls": True,
    "restrictPublicBuckets": True,
}


def _policy(action: str, principal: object = "*", **condition: object) -> str:
    made = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"}
    return json.dumps({"Statement": {**made, "Condition": condition} if condition else made})


def _on_bucket(policy: Any) -> dict[str, Any]:
    return {"b": aws(BUCKET), "p": aws(POLICY, bucket=ref("b.id"), policy=policy)}


def _public(action: str, wildcard: str = "s3:*") -> Cases:
    return Cases(
        passing=[
            stack(b=aws(BUCKET)),
            _on_bucket(_policy(action, {"AWS": "arn:aws:iam::111122223333:root"})),
            _on_bucket(_policy(action, "*", StringEquals={"AWS:SourceArn": "arn:aws:cloudfront::1:distribution/E"})),
        ],
        failing=[
            _on_bucket(_policy(action)),
            _on_bucket(_policy(wildcard, {"AWS": "*"})),
            stack(b=aws(BUCKET, policy=_policy(action))),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[_on_bucket(UNKNOWN)],
    )


CASES = {
    "LL-FWL-050": Cases(
        passing=[stack(b=aws(BUCKET), a=aws(ACCOUNT, **CLOSED))],
        failing=[
            stack(b=aws(BUCKET)),
            *(stack(b=aws(BUCKET), a=aws(ACCOUNT, **{**CLOSED, flag: False})) for flag in CLOSED),
            stack(b=aws(BUCKET), a=aws(ACCOUNT, **{**CLOSED, "blockPublicAcls": UNKNOWN})),
        ],
        not_applicable=[ELSEWHERE],
        without=WRITTEN,
    ),
    "LL-FWL-051": Cases(
        passing=[stack(b=aws(BUCKET), a=aws(BLOCK, bucket=ref("b.id"), **CLOSED))],
        failing=[
            stack(b=aws(BUCKET)),
            *(stack(b=aws(BUCKET), a=aws(BLOCK, bucket=ref("b.id"), **{**CLOSED, flag: False})) for flag in CLOSED),
            stack(b=aws(BUCKET), o=aws(BUCKET), a=aws(BLOCK, bucket=ref("o.id"), **CLOSED)),
        ],
        not_applicable=[ELSEWHERE],
        without=WRITTEN,
    ),
    "LL-FWL-052": _public("s3:GetObject"),
    "LL-FWL-053": _public("s3:PutObject"),
    "LL-FWL-054": Cases(
        passing=[
            stack(b=aws(BUCKET), o=aws(OWNED, bucket=ref("b.id"), rule={"objectOwnership": "BucketOwnerEnforced"}))
        ],
        failing=[
            stack(b=aws(BUCKET)),
            stack(b=aws(BUCKET), o=aws(OWNED, bucket=ref("b.id"), rule={"objectOwnership": "ObjectWriter"})),
            stack(
                b=aws(BUCKET, acl="public-read"),
                o=aws(OWNED, bucket=ref("b.id"), rule={"objectOwnership": "BucketOwnerEnforced"}),
            ),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(b=aws(BUCKET, acl=UNKNOWN))],
    ),
    "LL-FWL-055": about(
        "s3/bucketObjectv2:BucketObjectv2", "acl", ["private"], ["public-read", "public-read-write"], missing=False
    ),
    "LL-FWL-056": Cases(
        passing=[stack(n=NODES, s=aws(SNAPSHOTS, state="block-all-sharing"))],
        failing=[stack(n=NODES), stack(n=NODES, s=aws(SNAPSHOTS, state="unblocked"))],
        not_applicable=[ELSEWHERE],
        without=WRITTEN,
    ),
    "LL-FWL-057": Cases(
        passing=[stack(n=NODES, s=aws(IMAGES, state="block-new-sharing"))],
        failing=[stack(n=NODES), stack(n=NODES, s=aws(IMAGES, state="unblocked"))],
        not_applicable=[ELSEWHERE],
        without=WRITTEN,
    ),
    "LL-FWL-058": about("ec2/serialConsoleAccess:SerialConsoleAccess", "enabled", [False], [True], literal=True),
    "LL-FWL-059": about(
        "ssm/document:Document", "permissions.accountIds", ["111122223333"], ["all", "All, 111122223333"], missing=False
    ),
    "LL-FWL-060": Cases(
        passing=[
            stack(p=aws(PERMISSION, principal="secretsmanager.amazonaws.com", sourceAccount="111122223333")),
            stack(p=aws(PERMISSION, principal="arn:aws:iam::111122223333:role/x")),
        ],
        failing=[
            stack(p=aws(PERMISSION, principal="*", sourceAccount="111122223333")),
            stack(p=aws(PERMISSION, principal="s3.amazonaws.com")),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(p=aws(PERMISSION, principal=UNKNOWN))],
    ),
    "LL-FWL-061": about("lambda/functionUrl:FunctionUrl", "authorizationType", ["AWS_IAM"], ["NONE"], literal=True),
    "LL-FWL-062": Cases(
        passing=[
            stack(
                p=aws("sns/topicPolicy:TopicPolicy", policy=_policy("sns:Publish", {"Service": "events.amazonaws.com"}))
            ),
            stack(
                p=aws(
                    "sns/topicPolicy:TopicPolicy",
                    policy=_policy("sns:Publish", "*", StringEquals={"aws:SourceAccount": "111122223333"}),
                )
            ),
        ],
        failing=[
            stack(p=aws("sns/topicPolicy:TopicPolicy", policy=_policy("sns:Publish"))),
            stack(p=aws("sqs/queuePolicy:QueuePolicy", policy=_policy("sqs:SendMessage"))),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(p=aws("sns/topicPolicy:TopicPolicy", policy=UNKNOWN))],
    ),
    "LL-FWL-063": Cases(
        passing=[
            stack(s=aws("rds/snapshot:Snapshot")),
            stack(s=aws("rds/snapshot:Snapshot", sharedAccounts=["111122223333"])),
        ],
        failing=[
            stack(s=aws("rds/snapshot:Snapshot", sharedAccounts=["all"])),
            stack(s=aws("ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission", accountId="all")),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(s=aws("rds/snapshot:Snapshot", sharedAccounts=UNKNOWN))],
    ),
}
