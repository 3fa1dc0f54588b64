"""Questions that reviews ask again and again, saved where the logs are: CloudWatch Logs Insights finds them by name."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.naming import Naming


@dataclass(frozen=True)
class Question:
    """`of` says which logs answer it: the trail's, or the control plane's."""

    name: str
    of: str
    query: str


_WHO = "coalesce(userIdentity.sessionContext.sessionIssuer.userName, userIdentity.arn) as who"
QUESTIONS = (
    Question(
        "who-read-which-secret",
        "trail",
        f"fields @timestamp, {_WHO}, requestParameters.secretId as secret, sourceIPAddress, errorCode\n"
        '| filter eventSource = "secretsmanager.amazonaws.com" and eventName = "GetSecretValue"\n'
        "| stats count() as reads, earliest(@timestamp), latest(@timestamp) by who, secret, errorCode\n"
        "| sort reads desc",
    ),
    Question(
        "who-touched-stored-health-data",
        "trail",
        f"fields @timestamp, {_WHO}, eventName, requestParameters.bucketName as bucket\n"
        '| filter eventCategory = "Data" and eventSource = "s3.amazonaws.com"\n'
        "| stats count() as calls by who, eventName, bucket\n"
        "| sort calls desc",
    ),
    Question(
        "who-logged-in",
        "trail",
        f"fields @timestamp, {_WHO}, eventName, responseElements.ConsoleLogin, additionalEventData.MFAUsed, "
        "sourceIPAddress\n"
        '| filter eventName in ["ConsoleLogin", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"]\n'
        "| sort @timestamp desc",
    ),
    Question(
        "who-took-on-a-role-of-people",
        "trail",
        "fields @timestamp, userIdentity.arn, requestParameters.roleArn as role, sourceIPAddress, errorCode\n"
        '| filter eventName = "AssumeRole" and role like /-(administrator|read-only|auditor|break-glass)$/\n'
        "| sort @timestamp desc",
    ),
    Question(
        "what-was-denied",
        "trail",
        f"fields @timestamp, {_WHO}, eventSource, eventName, errorCode\n"
        "| filter errorCode like /AccessDenied|Unauthorized/\n"
        "| stats count() as refusals by who, eventSource, eventName\n"
        "| sort refusals desc",
    ),
    Question(
        "who-changed-rights",
        "trail",
        f"fields @timestamp, {_WHO}, eventName, requestParameters.roleName, requestParameters.policyArn\n"
        '| filter eventSource = "iam.amazonaws.com" and readOnly = 0\n'
        "| sort @timestamp desc",
    ),
    Question(
        "who-decrypted-what",
        "trail",
        f"fields @timestamp, {_WHO}, resources.0.ARN as key, requestParameters.encryptionContext\n"
        '| filter eventSource = "kms.amazonaws.com" and eventName in ["Decrypt", "ReEncrypt"]\n'
        "| stats count() as calls by who, key\n"
        "| sort calls desc",
    ),
    Question(
        "who-entered-a-container",
        "control-plane",
        "fields @timestamp, user.username, objectRef.namespace, objectRef.name, sourceIPs.0, responseStatus.code\n"
        '| filter @logStream like /audit/ and objectRef.subresource in ["exec", "attach", "portforward"]\n'
        "| sort @timestamp desc",
    ),
    Question(
        "who-read-cluster-secrets",
        "control-plane",
        "fields @timestamp, user.username, verb, objectRef.namespace, objectRef.name\n"
        '| filter @logStream like /audit/ and objectRef.resource = "secrets" and verb in ["get", "list", "watch"]\n'
        "| stats count() as reads by user.username, objectRef.namespace, objectRef.name\n"
        "| sort reads desc",
    ),
)


def save_questions(
    name: str, groups: dict[str, pulumi.Input[str]], naming: Naming, parent: pulumi.Resource
) -> Sequence[aws.cloudwatch.QueryDefinition]:
    """`groups`: names of log groups by what they hold; questions to others are not saved."""
    return [
        aws.cloudwatch.QueryDefinition(
            f"{name}-question-{each.name}",
            name=f"{naming.path('review')}/{each.name}",
            log_group_names=[groups[each.of]],
            query_string=each.query,
            opts=ResourceOptions(parent=parent),
        )
        for each in QUESTIONS
        if each.of in groups
    ]
