"""What is recorded for all others: requests and failures that count, and whether Prometheus has watched long enough.

Announced maintenance does not count where the spec's objective says so: while it lasts nothing is recorded.
"""

from rendering.prometheus.rule import AlertRule, Group, Recording
from systems.model import Severity, System

REQUESTS = "lifeline:requests:rate1m"
FAILURES = "lifeline:failures:rate1m"
#: Present once this Prometheus has looked for two minutes: before, "no answer" says nothing.
WATCHING = "lifeline:watching"
MAINTENANCE = "lifeline:maintenance"
#: HAProxy's public frontend.
PUBLIC = 'proxy="public"'
#: On the `traffic` ConfigMap, set by who announces and taken away at the end.
ANNOUNCED = 'kube_configmap_labels{configmap="traffic",label_lifeline_dev_maintenance="announced"}'
_WATCHED_SECONDS = 120


def excluded(system: System) -> bool:
    """Whether the objective itself leaves announced maintenance out (DRAFT-D09)."""
    return any("announced maintenance" in each.vantage_point for each in system.objectives.availability)


def notice_seconds(system: System) -> int:
    """How long before its start maintenance must have been announced; 0 where no document says."""
    return max((-each.minutes_from_start * 60 for each in system.maintenance.notices), default=0)


def group(system: System, priority: str, owner: str) -> Group:
    answers = "haproxy_frontend_http_responses_total"
    unless = f" unless on () {MAINTENANCE}" if excluded(system) else ""
    failures = f'sum(rate({answers}{{{PUBLIC},code="5xx"}}[1m]))'
    return Group(
        "lifeline",
        (
            Recording(
                name=WATCHING,
                query=f'(time() - max(process_start_time_seconds{{job="prometheus"}})) > {_WATCHED_SECONDS}',
            ),
            Recording(name=MAINTENANCE, query=_maintenance(system)),
            Recording(name=REQUESTS, query=f"sum(rate({answers}{{{PUBLIC}}}[1m])){unless}"),
            Recording(name=FAILURES, query=f"{failures}{unless}"),
        ),
        (
            AlertRule(
                name="AnnouncedMaintenance",
                query=f"{MAINTENANCE} > 0",
                severity=Severity.INFO,
                priority=priority,
                owner=owner,
                signal="maintenance",
                summary=f"{system.full_name} is in announced maintenance",
                description="Symptoms of the work itself are not sent while this lasts; crisis alerts are.",
            ),
        ),
    )


def _maintenance(system: System) -> str:
    """Announced now, announced early enough, and inside the window: whatever is missing, it counts as an outage."""
    window = system.maintenance.window
    inside = f"(hour() >= {window.start_hour_utc} and hour() < {window.end_hour_utc})"
    parts = [f"max({ANNOUNCED})"]
    if notice := notice_seconds(system):
        parts.append(f"max(max_over_time({ANNOUNCED}[1h] offset {notice - 3600}s))")
    return " and on () ".join([*parts, inside])
