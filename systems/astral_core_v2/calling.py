"""Astral Core v2: who is told, by which way, and how soon somebody must answer."""

from systems.astral_core_v2.source import V2
from systems.model import (
    Channel,
    ChannelKind,
    Escalation,
    OnCallRole,
    Priority,
    Receiver,
    Route,
    Severity,
)

CONTACTS = V2.under("Emergency Procedures > Emergency Contact List")
CODE_RED = V2.under("Emergency Procedures > Emergency Response Protocol > Code Red: Crisis System Failure")

CHANNELS = (
    Channel(name="crisis-team-pager", kind=ChannelKind.PAGER, reaches="crisis team", secret="pagerduty-key"),
    Channel(name="on-call-pager", kind=ChannelKind.PAGER, reaches="on-call engineer", secret="pagerduty-key"),
    Channel(name="crisis-team-slack", kind=ChannelKind.SLACK, reaches="#crisis-team", secret="slack-webhook"),
    Channel(name="platform-team-slack", kind=ChannelKind.SLACK, reaches="#platform", secret="slack-webhook"),
    Channel(name="development-team-slack", kind=ChannelKind.SLACK, reaches="#development", secret="slack-webhook"),
    Channel(name="volunteers-sms", kind=ChannelKind.SMS, reaches="all available volunteers", source=CODE_RED),
    Channel(name="status-page", kind=ChannelKind.STATUS_PAGE, reaches="the public", source=CODE_RED),
    Channel(name="alerts-email", kind=ChannelKind.EMAIL, reaches="the platform team"),
)

PRIORITIES = (
    Priority(
        source=V2.under("Monitoring and Alerting > Alert Escalation Matrix"),
        name="P0",
        meaning="Crisis System Down",
        severity=Severity.CRITICAL,
        response_seconds=0,
        notifies=("crisis-team-pager", "crisis-team-slack"),
        escalates_to="Crisis Team Lead",
        escalates_after_seconds=300,
        because={"escalates_after_seconds": "the crisis team lead's response time"},
    ),
    Priority(
        source=V2.under("Monitoring and Alerting > Alert Escalation Matrix"),
        name="P1",
        meaning="Performance Degraded",
        severity=Severity.WARNING,
        response_seconds=300,
        notifies=("on-call-pager",),
        escalates_to="Platform Engineering",
        escalates_after_seconds=600,
        because={
            "response_seconds": "5 minutes",
            "escalates_after_seconds": "platform engineering's response time",
        },
    ),
    Priority(
        source=V2.under("Monitoring and Alerting > Alert Escalation Matrix"),
        name="P2",
        meaning="High Resource Usage",
        severity=Severity.WARNING,
        response_seconds=900,
        notifies=("platform-team-slack",),
        because={"response_seconds": "15 minutes"},
    ),
    Priority(
        source=V2.under("Monitoring and Alerting > Alert Escalation Matrix"),
        name="P3",
        meaning="Non-critical Issues",
        severity=Severity.INFO,
        response_seconds=3_600,
        notifies=("development-team-slack",),
        because={"response_seconds": "1 hour"},
    ),
)

RECEIVERS = (
    Receiver(name="crisis-team-pager", channels=("crisis-team-pager", "volunteers-sms")),
    Receiver(name="crisis-team-slack", channels=("crisis-team-slack",)),
    Receiver(name="on-call-pager", channels=("on-call-pager",)),
    Receiver(name="platform-team-slack", channels=("platform-team-slack", "alerts-email")),
    Receiver(name="development-team-slack", channels=("development-team-slack",)),
)

ROUTES = (
    Route(
        source=V2.under("Monitoring and Alerting > Notification Channels"),
        name="crisis",
        match={"service": "crisis_intervention"},
        receiver="crisis-team-slack",
        group_wait_seconds=30,
        continues=True,
        because={"continues": "the document's order lets `critical` silence the crisis team's channel (SYS-15)"},
    ),
    Route(
        source=V2.under("Monitoring and Alerting > Notification Channels"),
        name="critical",
        match={"severity": "critical"},
        receiver="crisis-team-pager",
        group_wait_seconds=0,
    ),
    Route(
        source=V2.under("Monitoring and Alerting > Notification Channels"),
        name="degraded",
        match={"severity": "warning", "priority": "P1"},
        receiver="on-call-pager",
        group_wait_seconds=30,
        because={"match": "warnings wait 5 minutes, which is all the time P1 has: a route of its own (SYS-15)"},
    ),
    Route(
        source=V2.under("Monitoring and Alerting > Notification Channels"),
        name="warning",
        match={"severity": "warning"},
        receiver="platform-team-slack",
        group_wait_seconds=300,
        because={"group_wait_seconds": "5m"},
    ),
    Route(
        name="info",
        match={"severity": "info"},
        receiver="development-team-slack",
        group_wait_seconds=300,
        because={
            "match": "P3 goes to the development team; no route is documented (SYS-15)",
            "group_wait_seconds": "5m",
        },
    ),
)

ESCALATIONS = (
    Escalation(name="unanswered page", after_seconds=300, role="Crisis Team Lead", source=CONTACTS),
    Escalation(name="still unanswered", after_seconds=600, role="Platform Engineering", source=CONTACTS),
)

ON_CALL = (
    OnCallRole(name="Crisis Team Lead", response_seconds=300, has_backup=True, source=CONTACTS),
    OnCallRole(name="Platform Engineering", response_seconds=600, has_backup=True, source=CONTACTS),
    OnCallRole(name="Security Team", response_seconds=900, has_backup=True, source=CONTACTS),
    OnCallRole(name="Database Admin", response_seconds=1_200, has_backup=True, source=CONTACTS),
)
