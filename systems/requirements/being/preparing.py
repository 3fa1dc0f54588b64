"""Being, what may never fail and what is checked before a release."""

from systems.requirements.ledger import Proof, row, under

SPEC = "tests/systems/test_being.py"
HAPROXY, GATES, RULES = "rendering/haproxy", "operations/ (gates)", "rendering/prometheus.py"
COMMAND, EXERCISED, UNIT, EMULATED, PERSON = Proof.COMMAND, Proof.EXERCISED, Proof.UNIT, Proof.EMULATED, Proof.PERSON
CONTRACT, APPLICATION, POLICY = "docs/application-contract.md", Proof.APPLICATION, Proof.POLICY
SAFETY, PHASES = "Critical Safety Requirements", "Deployment Architecture > Deployment Phases"
CHECKLIST = "Pre-Deployment Checklist"

ROWS = (
    under(
        "Production Deployment Strategy",
        row(
            1,
            "The platform as a whole is one stack in production and one in staging",
            "Pulumi.being-prod.yaml, Pulumi.being-staging.yaml",
            EMULATED,
            decision="BEING-D01",
        ),
    ),
    under(
        "DRD-FLOW-005 Standalone Assessments - Clinical MBCT App",
        row(
            2,
            "Hardware, replicas and database have a size although none is documented",
            "systems/sizing.py",
            UNIT,
            proven_by="tests/systems/test_sizing.py",
            decision="BEING-D02",
        ),
    ),
    under(
        "DRD-FLOW-005 Standalone Assessments - Clinical MBCT App > Overview",
        row(
            3,
            "Crisis detection is up while everything else is being changed",
            HAPROXY,
            EXERCISED,
            decision="BEING-D04",
            proven_by="tests/live/haproxy/test_critical_paths.py",
        ),
        row(
            4,
            "Health data are handled as HIPAA asks",
            "policies/frameworks",
            POLICY,
            decision="BEING-D20",
            proven_by="tests/policies/test_frameworks.py",
        ),
    ),
    under(
        SAFETY,
        row(5, "No rule of policy, limit or firewall may close a crisis path", "policies/rules/crisis.py", POLICY),
    ),
    under(
        f"{SAFETY} > Crisis Detection Non-Negotiables",
        row(
            6,
            "988 is shown at all times: static page outside cluster, database and region",
            "components/aws/edge.py (crisis page)",
            EMULATED,
            decision="BEING-D03",
            proven_by=(
                "tests/components/aws/test_edge.py::test_the_crisis_page_lies_in_two_regions_and_the_other_one_is_asked_first",
                "tests/rendering/test_pages.py",
                "tests/components/aws/test_edge_on_the_engine.py",
            ),
        ),
        row(
            7,
            "The hotlines are back within 5 minutes whatever fails",
            "systems/objectives.py",
            UNIT,
            proven_by="tests/systems/test_objectives.py",
            decision="BEING-D05",
        ),
        row(
            8,
            "Crisis paths answer within 200 ms, p95, with replicas of their own",
            "components/kubernetes/application.py",
            EXERCISED,
            decision="BEING-D06",
            proven_by=(
                "tests/live/haproxy/test_critical_paths.py",
                "tests/rendering/prometheus/test_documented_alerts.py",
            ),
        ),
        row(
            9,
            "Emergency contacts are a critical path and work during a rollout",
            HAPROXY,
            EXERCISED,
            decision="BEING-D04",
            proven_by="tests/live/haproxy/test_floods.py",
        ),
        row(
            10,
            "The telephone dials 988 and keeps a crisis mode without a network",
            CONTRACT,
            APPLICATION,
            decision="BEING-D04",
        ),
    ),
    under(
        f"{SAFETY} > Clinical Accuracy Requirements",
        row(
            11,
            "PHQ-9 and GAD-7 score without error; any error alerts",
            RULES,
            EXERCISED,
            decision="BEING-D08",
            proven_by="tests/rendering/prometheus/test_other_alerts.py::test_any_failure_of_the_promised_hundred_per_cent_calls",
        ),
        row(
            12,
            "No user meets a side that has not proven its scoring",
            "operations/ (rollout)",
            COMMAND,
            decision="BEING-D09",
        ),
        row(
            13,
            "Thresholds 20 and 15, and 60 s of breathing, are handed to the application",
            "components/kubernetes/application.py",
            Proof.KUBERNETES,
            proven_by=(
                "tests/rendering/test_environment.py::test_every_documented_setting_reaches_its_readers_and_nobody_else",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(14, "The breathing exercise is precise on the telephone", CONTRACT, APPLICATION),
    ),
    under(
        "Deployment Architecture", row(15, "Two sides behind one balancer over one database", "__main__.py", EMULATED)
    ),
    under(
        "Deployment Architecture > Blue-Green Deployment Strategy",
        row(
            16,
            "Both sides at full size behind the balancer, also with one zone gone",
            "systems/sizing.py",
            UNIT,
            "code 1",
            proven_by="tests/systems/test_sizing.py",
        ),
        row(17, "Health and crisis detection of both sides are watched apart", RULES, EXERCISED, "code 1"),
        row(
            18,
            "RDS in place of Supabase's database; row security stays in the schema",
            "components/aws/postgres.py",
            EMULATED,
            "code 1",
            decision="BEING-D01",
            proven_by=(
                "tests/backup/test_taking.py::test_with_the_dumps_own_policy_every_row_is_saved_and_comes_back",
                "tests/live/postgres/test_roles.py::test_a_dump_sees_rows_that_row_security_hides",
            ),
        ),
        row(19, "Sign-on of Supabase becomes the API's", CONTRACT, APPLICATION, "code 1", decision="BEING-D01"),
    ),
    under(
        PHASES,
        row(
            20,
            "Three phases with their durations and rollback times",
            "systems/being/releasing.py",
            UNIT,
            proven_by=SPEC,
            decision="BEING-D09",
        ),
    ),
    under(
        f"{PHASES} > Phase 1: Infrastructure Preparation (Pre-deployment)",
        row(
            21,
            "Two hours for migrations and scaling, undone at once",
            "operations/ (rollout)",
            COMMAND,
            decision="BEING-D12",
        ),
    ),
    under(
        f"{PHASES} > Phase 2: Canary Release (5% traffic)",
        row(
            22,
            "5 % for 24 hours, rollback within 5 minutes",
            "systems/being/releasing.py",
            UNIT,
            proven_by=f"{SPEC}::test_progressive_rollout",
        ),
    ),
    under(
        f"{PHASES} > Phase 3: Gradual Rollout (25% -> 50% -> 100%)",
        row(
            23,
            "25, 50, 100 % over 72 hours, rollback within 10 minutes at any stage",
            "systems/being/releasing.py",
            UNIT,
            proven_by=f"{SPEC}::test_progressive_rollout",
            decision="BEING-D09",
        ),
    ),
    under(CHECKLIST, row(24, "The checklist is asked before each release", GATES, COMMAND)),
    under(
        f"{CHECKLIST} > Clinical Validation Complete",
        row(
            25,
            "Validations of readiness, crisis, compliance and clinic are gates",
            "systems/being/releasing.py",
            UNIT,
            "code 1",
            proven_by=SPEC,
        ),
        row(26, "No release without them", GATES, COMMAND, "code 1"),
        row(
            27,
            "All 28 totals of PHQ-9 and all 22 of GAD-7 are scored",
            CONTRACT,
            APPLICATION,
            "code 1",
            decision="BEING-D08",
        ),
        row(
            28,
            "AES-256-GCM for envelopes and fields, AES-256 for storage",
            "components/aws/keys.py",
            POLICY,
            "code 1",
            decision="BEING-D14",
        ),
        row(
            29,
            "Audit logs are written, kept seven years and locked",
            "components/aws/audit.py",
            EMULATED,
            "code 1",
            decision="SYS-28",
            proven_by="tests/components/aws/test_logs.py",
        ),
    ),
    under(
        f"{CHECKLIST} > Security Hardening Verification",
        row(
            30,
            "TLS 1.3 and nothing older for visitors and at HAProxy",
            HAPROXY,
            EXERCISED,
            "code 1",
            decision="BEING-D15",
            proven_by="tests/rendering/haproxy/test_configurations.py::test_being_speaks_nothing_older_than_tls_1_3",
        ),
        row(
            31,
            "API keys rotate with an overlap",
            "components/aws/secrets.py",
            EMULATED,
            "code 1",
            decision="BEING-D01",
            proven_by=("tests/rotation/test_steps.py", "tests/components/aws/test_rotation.py"),
        ),
        row(
            32, "Database and copies are encrypted under customer keys", "components/aws/postgres.py", POLICY, "code 1"
        ),
        row(
            33,
            "Network rules: one way in, database from the nodes only",
            "components/aws/firewall.py",
            POLICY,
            "code 1",
            proven_by=("tests/reachability/test_reachability.py", "tests/reachability/test_breaches.py"),
            decision="SYS-03",
        ),
        row(34, "A penetration test was made and reviewed", "Compliance, by calendar and approval", PERSON, "code 1"),
        row(
            35,
            "Common attacks are filtered, crisis paths only counted",
            "components/aws/edge.py",
            EMULATED,
            "code 1",
            proven_by=(
                "tests/components/aws/test_edge_firewall.py::test_people_get_in_attacks_and_floods_do_not",
                "tests/components/aws/test_edge_firewall.py::test_critical_paths_are_counted_and_never_refused",
                "tests/components/aws/test_edge_on_the_engine.py",
            ),
        ),
    ),
    under(
        f"{CHECKLIST} > Performance Benchmarks Met",
        row(
            36,
            "Launch, button, loading, frames and check-in are measured on devices",
            CONTRACT,
            APPLICATION,
            "code 1",
            decision="BEING-D07",
        ),
        row(
            37,
            "What devices report becomes metrics with the documented lines",
            RULES,
            EXERCISED,
            "code 1",
            decision="BEING-D07",
            proven_by="tests/rendering/prometheus/test_documented_alerts.py",
        ),
        row(38, "Benchmarks are a gate", GATES, COMMAND, "code 1"),
    ),
    under(
        f"{CHECKLIST} > Backup and Recovery Prepared",
        row(
            39,
            "Backups happen by themselves and a missing one alerts",
            "components/kubernetes/jobs.py",
            EXERCISED,
            "code 1",
            decision="BEING-D19",
        ),
        row(40, "Point-in-time recovery is drilled", "images/backup", EXERCISED, "code 1", decision="BEING-D19"),
        row(
            41,
            "The copy in the other region is read, not only made",
            "images/backup",
            EXERCISED,
            "code 1",
            decision="BEING-D19",
            proven_by=(
                "tests/backup/test_copies.py",
                "tests/backup/test_drill.py::test_a_copy_counts_when_it_has_been_read",
            ),
        ),
        row(42, "Recovery is written down", "docs/runbooks", UNIT, "code 1"),
    ),
)
