"""People in crisis and the people who answer them: every documented figure, now and over time."""

from rendering.grafana.panels import Course, Query, Row, Words, course_of, now_of
from rendering.grafana.visitors import of
from rendering.prometheus.signals import request_labels
from systems.model import Signal, System

SIGNALS = frozenset(
    {
        Signal.CRISIS_UP,
        Signal.CRISIS_ENDPOINT_SECONDS,
        Signal.CRISIS_PICKUP_SECONDS,
        Signal.CRISIS_QUEUE_SECONDS,
        Signal.CRISIS_QUEUE_LENGTH,
        Signal.CRISIS_REVIEW_SECONDS,
        Signal.CRISIS_SESSIONS,
        Signal.VOLUNTEERS_AVAILABLE,
        Signal.VOLUNTEERS_ON_CALL,
        Signal.AI_SAFETY_PASS_PERCENT,
        Signal.CRISIS_DETECTION_PERCENT,
        Signal.CRISIS_THRESHOLD_PERCENT,
        Signal.HOTLINE_AVAILABLE,
        Signal.EMERGENCY_CONTACTS_PERCENT,
        Signal.CRISIS_BUTTON_SECONDS,
        Signal.PHQ9_ACCURACY_PERCENT,
        Signal.GAD7_ACCURACY_PERCENT,
        Signal.THERAPEUTIC_TIMING_PERCENT,
    }
)


def crisis(system: System) -> tuple[Row, ...]:
    """Nothing where a platform has no critical paths."""
    if system.crisis is None:
        return ()
    documented = of(system, SIGNALS)
    selector = request_labels(system, Signal.CRISIS_ENDPOINT_SECONDS)
    requests = f"sum by (status) (rate(http_requests_total{selector}[5m]))"
    return (
        Row(title="Now", panels=tuple(now_of(each) for each in documented)),
        Row(title="Over time", panels=(*(course_of(each) for each in documented), *_staff(system))),
        Row(
            title="Critical paths",
            panels=(
                Course(title="Requests by status", queries=(Query(requests, "{{status}}"),), unit="reqps"),
                Course(
                    title="Requests waiting in HAProxy",
                    queries=(
                        Query('sum by (proxy) (haproxy_backend_current_queue{proxy=~".*critical.*"})', "{{proxy}}"),
                    ),
                    pieces=True,
                ),
                Words(
                    title="What the replicas for critical paths say",
                    selector='{k8s_namespace_name="platform", k8s_pod_name=~".*-critical-.*"}',
                ),
            ),
        ),
    )


def _staff(system: System) -> tuple[Course, ...]:
    """Where volunteers are counted: who is free, busy and away, and how old these figures are."""
    told = {metric.name for endpoint in system.monitoring.json_endpoints for metric in endpoint.metrics}
    names = [name for name in ("volunteers_available", "volunteers_busy", "volunteers_offline") if name in told]
    courses: list[Course] = []
    if names:
        queries = tuple(Query(f"max({name})", name.removeprefix("volunteers_")) for name in names)
        courses.append(Course(title="Volunteers", queries=queries, pieces=True))
    if "crisis_queue_length" in told:
        queue = Query("max(crisis_queue_length)", "waiting")
        courses.append(Course(title="People in the queue", queries=(queue,), pieces=True))
    if "volunteers_updated" in told:
        age = Query("time() - max(volunteers_updated)", "age")
        courses.append(Course(title="Age of the volunteers' figures", queries=(age,), unit="s"))
    return tuple(courses)
