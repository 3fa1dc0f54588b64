"""Being: maintenance, and the calendar of those who run it."""

from systems import model as m
from systems.being.source import BEING

SETUP = BEING.under("Production Deployment Process > Step 1: Pre-Deployment Setup (T-2 hours)")

MAINTENANCE = m.Maintenance(
    source=SETUP,
    crisis_bypass=True,
    shows_hotlines=True,
    window=m.MaintenanceWindow(
        start_hour_utc=15,
        end_hour_utc=17,
        because={
            "start_hour_utc": "none documented; late morning in New York, as in Astral Core v2: few are in crisis then",
            "end_hour_utc": "the two hours before a rollout",
        },
    ),
    modes=(
        m.Mode(
            name="maintenance-with-crisis-bypass",
            does="maintenance for everything but the crisis paths, with the hotlines on it (BEING-D17)",
        ),
    ),
    because={
        "header_name": "Astral Draft's, so that all platforms show maintenance alike",
        "retry_after_seconds": "half an hour; none documented",
        "shows_hotlines": "988 must remain accessible at all times",
    },
)

PREPARED = "Pre-Deployment Checklist > Backup and Recovery Prepared"
HARDENED = "Pre-Deployment Checklist > Security Hardening Verification"
VALIDATED = "Pre-Deployment Checklist > Clinical Validation Complete"
ANALYSIS = "Continuous Improvement > Post-Deployment Analysis"
PREPARATION = "Continuous Improvement > Next Deployment Preparation"
CLINICAL, CRISIS, COMPLIANCE, ENGINEERING = "Clinical Team", "Crisis Team", "Compliance", "On-Call Engineering"


def _duty(name: str, cadence: m.Cadence, by: m.DutyBy, role: str, heading: str) -> m.Duty:
    return m.Duty(name=name, cadence=cadence, by=by, role=role, source=BEING.under(heading))


MACHINE, PERSON = m.DutyBy.MACHINE, m.DutyBy.PERSON
WEEKLY, MONTHLY, QUARTERLY, YEARLY = m.Cadence.WEEKLY, m.Cadence.MONTHLY, m.Cadence.QUARTERLY, m.Cadence.YEARLY

CALENDAR = m.Calendar(
    source=BEING.under("Continuous Improvement"),
    duties=(
        _duty("Verification of backups and of their copies", WEEKLY, MACHINE, ENGINEERING, PREPARED),
        _duty("Point-in-time recovery drill", MONTHLY, MACHINE, ENGINEERING, PREPARED),
        _duty("Rotation of API keys", QUARTERLY, MACHINE, ENGINEERING, HARDENED),
        _duty("Penetration test", YEARLY, PERSON, COMPLIANCE, HARDENED),
        _duty("Validation by the crisis authority", QUARTERLY, PERSON, CRISIS, VALIDATED),
        _duty("Validation by the compliance authority", QUARTERLY, PERSON, COMPLIANCE, VALIDATED),
        _duty("Validation by the clinical authority", QUARTERLY, PERSON, CLINICAL, VALIDATED),
        _duty("Incident analysis and process improvement", QUARTERLY, PERSON, ENGINEERING, ANALYSIS),
        _duty("Training on new procedures and tools", QUARTERLY, PERSON, ENGINEERING, PREPARATION),
    ),
    because={
        "duties": "duties belong to a release in the document; a platform that is not released for months must do "
        "them all the same (BEING-D19)"
    },
)
