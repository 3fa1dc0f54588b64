"""Being: what is promised, under which law, and to people in crisis."""

from systems import model as m
from systems.being.source import BEING

NON_NEGOTIABLE = BEING.under("Critical Safety Requirements > Crisis Detection Non-Negotiables")
BENCHMARKS = BEING.under("Pre-Deployment Checklist > Performance Benchmarks Met")
CRISIS_METRICS = BEING.under("Monitoring and Alerting > Critical Metrics Dashboard > Crisis Detection Metrics")

REGIME = m.Regime(
    source=BEING.under("Pre-Deployment Checklist > Clinical Validation Complete"),
    laws=(m.Law.HIPAA,),
    controls=(
        "HIPAA compliance verified",
        "data encryption validated (AES-256-GCM)",
        "audit logging operational",
        "PHI data access controls tested",
        "authentication security validated",
    ),
    breach_notice_hours=60 * 24,
    because={"breach_notice_hours": "none documented; HIPAA's 60 days (BEING-D20)"},
)


def _concession(
    scope: m.FailureScope, *, rto_seconds: int | None = None, rpo_seconds: int | None = None
) -> m.Concession:
    return m.Concession(scope=scope, rto_seconds=rto_seconds, rpo_seconds=rpo_seconds, decision="BEING-D05")


def _speed(name: str, seconds: float, where: str = "the mobile application, by what it reports") -> m.ResponseObjective:
    return m.ResponseObjective(
        source=BENCHMARKS,
        name=name,
        seconds=seconds,
        quantile=0.95,
        vantage_point=where,
        because={"quantile": "none documented (BEING-D06)", "vantage_point": "none documented (BEING-D07)"},
    )


REGION, CORRUPTION = m.FailureScope.REGION, m.FailureScope.CORRUPTION

OBJECTIVES = m.Objectives(
    source=NON_NEGOTIABLE,
    recovery=(
        m.RecoveryObjective(name="hotlines", rto_seconds=300, static_page=True),
        m.RecoveryObjective(
            name="crisis detection",
            rto_seconds=300,
            concessions=(_concession(REGION, rto_seconds=900), _concession(CORRUPTION, rto_seconds=3_600)),
        ),
        m.RecoveryObjective(
            name="full platform", rto_seconds=900, concessions=(_concession(CORRUPTION, rto_seconds=3_600),)
        ),
        m.RecoveryObjective(
            name="assessments", rpo_seconds=60, concessions=(_concession(CORRUPTION, rpo_seconds=300),)
        ),
    ),
    availability=(
        m.AvailabilityObjective(
            source=CRISIS_METRICS,
            name="hotline",
            target_percent=100,
            any_failure_alerts=True,
            vantage_point="outside checks of /crisis/988/status and of the static page",
            because={"vantage_point": "none documented"},
        ),
        m.AvailabilityObjective(
            name="platform",
            target_percent=99.9,
            vantage_point="requests at HAProxy that were not answered with 5xx",
            because={
                "target_percent": "none documented; the minimum of Astral Core v2",
                "vantage_point": "none documented",
            },
        ),
    ),
    responses=(
        m.ResponseObjective(
            name="crisis response",
            seconds=0.2,
            quantile=0.95,
            vantage_point="HAProxy",
            because={"quantile": "none documented (BEING-D06)", "vantage_point": "none documented (BEING-D06)"},
        ),
        _speed("crisis button", 0.2),
        _speed("app launch", 2),
        _speed("assessment loading", 0.3),
        _speed("check-in transitions", 0.5),
    ),
    recovery_level=m.RecoveryLevel.WARM_STANDBY,
    zones=3,
    automatic_region_failover=False,
    region_decision_seconds=300,
    because={
        "recovery": "`at all times` has no figures; those of Astral Core v2, on which lives depend as well (BEING-D05)",
        "recovery_level": "a quarter of an hour for a lost region: nothing colder comes up in time (BEING-D05)",
        "zones": "quorums of three, one vote in each zone",
        "automatic_region_failover": "a wrong automatic decision splits data (SYS-10)",
        "region_decision_seconds": "Astral Core v2's",
    },
)

CRISIS = m.Crisis(
    source=NON_NEGOTIABLE,
    hotlines=(
        m.Hotline(name="Suicide & Crisis Lifeline", number="988", contact=m.Contact.VOICE, country="US"),
        m.Hotline(
            name="Suicide & Crisis Lifeline, long number",
            number="1-800-273-8255",
            contact=m.Contact.VOICE,
            country="US",
        ),
        m.Hotline(name="Crisis Text Line (send HOME)", number="741741", contact=m.Contact.TEXT, country="US"),
        m.Hotline(name="Samaritans", number="116 123", contact=m.Contact.VOICE, country="GB"),
        m.Hotline(name="Emergency call", number="112", contact=m.Contact.VOICE, country="*"),
    ),
    languages=("en", "es"),
    page_path="/help-now",
    because={
        "hotlines": "988 is documented; the others are Astral Core v2's (SYS-16)",
        "languages": "none documented; the two that 988 itself answers in",
        "page_path": "none documented; /crisis belongs to the API here (BEING-D03)",
    },
)
