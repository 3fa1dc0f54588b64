"""Astral Core v7: what is promised and under which law. The document promises little; the rest is said to be ours."""

from systems import model as m
from systems.astral_core_v7.source import V7

REGIME = m.Regime(
    source=V7.under("Security Procedures > Suspected Security Breach"),
    laws=(m.Law.HIPAA, m.Law.GDPR),
    controls=(
        "rotation of all secrets",
        "invalidation of all sessions",
        "access log review",
        "notice to those affected",
    ),
    breach_notice_hours=72,
    because={
        "laws": "no law is named; a platform of the family of Astral Core v2, which names both (V7-D13)",
        "breach_notice_hours": "`notify affected users` without a deadline: GDPR's 72 hours, HIPAA's 60 days (V7-D13)",
    },
)

OBJECTIVES = m.Objectives(
    source=V7.under("Disaster Recovery > Full System Recovery"),
    recovery=(
        m.RecoveryObjective(
            name="platform",
            rto_seconds=14_400,
            rpo_seconds=3_600,
            because={
                "rto_seconds": "`estimate recovery time`: none documented; the TDAH document's 4 hours (V7-D08)",
                "rpo_seconds": "none documented; the TDAH document's hour (V7-D08)",
            },
        ),
    ),
    availability=(
        m.AvailabilityObjective(
            source=V7.under("Emergency Contacts & Escalation > Severity Levels"),
            name="platform",
            target_percent=99.9,
            vantage_point="requests at HAProxy that were not answered with 5xx",
            because={
                "target_percent": "none documented; the minimum of Astral Core v2, less than what is below promises",
                "vantage_point": "none documented",
            },
        ),
    ),
    responses=(
        m.ResponseObjective(
            source=V7.under("Monitoring & Alerts > Alert Thresholds"),
            name="every request",
            seconds=1,
            quantile=0.95,
            vantage_point="HAProxy",
            because={
                "seconds": "the line of the warning, 1000 ms",
                "quantile": "none documented; the TDAH document's",
                "vantage_point": "none documented",
            },
        ),
    ),
    recovery_level=m.RecoveryLevel.PILOT_LIGHT,
    zones=3,
    automatic_region_failover=False,
    region_decision_seconds=1_800,
    because={
        "recovery_level": "four hours allow a cluster to be built; the data must be there before (V7-D08)",
        "zones": "quorums of three, one vote in each zone",
        "automatic_region_failover": "a wrong automatic decision splits data (SYS-10)",
        "region_decision_seconds": "SEV1 has 15 minutes on call and 15 more for the engineering lead",
    },
)
