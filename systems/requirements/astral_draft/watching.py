"""Astral Draft, what is watched and what is done about it."""

from systems.requirements.ledger import Proof, row, under

SPEC = "tests/systems/test_astral_draft.py"
ON_ITS_PAGE = "tests/rendering/test_dashboards.py::test_what_documents_want_to_see_is_on_its_page"
RULES, ROUTES, DASHBOARDS = "rendering/prometheus", "rendering/alertmanager.py", "rendering/grafana"
AUTOSCALING, HEALTH, RUNBOOKS = "components/kubernetes/application.py", "operations/ (health)", "docs/runbooks"
COMMAND, EXERCISED, KUBERNETES, UNIT = Proof.COMMAND, Proof.EXERCISED, Proof.KUBERNETES, Proof.UNIT
APPLICATION = Proof.APPLICATION
KPIS = "MONITORING & ALERTING > Key Performance Indicators (KPIs)"
ISSUES = "TROUBLESHOOTING GUIDE > Common Issues & Solutions"

ROWS = (
    under(
        "MONITORING & ALERTING",
        row(
            73,
            "Indicators, commands and alerts as in the sections below",
            "components/kubernetes/monitoring.py",
            EXERCISED,
            proven_by=(
                "tests/live/monitoring/test_scraping.py",
                "tests/rendering/prometheus/test_documented_alerts.py",
                "tests/live/monitoring/test_alert_reaches_people.py",
            ),
        ),
    ),
    under(
        KPIS,
        row(
            74,
            "Five indicators with their lines, as conditions",
            "systems/astral_draft/watching.py",
            UNIT,
            proven_by=SPEC,
            decision="DRAFT-D08",
        ),
        row(
            75,
            "Errors: 0.1 and 1 %",
            RULES,
            EXERCISED,
            "row Error Rate",
            proven_by="tests/rendering/prometheus/test_documented_alerts.py",
        ),
        row(
            76,
            "Response time: 200 and 500 ms on average",
            RULES,
            EXERCISED,
            "row Response Time",
            decision="DRAFT-D08",
            proven_by="tests/rendering/prometheus/test_documented_alerts.py",
        ),
        row(
            77,
            "CPU: 60 and 80 %; more pods from 60",
            AUTOSCALING,
            KUBERNETES,
            "row CPU Usage",
            proven_by=(
                "tests/components/kubernetes/test_applications.py::test_autoscaling_begins_at_the_documented_replicas_and_thresholds",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(
            78,
            "Memory: 70 and 85 %; more pods from 70",
            AUTOSCALING,
            KUBERNETES,
            "row Memory Usage",
            proven_by=(
                "tests/components/kubernetes/test_applications.py::test_autoscaling_begins_at_the_documented_replicas_and_thresholds",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(
            79,
            "Database connections: 80 and 95 % of those allowed",
            RULES,
            EXERCISED,
            "row DB Connections",
            decision="DRAFT-D08",
            proven_by="tests/rendering/prometheus/test_documented_alerts.py",
        ),
        row(
            80,
            "Connections are pooled",
            "components/kubernetes/pooler.py",
            EXERCISED,
            "row DB Connections",
            proven_by="tests/live/postgres/test_pooler.py::test_more_clients_than_connections_take_turns",
        ),
        row(
            81,
            "99.9 % of requests outside announced maintenance",
            RULES,
            EXERCISED,
            decision="DRAFT-D09",
            proven_by="tests/rendering/prometheus/test_objectives.py",
        ),
    ),
    under(
        "MONITORING & ALERTING > Monitoring Commands",
        row(
            82,
            "Metrics, performance, errors and resources on dashboards",
            DASHBOARDS,
            EXERCISED,
            "code 1",
            proven_by=ON_ITS_PAGE,
        ),
        row(83, "What users do, in real time", "docs/application-contract.md", APPLICATION, "code 1"),
    ),
    under(
        "MONITORING & ALERTING > Alert Configuration",
        row(
            84,
            "The three alerts, as conditions",
            "systems/astral_draft/watching.py",
            UNIT,
            "code 1",
            proven_by=SPEC,
            decision="DRAFT-D08",
        ),
        row(
            85,
            "high_error_rate: more than 1 % for 5 minutes pages",
            RULES,
            EXERCISED,
            "code 1",
            proven_by="tests/rendering/prometheus/test_documented_alerts.py",
        ),
        row(
            86,
            "slow_response: p95 above 1 s for 10 minutes tells the team",
            RULES,
            EXERCISED,
            "code 1",
            proven_by="tests/rendering/prometheus/test_documented_alerts.py",
        ),
        row(
            87,
            "memory_pressure: above 85 % for 3 minutes, while more pods start",
            RULES,
            EXERCISED,
            "code 1",
            proven_by="tests/rendering/prometheus/test_documented_alerts.py",
        ),
        row(
            88,
            "page_oncall, notify_team and auto_scale reach whom they should",
            ROUTES,
            EXERCISED,
            "code 1",
            decision="DRAFT-D13",
            proven_by="tests/rendering/alertmanager/test_routes.py",
        ),
    ),
    under(
        "TROUBLESHOOTING GUIDE",
        row(89, "A runbook for every alert", RUNBOOKS, UNIT, proven_by="tests/rendering/prometheus/test_catalogue.py"),
    ),
    under(ISSUES, row(90, "The documented issues are runbooks", RUNBOOKS, UNIT)),
    under(
        f"{ISSUES} > Issue: High Memory Usage",
        row(
            91,
            "Memory by pod; part of the cache cleared and the worker restarted with one command",
            HEALTH,
            COMMAND,
            "code 1",
        ),
        row(92, "Less memory in the long run", "npm run memory:optimize", APPLICATION, "code 1"),
    ),
    under(
        f"{ISSUES} > Issue: Slow Database Queries",
        row(93, "Slow statements are listed", DASHBOARDS, EXERCISED, "code 1", proven_by=ON_ITS_PAGE),
        row(
            94,
            "Missing indexes are created by the owner, without locks",
            "components/kubernetes/jobs.py",
            KUBERNETES,
            "code 1",
            decision="SYS-26",
            proven_by=(
                "tests/components/kubernetes/test_jobs.py::test_migrations_run_as_the_owner_and_read_nothing_else",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(
            95,
            "Pools are sized against the connections there are",
            "systems/astral_draft/data.py",
            UNIT,
            "code 1",
            proven_by="tests/systems/test_model.py::test_pools_count_every_process_of_every_replica_of_both_sides",
        ),
    ),
    under(
        f"{ISSUES} > Issue: WebSocket Connection Drops",
        row(
            96,
            "A silent connection stays open for ten minutes at every hop",
            "rendering/haproxy",
            EXERCISED,
            "code 1",
            decision="DRAFT-D10",
            proven_by=(
                "tests/live/haproxy/test_continuity.py::test_a_silent_conversation_outlives_the_waits_of_requests",
                "tests/components/aws/test_balancer.py",
            ),
        ),
        row(97, "State, reset and scaling of connections", HEALTH, COMMAND, "code 1"),
    ),
    under(
        f"{ISSUES} > Issue: Authentication Failures",
        row(
            98,
            "Signing on is diagnosed, sessions are cleared",
            "components/kubernetes/jobs.py",
            KUBERNETES,
            "code 1",
            proven_by=(
                "tests/components/kubernetes/test_jobs.py::test_every_documented_job_is_there_in_its_form",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(99, "Signing secrets rotate with two valid versions", "operations/ (rotation)", COMMAND, "code 1"),
    ),
)
