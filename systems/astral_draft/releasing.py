"""Astral Draft: a release from T-24 hours to T+24 hours, and the way back."""

from collections.abc import Iterator

from systems import model as m
from systems.astral_draft.source import DRAFT, SCHEDULER, WEB, WORKER

CHECKLIST = "PRE-DEPLOYMENT CHECKLIST (T-24 Hours)"
STEPS, AFTERWARDS = "DEPLOYMENT PROCEDURES", "POST-DEPLOYMENT VALIDATION"
BRIEFED = DRAFT.under(f"{CHECKLIST} > Team Preparation")
VERIFIED = DRAFT.under(f"{CHECKLIST} > Environment Verification")
STOPPED = DRAFT.under(f"{STEPS} > Step 2: Stop Services (T-10 minutes)")
STARTED = DRAFT.under(f"{STEPS} > Step 5: Start Services (T+20 minutes)")
CHECKED = DRAFT.under(f"{STEPS} > Step 6: Health Checks (T+25 minutes)")
IMMEDIATE = DRAFT.under(f"{AFTERWARDS} > Immediate Checks (T+35 minutes)")
TRIGGERS = DRAFT.under("ROLLBACK PROCEDURES > Automatic Rollback Triggers")
SUCCESS = DRAFT.under("SUCCESS METRICS > Deployment Success Criteria")

REOPENING, AFTER = m.GateTime.REOPENING, m.GateTime.AFTER
ABOVE, BELOW = m.Comparison.ABOVE, m.Comparison.BELOW


def _command(source: m.Source, name: str, command: str, time: m.GateTime = m.GateTime.BEFORE) -> m.Gate:
    return m.Gate(source=source, name=name, kind=m.GateKind.COMMAND, command=command, time=time)


def _approval(name: str, role: str) -> m.Gate:
    return m.Gate(
        source=BRIEFED,
        name=name,
        kind=m.GateKind.APPROVAL,
        role=role,
        because={"role": "a line to tick without a name: whoever knows it"},
    )


GATES = (
    _command(VERIFIED, "production environment", "npm run env:check:prod"),
    _command(VERIFIED, "known vulnerabilities", "npm audit"),
    _command(VERIFIED, "configuration", "npm run config:validate"),
    _command(VERIFIED, "database connectivity", "npm run db:health:prod"),
    m.Gate(source=DRAFT.under(f"{CHECKLIST} > Backup Creation"), name="backup", kind=m.GateKind.BACKUP),
    _approval("deployment team briefed", "Team Lead"),
    _approval("support team on standby", "Support Team"),
    _approval("communication channels open", "Team Lead"),
    _approval("rollback plan reviewed", "On-call Engineer"),
    _approval("emergency contacts confirmed", "On-call Engineer"),
    _command(CHECKED, "health of everything", "npm run health:check:all", REOPENING),
    m.Gate(source=CHECKED, name="api", kind=m.GateKind.PATH, path="/health", time=REOPENING),
    m.Gate(source=CHECKED, name="site", kind=m.GateKind.PATH, path="/api/status", time=REOPENING),
    _command(CHECKED, "smoke tests", "npm run test:smoke:prod", REOPENING),
    _command(CHECKED, "WebSocket connections", "npm run websocket:test:prod", REOPENING),
    _command(CHECKED, "database performance", "npm run db:performance:check", REOPENING),
    m.Gate(
        source=SUCCESS,
        name="error rate",
        kind=m.GateKind.CONDITION,
        condition=m.Condition(
            signal=m.Signal.ERROR_PERCENT,
            comparison=BELOW,
            limit=0.1,
            window_seconds=600,
            because={"window_seconds": "Immediate Checks: monitor:errors --duration=10m"},
        ),
        time=AFTER,
    ),
    m.Gate(
        source=SUCCESS,
        name="response time",
        kind=m.GateKind.CONDITION,
        condition=m.Condition(
            signal=m.Signal.RESPONSE_SECONDS,
            comparison=BELOW,
            limit=0.2,
            window_seconds=600,
            statistic=m.Statistic.MEAN,
            because={
                "window_seconds": "as long as errors are watched",
                "statistic": "the average, as in the report (DRAFT-D08)",
            },
        ),
        time=AFTER,
    ),
    _command(IMMEDIATE, "critical paths", "npm run test:critical:prod", AFTER),
    _command(IMMEDIATE, "user sessions", "npm run sessions:validate", AFTER),
)

