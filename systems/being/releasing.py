"""Being: how a version reaches users, what stops it, and the switches inside the application."""

from systems import model as m
from systems.being.source import BEING

STEPS = "Production Deployment Process > Step 4: Progressive Rollout"
CANARY = BEING.under(f"{STEPS} > Canary Release (5% of users)")
INCREASE = BEING.under(f"{STEPS} > Gradual Increase (25% -> 50% -> 100%)")
PHASE_3 = BEING.under("Deployment Architecture > Deployment Phases > Phase 3: Gradual Rollout (25% -> 50% -> 100%)")
SETUP = BEING.under("Production Deployment Process > Step 1: Pre-Deployment Setup (T-2 hours)")
TRIGGERS = BEING.under("Emergency Procedures > Immediate Rollback Triggers")
CHECKS = BEING.under("Monitoring and Alerting > Automated Health Checks")
VALIDATED = BEING.under("Success Metrics > Post-Deployment Validation")
CHECKLIST = "Pre-Deployment Checklist"
DAY = 86_400

ABOVE, BELOW, EQUAL = m.Comparison.ABOVE, m.Comparison.BELOW, m.Comparison.EQUAL
SIGNAL = m.Signal


def _command(name: str, command: str, heading: str) -> m.Gate:
    return m.Gate(name=name, kind=m.GateKind.COMMAND, command=command, source=BEING.under(heading))


def _path(name: str, path: str) -> m.Gate:
    return m.Gate(name=name, kind=m.GateKind.PATH, path=path, time=m.GateTime.EACH_STEP, source=CHECKS)


def _at_each_step(name: str, condition: m.Condition) -> m.Gate:
    return m.Gate(name=name, kind=m.GateKind.CONDITION, time=m.GateTime.EACH_STEP, condition=condition, source=CANARY)


def _afterwards(name: str, role: str) -> m.Gate:
    return m.Gate(name=name, kind=m.GateKind.APPROVAL, time=m.GateTime.AFTER, role=role, source=VALIDATED)


MIGRATIONS = "Data Migration Strategy > Backup and Recovery Procedures"
CLINICAL, SECURITY = f"{CHECKLIST} > Clinical Validation Complete", f"{CHECKLIST} > Security Hardening Verification"

GATES = (
    _command("production readiness", "npm run validate:production-readiness", CLINICAL),
    _command("crisis authority", "npm run validate:crisis-authority", CLINICAL),
    _command("compliance authority", "npm run validate:compliance-authority", CLINICAL),
    _command("clinical authority", "npm run validate:clinical-authority", CLINICAL),
    _command("security", "npm run validate:security-complete", SECURITY),
    m.Gate(
        name="penetration test reviewed",
        kind=m.GateKind.APPROVAL,
        role="Security",
        source=BEING.under(SECURITY),
        because={"role": "reviewed by nobody in particular: whoever answers for security"},
    ),
    _command("performance", "npm run validate:new-arch-performance", f"{CHECKLIST} > Performance Benchmarks Met"),
    _command("backup systems", "./scripts/verify-backup-systems.sh", f"{CHECKLIST} > Backup and Recovery Prepared"),
    _command("staging is healthy", "npm run staging:health-check", SETUP.heading),
    m.Gate(name="production backup", kind=m.GateKind.BACKUP, source=SETUP),
    _command("security scan", "npm run security:production-scan", SETUP.heading),
    _command("backup before the migration", "npm run backup:create-pre-migration", MIGRATIONS),
    _command("the backup is whole", "npm run backup:verify-integrity", MIGRATIONS),
    _command("the backup restores", "npm run backup:test-restore --dry-run", MIGRATIONS),
    _path("API", "/health"),
    _path("hotline", "/crisis/988/status"),
    _path("database", "/db/health"),
    _path("assessments", "/assessments/accuracy-test"),
    _at_each_step(
        "crisis detection is quick",
        m.Condition(
            signal=SIGNAL.CRISIS_ENDPOINT_SECONDS,
            comparison=BELOW,
            limit=0.2,
            statistic=m.Statistic.P95,
            because={"limit": "200 ms, everywhere in the document (BEING-D06)"},
        ),
    ),
    _at_each_step(
        "assessments are right",
        m.Condition(
            signal=SIGNAL.PHQ9_ACCURACY_PERCENT,
            comparison=EQUAL,
            limit=100,
            because={"limit": "100 % accuracy requirement: no partial deployments (BEING-D09)"},
        ),
    ),
    _at_each_step(
        "errors",
        m.Condition(
            signal=SIGNAL.ERROR_PERCENT,
            comparison=BELOW,
            limit=1,
            because={"limit": "watched without a figure; the TDAH document's"},
        ),
    ),
    _at_each_step(
        "crashes",
        m.Condition(
            signal=SIGNAL.APP_CRASH_PERCENT, comparison=BELOW, limit=1, because={"limit": "the rollback trigger's"}
        ),
    ),
    m.Gate(
        name="production is verified",
        kind=m.GateKind.COMMAND,
        command="npm run deploy:verify-production",
        time=m.GateTime.AFTER,
        source=BEING.under("Production Deployment Process > Step 3: Application Deployment"),
    ),
    _afterwards("clinical team approval", "Clinical Team"),
    _afterwards("compliance audit", "Compliance"),
    _afterwards("user feedback above 95 %", "Clinical Team"),
)


