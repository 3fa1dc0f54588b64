"""Secrets, passwords and the account's own identity settings."""

import re

from policies.context import context_of
from policies.core.graph import Graph
from policies.core.resource import NotApplicable, Resource
from policies.core.rule import Problem, Problems, Severity, rule, stack_rule
from policies.joins.databases import DATABASE
from policies.joins.documents import statements
from policies.joins.expect import literal, number

SECRET = "aws:secretsmanager/secret:Secret"
ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"
PASSWORDS = "aws:iam/accountPasswordPolicy:AccountPasswordPolicy"
#: Rotates what only pods of the cluster can reach; says so in its annotations.
CRON_JOB = "kubernetes:batch/v1:CronJob"
_ROTATES, _AFTER_DAYS = "lifeline.dev/rotates", "lifeline.dev/rotates-after-days"
ANALYZER = "aws:accessanalyzer/analyzer:Analyzer"
_ROTATE = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html"
_PASSWORD_LINK = "https://docs.aws.amazon.com/config/latest/developerguide/iam-password-policy.html"
_QUARTER = 90
#: Names of variables that hold secrets, and values that only name one.
_SECRET_NAME = re.compile(r"(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY)", re.IGNORECASE)
_REFERENCE = re.compile(r"^(arn:|/|[a-z0-9-]+/)")


@rule(
    "LL-IAM-020",
    "Secrets are rotated",
    SECRET,
    severity=Severity.HIGH,
    why="A secret that never changes is known to everybody who ever worked here.",
    fix="aws.secretsmanager.SecretRotation(..., secret_id=secret.id)",
    link=_ROTATE,
)
def secret_rotated(secret: Resource, graph: Graph) -> Problems:
    if _made_elsewhere(secret, graph):
        raise NotApplicable("its provider, or an overlap of several programs, decides when it changes")
    if not any(graph.referring(secret, "secretId", ROTATION)) and not _rotated_inside(secret, graph):
        yield Problem("", "a rotation of this secret", None)


def _rotated_inside(secret: Resource, graph: Graph) -> bool:
    """By a CronJob of this stack that names it, runs, and renews it within the quarter."""
    return secret.is_known("name") and any(_rotates(job, str(secret.get("name"))) for job in graph.of(CRON_JOB))


def _rotates(job: Resource, name: str) -> bool:
    if not job.is_known("metadata.annotations"):
        return False
    said: dict[str, object] = job.get("metadata.annotations") or {}
    days = str(said.get(_AFTER_DAYS, ""))
    in_time = days.isdigit() and 1 <= int(days) <= _QUARTER
    return in_time and name in str(said.get(_ROTATES, "")).split(",") and job.get("spec.suspend") is not True


def _made_elsewhere(secret: Resource, graph: Graph) -> bool:
    """Supplied by a provider: a duty of people with a date, not a function's."""
    system = context_of(graph).system
    if system is None or not secret.is_known("name"):
        return False
    name = str(secret.get("name", "")).rpartition("/")[2]
    return any(each.name == name and each.secret_class == "supplied" for each in system.secrets.secrets)


@rule(
    "LL-IAM-021",
    "Secrets are rotated every quarter",
    ROTATION,
    severity=Severity.HIGH,
    why="All five documents ask for it.",
    fix='rotation_rules={"automatically_after_days": 83}',
    link=_ROTATE,
)
def rotated_quarterly(rotation: Resource, graph: Graph) -> Problems:
    system = context_of(graph).system
    most = system.secrets.maximum_rotation_days if system else _QUARTER
    if rotation.get("rotationRules.scheduleExpression"):
        raise NotApplicable("by a schedule of its own")
    yield from number(
        rotation, "rotationRules.automaticallyAfterDays", lambda days: 1 <= days <= most, f"{most} days at most"
    )


@rule(
    "LL-IAM-022",
    "Deleted secrets can be brought back for a month",
    SECRET,
    severity=Severity.MEDIUM,
    why="A wrong update must not end every connection for good.",
    fix="recovery_window_in_days=30",
    link="https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html",
)
def secret_recoverable(secret: Resource, graph: Graph) -> Problems:
    least = 30 if _production(graph) else 7
    yield from number(secret, "recoveryWindowInDays", lambda days: days >= least, f"{least} days", 30)


