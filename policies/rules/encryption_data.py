"""Databases, volumes, secrets, queues and backups are encrypted under customer keys."""

from policies.core.graph import Graph
from policies.core.resource import NotApplicable, Resource
from policies.core.rule import Problem, Problems, Severity, rule, stack_rule
from policies.joins.databases import DATABASE
from policies.joins.expect import KMS_KEYS, customer_key, is_given, literal

_KMS = "https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#customer-mgd-key"
_EBS = "https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html"
_OWN_KEY = "Only a key of one's own can be revoked, and only its use is in the audit trail."
_MACHINES = ("aws:ec2/instance:Instance", "aws:ec2/launchTemplate:LaunchTemplate", "aws:eks/nodeGroup:NodeGroup")
_DEFAULT = "aws:ebs/encryptionByDefault:EncryptionByDefault"
_DEFAULT_KEY = "aws:ebs/defaultKmsKey:DefaultKmsKey"
_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"


@rule(
    "LL-ENC-003",
    "Databases are encrypted under a customer key",
    DATABASE,
    severity=Severity.HIGH,
    why=_OWN_KEY,
    fix="kms_key_id=key.arn",
    link=_KMS,
)
def database_key(database: Resource, graph: Graph) -> Problems:
    source = graph.one(database, "replicateSourceDb", DATABASE)
    inherits = source is not None and not is_given(database, "kmsKeyId") and not _in_another_region(database)
    yield from customer_key(source if source is not None and inherits else database, graph, "kmsKeyId")


def _in_another_region(replica: Resource) -> bool:
    """Then its source is named by its ARN, not known before the update, and its key is none of the source's."""
    path = "replicateSourceDb"
    return not replica.is_known(path) or str(replica.get(path)).startswith("arn:")


@rule(
    "LL-ENC-004",
    "Performance Insights are encrypted under a customer key",
    DATABASE,
    severity=Severity.MEDIUM,
    why="The statements that it keeps hold values of patients.",
    fix="performance_insights_kms_key_id=key.arn",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.html",
)
def insights_key(database: Resource, graph: Graph) -> Problems:
    if database.get("performanceInsightsEnabled") is not True:
        raise NotApplicable("Performance Insights are off")
    yield from customer_key(database, graph, "performanceInsightsKmsKeyId")


@rule(
    "LL-ENC-005",
    "Volumes are encrypted",
    "aws:ebs/volume:Volume",
    severity=Severity.CRITICAL,
    why="A snapshot of an unencrypted volume can be read by whoever gets hold of it.",
    fix="encrypted=True, kms_key_id=key.arn",
    link=_EBS,
)
def volume_encrypted(volume: Resource, graph: Graph) -> Problems:
    yield from literal(volume, "encrypted", True)


@stack_rule(
    "LL-ENC-006",
    "New volumes are encrypted by default",
    severity=Severity.HIGH,
    why="Volumes that nodes and drivers make are declared nowhere: only the account's default covers them.",
    fix="aws.ebs.EncryptionByDefault(..., enabled=True)",
    link=_EBS,
    needs=_MACHINES,
)
def encrypted_by_default(graph: Graph) -> Problems:
    declared = graph.of(_DEFAULT)
    if not declared:
        yield Problem("", f"a resource {_DEFAULT}", None)
    for each in declared:
        if each.get("enabled", True) is not True:
            yield Problem("enabled", "true", each.get("enabled"), each)


@stack_rule(
    "LL-ENC-007",
    "New volumes are encrypted under a customer key by default",
    severity=Severity.MEDIUM,
    why=_OWN_KEY,
    fix="aws.ebs.DefaultKmsKey(..., key_arn=key.arn)",
    link=_EBS,
    needs=(_DEFAULT,),
)
def default_key(graph: Graph) -> Problems:
    declared = graph.of(_DEFAULT_KEY)
    if not declared:
        yield Problem("", f"a resource {_DEFAULT_KEY}", None)
    for each in declared:
        yield from customer_key(each, graph, "keyArn")


@rule(
    "LL-ENC-008",
    "Disks of launch templates are encrypted",
    _TEMPLATE,
    severity=Severity.HIGH,
    why="Nodes keep images, logs and temporary files of applications on their disks.",
    fix='block_device_mappings=[{"ebs": {"encrypted": "true", "kms_key_id": key.arn}}]',
    link=_EBS,
)
def template_encrypted(template: Resource, graph: Graph) -> Problems:
    disks = [each for each in template.each("blockDeviceMappings") if each.get("ebs")]
    if not disks:
        raise NotApplicable("the image's own disks, under the account's default")
    for disk in disks:
        yield from literal(disk, "ebs.encrypted", "true", True)


@rule(
    "LL-ENC-009",
    "Disks of instances are encrypted",
    "aws:ec2/instance:Instance",
    severity=Severity.HIGH,
    why="A snapshot of an unencrypted disk can be read by whoever gets hold of it.",
    fix='root_block_device={"encrypted": True}',
    link=_EBS,
)
def instance_encrypted(instance: Resource, graph: Graph) -> Problems:
    yield from literal(instance, "rootBlockDevice.encrypted", True)
    for disk in instance.each("ebsBlockDevices"):
        yield from literal(disk, "encrypted", True)


