"""Roles of the pipelines that do one thing each: lead a release's traffic, put evidence where it stays.

They need so little that neither the preview's nor the deployment's role is fit for it. Free of charge.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.delivery_rights import AUDIENCE, ISSUER, Repository
from components.aws.policy_documents import Statement, allow, document
from components.naming import Naming

ROLLOUT, EVIDENCE = "delivery-rollout", "delivery-evidence"
_HOUR = 3600


@dataclass(frozen=True, kw_only=True)
class DeliveryDutiesArgs:
    """`issuer_arn` and `boundary_arn` are those of delivery_roles.py."""

    repository: Repository
    account_id: str
    region: str
    issuer_arn: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]


class DeliveryDuties(pulumi.ComponentResource):
    """`rollout` may find the cluster, whose own rights say the rest; `evidence` may add to the evidence."""

    rollout_arn: pulumi.Output[str]
    evidence_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: DeliveryDutiesArgs, naming: Naming, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("lifeline:aws:DeliveryDuties", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        self.rollout_arn = self._create_role(
            ROLLOUT, "Pipelines: leads traffic from step to step", [self._find_cluster()]
        )
        self.evidence_arn = self._create_role(
            EVIDENCE,
            "Pipelines: adds to the evidence, and reads none of it",
            put_evidence(args.account_id, args.region, naming),
        )
        self.register_outputs({"rolloutArn": self.rollout_arn, "evidenceArn": self.evidence_arn})

    def _find_cluster(self) -> Statement:
        args = self._args
        cluster = f"arn:aws:eks:{args.region}:{args.account_id}:cluster/{self._naming.name(limit=100)}"
        return allow("FindTheCluster", ["eks:DescribeCluster"], [cluster])

    def _create_role(self, purpose: str, description: str, rights: list[Statement]) -> pulumi.Output[str]:
        role = aws.iam.Role(
            f"{self._name}-{purpose}",
            name=self._naming.name(purpose, limit=64),
            description=description,
            assume_role_policy=document(self._trust(purpose.removeprefix("delivery-"))),
            permissions_boundary=self._args.boundary_arn,
            max_session_duration=_HOUR,
            tags=self._naming.tags("delivery"),
            opts=self._child,
        )
        aws.iam.RolePolicy(
            f"{self._name}-{purpose}-rights", role=role.name, name="rights", policy=document(*rights), opts=self._child
        )
        return role.arn

    def _trust(self, purpose: str) -> Statement:
        return trust(self._args.issuer_arn, self._args.repository, purpose)


def trust(issuer_arn: pulumi.Input[str], repository: Repository, purpose: str) -> Statement:
    """Only `main`, only in the environment of that purpose, and only in the repository with that number."""
    equal = {
        f"{ISSUER}:aud": AUDIENCE,
        f"{ISSUER}:sub": repository.subject(purpose),
        f"{ISSUER}:repository_id": repository.id,
        f"{ISSUER}:ref": "refs/heads/main",
    }
    return {
        "Sid": purpose.capitalize(),
        "Effect": "Allow",
        "Principal": {"Federated": issuer_arn},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": equal},
    }


def put_evidence(account_id: str, region: str, naming: Naming) -> list[Statement]:
    """What is put is locked by the bucket itself; the key serves S3 alone."""
    through_s3 = {
        "StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"},
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": f"alias/{naming.name('backups')}"},
    }
    return [
        allow("AddEvidence", ["s3:PutObject"], [f"arn:aws:s3:::{naming.bucket('evidence')}/packs/*"]),
        allow("EncryptEvidence", ["kms:GenerateDataKey"], [f"arn:aws:kms:{region}:{account_id}:key/*"], through_s3),
    ]
