"""One name for each signal's alert on all platforms, which is its runbook's. Documented names stay as they are."""

from systems.model import Signal

_S = Signal
NAMES: dict[Signal, str] = {
    _S.ERROR_PERCENT: "ErrorRateHigh",
    _S.RESPONSE_SECONDS: "ResponseSlow",
    _S.HEALTH_UP: "PlatformDown",
    _S.CPU_PERCENT: "CpuHigh",
    _S.MEMORY_PERCENT: "MemoryHigh",
    _S.DATABASE_UP: "DatabaseDown",
    _S.DATABASE_QUERY_SECONDS: "DatabaseQueriesSlow",
    _S.DATABASE_CONNECTIONS_PERCENT: "DatabaseConnectionsHigh",
    _S.REPLICA_LAG_SECONDS: "ReplicaLagHigh",
    _S.CACHE_HIT_PERCENT: "CacheHitsLow",
    _S.CRISIS_UP: "CrisisSystemDown",
    _S.CRISIS_ENDPOINT_SECONDS: "CrisisEndpointSlow",
    _S.CRISIS_PICKUP_SECONDS: "VolunteerPickupSlow",
    _S.CRISIS_QUEUE_SECONDS: "CrisisQueueWaiting",
    _S.CRISIS_REVIEW_SECONDS: "CrisisReviewSlow",
    _S.CRISIS_SESSIONS: "CrisisSessionsMany",
    _S.VOLUNTEERS_AVAILABLE: "VolunteersFew",
    _S.VOLUNTEERS_ON_CALL: "EmergencyVolunteersFew",
    _S.AI_SAFETY_PASS_PERCENT: "AiSafetyChecksFailing",
    _S.CRISIS_DETECTION_PERCENT: "CrisisDetectionInaccurate",
    _S.CRISIS_THRESHOLD_PERCENT: "CrisisThresholdsInaccurate",
    _S.HOTLINE_AVAILABLE: "HotlineUnavailable",
    _S.EMERGENCY_CONTACTS_PERCENT: "EmergencyContactsUnreachable",
    _S.PHQ9_ACCURACY_PERCENT: "Phq9ScoringWrong",
    _S.GAD7_ACCURACY_PERCENT: "Gad7ScoringWrong",
    _S.THERAPEUTIC_TIMING_PERCENT: "TherapeuticTimingOff",
    _S.APP_LAUNCH_SECONDS: "AppLaunchSlow",
    _S.CRISIS_BUTTON_SECONDS: "CrisisButtonSlow",
    _S.ASSESSMENT_LOAD_SECONDS: "AssessmentLoadingSlow",
    _S.CHECK_IN_SECONDS: "CheckInSlow",
    _S.BREATHING_FRAMES_PER_SECOND: "BreathingExerciseStutters",
    _S.LARGEST_PAINT_SECONDS: "PagesPaintSlowly",
    _S.BACKUP_AGE_SECONDS: "BackupTooOld",
    _S.DRILL_AGE_SECONDS: "RecoveryTestTooOld",
    _S.CERTIFICATE_DAYS_LEFT: "CertificateExpiring",
}
#: Signals measured on several things at once, and the label that says which one it is.
THING = {
    _S.CPU_PERCENT: "thing",
    _S.MEMORY_PERCENT: "thing",
    _S.CERTIFICATE_DAYS_LEFT: "thing",
    _S.BACKUP_AGE_SECONDS: "kind",
}


def figure(signal: Signal) -> str:
    """The value as a template of Prometheus, with its unit."""
    if signal.is_percentage:
        return '{{ printf "%.2f" $value }} %'
    if signal.value.endswith("_seconds"):
        return "{{ $value | humanizeDuration }}"
    return '{{ printf "%.0f" $value }}'


def limit(signal: Signal, number: float) -> str:
    if signal.value.endswith("_seconds"):
        return duration(number)
    return f"{number:g} %" if signal.is_percentage else f"{number:g}"


def duration(seconds: float) -> str:
    """In the largest unit that gives a whole number."""
    for unit, size in (("d", 86_400), ("h", 3_600)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"
