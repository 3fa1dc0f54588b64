"""Being: what is watched, where the lines are, and who is told."""

from systems import model as m
from systems import usual
from systems.being.source import BEING

DASHBOARD = "Monitoring and Alerting > Critical Metrics Dashboard"
CRISIS_METRICS = BEING.under(f"{DASHBOARD} > Crisis Detection Metrics")
SPEED = BEING.under(f"{DASHBOARD} > Performance Monitoring")
ACCURACY = BEING.under(f"{DASHBOARD} > Clinical Accuracy Monitoring")
BENCHMARKS = BEING.under("Pre-Deployment Checklist > Performance Benchmarks Met")
CHECKS = BEING.under("Monitoring and Alerting > Automated Health Checks")

ABOVE, BELOW, EQUAL = m.Comparison.ABOVE, m.Comparison.BELOW, m.Comparison.EQUAL
SIGNAL, P95 = m.Signal, m.Statistic.P95
WINDOW = "no duration is documented: one window, so that a single slow moment calls nobody"
ANY_FAILURE = "100 % has no error budget: whatever is counted exactly alerts on any failure, not below 99.9 (SYS-29)"


def _slower_than(signal: m.Signal, seconds: float, for_seconds: int = 300) -> m.Condition:
    return m.Condition(
        signal=signal,
        comparison=ABOVE,
        limit=seconds,
        for_seconds=for_seconds,
        statistic=P95,
        because={"for_seconds": WINDOW, "statistic": "none documented (BEING-D06)"},
    )


def _speed(name: str, signal: m.Signal, target_seconds: float, limit_seconds: float) -> m.Threshold:
    return m.Threshold(
        source=SPEED,
        name=name,
        target=m.Condition(signal=signal, comparison=BELOW, limit=target_seconds, statistic=P95),
        warning=_slower_than(signal, limit_seconds),
        because={"warning": "a threshold without a level: measured on telephones, a warning (BEING-D07)"},
    )


def _exact(name: str, signal: m.Signal) -> m.Threshold:
    return m.Threshold(
        source=ACCURACY,
        name=name,
        target=m.Condition(signal=signal, comparison=EQUAL, limit=100),
        critical=m.Condition(signal=signal, comparison=BELOW, limit=100, because={"limit": ANY_FAILURE}),
    )


