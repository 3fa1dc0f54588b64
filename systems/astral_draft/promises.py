"""Astral Draft: what is promised, and under which law. Nobody's life depends on it; Sundays and draft nights do."""

from systems import model as m
from systems.astral_draft.source import DRAFT

HARDENING = DRAFT.under("PERFORMANCE ACHIEVEMENTS > Security Hardening")

REGIME = m.Regime(
    source=HARDENING,
    laws=(m.Law.GDPR,),
    controls=("API keys rotated and secured", "httpOnly cookies", "CSP Level 2", "rate limiting"),
    breach_notice_hours=72,
    because={
        "laws": "none named; accounts and mail addresses are personal data wherever their owners live (DRAFT-D12)",
        "breach_notice_hours": "GDPR article 33",
    },
)

OBJECTIVES = m.Objectives(
    source=DRAFT.under("ROLLBACK PROCEDURES > Emergency Recovery"),
    recovery=(
        m.RecoveryObjective(
            name="full recovery",
            rto_seconds=1_800,
            rpo_seconds=3_600,
            concessions=(m.Concession(scope=m.FailureScope.CORRUPTION, rto_seconds=3_600, decision="DRAFT-D05"),),
            because={"rpo_seconds": "the last known good state of `1 hour ago`: the most that may be lost, not a goal"},
        ),
    ),
    availability=(
        m.AvailabilityObjective(
            source=DRAFT.under("MONITORING & ALERTING > Key Performance Indicators (KPIs)"),
            name="platform",
            target_percent=99.9,
            vantage_point="requests at HAProxy that were not answered with 5xx, outside announced maintenance",
            because={
                "target_percent": "no uptime is documented: what a normal error rate below 0.1 % leaves (DRAFT-D09)",
                "vantage_point": "none documented; one release of 45 minutes would eat the month's 43 (DRAFT-D09)",
            },
        ),
    ),
    responses=(
        m.ResponseObjective(
            source=DRAFT.under("MONITORING & ALERTING > Alert Configuration"),
            name="every request",
            seconds=1,
            quantile=0.95,
            vantage_point="HAProxy",
            because={
                "quantile": "p95_latency: of four documented limits the only one with a quantile (DRAFT-D08)",
                "vantage_point": "none documented",
            },
        ),
    ),
    recovery_level=m.RecoveryLevel.WARM_STANDBY,
    zones=3,
    automatic_region_failover=False,
    region_decision_seconds=900,
    because={
        "recovery_level": "`backup infrastructure` to switch to in 30 minutes: building a cluster takes 40 (DRAFT-D05)",
        "zones": "quorums of three, one vote in each zone",
        "automatic_region_failover": "`dr:activate` is typed by somebody, and a wrong decision splits data (SYS-10)",
        "region_decision_seconds": "the 15 minutes of the on-call engineer, the first level of escalation",
    },
)
