"""Nothing travels in clear: to buckets, databases, topics and by mail."""

from policies.core.graph import Graph
from policies.core.resource import NotApplicable, Resource
from policies.core.rule import Problem, Problems, Severity, rule
from policies.joins.buckets import BUCKET, parts
from policies.joins.databases import DATABASE, PARAMETERS, parameters
from policies.joins.documents import only_tls
from policies.joins.expect import is_given, literal

_RDS_TLS = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html"
_OLD_AUTHORITIES = ("rds-ca-2015", "rds-ca-2019")


@rule(
    "LL-ENC-030",
    "Databases refuse connections without TLS",
    DATABASE,
    severity=Severity.CRITICAL,
    why="Every query and every row crosses the network between the pods and the database.",
    fix='ParameterGroup(parameters=[{"name": "rds.force_ssl", "value": "1"}])',
    link=_RDS_TLS,
)
def database_forces_tls(database: Resource, graph: Graph) -> Problems:
    if database.is_known("engine") and database.get("engine", "postgres") != "postgres":
        raise NotApplicable("another engine than PostgreSQL")
    if graph.one(database, "parameterGroupName", PARAMETERS) is None:
        yield Problem("parameterGroupName", "a parameter group with rds.force_ssl", None)
        return
    found = parameters(database, graph).get("rds.force_ssl")
    if found not in ("1", "on", "1.0"):
        yield Problem("parameters.rds.force_ssl", "1", found)


@rule(
    "LL-ENC-031",
    "Databases speak TLS 1.2 or newer",
    PARAMETERS,
    severity=Severity.MEDIUM,
    why="Older versions have known breaks.",
    fix='{"name": "ssl_min_protocol_version", "value": "TLSv1.2"}',
    link=_RDS_TLS,
)
def database_tls_version(group: Resource, graph: Graph) -> Problems:
    if not str(group.get("family", "postgres")).startswith("postgres"):
        raise NotApplicable("another engine than PostgreSQL")
    given = {str(each.get("name")): str(each.get("value", "")) for each in group.each("parameters")}
    found = given.get("ssl_min_protocol_version", "TLSv1.2")
    if found not in ("TLSv1.2", "TLSv1.3"):
        yield Problem("parameters.ssl_min_protocol_version", "TLSv1.2 or TLSv1.3", found)


@rule(
    "LL-ENC-032",
    "The certificate authority of a database is a current one",
    DATABASE,
    severity=Severity.MEDIUM,
    why="Certificates of the old authorities have expired: verify-full fails and people turn it off.",
    fix='ca_cert_identifier="rds-ca-rsa2048-g1"',
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html",
)
def database_authority(database: Resource, graph: Graph) -> Problems:
    found = database.get("caCertIdentifier")
    if found in _OLD_AUTHORITIES:
        yield Problem("caCertIdentifier", "rds-ca-rsa2048-g1 or newer", found)


@rule(
    "LL-ENC-033",
    "Buckets are read and written by TLS only",
    BUCKET,
    severity=Severity.HIGH,
    why="S3 answers plain HTTP as well unless the bucket's policy denies it.",
    fix='{"Effect": "Deny", "Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}',
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
)
def bucket_tls(bucket: Resource, graph: Graph) -> Problems:
    policies = list(graph.referring(bucket, "bucket", "aws:s3/bucketPolicy:BucketPolicy")) or [bucket]
    if not any(only_tls(each, "policy") for each in policies):
        yield Problem("policy", "Deny for aws:SecureTransport = false", "no such statement")


@rule(
    "LL-ENC-034",
    "Certificates of names are proven by DNS",
    "aws:acm/certificate:Certificate",
    severity=Severity.MEDIUM,
    why="ACM renews by itself only what DNS proves; a mail that nobody answers ends the platform a year later.",
    fix='validation_method="DNS"',
    link="https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html",
)
def certificate_by_dns(certificate: Resource, graph: Graph) -> Problems:
    if is_given(certificate, "privateKey"):
        raise NotApplicable("an imported certificate")
    yield from literal(certificate, "validationMethod", "DNS")


@rule(
    "LL-ENC-035",
    "Mail leaves by TLS only",
    "aws:sesv2/configurationSet:ConfigurationSet",
    severity=Severity.HIGH,
    why="A mail from a mental-health platform tells something about whoever gets it.",
    fix='delivery_options={"tls_policy": "REQUIRE"}',
    link="https://docs.aws.amazon.com/ses/latest/dg/security-protocols.html",
)
def mail_tls(settings: Resource, graph: Graph) -> Problems:
    yield from literal(settings, "deliveryOptions.tlsPolicy", "REQUIRE")


@rule(
    "LL-ENC-036",
    "Subscriptions by address are HTTPS",
    "aws:sns/topicSubscription:TopicSubscription",
    severity=Severity.HIGH,
    why="An alarm in clear can be read and forged on its way.",
    fix='protocol="https"',
    link="https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html",
)
def subscription_tls(subscription: Resource, graph: Graph) -> Problems:
    if subscription.get("protocol") == "http":
        yield Problem("protocol", "https", "http")


@rule(
    "LL-ENC-037",
    "Every bucket has a bucket key",
    BUCKET,
    severity=Severity.LOW,
    why="Without one each object read is a call to KMS: its limit is met in an incident, when everybody reads.",
    fix='"bucket_key_enabled": True',
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html",
)
def bucket_has_bucket_key(bucket: Resource, graph: Graph) -> Problems:
    rules = [view for part in parts(bucket, graph, "encryption") for view in part.each("rules")]
    under_kms = [
        each for each in rules if str(each.get("applyServerSideEncryptionByDefault.sseAlgorithm", "")) == "aws:kms"
    ]
    if not under_kms:
        raise NotApplicable("no KMS key")
    for each in under_kms:
        yield from literal(each, "bucketKeyEnabled", True)
