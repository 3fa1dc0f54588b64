"""Alarms in Slack."""

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure

_PREFIX = "arn:aws:chatbot::{}:chat-configuration/slack-channel/"
_LEVELS = ("ERROR", "INFO", "NONE")


def _check(inputs: Mapping[str, Any]) -> list[Failure]:
    level, channel, failures = inputs.get("loggingLevel"), inputs.get("slackChannelId"), list[Failure]()
    if isinstance(level, str) and level not in _LEVELS:
        failures.append(Failure("loggingLevel", f"must be one of {', '.join(_LEVELS)}, is {level!r} (AWS rule)"))
    if isinstance(channel, str) and not re.fullmatch(r"[CGD][A-Z0-9]{8,10}", channel):
        failures.append(Failure("slackChannelId", f"must be an id such as C0123ABCD, is {channel!r} (AWS rule)"))
    return failures


def _pairs(wanted: Mapping[str, str]) -> list[dict[str, str]]:
    return tags.pairs(wanted, "TagKey", "TagValue")


def _outputs(r: Live, live: Mapping[str, Any]) -> dict[str, Any]:
    return {"chatConfigurationArn": r.id, "slackChannelName": "", "slackTeamName": ""}


ENTRIES = (
    Entry(
        type="aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration",
        service="chatbot",
        level="validated",
        operation="CreateSlackChannelConfiguration",
        not_sent=("timeouts",),
        id=lambda r, answer: (
            f"arn:aws:chatbot::{r.account}:chat-configuration/slack-channel/{r.get('configurationName')}"
        ),
        update={"*": lambda r: r.overwrite("UpdateSlackChannelConfiguration", ChatConfigurationArn=r.id)},
        replace=("configurationName", "slackTeamId"),
        delete=lambda r: r.api("DeleteSlackChannelConfiguration", ChatConfigurationArn=r.id),
        outputs=_outputs,
        defaults={
            "guardrailPolicyArns": [],
            "loggingLevel": "NONE",
            "snsTopicArns": [],
            "userAuthorizationRequired": False,
        },
        check=_check,
        tags=tags.Tags(
            send=lambda wanted: {"Tags": _pairs(wanted)} if wanted else {},
            change=lambda r, wanted, gone: (
                r.api("TagResource", ResourceARN=r.id, Tags=_pairs(wanted)) if wanted else None,
                r.api("UntagResource", ResourceARN=r.id, TagKeys=gone) if gone else None,
            ),
            read=lambda r, live: None,
        ),
        twin="AWS::Chatbot::SlackChannelConfiguration",
        twin_rename={
            "slackTeamId": "SlackWorkspaceId",
            "guardrailPolicyArns": "GuardrailPolicies",
            "timeouts": "",
            "userAuthorizationRequired": "UserRoleRequired",
        },
    ),
)
