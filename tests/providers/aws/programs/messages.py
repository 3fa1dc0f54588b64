"""Mail, text messages and chat in three steps: created, updated, replaced."""

import json

import pulumi
import pulumi_aws as aws

REPLACEMENTS_NOT_SHOWN: dict[str, str] = {}
UPDATES_NOT_SHOWN: dict[str, str] = {}

_TOPIC = "arn:aws:sns:us-east-1:123456789012:events"


def program(step: int) -> None:
    tags = {"step": str(step)}
    _mail(step, tags)
    _texts(step, tags)
    aws.chatbot.SlackChannelConfiguration(
        "alarms",
        configuration_name="alarms-2" if step == 2 else "alarms",
        iam_role_arn="arn:aws:iam::123456789012:role/chat",
        slack_channel_id="C0123ABCDEF",
        slack_team_id="T0123ABCD",
        sns_topic_arns=[_TOPIC],
        logging_level="ERROR" if step == 0 else "INFO",
        tags=tags,
    )


def _mail(step: int, tags: dict[str, str]) -> None:
    domain = "other.example.com" if step == 2 else "example.com"
    sets = aws.sesv2.ConfigurationSet(
        "set",
        configuration_set_name="set-2" if step == 2 else "set",
        delivery_options={"tls_policy": "REQUIRE"},
        reputation_options={"reputation_metrics_enabled": True},
        sending_options={"sending_enabled": True},
        suppression_options={"suppressed_reasons": ["BOUNCE", "COMPLAINT"][: step + 1]},
        tags=tags,
    )
    identity = aws.sesv2.EmailIdentity(
        "identity", email_identity=domain, configuration_set_name=sets.configuration_set_name, tags=tags
    )
    aws.sesv2.EmailIdentityMailFromAttributes(
        "mail-from",
        email_identity=identity.email_identity,
        mail_from_domain=f"bounce.{domain}",
        behavior_on_mx_failure="REJECT_MESSAGE" if step == 0 else "USE_DEFAULT_VALUE",
    )
    aws.sesv2.EmailIdentityFeedbackAttributes(
        "feedback", email_identity=identity.email_identity, email_forwarding_enabled=step == 0
    )
    allow = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "ses:SendEmail", "Resource": "*"}
    aws.sesv2.EmailIdentityPolicy(
        "policy",
        email_identity=identity.email_identity,
        policy_name="senders",
        policy=json.dumps({"Version": "2012-10-17", "Statement": [{**allow, "Sid": f"Step{step}"}]}),
    )
    aws.sesv2.ConfigurationSetEventDestination(
        "events",
        configuration_set_name=sets.configuration_set_name,
        event_destination_name="events",
        event_destination={
            "enabled": step == 0,
            "matching_event_types": ["BOUNCE", "COMPLAINT"],
            "sns_destination": {"topic_arn": _TOPIC},
        },
    )
    aws.sesv2.AccountSuppressionAttributes("suppression", suppressed_reasons=["BOUNCE", "COMPLAINT"][: step + 1])


def _texts(step: int, tags: dict[str, str]) -> None:
    suffix = "-2" if step == 2 else ""
    list = aws.pinpoint.Smsvoicev2OptOutList("opt-outs", name=f"opt-outs{suffix}", tags=tags)
    number = aws.pinpoint.Smsvoicev2PhoneNumber(
        "number",
        iso_country_code="CA" if step == 2 else "US",
        message_type="TRANSACTIONAL",
        number_capabilities=["SMS"],
        number_type="TOLL_FREE",
        deletion_protection_enabled=step == 0,
        tags=tags,
    )
    aws.pinpoint.Smsvoicev2ConfigurationSet(
        "texts", name=f"texts{suffix}", default_message_type="TRANSACTIONAL", tags=tags
    )
    aws.pinpoint.Smsvoicev2Pool(
        "pool",
        iso_country_code="CA" if step == 2 else "US",
        message_type="TRANSACTIONAL",
        origination_identities=[number.id],
        opt_out_list_name=list.name,
        deletion_protection_enabled=step == 0,
        tags=tags,
        opts=pulumi.ResourceOptions(depends_on=[number]),
    )
