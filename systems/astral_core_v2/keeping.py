"""Astral Core v2: releases, maintenance and the calendar of those who run it."""

from systems.astral_core_v2.source import V2
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
    Mode,
    RollbackTrigger,
    Rollout,
    RolloutStep,
    Signal,
    Statistic,
    Strategy,
)

ROLLOUT = Rollout(
    source=V2.under("Deployment Procedures > Rolling Updates (Zero Downtime)"),
    strategy=Strategy.GRADUAL,
    steps=(
        RolloutStep(new_side_percent=10, wait_seconds=900, because={"wait_seconds": "no wait is documented (SYS-25)"}),
        RolloutStep(new_side_percent=50, wait_seconds=900, because={"wait_seconds": "no wait is documented (SYS-25)"}),
        RolloutStep(new_side_percent=100, wait_seconds=0),
    ),
    gates=(
        Gate(name="system health", kind=GateKind.PATH, path="/api/health"),
        Gate(name="crisis health", kind=GateKind.PATH, path="/api/crisis/health", time=GateTime.EACH_STEP),
        Gate(
            name="few active crisis sessions",
            kind=GateKind.CONDITION,
            condition=Condition(
                signal=Signal.CRISIS_SESSIONS,
                comparison=Comparison.BELOW,
                limit=20,
                because={"limit": "checked without a figure; the dashboard's target"},
            ),
        ),
        Gate(
            name="enough volunteers",
            kind=GateKind.CONDITION,
            condition=Condition(
                signal=Signal.VOLUNTEERS_AVAILABLE,
                comparison=Comparison.ABOVE,
                limit=9,
                because={"limit": "Pre-Deployment Checklist: minimum 10 (SYS-17)"},
            ),
        ),
        Gate(name="staging tests", kind=GateKind.COMMAND, command="pnpm run test:staging"),
        Gate(
            name="crisis team approval",
            kind=GateKind.APPROVAL,
            role="Crisis Team Lead",
            because={"role": "the two who approve the document itself"},
        ),
        Gate(
            name="platform approval",
            kind=GateKind.APPROVAL,
            role="Platform Engineering",
            because={"role": "the two who approve the document itself"},
        ),
        Gate(name="health after the rollout", kind=GateKind.PATH, path="/api/health", time=GateTime.AFTER),
    ),
    rollback_triggers=(
        RollbackTrigger(
            name="crisis health fails",
            condition=Condition(signal=Signal.CRISIS_UP, comparison=Comparison.EQUAL, limit=0),
        ),
        RollbackTrigger(
            name="errors",
            condition=Condition(
                signal=Signal.ERROR_PERCENT,
                comparison=Comparison.ABOVE,
                limit=1,
                for_seconds=120,
                because={"limit": "the TDAH document's alert", "for_seconds": "the TDAH document's alert"},
            ),
        ),
        RollbackTrigger(
            name="slow crisis paths",
            condition=Condition(
                signal=Signal.CRISIS_ENDPOINT_SECONDS,
                comparison=Comparison.ABOVE,
                limit=1,
                for_seconds=60,
                statistic=Statistic.P95,
                because={"limit": "the objective (SYS-18)", "for_seconds": "Being's minute"},
            ),
        ),
        RollbackTrigger(name="somebody sees something wrong"),
    ),
    rollback_seconds=60,
    announces_to=("crisis-team-slack",),
    because={
        "rollback_triggers": "`if issues detected`: the document does not say which (SYS-25)",
        "rollback_seconds": "`immediate`: a change of weights reaches every proxy in 5 s, open requests end in 50",
        "announces_to": "the document's webhook notifies the crisis team",
    },
)

