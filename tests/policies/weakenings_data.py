"""What is kept: databases, buckets, keys, secrets and copies of them, weakened one property at a time."""

import json
from typing import Any

from policies.core.resource import Resource
from systems.model import Law, System
from tests.policies.mutants import DROP, PROTECTED, Addition, Change, Weakening

DB, BUCKET, KEY = "aws:rds/instance:Instance", "aws:s3/bucket:Bucket", "aws:kms/key:Key"
_SECRET, _ROTATION = "aws:secretsmanager/secret:Secret", "aws:secretsmanager/secretRotation:SecretRotation"
_ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
_LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
_LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
_VAULT_LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
_ACCOUNT = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_STATEFUL = (DB, "aws:eks/cluster:Cluster", KEY, _SECRET, "aws:cloudtrail/trail:Trail")


def parameter(name: str, value: str | None) -> Change:
    """A parameter group with another value of one parameter, or without it."""

    def changed(parameters: list[dict[str, Any]], system: System) -> list[Any]:
        if not any(each["name"] == name for each in parameters):
            return []
        others = [each for each in parameters if each["name"] != name]
        return [others if value is None else [*others, {"name": name, "value": value}]]

    return Change(changed)


def with_statement(**statement: Any) -> Change:
    """A policy document with one statement more."""

    def changed(text: Any, system: System) -> list[Any]:
        if not isinstance(text, str):
            return []
        document = json.loads(text)
        return [json.dumps({**document, "Statement": [*document["Statement"], statement]})]

    return Change(changed)


def production(system: System) -> bool:
    return system.production


def _hipaa(system: System) -> bool:
    return system.production and system.regime.under(Law.HIPAA)


