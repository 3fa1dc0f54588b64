"""Which of a spec's outside checks tells about the platform as a whole, and which about people in crisis."""

from systems.model import HealthCheck, System

#: The probe of the static crisis page, which no document has a check for.
CRISIS_PAGE = "crisis page"


def platform_check(system: System) -> HealthCheck:
    """The documented health path: the first that is asked from outside."""
    return system.outside_checks[0]


def crisis_check(system: System) -> HealthCheck:
    for check in system.outside_checks:
        if check.path.startswith(system.critical_paths):
            return check
    raise LookupError(f"{system.name} has no outside check under {', '.join(system.critical_paths) or 'no path'}")
