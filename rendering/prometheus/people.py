"""Who owns an alert, how urgent it is, and which service it belongs to: read off the platform's matrix and roles."""

from systems.model import Priority, Severity, Signal, System

#: Signals of people in crisis and of those who answer them.
CRISIS_SIGNALS = frozenset(signal for signal in Signal if signal.value.startswith(("crisis_", "volunteers_"))) | {
    Signal.AI_SAFETY_PASS_PERCENT,
    Signal.HOTLINE_AVAILABLE,
    Signal.EMERGENCY_CONTACTS_PERCENT,
}
CLINICAL_SIGNALS = frozenset(
    {Signal.PHQ9_ACCURACY_PERCENT, Signal.GAD7_ACCURACY_PERCENT, Signal.THERAPEUTIC_TIMING_PERCENT}
)
DATABASE_SIGNALS = frozenset(signal for signal in Signal if signal.value.startswith("database_")) | {
    Signal.REPLICA_LAG_SECONDS,
    Signal.BACKUP_AGE_SECONDS,
    Signal.DRILL_AGE_SECONDS,
}
#: Short of something, or a duty that is late: the mildest level of its severity.
HOUSEKEEPING_SIGNALS = frozenset(
    {
        Signal.CPU_PERCENT,
        Signal.MEMORY_PERCENT,
        Signal.CACHE_HIT_PERCENT,
        Signal.DATABASE_CONNECTIONS_PERCENT,
        Signal.BACKUP_AGE_SECONDS,
        Signal.DRILL_AGE_SECONDS,
        Signal.CERTIFICATE_DAYS_LEFT,
    }
)
CRISIS_SERVICE = "crisis_intervention"
_FIELDS = ((CRISIS_SIGNALS, "crisis"), (CLINICAL_SIGNALS, "clinical"), (DATABASE_SIGNALS, "database"))
#: The role that answers for all else, by the beginning of its name in each document.
_EVERYTHING_ELSE = ("platform", "primary on-call", "on-call", "operations")


def service(system: System, signal: Signal) -> str:
    return CRISIS_SERVICE if system.crisis and signal in CRISIS_SIGNALS else "platform"


def owner(system: System, signal: Signal | None = None) -> str:
    """The role whose field it is, or whoever is on call where the document has none for it."""
    names = [role.name for role in system.monitoring.on_call]
    for signals, field in _FIELDS:
        for name in names:
            if signal in signals and field in name.lower():
                return name
    for beginning in _EVERYTHING_ELSE:
        for name in names:
            if name.lower().startswith(beginning):
                return name
    return names[0]


def priority(system: System, severity: Severity, *, housekeeping: bool = False) -> str:
    """Documents have several levels for one severity: what visitors feel gets the first, housekeeping the last."""
    levels: list[Priority] = [each for each in system.monitoring.priorities if each.severity is severity]
    if not levels:  # TDAH has no level for information
        levels = [system.monitoring.priorities[-1]]
    return levels[-1 if housekeeping else 0].name
