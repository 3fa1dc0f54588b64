"""What nobody below the account's own administrators may do, in boundaries of roles: pure."""

from collections.abc import Sequence
from typing import Any

from components.aws.policy_documents import Statement

#: Services that answer in one region for all of them.
_EVERYWHERE = (
    *("iam:*", "sts:*", "cloudfront:*", "route53:*", "route53domains:*", "waf:*", "wafv2:*", "shield:*", "support:*"),
    *("budgets:*", "ce:*", "cur:*", "health:*", "globalaccelerator:*", "s3:ListAllMyBuckets", "s3:GetAccountPublic*"),
    *("s3:PutAccountPublic*", "kms:*", "organizations:Describe*", "acm:*", "chatbot:*", "tag:*"),
)
_EVIDENCE = (
    *("cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "config:StopConfigurationRecorder"),
    *("guardduty:DeleteDetector", "backup:DeleteRecoveryPoint", "backup:DeleteBackupVaultLockConfiguration"),
    "s3:BypassGovernanceRetention",
)


def deny(sid: str, actions: Sequence[str], resource: Any = "*") -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Deny", "Action": list(actions), "Resource": resource}


def keep_the_evidence() -> Statement:
    """Trail, recorder, detector, recovery points and locks end by nobody's hand but an administrator's."""
    return deny("KeepTheEvidence", _EVIDENCE)


def only_in(regions: Sequence[str]) -> Statement:
    return {
        "Sid": "OnlyOurRegions",
        "Effect": "Deny",
        "NotAction": list(_EVERYWHERE),
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:RequestedRegion": [*regions]}},
    }


def not_the_organization() -> Statement:
    return deny("NotTheOrganization", ["organizations:Leave*", "account:Close*", "account:Put*"])
