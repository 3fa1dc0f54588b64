"""AWS Config's rules for HIPAA as a template: those of AWS's sample pack that concern services this project uses.

The policy pack judges most of them before anything is made; these judge what is there, and go on doing so. The others
of AWS's 130 concern services that are not used at all.
"""

import json
from collections.abc import Mapping

#: Those that need no parameters.
_PLAIN = """
    s3-account-level-public-access-blocks-periodic s3-bucket-acl-prohibited s3-bucket-default-lock-enabled
    s3-bucket-logging-enabled s3-bucket-public-read-prohibited s3-bucket-public-write-prohibited
    s3-bucket-replication-enabled s3-bucket-ssl-requests-only s3-bucket-server-side-encryption-enabled
    s3-bucket-versioning-enabled s3-default-encryption-kms s3-event-notifications-enabled
    s3-version-lifecycle-policy-check cloudtrail-s3-dataevents-enabled
    backup-recovery-point-manual-deletion-disabled backup-plan-min-frequency-and-min-retention-check
    db-instance-backup-enabled rds-automatic-minor-version-upgrade-enabled rds-enhanced-monitoring-enabled
    rds-in-backup-plan rds-instance-public-access-check rds-logging-enabled rds-multi-az-support
    rds-storage-encrypted sns-encrypted-kms restricted-ssh restricted-common-ports
    vpc-default-security-group-closed vpc-flow-logs-enabled subnet-auto-assign-public-ip-disabled
    no-unrestricted-route-to-igw ssm-document-not-public internet-gateway-authorized-vpc-only
    vpc-sg-open-only-to-authorized-ports ec2-imdsv2-check ec2-instance-no-public-ip ec2-instances-in-vpc
    encrypted-volumes ec2-instance-profile-attached ec2-ebs-encryption-by-default ebs-in-backup-plan
    ec2-resources-protected-by-backup-plan autoscaling-group-elb-healthcheck-required
    autoscaling-launch-config-public-ip-disabled alb-http-to-https-redirection-check alb-waf-enabled
    elb-deletion-protection-enabled elb-logging-enabled wafv2-logging-enabled elbv2-acm-certificate-required
    cloudtrail-enabled multi-region-cloudtrail-enabled cloud-trail-cloud-watch-logs-enabled
    cloud-trail-encryption-enabled cloud-trail-log-file-validation-enabled iam-no-inline-policy-check
    iam-user-no-policies-check kms-cmk-not-scheduled-for-deletion
    secretsmanager-rotation-enabled-check secretsmanager-using-cmk guardduty-enabled-centralized
    securityhub-enabled annual-risk-assessment-performed backup-recovery-point-encrypted
    ebs-snapshot-public-restorable-check ec2-instance-managed-by-systems-manager
    ec2-managedinstance-association-compliance-status-check ec2-managedinstance-patch-compliance-status-check
    iam-root-access-key-check iam-user-mfa-enabled mfa-enabled-for-iam-console-access rds-snapshot-encrypted
    rds-snapshots-public-prohibited root-account-hardware-mfa-enabled root-account-mfa-enabled
"""
_BLOCKED = {"blockedActionsPatterns": "kms:*,kms:ReEncrypt*"}
#: Such a policy gives nothing by itself: what it allows is the most that others can give.
_WITHOUT_BOUNDARIES = {"excludePermissionBoundaryPolicy": "true"}
#: Rule -> its parameters, as AWS's sample pack sets them; but for the boundary of roles.
RULES: Mapping[str, Mapping[str, str]] = {
    **{rule: {} for rule in _PLAIN.split()},
    "access-keys-rotated": {"maxAccessKeyAge": "90"},
    # AWS renews 45 days before the end; what is left below 30 was not renewed.
    "acm-certificate-expiration-check": {"daysToExpiration": "30"},
    "cloudwatch-alarm-action-check": {
        "alarmActionRequired": "true",
        "insufficientDataActionRequired": "false",
        "okActionRequired": "false",
    },
    "iam-customer-policy-blocked-kms-actions": {
        "blockedActionsPatterns": "kms:*,kms:ReEncrypt*",
        **_WITHOUT_BOUNDARIES,
    },
    "iam-inline-policy-blocked-kms-actions": {"blockedActionsPatterns": "kms:*,kms:ReEncrypt*"},
    "iam-password-policy": {
        "RequireUppercaseCharacters": "true",
        "RequireLowercaseCharacters": "true",
        "RequireSymbols": "true",
        "RequireNumbers": "true",
        "MinimumPasswordLength": "14",
        "PasswordReusePrevention": "24",
        "MaxPasswordAge": "90",
    },
    "iam-policy-no-statements-with-admin-access": _WITHOUT_BOUNDARIES,
    "iam-policy-no-statements-with-full-access": _WITHOUT_BOUNDARIES,
    "iam-user-unused-credentials-check": {"maxCredentialUsageAge": "90"},
}
#: Tag of a secret, and its value where Secrets Manager calls the rotation. It can call neither the cluster, which
#: renews the cache's secrets, nor a provider that makes its own: their age is a metric with an alarm.
RENEWED_BY, BY_SECRETS_MANAGER = "lifeline:renewed-by", "rotation"
#: Rule -> which resources it looks at; the others look at all of their kind.
_SCOPES: Mapping[str, Mapping[str, str]] = {
    "secretsmanager-rotation-enabled-check": {"TagKey": RENEWED_BY, "TagValue": BY_SECRETS_MANAGER}
}
#: AWS's names for rules are otherwise these in capitals.
_IDENTIFIERS = {
    "cloudtrail-enabled": "CLOUD_TRAIL_ENABLED",
    "multi-region-cloudtrail-enabled": "MULTI_REGION_CLOUD_TRAIL_ENABLED",
    "restricted-ssh": "INCOMING_SSH_DISABLED",
    "restricted-common-ports": "RESTRICTED_INCOMING_TRAFFIC",
    "ec2-instances-in-vpc": "INSTANCES_IN_VPC",
    "ec2-instance-managed-by-systems-manager": "EC2_INSTANCE_MANAGED_BY_SSM",
    "annual-risk-assessment-performed": "AWS_CONFIG_PROCESS_CHECK",
}


def template() -> str:
    """JSON is YAML, and has one form."""
    return json.dumps({"Resources": {_resource(rule): _definition(rule) for rule in sorted(RULES)}}, indent=1)


def _resource(rule: str) -> str:
    return "".join(part.capitalize() for part in rule.split("-"))


def _definition(rule: str) -> dict[str, object]:
    properties: dict[str, object] = {
        "ConfigRuleName": rule,
        "Source": {"Owner": "AWS", "SourceIdentifier": _IDENTIFIERS.get(rule, rule.upper().replace("-", "_"))},
    }
    if RULES[rule]:
        properties["InputParameters"] = dict(RULES[rule])
    if rule in _SCOPES:
        properties["Scope"] = dict(_SCOPES[rule])
    return {"Type": "AWS::Config::ConfigRule", "Properties": properties}