@rule(
    "LL-ENC-010",
    "Log groups are encrypted under a customer key",
    "aws:cloudwatch/logGroup:LogGroup",
    severity=Severity.HIGH,
    why="Logs name people, addresses and what they did. " + _OWN_KEY,
    fix="kms_key_id=key.arn",
    link="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
)
def log_group_key(group: Resource, graph: Graph) -> Problems:
    yield from customer_key(group, graph, "kmsKeyId")


@rule(
    "LL-ENC-011",
    "Topics are encrypted under a customer key",
    "aws:sns/topic:Topic",
    severity=Severity.HIGH,
    why="Alarms carry names of systems and people. With the default key CloudWatch cannot publish at all.",
    fix="kms_master_key_id=key.arn",
    link="https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html",
)
def topic_key(topic: Resource, graph: Graph) -> Problems:
    yield from customer_key(topic, graph, "kmsMasterKeyId")


@rule(
    "LL-ENC-012",
    "Queues are encrypted under a customer key",
    "aws:sqs/queue:Queue",
    severity=Severity.HIGH,
    why=_OWN_KEY,
    fix="kms_master_key_id=key.arn",
    link="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html",
)
def queue_key(queue: Resource, graph: Graph) -> Problems:
    yield from customer_key(queue, graph, "kmsMasterKeyId")


@rule(
    "LL-ENC-013",
    "Secrets are encrypted under a customer key",
    "aws:secretsmanager/secret:Secret",
    severity=Severity.HIGH,
    why="Who may use the key is a second lock beside who may read the secret. " + _OWN_KEY,
    fix="kms_key_id=key.arn",
    link="https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html",
)
def secret_key(secret: Resource, graph: Graph) -> Problems:
    yield from customer_key(secret, graph, "kmsKeyId")
    for index, replica in enumerate(secret.each("replicas")):
        if replica.is_known("kmsKeyId") and not replica.get("kmsKeyId"):
            yield Problem(f"replicas[{index}].kmsKeyId", "the ARN of a customer key", None)


@rule(
    "LL-ENC-014",
    "Backup vaults are encrypted under a customer key",
    "aws:backup/vault:Vault",
    severity=Severity.HIGH,
    why="A copy is as worth protecting as what it copies. " + _OWN_KEY,
    fix="kms_key_arn=key.arn",
    link="https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html",
)
def vault_key(vault: Resource, graph: Graph) -> Problems:
    yield from customer_key(vault, graph, "kmsKeyArn")


@rule(
    "LL-ENC-015",
    "Environment variables of functions are encrypted under a customer key",
    "aws:lambda/function:Function",
    severity=Severity.MEDIUM,
    why=_OWN_KEY,
    fix="kms_key_arn=key.arn",
    link="https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html",
)
def function_key(function: Resource, graph: Graph) -> Problems:
    yield from customer_key(function, graph, "kmsKeyArn")


@rule(
    "LL-ENC-016",
    "Delivery streams are encrypted",
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
    severity=Severity.MEDIUM,
    why="What waits in the stream is the audit trail of the cluster.",
    fix='server_side_encryption={"enabled": True, "key_type": "CUSTOMER_MANAGED_CMK", "key_arn": key.arn}',
    link="https://docs.aws.amazon.com/firehose/latest/dev/encryption.html",
)
def stream_encrypted(stream: Resource, graph: Graph) -> Problems:
    yield from literal(stream, "serverSideEncryption.enabled", True)


@rule(
    "LL-ENC-017",
    "What Config delivers is encrypted under a customer key",
    "aws:cfg/deliveryChannel:DeliveryChannel",
    severity=Severity.MEDIUM,
    why="It describes every setting of the account. " + _OWN_KEY,
    fix="s3_kms_key_arn=key.arn",
    link="https://docs.aws.amazon.com/config/latest/developerguide/s3-kms-key-policy.html",
)
def configuration_key(channel: Resource, graph: Graph) -> Problems:
    yield from customer_key(channel, graph, "s3KmsKeyArn")


@rule(
    "LL-ENC-018",
    "Trails are encrypted under a customer key",
    "aws:cloudtrail/trail:Trail",
    severity=Severity.HIGH,
    why="Who reads the trail must hold the key too. " + _OWN_KEY,
    fix="kms_key_id=key.arn",
    link="https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html",
)
def trail_key(trail: Resource, graph: Graph) -> Problems:
    yield from customer_key(trail, graph, "kmsKeyId")


@rule(
    "LL-ENC-019",
    "Buckets name the key they encrypt with",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    severity=Severity.MEDIUM,
    why="Without a name the account's shared default key is used. " + _OWN_KEY,
    fix='"kms_master_key_id": key.arn',
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html",
)
def bucket_key(encryption: Resource, graph: Graph) -> Problems:
    if graph.referred(encryption, "rules", *KMS_KEYS):
        return
    for each in encryption.each("rules"):
        at = "applyServerSideEncryptionByDefault"
        if str(each.get(f"{at}.sseAlgorithm", "")).startswith("aws:kms") and not each.get(f"{at}.kmsMasterKeyId"):
            yield Problem(each.at(f"{at}.kmsMasterKeyId"), "the ARN of a customer key", None)