def _symmetric(key: Resource) -> bool:
    return key.get("customerMasterKeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT"


def _under_kms(encryption: Resource) -> bool:
    return encryption.get("rules.0.applyServerSideEncryptionByDefault.sseAlgorithm") == "aws:kms"


def _copied(bucket: Resource) -> bool:
    return "recovery-region" not in bucket.name


def _primary(database: Resource) -> bool:
    return not database.get("replicateSourceDb")


def _with_data(bucket: Resource) -> bool:
    return bucket.get("tags", {}).get("lifeline:data-class") not in ("none", "public")


def _records(resource: Resource) -> bool:
    return "records" in resource.name


def _silent(parameters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """No statement is written down, by PostgreSQL or by pgaudit."""
    return [each for each in parameters if each["name"] not in ("log_statement", "shared_preload_libraries")]


_PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"
_OLD_TLS = {"name": "ssl_min_protocol_version", "value": "TLSv1"}
DATABASES = (
    Weakening(DB, "storageEncrypted", False, "LL-ENC-001"),
    Weakening(DB, "kmsKeyId", DROP, "LL-ENC-003"),
    Weakening(DB, "performanceInsightsKmsKeyId", DROP, "LL-ENC-004"),
    Weakening(DB, "parameterGroupName", DROP, "LL-ENC-030"),
    Weakening(DB, "parameterGroupName", DROP, "LL-AUD-038"),
    Weakening(_PARAMETERS, "parameters", parameter("rds.force_ssl", "0"), "LL-ENC-030"),
    Weakening(_PARAMETERS, "parameters", parameter("rds.force_ssl", None), "LL-ENC-030"),
    Weakening(_PARAMETERS, "parameters", Change(lambda given, _: [[*given, _OLD_TLS]]), "LL-ENC-031"),
    Weakening(_PARAMETERS, "parameters", parameter("log_connections", "0"), "LL-AUD-038"),
    Weakening(_PARAMETERS, "parameters", parameter("log_disconnections", None), "LL-AUD-038"),
    Weakening(_PARAMETERS, "", None, "LL-ENC-030"),
    Weakening(_PARAMETERS, "parameters", Change(lambda given, _: [_silent(given)]), "LL-AUD-039"),
    Weakening(DB, "caCertIdentifier", "rds-ca-2019", "LL-ENC-032"),
    Weakening(DB, "publiclyAccessible", True, "LL-FWL-030"),
    Weakening(DB, "vpcSecurityGroupIds", DROP, "LL-FWL-031"),
    Weakening(DB, "dbSubnetGroupName", DROP, "LL-FWL-031", _primary),
    Weakening(DB, "iamDatabaseAuthenticationEnabled", False, "LL-IAM-024"),
    Weakening(DB, "enabledCloudwatchLogsExports", DROP, "LL-AUD-036"),
    Weakening(DB, "monitoringInterval", 0, "LL-AUD-037"),
    Weakening(DB, "monitoringRoleArn", DROP, "LL-AUD-037"),
    Weakening(DB, "backupRetentionPeriod", 0, "LL-BAK-001", _primary),
    Weakening(
        DB,
        "backupRetentionPeriod",
        Change(lambda days, system: system.database.point_in_time_days - 1),
        "LL-BAK-001",
        _primary,
    ),
    Weakening(DB, "deletionProtection", False, "LL-BAK-002"),
    Weakening(DB, "deletionProtection", False, "LL-AVL-021"),
    Weakening(DB, "skipFinalSnapshot", True, "LL-BAK-003", _primary, production),
    Weakening(DB, "skipFinalSnapshot", True, "LL-AVL-023", _primary, production),
    Weakening(DB, "finalSnapshotIdentifier", DROP, "LL-AVL-023", _primary, production),
    Weakening(DB, "multiAz", False, "LL-BAK-004"),
    Weakening(DB, "multiAz", False, "LL-AVL-020"),
    Weakening(DB, "autoMinorVersionUpgrade", False, "LL-BAK-005"),
    Weakening(DB, "copyTagsToSnapshot", False, "LL-BAK-006"),
    Weakening(DB, "maxAllocatedStorage", DROP, "LL-AVL-024"),
    Weakening(DB, "", None, "LL-AVL-031", lambda database: not _primary(database)),
    Weakening("aws:rds/subnetGroup:SubnetGroup", "subnetIds", Change(lambda ids, _: [ids[:1]]), "LL-AVL-025"),
    Weakening("aws:rds/eventSubscription:EventSubscription", "", None, "LL-AUD-041"),
    *(Weakening(each, PROTECTED, None, "LL-AVL-022") for each in _STATEFUL),
)

BUCKETS = (
    Weakening(_ENCRYPTION, "rules", DROP, "LL-ENC-002"),
    Weakening(_ENCRYPTION, "", None, "LL-ENC-002"),
    Weakening(_ENCRYPTION, "rules[*].applyServerSideEncryptionByDefault.kmsMasterKeyId", DROP, "LL-ENC-019"),
    Weakening(_ENCRYPTION, "rules[*].bucketKeyEnabled", False, "LL-ENC-037", _under_kms),
    Weakening("aws:s3/bucketPolicy:BucketPolicy", "policy", '{"Version": "2012-10-17", "Statement": []}', "LL-ENC-033"),
    Weakening("aws:s3/bucketPolicy:BucketPolicy", "", None, "LL-ENC-033"),
    Weakening(
        "aws:s3/bucketPolicy:BucketPolicy",
        "policy",
        with_statement(Effect="Allow", Principal="*", Action="s3:GetObject", Resource="*"),
        "LL-FWL-052",
    ),
    Weakening(
        "aws:s3/bucketPolicy:BucketPolicy",
        "policy",
        with_statement(Effect="Allow", Principal={"AWS": "*"}, Action=["s3:PutObject"], Resource="*"),
        "LL-FWL-053",
    ),
    Weakening("aws:s3/bucketVersioning:BucketVersioning", "versioningConfiguration.status", "Suspended", "LL-BAK-020"),
    Weakening("aws:s3/bucketVersioning:BucketVersioning", "", None, "LL-BAK-020"),
    Weakening(BUCKET, "forceDestroy", True, "LL-BAK-023", on=production),
    Weakening(BUCKET, PROTECTED, None, "LL-BAK-024", _with_data, production),
    Weakening("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "", None, "LL-BAK-022", _copied, production),
    Weakening("aws:s3/bucketLogging:BucketLogging", "", None, "LL-AUD-034"),
    Weakening("aws:s3/bucketNotification:BucketNotification", "", None, "LL-AUD-035"),
    *(Weakening(_BLOCK, each, False, "LL-FWL-051") for each in _BLOCKS),
    Weakening(_BLOCK, "", None, "LL-FWL-051"),
    *(Weakening(_ACCOUNT, each, False, "LL-FWL-050") for each in _BLOCKS),
    Weakening(_ACCOUNT, "", None, "LL-FWL-050"),
    Weakening(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls", "rule.objectOwnership", "ObjectWriter", "LL-FWL-054"
    ),
    Weakening("aws:s3/bucketOwnershipControls:BucketOwnershipControls", "", None, "LL-FWL-054"),
    Weakening("aws:s3/bucketObjectv2:BucketObjectv2", "acl", "public-read", "LL-FWL-055"),
    Weakening(_LOCK, "rule.defaultRetention.mode", "GOVERNANCE", "LL-RET-012"),
    Weakening(_LOCK, "rule.defaultRetention.days", 2_191, "LL-RET-011", _records, _hipaa),
    Weakening(_LOCK, "", None, "LL-RET-013", _records),
    Weakening(BUCKET, "objectLockEnabled", False, "LL-RET-013", _records),
    Weakening(BUCKET, "objectLockEnabled", False, "LL-AUD-008", lambda bucket: bucket.name == "logs-records-bucket"),
    Weakening(_LIFECYCLE, "rules", Change(lambda rules, _: [[_ending(rules, 2_191)]]), "LL-RET-014", _records, _hipaa),
    Weakening(
        _LIFECYCLE, "rules", Change(lambda rules, _: [_without(rules, "noncurrentVersionExpiration")]), "LL-BAK-021"
    ),
    Weakening(
        _LIFECYCLE, "rules", Change(lambda rules, _: [_without(rules, "abortIncompleteMultipartUpload")]), "LL-RET-015"
    ),
    Weakening("aws:backup/vault:Vault", "", None, "LL-BAK-010", _copied),
    Weakening("aws:backup/plan:Plan", "", None, "LL-BAK-010"),
    Weakening("aws:backup/plan:Plan", "rules[*].schedule", "cron(0 3 ? * 1 *)", "LL-BAK-011"),
    Weakening("aws:backup/plan:Plan", "rules", Change(lambda rules, _: [_short_lived(rules)]), "LL-BAK-011"),
    Weakening(
        "aws:backup/selection:Selection",
        "",
        None,
        "LL-BAK-010",
        lambda each: each.name.endswith(("-database", "-volumes")),
    ),
    Weakening("aws:backup/vault:Vault", "kmsKeyArn", DROP, "LL-ENC-014"),
    Weakening("aws:backup/vault:Vault", "forceDestroy", True, "LL-BAK-012"),
    Weakening(_VAULT_LOCK, "", None, "LL-BAK-012", on=production),
    Weakening(_VAULT_LOCK, "minRetentionDays", 1, "LL-BAK-013"),
    Addition("aws:ssm/document:Document", {"permissions": {"accountIds": "All"}}, "LL-FWL-059"),
    Addition("aws:rds/snapshot:Snapshot", {"sharedAccounts": ["all"]}, "LL-FWL-063"),
    Addition("aws:ebs/volume:Volume", {"availabilityZone": "us-east-1a"}, "LL-ENC-005"),
    Addition("aws:sqs/queue:Queue", {"name": "open"}, "LL-ENC-012"),
)


def _short_lived(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**each, "lifecycle": {"deleteAfter": 7}} for each in rules]


def _ending(rules: list[dict[str, Any]], days: int) -> dict[str, Any]:
    return {**rules[0], "expiration": {"days": days}}


def _without(rules: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    return [{name: value for name, value in each.items() if name != key} for each in rules]


KEYS = (
    Weakening(KEY, "enableKeyRotation", False, "LL-ENC-020", _symmetric),
    Weakening(KEY, "rotationPeriodInDays", 366, "LL-ENC-020", _symmetric),
    Weakening(KEY, "deletionWindowInDays", 7, "LL-ENC-021"),
    Weakening("aws:kms/replicaKey:ReplicaKey", "deletionWindowInDays", 7, "LL-ENC-021"),
    Weakening(KEY, "isEnabled", False, "LL-ENC-022"),
    Weakening("aws:kms/replicaKey:ReplicaKey", "enabled", False, "LL-ENC-022"),
    Weakening(
        "aws:kms/*",
        "policy",
        with_statement(Effect="Allow", Principal="*", Action="kms:Decrypt", Resource="*"),
        "LL-ENC-023",
    ),
    Weakening("aws:kms/*Key", "bypassPolicyLockoutSafetyCheck", True, "LL-ENC-024"),
    Weakening("tls:index/privateKey:PrivateKey", "ecdsaCurve", "P224", "LL-ENC-025"),
    Weakening("aws:acm/certificate:Certificate", "keyAlgorithm", "RSA_1024", "LL-ENC-026"),
    Weakening("aws:acm/certificate:Certificate", "validationMethod", "EMAIL", "LL-ENC-034"),
    Weakening("random:index/randomPassword:RandomPassword", "length", 12, "LL-ENC-027"),
    Weakening(_SECRET, "kmsKeyId", DROP, "LL-ENC-013"),
    Weakening(_SECRET, "recoveryWindowInDays", 0, "LL-IAM-022"),
    Weakening(_ROTATION, "", None, "LL-IAM-020"),
    Weakening(
        _ROTATION,
        "rotationRules.automaticallyAfterDays",
        Change(lambda days, system: system.secrets.maximum_rotation_days + 1),
        "LL-IAM-021",
    ),
    Weakening(
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        "policy",
        with_statement(Effect="Allow", Principal="*", Action="secretsmanager:GetSecretValue", Resource="*"),
        "LL-IAM-023",
    ),
)

DATA = (*DATABASES, *BUCKETS, *KEYS)
