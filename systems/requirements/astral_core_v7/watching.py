"""Astral Core v7, what is watched and who hears of it."""

from systems.requirements.ledger import Proof, row, under

SPEC = "tests/systems/test_astral_core_v7.py"
MONITORING, RULES = "components/kubernetes/monitoring.py", "rendering/prometheus"
COMMAND, EXERCISED, UNIT = Proof.COMMAND, Proof.EXERCISED, Proof.UNIT
ENDPOINTS, LINES = "Monitoring & Alerts > Health Check Endpoints", "Monitoring & Alerts > Alert Thresholds"

ROWS = (
    under(
        "Monitoring & Alerts",
        row(
            35,
            "Endpoints, commands and lines as in the sections below",
            MONITORING,
            EXERCISED,
            decision="V7-D01",
            proven_by=(
                "tests/live/monitoring/test_scraping.py",
                "tests/rendering/prometheus/test_documented_alerts.py",
            ),
        ),
    ),
    under(
        ENDPOINTS,
        row(
            36,
            "Overall health: 200 and `healthy`; asked from outside and by the balancer, never as liveness",
            "components/kubernetes/application.py",
            Proof.KUBERNETES,
            "row /api/health",
            decision="SYS-19",
            proven_by=(
                "tests/components/kubernetes/test_applications.py::test_liveness_asks_the_process_and_readiness_the_documented_path",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(
            37,
            "Status answers 200",
            "components/aws/edge.py",
            Proof.EMULATED,
            "row /api/status",
            proven_by=(
                "tests/components/aws/test_edge_names.py::test_every_documented_endpoint_is_asked_from_outside",
                "tests/components/aws/test_edge_on_the_engine.py",
            ),
        ),
        row(
            38,
            "Detailed metrics become metrics, and are shown to administrators only",
            MONITORING,
            EXERCISED,
            "row /api/monitoring/metrics",
            decision="V7-D07",
            proven_by=("tests/live/monitoring/test_scraping.py", "tests/live/haproxy/test_refusing.py"),
        ),
        row(
            39,
            "Web Vitals become metrics: LCP, INP instead of FID, CLS",
            MONITORING,
            EXERCISED,
            "row /api/monitoring/performance",
            decision="V7-D07",
        ),
        row(
            40,
            "Browsers send their measurements to the application",
            "docs/application-contract.md",
            Proof.APPLICATION,
            "row /api/monitoring/performance",
            decision="V7-D07",
        ),
    ),
    under(
        "Monitoring & Alerts > Monitoring Commands",
        row(
            41,
            "Logs can be followed, state and names of variables be listed without values",
            "operations/ (health)",
            COMMAND,
            "code 1",
            decision="V7-D01",
        ),
        row(
            42,
            "People look into the database with their own, read-only login",
            "components/aws/postgres.py",
            Proof.EMULATED,
            "code 1",
            decision="SYS-21",
        ),
        row(
            43,
            "`perf:full` belongs to the application's build",
            "docs/application-contract.md",
            Proof.APPLICATION,
            "code 1",
        ),
    ),
    under(
        LINES,
        row(
            44,
            "Response time: 1 s warns, 3 s is critical, p95 at the balancer",
            RULES,
            EXERCISED,
            "row Response Time",
            decision="SYS-18",
            proven_by="tests/rendering/prometheus/test_documented_alerts.py",
        ),
        row(
            45,
            "Errors: 1 % warns, 5 % is critical and rolls a rollout back",
            RULES,
            EXERCISED,
            "row Error Rate",
            decision="V7-D05",
            proven_by="tests/rendering/prometheus/test_documented_alerts.py",
        ),
        row(
            46,
            "Memory: 70 % warns, 85 % is critical",
            RULES,
            EXERCISED,
            "row Memory Usage",
            proven_by="tests/rendering/prometheus/test_documented_alerts.py",
        ),
        row(
            47,
            "Database connections: 80 % of max_connections warn, 95 % are critical",
            RULES,
            EXERCISED,
            "row Database Connections",
            proven_by="tests/rendering/prometheus/test_documented_alerts.py",
        ),
        row(
            48,
            "Cache hits: below 70 % warns, below 50 % is critical",
            RULES,
            EXERCISED,
            "row Cache Hit Rate",
            proven_by="tests/rendering/prometheus/test_documented_alerts.py",
        ),
        row(49, "Every line carries its documented action", "systems/astral_core_v7/watching.py", UNIT, proven_by=SPEC),
    ),
)
