"""What each signal is called on a dashboard: for somebody who was called at night and knows no name of a metric."""

from systems.model import Signal, Statistic

TITLES: dict[Signal, str] = {
    Signal.ERROR_PERCENT: "Share of requests that fail",
    Signal.RESPONSE_SECONDS: "Time to answer",
    Signal.UPTIME_PERCENT: "Uptime over 30 days",
    Signal.HEALTH_UP: "Platform answers its health check",
    Signal.RESPONSE_TIMES_BASELINE: "Time to answer, in times of the release before",
    Signal.CPU_PERCENT: "CPU used",
    Signal.MEMORY_PERCENT: "Memory used",
    Signal.MEMORY_GROWTH_PERCENT: "Memory grown without a release",
    Signal.DATABASE_UP: "Database answers",
    Signal.DATABASE_QUERY_SECONDS: "Time of a query",
    Signal.DATABASE_CONNECTIONS_PERCENT: "Connections taken of those allowed",
    Signal.DATABASE_CONNECTION_FAILURES: "Connections that failed",
    Signal.REPLICA_LAG_SECONDS: "Replica behind the primary",
    Signal.CACHE_HIT_PERCENT: "Answers found in the cache",
    Signal.CRISIS_UP: "Crisis system answers",
    Signal.CRISIS_ENDPOINT_SECONDS: "Time to answer on critical paths",
    Signal.CRISIS_PICKUP_SECONDS: "Time until a volunteer picks up",
    Signal.CRISIS_QUEUE_SECONDS: "Longest wait in the queue",
    Signal.CRISIS_QUEUE_LENGTH: "People in the queue",
    Signal.CRISIS_REVIEW_SECONDS: "Oldest finding not yet reviewed",
    Signal.CRISIS_SESSIONS: "Crisis sessions",
    Signal.VOLUNTEERS_AVAILABLE: "Volunteers available",
    Signal.VOLUNTEERS_ON_CALL: "Emergency volunteers on call",
    Signal.AI_SAFETY_PASS_PERCENT: "AI safety checks passed",
    Signal.CRISIS_DETECTION_PERCENT: "Crises detected",
    Signal.CRISIS_THRESHOLD_PERCENT: "Crisis thresholds kept",
    Signal.HOTLINE_AVAILABLE: "Hotline available",
    Signal.EMERGENCY_CONTACTS_PERCENT: "Emergency contacts reachable",
    Signal.PHQ9_ACCURACY_PERCENT: "PHQ-9 scored right",
    Signal.GAD7_ACCURACY_PERCENT: "GAD-7 scored right",
    Signal.THERAPEUTIC_TIMING_PERCENT: "Therapeutic timing kept",
    Signal.APP_LAUNCH_SECONDS: "App launch",
    Signal.APP_CRASH_PERCENT: "App starts that crash",
    Signal.CRISIS_BUTTON_SECONDS: "Crisis button",
    Signal.ASSESSMENT_LOAD_SECONDS: "Assessment loading",
    Signal.CHECK_IN_SECONDS: "Check-in transition",
    Signal.BREATHING_FRAMES_PER_SECOND: "Breathing exercise, frames a second",
    Signal.LARGEST_PAINT_SECONDS: "Largest paint",
    Signal.LAYOUT_SHIFT: "Layout shift",
    Signal.INTERACTION_SECONDS: "Answer to a touch",
    Signal.BACKUP_AGE_SECONDS: "Age of the newest backup",
    Signal.DRILL_AGE_SECONDS: "Age of the last recovery drill",
    Signal.CERTIFICATE_DAYS_LEFT: "Days until a certificate ends",
}
_STATISTICS = {Statistic.P95: ", p95", Statistic.P99: ", p99", Statistic.MEAN: ", mean"}


def title(signal: Signal, statistic: Statistic) -> str:
    return TITLES[signal] + _STATISTICS.get(statistic, "")
