"""Astral Draft: what visitors see in maintenance, what they and the team are told, and the calendar of duties."""

from systems import model as m
from systems.astral_draft.source import DRAFT

OUTSIDE = DRAFT.under("COMMUNICATION PLAN > External Communications")
INSIDE = DRAFT.under("COMMUNICATION PLAN > Internal Communications")
TEAM = "Platform Engineering Team"


def _notice(source: m.Source, name: str, minutes: int, audience: str, by: str, reason: str) -> m.Notice:
    return m.Notice(
        source=source,
        name=name,
        minutes_from_start=minutes,
        audience=audience,
        by=by,
        because={"minutes_from_start": reason},
    )


MAINTENANCE = m.Maintenance(
    source=DRAFT.under("DEPLOYMENT PROCEDURES > Step 1: Maintenance Mode (T-15 minutes)"),
    header_name="X-Maintenance-Mode",
    header_value="true",
    retry_after_seconds=2_700,
    crisis_bypass=False,
    shows_hotlines=False,
    window=m.MaintenanceWindow(
        source=DRAFT.under("QUICK REFERENCE"),
        start_hour_utc=7,
        end_hour_utc=10,
        documented="2025-09-01 02:00 - 06:00 EST",
        because={
            "start_hour_utc": "`EST` on a day of EDT: the hours inside the window by both clocks (DRAFT-D01)",
            "end_hour_utc": "6:00 EDT is 10:00 UTC (DRAFT-D01)",
        },
    ),
    notices=(
        _notice(INSIDE, "deployment notification", -1_440, "all-team@", "mail", "T-24h"),
        _notice(INSIDE, "reminder", -60, "#deployments", "Slack", "T-1h"),
        _notice(INSIDE, "war room", 0, "deployment team", "call at meet.astraldraft.com/deployment", "T-0"),
        _notice(INSIDE, "deployment status", 30, "#general", "Slack", "T+30m"),
        _notice(INSIDE, "success report", 60, "stakeholders", "mail", "T+1h"),
        _notice(OUTSIDE, "maintenance is announced", -1_440, "users", "banner on the site", "T-24h"),
        _notice(OUTSIDE, "maintenance is near", -60, "users", "mail", "T-1h"),
        _notice(
            OUTSIDE,
            "maintenance begins",
            -15,
            "users",
            "maintenance page",
            "T-0 in the plan, T-15 in the procedure, which is what happens (DRAFT-D01)",
        ),
        _notice(OUTSIDE, "the site is back", 30, "users", "mail and banner", "T+30m"),
        _notice(OUTSIDE, "post-mortem, if something happened", 1_440, "users", "mail", "T+24h"),
    ),
    because={
        "retry_after_seconds": "Quick Reference: 45 minutes",
        "crisis_bypass": "a game: there is no critical path",
        "shows_hotlines": "a game: there is no crisis",
    },
)

CALENDAR = m.Calendar(
    source=DRAFT.under("PRODUCTION DEPLOYMENT GUIDE"),
    duties=(
        m.Duty(name="Review of the deployment guide", cadence=m.Cadence.MONTHLY, by=m.DutyBy.PERSON, role=TEAM),
        m.Duty(
            source=DRAFT.under("ROLLBACK PROCEDURES > Emergency Recovery"),
            name="Recovery drill",
            cadence=m.Cadence.MONTHLY,
            by=m.DutyBy.MACHINE,
            role=TEAM,
        ),
        m.Duty(
            source=DRAFT.under("DEPLOYMENT PROCEDURES > Step 4: Configuration Updates"),
            name="Rotation of secrets and API keys",
            cadence=m.Cadence.QUARTERLY,
            by=m.DutyBy.MACHINE,
            role=TEAM,
        ),
    ),
    because={"duties": "one review a month, from September to October; drill and rotation without a rhythm: ours"},
)