MAINTENANCE = Maintenance(
    source=V2.under("Emergency Procedures > Emergency Response Protocol > Code Red: Crisis System Failure"),
    crisis_bypass=True,
    shows_hotlines=True,
    window=MaintenanceWindow(
        start_hour_utc=15,
        end_hour_utc=17,
        because={
            "start_hour_utc": "none documented; late morning in New York: ten volunteers on duty, few in crisis",
            "end_hour_utc": "two hours",
        },
    ),
    modes=(
        Mode(
            source=V2.under("Troubleshooting Guide > Common Issues and Solutions > Crisis System Not Responding"),
            name="maintenance-crisis-redirect",
            does="maintenance page with the hotlines; crisis paths stay open while they answer",
        ),
        Mode(
            source=V2.under("Troubleshooting Guide > Common Issues and Solutions > Crisis System Not Responding"),
            name="crisis-backup",
            does="crisis paths are answered by the static page, the emergency backup volunteers are called",
        ),
    ),
    because={
        "header_name": "Astral Draft's, so that all platforms show maintenance alike",
        "retry_after_seconds": "half an hour; none documented",
        "crisis_bypass": "any downtime can directly impact human lives",
    },
)

DAILY, WEEKLY, MONTHLY = Cadence.DAILY, Cadence.WEEKLY, Cadence.MONTHLY
QUARTERLY, YEARLY = Cadence.QUARTERLY, Cadence.YEARLY
CRISIS, PLATFORM, SECURITY = "Crisis Team Lead", "Platform Engineering", "Security Team"


def _person(name: str, cadence: Cadence, role: str, heading: str) -> Duty:
    return Duty(name=name, cadence=cadence, by=DutyBy.PERSON, role=role, source=V2.under(heading))


def _machine(name: str, cadence: Cadence, role: str, heading: str) -> Duty:
    return Duty(name=name, cadence=cadence, by=DutyBy.MACHINE, role=role, source=V2.under(heading))


DAY, WEEK = "Operational Checklists > Daily Operations", "Operational Checklists > Weekly Operations"
MONTH, PAPERS = "Operational Checklists > Monthly Operations", "Documentation Maintenance"

CALENDAR = Calendar(
    source=V2.under("Operational Checklists"),
    duties=(
        _person("Review overnight alerts and incidents", DAILY, PLATFORM, DAY),
        _person("Check volunteer availability forecast", DAILY, CRISIS, DAY),
        _person("Monitor crisis response metrics", DAILY, CRISIS, DAY),
        _machine("Verify backup completion", DAILY, PLATFORM, DAY),
        _person("Review system performance trends", DAILY, PLATFORM, DAY),
        _person("Update incident status board", DAILY, PLATFORM, DAY),
        _person("Security patch review and application", WEEKLY, SECURITY, WEEK),
        _person("Performance optimization review", WEEKLY, PLATFORM, WEEK),
        _person("Volunteer training schedule update", WEEKLY, CRISIS, WEEK),
        _person("Crisis pattern analysis", WEEKLY, CRISIS, WEEK),
        _person("Infrastructure capacity planning", WEEKLY, PLATFORM, WEEK),
        _person("Emergency procedure drill", WEEKLY, CRISIS, WEEK),
        _machine("Disaster recovery test", MONTHLY, PLATFORM, MONTH),
        _person("Security audit review", MONTHLY, SECURITY, MONTH),
        _machine("Compliance report generation", MONTHLY, SECURITY, MONTH),
        _person("Volunteer performance review", MONTHLY, CRISIS, MONTH),
        _person("Infrastructure cost optimization", MONTHLY, PLATFORM, MONTH),
        _person("Crisis system enhancement planning", MONTHLY, CRISIS, MONTH),
        _person("Review of emergency contacts and procedures", WEEKLY, CRISIS, PAPERS),
        _person("Review of technical procedures and troubleshooting", MONTHLY, PLATFORM, PAPERS),
        _person("Review of compliance requirements and audit procedures", QUARTERLY, SECURITY, PAPERS),
        _person("Complete documentation review and reorganization", YEARLY, PLATFORM, PAPERS),
        _machine("Rotation of secrets", QUARTERLY, SECURITY, "Security Setup > Secrets Management"),
        _person("Audit of secret access", MONTHLY, SECURITY, "Security Setup > Secrets Management"),
    ),
    because={"duties": "the document names no role for a duty; each went to the contact it concerns"},
)
