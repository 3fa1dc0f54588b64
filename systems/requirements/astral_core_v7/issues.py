"""Astral Core v7, whom to call and what to do when something is wrong."""

from systems.requirements.ledger import Proof, row, under

SPEC = "tests/systems/test_astral_core_v7.py"
ROUTES, RUNBOOKS, HEALTH = "rendering/alertmanager.py", "docs/runbooks", "operations/ (health)"
COMMAND, EXERCISED, UNIT, EMULATED = Proof.COMMAND, Proof.EXERCISED, Proof.UNIT, Proof.EMULATED
TEAM = "Emergency Contacts & Escalation > Incident Response Team"

ROWS = (
    under(
        "Astral Core v7 - Operational Runbook",
        row(
            1,
            "The platform as a whole is one stack in production and one in staging",
            "Pulumi.astral-core-v7-prod.yaml, Pulumi.astral-core-v7-staging.yaml",
            EMULATED,
            decision="V7-D01",
        ),
        row(
            2,
            "Hardware, replicas and database have a size although none is documented",
            "systems/sizing.py",
            UNIT,
            proven_by="tests/systems/test_sizing.py",
            decision="V7-D02",
        ),
        row(
            3,
            "The platform has a domain of its own instead of a preview address",
            "components/aws/edge.py",
            EMULATED,
            decision="V7-D03",
            proven_by=(
                "tests/components/aws/test_edge_names.py::test_every_documented_record_is_there",
                "tests/components/aws/test_edge_on_the_engine.py",
            ),
        ),
    ),
    under(
        "Emergency Contacts & Escalation",
        row(
            4, "People and levels as in the sections below", "systems/astral_core_v7/watching.py", UNIT, proven_by=SPEC
        ),
    ),
    under(
        TEAM,
        row(
            5,
            "A primary on-call is paged around the clock",
            ROUTES,
            EXERCISED,
            "row Primary On-Call",
            proven_by="tests/rendering/alertmanager/test_routes.py",
        ),
        row(
            6,
            "A secondary on-call is paged when the primary does not answer",
            "importable on-call file",
            UNIT,
            "row Secondary On-Call",
            decision="V7-D10",
            proven_by="tests/rendering/test_on_call.py",
        ),
        row(
            7,
            "The engineering lead is told in #engineering and called in business hours",
            ROUTES,
            EXERCISED,
            "row Engineering Lead",
            proven_by="tests/rendering/alertmanager/test_routes.py",
        ),
        row(
            8,
            "The security team is written to at security@ around the clock",
            ROUTES,
            EXERCISED,
            "row Security Team",
            proven_by="tests/rendering/alertmanager/test_routes.py",
        ),
        row(
            9,
            "security@ goes on receiving mail, at a provider that the stack names",
            "components/aws/edge.py",
            EMULATED,
            "row Security Team",
            decision="V7-D03",
            proven_by=(
                "tests/components/aws/test_edge_names.py::test_every_documented_record_is_there",
                "tests/components/aws/test_edge_on_the_engine.py",
            ),
        ),
    ),
    under(
        "Emergency Contacts & Escalation > Severity Levels",
        row(
            10,
            "Four levels with their meaning, mapped to the severities of alerts",
            "systems/astral_core_v7/watching.py",
            UNIT,
            proven_by=SPEC,
            decision="SYS-15",
        ),
        row(
            11,
            "A data breach is of the first level and reaches the security team whatever else is routed",
            ROUTES,
            EXERCISED,
            decision="V7-D10",
            proven_by="tests/rendering/alertmanager/test_routes.py",
        ),
    ),
    under(
        "Common Issues & Solutions",
        row(12, "Each issue has a runbook with commands that work here", RUNBOOKS, UNIT, decision="V7-D01"),
    ),
    under(
        "Common Issues & Solutions > Application Not Responding",
        row(
            13,
            "A health check that fails from outside calls somebody",
            "rendering/prometheus",
            EXERCISED,
            proven_by="tests/rendering/prometheus/test_documented_alerts.py",
        ),
        row(14, "State of the rollout, health, logs and recent releases in one command", HEALTH, COMMAND, "code 1"),
        row(
            15,
            "Immediate rollback",
            "rendering/haproxy",
            EXERCISED,
            "code 1",
            decision="V7-D05",
            proven_by="tests/live/haproxy/test_splitting.py::test_a_user_stays_on_one_side_while_the_share_grows",
        ),
        row(
            16,
            "Failed builds, variables, connectivity and recent changes are looked at",
            f"{RUNBOOKS}; Primary On-Call",
            Proof.PERSON,
        ),
    ),
    under(
        "Common Issues & Solutions > Database Connection Issues",
        row(17, "The connection can be tested from where the application runs", HEALTH, COMMAND, "code 1"),
        row(
            18,
            "The pool's state is a metric and part of the health answer",
            "images/pooler",
            EXERCISED,
            "code 1",
            proven_by="tests/live/postgres/test_pooler.py::test_figures_say_when_it_is_gone",
        ),
        row(
            19,
            "Connections are reset by a rolling restart",
            "operations/ (incident)",
            COMMAND,
            "code 1",
            decision="V7-D15",
        ),
        row(
            20,
            "The pool cannot be exhausted by a rollout",
            "systems/model/system.py",
            UNIT,
            proven_by="tests/systems/test_model.py",
        ),
        row(21, "The database can be scaled", "components/aws/postgres.py", EMULATED),
        row(22, "The application retries its connections", "docs/application-contract.md", Proof.APPLICATION),
    ),
    under(
        "Common Issues & Solutions > Authentication Failures",
        row(
            23,
            "Configuration of NextAuth is complete before a pod starts",
            "components/kubernetes/application.py",
            Proof.KUBERNETES,
            "code 1",
            proven_by=(
                "tests/reference/test_reference_application.py::test_it_names_everything_it_lacks_and_does_not_start",
                "tests/scheduling/test_placing.py",
            ),
        ),
        row(24, "Session storage can be checked (`cache` in the health check)", HEALTH, COMMAND, "code 1"),
        row(
            25,
            "Secrets are regenerated when compromised",
            "operations/ (rotation)",
            COMMAND,
            "code 1",
            decision="V7-D14",
        ),
        row(26, "Login, sessions and second factors", "docs/application-contract.md", Proof.APPLICATION),
    ),
    under(
        "Common Issues & Solutions > High Memory Usage",
        row(
            27,
            "Above 85 % of memory somebody is called",
            "rendering/prometheus",
            EXERCISED,
            proven_by="tests/rendering/prometheus/test_documented_alerts.py",
        ),
        row(28, "Memory is part of the health answer", "docs/application-contract.md", Proof.APPLICATION, "code 1"),
        row(
            29,
            "Clearing the cache needs an administrator's address and token",
            "rendering/haproxy",
            EXERCISED,
            "code 1",
            decision="V7-D06",
            proven_by="tests/live/haproxy/test_floods.py::test_no_trick_gets_through",
        ),
        row(
            30,
            "The application scales out before the line is reached",
            "components/kubernetes/application.py",
            Proof.KUBERNETES,
            "code 1",
            decision="V7-D02",
            proven_by=(
                "tests/components/kubernetes/test_applications.py::test_autoscaling_begins_at_the_documented_replicas_and_thresholds",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
    ),
    under(
        "Common Issues & Solutions > Performance Degradation",
        row(
            31,
            "Pages that paint later than 4 s call somebody",
            "rendering/prometheus",
            EXERCISED,
            decision="V7-D07",
            proven_by="tests/rendering/prometheus/test_documented_alerts.py",
        ),
        row(
            32,
            "Cache hits and Web Vitals are on a dashboard",
            "rendering/grafana",
            EXERCISED,
            "code 1",
            proven_by="tests/rendering/test_dashboards.py::test_what_documents_want_to_see_is_on_its_page",
        ),
        row(
            33,
            "`perf:analyze` belongs to the application's build",
            "docs/application-contract.md",
            Proof.APPLICATION,
            "code 1",
        ),
        row(
            34,
            "Emergency caching is a flag that needs no release",
            "operations/ (flags)",
            COMMAND,
            "code 1",
            decision="V7-D11",
        ),
    ),
)
