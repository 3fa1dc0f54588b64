"""Astral Draft, the way back: rollback and recovery."""

from systems.requirements.ledger import Proof, row, under

RELEASE, OBJECTIVES = "tests/systems/test_astral_draft_release.py", "tests/systems/test_objectives.py"
ROLLOUT, RESTORE, FAILOVER = "operations/ (rollout)", "operations/ (restore)", "operations/ (failover)"
COMMAND, UNIT = Proof.COMMAND, Proof.UNIT
TRIGGERS = "ROLLBACK PROCEDURES > Automatic Rollback Triggers"

ROWS = (
    under(
        "ROLLBACK PROCEDURES",
        row(60, "Automatic, manual and emergency ways back, as in the sections below", ROLLOUT, COMMAND),
    ),
    under(
        TRIGGERS,
        row(
            61,
            "The four triggers, as conditions",
            "systems/astral_draft/releasing.py",
            UNIT,
            proven_by=RELEASE,
            decision="DRAFT-D08",
        ),
        row(62, "More than 5 % errors for 5 minutes roll back", ROLLOUT, COMMAND),
        row(63, "Ten answers slower than 3 s in a minute roll back", ROLLOUT, COMMAND, decision="DRAFT-D08"),
        row(64, "More than 90 % of memory for 3 minutes rolls back", ROLLOUT, COMMAND),
        row(
            65,
            "More than 10 failed connections to the database in 5 minutes roll back",
            ROLLOUT,
            COMMAND,
            decision="DRAFT-D08",
        ),
    ),
    under(
        "ROLLBACK PROCEDURES > Manual Rollback Process",
        row(
            66,
            "One command: maintenance, stop, earlier image, start, checks, open; 5 minutes",
            ROLLOUT,
            COMMAND,
            "code 1",
            decision="DRAFT-D14",
        ),
        row(
            67,
            "Images of earlier releases are kept in the registry",
            "components/aws/registry.py",
            Proof.EMULATED,
            "code 1",
            decision="DRAFT-D14",
            proven_by="tests/components/aws/test_registry.py",
        ),
        row(
            68,
            "Damaged data are restored into a new instance, never over living tables",
            "images/backup",
            COMMAND,
            "code 1",
            decision="DRAFT-D14",
            proven_by=(
                "tests/backup/test_restoring.py::test_a_dump_becomes_a_database_of_the_owners_beside_the_live_one",
            ),
        ),
    ),
    under(
        "ROLLBACK PROCEDURES > Emergency Recovery",
        row(
            69,
            "Everything back within 30 minutes (corruption 60)",
            "systems/objectives.py",
            UNIT,
            "code 1",
            proven_by=(f"{OBJECTIVES}::test_every_promise_of_every_system_is_kept_in_every_scope", RELEASE),
            decision="DRAFT-D05",
        ),
        row(
            70,
            "A warm standby in the recovery region",
            "components/recovery.py",
            Proof.EMULATED,
            "code 1",
            proven_by="tests/components/test_recovery.py::test_a_warm_standby_serves_with_as_little_as_it_can",
            decision="DRAFT-D05",
        ),
        row(
            71,
            "One command switches to it, one checks it, names follow",
            FAILOVER,
            COMMAND,
            "code 1",
            decision="SYS-10",
        ),
        row(
            72,
            "Restored to the last moment before the damage; at most an hour is lost",
            RESTORE,
            COMMAND,
            "code 1",
            decision="DRAFT-D05",
        ),
    ),
)