def _trigger(
    name: str, signal: m.Signal, comparison: m.Comparison, limit: float, *, for_seconds: int = 0, because: str = ""
) -> m.RollbackTrigger:
    quantile = signal in (SIGNAL.CRISIS_ENDPOINT_SECONDS, SIGNAL.RESPONSE_TIMES_BASELINE)
    condition = m.Condition(
        signal=signal,
        comparison=comparison,
        limit=limit,
        for_seconds=for_seconds,
        statistic=m.Statistic.P95 if quantile else m.Statistic.CURRENT,
        because={"limit": because, "for_seconds": because} if because else {},
    )
    return m.RollbackTrigger(name=name, condition=condition, source=TRIGGERS)


def _pulled_by_a_person(name: str) -> m.RollbackTrigger:
    return m.RollbackTrigger(name=name, source=TRIGGERS, because={"condition": "no number shows it (BEING-D10)"})


ROLLBACK_TRIGGERS = (
    _trigger("crisis response above 200 ms", SIGNAL.CRISIS_ENDPOINT_SECONDS, ABOVE, 0.2, for_seconds=60),
    _trigger("988 unreachable", SIGNAL.HOTLINE_AVAILABLE, EQUAL, 0),
    _trigger(
        "emergency contact system fails",
        SIGNAL.EMERGENCY_CONTACTS_PERCENT,
        BELOW,
        99.5,
        because="`failure` without a figure: the alert's line",
    ),
    _trigger("PHQ-9 scoring errors", SIGNAL.PHQ9_ACCURACY_PERCENT, BELOW, 100, because="any error (SYS-29)"),
    _trigger("GAD-7 scoring errors", SIGNAL.GAD7_ACCURACY_PERCENT, BELOW, 100, because="any error (SYS-29)"),
    _trigger("crisis threshold misfires", SIGNAL.CRISIS_THRESHOLD_PERCENT, BELOW, 100, because="any misfire (SYS-29)"),
    _pulled_by_a_person("assessment data corrupted"),
    _pulled_by_a_person("PHI exposed"),
    _pulled_by_a_person("authentication bypassed"),
    _pulled_by_a_person("unauthorized data access"),
    _trigger("crashes in more than 1% of sessions", SIGNAL.APP_CRASH_PERCENT, ABOVE, 1),
    _trigger(
        "response times twice the baseline",
        SIGNAL.RESPONSE_TIMES_BASELINE,
        ABOVE,
        2,
        for_seconds=300,
        because="2x, held over one window (BEING-D10)",
    ),
    _trigger(
        "memory leaks",
        SIGNAL.MEMORY_GROWTH_PERCENT,
        ABOVE,
        20,
        for_seconds=3_600,
        because="`detected` without a figure: a fifth more within an hour (BEING-D10)",
    ),
)

ROLLOUT = m.Rollout(
    source=PHASE_3,
    strategy=m.Strategy.GRADUAL,
    steps=(
        m.RolloutStep(
            new_side_percent=5,
            wait_seconds=DAY,
            rollback_seconds=300,
            source=BEING.under("Deployment Architecture > Deployment Phases > Phase 2: Canary Release (5% traffic)"),
        ),
        m.RolloutStep(new_side_percent=25, wait_seconds=DAY, source=INCREASE),
        m.RolloutStep(new_side_percent=50, wait_seconds=DAY, source=INCREASE),
        m.RolloutStep(
            new_side_percent=100,
            wait_seconds=DAY,
            source=INCREASE,
            because={
                "wait_seconds": "72 hours in total, and the 24 hours of stability: the old side stays (BEING-D09)"
            },
        ),
    ),
    gates=GATES,
    rollback_triggers=ROLLBACK_TRIGGERS,
    rollback_seconds=600,
    timetable=(
        m.Appointment(name="pre-deployment setup", minutes_from_start=-120),
        m.Appointment(name="database migration", minutes_from_start=-60),
        m.Appointment(name="canary for 5% of users", minutes_from_start=0),
        m.Appointment(name="25% of users", minutes_from_start=24 * 60),
        m.Appointment(name="50% of users", minutes_from_start=48 * 60),
        m.Appointment(name="everybody", minutes_from_start=72 * 60),
        m.Appointment(name="validated", minutes_from_start=96 * 60),
    ),
    duration_minutes=98 * 60,
    report_after_hours=24,
    report=(
        "metrics before and after",
        "incidents and their resolutions",
        "procedures to update",
        "feedback of all stakeholders",
    ),
    announces_to=("crisis-team", "on-call-engineering", "engineering", "clinical-team"),
    because={
        "timetable": "T-2 hours, T-1 hour, and the waits added up",
        "duration_minutes": "the timetable from its first to its last appointment (BEING-D09)",
        "report_after_hours": "24-hour stability period completed",
        "announces_to": "notify:emergency-rollback: all stakeholders, by the documented channels",
    },
)

FEATURE_FLAGS = m.FeatureFlags(
    source=BEING.under("Feature Toggle Implementation > Crisis-Safe Feature Flags"),
    flags=(
        m.FeatureFlag(name="crisisDetection", enabled=True, readonly=True),
        m.FeatureFlag(name="hotline988Integration", enabled=True, readonly=True),
        m.FeatureFlag(name="emergencyContacts", enabled=True, readonly=True),
        m.FeatureFlag(name="enhancedAssessments", enabled=True, validation="clinical-accuracy"),
        m.FeatureFlag(name="newArchitectureOptimizations", enabled=True, canary_percent=50),
        m.FeatureFlag(name="aiAssistedScoring", enabled=False, canary_percent=5, approval_role="clinical-team"),
    ),
)