ROLLBACK_TRIGGERS = (
    m.RollbackTrigger(
        source=TRIGGERS,
        name="errors",
        condition=m.Condition(signal=m.Signal.ERROR_PERCENT, comparison=ABOVE, limit=5, for_seconds=300),
    ),
    m.RollbackTrigger(
        source=TRIGGERS,
        name="slow answers",
        condition=m.Condition(
            signal=m.Signal.RESPONSE_SECONDS,
            comparison=ABOVE,
            limit=3,
            window_seconds=60,
            statistic=m.Statistic.COUNT,
            events_count=10,
            because={"window_seconds": "`for 10 requests` without a time: within a minute (DRAFT-D08)"},
        ),
    ),
    m.RollbackTrigger(
        source=TRIGGERS,
        name="memory",
        condition=m.Condition(signal=m.Signal.MEMORY_PERCENT, comparison=ABOVE, limit=90, for_seconds=180),
    ),
    m.RollbackTrigger(
        source=TRIGGERS,
        name="database connection failures",
        condition=m.Condition(
            signal=m.Signal.DATABASE_CONNECTION_FAILURES,
            comparison=ABOVE,
            limit=10,
            statistic=m.Statistic.COUNT,
            because={"window_seconds": "`> 10` without a time: within one window of five minutes (DRAFT-D08)"},
        ),
    ),
    m.RollbackTrigger(
        source=DRAFT.under("ROLLBACK PROCEDURES > Manual Rollback Process"), name="somebody sees something wrong"
    ),
)


def _timetable() -> Iterator[m.Appointment]:
    points = (
        (CHECKLIST, "checklist", -1_440),
        (f"{STEPS} > Step 1: Maintenance Mode (T-15 minutes)", "maintenance begins", -15),
        (f"{STEPS} > Step 2: Stop Services (T-10 minutes)", "services stop", -10),
        (f"{STEPS} > Step 3: Deploy Application Code (T-0)", "new code", 0),
        (f"{STEPS} > Step 5: Start Services (T+20 minutes)", "services start", 20),
        (f"{STEPS} > Step 6: Health Checks (T+25 minutes)", "health checks", 25),
        (f"{STEPS} > Step 7: Disable Maintenance Mode (T+30 minutes)", "maintenance ends", 30),
        (f"{AFTERWARDS} > Immediate Checks (T+35 minutes)", "immediate checks", 35),
        (f"{AFTERWARDS} > Extended Monitoring (T+1 hour)", "extended monitoring ends", 60),
        ("SUCCESS METRICS > Post-Deployment Metrics (24 hours)", "report", 1_440),
    )
    for heading, name, minutes in points:
        yield m.Appointment(
            source=DRAFT.under(heading),
            name=name,
            minutes_from_start=minutes,
            because={"minutes_from_start": "T, in the heading; T-0 is when the new code is put in place"},
        )


ROLLOUT = m.Rollout(
    source=DRAFT.under("DEPLOYMENT PROCEDURES"),
    strategy=m.Strategy.MAINTENANCE,
    steps=(),
    gates=GATES,
    rollback_triggers=ROLLBACK_TRIGGERS,
    rollback_seconds=300,
    stop_order=(
        m.OrderedService(source=STOPPED, name=WEB),
        m.OrderedService(source=STOPPED, name=WORKER),
        m.OrderedService(source=STOPPED, name=SCHEDULER),
    ),
    start_order=(
        m.OrderedService(source=STARTED, name="astraldraft-db", wait_seconds=10),
        m.OrderedService(source=STARTED, name="astraldraft-cache", wait_seconds=5),
        m.OrderedService(source=STARTED, name=WEB),
        m.OrderedService(source=STARTED, name=WORKER),
        m.OrderedService(source=STARTED, name=SCHEDULER),
    ),
    timetable=tuple(_timetable()),
    duration_minutes=45,
    report_after_hours=24,
    report=(
        "Total requests handled",
        "Error count and rate",
        "Average response time",
        "Peak concurrent users",
        "Resource utilization",
        "User feedback score",
    ),
    announces_to=("deployments-slack", "general-slack", "all-team-email", "ops-team-email"),
    because={
        "rollback_seconds": "Manual Rollback Process: < 5 minutes, of code alone; Quick Reference: < 10 (DRAFT-D14)",
        "start_order": "database and cache are never stopped: the waits are the least that passes before the web",
        "duration_minutes": "Quick Reference; from T-15 to T+30, the time visitors see maintenance (DRAFT-D01)",
        "report_after_hours": "Post-Deployment Metrics (24 hours)",
        "announces_to": "Communication Plan; stakeholders get theirs through ops-team@",
    },
)
