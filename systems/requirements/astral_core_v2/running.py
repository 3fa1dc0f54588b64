"""Astral Core v2, how it runs: deployment, monitoring, crisis operations."""

from systems.requirements.ledger import Proof, row, under

MONITORING, RULES, ROUTES = (
    "components/kubernetes/monitoring.py",
    "rendering/prometheus.py",
    "rendering/alertmanager.py",
)
JOBS, HAPROXY, APPLICATION = (
    "components/kubernetes/jobs.py",
    "rendering/haproxy.py",
    "components/kubernetes/application.py",
)
ROLLOUT, HEALTH = "operations/ (rollout)", "operations/ (health)"
COMMAND, EXERCISED, KUBERNETES, PERSON = Proof.COMMAND, Proof.EXERCISED, Proof.KUBERNETES, Proof.PERSON

ROWS = (
    under(
        "Deployment Procedures",
        row(56, "First deployment and updates as in the sections below", "__main__.py", Proof.EMULATED),
    ),
    under(
        "Deployment Procedures > Initial Production Deployment",
        row(
            57, "The project is cloned and configured without writing secrets to files", "README.md", COMMAND, "code 1"
        ),
        row(58, "The database is ready before anything uses it", "__main__.py", Proof.EMULATED, "code 2"),
        row(
            59,
            "Migrations run before the application, as the owner of the schema",
            JOBS,
            KUBERNETES,
            "code 2",
            decision="SYS-21",
            proven_by=(
                "tests/components/kubernetes/test_jobs.py::test_migrations_run_as_the_owner_and_read_nothing_else",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(
            60,
            "Volunteers and emergency contacts are seeded once and never twice",
            JOBS,
            KUBERNETES,
            "code 2",
            proven_by=(
                "tests/components/kubernetes/test_jobs.py::test_the_seed_is_protected_and_not_tried_again_by_itself",
                "tests/scheduling/test_placing.py::test_production_finds_a_place_for_everything_with_a_zone_gone",
            ),
        ),
        row(
            61,
            "Everything starts, and the deployment ends only when it is ready",
            APPLICATION,
            KUBERNETES,
            "code 3",
            proven_by="tests/scheduling/test_placing.py::test_production_finds_a_place_for_everything_with_a_zone_gone",
        ),
        row(62, "The three documented health endpoints answer from outside", HEALTH, COMMAND, "code 4"),
        row(63, "The time of the first page is measured after a deployment", HEALTH, COMMAND, "code 4"),
    ),
    under(
        "Deployment Procedures > Rolling Updates (Zero Downtime)",
        row(64, "Before an update: health, active sessions, available volunteers", ROLLOUT, COMMAND, "code 1"),
        row(65, "Staging first, with its tests", ".github/workflows", COMMAND, "code 2"),
        row(66, "10, 50, 100 % of users; one user stays on one side", HAPROXY, EXERCISED, "code 2", decision="SYS-25"),
        row(67, "Immediate rollback without stopping anything", HAPROXY, EXERCISED, "code 3", decision="SYS-25"),
        row(68, "The crisis team is told of a rollback", ROLLOUT, COMMAND, "code 3"),
    ),
    under(
        "Monitoring and Alerting",
        row(69, "Metrics, alerts and channels as in the sections below", MONITORING, EXERCISED),
    ),
    under(
        "Monitoring and Alerting > Critical Metrics Dashboard",
        row(70, "Grafana at monitoring., after sign-on", MONITORING, EXERCISED, decision="SYS-22"),
        row(71, "Active crisis sessions, target below 20", RULES, EXERCISED),
        row(72, "A volunteer answers within 30 s", RULES, EXERCISED, decision="SYS-18"),
        row(73, "More than 5 volunteers available", RULES, EXERCISED, decision="SYS-17"),
        row(74, "More than 99 % of AI safety checks pass", RULES, EXERCISED),
        row(75, "Uptime target 99.99 %", RULES, EXERCISED, decision="SYS-07"),
        row(76, "Database queries below 100 ms", RULES, EXERCISED, decision="SYS-18"),
        row(77, "Alert above 85 % of memory", RULES, EXERCISED),
        row(78, "Alert above 80 % of cpu", RULES, EXERCISED),
    ),
    under(
        "Monitoring and Alerting > Alert Escalation Matrix",
        row(
            79,
            "P0: at once, on-call and crisis team",
            ROUTES,
            EXERCISED,
            "row P0 - Crisis System Down",
            decision="SYS-15",
        ),
        row(
            80,
            "P1: within 5 minutes, on-call engineer",
            ROUTES,
            EXERCISED,
            "row P1 - Performance Degraded",
            decision="SYS-15",
        ),
        row(81, "P2: within 15 minutes, platform team", ROUTES, EXERCISED, "row P2 - High Resource Usage"),
        row(
            82,
            "P3: within an hour, development team",
            ROUTES,
            EXERCISED,
            "row P3 - Non-critical Issues",
            decision="SYS-15",
        ),
    ),
    under(
        "Monitoring and Alerting > Notification Channels",
        row(83, "Critical alerts page without waiting", ROUTES, EXERCISED, "code 1"),
        row(
            84,
            "Crisis alerts reach the crisis team's channel within 30 s, critical or not",
            ROUTES,
            EXERCISED,
            "code 1",
            decision="SYS-15",
        ),
        row(85, "Warnings reach the platform team, grouped over 5 minutes", ROUTES, EXERCISED, "code 1"),
    ),
    under(
        "Crisis Response Operations",
        row(
            86,
            "Detection, response and staffing as in the sections below",
            "docs/application-contract.md",
            Proof.APPLICATION,
        ),
    ),
    under(
        "Crisis Response Operations > Crisis Intervention Workflow",
        row(
            87,
            "Crises are detected by content, keywords, reports and escalation",
            "docs/application-contract.md",
            Proof.APPLICATION,
        ),
        row(88, "Nobody waits in the queue longer than 30 s", RULES, EXERCISED, "code 1"),
        row(89, "A person looks at what the AI found within 60 s", RULES, EXERCISED, "code 1"),
        row(
            90,
            "Suicidal ideation, violence and medical emergencies are handed to counsellors and emergency services",
            "Crisis Team Lead",
            PERSON,
        ),
    ),
    under(
        "Crisis Response Operations > Volunteer Management",
        row(91, "15, 10 and 5 volunteers by shift, in local time", RULES, EXERCISED, decision="SYS-17"),
        row(92, "20 volunteers on call as emergency backup", RULES, EXERCISED, decision="SYS-17"),
        row(93, "The volunteers' JSON becomes metrics, with its age", MONITORING, EXERCISED, "code 1"),
    ),
)
