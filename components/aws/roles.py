"""IAM roles with least privilege: who may take one on, and exactly what it may do."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.policy_documents import Statement, document, trust
from components.naming import Naming


def create_role(
    name: str,
    physical: str,
    trusted: Statement | Sequence[Statement],
    *,
    statements: Sequence[Statement] = (),
    policy: pulumi.Input[str] | None = None,
    managed: Sequence[str] = (),
    description: str,
    component: str,
    naming: Naming,
    opts: ResourceOptions,
    session_hours: int = 1,
) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
    """The role, and what must be there before it is of use. `managed` are policies of AWS by path and name."""
    who = [trusted] if isinstance(trusted, Mapping) else list(trusted)
    role = aws.iam.Role(
        f"{name}-role",
        name=naming.name(physical, limit=64),
        description=description,
        assume_role_policy=document(*who),
        max_session_duration=session_hours * 3600,
        tags=naming.tags(component),
        opts=opts,
    )
    granted: list[pulumi.Resource] = [
        aws.iam.RolePolicyAttachment(
            f"{name}-{each.rsplit('/', 1)[-1]}",
            role=role.name,
            policy_arn=f"arn:aws:iam::aws:policy/{each}",
            opts=opts,
        )
        for each in managed
    ]
    own = {"policy": policy, "rights": document(*statements) if statements else None}
    granted += [
        _attach_own(f"{name}-{kind}", (physical, kind), role, text, component, naming, opts)
        for kind, text in own.items()
        if text is not None
    ]
    return role, granted


def _attach_own(
    name: str,
    physical: tuple[str, ...],
    role: aws.iam.Role,
    text: pulumi.Input[str],
    component: str,
    naming: Naming,
    opts: ResourceOptions,
) -> pulumi.Resource:
    own = aws.iam.Policy(
        name,
        name=naming.name(*physical, limit=128),
        policy=text,
        tags=naming.tags(component),
        opts=opts,
    )
    return aws.iam.RolePolicyAttachment(f"{name}-attachment", role=role.name, policy_arn=own.arn, opts=opts)


def of_service(service: str, account_id: str) -> Statement:
    """Trust in an AWS service that acts for this account's resources only."""
    return trust(service, {"StringEquals": {"aws:SourceAccount": account_id}})
