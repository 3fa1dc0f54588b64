"""Cases of policies/rules/encryption.py."""

from tests.policies.cases import UNKNOWN, Cases, aws, ref, stack

DB = "rds/instance:Instance"
BUCKET = "s3/bucket:Bucket"
ENCRYPTION = "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"


def _encrypted(algorithm: str) -> list[dict[str, object]]:
    return [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm}}]


CASES = {
    "LL-ENC-001": Cases(
        passing=[
            stack(db=aws(DB, storageEncrypted=True)),
            stack(db=aws(DB, storageEncrypted=True), replica=aws(DB, replicateSourceDb=ref("db.id"))),
        ],
        failing=[
            stack(db=aws(DB, storageEncrypted=False)),
            stack(db=aws(DB)),
            stack(db=aws(DB), replica=aws(DB, replicateSourceDb=ref("db.id"), storageEncrypted=True)),
        ],
        not_applicable=[stack(topic=aws("sns/topic:Topic"))],
        unknown=[stack(db=aws(DB, storageEncrypted=UNKNOWN))],
    ),
    "LL-ENC-002": Cases(
        passing=[
            stack(b=aws(BUCKET), e=aws(ENCRYPTION, bucket=ref("b.id"), rules=_encrypted("aws:kms"))),
            stack(
                b=aws("s3/bucketV2:BucketV2", bucket="b"),
                e=aws(
                    "s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
                    bucket="b",
                    rules=_encrypted("aws:kms:dsse"),
                ),
            ),
            stack(b=aws(BUCKET, serverSideEncryptionConfiguration={"rules": _encrypted("aws:kms")})),
            stack(
                b=aws(BUCKET, tags={"lifeline:data-class": "none"}),
                e=aws(ENCRYPTION, bucket=ref("b.id"), rules=_encrypted("AES256")),
            ),
        ],
        failing=[
            stack(b=aws(BUCKET)),
            stack(b=aws(BUCKET), e=aws(ENCRYPTION, bucket=ref("b.id"), rules=_encrypted("AES256"))),
            stack(b=aws(BUCKET), o=aws(BUCKET), e=aws(ENCRYPTION, bucket=ref("o.id"), rules=_encrypted("aws:kms"))),
        ],
        not_applicable=[stack(topic=aws("sns/topic:Topic"))],
        unknown=[stack(b=aws(BUCKET), e=aws(ENCRYPTION, bucket=ref("b.id"), rules=UNKNOWN))],
    ),
}