THRESHOLDS = (
    m.Threshold(
        source=CRISIS_METRICS,
        name="crisis response time",
        critical=m.Condition(
            signal=SIGNAL.CRISIS_ENDPOINT_SECONDS,
            comparison=ABOVE,
            limit=0.2,
            for_seconds=60,
            statistic=P95,
            because={"for_seconds": "the minute of the rollback trigger", "statistic": "none documented (BEING-D06)"},
        ),
    ),
    m.Threshold(
        source=CRISIS_METRICS,
        name="crisis detection accuracy",
        critical=m.Condition(signal=SIGNAL.CRISIS_DETECTION_PERCENT, comparison=BELOW, limit=99.9),
    ),
    m.Threshold(
        source=CRISIS_METRICS,
        name="hotline availability",
        critical=m.Condition(signal=SIGNAL.HOTLINE_AVAILABLE, comparison=EQUAL, limit=0),
        because={"critical": "below 100 %: any failure, and no answer counts as one (SYS-29)"},
    ),
    m.Threshold(
        source=CRISIS_METRICS,
        name="emergency contacts reachable",
        critical=m.Condition(signal=SIGNAL.EMERGENCY_CONTACTS_PERCENT, comparison=BELOW, limit=99.5),
    ),
    _speed("app launch", SIGNAL.APP_LAUNCH_SECONDS, 2, 3),
    m.Threshold(
        source=SPEED,
        name="crisis button",
        target=m.Condition(signal=SIGNAL.CRISIS_BUTTON_SECONDS, comparison=BELOW, limit=0.15, statistic=P95),
        critical=_slower_than(SIGNAL.CRISIS_BUTTON_SECONDS, 0.2, 60),
        because={"critical": "a threshold without a level: the crisis response time has this one"},
    ),
    _speed("assessment loading", SIGNAL.ASSESSMENT_LOAD_SECONDS, 0.25, 0.3),
    m.Threshold(
        source=BENCHMARKS,
        name="check-in transitions",
        warning=_slower_than(SIGNAL.CHECK_IN_SECONDS, 0.5),
        because={"warning": "a benchmark without a level"},
    ),
    m.Threshold(
        source=SPEED,
        name="breathing exercise",
        target=m.Condition(signal=SIGNAL.BREATHING_FRAMES_PER_SECOND, comparison=EQUAL, limit=60),
        warning=m.Condition(
            signal=SIGNAL.BREATHING_FRAMES_PER_SECOND,
            comparison=BELOW,
            limit=55,
            for_seconds=300,
            because={"for_seconds": WINDOW},
        ),
        because={"warning": "a threshold without a level: measured on telephones, a warning (BEING-D07)"},
    ),
    _exact("PHQ-9 scoring", SIGNAL.PHQ9_ACCURACY_PERCENT),
    _exact("GAD-7 scoring", SIGNAL.GAD7_ACCURACY_PERCENT),
    _exact("crisis thresholds", SIGNAL.CRISIS_THRESHOLD_PERCENT),
    m.Threshold(
        source=ACCURACY,
        name="therapeutic timing",
        target=m.Condition(signal=SIGNAL.THERAPEUTIC_TIMING_PERCENT, comparison=EQUAL, limit=100),
        warning=m.Condition(signal=SIGNAL.THERAPEUTIC_TIMING_PERCENT, comparison=BELOW, limit=99.5),
        because={"warning": "a clock on a telephone, measured, not counted: the documented threshold stands"},
    ),
)

JSON_ENDPOINTS = (
    m.JsonEndpoint(
        source=CHECKS,
        path="/crisis/988/status",
        contract_decided=False,
        metrics=(m.JsonMetric(name="hotline_available", json_path=".available", meaning="988 can be reached, 1 or 0"),),
    ),
    m.JsonEndpoint(
        source=CHECKS,
        path="/db/health",
        contract_decided=False,
        metrics=(
            m.JsonMetric(name="database_connected", json_path=".connected", meaning="as the API sees it, 1 or 0"),
        ),
    ),
    m.JsonEndpoint(
        source=CHECKS,
        path="/assessments/accuracy-test",
        contract_decided=False,
        metrics=(
            m.JsonMetric(name="phq9_accuracy_percent", json_path=".phq9Accuracy", meaning="of all 28 totals, scored"),
            m.JsonMetric(name="gad7_accuracy_percent", json_path=".gad7Accuracy", meaning="of all 22 totals, scored"),
        ),
    ),
)

ALERTS = (
    m.Alert(
        source=CHECKS,
        name="HealthCheckFailed",
        condition=m.Condition(
            signal=SIGNAL.HEALTH_UP,
            comparison=EQUAL,
            limit=0,
            for_seconds=60,
            because={"for_seconds": "two outside checks of 30 s"},
        ),
        severity=m.Severity.CRITICAL,
        priority="critical",
        summary="The API does not answer from outside",
        action="emergency procedures: rollback if a rollout is on, then the runbook",
    ),
    m.Alert(
        source=CHECKS,
        name="DatabaseNotConnected",
        condition=m.Condition(signal=SIGNAL.DATABASE_UP, comparison=EQUAL, limit=0),
        severity=m.Severity.CRITICAL,
        priority="critical",
        summary="The API has no database",
        action="emergency procedures; crisis paths answer from the device and the static page meanwhile",
    ),
    m.Alert(
        source=CHECKS,
        name="CrisisSystemDown",
        condition=m.Condition(signal=SIGNAL.CRISIS_UP, comparison=EQUAL, limit=0),
        severity=m.Severity.CRITICAL,
        priority="critical",
        service="crisis_intervention",
        summary="The crisis paths do not answer from outside",
        action="emergency rollback; the static page with 988 is being served",
    ),
)