def _production(graph: Graph) -> bool:
    system = context_of(graph).system
    return system is None or system.environment == "production"


@rule(
    "LL-IAM-023",
    "Secrets are not for everybody",
    "aws:secretsmanager/secretPolicy:SecretPolicy",
    severity=Severity.HIGH,
    why="Any account could read it.",
    fix="name the roles, or deny whoever is not among them",
    link="https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html",
)
def secret_private(policy: Resource, graph: Graph) -> Problems:
    for each in statements(policy, "policy"):
        if each.for_everybody:
            yield Problem(f"{each.path}.Principal", "named principals", "*")


@rule(
    "LL-IAM-024",
    "People log in to databases with their own identity",
    DATABASE,
    severity=Severity.HIGH,
    why="A shared password says nothing about who read whose record.",
    fix="iam_database_authentication_enabled=True",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html",
)
def database_identity(database: Resource, graph: Graph) -> Problems:
    yield from literal(database, "iamDatabaseAuthenticationEnabled", True)


@rule(
    "LL-IAM-025",
    "Functions have no secrets in their environment",
    "aws:lambda/function:Function",
    severity=Severity.HIGH,
    why="Whoever may describe the function reads its environment, and every log of an error prints it.",
    fix="the secret's ARN; the function reads its value when it runs",
    link="https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
)
def no_secrets_in_environment(function: Resource, graph: Graph) -> Problems:
    for name, value in dict(function.get("environment.variables", {})).items():
        if _SECRET_NAME.search(str(name)) and isinstance(value, str) and value and not _REFERENCE.match(value):
            yield Problem(f"environment.variables.{name}", "the name or ARN of a secret", "a value")


@rule(
    "LL-IAM-026",
    "Passwords of the account are long, varied, changed and not used again",
    PASSWORDS,
    severity=Severity.MEDIUM,
    why="They are what is left when the organisation's sign-in fails.",
    fix="minimum_password_length=14, password_reuse_prevention=24, max_password_age=90, all four kinds required",
    link=_PASSWORD_LINK,
)
def password_policy(policy: Resource, graph: Graph) -> Problems:
    yield from number(policy, "minimumPasswordLength", lambda each: each >= 14, "14 at least", 6)
    yield from number(policy, "passwordReusePrevention", lambda each: each >= 24, "24", 0)
    yield from number(policy, "maxPasswordAge", lambda each: 1 <= each <= 90, "90 days at most", 0)
    for kind in ("requireLowercaseCharacters", "requireUppercaseCharacters", "requireNumbers", "requireSymbols"):
        yield from literal(policy, kind, True)


@stack_rule(
    "LL-IAM-027",
    "The account has a password policy",
    severity=Severity.MEDIUM,
    why="AWS' own asks for eight characters.",
    fix="aws.iam.AccountPasswordPolicy(...)",
    link=_PASSWORD_LINK,
    needs=("aws:iam/role:Role",),
)
def has_password_policy(graph: Graph) -> Problems:
    if not graph.of(PASSWORDS):
        yield Problem("", f"a resource {PASSWORDS}", None)


@stack_rule(
    "LL-IAM-028",
    "Somebody looks for what is shared outside",
    severity=Severity.MEDIUM,
    why="A bucket, key or role opened by hand is found within minutes instead of at the next review.",
    fix='aws.accessanalyzer.Analyzer(..., type="ACCOUNT")',
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/what-is-access-analyzer.html",
    needs=("aws:iam/role:Role",),
)
def has_analyzer(graph: Graph) -> Problems:
    found = [each.get("type", "ACCOUNT") for each in graph.of(ANALYZER)]
    if not {"ACCOUNT", "ORGANIZATION"} & set(found):
        yield Problem("", f"a resource {ANALYZER} of ACCOUNT or ORGANIZATION", ", ".join(found) or None)
