"""Being, rollback, flags, migrations, stores and what is learned."""

from systems.requirements.ledger import Proof, row, under

SPEC = "tests/systems/test_being.py"
ROLLOUT, GATES, FLAGS = "operations/ (rollout)", "operations/ (gates)", "operations/ (flags)"
COMMAND, EXERCISED, UNIT, PERSON = Proof.COMMAND, Proof.EXERCISED, Proof.UNIT, Proof.PERSON
CONTRACT, APPLICATION = "docs/application-contract.md", Proof.APPLICATION
CRITERIA, VALIDATION = "Success Metrics > Deployment Success Criteria", "Success Metrics > Post-Deployment Validation"

ROWS = (
    under("Emergency Procedures", row(74, "Triggers and rollback as in the sections below", "docs/runbooks", UNIT)),
    under(
        "Emergency Procedures > Immediate Rollback Triggers",
        row(
            75,
            "Nine measured triggers and four that a person pulls",
            "systems/being/releasing.py",
            UNIT,
            proven_by=f"{SPEC}::test_rollback_triggers",
            decision="BEING-D10",
        ),
        row(76, "A measured trigger rolls back by itself", ROLLOUT, COMMAND, decision="BEING-D10"),
        row(
            77,
            "Access to health data and failed logins are logged and raise alarms",
            "components/aws/audit.py",
            Proof.EMULATED,
            decision="BEING-D10",
            proven_by="tests/components/aws/test_audit.py",
        ),
    ),
    under(
        "Emergency Procedures > Rollback Execution",
        row(
            78,
            "No further step begins, everybody is back on the old side",
            "rendering/haproxy",
            EXERCISED,
            "code 1",
            proven_by="tests/live/haproxy/test_splitting.py::test_a_user_stays_on_one_side_while_the_share_grows",
        ),
        row(79, "Crisis systems are checked after it, stakeholders are told", ROLLOUT, COMMAND, "code 1"),
        row(
            80,
            "Data are restored beside, never over, and only when somebody says so",
            "images/backup",
            COMMAND,
            "code 1",
            decision="BEING-D11",
            proven_by=(
                "tests/backup/test_restoring.py::test_a_dump_becomes_a_database_of_the_owners_beside_the_live_one",
            ),
        ),
        row(81, "An incident report with the time line is made", "operations/ (incident)", COMMAND, "code 1"),
    ),
    under("Feature Toggle Implementation", row(82, "Flags are stored, delivered, changed and audited", FLAGS, COMMAND)),
    under(
        "Feature Toggle Implementation > Crisis-Safe Feature Flags",
        row(
            83,
            "Six flags with their state, protection, validation, approval and share",
            "systems/being/releasing.py",
            UNIT,
            "code 1",
            proven_by=f"{SPEC}::test_feature_flags",
            decision="BEING-D13",
        ),
        row(84, "Readonly flags cannot be turned off by anybody", FLAGS, COMMAND, "code 1", decision="BEING-D13"),
    ),
    under(
        "Feature Toggle Implementation > Feature Flag Management",
        row(85, "Status, enabling with validation, share, and disabling in an emergency", FLAGS, COMMAND, "code 1"),
        row(86, "Unknown flags are refused with the known ones", FLAGS, COMMAND, "code 1", decision="BEING-D13"),
    ),
    under(
        "Data Migration Strategy",
        row(87, "Migrations without downtime, with a way back", "docs/runbooks", UNIT, decision="BEING-D12"),
    ),
    under(
        "Data Migration Strategy > Zero-Downtime Migrations",
        row(
            88,
            "Columns first nullable, filled in batches by a job of its own",
            "components/kubernetes/jobs.py",
            Proof.KUBERNETES,
            "code 1",
            proven_by=(
                "tests/components/kubernetes/test_jobs.py::test_every_documented_job_is_there_in_its_form",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(
            89,
            "NOT NULL and removal only when no telephone needs the old form",
            CONTRACT,
            APPLICATION,
            "code 1",
            decision="BEING-D12",
        ),
    ),
    under(
        "Data Migration Strategy > Backup and Recovery Procedures",
        row(90, "Before a migration: a backup, verified, restored on trial", GATES, COMMAND, "code 1"),
    ),
    under(
        "App Store Deployment",
        row(91, "Stores belong to the application's pipeline", CONTRACT, APPLICATION, decision="BEING-D18"),
    ),
    under(
        "App Store Deployment > iOS App Store",
        row(92, "Build, submission and metadata for iOS", CONTRACT, APPLICATION, "code 1", decision="BEING-D18"),
    ),
    under(
        "App Store Deployment > Google Play Store",
        row(93, "Build, submission and metadata for Android", CONTRACT, APPLICATION, "code 1", decision="BEING-D18"),
    ),
    under("Success Metrics", row(94, "Success is asked after a rollout, not assumed", GATES, COMMAND)),
    under(
        CRITERIA,
        row(
            95,
            "Crisis paths answer throughout a rollout",
            "rendering/haproxy",
            EXERCISED,
            "check Zero crisis detection downtime during deployment",
            proven_by="tests/live/haproxy/test_critical_paths.py::test_a_candidate_that_only_errs_never_gets_them",
        ),
        row(
            96,
            "A change of shares is everywhere within 5 minutes",
            "rendering/haproxy",
            EXERCISED,
            "check <5 minutes total rollout time per phase",
            decision="BEING-D09",
            proven_by="tests/live/haproxy/test_splitting.py::test_a_share_of_users_is_on_the_new_side_within_two_points",
        ),
        row(
            97,
            "Accuracy and speed are compared with the side before",
            ROLLOUT,
            COMMAND,
            "check All clinical accuracy metrics maintained",
            "check Performance benchmarks met or improved",
        ),
        row(
            98,
            "Policies hold on every preview",
            "policies/",
            Proof.POLICY,
            "check Security posture maintained or enhanced",
            proven_by=("tests/cli/test_policies.py", "tests/policies/test_platforms.py"),
        ),
    ),
    under(
        VALIDATION,
        row(
            99,
            "24 stable hours with the old side still there",
            "systems/being/releasing.py",
            UNIT,
            "check 24-hour stability period completed",
            proven_by=f"{SPEC}::test_timetable_begins_two_hours_before",
            decision="BEING-D09",
        ),
        row(100, "No alert fires when the rollout is closed", GATES, COMMAND, "check All monitoring alerts green"),
        row(
            101,
            "More than 95 % of users are satisfied",
            "Clinical Team, by approval",
            PERSON,
            "check User feedback positive (>95% satisfaction)",
        ),
        row(
            102,
            "The clinical team approves, by role and with a record",
            GATES,
            COMMAND,
            "check Clinical team approval received",
        ),
        row(
            103,
            "The compliance audit has its evidence",
            "policies (auditor's pack)",
            COMMAND,
            "check Compliance audit passed",
            proven_by="tests/policies/test_reports.py",
        ),
    ),
    under(
        "Continuous Improvement",
        row(104, "A calendar of duties between releases", "operations/ (calendar)", UNIT, decision="BEING-D19"),
    ),
    under(
        "Continuous Improvement > Post-Deployment Analysis",
        row(105, "A report after 24 hours: metrics before and after, incidents, updates, feedback", ROLLOUT, COMMAND),
        row(106, "Incidents are analysed, procedures updated, feedback gathered", "On-Call Engineering", PERSON),
    ),
    under(
        "Continuous Improvement > Next Deployment Preparation",
        row(107, "Scripts, monitoring, checks and training are brought forward", "On-Call Engineering", PERSON),
    ),
)
