"""TDAH assistant: who is told. The document has an Alertmanager in its diagram, and nobody behind it (TDAH-D21)."""

from systems.model import Channel, ChannelKind, OnCallRole, Priority, Receiver, Route, Severity
from systems.tdah_assistant.source import TDAH

RULES = TDAH.under("Monitoring and Alerting > Critical Alerts")
NOBODY = "nobody is documented: ways that need no other company (TDAH-D21)"

CHANNELS = (
    Channel(
        name="on-call-sms", kind=ChannelKind.SMS, reaches="the operator on call", source=RULES, because={"kind": NOBODY}
    ),
    Channel(
        name="operations-email", kind=ChannelKind.EMAIL, reaches="operations", source=RULES, because={"kind": NOBODY}
    ),
)

PRIORITIES = (
    Priority(
        source=RULES,
        name="critical",
        meaning="Errors above the line, or no database",
        severity=Severity.CRITICAL,
        response_seconds=900,
        notifies=("on-call",),
        escalates_to="Operations lead",
        escalates_after_seconds=1_800,
        because={
            "response_seconds": "none documented: a sixteenth of the 4 hours (TDAH-D21)",
            "escalates_after_seconds": "none documented: an eighth of the 4 hours (TDAH-D21)",
        },
    ),
    Priority(
        source=RULES,
        name="warning",
        meaning="Slow, or short of something",
        severity=Severity.WARNING,
        response_seconds=14_400,
        business_days_only=True,
        notifies=("operations",),
        because={"response_seconds": "none documented: the 4 hours, by day (TDAH-D21)"},
    ),
)

RECEIVERS = (
    Receiver(name="on-call", channels=("on-call-sms", "operations-email")),
    Receiver(name="operations", channels=("operations-email",)),
)

ROUTES = (
    Route(
        source=RULES,
        name="critical",
        match={"severity": "critical"},
        receiver="on-call",
        group_wait_seconds=0,
    ),
    Route(
        source=RULES,
        name="warning",
        match={"severity": "warning"},
        receiver="operations",
        group_wait_seconds=300,
        because={"group_wait_seconds": "none documented; Astral Core v2's"},
    ),
)

ON_CALL = (
    OnCallRole(
        source=RULES,
        name="Operations",
        response_seconds=900,
        has_backup=True,
        because={"response_seconds": "none documented (TDAH-D21)"},
    ),
    OnCallRole(
        source=RULES,
        name="Operations lead",
        response_seconds=1_800,
        has_backup=False,
        because={"response_seconds": "none documented (TDAH-D21)"},
    ),
)
