"""Policies: least privilege, no users, no keys."""

from policies.core.graph import Graph
from policies.core.resource import Resource
from policies.core.rule import Problem, Problems, Severity, rule, stack_rule
from policies.joins.documents import statements

POLICY = "aws:iam/policy:Policy"
ROLE = "aws:iam/role:Role"
INLINE = ("aws:iam/rolePolicy:RolePolicy", "aws:iam/userPolicy:UserPolicy", "aws:iam/groupPolicy:GroupPolicy")
_ATTACHMENTS = tuple(
    f"aws:iam/{each[0].lower()}{each[1:]}:{each}"
    for each in ("RolePolicyAttachment", "UserPolicyAttachment", "GroupPolicyAttachment", "PolicyAttachment")
)
_PRACTICE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"
_KMS = "https://docs.aws.amazon.com/config/latest/developerguide/iam-customer-policy-blocked-kms-actions.html"
_BLOCKED_KMS = ("kms:*", "kms:decrypt", "kms:reencrypt*", "kms:reencryptfrom", "kms:reencryptto")


@rule(
    "LL-IAM-001",
    "No policy gives everything",
    POLICY,
    *INLINE,
    severity=Severity.HIGH,
    why="Whoever gets hold of one such role has the platform, its backups and its trail.",
    fix="the actions that are used, on the resources that they are used on",
    link="https://docs.aws.amazon.com/config/latest/developerguide/iam-policy-no-statements-with-admin-access.html",
)
def no_admin(policy: Resource, graph: Graph) -> Problems:
    for each in statements(policy, "policy"):
        if each.allows and each.on_everything and "*" in each.actions and not only_bounds(policy, graph):
            yield Problem(f"{each.path}.Action", "named actions on named resources", "* on *")


@rule(
    "LL-IAM-002",
    "No policy gives a whole service",
    POLICY,
    *INLINE,
    severity=Severity.HIGH,
    why="Nobody needs every action of a service; deleting is always among them.",
    fix="the actions that are used",
    link="https://docs.aws.amazon.com/config/latest/developerguide/iam-policy-no-statements-with-full-access.html",
    within=("LL-IAM-001",),
)
def no_full_access(policy: Resource, graph: Graph) -> Problems:
    for each in statements(policy, "policy"):
        whole = [action for action in each.actions if action == "*" or action.endswith(":*")]
        if each.allows and whole and not only_bounds(policy, graph):
            yield Problem(f"{each.path}.Action", "named actions", ", ".join(whole))


def only_bounds(policy: Resource, graph: Graph) -> bool:
    """A boundary that is attached to nobody gives nothing: what it allows is the most that others can give."""
    bounds = any(graph.referring(policy, "permissionsBoundary", ROLE))
    return bounds and not any(graph.referring(policy, "policyArn", *_ATTACHMENTS))


@rule(
    "LL-IAM-003",
    "Policies decrypt with named keys only",
    POLICY,
    severity=Severity.HIGH,
    why="Decrypting with any key undoes the separation of data classes.",
    fix='"Resource": [key.arn]',
    link=_KMS,
)
def kms_of_policies(policy: Resource, graph: Graph) -> Problems:
    for problem in _kms(policy):
        if not only_bounds(policy, graph):
            yield problem


@rule(
    "LL-IAM-004",
    "Inline policies decrypt with named keys only",
    *INLINE,
    severity=Severity.HIGH,
    why="Decrypting with any key undoes the separation of data classes.",
    fix='"Resource": [key.arn]',
    link=_KMS,
)
def kms_of_inline(policy: Resource, graph: Graph) -> Problems:
    yield from _kms(policy)


def _kms(policy: Resource) -> Problems:
    for each in statements(policy, "policy"):
        anywhere = [one for one in each.resources if one == "*" or one.endswith(":key/*")]
        blocked = [action for action in each.actions if action == "*" or action.lower() in _BLOCKED_KMS]
        if each.allows and anywhere and blocked:
            yield Problem(f"{each.path}.Resource", "the ARN of a key", f"{', '.join(blocked)} on {anywhere[0]}")


