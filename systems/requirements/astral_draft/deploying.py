"""Astral Draft, the deployment itself and the hour after it."""

from systems.requirements.ledger import Proof, row, under

SPEC, RELEASE = "tests/systems/test_astral_draft.py", "tests/systems/test_astral_draft_release.py"
ROLLOUT, HEALTH, HAPROXY = "operations/ (rollout)", "operations/ (health)", "rendering/haproxy"
APPLICATION_COMPONENT, JOBS = "components/kubernetes/application.py", "components/kubernetes/jobs.py"
COMMAND, EMULATED, EXERCISED, KUBERNETES = Proof.COMMAND, Proof.EMULATED, Proof.EXERCISED, Proof.KUBERNETES
APPLICATION, UNIT = Proof.APPLICATION, Proof.UNIT
STEPS, AFTERWARDS = "DEPLOYMENT PROCEDURES", "POST-DEPLOYMENT VALIDATION"

ROWS = (
    under(
        STEPS,
        row(
            26,
            "Seven steps with their times, as data",
            "systems/astral_draft/releasing.py",
            UNIT,
            proven_by=RELEASE,
            decision="DRAFT-D01",
        ),
        row(27, "Seven steps with one command, which can be stopped and resumed", ROLLOUT, COMMAND),
    ),
    under(
        f"{STEPS} > Step 1: Maintenance Mode (T-15 minutes)",
        row(
            28,
            "A maintenance page with X-Maintenance-Mode: true, checked from outside",
            HAPROXY,
            EXERCISED,
            "code 1",
            proven_by="tests/live/haproxy/test_refusing.py::test_maintenance_of_a_host",
        ),
        row(29, "Users are told that maintenance begins", ROLLOUT, COMMAND, "code 1"),
    ),
    under(
        f"{STEPS} > Step 2: Stop Services (T-10 minutes)",
        row(
            30, "Web, worker, scheduler stop in this order, and it is checked that they did", ROLLOUT, COMMAND, "code 1"
        ),
        row(31, "No connection to the database is left before migrations begin", ROLLOUT, COMMAND, "code 1"),
    ),
    under(
        f"{STEPS} > Step 3: Deploy Application Code (T-0)",
        row(
            32,
            "A release is an image by digest; nothing is built on a server",
            "settings.py",
            UNIT,
            "code 1",
            proven_by="tests/settings/test_settings.py",
            decision="DRAFT-D15",
        ),
        row(
            33,
            "Migrations run before anything new starts, as the owner of the schema",
            JOBS,
            KUBERNETES,
            "code 1",
            decision="DRAFT-D14",
            proven_by=(
                "tests/components/kubernetes/test_jobs.py::test_migrations_run_as_the_owner_and_read_nothing_else",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(
            34,
            "Assets come with the image, through the CDN",
            "components/aws/edge.py",
            EMULATED,
            "code 1",
            decision="DRAFT-D03",
            proven_by=(
                "tests/components/aws/test_edge.py::test_only_assets_and_the_crisis_page_are_kept",
                "tests/components/aws/test_edge_on_the_engine.py",
            ),
        ),
        row(
            35, "Caches are cleared, sessions and queued work are not", JOBS, KUBERNETES, "code 1", decision="DRAFT-D16"
        ),
    ),
    under(
        f"{STEPS} > Step 4: Configuration Updates",
        row(
            36,
            "Configuration changes with the stack",
            APPLICATION_COMPONENT,
            KUBERNETES,
            "code 1",
            decision="DRAFT-D15",
            proven_by=(
                "tests/components/kubernetes/test_applications.py::test_settings_are_immutable_and_named_after_their_content",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(
            37, "Secrets and API keys rotate, on request and every quarter", "operations/ (rotation)", COMMAND, "code 1"
        ),
        row(
            38,
            "Security headers on every answer",
            HAPROXY,
            EXERCISED,
            "code 1",
            decision="SYS-13",
            proven_by="tests/live/haproxy/test_refusing.py::test_every_answer_carries_the_documented_headers",
        ),
        row(
            39,
            "Rate limiting on every request but assets",
            HAPROXY,
            EXERCISED,
            "code 1",
            decision="DRAFT-D11",
            proven_by="tests/live/haproxy/test_floods.py::test_no_trick_gets_through",
        ),
    ),
    under(
        f"{STEPS} > Step 5: Start Services (T+20 minutes)",
        row(
            40,
            "Database and cache are ready before the services start, in the documented order",
            ROLLOUT,
            COMMAND,
            "code 1",
            decision="DRAFT-D15",
        ),
        row(
            41,
            "Web, worker and scheduler run; the scheduler exactly once",
            APPLICATION_COMPONENT,
            KUBERNETES,
            "code 1",
            proven_by=(
                "tests/components/kubernetes/test_applications.py::test_a_rollout_loses_no_capacity_and_a_scheduler_is_never_two",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(
            42,
            "Names, orders and waits of the services, as data",
            "systems/astral_draft/releasing.py",
            UNIT,
            "code 1",
            proven_by=(SPEC, RELEASE),
        ),
    ),
    under(
        f"{STEPS} > Step 6: Health Checks (T+25 minutes)",
        row(
            43,
            "api./health and /api/status answer from outside before visitors return",
            HEALTH,
            COMMAND,
            "code 1",
            proven_by=("tests/operations/test_other_platforms.py",),
        ),
        row(
            44,
            "All health checks and the smoke tests pass before visitors return",
            HEALTH,
            COMMAND,
            "code 1",
            proven_by=("tests/operations/test_health_command.py",),
        ),
        row(
            45,
            "A WebSocket is opened, used and kept through every hop",
            HEALTH,
            COMMAND,
            "code 1",
            decision="DRAFT-D10",
        ),
        row(46, "The database's performance is checked before visitors return", HEALTH, COMMAND, "code 1"),
        row(
            47,
            "One path is checked by the balancer, none by liveness",
            HAPROXY,
            EXERCISED,
            "code 1",
            decision="SYS-19",
            proven_by=(
                "tests/components/kubernetes/test_applications.py::test_liveness_asks_the_process_and_readiness_the_documented_path",
                "tests/live/haproxy/test_splitting.py::test_when_every_check_fails_requests_still_arrive",
            ),
        ),
    ),
    under(
        f"{STEPS} > Step 7: Disable Maintenance Mode (T+30 minutes)",
        row(
            48,
            "The page and its header are gone, checked from outside",
            HAPROXY,
            EXERCISED,
            "code 1",
            proven_by="tests/live/haproxy/test_refusing.py::test_maintenance_of_a_host",
        ),
        row(49, "The CDN's copies are purged", ROLLOUT, COMMAND, "code 1", decision="DRAFT-D16"),
        row(50, "Users are told that the site is back", ROLLOUT, COMMAND, "code 1"),
    ),
    under(
        AFTERWARDS,
        row(51, "A release counts as done when its validation passed", ROLLOUT, COMMAND),
    ),
    under(
        f"{AFTERWARDS} > Immediate Checks (T+35 minutes)",
        row(52, "Errors are watched for ten minutes", ROLLOUT, COMMAND, "code 1"),
        row(53, "Response times are looked at", ROLLOUT, COMMAND, "code 1"),
        row(
            54,
            "Critical paths of the game are tested",
            "npm run test:critical:prod, called by a gate",
            APPLICATION,
            "code 1",
        ),
        row(
            55,
            "Logs of all services can be read in one place",
            "components/kubernetes/monitoring.py",
            EXERCISED,
            "code 1",
        ),
        row(
            56,
            "Sessions survived",
            "npm run sessions:validate, called by a gate",
            APPLICATION,
            "code 1",
            decision="DRAFT-D16",
        ),
    ),
    under(
        f"{AFTERWARDS} > Extended Monitoring (T+1 hour)",
        row(57, "An hour of watching, in which the automatic triggers still act", ROLLOUT, COMMAND, "code 1"),
        row(
            58,
            "Dashboards at monitoring., for administrators after sign-on",
            "components/kubernetes/monitoring.py",
            EXERCISED,
            "code 1",
            decision="SYS-22",
            proven_by=(
                "tests/components/test_monitoring.py::test_grafana_admits_nobody_without_signing_in",
                "tests/live/haproxy/test_floods.py",
            ),
        ),
        row(59, "Alerts of the hour are listed", ROLLOUT, COMMAND, "code 1"),
    ),
)
