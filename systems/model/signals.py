"""What is measured, and the conditions that alerts, gates and rollback triggers put on it.

A spec speaks of signals, not of PromQL: the query behind each is rendered in one place, for all platforms alike.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from systems.model.source import Part


class Signal(StrEnum):
    """One measured quantity; its unit is the end of its name."""

    # what visitors get, measured at the balancer
    ERROR_PERCENT = "error_percent"
    RESPONSE_SECONDS = "response_seconds"
    UPTIME_PERCENT = "uptime_percent"
    HEALTH_UP = "health_up"  # 1 or 0: the platform's documented health path answers well
    RESPONSE_TIMES_BASELINE = "response_times_baseline"  # how many times the baseline of the release before

    # machines and workloads
    CPU_PERCENT = "cpu_percent"
    MEMORY_PERCENT = "memory_percent"
    MEMORY_GROWTH_PERCENT = "memory_growth_percent"  # growth without release: a leak

    # database and cache
    DATABASE_UP = "database_up"  # 1 or 0; absent counts as 0
    DATABASE_QUERY_SECONDS = "database_query_seconds"
    DATABASE_CONNECTIONS_PERCENT = "database_connections_percent"  # of max_connections
    DATABASE_CONNECTION_FAILURES = "database_connection_failures"
    REPLICA_LAG_SECONDS = "replica_lag_seconds"
    CACHE_HIT_PERCENT = "cache_hit_percent"

    # crisis intervention
    CRISIS_UP = "crisis_up"  # 1 or 0: the crisis health path answers well
    CRISIS_ENDPOINT_SECONDS = "crisis_endpoint_seconds"  # the machine's answer on critical paths
    CRISIS_PICKUP_SECONDS = "crisis_pickup_seconds"  # a person's answer: from the crisis to a volunteer
    CRISIS_QUEUE_SECONDS = "crisis_queue_seconds"  # the oldest one waiting
    CRISIS_QUEUE_LENGTH = "crisis_queue_length"
    CRISIS_REVIEW_SECONDS = "crisis_review_seconds"  # until a person has looked at what the AI found
    CRISIS_SESSIONS = "crisis_sessions"
    VOLUNTEERS_AVAILABLE = "volunteers_available"
    VOLUNTEERS_ON_CALL = "volunteers_on_call"  # the emergency backup
    AI_SAFETY_PASS_PERCENT = "ai_safety_pass_percent"
    CRISIS_DETECTION_PERCENT = "crisis_detection_percent"
    CRISIS_THRESHOLD_PERCENT = "crisis_threshold_percent"
    HOTLINE_AVAILABLE = "hotline_available"  # 1 or 0
    EMERGENCY_CONTACTS_PERCENT = "emergency_contacts_percent"

    # clinical accuracy
    PHQ9_ACCURACY_PERCENT = "phq9_accuracy_percent"
    GAD7_ACCURACY_PERCENT = "gad7_accuracy_percent"
    THERAPEUTIC_TIMING_PERCENT = "therapeutic_timing_percent"

    # measured on the visitor's device
    APP_LAUNCH_SECONDS = "app_launch_seconds"
    APP_CRASH_PERCENT = "app_crash_percent"
    CRISIS_BUTTON_SECONDS = "crisis_button_seconds"
    ASSESSMENT_LOAD_SECONDS = "assessment_load_seconds"
    CHECK_IN_SECONDS = "check_in_seconds"
    BREATHING_FRAMES_PER_SECOND = "breathing_frames_per_second"
    LARGEST_PAINT_SECONDS = "largest_paint_seconds"
    LAYOUT_SHIFT = "layout_shift"
    INTERACTION_SECONDS = "interaction_seconds"

    # the keeping of promises
    BACKUP_AGE_SECONDS = "backup_age_seconds"
    DRILL_AGE_SECONDS = "drill_age_seconds"
    CERTIFICATE_DAYS_LEFT = "certificate_days_left"

    @property
    def is_percentage(self) -> bool:
        return self.value.endswith("_percent")


class Comparison(StrEnum):
    """How the value must lie to the limit for the condition to hold. Both are strict; equality is calm."""

    ABOVE = ">"
    BELOW = "<"
    EQUAL = "=="


class Statistic(StrEnum):
    """Which figure of a distribution is compared. A document's bare "response time" must be given one of these."""

    CURRENT = "current"
    MEAN = "mean"
    P95 = "p95"
    P99 = "p99"
    COUNT = "count"  # how many events in the window


@dataclass(frozen=True, kw_only=True)
class Condition(Part):
    """A predicate that the documents write as "Error rate > 5% for 5 minutes"."""

    signal: Signal
    comparison: Comparison
    limit: float
    for_seconds: int = 0
    """How long it must hold without a break; 0 acts on the first evaluation."""
    window_seconds: int = 300
    """The span a rate, mean or quantile is taken over; five minutes is twenty scrapes, enough for a quantile."""
    statistic: Statistic = Statistic.CURRENT
    events_count: int | None = None
    """How many single events within the window must pass the limit ("response time > 3 s for 10 requests")."""

    def problems(self) -> Iterator[str]:
        if self.signal.is_percentage and not 0 <= self.limit <= 100:
            yield f"limit {self.limit} of {self.signal}: a percentage lies between 0 and 100"
        if self.events_count is not None and self.statistic is not Statistic.COUNT:
            yield f"events_count {self.events_count} needs the statistic COUNT, not {self.statistic}"
        if self.limit < 0:
            yield f"limit {self.limit} of {self.signal}: no signal is ever negative"

    def __str__(self) -> str:
        statistic = "" if self.statistic is Statistic.CURRENT else f"{self.statistic} "
        held = f" for {self.for_seconds} s" if self.for_seconds else ""
        return f"{statistic}{self.signal} {self.comparison} {self.limit:g}{held}"
