"""Customer keys: rotated, alive, hard to delete, and not for everybody."""

from policies.core.graph import Graph
from policies.core.resource import NotApplicable, Resource
from policies.core.rule import Problem, Problems, Severity, rule
from policies.joins.documents import statements
from policies.joins.expect import literal, not_literal, number

KEY = "aws:kms/key:Key"
REPLICA = "aws:kms/replicaKey:ReplicaKey"
_ROTATION = "https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html"
_DELETION = "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html"


@rule(
    "LL-ENC-020",
    "Keys are rotated every year",
    KEY,
    severity=Severity.HIGH,
    why="A key that leaked once must not open what is written from then on for ever.",
    fix="enable_key_rotation=True",
    link=_ROTATION,
)
def key_rotated(key: Resource, graph: Graph) -> Problems:
    if key.get("customerMasterKeySpec", "SYMMETRIC_DEFAULT") != "SYMMETRIC_DEFAULT":
        raise NotApplicable("AWS rotates symmetric keys only")
    yield from literal(key, "enableKeyRotation", True)
    yield from number(key, "rotationPeriodInDays", lambda days: days <= 365, "365 days at most", 365)


@rule(
    "LL-ENC-021",
    "A key's deletion can be called off for thirty days",
    KEY,
    REPLICA,
    severity=Severity.HIGH,
    why="With the key everything encrypted under it is gone: backups, records and the database.",
    fix="deletion_window_in_days=30",
    link=_DELETION,
)
def key_deletion_window(key: Resource, graph: Graph) -> Problems:
    yield from number(key, "deletionWindowInDays", lambda days: days >= 30, "30", 30)


@rule(
    "LL-ENC-022",
    "Keys are enabled",
    KEY,
    REPLICA,
    severity=Severity.CRITICAL,
    why="Whatever is encrypted under a disabled key stops at once.",
    fix="is_enabled=True (the default)",
    link=_DELETION,
)
def key_enabled(key: Resource, graph: Graph) -> Problems:
    yield from not_literal(key, "isEnabled" if key.type == KEY else "enabled", False, "true")


@rule(
    "LL-ENC-023",
    "A key's policy is not for everybody",
    KEY,
    REPLICA,
    severity=Severity.HIGH,
    why="Any account in the world could decrypt.",
    fix='"Principal": {"AWS": role.arn}, or a condition on kms:CallerAccount',
    link="https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html",
)
def key_policy(key: Resource, graph: Graph) -> Problems:
    if key.is_known("policy") and key.get("policy") is None:
        raise NotApplicable("the default policy, for this account only")
    for each in statements(key, "policy"):
        if each.for_everybody:
            yield Problem(f"{each.path}.Principal", "named principals or a condition", "*")


@rule(
    "LL-ENC-024",
    "Key policies keep the lock-out check on",
    KEY,
    REPLICA,
    severity=Severity.MEDIUM,
    why="Without it a policy can be written that nobody can change any more, not even the account.",
    fix="bypass_policy_lockout_safety_check=False (the default)",
    link="https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html",
)
def key_lockout(key: Resource, graph: Graph) -> Problems:
    yield from not_literal(key, "bypassPolicyLockoutSafetyCheck", True, "false")


@rule(
    "LL-ENC-025",
    "Private keys are long enough",
    "tls:index/privateKey:PrivateKey",
    severity=Severity.HIGH,
    why="Shorter ones are broken within the life of a certificate.",
    fix='algorithm="ECDSA", ecdsa_curve="P256"; or RSA with rsa_bits=2048 and more',
    link="https://csrc.nist.gov/pubs/sp/800/57/pt1/r5/final",
)
def private_key_size(key: Resource, graph: Graph) -> Problems:
    if key.get("algorithm") == "RSA":
        yield from number(key, "rsaBits", lambda bits: bits >= 2048, "2048 bits at least", 2048)
    if key.get("algorithm") == "ECDSA":
        yield from literal(key, "ecdsaCurve", "P256", "P384", "P521")


@rule(
    "LL-ENC-026",
    "Public certificates have strong keys",
    "aws:acm/certificate:Certificate",
    severity=Severity.MEDIUM,
    why="A visitor's connection is as safe as the key behind the certificate.",
    fix='key_algorithm="EC_prime256v1" (or RSA_2048)',
    link="https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html",
)
def certificate_key(certificate: Resource, graph: Graph) -> Problems:
    found = certificate.get("keyAlgorithm", "RSA_2048")
    if found == "RSA_1024":
        yield Problem("keyAlgorithm", "EC_prime256v1 or RSA_2048", found)


@rule(
    "LL-ENC-027",
    "Generated passwords are long",
    "random:index/randomPassword:RandomPassword",
    severity=Severity.MEDIUM,
    why="Nobody types them: length costs nothing and ends guessing.",
    fix="length=32 or more",
    link="https://pages.nist.gov/800-63-4/sp800-63b.html",
)
def password_length(password: Resource, graph: Graph) -> Problems:
    yield from number(password, "length", lambda characters: characters >= 20, "20 characters at least")
