"""Who may enter the cluster and the account as a person: four roles, each with one way in.

Nobody is named: an identity of the account takes a role on, with a second factor or through Identity Center, if its own
permissions let it. Who did is in the audit trail; `break-glass` raises an alarm each time (audit_alarms.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.policy_documents import Statement, allow
from components.aws.roles import create_role
from components.naming import Naming

BREAK_GLASS = "break-glass"


@dataclass(frozen=True, kw_only=True)
class Person:
    """A role for people: what it is for, how long a session lasts, its right in the cluster and in the account."""

    name: str
    purpose: str
    session_hours: int
    cluster_policy: str
    managed: Sequence[str] = ()
    opens_sessions: bool = False
    """On machines, through Session Manager: logged, without an open port."""


PEOPLE = (
    Person(
        name="administrator",
        purpose="daily operations of the cluster",
        session_hours=4,
        cluster_policy="AmazonEKSAdminPolicy",
        managed=("job-function/ViewOnlyAccess",),
        opens_sessions=True,
    ),
    Person(
        name="read-only",
        purpose="looking, without secrets",
        session_hours=8,
        cluster_policy="AmazonEKSViewPolicy",
        managed=("job-function/ViewOnlyAccess",),
    ),
    Person(
        name="auditor",
        purpose="evidence: configuration, logs and saved queries",
        session_hours=8,
        cluster_policy="AmazonEKSViewPolicy",
        managed=("SecurityAudit", "CloudWatchLogsReadOnlyAccess"),
    ),
    Person(
        name=BREAK_GLASS,
        purpose="an emergency that nothing else can end; every use pages",
        session_hours=1,
        cluster_policy="AmazonEKSClusterAdminPolicy",
        managed=("PowerUserAccess",),
        opens_sessions=True,
    ),
)


def create_access(
    name: str, cluster: aws.eks.Cluster, account_id: str, naming: Naming, parent: pulumi.Resource
) -> dict[str, pulumi.Output[str]]:
    """Roles with their entries in the cluster; their ARNs by name."""
    return {person.name: _create(name, person, cluster, account_id, naming, parent) for person in PEOPLE}


def _create(
    name: str, person: Person, cluster: aws.eks.Cluster, account_id: str, naming: Naming, parent: pulumi.Resource
) -> pulumi.Output[str]:
    opts = ResourceOptions(parent=parent)
    role, _ = create_role(
        f"{name}-{person.name}",
        person.name,
        trusted_people(account_id),
        statements=_rights(person, cluster, naming),
        managed=person.managed,
        description=person.purpose,
        component="cluster",
        naming=naming,
        opts=opts,
        session_hours=person.session_hours,
    )
    entry = aws.eks.AccessEntry(
        f"{name}-{person.name}-entry",
        cluster_name=cluster.name,
        principal_arn=role.arn,
        tags=naming.tags("cluster"),
        opts=opts,
    )
    aws.eks.AccessPolicyAssociation(
        f"{name}-{person.name}-right",
        cluster_name=cluster.name,
        principal_arn=entry.principal_arn,
        policy_arn=f"arn:aws:eks::aws:cluster-access-policy/{person.cluster_policy}",
        access_scope={"type": "cluster"},
        opts=opts,
    )
    return role.arn


def trusted_people(account_id: str) -> list[Statement]:
    """Identity Center asks for the second factor itself and does not tell it on; everybody else shows it here."""
    account = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account_id}:root"}, "Action": "sts:AssumeRole"}
    center = f"arn:aws:iam::{account_id}:role/aws-reserved/sso.amazonaws.com/*"
    return [
        {**account, "Sid": "WithSecondFactor", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}},
        {**account, "Sid": "ThroughIdentityCenter", "Condition": {"ArnLike": {"aws:PrincipalArn": center}}},
    ]


def _rights(person: Person, cluster: aws.eks.Cluster, naming: Naming) -> list[Statement]:
    rights = [allow("FindTheCluster", ["eks:DescribeCluster"], [cluster.arn])]
    if person.opens_sessions:
        own_machines = {"StringEquals": {"ssm:resourceTag/lifeline:system": naming.system}}
        rights += [
            allow("OpenSessions", ["ssm:StartSession"], ["arn:aws:ec2:*:*:instance/*"], own_machines),
            allow("SessionKind", ["ssm:StartSession"], ["arn:aws:ssm:*:*:document/SSM-SessionManagerRunShell"]),
            allow(
                "OwnSessions",
                ["ssm:ResumeSession", "ssm:TerminateSession"],
                ["arn:aws:ssm:*:*:session/${aws:userid}-*"],
            ),
        ]
    return rights
