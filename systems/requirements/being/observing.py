"""Being, what is watched."""

from systems.requirements.ledger import Proof, row, under

SPEC = "tests/systems/test_being.py"
RULES, ROUTES, MONITORING = (
    "rendering/prometheus",
    "rendering/alertmanager.py",
    "components/kubernetes/monitoring.py",
)
COMMAND, EXERCISED, UNIT = Proof.COMMAND, Proof.EXERCISED, Proof.UNIT
DASHBOARD = "Monitoring and Alerting > Critical Metrics Dashboard"

ROWS = (
    under(
        "Monitoring and Alerting",
        row(
            60,
            "Metrics, lines and checks as in the sections below",
            MONITORING,
            EXERCISED,
            decision="BEING-D16",
            proven_by=(
                "tests/live/monitoring/test_scraping.py",
                "tests/rendering/prometheus/test_documented_alerts.py",
            ),
        ),
    ),
    under(
        DASHBOARD,
        row(
            61,
            "A dashboard of crisis, speed and accuracy, in numbers of now",
            "rendering/grafana",
            EXERCISED,
            proven_by="tests/rendering/test_dashboards.py::test_what_documents_want_to_see_is_on_its_page",
        ),
    ),
    under(
        f"{DASHBOARD} > Crisis Detection Metrics",
        row(
            62,
            "Crisis response above 200 ms is critical",
            RULES,
            EXERCISED,
            "code 1",
            decision="BEING-D06",
            proven_by="tests/rendering/prometheus/test_documented_alerts.py",
        ),
        row(
            63,
            "Detection accuracy below 99.9 % is critical",
            RULES,
            EXERCISED,
            "code 1",
            proven_by="tests/rendering/prometheus/test_documented_alerts.py",
        ),
        row(
            64,
            "Any failure of the hotline, and no answer, is critical",
            RULES,
            EXERCISED,
            "code 1",
            decision="SYS-29",
            proven_by=(
                "tests/rendering/prometheus/test_documented_alerts.py",
                "tests/rendering/prometheus/test_other_alerts.py",
            ),
        ),
        row(
            65,
            "Emergency contacts reachable below 99.5 % are critical",
            RULES,
            EXERCISED,
            "code 1",
            proven_by="tests/rendering/prometheus/test_documented_alerts.py",
        ),
        row(
            66,
            "Critical, warning and info reach their documented channels",
            ROUTES,
            EXERCISED,
            "code 1",
            decision="BEING-D16",
            proven_by="tests/rendering/alertmanager/test_routes.py",
        ),
    ),
    under(
        f"{DASHBOARD} > Performance Monitoring",
        row(
            67,
            "Launch, button, loading and frames have target and threshold",
            "systems/being/watching.py",
            UNIT,
            "code 1",
            proven_by=SPEC,
        ),
        row(
            68,
            "Their rules fire at the thresholds",
            RULES,
            EXERCISED,
            "code 1",
            decision="BEING-D07",
            proven_by="tests/rendering/prometheus/test_documented_alerts.py",
        ),
    ),
    under(
        f"{DASHBOARD} > Clinical Accuracy Monitoring",
        row(
            69,
            "PHQ-9, GAD-7 and thresholds below 100 % are critical",
            RULES,
            EXERCISED,
            "code 1",
            decision="BEING-D08",
            proven_by="tests/rendering/prometheus/test_documented_alerts.py",
        ),
        row(
            70,
            "Therapeutic timing below 99.5 % warns",
            RULES,
            EXERCISED,
            "code 1",
            proven_by="tests/rendering/prometheus/test_documented_alerts.py",
        ),
    ),
    under(
        "Monitoring and Alerting > Automated Health Checks",
        row(
            71,
            "The four documented paths are asked from outside, with the values they must carry",
            "components/aws/edge.py",
            Proof.EMULATED,
            "code 1",
        ),
        row(
            72,
            "Their JSON becomes metrics",
            MONITORING,
            EXERCISED,
            "code 1",
            proven_by="tests/live/monitoring/test_scraping.py",
        ),
        row(
            73,
            "All four in one command, which fails when one does",
            "operations/ (health)",
            COMMAND,
            "code 1",
            proven_by=("tests/operations/test_other_platforms.py",),
        ),
    ),
)
