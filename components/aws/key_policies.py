"""Who may do what with a customer key, as policy documents: pure, from one table of uses.

Nobody gets `kms:*`. The account administers a key and cannot use it; identities use it only through the service that
holds the data, and only where their own IAM policies allow it; AWS services that act by themselves are named.
"""

from dataclasses import dataclass

from components.naming import DataClass
from systems.model import RecoveryLevel

Statement = dict[str, object]

#: Everything an administrator does to a key. CreateGrant is not among it: whoever grants can let himself decrypt.
_ADMINISTRATION = [
    *("kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListAliases", "kms:ListGrants"),
    *("kms:ListKeyPolicies", "kms:ListKeyRotations", "kms:ListResourceTags"),
    *("kms:PutKeyPolicy", "kms:EnableKey", "kms:DisableKey", "kms:EnableKeyRotation", "kms:DisableKeyRotation"),
    *("kms:RotateKeyOnDemand", "kms:UpdateKeyDescription", "kms:CreateAlias", "kms:UpdateAlias", "kms:DeleteAlias"),
    *("kms:TagResource", "kms:UntagResource", "kms:RevokeGrant", "kms:ReplicateKey", "kms:UpdatePrimaryRegion"),
    *("kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"),
]
_USE = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
#: What a service needs that only hands encrypted things on (messages, log files).
_DELIVERY = ["kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey"]


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """One key: the data it protects and everybody who uses it."""

    data_class: DataClass
    copied_from: RecoveryLevel
    """The lowest recovery level at which the recovery region holds data under it, and so needs its replica."""
    through: tuple[str, ...]
    """Services in whose name identities of the account use it (`kms:ViaService`)."""
    granting: tuple[str, ...] = ()
    """Those of them that keep using it by a grant: volumes, databases, image repositories."""
    delivering: tuple[str, ...] = ()
    """AWS services that write encrypted things into this account by themselves."""
    announcing: tuple[str, ...] = ()
    """Those that do so without always saying for which account."""
    log_groups: bool = False
    volumes_of_nodes: bool = False
    cluster_secrets: bool = False


_COPIES, _LIGHT, _WARM = RecoveryLevel.COPIES_ONLY, RecoveryLevel.PILOT_LIGHT, RecoveryLevel.WARM_STANDBY

PURPOSES: dict[str, Purpose] = {
    "data": Purpose(
        data_class=DataClass.HEALTH,
        copied_from=_COPIES,
        through=("rds", "s3", "ec2", "backup"),
        granting=("rds", "ec2", "backup"),
        volumes_of_nodes=True,
    ),
    "backups": Purpose(
        data_class=DataClass.HEALTH,
        copied_from=_COPIES,
        through=("s3", "backup", "rds", "ec2"),
        granting=("backup", "rds", "ec2"),
    ),
    "logs": Purpose(
        data_class=DataClass.OPERATIONS,
        copied_from=_LIGHT,
        through=("s3", "sns", "sqs", "kinesis", "firehose"),
        delivering=(
            *("cloudtrail.amazonaws.com", "delivery.logs.amazonaws.com", "config.amazonaws.com"),
            *("guardduty.amazonaws.com", "cloudwatch.amazonaws.com", "sns.amazonaws.com"),
            *("budgets.amazonaws.com", "costalerts.amazonaws.com", "backup.amazonaws.com", "events.rds.amazonaws.com"),
        ),
        announcing=("events.amazonaws.com",),
        log_groups=True,
    ),
    "secrets": Purpose(
        data_class=DataClass.SECRETS,
        copied_from=_COPIES,
        through=("secretsmanager", "ssm", "lambda"),
        granting=("lambda",),
    ),
    "cluster": Purpose(
        data_class=DataClass.SECRETS,
        copied_from=_WARM,
        through=("ecr",),
        granting=("ecr",),
        cluster_secrets=True,
    ),
}


