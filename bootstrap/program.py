"""Who may deploy a stack: the roles of its pipelines, and, once the cluster stands, their way into it and runners.

Account, region, system and environment come from the platform's own stack file of the same name.
"""

import re
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
import yaml
from pulumi import ResourceOptions

from components.aws.delivery_access import DeliveryAccess, DeliveryAccessArgs
from components.aws.delivery_duties import DeliveryDuties, DeliveryDutiesArgs
from components.aws.delivery_rights import Repository
from components.aws.delivery_roles import DeliveryRoles, DeliveryRolesArgs
from components.aws.delivery_runners import DeliveryRunners, DeliveryRunnersArgs
from components.kubernetes.preview_guard import PreviewGuard, PreviewGuardArgs
from components.kubernetes.rollout_rights import RolloutRights, RolloutRightsArgs
from components.naming import Naming
from operations.state_store import Place

_PROJECT = Path(__file__).resolve().parents[1]


def declare() -> None:
    """All resources of this stack, and the outputs that the pipelines are told."""
    stack, given = pulumi.get_stack(), pulumi.Config("lifeline-bootstrap")
    settings = _settings_of(stack)
    account_id, region = settings["lifeline:awsAccountId"], settings.get("lifeline:region", "us-east-1")
    recovery_region = settings.get("lifeline:recoveryRegion", "us-west-2")
    naming = Naming(
        system=settings["lifeline:system"],
        environment=settings.get("lifeline:environment", "production"),
        account_id=account_id,
        owner=settings.get("lifeline:owner", "platform-engineering"),
    )
    account = aws.Provider("account", region=region, allowed_account_ids=[account_id])
    in_account = ResourceOptions(provider=account)
    repository = _repository(stack, given)
    roles = DeliveryRoles(
        "delivery",
        DeliveryRolesArgs(
            repository=repository,
            account_id=account_id,
            regions=sorted({region, recovery_region, "us-east-1"}),
            state_bucket=Place(account_id=account_id, region=region).bucket,
            issuer_arn=given.get("issuerArn") or None,
        ),
        naming,
        in_account,
    )
    duties = DeliveryDuties(
        "delivery-duties",
        DeliveryDutiesArgs(
            repository=repository,
            account_id=account_id,
            region=region,
            issuer_arn=roles.issuer_arn,
            boundary_arn=roles.boundary_arn,
        ),
        naming,
        in_account,
    )
    if cluster := given.get("cluster"):
        access = DeliveryAccess(
            "delivery-access",
            DeliveryAccessArgs(
                cluster_name=cluster,
                preview_arn=roles.preview_arn,
                deploy_arn=roles.deploy_arn,
                rollout_arn=duties.rollout_arn,
            ),
            naming,
            in_account,
        )
        objects = kubernetes.Provider("objects", kubeconfig=access.kubeconfig)
        PreviewGuard("preview-guard", PreviewGuardArgs(cluster=objects))
        RolloutRights("rollout-rights", RolloutRightsArgs(cluster=objects))
        if connection := given.get("runnersConnectionArn"):
            runners = DeliveryRunners(
                "delivery-runners",
                DeliveryRunnersArgs(
                    repository=repository,
                    account_id=account_id,
                    region=region,
                    connection_arn=_connection(connection, region, account_id),
                    vpc_id=access.vpc_id,
                    subnet_ids=access.subnet_ids,
                    cluster_group_id=access.cluster_group_id,
                    boundary_arn=roles.boundary_arn,
                ),
                naming,
                in_account,
            )
            pulumi.export("runner", runners.project_name)
    pulumi.export("preview_role", roles.preview_arn)
    pulumi.export("deploy_role", roles.deploy_arn)
    pulumi.export("rollout_role", duties.rollout_arn)
    pulumi.export("evidence_role", duties.evidence_arn)


def _settings_of(stack: str) -> dict[str, Any]:
    file = _PROJECT / f"Pulumi.{stack}.yaml"
    if not file.exists():
        raise pulumi.RunError(f"there is no {file.name}: a stack of the bootstrap is named as one of the platform's")
    return yaml.safe_load(file.read_text())["config"]


def _connection(arn: str, region: str, account_id: str) -> str:
    if not re.fullmatch(rf"arn:aws:code(?:connections|star-connections):{region}:{account_id}:connection/[\w-]+", arn):
        raise pulumi.RunError(
            f"runnersConnectionArn {arn!r} must be a connection of this account and region; for example:\n"
            "  aws codeconnections create-connection --provider-type GitHub --connection-name lifeline"
        )
    return arn


def _repository(stack: str, given: pulumi.Config) -> Repository:
    name, number = given.require("repository"), given.get("repositoryId") or ""
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", name) or not re.fullmatch(r"\d+", number):
        raise pulumi.RunError(
            f"repository {name!r} must be owner/name, and repositoryId {number!r} its number; for example:\n"
            f"  pulumi -C bootstrap config set repositoryId $(gh api repos/{name} --jq .id)"
        )
    return Repository(name=name, id=number, stack=stack)
