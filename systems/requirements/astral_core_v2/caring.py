"""Astral Core v2, how it survives: backups, recovery, compliance."""

from systems.requirements.ledger import Proof, row, under

OBJECTIVES = "tests/systems/test_objectives.py"
BACKUPS, IMAGE, AUDIT = "components/aws/backups.py", "images/backup", "components/aws/audit.py"
COMMAND, EXERCISED, PERSON, APPLICATION = Proof.COMMAND, Proof.EXERCISED, Proof.PERSON, Proof.APPLICATION
EMULATED, POLICY, UNIT = Proof.EMULATED, Proof.POLICY, Proof.UNIT


ROWS = (
    under(
        "Backup and Recovery",
        row(
            94,
            "Backups and recovery as in the sections below",
            BACKUPS,
            EXERCISED,
            proven_by=(
                "tests/backup/test_taking.py",
                "tests/backup/test_drill.py::test_a_backup_is_restored_and_an_application_answers_on_it",
            ),
        ),
    ),
    under(
        "Backup and Recovery > Automated Backup Strategy",
        row(
            95,
            "The database is dumped daily at 02:00 UTC",
            "components/kubernetes/backup_jobs.py",
            EXERCISED,
            "code 1",
            decision="SYS-11",
            proven_by=(
                "tests/backup/test_jobs.py::test_every_documented_time_has_its_job",
                "tests/backup/test_taking.py",
            ),
        ),
        row(
            96,
            "Daily for 30 days, weekly for 12 weeks, monthly for 12 months, yearly for 7 years",
            BACKUPS,
            EMULATED,
            "code 1",
            decision="SYS-28",
            proven_by=("tests/components/aws/test_backups.py", "tests/backup/test_lifecycle.py"),
        ),
        row(
            97,
            "Configuration, uploads and encrypted transcripts are backed up; private keys never",
            IMAGE,
            EXERCISED,
            "code 2",
            decision="SYS-27",
            proven_by="tests/backup/test_state.py",
        ),
        row(
            98,
            "Uploads live in a bucket of the application",
            "components/aws/cluster.py",
            EMULATED,
            "code 2",
            proven_by="tests/components/aws/test_registry.py",
        ),
        row(
            99,
            "On the first Sunday of each month a drill restores, starts, checks the crisis system and measures",
            IMAGE,
            EXERCISED,
            "code 3",
            proven_by="tests/backup/test_drill.py",
        ),
    ),
    under(
        "Backup and Recovery > Disaster Recovery Plan",
        row(
            100,
            "Crisis system: 5 minutes (region 15, corruption 60; hotlines always 5)",
            "systems/objectives.py",
            UNIT,
            proven_by=OBJECTIVES,
            decision="SYS-09",
        ),
        row(
            101,
            "Platform: 15 minutes (corruption 60)",
            "systems/objectives.py",
            UNIT,
            proven_by=OBJECTIVES,
            decision="SYS-09",
        ),
        row(102, "Non-critical features: 60 minutes", "systems/objectives.py", UNIT, proven_by=OBJECTIVES),
        row(
            103,
            "Crisis data: 1 minute (corruption 5)",
            "systems/objectives.py",
            UNIT,
            proven_by=OBJECTIVES,
            decision="SYS-09",
        ),
        row(104, "User data: 5 minutes; analytics: 60", "systems/objectives.py", UNIT, proven_by=OBJECTIVES),
        row(
            105,
            "A hot standby in another region takes over with one command",
            "components/recovery.py",
            COMMAND,
            "code 1",
            decision="SYS-10",
        ),
        row(
            106,
            "backup. answers for the standby",
            "components/aws/edge.py",
            EMULATED,
            "code 1",
            proven_by=(
                "tests/components/aws/test_edge.py::test_the_recovery_region_answers_under_its_own_name_behind_the_same_firewall",
                "tests/components/aws/test_edge_on_the_engine.py",
            ),
        ),
        row(
            107,
            "The database is restored to a point in time or from a dump, and the restored data are checked",
            "operations/ (restore)",
            COMMAND,
            "code 2",
        ),
    ),
    under(
        "Compliance and Audit",
        row(
            108,
            "Evidence of compliance can be handed to an auditor",
            "policies/frameworks",
            POLICY,
            proven_by="tests/policies/test_reports.py",
        ),
    ),
    under(
        "Compliance and Audit > HIPAA Compliance",
        row(109, "Administrative safeguards", "Security Team", PERSON, "check Administrative safeguards implemented"),
        row(
            110,
            "Physical safeguards: the cloud provider's, under its agreement",
            "Security Team",
            PERSON,
            "check Physical safeguards configured",
        ),
        row(
            111,
            "Technical safeguards",
            "policies/frameworks/hipaa.yaml",
            POLICY,
            "check Technical safeguards active",
            proven_by="tests/policies/test_frameworks.py",
        ),
        row(
            112,
            "Audit logging",
            AUDIT,
            POLICY,
            "check Audit logging enabled",
            proven_by=("tests/policies/test_platforms.py", "tests/policies/test_mutations.py"),
        ),
        row(
            113,
            "Encryption at rest and in transit",
            "components/aws/keys.py",
            POLICY,
            "check Encryption at rest and in transit",
            decision="SYS-12",
            proven_by=("tests/policies/test_platforms.py", "tests/policies/test_mutations.py"),
        ),
        row(
            114,
            "Access controls and authentication",
            "components/aws/cluster.py",
            POLICY,
            "check Access controls and authentication",
            proven_by=("tests/policies/test_platforms.py", "tests/policies/test_mutations.py"),
        ),
        row(115, "Employees are trained", "Security Team", PERSON, "check Employee training completed"),
        row(
            116,
            "A monthly HIPAA report",
            "policies (auditor's pack)",
            COMMAND,
            "code 1",
            proven_by="tests/policies/test_reports.py",
        ),
        row(
            117,
            "Access to health data can be reviewed",
            AUDIT,
            EMULATED,
            "code 1",
            proven_by="tests/components/aws/test_audit.py",
        ),
        row(118, "Encryption of the deployed state can be verified", "operations/ (evidence)", COMMAND, "code 1"),
    ),
    under(
        "Compliance and Audit > Data Protection (GDPR)",
        row(
            119, "Access, rectification, erasure and portability for users", "docs/application-contract.md", APPLICATION
        ),
        row(120, "Erasures are repeated after a restore", "operations/ (restore)", COMMAND, decision="SYS-27"),
        row(
            121,
            "Crisis sessions and audit logs 7 years, performance logs 1 year, debug logs 90 days",
            AUDIT,
            EMULATED,
            "code 1",
            decision="SYS-28",
            proven_by="tests/components/aws/test_logs.py",
        ),
        row(122, "Profiles until their owner asks for deletion", "docs/application-contract.md", APPLICATION, "code 1"),
    ),
)