def copied(purpose: str, level: RecoveryLevel) -> bool:
    """Whether a platform of this recovery level needs the key in its recovery region."""
    order = tuple(RecoveryLevel)
    return order.index(level) >= order.index(PURPOSES[purpose].copied_from)


def policy(purpose: str, *, account_id: str, region: str, cluster_role: str) -> dict[str, object]:
    """The policy of one key in one region; `cluster_role` is the name of the control plane's role."""
    uses = PURPOSES[purpose]
    account = f"arn:aws:iam::{account_id}:root"
    statements = [
        _allow("AccountAdministers", {"AWS": account}, _ADMINISTRATION, {}),
        _allow("AccountUsesThroughServices", {"AWS": account}, _USE, _via(account_id, region, uses.through)),
    ]
    if uses.granting:
        grants = _via(account_id, region, uses.granting) | {"Bool": {"kms:GrantIsForAWSResource": "true"}}
        statements.append(_allow("ServicesKeepUsing", {"AWS": account}, ["kms:CreateGrant"], grants))
    if uses.delivering:
        own = {"StringEquals": {"aws:SourceAccount": account_id}}
        statements.append(_allow("ServicesDeliver", {"Service": list(uses.delivering)}, _DELIVERY, own))
    if uses.announcing:
        own = {"StringEqualsIfExists": {"aws:SourceAccount": account_id}}
        statements.append(_allow("ServicesAnnounce", {"Service": list(uses.announcing)}, _DELIVERY, own))
    if uses.log_groups:
        groups = {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{region}:{account_id}:log-group:*"}
        service = {"Service": f"logs.{region}.amazonaws.com"}
        statements.append(_allow("LogGroups", service, _USE, {"ArnLike": groups}))
    if uses.volumes_of_nodes:
        statements += _volumes_of_nodes(account_id)
    if uses.cluster_secrets:
        statements += _cluster_secrets(account_id, cluster_role)
    return {"Version": "2012-10-17", "Statement": statements}


def _allow(sid: str, principal: object, actions: list[str], condition: dict[str, dict[str, object]]) -> Statement:
    statement: Statement = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*"}
    return {**statement, "Condition": condition} if condition else statement


def _via(account_id: str, region: str, services: tuple[str, ...]) -> dict[str, dict[str, object]]:
    named = [f"{service}.{region}.amazonaws.com" for service in services]
    return {"StringEquals": {"kms:CallerAccount": account_id, "kms:ViaService": named}}


def _one_identity(account_id: str, role_path: str) -> dict[str, dict[str, object]]:
    """As a condition, not as a principal: KMS refuses a policy that names a role which does not exist yet."""
    return {
        "StringEquals": {"kms:CallerAccount": account_id},
        "ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{account_id}:role/{role_path}"},
    }


def _volumes_of_nodes(account_id: str) -> list[Statement]:
    """Scaling groups start machines with encrypted disks under their own service-linked role, which no IAM policy of
    ours can widen: the key itself has to let it in."""
    role = _one_identity(account_id, "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling")
    grants = role | {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    return [
        _allow("ScalingGroupsUse", {"AWS": "*"}, _USE, role),
        _allow("ScalingGroupsGrant", {"AWS": "*"}, ["kms:CreateGrant"], grants),
    ]


def _cluster_secrets(account_id: str, cluster_role: str) -> list[Statement]:
    """EKS is not among the services `kms:ViaService` knows: its role is named, and whoever makes a cluster grants."""
    account = f"arn:aws:iam::{account_id}:root"
    for_aws: dict[str, dict[str, object]] = {
        "StringEquals": {"kms:CallerAccount": account_id},
        "Bool": {"kms:GrantIsForAWSResource": "true"},
    }
    role = _one_identity(account_id, cluster_role)
    return [
        _allow("ControlPlaneUses", {"AWS": "*"}, ["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey"], role),
        _allow("ClusterMakerGrants", {"AWS": account}, ["kms:CreateGrant"], for_aws),
    ]
