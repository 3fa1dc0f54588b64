"""Astral Core v7: releases, maintenance and the calendar of those who run it."""

from systems import model as m
from systems.astral_core_v7.source import V7

STANDARD = V7.under("Deployment Procedures > Standard Deployment")
ROLLBACK = V7.under("Deployment Procedures > Rollback Procedure")
THRESHOLDS = V7.under("Monitoring & Alerts > Alert Thresholds")
CHECKLIST = V7.under("Maintenance Windows > Planned Maintenance Checklist")
MODES = V7.under("Maintenance Windows > Maintenance Mode")

ROLLOUT = m.Rollout(
    source=STANDARD,
    strategy=m.Strategy.GRADUAL,
    steps=(
        m.RolloutStep(new_side_percent=10, wait_seconds=900),
        m.RolloutStep(new_side_percent=100, wait_seconds=0),
    ),
    gates=(
        m.Gate(name="lint", kind=m.GateKind.COMMAND, command="npm run lint"),
        m.Gate(name="types", kind=m.GateKind.COMMAND, command="npm run typecheck"),
        m.Gate(name="tests", kind=m.GateKind.COMMAND, command="npm run test"),
        m.Gate(name="backup", kind=m.GateKind.BACKUP),
        m.Gate(name="the preview's health", kind=m.GateKind.PATH, path="/api/health"),
        m.Gate(name="health at each step", kind=m.GateKind.PATH, path="/api/health", time=m.GateTime.EACH_STEP),
        m.Gate(
            name="production's health", kind=m.GateKind.COMMAND, command="npm run health:check", time=m.GateTime.AFTER
        ),
    ),
    rollback_triggers=(
        m.RollbackTrigger(
            name="health check fails",
            source=V7.under("Common Issues & Solutions > Application Not Responding"),
            condition=m.Condition(
                signal=m.Signal.HEALTH_UP,
                comparison=m.Comparison.EQUAL,
                limit=0,
                for_seconds=60,
                because={"for_seconds": "two outside checks of 30 s"},
            ),
        ),
        m.RollbackTrigger(
            name="errors",
            source=THRESHOLDS,
            condition=m.Condition(
                signal=m.Signal.ERROR_PERCENT,
                comparison=m.Comparison.ABOVE,
                limit=5,
                for_seconds=120,
                because={"for_seconds": "no duration is documented; the TDAH document's"},
            ),
        ),
        m.RollbackTrigger(name="somebody sees something wrong", source=ROLLBACK),
    ),
    rollback_seconds=60,
    announces_to=("engineering-slack",),
    because={
        "steps": "Vercel switches everybody at once, after a test of the preview: the preview is the new side before "
        "anybody is sent there, and a tenth for three windows lets the rollback triggers see something (V7-D05)",
        "gates": "a rollout with a migration needs a way back for the data as well",
        "rollback_seconds": "`vercel rollback` is immediate: a change of weights reaches every proxy in 5 s, "
        "open requests end in 50",
        "announces_to": "the document's one channel",
    },
)

FEATURE_FLAGS = m.FeatureFlags(
    source=V7.under("Common Issues & Solutions > Performance Degradation"),
    flags=(
        m.FeatureFlag(
            name="EMERGENCY_CACHE_MODE",
            enabled=False,
            because={"enabled": "for emergencies: off until somebody turns it on (V7-D11)"},
        ),
    ),
)

MAINTENANCE = m.Maintenance(
    source=CHECKLIST,
    crisis_bypass=False,
    shows_hotlines=False,
    window=m.MaintenanceWindow(
        start_hour_utc=8,
        end_hour_utc=10,
        documented="off-peak hours",
        because={
            "start_hour_utc": "off-peak hours without figures: three in the morning in New York, in summer four",
            "end_hour_utc": "two hours",
        },
    ),
    notices=(
        m.Notice(
            name="maintenance is coming",
            minutes_from_start=-48 * 60,
            audience="users",
            by="mail and banner",
            because={"minutes_from_start": "48 hours in advance"},
        ),
        m.Notice(
            name="maintenance is over",
            minutes_from_start=120,
            audience="users",
            by="mail and banner",
            because={"minutes_from_start": "completion notification: at the end of the window at the latest"},
        ),
    ),
    modes=(
        m.Mode(source=MODES, name="MAINTENANCE_MODE", does="the maintenance page for everybody, at the balancer"),
        m.Mode(
            source=V7.under("Common Issues & Solutions > Performance Degradation"),
            name="EMERGENCY_CACHE_MODE",
            does="the application answers from its cache wherever it can",
        ),
    ),
    checklist=(
        "Schedule maintenance window (off-peak hours)",
        "Notify users 48 hours in advance",
        "Create maintenance page",
        "Backup database",
        "Document rollback plan",
        "Perform maintenance tasks",
        "Verify all services operational",
        "Remove maintenance page",
        "Send completion notification",
    ),
    because={
        "header_name": "Astral Draft's, so that all platforms show maintenance alike",
        "retry_after_seconds": "half an hour; none documented",
        "crisis_bypass": "the document has no crisis path (V7-D12)",
        "shows_hotlines": "the document has no hotline (V7-D12)",
    },
)

DAILY, WEEKLY, MONTHLY, QUARTERLY = m.Cadence.DAILY, m.Cadence.WEEKLY, m.Cadence.MONTHLY, m.Cadence.QUARTERLY
ON_CALL, SECURITY, LEAD = "Primary On-Call", "Security Team", "Engineering Lead"


def _duty(name: str, cadence: m.Cadence, by: m.DutyBy, role: str) -> m.Duty:
    heading = f"Regular Maintenance Tasks > {cadence.capitalize()}"
    return m.Duty(name=name, cadence=cadence, by=by, role=role, source=V7.under(heading))


MACHINE, PERSON = m.DutyBy.MACHINE, m.DutyBy.PERSON

CALENDAR = m.Calendar(
    source=V7.under("Regular Maintenance Tasks"),
    duties=(
        _duty("Review error logs", DAILY, PERSON, ON_CALL),
        _duty("Check health endpoints", DAILY, MACHINE, ON_CALL),
        _duty("Monitor performance metrics", DAILY, MACHINE, ON_CALL),
        _duty("Review security alerts", DAILY, PERSON, SECURITY),
        _duty("Database backup verification", WEEKLY, MACHINE, ON_CALL),
        _duty("Performance report review", WEEKLY, PERSON, LEAD),
        _duty("Security audit log review", WEEKLY, PERSON, SECURITY),
        _duty("Dependency updates check", WEEKLY, MACHINE, LEAD),
        _duty("Full system backup", MONTHLY, MACHINE, ON_CALL),
        _duty("Security patches", MONTHLY, MACHINE, SECURITY),
        _duty("Performance optimization", MONTHLY, PERSON, LEAD),
        _duty("Capacity planning review", MONTHLY, PERSON, LEAD),
        _duty("Disaster recovery drill", MONTHLY, MACHINE, ON_CALL),
        _duty("Security audit", QUARTERLY, PERSON, SECURITY),
        _duty("Performance baseline update", QUARTERLY, PERSON, LEAD),
        _duty("Runbook review and update", QUARTERLY, PERSON, LEAD),
        _duty("Team training on procedures", QUARTERLY, PERSON, LEAD),
    ),
    because={"duties": "the document names no role for a duty; each went to the contact it concerns"},
)
