"""The account: who may do what, what is written down about it, and what looks at it."""

import json
from collections.abc import Callable
from typing import Any

from policies.core.resource import Resource
from systems.model import System
from tests.policies.mutants import DROP, Addition, Change, Weakening
from tests.policies.weakenings_data import with_statement

_TRAIL, _LOG_GROUP = "aws:cloudtrail/trail:Trail", "aws:cloudwatch/logGroup:LogGroup"
_ROLE, _POLICY, _INLINE = "aws:iam/role:Role", "aws:iam/policy:Policy", "aws:iam/rolePolicy:RolePolicy"
_RECORDER, _PACK = "aws:cfg/recorder:Recorder", "aws:cfg/conformancePack:ConformancePack"
_FUNCTION, _PERMISSION = "aws:lambda/function:Function", "aws:lambda/permission:Permission"
_REPOSITORY = "aws:ecr/repository:Repository"
_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
_PASSWORDS = "aws:iam/accountPasswordPolicy:AccountPasswordPolicy"


def named(*words: str) -> Callable[[Resource], bool]:
    return lambda resource: any(word in resource.name for word in words)


def _without_selector(value: str) -> Change:
    """Event selectors but those that choose this."""

    def changed(selectors: list[dict[str, Any]], system: System) -> list[Any]:
        fields = [{name for field in each["fieldSelectors"] for name in field.get("equals", [])} for each in selectors]
        return [[each for each, names in zip(selectors, fields, strict=True) if value not in names]]

    return Change(changed)


TRAILS = (
    Weakening(_TRAIL, "", None, "LL-AUD-001"),
    Weakening(_TRAIL, "enableLogging", False, "LL-AUD-001"),
    Weakening(_TRAIL, "isMultiRegionTrail", False, "LL-AUD-002"),
    Weakening(_TRAIL, "enableLogFileValidation", False, "LL-AUD-003"),
    Weakening(_TRAIL, "cloudWatchLogsGroupArn", DROP, "LL-AUD-004"),
    Weakening(_TRAIL, "cloudWatchLogsRoleArn", DROP, "LL-AUD-004"),
    Weakening(_TRAIL, "advancedEventSelectors", DROP, "LL-AUD-005"),
    Weakening(_TRAIL, "advancedEventSelectors", _without_selector("AWS::S3::Object"), "LL-AUD-005"),
    Weakening(_TRAIL, "advancedEventSelectors", _without_selector("Management"), "LL-AUD-006"),
    Weakening(_TRAIL, "includeGlobalServiceEvents", False, "LL-AUD-007"),
    Weakening(_TRAIL, "s3BucketName", "a-bucket-of-elsewhere", "LL-AUD-008"),
    Weakening(_TRAIL, "kmsKeyId", DROP, "LL-ENC-018"),
    Weakening(_LOG_GROUP, "retentionInDays", DROP, "LL-RET-010"),
    Weakening(_LOG_GROUP, "kmsKeyId", DROP, "LL-ENC-010"),
    Weakening("aws:kinesis/firehoseDeliveryStream:*", "serverSideEncryption.enabled", False, "LL-ENC-016"),
)

