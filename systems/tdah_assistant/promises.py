"""TDAH assistant: what is promised, and under which law."""

from systems.model import (
    AvailabilityObjective,
    Law,
    Objectives,
    RecoveryLevel,
    RecoveryObjective,
    Regime,
    ResponseObjective,
)
from systems.tdah_assistant.source import TDAH

REGIME = Regime(
    source=TDAH.under("Overview > Production Environment Characteristics"),
    laws=(Law.GDPR,),
    controls=("security and privacy compliance measures", "multi-layer security with encryption and access controls"),
    breach_notice_hours=72,
    because={
        "laws": "privacy compliance without a law: conversations and telephone numbers of people with an attention "
        "disorder are health data under the GDPR; nobody here is bound by HIPAA (TDAH-D16)",
        "breach_notice_hours": "GDPR article 33; the document names no deadline",
    },
)

OBJECTIVES = Objectives(
    source=TDAH.under("Disaster Recovery > Business Continuity"),
    recovery=(RecoveryObjective(name="platform", rto_seconds=14_400, rpo_seconds=3_600),),
    availability=(
        AvailabilityObjective(
            name="platform",
            target_percent=99.4,
            vantage_point="requests at HAProxy that were not answered with 5xx",
            because={
                "target_percent": "no uptime is documented: one outage of the documented 4 hours a month must fit, "
                "and takes 0.56 of the 0.6 percent (TDAH-D17)",
                "vantage_point": "no vantage point is documented; where the document's error rate is counted",
            },
        ),
    ),
    responses=(
        ResponseObjective(
            source=TDAH.under("Monitoring and Alerting > Critical Alerts"),
            name="requests",
            seconds=1,
            quantile=0.95,
            vantage_point="HAProxy",
            because={"vantage_point": "none documented; the last place that all requests pass"},
        ),
    ),
    recovery_level=RecoveryLevel.PILOT_LIGHT,
    zones=3,
    automatic_region_failover=False,
    region_decision_seconds=3_600,
    because={
        "recovery_level": "4 hours are enough to build a cluster; the hour of data needs a replica that already runs",
        "zones": "three servers at least, and quorums of three: one vote in each zone",
        "automatic_region_failover": "the documented plan begins with assessment and communication, by people",
        "region_decision_seconds": "an hour for assessment and communication, the plan's first two steps",
    },
)
