"""TDAH assistant: releases, maintenance and the calendar of those who run it."""

from systems.model import (
    Cadence,
    Calendar,
    Comparison,
    Condition,
    Duty,
    DutyBy,
    Gate,
    GateKind,
    GateTime,
    Maintenance,
    MaintenanceWindow,
    RollbackTrigger,
    Rollout,
    RolloutStep,
    Signal,
    Strategy,
)
from systems.tdah_assistant.source import TDAH
from systems.tdah_assistant.watching import DATABASE_DOWN, HIGH_ERROR_RATE, HIGH_RESPONSE_TIME

CHECKLIST = TDAH.under("Deployment Procedures > Pre-Deployment Checklist")
VERIFICATION = TDAH.under("Deployment Procedures > Post-Deployment Verification")
OPERATIONS = "Operations"
VERIFY_CERTIFICATE = (
    "openssl s_client -connect {domain}:443 -servername {domain} -verify_hostname {domain} -verify_return_error"
)

GATES = (
    Gate(
        source=CHECKLIST,
        name="SSL certificates valid",
        kind=GateKind.CONDITION,
        condition=Condition(
            signal=Signal.CERTIFICATE_DAYS_LEFT,
            comparison=Comparison.ABOVE,
            limit=30,
            because={"limit": "below it, renewal has failed without anybody noticing (SYS-23)"},
        ),
    ),
    Gate(
        source=CHECKLIST,
        name="database replicates",
        kind=GateKind.CONDITION,
        condition=Condition(
            signal=Signal.REPLICA_LAG_SECONDS,
            comparison=Comparison.BELOW,
            limit=30,
            because={"limit": "what the loss budget allows for"},
        ),
    ),
    Gate(
        source=CHECKLIST,
        name="backup procedures tested",
        kind=GateKind.CONDITION,
        condition=Condition(
            signal=Signal.DRILL_AGE_SECONDS,
            comparison=Comparison.BELOW,
            limit=3_283_200,
            because={"limit": "38 days: a monthly drill and three days to repair a failed one"},
        ),
    ),
    Gate(
        source=CHECKLIST,
        name="a dump before the change",
        kind=GateKind.BACKUP,
        because={"kind": "the documented migration has none, and six hours may have passed since the last"},
    ),
    Gate(source=CHECKLIST, name="security scan read", kind=GateKind.APPROVAL, role=OPERATIONS),
    Gate(source=CHECKLIST, name="performance test read", kind=GateKind.APPROVAL, role=OPERATIONS),
    Gate(source=VERIFICATION, name="API health", kind=GateKind.PATH, path="/health/overall", time=GateTime.EACH_STEP),
    Gate(source=VERIFICATION, name="database health", kind=GateKind.PATH, path="/health/database", time=GateTime.AFTER),
    Gate(
        source=VERIFICATION,
        name="Redis answers",
        kind=GateKind.COMMAND,
        command="redis-cli -e --tls ping",
        time=GateTime.AFTER,
        because={"command": "without -e a refused login counts as an answer, without --tls nobody answers (TDAH-D20)"},
    ),
    Gate(
        source=VERIFICATION,
        name="certificate verifies",
        kind=GateKind.COMMAND,
        command=VERIFY_CERTIFICATE,
        time=GateTime.AFTER,
        because={"command": "the documented one takes a good certificate of any other host (TDAH-D20)"},
    ),
)

ROLLOUT = Rollout(
    source=TDAH.under("Deployment Procedures > Deployment Steps"),
    strategy=Strategy.GRADUAL,
    steps=(
        RolloutStep(new_side_percent=10, wait_seconds=900),
        RolloutStep(new_side_percent=50, wait_seconds=900),
        RolloutStep(new_side_percent=100, wait_seconds=0),
    ),
    gates=GATES,
    rollback_triggers=(
        RollbackTrigger(name="errors", condition=HIGH_ERROR_RATE),
        RollbackTrigger(name="database down", condition=DATABASE_DOWN),
        RollbackTrigger(name="slow answers", condition=HIGH_RESPONSE_TIME),
        RollbackTrigger(name="somebody sees something wrong"),
    ),
    rollback_seconds=60,
    announces_to=("operations-email",),
    because={
        "steps": "`add new instances to load balancer pool` without shares or waits; Astral Core v2's (SYS-25)",
        "rollback_triggers": "no rollback is documented at all; the document's own critical alerts (TDAH-D21)",
        "rollback_seconds": "a change of weights reaches every proxy in 5 s, open requests end in 50",
        "announces_to": "no channel is documented (TDAH-D21)",
    },
)

MAINTENANCE = Maintenance(
    source=TDAH.under("Maintenance Procedures > Regular Maintenance"),
    crisis_bypass=False,
    shows_hotlines=False,
    window=MaintenanceWindow(
        start_hour_utc=3,
        end_hour_utc=5,
        documented="weekly",
        because={
            "start_hour_utc": "weekly without an hour: Sunday night, between two dumps",
            "end_hour_utc": "two hours",
        },
    ),
    because={
        "header_name": "Astral Draft's, so that all platforms show maintenance alike",
        "retry_after_seconds": "half an hour; none documented",
        "crisis_bypass": "no critical paths are documented",
        "shows_hotlines": "an assistant for everyday life, no crisis service",
    },
)

WEEKLY, MONTHLY, QUARTERLY = Cadence.WEEKLY, Cadence.MONTHLY, Cadence.QUARTERLY
REGULAR = "Maintenance Procedures > Regular Maintenance"
UPDATES = "Maintenance Procedures > Security Updates"
CHECKS = "Maintenance Procedures > Performance Monitoring"
CONTINUITY = "Disaster Recovery > Business Continuity"


def _duty(name: str, cadence: Cadence, by: DutyBy, heading: str) -> Duty:
    return Duty(name=name, cadence=cadence, by=by, role=OPERATIONS, source=TDAH.under(heading))


CALENDAR = Calendar(
    source=TDAH.under(REGULAR),
    duties=(
        _duty("Update of nodes and add-ons", WEEKLY, DutyBy.MACHINE, REGULAR),
        _duty("Removal of images nobody runs", WEEKLY, DutyBy.MACHINE, REGULAR),
        _duty("VACUUM, ANALYZE and REINDEX", WEEKLY, DutyBy.MACHINE, REGULAR),
        _duty("Rotation of logs", WEEKLY, DutyBy.MACHINE, REGULAR),
        _duty("Review of disk and memory usage", WEEKLY, DutyBy.PERSON, REGULAR),
        _duty("Rebuild of images on current bases", WEEKLY, DutyBy.MACHINE, UPDATES),
        _duty("Review of response times, database performance, memory and disk I/O", WEEKLY, DutyBy.PERSON, CHECKS),
        _duty("Review of certificates and their renewal", MONTHLY, DutyBy.MACHINE, CHECKS),
        _duty("Recovery test of the whole plan", MONTHLY, DutyBy.MACHINE, CONTINUITY),
        _duty("Lessons of the recovery test written down", MONTHLY, DutyBy.PERSON, CONTINUITY),
        _duty("Update of documentation", QUARTERLY, DutyBy.PERSON, CONTINUITY),
        _duty("Rotation of secrets", QUARTERLY, DutyBy.MACHINE, "Security Hardening > Environment Security"),
    ),
    because={
        "duties": "no role is documented for any duty, and a rhythm only for maintenance, recovery test and "
        "documentation: the rest goes with the weekly maintenance (TDAH-D22)"
    },
)