DETECTORS = (
    Weakening("aws:cfg/recorderStatus:RecorderStatus", "isEnabled", False, "LL-AUD-010"),
    Weakening("aws:cfg/recorderStatus:RecorderStatus", "", None, "LL-AUD-010"),
    Weakening(_RECORDER, "", None, "LL-AUD-010"),
    Weakening(_RECORDER, "recordingGroup.allSupported", False, "LL-AUD-011"),
    Weakening("aws:cfg/deliveryChannel:DeliveryChannel", "", None, "LL-AUD-010"),
    Weakening("aws:cfg/deliveryChannel:DeliveryChannel", "s3KmsKeyArn", DROP, "LL-ENC-017"),
    Weakening(_PACK, "", None, "LL-AUD-012"),
    Weakening(_PACK, "templateBody", '{"Resources": {}}', "LL-AUD-012"),
    Weakening("aws:guardduty/detector:Detector", "enable", False, "LL-AUD-013"),
    Weakening("aws:guardduty/detector:Detector", "", None, "LL-AUD-013"),
    Weakening(
        "aws:guardduty/detectorFeature:*",
        "status",
        "DISABLED",
        "LL-AUD-014",
        named("s3-data", "eks-audit", "rds-login"),
    ),
    Weakening("aws:securityhub/account:Account", "", None, "LL-AUD-015"),
    Weakening("aws:cloudwatch/compositeAlarm:CompositeAlarm", "alarmActions", [], "LL-AUD-016"),
    Weakening("aws:cloudwatch/*Alarm", "actionsEnabled", False, "LL-AUD-016"),
    Weakening(
        "aws:cloudwatch/metricAlarm:*", "alarmActions", [], "LL-AUD-016", lambda each: bool(each.get("alarmActions"))
    ),
    Weakening("aws:cloudwatch/logMetricFilter:*", "", None, "LL-AUD-017", named("root-use")),
    Weakening(
        "aws:cloudwatch/logMetricFilter:*", "pattern", "{ $.eventName = Nothing }", "LL-AUD-017", named("root-use")
    ),
    Weakening("aws:cloudwatch/metricAlarm:*", "", None, "LL-AUD-017", named("root-use")),
    Weakening("aws:cloudwatch/logMetricFilter:*", "", None, "LL-AUD-018", named("console-failures")),
    Weakening("aws:cloudwatch/logMetricFilter:*", "", None, "LL-AUD-019", named("trail-changes")),
    Weakening("aws:cloudwatch/metricAlarm:*", "", None, "LL-AUD-019", named("trail-changes")),
    Weakening("aws:accessanalyzer/analyzer:Analyzer", "", None, "LL-IAM-028", named("outside")),
    Weakening("aws:sns/topic:Topic", "kmsMasterKeyId", DROP, "LL-ENC-011"),
    Weakening(
        "aws:sns/topicPolicy:TopicPolicy",
        "policy",
        with_statement(Effect="Allow", Principal="*", Action="sns:Publish", Resource="*"),
        "LL-FWL-062",
    ),
    Weakening("aws:sns/topicSubscription:TopicSubscription", "protocol", "http", "LL-ENC-036"),
)

_ANYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_SERVICE = {"Effect": "Allow", "Action": ["s3:*"], "Resource": "arn:aws:s3:::some"}
_DECRYPT = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
_ALL_BUT = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
_PASS = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}
#: What it allows is only the most that others can give: it is weaker when it denies less.
_BOUNDARY = "role-boundary-policy"
_ALLOWING_ALL = '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
_WITHOUT_FACTOR = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
    "Action": "sts:AssumeRole",
}
_FEDERATED = {
    "Effect": "Allow",
    "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.example.org"},
    "Action": "sts:AssumeRoleWithWebIdentity",
}
_ANY_POD = {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": "sts:AssumeRole"}
IDENTITY = (
    *(
        Weakening(type, "policy", with_statement(**statement), rule, lambda each: each.name != _BOUNDARY)
        for type, kms in ((_POLICY, "LL-IAM-003"), (_INLINE, "LL-IAM-004"))
        for statement, rule in (
            (_ANYTHING, "LL-IAM-001"),
            (_SERVICE, "LL-IAM-002"),
            (_DECRYPT, kms),
            (_ALL_BUT, "LL-IAM-014"),
            (_PASS, "LL-IAM-016"),
        )
    ),
    *(
        Weakening(_ROLE, "assumeRolePolicy", with_statement(**statement), rule)
        for statement, rule in (
            ({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}, "LL-IAM-010"),
            (_WITHOUT_FACTOR, "LL-IAM-011"),
            (_FEDERATED, "LL-IAM-013"),
            (_ANY_POD, "LL-IAM-017"),
        )
    ),
    Addition(
        _INLINE,
        {"role": "some", "policy": json.dumps({"Version": "2012-10-17", "Statement": [_DECRYPT]})},
        "LL-IAM-004",
    ),
    Weakening(_ROLE, "inlinePolicies", [{"name": "more", "policy": "{}"}], "LL-IAM-006"),
    Weakening(_ROLE, "maxSessionDuration", 43_200, "LL-IAM-012"),
    Weakening(_ROLE, "permissionsBoundary", DROP, "LL-IAM-018"),
    Weakening(_POLICY, "policy", _ALLOWING_ALL, "LL-IAM-018", lambda each: each.name == _BOUNDARY),
    Weakening(_ROLE, "permissionsBoundary", "arn:aws:iam::aws:policy/AdministratorAccess", "LL-IAM-018"),
    Weakening(
        _ATTACHMENT,
        "policyArn",
        "arn:aws:iam::aws:policy/AdministratorAccess",
        "LL-IAM-015",
        lambda each: "break-glass" not in each.name,
    ),
    Addition("aws:iam/user:User", {"name": "somebody"}, "LL-IAM-007"),
    Addition("aws:iam/accessKey:AccessKey", {"user": "somebody"}, "LL-IAM-009"),
    Addition("aws:iam/userPolicy:UserPolicy", {"user": "somebody", "policy": "{}"}, "LL-IAM-005"),
    Addition("aws:iam/userPolicyAttachment:UserPolicyAttachment", {"user": "somebody"}, "LL-IAM-008"),
    Weakening(_PASSWORDS, "", None, "LL-IAM-027"),
    Weakening(_PASSWORDS, "minimumPasswordLength", 13, "LL-IAM-026"),
    Weakening(_PASSWORDS, "passwordReusePrevention", 23, "LL-IAM-026"),
    Weakening(_PASSWORDS, "maxPasswordAge", 91, "LL-IAM-026"),
    *(
        Weakening(_PASSWORDS, f"require{kind}", False, "LL-IAM-026")
        for kind in ("LowercaseCharacters", "UppercaseCharacters", "Numbers", "Symbols")
    ),
    Weakening(_FUNCTION, "vpcConfig", DROP, "LL-FWL-032"),
    Weakening(_FUNCTION, "kmsKeyArn", DROP, "LL-ENC-015"),
    Weakening(_FUNCTION, "environment.variables.DATABASE_PASSWORD", "hunter2-hunter2", "LL-IAM-025"),
    Weakening(_PERMISSION, "sourceAccount", DROP, "LL-FWL-060", lambda each: not each.get("sourceArn")),
    Weakening(_PERMISSION, "principal", "*", "LL-FWL-060"),
    Addition("aws:lambda/functionUrl:FunctionUrl", {"authorizationType": "NONE"}, "LL-FWL-061"),
)

REGISTRY = (
    Weakening(_REPOSITORY, "imageTagMutability", "MUTABLE", "LL-IMG-005"),
    Weakening(_REPOSITORY, "imageScanningConfiguration.scanOnPush", False, "LL-IMG-006"),
    Weakening(_REPOSITORY, "encryptionConfigurations", DROP, "LL-IMG-007"),
    Weakening(_REPOSITORY, "forceDelete", True, "LL-IMG-012"),
    Weakening("aws:ecr/lifecyclePolicy:LifecyclePolicy", "", None, "LL-IMG-008"),
    Weakening("aws:ecr/pullThroughCacheRule:*", "upstreamRegistryUrl", "registry.example.org", "LL-IMG-011"),
    Addition(
        "aws:ecr/registryPolicy:RegistryPolicy",
        {"policy": '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ecr:*"}]}'},
        "LL-IMG-009",
    ),
    Addition("aws:ecrpublic/repository:Repository", {"repositoryName": "shown"}, "LL-IMG-010"),
    Addition("aws:gamelift/fleet:Fleet", {"name": "play"}, "LL-RET-001"),
    Addition("aws:redshift/cluster:Cluster", {"clusterIdentifier": "warehouse"}, "LL-RET-002"),
)

ACCOUNT = (*TRAILS, *DETECTORS, *IDENTITY, *REGISTRY)
