"""Astral Core v2: what is promised, under which law, and to whom: people in crisis and those who answer them."""

from systems.astral_core_v2.source import V2
from systems.model import (
    AvailabilityObjective,
    Concession,
    Contact,
    Crisis,
    FailureScope,
    Hotline,
    Law,
    Objectives,
    RecoveryLevel,
    RecoveryObjective,
    Regime,
    ResponseObjective,
    Shift,
    Staffing,
)

REGIME = Regime(
    source=V2.under("Compliance and Audit"),
    laws=(Law.HIPAA, Law.GDPR),
    controls=(
        "administrative safeguards",
        "physical safeguards",
        "technical safeguards",
        "audit logging",
        "encryption at rest and in transit",
        "access controls and authentication",
        "employee training",
    ),
    breach_notice_hours=72,
    because={"breach_notice_hours": "GDPR article 33; the document names no deadline (HIPAA gives 60 days)"},
)

OBJECTIVES = Objectives(
    source=V2.under("Backup and Recovery > Disaster Recovery Plan"),
    recovery=(
        RecoveryObjective(
            name="crisis hotlines",
            rto_seconds=300,
            static_page=True,
            because={"static_page": "the part of the crisis system that holds five minutes whatever fails (SYS-09)"},
        ),
        RecoveryObjective(
            name="crisis system",
            rto_seconds=300,
            concessions=(
                Concession(scope=FailureScope.REGION, rto_seconds=900, decision="SYS-09"),
                Concession(scope=FailureScope.CORRUPTION, rto_seconds=3_600, decision="SYS-09"),
            ),
        ),
        RecoveryObjective(
            name="full platform",
            rto_seconds=900,
            concessions=(Concession(scope=FailureScope.CORRUPTION, rto_seconds=3_600, decision="SYS-09"),),
        ),
        RecoveryObjective(name="non-critical features", rto_seconds=3_600),
        RecoveryObjective(
            name="crisis data",
            rpo_seconds=60,
            concessions=(Concession(scope=FailureScope.CORRUPTION, rpo_seconds=300, decision="SYS-09"),),
        ),
        RecoveryObjective(name="user data", rpo_seconds=300),
        RecoveryObjective(name="analytics data", rpo_seconds=3_600),
    ),
    availability=(
        AvailabilityObjective(
            source=V2.under("Monitoring and Alerting > Critical Metrics Dashboard"),
            name="crisis page",
            target_percent=99.99,
            vantage_point="outside checks of the static crisis page from three continents",
            because={"vantage_point": "no vantage point is documented (SYS-07)"},
        ),
        AvailabilityObjective(
            source=V2.under("Infrastructure Requirements > Hardware Specifications"),
            name="platform",
            target_percent=99.9,
            documented_percent=99.99,
            vantage_point="requests at HAProxy that were not answered with 5xx",
            because={
                "target_percent": "the documented minimum; 99.99 is 4.3 minutes a month, less than one allowed "
                "incident, and more than the services below it promise together (SYS-07)",
                "vantage_point": "no vantage point is documented (SYS-07)",
            },
        ),
    ),
    responses=(
        ResponseObjective(
            source=V2.under("Monitoring and Alerting > Critical Metrics Dashboard"),
            name="pick-up by a volunteer",
            seconds=30,
            quantile=None,
            answered_by_person=True,
            vantage_point="the application: from crisis to first message of a volunteer",
            because={"answered_by_person": "30 s is no time for a machine (SYS-18)"},
        ),
        ResponseObjective(
            source=V2.under("Crisis Response Operations > Crisis Intervention Workflow"),
            name="human review",
            seconds=60,
            quantile=None,
            answered_by_person=True,
            vantage_point="the application: from the AI's finding to a person's look at it",
        ),
        ResponseObjective(
            source=V2.under(
                "Emergency Procedures > Emergency Response Protocol > Code Yellow: Performance Degradation"
            ),
            name="crisis endpoints",
            seconds=1,
            quantile=0.95,
            vantage_point="HAProxy",
            because={
                "seconds": "Code Yellow's 30 s are a person's; for machines the TDAH document's limit (SYS-18)",
                "quantile": "the TDAH document's",
                "vantage_point": "none documented",
            },
        ),
    ),
    recovery_level=RecoveryLevel.WARM_STANDBY,
    zones=3,
    automatic_region_failover=False,
    region_decision_seconds=300,
    because={
        "recovery_level": "hot standby, and 15 minutes for the full platform: nothing colder comes up in time",
        "zones": "quorums of three, one vote in each zone",
        "automatic_region_failover": "the switch is automated, the decision is not: a wrong one splits data (SYS-10)",
        "region_decision_seconds": "the response time of the crisis team lead",
    },
)

CRISIS = Crisis(
    source=V2.under("Emergency Procedures > Emergency Response Protocol > Code Red: Crisis System Failure"),
    hotlines=(
        Hotline(name="Suicide & Crisis Lifeline", number="988", contact=Contact.VOICE, country="US"),
        Hotline(
            name="Suicide & Crisis Lifeline, long number", number="1-800-273-8255", contact=Contact.VOICE, country="US"
        ),
        Hotline(name="Crisis Text Line (send HOME)", number="741741", contact=Contact.TEXT, country="US"),
        Hotline(name="Samaritans", number="116 123", contact=Contact.VOICE, country="GB"),
        Hotline(name="Emergency call", number="112", contact=Contact.VOICE, country="*"),
    ),
    languages=("en", "es"),
    staffing=Staffing(
        source=V2.under("Crisis Response Operations > Volunteer Management"),
        time_zone="America/New_York",
        shifts=(
            Shift(name="overnight", start_hour=0, end_hour=8, volunteers=5),
            Shift(name="standard", start_hour=8, end_hour=18, volunteers=10),
            Shift(name="peak", start_hour=18, end_hour=24, volunteers=15, because={"end_hour": "12 AM"}),
        ),
        on_call_volunteers=20,
        minimum_before_rollout=10,
        because={
            "time_zone": "hours without a zone, in a document with American hotlines: the zone of most of its people",
            "minimum_before_rollout": "Pre-Deployment Checklist: at least 10 trained volunteers available (SYS-17)",
        },
    ),
    because={
        "hotlines": "the document's number is today the long form of 988, which comes first; text and other "
        "countries follow, since visitors are not all American callers (SYS-16)",
        "languages": "none documented; the two that 988 itself answers in",
        "page_path": "no path is documented",
    },
)
