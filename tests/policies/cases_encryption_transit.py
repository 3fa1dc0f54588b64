"""Cases of policies/rules/encryption_transit.py."""

import json

from tests.policies.cases import UNKNOWN, Cases, aws, ref, stack
from tests.policies.of_property import ELSEWHERE, about

DB = "rds/instance:Instance"
GROUP = "rds/parameterGroup:ParameterGroup"
BUCKET = "s3/bucket:Bucket"
POLICY = "s3/bucketPolicy:BucketPolicy"
SSE = "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
CERTIFICATE = "acm/certificate:Certificate"


def _group(name: str, value: str) -> object:
    return aws(GROUP, name="g", family="postgres15", parameters=[{"name": name, "value": value}])


def _policy(effect: str, transport: str) -> str:
    condition = {"Bool": {"aws:SecureTransport": transport}}
    return json.dumps(
        {"Statement": [{"Effect": effect, "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": condition}]}
    )


def _sse(**more: object) -> list[dict[str, object]]:
    return [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}, **more}]


CASES = {
    "LL-ENC-030": Cases(
        passing=[
            stack(g=_group("rds.force_ssl", "1"), db=aws(DB, parameterGroupName=ref("g.name"))),
            stack(g=_group("rds.force_ssl", "1"), db=aws(DB, engine="postgres", parameterGroupName="g")),
        ],
        failing=[
            stack(db=aws(DB)),
            stack(g=_group("rds.force_ssl", "0"), db=aws(DB, parameterGroupName=ref("g.name"))),
            stack(g=_group("log_connections", "1"), db=aws(DB, parameterGroupName=ref("g.name"))),
        ],
        not_applicable=[stack(db=aws(DB, engine="mysql")), ELSEWHERE],
        unknown=[stack(g=aws(GROUP, parameters=UNKNOWN), db=aws(DB, parameterGroupName=ref("g.name")))],
    ),
    "LL-ENC-031": Cases(
        passing=[stack(g=_group("ssl_min_protocol_version", "TLSv1.2")), stack(g=_group("log_connections", "1"))],
        failing=[
            stack(g=_group("ssl_min_protocol_version", "TLSv1")),
            stack(g=_group("ssl_min_protocol_version", "TLSv1.1")),
        ],
        not_applicable=[stack(g=aws(GROUP, family="mysql8.0")), ELSEWHERE],
        unknown=[stack(g=aws(GROUP, family="postgres15", parameters=UNKNOWN))],
    ),
    "LL-ENC-032": about(DB, "caCertIdentifier", ["rds-ca-rsa2048-g1"], ["rds-ca-2019", "rds-ca-2015"], missing=False),
    "LL-ENC-033": Cases(
        passing=[
            stack(b=aws(BUCKET), p=aws(POLICY, bucket=ref("b.id"), policy=_policy("Deny", "false"))),
            stack(b=aws(BUCKET, policy=_policy("Deny", "false"))),
        ],
        failing=[
            stack(b=aws(BUCKET)),
            stack(b=aws(BUCKET), p=aws(POLICY, bucket=ref("b.id"), policy=_policy("Allow", "true"))),
            stack(b=aws(BUCKET), o=aws(BUCKET), p=aws(POLICY, bucket=ref("o.id"), policy=_policy("Deny", "false"))),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(b=aws(BUCKET), p=aws(POLICY, bucket=ref("b.id"), policy=UNKNOWN))],
    ),
    "LL-ENC-034": about(CERTIFICATE, "validationMethod", ["DNS"], ["EMAIL"], literal=True),
    "LL-ENC-035": about(
        "sesv2/configurationSet:ConfigurationSet", "deliveryOptions.tlsPolicy", ["REQUIRE"], ["OPTIONAL"], literal=True
    ),
    "LL-ENC-036": Cases(
        passing=[stack(s=aws("sns/topicSubscription:TopicSubscription", protocol="https"))],
        failing=[
            stack(s=aws("sns/topicSubscription:TopicSubscription", protocol="http")),
            stack(
                t=aws("sns/topic:Topic"),
                s=aws("sns/topicSubscription:TopicSubscription", topic=ref("t.arn"), protocol="http"),
            ),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(s=aws("sns/topicSubscription:TopicSubscription", protocol=UNKNOWN))],
    ),
    "LL-ENC-037": Cases(
        passing=[stack(b=aws(BUCKET), e=aws(SSE, bucket=ref("b.id"), rules=_sse(bucketKeyEnabled=True)))],
        failing=[
            stack(b=aws(BUCKET), e=aws(SSE, bucket=ref("b.id"), rules=_sse(bucketKeyEnabled=False))),
            stack(b=aws(BUCKET), e=aws(SSE, bucket=ref("b.id"), rules=_sse())),
        ],
        not_applicable=[stack(b=aws(BUCKET)), ELSEWHERE],
        unknown=[stack(b=aws(BUCKET), e=aws(SSE, bucket=ref("b.id"), rules=UNKNOWN))],
    ),
}