def _slack(name: str, channel: str) -> m.Channel:
    return m.Channel(name=name, kind=m.ChannelKind.SLACK, reaches=channel, secret="slack-webhook")


CHANNELS = (
    _slack("crisis-team", "#crisis-team"),
    _slack("on-call-engineering", "#on-call-engineering"),
    m.Channel(name="pager-duty", kind=m.ChannelKind.PAGER, reaches="on-call engineering", secret="pagerduty-key"),
    _slack("engineering", "#engineering"),
    _slack("clinical-team", "#clinical-team"),
    _slack("monitoring", "#monitoring"),
)


def _priority(severity: m.Severity, meaning: str, seconds: int) -> m.Priority:
    return m.Priority(
        name=severity.value,
        meaning=meaning,
        severity=severity,
        response_seconds=seconds,
        notifies=(severity.value,),
        escalates_to="Crisis Team" if severity is m.Severity.CRITICAL else "",
        escalates_after_seconds=300 if severity is m.Severity.CRITICAL else None,
    )


MONITORING = m.Monitoring(
    source=CRISIS_METRICS,
    components=usual.monitoring_components(),
    scrape_seconds=15,
    evaluation_seconds=15,
    scrape_jobs=usual.scrape_jobs("being-api"),
    json_endpoints=JSON_ENDPOINTS,
    thresholds=THRESHOLDS,
    alerts=ALERTS,
    priorities=(
        _priority(m.Severity.CRITICAL, "a person in crisis or a clinical figure may be missed", 0),
        _priority(m.Severity.WARNING, "slower or less smooth than it should be", 900),
        _priority(m.Severity.INFO, "worth knowing", 3_600),
    ),
    receivers=(
        m.Receiver(name="critical", channels=("crisis-team", "on-call-engineering", "pager-duty")),
        m.Receiver(name="warning", channels=("engineering", "clinical-team")),
        m.Receiver(name="info", channels=("monitoring",)),
    ),
    routes=(
        m.Route(name="critical", match={"severity": "critical"}, receiver="critical", group_wait_seconds=0),
        m.Route(name="warning", match={"severity": "warning"}, receiver="warning", group_wait_seconds=300),
        m.Route(name="info", match={"severity": "info"}, receiver="info", group_wait_seconds=300),
    ),
    default_receiver="warning",
    escalations=(m.Escalation(name="unanswered page", after_seconds=300, role="Crisis Team"),),
    on_call=(
        m.OnCallRole(name="On-Call Engineering", response_seconds=300, has_backup=True),
        m.OnCallRole(name="Crisis Team", response_seconds=300, has_backup=True),
        m.OnCallRole(name="Clinical Team", response_seconds=900, has_backup=False),
        m.OnCallRole(name="Compliance", response_seconds=86_400, has_backup=False, hours="business hours"),
    ),
    channels=CHANNELS,
    because={
        "components": "a dashboard and channels are documented, programs are not (BEING-D16)",
        "scrape_seconds": "none documented; the TDAH document's",
        "evaluation_seconds": "none documented; the TDAH document's",
        "scrape_jobs": "none documented; the TDAH document's",
        "priorities": "three levels are documented, times are not; Astral Core v2's P0, P2 and P3 (BEING-D16)",
        "routes": "levels and channels are documented; waits are Astral Core v2's (BEING-D16)",
        "default_receiver": "an alert without a route must reach people who are awake",
        "escalations": "none documented; Astral Core v2's five minutes (BEING-D16)",
        "on_call": "the teams are documented, their times are not; Astral Core v2's (BEING-D16)",
    },
)
