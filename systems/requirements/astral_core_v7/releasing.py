"""Astral Core v7, releases, security procedures and the database."""

from systems.requirements.ledger import Proof, row, under

SPEC = "tests/systems/test_astral_core_v7.py"
ROLLOUT, ROTATION, IMAGE = "operations/ (rollout)", "operations/ (rotation)", "images/backup"
COMMAND, EXERCISED, UNIT, PERSON = Proof.COMMAND, Proof.EXERCISED, Proof.UNIT, Proof.PERSON

ROWS = (
    under(
        "Deployment Procedures",
        row(50, "Release, hotfix and rollback as in the sections below", ROLLOUT, COMMAND, decision="V7-D05"),
    ),
    under(
        "Deployment Procedures > Standard Deployment",
        row(
            51,
            "Lint, types and tests pass first",
            ROLLOUT,
            COMMAND,
            "code 1",
            proven_by="tests/pipelines/test_gates.py::test_a_command_is_run_as_the_document_writes_it",
        ),
        row(
            52,
            "The new side is healthy before any user is sent to it",
            ROLLOUT,
            COMMAND,
            "code 1",
            decision="V7-D05",
            proven_by="tests/pipelines/test_rollout.py::test_nobody_is_sent_to_pods_that_are_not_ready",
        ),
        row(
            53,
            "A tenth of users first, one user on one side, then all",
            "rendering/haproxy",
            EXERCISED,
            "code 1",
            decision="V7-D05",
            proven_by="tests/live/haproxy/test_splitting.py::test_a_share_of_users_is_on_the_new_side_within_two_points",
        ),
        row(54, "`health:check` after the last step", ROLLOUT, COMMAND, "code 1"),
    ),
    under(
        "Deployment Procedures > Emergency Hotfix",
        row(
            55,
            "A lane that skips lint, types, tests and the wait, and nothing else",
            ROLLOUT,
            COMMAND,
            "code 1",
            decision="V7-D05",
        ),
        row(
            56,
            "SKIP_TYPE_CHECK reaches no pod",
            "systems/astral_core_v7/application.py",
            UNIT,
            "code 1",
            proven_by=SPEC,
            decision="V7-D05",
        ),
        row(57, "The hotfix is reviewed afterwards", "Engineering Lead", PERSON, "code 1"),
    ),
    under(
        "Deployment Procedures > Rollback Procedure",
        row(58, "The last ten releases and the last good one can be listed", ROLLOUT, COMMAND, "code 1"),
        row(
            59,
            "Rollback within a minute, health checked after it",
            "rendering/haproxy",
            EXERCISED,
            "code 1",
            proven_by=(
                "tests/live/haproxy/test_splitting.py::test_a_user_stays_on_one_side_while_the_share_grows",
                "tests/live/haproxy/test_continuity.py",
            ),
        ),
        row(60, "Logs of the failed release outlive it", "components/kubernetes/monitoring.py", EXERCISED, "code 1"),
    ),
    under(
        "Security Procedures",
        row(
            61,
            "Containers, network and secrets are locked down",
            "policies/",
            Proof.POLICY,
            proven_by=("tests/policies/test_platforms.py", "tests/policies/test_mutations.py"),
        ),
    ),
    under(
        "Security Procedures > Suspected Security Breach",
        row(62, "All secrets rotate at once, old versions end", ROTATION, COMMAND, "code 1", decision="V7-D14"),
        row(63, "All sessions end with NEXTAUTH_SECRET", ROTATION, COMMAND, "code 1", decision="V7-D14"),
        row(
            64,
            "Access to platform, database and accounts is logged and can be searched",
            "components/aws/audit.py",
            Proof.EMULATED,
            proven_by="tests/components/aws/test_audit.py",
        ),
        row(65, "Passwords of all users are reset", "docs/application-contract.md", Proof.APPLICATION),
        row(
            66,
            "Users are told within 72 hours, the incident is reported",
            "Security Team, with a clock shown",
            PERSON,
            decision="V7-D13",
        ),
    ),
    under(
        "Security Procedures > Secret Rotation",
        row(67, "Secrets are generated, replaced and verified without a release", ROTATION, COMMAND, "code 1"),
        row(
            68,
            "Secrets live in Secrets Manager and are in no setting",
            "components/aws/secrets.py",
            Proof.EMULATED,
            "code 1",
            proven_by="tests/components/aws/test_secrets.py",
        ),
    ),
    under(
        "Database Operations",
        row(
            69, "Backup, migration and recovery as in the sections below", "components/aws/postgres.py", Proof.EMULATED
        ),
    ),
    under(
        "Database Operations > Backup Procedures",
        row(
            70,
            "Dumps are made every night in a format that pg_restore reads",
            IMAGE,
            EXERCISED,
            "code 1",
            decision="V7-D09",
            proven_by=(
                "tests/backup/test_taking.py::test_a_backup_is_its_objects_and_last_of_all_its_manifest",
                "tests/backup/test_jobs.py::test_every_documented_time_has_its_job",
            ),
        ),
        row(
            71,
            "Backups are encrypted, locked and copied to another region",
            "components/aws/backups.py",
            Proof.EMULATED,
            "code 1",
            proven_by="tests/components/aws/test_backups.py",
        ),
    ),
    under(
        "Database Operations > Migration Procedures",
        row(
            72,
            "`migrate deploy` runs before the application, as the owner of the schema",
            "components/kubernetes/jobs.py",
            Proof.KUBERNETES,
            "code 1",
            decision="SYS-21",
            proven_by=(
                "tests/components/kubernetes/test_jobs.py::test_migrations_run_as_the_owner_and_read_nothing_else",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(
            73,
            "Migrations are tried and created on laptops",
            "docs/application-contract.md",
            Proof.APPLICATION,
            "code 1",
        ),
        row(
            74,
            "No runtime login can reset or drop the database",
            "rendering/database_roles.py",
            EXERCISED,
            "code 1",
            decision="V7-D04",
            proven_by=(
                "tests/live/postgres/test_roles.py::test_the_application_reads_and_writes_and_cannot_touch_the_schema",
                "tests/live/postgres/test_roles.py::test_the_owner_migrates",
            ),
        ),
    ),
    under(
        "Database Operations > Data Recovery",
        row(
            75,
            "Backups can be listed and one chosen",
            "images/backup",
            COMMAND,
            "code 1",
            proven_by=("tests/backup/test_restoring.py::test_an_earlier_backup_can_be_chosen_by_its_manifest",),
        ),
        row(
            76,
            "Restored into astral_recovery and counted before anything is switched",
            IMAGE,
            EXERCISED,
            "code 1",
            decision="V7-D09",
            proven_by=(
                "tests/backup/test_restoring.py::test_a_dump_becomes_a_database_of_the_owners_beside_the_live_one",
            ),
        ),
        row(
            77,
            "The name `database` moves to the restored instance",
            "components/kubernetes/database_roles.py",
            COMMAND,
            "code 1",
            decision="V7-D15",
            proven_by=(
                "tests/live/postgres/test_exchange.py::test_under_load_the_restored_database_becomes_the_live_one_and_back",
            ),
        ),
    ),
    under(
        "Performance Optimization",
        row(
            78,
            "Static files are cached at the edge and compressed",
            "components/aws/edge.py",
            Proof.EMULATED,
            proven_by=(
                "tests/components/aws/test_edge.py::test_only_assets_and_the_crisis_page_are_kept",
                "tests/components/aws/test_edge_on_the_engine.py",
            ),
        ),
    ),
    under(
        "Performance Optimization > Cache Management",
        row(
            79,
            "Clearing all or some of the cache is an administrator's act",
            "rendering/haproxy",
            EXERCISED,
            "code 1",
            decision="V7-D06",
            proven_by="tests/live/haproxy/test_floods.py::test_no_trick_gets_through",
        ),
        row(
            80,
            "Patterns like `user:*` are the application's",
            "docs/application-contract.md",
            Proof.APPLICATION,
            "code 1",
        ),
        row(
            81,
            "Hits are measured at the cache and in the application",
            "components/kubernetes/monitoring.py",
            EXERCISED,
            "code 1",
        ),
        row(
            82,
            "The cache survives the loss of its master",
            "components/kubernetes/redis_sentinel.py",
            EXERCISED,
            "code 1",
            proven_by="tests/live/redis/test_mastership.py::test_a_killed_master_is_replaced_and_comes_back_as_a_follower",
            decision="SYS-30",
        ),
    ),
    under(
        "Performance Optimization > Bundle Optimization",
        row(
            83,
            "Bundle, dependencies and images are the application's build",
            "docs/application-contract.md",
            Proof.APPLICATION,
            "code 1",
            decision="V7-D07",
        ),
    ),
)
