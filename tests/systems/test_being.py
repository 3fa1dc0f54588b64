"""Being: the figures of its document, copied from it by hand, against the spec."""

import pytest

from systems.model import (
    ChannelKind,
    Environment,
    FeatureFlag,
    GateKind,
    GateTime,
    Law,
    Severity,
    Signal,
    System,
    TlsVersion,
)
from systems.registry import load


@pytest.fixture(scope="module")
def being() -> System:
    return load("being", Environment.PRODUCTION)


@pytest.mark.parametrize(
    ("signal", "level", "comparison", "limit"),
    [
        # criticalMetrics
        (Signal.CRISIS_ENDPOINT_SECONDS, "critical", ">", 0.2),
        (Signal.CRISIS_DETECTION_PERCENT, "critical", "<", 99.9),
        (Signal.HOTLINE_AVAILABLE, "critical", "==", 0),  # below 100 %
        (Signal.EMERGENCY_CONTACTS_PERCENT, "critical", "<", 99.5),
        # performanceMetrics
        (Signal.APP_LAUNCH_SECONDS, "target", "<", 2),
        (Signal.APP_LAUNCH_SECONDS, "warning", ">", 3),
        (Signal.CRISIS_BUTTON_SECONDS, "target", "<", 0.15),
        (Signal.CRISIS_BUTTON_SECONDS, "critical", ">", 0.2),
        (Signal.ASSESSMENT_LOAD_SECONDS, "target", "<", 0.25),
        (Signal.ASSESSMENT_LOAD_SECONDS, "warning", ">", 0.3),
        (Signal.BREATHING_FRAMES_PER_SECOND, "target", "==", 60),
        (Signal.BREATHING_FRAMES_PER_SECOND, "warning", "<", 55),
        (Signal.CHECK_IN_SECONDS, "warning", ">", 0.5),
        # clinicalMetrics; 99.9 of what is counted exactly became 100
        (Signal.PHQ9_ACCURACY_PERCENT, "target", "==", 100),
        (Signal.PHQ9_ACCURACY_PERCENT, "critical", "<", 100),
        (Signal.GAD7_ACCURACY_PERCENT, "critical", "<", 100),
        (Signal.CRISIS_THRESHOLD_PERCENT, "critical", "<", 100),
        (Signal.THERAPEUTIC_TIMING_PERCENT, "warning", "<", 99.5),
    ],
)
def test_metrics_and_their_lines(being: System, signal: Signal, level: str, comparison: str, limit: float) -> None:
    found = [getattr(each, level) for each in being.monitoring.thresholds]
    assert (comparison, limit) in [
        (each.comparison.value, each.limit) for each in found if each and each.signal is signal
    ]


def test_alert_channels(being: System) -> None:
    channels = {each.name: each for each in being.monitoring.channels}
    reached = {
        receiver.name: {
            "pager-duty" if channels[name].kind is ChannelKind.PAGER else channels[name].reaches
            for name in receiver.channels
        }
        for receiver in being.monitoring.receivers
    }
    assert reached == {
        "critical": {"#crisis-team", "#on-call-engineering", "pager-duty"},
        "warning": {"#engineering", "#clinical-team"},
        "info": {"#monitoring"},
    }
    assert {each.severity: each.notifies for each in being.monitoring.priorities} == {
        Severity.CRITICAL: ("critical",),
        Severity.WARNING: ("warning",),
        Severity.INFO: ("info",),
    }


def test_health_checks(being: System) -> None:
    assert being.edge.domain == "being.app"
    checks = being.workload("being-api").health
    assert {check.host for check in checks} == {"api"}
    assert {check.path: {each.json_path: each.equals for each in check.body} for check in checks} == {
        "/health": {},
        "/crisis/988/status": {".available": True},
        "/db/health": {".connected": True},
        "/assessments/accuracy-test": {".phq9Accuracy": 100, ".gad7Accuracy": 100},
    }
    assert all(check.expected_status == 200 for check in checks)


def test_progressive_rollout(being: System) -> None:
    steps = [(step.new_side_percent, step.wait_seconds / 3_600) for step in being.rollout.steps]
    assert steps == [(5, 24), (25, 24), (50, 24), (100, 24)]
    assert sum(hours for percent, hours in steps if percent > 5) == 72
    assert being.rollout.steps[0].rollback_seconds == 5 * 60
    assert being.rollout.rollback_seconds == 10 * 60
    assert being.rollout.sticky_users
    assert being.rollout.critical_paths_last


def test_timetable_begins_two_hours_before(being: System) -> None:
    minutes = {each.name: each.minutes_from_start for each in being.rollout.timetable}
    assert minutes["pre-deployment setup"] == -2 * 60
    assert minutes["database migration"] == -60
    assert minutes["validated"] - minutes["everybody"] == 24 * 60


