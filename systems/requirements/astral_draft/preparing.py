"""Astral Draft, before a deployment: window, environment, backup, team."""

from systems.requirements.ledger import Proof, row, under

SPEC, RELEASE = "tests/systems/test_astral_draft.py", "tests/systems/test_astral_draft_release.py"
GATES, EDGE, IMAGE = "operations/ (gates)", "components/aws/edge.py", "images/backup"
COMMAND, EMULATED, EXERCISED, PERSON, UNIT = (
    Proof.COMMAND,
    Proof.EMULATED,
    Proof.EXERCISED,
    Proof.PERSON,
    Proof.UNIT,
)
CHECKLIST = "PRE-DEPLOYMENT CHECKLIST (T-24 Hours)"

ROWS = (
    under(
        "PRODUCTION DEPLOYMENT GUIDE",
        row(1, "The guide is reviewed every month", "systems/astral_draft/keeping.py; the owner", PERSON),
    ),
    under(
        "Astral Draft Fantasy Football Platform v2.0.0",
        row(
            2,
            "The platform as a whole is one stack in production and one in staging",
            "Pulumi.astral-draft-prod.yaml, Pulumi.astral-draft-staging.yaml",
            EMULATED,
        ),
        row(
            3,
            "Machines for all three services, which no figure describes",
            "systems/sizing.py",
            UNIT,
            proven_by="tests/systems/test_sizing.py::test_every_system_has_its_documented_hardware",
            decision="DRAFT-D02",
        ),
    ),
    under(
        "QUICK REFERENCE",
        row(
            4,
            "Planned work only in the night's window, by one clock",
            "systems/astral_draft/keeping.py",
            UNIT,
            proven_by=RELEASE,
            decision="DRAFT-D01",
        ),
        row(
            5, "Visitors see maintenance for 45 minutes at most", "operations/ (rollout)", COMMAND, decision="DRAFT-D01"
        ),
        row(
            6, "Rolled back in less than 10 minutes; 5 are held", "operations/ (rollout)", COMMAND, decision="DRAFT-D14"
        ),
        row(
            7,
            "Mail to ops-team@ arrives, at a mailbox that somebody else runs",
            EDGE,
            EMULATED,
            decision="DRAFT-D04",
            proven_by=(
                "tests/components/aws/test_edge_names.py::test_every_documented_record_is_there",
                "tests/components/aws/test_edge_on_the_engine.py",
            ),
        ),
        row(
            8,
            "meet. leads to the conferencing service",
            EDGE,
            EMULATED,
            decision="DRAFT-D04",
            proven_by=(
                "tests/components/aws/test_edge_names.py::test_every_documented_record_is_there",
                "tests/components/aws/test_edge_on_the_engine.py",
            ),
        ),
    ),
    under(
        CHECKLIST,
        row(9, "The checklist is a row of gates, answered the day before", GATES, COMMAND),
        row(10, "The gates, in the document's order", "systems/astral_draft/releasing.py", UNIT, proven_by=RELEASE),
    ),
    under(
        f"{CHECKLIST} > Environment Verification",
        row(11, "The production environment and its configuration are checked", GATES, COMMAND, "code 1"),
        row(
            12,
            "A known vulnerability stops the release; an old package does not",
            GATES,
            COMMAND,
            "code 1",
            decision="DRAFT-D18",
        ),
        row(13, "The database answers before a release begins", GATES, COMMAND, "code 1"),
        row(
            14,
            "A stack file with a mistake is refused with everything that is wrong",
            "settings.py",
            UNIT,
            "code 1",
            proven_by="tests/settings/test_settings.py",
        ),
    ),
    under(
        f"{CHECKLIST} > Backup Creation",
        row(15, "The database is dumped before every release", GATES, COMMAND, "code 1"),
        row(16, "and every night besides", "components/kubernetes/jobs.py", EXERCISED, "code 1", decision="DRAFT-D07"),
        row(
            17,
            "Configuration is saved without .env and without secrets",
            IMAGE,
            EXERCISED,
            "code 1",
            decision="DRAFT-D07",
            proven_by="tests/backup/test_state.py",
        ),
        row(
            18,
            "Backups lie in astraldraft-backups, under the day, with the documented names",
            "components/aws/backups.py",
            EMULATED,
            "code 1",
            decision="DRAFT-D07",
            proven_by=("tests/components/aws/test_backups.py", "tests/backup/test_lifecycle.py"),
        ),
        row(
            19,
            "prod-db. is known inside the network only",
            EDGE,
            EMULATED,
            "code 1",
            decision="DRAFT-D04",
            proven_by=(
                "tests/components/aws/test_edge_names.py::test_the_database_is_named_inside_only_and_the_inside_still_finds_the_public_hosts",
                "tests/components/aws/test_edge_on_the_engine.py",
            ),
        ),
        row(
            20,
            "Dump and restore have roles of their own; nobody is `admin`",
            IMAGE,
            EXERCISED,
            "code 1",
            decision="DRAFT-D06",
            proven_by=("tests/backup/test_taking.py", "tests/backup/test_restoring.py"),
        ),
    ),
    under(
        f"{CHECKLIST} > Team Preparation",
        row(21, "The deployment team is briefed", "gate; Team Lead", PERSON, "check Deployment team briefed"),
        row(22, "Support stands by", "gate; Support Team", PERSON, "check Support team on standby"),
        row(23, "Channels are open", "gate; Team Lead", PERSON, "check Communication channels open"),
        row(24, "The way back is known", "gate; On-call Engineer", PERSON, "check Rollback plan reviewed"),
        row(25, "Contacts are reachable", "gate; On-call Engineer", PERSON, "check Emergency contacts confirmed"),
    ),
)
