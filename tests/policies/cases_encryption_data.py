"""Cases of policies/rules/encryption_data.py."""

from tests.policies.cases import UNKNOWN, Cases, aws, ref, stack
from tests.policies.of_property import ELSEWHERE, about

DB = "rds/instance:Instance"
DEFAULT = "ebs/encryptionByDefault:EncryptionByDefault"
DEFAULT_KEY = "ebs/defaultKmsKey:DefaultKmsKey"
NODES = aws("eks/nodeGroup:NodeGroup")
SSE = "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
KEY = aws("kms/key:Key")
ARN = "arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555"
DEFAULT_ALIAS = "arn:aws:kms:us-east-1:111122223333:alias/aws/rds"


def _by_key(token: str, path: str, **others: object) -> Cases:
    return Cases(
        passing=[
            stack(key=KEY, it=aws(token, **{path: ref("key.arn")}, **others)),
            stack(it=aws(token, **{path: ARN}, **others)),
        ],
        failing=[stack(it=aws(token, **others)), stack(it=aws(token, **{path: DEFAULT_ALIAS}, **others))],
        not_applicable=[ELSEWHERE],
        unknown=[stack(it=aws(token, **{path: UNKNOWN}, **others))],
    )


def _sse(**by: object) -> list[dict[str, object]]:
    return [{"applyServerSideEncryptionByDefault": by}]


CASES = {
    "LL-ENC-003": _by_key(DB, "kmsKeyId"),
    "LL-ENC-004": _by_key(DB, "performanceInsightsKmsKeyId", performanceInsightsEnabled=True),
    "LL-ENC-005": about("ebs/volume:Volume", "encrypted", [True], [False], literal=True),
    "LL-ENC-006": Cases(
        passing=[stack(n=NODES, d=aws(DEFAULT, enabled=True)), stack(n=NODES, d=aws(DEFAULT))],
        failing=[stack(n=NODES), stack(n=NODES, d=aws(DEFAULT, enabled=False))],
        not_applicable=[ELSEWHERE],
        unknown=[stack(n=NODES, d=aws(DEFAULT, enabled=UNKNOWN))],
    ),
    "LL-ENC-007": Cases(
        passing=[stack(d=aws(DEFAULT), key=KEY, k=aws(DEFAULT_KEY, keyArn=ref("key.arn")))],
        failing=[stack(d=aws(DEFAULT)), stack(d=aws(DEFAULT), k=aws(DEFAULT_KEY, keyArn=DEFAULT_ALIAS))],
        not_applicable=[ELSEWHERE],
        unknown=[stack(d=aws(DEFAULT), k=aws(DEFAULT_KEY, keyArn=UNKNOWN))],
    ),
    "LL-ENC-008": Cases(
        passing=[
            stack(t=aws("ec2/launchTemplate:LaunchTemplate", blockDeviceMappings=[{"ebs": {"encrypted": "true"}}]))
        ],
        failing=[
            stack(t=aws("ec2/launchTemplate:LaunchTemplate", blockDeviceMappings=[{"ebs": {"encrypted": "false"}}])),
            stack(t=aws("ec2/launchTemplate:LaunchTemplate", blockDeviceMappings=[{"ebs": {"volumeSize": 20}}])),
        ],
        not_applicable=[stack(t=aws("ec2/launchTemplate:LaunchTemplate")), ELSEWHERE],
        unknown=[stack(t=aws("ec2/launchTemplate:LaunchTemplate", blockDeviceMappings=UNKNOWN))],
    ),
    "LL-ENC-009": Cases(
        passing=[stack(i=aws("ec2/instance:Instance", rootBlockDevice={"encrypted": True}))],
        failing=[
            stack(i=aws("ec2/instance:Instance")),
            stack(
                i=aws(
                    "ec2/instance:Instance", rootBlockDevice={"encrypted": True}, ebsBlockDevices=[{"encrypted": False}]
                )
            ),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(i=aws("ec2/instance:Instance", rootBlockDevice={"encrypted": True}, ebsBlockDevices=UNKNOWN))],
    ),
    "LL-ENC-010": _by_key("cloudwatch/logGroup:LogGroup", "kmsKeyId"),
    "LL-ENC-011": _by_key("sns/topic:Topic", "kmsMasterKeyId"),
    "LL-ENC-012": _by_key("sqs/queue:Queue", "kmsMasterKeyId"),
    "LL-ENC-013": Cases(
        passing=[
            stack(key=KEY, s=aws("secretsmanager/secret:Secret", kmsKeyId=ref("key.arn"), replicas=[{"kmsKeyId": ARN}]))
        ],
        failing=[
            stack(s=aws("secretsmanager/secret:Secret")),
            stack(s=aws("secretsmanager/secret:Secret", kmsKeyId=ARN, replicas=[{"region": "us-west-2"}])),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(s=aws("secretsmanager/secret:Secret", kmsKeyId=UNKNOWN))],
    ),
    "LL-ENC-014": _by_key("backup/vault:Vault", "kmsKeyArn"),
    "LL-ENC-015": _by_key("lambda/function:Function", "kmsKeyArn"),
    "LL-ENC-016": about(
        "kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
        "serverSideEncryption.enabled",
        [True],
        [False],
        literal=True,
    ),
    "LL-ENC-017": _by_key("cfg/deliveryChannel:DeliveryChannel", "s3KmsKeyArn"),
    "LL-ENC-018": _by_key("cloudtrail/trail:Trail", "kmsKeyId"),
    "LL-ENC-019": Cases(
        passing=[
            stack(key=KEY, e=aws(SSE, rules=_sse(sseAlgorithm="aws:kms", kmsMasterKeyId=ref("key.arn")))),
            stack(e=aws(SSE, rules=_sse(sseAlgorithm="aws:kms", kmsMasterKeyId=ARN))),
        ],
        failing=[
            stack(e=aws(SSE, rules=_sse(sseAlgorithm="aws:kms"))),
            stack(e=aws(SSE, rules=_sse(sseAlgorithm="aws:kms:dsse"))),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(e=aws(SSE, rules=UNKNOWN))],
    ),
}