def test_what_is_validated_before(being: System) -> None:
    commands = [gate.command for gate in being.rollout.gates if gate.time is GateTime.BEFORE and gate.command]
    assert commands == [
        "npm run validate:production-readiness",
        "npm run validate:crisis-authority",
        "npm run validate:compliance-authority",
        "npm run validate:clinical-authority",
        "npm run validate:security-complete",
        "npm run validate:new-arch-performance",
        "./scripts/verify-backup-systems.sh",
        "npm run staging:health-check",
        "npm run security:production-scan",
        "npm run backup:create-pre-migration",
        "npm run backup:verify-integrity",
        "npm run backup:test-restore --dry-run",
    ]
    assert any(gate.kind is GateKind.BACKUP for gate in being.rollout.gates)


def test_what_is_approved_afterwards(being: System) -> None:
    roles = {gate.name: gate.role for gate in being.rollout.gates if gate.time is GateTime.AFTER and gate.role}
    assert roles["clinical team approval"] == "Clinical Team"
    assert roles["compliance audit"] == "Compliance"
    assert "user feedback above 95 %" in roles


def test_rollback_triggers(being: System) -> None:
    measured = {
        (each.condition.signal, each.condition.comparison.value, each.condition.limit)
        for each in being.rollout.rollback_triggers
        if each.condition
    }
    assert measured >= {
        (Signal.CRISIS_ENDPOINT_SECONDS, ">", 0.2),
        (Signal.HOTLINE_AVAILABLE, "==", 0),
        (Signal.PHQ9_ACCURACY_PERCENT, "<", 100),
        (Signal.GAD7_ACCURACY_PERCENT, "<", 100),
        (Signal.APP_CRASH_PERCENT, ">", 1),
        (Signal.RESPONSE_TIMES_BASELINE, ">", 2),
    }
    slow = next(each.condition for each in being.rollout.rollback_triggers if "200 ms" in each.name)
    assert slow
    assert slow.for_seconds == 60
    assert {each.name for each in being.rollout.rollback_triggers if each.manual} == {
        "assessment data corrupted",
        "PHI exposed",
        "authentication bypassed",
        "unauthorized data access",
    }


def test_feature_flags(being: System) -> None:
    assert being.feature_flags
    flags: dict[str, FeatureFlag] = {flag.name: flag for flag in being.feature_flags.flags}
    readonly = {name for name, flag in flags.items() if flag.readonly}
    assert readonly == {"crisisDetection", "hotline988Integration", "emergencyContacts"}
    assert flags["enhancedAssessments"].validation == "clinical-accuracy"
    assert flags["newArchitectureOptimizations"].canary_percent == 50
    scoring = flags["aiAssistedScoring"]
    assert (scoring.enabled, scoring.canary_percent, scoring.approval_role) == (False, 5, "clinical-team")
    assert {name for name, flag in flags.items() if flag.enabled} == set(flags) - {"aiAssistedScoring"}


def test_clinical_thresholds_are_handed_to_the_application(being: System) -> None:
    values = {each.name: each.value for each in being.application.settings}
    assert values["CRISIS_THRESHOLD_PHQ9"] == "20"
    assert values["CRISIS_THRESHOLD_GAD7"] == "15"
    assert values["BREATHING_EXERCISE_SECONDS"] == "60"


def test_only_tls_1_3(being: System) -> None:
    assert being.tls.versions == (TlsVersion.TLS_1_3,)
    assert being.tls.ciphers == ()


def test_encryption_keys_hold_256_bits(being: System) -> None:
    rings = [secret for secret in being.secrets.secrets if secret.secret_class == "key-ring"]
    assert [ring.minimum_bits for ring in rings] == [256]
    assert being.regime.laws == (Law.HIPAA,)


def test_response_times(being: System) -> None:
    told = {each.name: each.seconds for each in being.objectives.responses}
    assert told == {
        "crisis response": 0.2,
        "crisis button": 0.2,
        "app launch": 2,
        "assessment loading": 0.3,
        "check-in transitions": 0.5,
    }


def test_the_hotline_has_no_error_budget(being: System) -> None:
    hotline = next(each for each in being.objectives.availability if each.name == "hotline")
    assert hotline.target_percent == 100
    assert hotline.any_failure_alerts


def test_crisis_paths(being: System) -> None:
    assert being.critical_paths[0] == "/crisis"
    assert being.crisis
    assert being.crisis.hotlines[0].number == "988"
    assert not being.crisis.page_path.startswith(being.critical_paths)
    assert being.maintenance.crisis_bypass


def test_index_of_the_migration(being: System) -> None:
    [index] = being.database.indexes
    assert (index.name, index.table, index.column) == (
        "idx_assessments_crisis_score",
        "assessments",
        "enhanced_crisis_score",
    )


def test_backups(being: System) -> None:
    assert being.database.point_in_time_days > 0
    assert being.database.recovery_replica
    assert being.backups.copies_to_recovery_region
    assert {"point-in-time recovery", "cross-region replication"} <= set(being.backups.drill.proves)


def test_no_running_application_holds_the_login_that_could_drop_the_database(being: System) -> None:
    owner = next(each for each in being.secrets.secrets if each.name == "database-owner")
    assert owner.readers == ("platform",)
