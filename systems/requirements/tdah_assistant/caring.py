"""TDAH assistant, how it is watched, maintained and recovered."""

from systems.requirements.ledger import row, under
from systems.requirements.tdah_assistant.preparing import (
    CLUSTER,
    COMMAND,
    EMULATED,
    EXERCISED,
    HOLDS,
    KUBERNETES,
    LEDGER,
    MONITORING,
    OUTLINE,
    PERSON,
    UNIT,
)
from systems.requirements.tdah_assistant.saving import IMAGE, JOBS, RESTORE

RULES, ROUTES = "rendering/prometheus", "rendering/alertmanager.py"
HEALTH, CALENDAR, FAILOVER = "operations/ (health)", "operations/ (calendar)", "operations/ (failover)"
OBJECTIVES = "systems/objectives.py"

ROWS = (
    under("Monitoring and Alerting", row(135, "Two parts as below", LEDGER, UNIT, proven_by=OUTLINE)),
    under(
        "Monitoring and Alerting > Production Monitoring",
        row(136, "Scraped and evaluated every 15 s, the API every 30", RULES, EXERCISED, "code 1"),
        row(137, "All API instances are found, however many there are", MONITORING, EXERCISED, "code 1"),
        row(
            138,
            "The documented JSON path becomes metrics",
            MONITORING,
            EXERCISED,
            "code 1",
            decision="TDAH-D11",
        ),
        row(139, "Alerts leave Prometheus", ROUTES, EXERCISED, "code 1", decision="TDAH-D21"),
    ),
    under(
        "Monitoring and Alerting > Critical Alerts",
        row(
            140,
            "HighErrorRate: above 1 % for 2 minutes, critical",
            RULES,
            EXERCISED,
            "code 1",
            decision="SYS-31",
            proven_by="tests/rendering/prometheus/test_documented_alerts.py",
        ),
        row(
            141,
            "DatabaseDown: a minute, critical, also when nobody reports any more",
            RULES,
            EXERCISED,
            "code 1",
            decision="SYS-31",
            proven_by=(
                "tests/rendering/prometheus/test_documented_alerts.py",
                "tests/rendering/prometheus/test_other_alerts.py",
            ),
        ),
        row(
            142,
            "HighResponseTime: 95th percentile above 1 s for 5 minutes, warning",
            RULES,
            EXERCISED,
            "code 1",
            decision="SYS-31",
            proven_by="tests/rendering/prometheus/test_documented_alerts.py",
        ),
        row(
            143,
            "Critical alerts reach the operator on call",
            ROUTES,
            EXERCISED,
            "code 1",
            decision="TDAH-D21",
            proven_by="tests/rendering/alertmanager/test_routes.py",
        ),
        row(
            144,
            "The three alerts also roll a release back",
            "operations/ (rollout)",
            COMMAND,
            "code 1",
            decision="TDAH-D21",
        ),
    ),
    under("Maintenance Procedures", row(145, "Three parts as below", LEDGER, UNIT, proven_by=OUTLINE)),
    under(
        "Maintenance Procedures > Regular Maintenance",
        row(146, "Nodes are replaced weekly by patched ones", CLUSTER, EMULATED, "code 1", decision="TDAH-D22"),
        row(147, "Images nobody runs are removed from nodes", CLUSTER, EMULATED, "code 1", decision="TDAH-D10"),
        row(
            148,
            "VACUUM, ANALYZE and REINDEX weekly, without locking writers out",
            JOBS,
            KUBERNETES,
            "code 1",
            decision="TDAH-D10",
            proven_by=(
                "tests/components/kubernetes/test_jobs.py::test_every_documented_job_is_there_in_its_form",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(149, "Logs end by their class", "components/aws/audit.py", EMULATED, "code 1", decision="TDAH-D16"),
        row(
            150,
            "Disk and memory raise alerts, and are looked at weekly",
            RULES,
            EXERCISED,
            "code 1",
            proven_by=(
                "tests/rendering/prometheus/test_documented_alerts.py",
                "tests/rendering/prometheus/test_other_alerts.py",
            ),
        ),
    ),
    under(
        "Maintenance Procedures > Security Updates",
        row(
            151,
            "Images are rebuilt weekly on current bases",
            "components/docker/images.py",
            EMULATED,
            "code 1",
            decision="TDAH-D22",
        ),
        row(
            152,
            "They are released like any other version, and verified",
            "operations/ (rollout)",
            COMMAND,
            "code 1",
            decision="TDAH-D22",
        ),
    ),
    under(
        "Maintenance Procedures > Performance Monitoring",
        row(
            153,
            "Response times from outside",
            "components/aws/edge.py",
            EMULATED,
            "code 1",
            proven_by=(
                "tests/components/aws/test_edge_names.py::test_every_documented_endpoint_is_asked_from_outside",
                "tests/components/aws/test_edge_on_the_engine.py",
            ),
        ),
        row(
            154,
            "Database performance, memory and disk I/O on dashboards",
            "rendering/dashboards",
            EXERCISED,
            "code 1",
            decision="TDAH-D11",
        ),
        row(155, "Somebody looks at them weekly", CALENDAR, PERSON, "code 1"),
    ),
    under("Disaster Recovery", row(156, "Plan, procedures and continuity as below", LEDGER, UNIT, proven_by=OUTLINE)),
    under(
        "Disaster Recovery > Disaster Recovery Plan",
        row(157, "Scope and impact are assessed with one command", HEALTH, COMMAND),
        row(158, "Stakeholders and users are notified", "Operations; status page", PERSON),
        row(159, "Recovery procedures are commands", FAILOVER, COMMAND),
        row(160, "Function is verified before anybody is let in", RESTORE, COMMAND),
        row(161, "Lessons are written down", CALENDAR, PERSON),
    ),
    under(
        "Disaster Recovery > Recovery Procedures",
        row(162, "The whole platform is recovered with one command", FAILOVER, COMMAND, "code 1", decision="TDAH-D09"),
        row(163, "Nothing that is needed for it is taken down first", FAILOVER, COMMAND, "code 1", decision="TDAH-D09"),
        row(164, "It ends with the checks of a deployment", HEALTH, COMMAND, "code 1", decision="TDAH-D20"),
    ),
    under(
        "Disaster Recovery > Business Continuity",
        row(165, "Back within 4 hours in every scope", OBJECTIVES, UNIT, proven_by=HOLDS),
        row(166, "At most an hour of data lost in every scope", OBJECTIVES, UNIT, proven_by=HOLDS, decision="SYS-11"),
        row(
            167,
            "99.4 % of requests are answered well",
            RULES,
            EXERCISED,
            decision="TDAH-D17",
            proven_by="tests/rendering/prometheus/test_objectives.py",
        ),
        row(168, "A backup every 6 hours", JOBS, KUBERNETES),
        row(169, "A test of the whole plan every month, and an alert when it is late", IMAGE, EXERCISED),
        row(170, "Documentation is renewed every quarter", CALENDAR, PERSON),
        row(171, "The calendar reminds of every duty", CALENDAR, UNIT),
    ),
)