@stack_rule(
    "LL-IAM-005",
    "Users and groups have no inline policies",
    severity=Severity.HIGH,
    why="Nobody finds them again when a person leaves.",
    fix="a role that people assume, with policies of their own",
    link="https://docs.aws.amazon.com/config/latest/developerguide/iam-no-inline-policy-check.html",
    needs=(
        "aws:iam/role:Role",
        "aws:iam/userPolicy:UserPolicy",
        "aws:iam/groupPolicy:GroupPolicy",
    ),
)
def no_inline(graph: Graph) -> Problems:
    for each in graph.of("aws:iam/userPolicy:UserPolicy", "aws:iam/groupPolicy:GroupPolicy"):
        yield Problem("", "a policy of its own on a role", each.name, each)


@rule(
    "LL-IAM-006",
    "Roles carry no inline policies",
    ROLE,
    severity=Severity.MEDIUM,
    why="Policies written into the role's own declaration are seen by no review of policies.",
    fix="aws.iam.Policy and aws.iam.RolePolicyAttachment",
    link="https://docs.aws.amazon.com/config/latest/developerguide/iam-no-inline-policy-check.html",
)
def no_inline_in_roles(role: Resource, graph: Graph) -> Problems:
    if "inlinePolicies" in role.properties and role.get("inlinePolicies"):
        yield Problem("inlinePolicies", "none", "some")


@stack_rule(
    "LL-IAM-007",
    "There are no users",
    severity=Severity.HIGH,
    why="Passwords and keys of users live for years; people and programs assume roles.",
    fix="a role, assumed through the organisation's sign-in",
    link=_PRACTICE,
    needs=(
        "aws:iam/role:Role",
        "aws:iam/user:User",
    ),
)
def no_users(graph: Graph) -> Problems:
    for each in graph.of("aws:iam/user:User"):
        yield Problem("", "a role", each.name, each)


@rule(
    "LL-IAM-008",
    "Policies are attached to no users",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
    severity=Severity.HIGH,
    why="Rights of a person come and go with a role, never with a name.",
    fix="aws.iam.RolePolicyAttachment",
    link="https://docs.aws.amazon.com/config/latest/developerguide/iam-user-no-policies-check.html",
)
def no_user_policies(attachment: Resource, graph: Graph) -> Problems:
    if attachment.get("user") or attachment.get("users"):
        yield Problem("user", "a role", attachment.get("user") or attachment.get("users"))


@stack_rule(
    "LL-IAM-009",
    "There are no access keys",
    severity=Severity.CRITICAL,
    why="A key in a file is the usual way into an account.",
    fix="a role, by pod identity or by the organisation's sign-in",
    link=_PRACTICE,
    needs=(
        "aws:iam/role:Role",
        "aws:iam/accessKey:AccessKey",
    ),
)
def no_access_keys(graph: Graph) -> Problems:
    for each in graph.of("aws:iam/accessKey:AccessKey"):
        yield Problem("", "a role", each.name, each)


@rule(
    "LL-IAM-014",
    "Statements that allow say what, not what not",
    POLICY,
    *INLINE,
    severity=Severity.HIGH,
    why="Everything that AWS adds tomorrow would be allowed as well.",
    fix='"Action" instead of "NotAction"',
    link=_PRACTICE,
)
def no_not_action(policy: Resource, graph: Graph) -> Problems:
    for each in statements(policy, "policy"):
        if each.allows and each.not_actions:
            yield Problem(f"{each.path}.NotAction", "Action", ", ".join(each.not_actions))


@rule(
    "LL-IAM-016",
    "Roles are passed on by name",
    POLICY,
    *INLINE,
    severity=Severity.HIGH,
    why="Whoever may pass any role to a machine has the rights of every role.",
    fix='"Resource": [role.arn], "Condition": {"StringEquals": {"iam:PassedToService": "..."}}',
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
)
def pass_role(policy: Resource, graph: Graph) -> Problems:
    for each in statements(policy, "policy"):
        passes = [action for action in each.actions if action.lower() in ("iam:passrole", "iam:*", "iam:pass*")]
        if each.allows and passes and each.on_everything:
            yield Problem(f"{each.path}.Resource", "the ARN of a role", "*")
