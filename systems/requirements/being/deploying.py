"""Being, the way of a release."""

from systems.requirements.ledger import Proof, row, under

SPEC = "tests/systems/test_being.py"
ROLLOUT, GATES, HAPROXY = "operations/ (rollout)", "operations/ (gates)", "rendering/haproxy"
COMMAND, EXERCISED, UNIT = Proof.COMMAND, Proof.EXERCISED, Proof.UNIT
PROCESS = "Production Deployment Process"
STEP_4 = f"{PROCESS} > Step 4: Progressive Rollout"

ROWS = (
    under(
        PROCESS,
        row(
            43,
            "Four steps with times from two hours before",
            "systems/being/releasing.py",
            UNIT,
            proven_by=f"{SPEC}::test_timetable_begins_two_hours_before",
        ),
    ),
    under(
        f"{PROCESS} > Step 1: Pre-Deployment Setup (T-2 hours)",
        row(44, "Staging is healthy", GATES, COMMAND, "code 1"),
        row(45, "A backup of production is taken", ROLLOUT, COMMAND, "code 1"),
        row(
            46,
            "Room for both sides is there before it is needed",
            "systems/sizing.py",
            UNIT,
            "code 1",
            proven_by="tests/systems/test_sizing.py",
        ),
        row(
            47,
            "Maintenance leaves crisis paths open and shows the hotlines",
            HAPROXY,
            EXERCISED,
            "code 1",
            decision="BEING-D17",
            proven_by="tests/live/haproxy/test_critical_paths.py::test_maintenance_leaves_them_open",
        ),
        row(48, "A last security scan", GATES, COMMAND, "code 1"),
    ),
    under(
        f"{PROCESS} > Step 2: Database Migration (T-1 hour)",
        row(
            49,
            "Migrations run as the owner, before the rollout",
            "components/kubernetes/jobs.py",
            Proof.KUBERNETES,
            "code 1",
            decision="BEING-D12",
            proven_by=(
                "tests/components/kubernetes/test_jobs.py::test_migrations_run_as_the_owner_and_read_nothing_else",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(
            50,
            "The corrected migration runs on PostgreSQL 15 while rows are written",
            "docs/runbooks",
            EXERCISED,
            "code 1",
            decision="BEING-D12",
        ),
        row(51, "A restored copy has the index on enhanced_crisis_score", "images/backup", EXERCISED, "code 1"),
        row(
            52,
            "Old and new version both work on the new schema",
            "docs/application-contract.md",
            Proof.APPLICATION,
            "code 1",
            decision="BEING-D12",
        ),
    ),
    under(
        f"{PROCESS} > Step 3: Application Deployment",
        row(
            53,
            "Builds and stores are the application's pipeline",
            "docs/application-contract.md",
            Proof.APPLICATION,
            "code 1",
            decision="BEING-D18",
        ),
        row(54, "Production is verified after the rollout", GATES, COMMAND, "code 1"),
    ),
    under(
        STEP_4,
        row(
            55,
            "A share of users at a time, with a rollback in between",
            HAPROXY,
            EXERCISED,
            decision="BEING-D09",
            proven_by="tests/live/haproxy/test_splitting.py::test_a_user_stays_on_one_side_while_the_share_grows",
        ),
    ),
    under(
        f"{STEP_4} > Canary Release (5% of users)",
        row(
            56,
            "5 % of users, each on one side throughout a questionnaire",
            HAPROXY,
            EXERCISED,
            "code 1",
            decision="BEING-D09",
            proven_by="tests/live/haproxy/test_splitting.py::test_the_first_answer_tells_a_user_its_number_and_later_ones_keep_it",
        ),
        row(
            57,
            "Crisis response, accuracy, errors, crashes and speed are watched for 24 hours",
            ROLLOUT,
            COMMAND,
            "code 1",
        ),
    ),
    under(
        f"{STEP_4} > Gradual Increase (25% -> 50% -> 100%)",
        row(
            58,
            "The next share only after its wait and with all gates open",
            ROLLOUT,
            COMMAND,
            "code 1",
            decision="BEING-D09",
            proven_by="tests/pipelines/test_rollout.py::test_every_documented_step_is_held_as_long_as_documented",
        ),
        row(
            59,
            "Crisis paths move last, in one step that can be taken back",
            HAPROXY,
            EXERCISED,
            "code 1",
            proven_by="tests/live/haproxy/test_critical_paths.py::test_they_move_last_in_one_step_and_come_back_in_one",
        ),
    ),
)
