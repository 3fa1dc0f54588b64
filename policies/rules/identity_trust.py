"""Who may become which role: named, with a second factor, for a working day."""

from policies.core.graph import Graph
from policies.core.resource import NotApplicable, Resource
from policies.core.rule import Problem, Problems, Severity, rule
from policies.joins.documents import Statement, statements
from policies.joins.expect import number

ROLE = "aws:iam/role:Role"
_PRACTICE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"
_STANDING = ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess")
_HOUR = 3_600
_ATTACHING = ("*", "iam:*", "iam:attach*", "iam:attachrole*", "iam:attachrolepolicy")


@rule(
    "LL-IAM-010",
    "Roles are not assumed by everybody",
    ROLE,
    severity=Severity.HIGH,
    why="Any account in the world could take the role.",
    fix='"Principal": {"Service": "..."}, with aws:SourceAccount',
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
)
def trust_narrow(role: Resource, graph: Graph) -> Problems:
    for each in statements(role, "assumeRolePolicy"):
        if each.allows and "*" in each.principals:
            yield Problem(f"{each.path}.Principal", "a named principal", "*")


@rule(
    "LL-IAM-011",
    "People assume roles with a second factor",
    ROLE,
    severity=Severity.HIGH,
    why="A password alone is stolen every day.",
    fix='"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}',
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html",
)
def second_factor(role: Resource, graph: Graph) -> Problems:
    people = [each for each in statements(role, "assumeRolePolicy") if _by_account(each)]
    if not people:
        raise NotApplicable("no account may assume it")
    for each in people:
        if not _sure_of_the_person(each) and not each.condition("sts:ExternalId"):
            yield Problem(f"{each.path}.Condition", "aws:MultiFactorAuthPresent = true", None)


def _sure_of_the_person(statement: Statement) -> bool:
    """By a second factor, or by the organisation's sign-in, which asks for one itself."""
    second_factor = statement.condition("aws:MultiFactorAuthPresent") == "true"
    return second_factor or "aws-reserved/sso.amazonaws.com/" in statement.condition("aws:PrincipalArn")


def _by_account(statement: Statement) -> bool:
    assumes = any(each.lower() in ("sts:assumerole", "sts:*", "*") for each in statement.actions)
    return statement.allows and assumes and any(each.endswith(":root") for each in statement.principals)


@rule(
    "LL-IAM-012",
    "Sessions end within a working day",
    ROLE,
    severity=Severity.MEDIUM,
    why="A session that nobody ends is open on a lost machine.",
    fix="max_session_duration=28800 at most",
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use.html",
)
def session_ends(role: Resource, graph: Graph) -> Problems:
    yield from number(role, "maxSessionDuration", lambda seconds: seconds <= 8 * _HOUR, "28800 at most", _HOUR)


@rule(
    "LL-IAM-013",
    "Roles assumed from outside by tokens name who asks",
    ROLE,
    severity=Severity.HIGH,
    why="Without a subject every repository of the provider could deploy.",
    fix='"Condition": {"StringEquals": {"<provider>:sub": "repo:<owner>/<name>:..."}}',
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html",
)
def token_subject(role: Resource, graph: Graph) -> Problems:
    federated = [
        each for each in statements(role, "assumeRolePolicy") if any("oidc-provider" in one for one in each.principals)
    ]
    if not federated:
        raise NotApplicable("no tokens from outside")
    for each in federated:
        asked = [name for values in each.conditions.values() for name in values]
        if not any(name.endswith(":sub") for name in asked):
            yield Problem(f"{each.path}.Condition", "a condition on the token's sub", ", ".join(asked) or None)


@rule(
    "LL-IAM-015",
    "Only the emergency role is an administrator",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    severity=Severity.HIGH,
    why="Standing administrators are what a stolen session is worth stealing for.",
    fix="a role with a second factor and sessions of an hour, or fewer rights",
    link=_PRACTICE,
)
def no_standing_admin(attachment: Resource, graph: Graph) -> Problems:
    given = str(attachment.get("policyArn")).rpartition("/")[2] if attachment.is_known("policyArn") else ""
    if given not in _STANDING:
        return
    role = graph.one(attachment, "role", ROLE)
    people = [each for each in statements(role, "assumeRolePolicy") if _by_account(each)] if role else []
    emergency = bool(people) and all(_sure_of_the_person(each) for each in people)
    if role is None or not emergency or role.get("maxSessionDuration", _HOUR) > _HOUR:
        yield Problem("policyArn", "fewer rights, or a second factor and sessions of an hour", given)


@rule(
    "LL-IAM-017",
    "Pods' roles name their namespace and service account",
    ROLE,
    severity=Severity.MEDIUM,
    why="Otherwise any pod association could be pointed at the role.",
    fix='"Condition": {"StringEquals": {"aws:RequestTag/kubernetes-service-account": "..."}}',
    link="https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html",
)
def pod_role(role: Resource, graph: Graph) -> Problems:
    pods = [each for each in statements(role, "assumeRolePolicy") if "pods.eks.amazonaws.com" in each.principals]
    if not pods:
        raise NotApplicable("not assumed by pods")
    for each in pods:
        if not each.condition("aws:RequestTag/kubernetes-service-account"):
            yield Problem(f"{each.path}.Condition", "aws:RequestTag/kubernetes-service-account", None)


@rule(
    "LL-IAM-018",
    "Roles are bound",
    ROLE,
    severity=Severity.MEDIUM,
    why="Whoever makes roles could make one that may do more than himself, and take it on.",
    fix='"permissions_boundary": boundary.arn, a policy that denies changing rights',
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
)
def bound(role: Resource, graph: Graph) -> Problems:
    """A boundary from outside the stack (a landing zone's) is taken at its word, AWS's own policies are not."""
    wanted = "a boundary that denies changing rights"
    boundary = graph.one(role, "permissionsBoundary", "aws:iam/policy:Policy")
    if boundary is not None:
        if not any(_keeps_rights(each) for each in statements(boundary, "policy")):
            yield Problem("permissionsBoundary", wanted, boundary.name)
        return
    given = role.get("permissionsBoundary")
    if not given or ":iam::aws:" in given:
        yield Problem("permissionsBoundary", wanted, given)


def _keeps_rights(statement: Statement) -> bool:
    """Nobody but administrators attaches policies to roles."""
    return not statement.allows and any(action.lower() in _ATTACHING for action in statement.actions)
