"""Astral Draft, who is told, what counts as success, ways to deploy, and what was achieved."""

from systems.requirements.ledger import Proof, row, under

SPEC, RELEASE = "tests/systems/test_astral_draft.py", "tests/systems/test_astral_draft_release.py"
ROLLOUT, ONCALL, HAPROXY = "operations/ (rollout)", "importable on-call file", "rendering/haproxy"
COMMAND, EMULATED, EXERCISED, KUBERNETES = Proof.COMMAND, Proof.EMULATED, Proof.EXERCISED, Proof.KUBERNETES
APPLICATION, PERSON, UNIT = Proof.APPLICATION, Proof.PERSON, Proof.UNIT
SUCCESS, OPTIONS = "SUCCESS METRICS > Deployment Success Criteria", "QUICK DEPLOY OPTIONS"
CONTRACT = "docs/application-contract.md"

ROWS = (
    under(
        "COMMUNICATION PLAN",
        row(100, "Who is told when, as data", "systems/astral_draft/keeping.py", UNIT, proven_by=RELEASE),
    ),
    under(
        "COMMUNICATION PLAN > Internal Communications",
        row(
            101,
            "Mail a day before, Slack an hour before, state in #general, a report to stakeholders",
            ROLLOUT,
            COMMAND,
            "code 1",
        ),
        row(102, "The war room is open", "Team Lead", PERSON, "code 1"),
    ),
    under(
        "COMMUNICATION PLAN > External Communications",
        row(
            103,
            "Banner a day before, mail an hour before, page, notice when the site is back",
            ROLLOUT,
            COMMAND,
            "code 1",
            decision="DRAFT-D01",
        ),
        row(104, "A post-mortem, if something happened", "Team Lead", PERSON, "code 1"),
    ),
    under(
        "COMMUNICATION PLAN > Escalation Path",
        row(
            105,
            "Engineer, lead, VP, CTO: 15, 30 and 60 minutes, as data",
            "systems/astral_draft/watching.py",
            UNIT,
            "code 1",
            proven_by=SPEC,
        ),
        row(
            106,
            "The four levels can be imported where pages are sent from",
            ONCALL,
            UNIT,
            "code 1",
            decision="DRAFT-D13",
            proven_by="tests/rendering/test_on_call.py",
        ),
    ),
    under("SUCCESS METRICS", row(107, "Success is measured, as in the sections below", ROLLOUT, COMMAND)),
    under(
        SUCCESS,
        row(
            108,
            "The criteria, as gates after a release",
            "systems/astral_draft/releasing.py",
            UNIT,
            "check Error rate < 0.1%",
            "check Response time < 200ms",
            proven_by=RELEASE,
        ),
        row(109, "All services are healthy", ROLLOUT, COMMAND, "check All services healthy"),
        row(110, "Fewer than 0.1 % errors over ten minutes", ROLLOUT, COMMAND, "check Error rate < 0.1%"),
        row(
            111,
            "200 ms on average over ten minutes",
            ROLLOUT,
            COMMAND,
            "check Response time < 200ms",
            decision="DRAFT-D08",
        ),
        row(
            112,
            "Critical paths work",
            "npm run test:critical:prod, called by a gate",
            APPLICATION,
            "check All critical paths functional",
        ),
        row(
            113,
            "No data are lost: a backup before, and a way back",
            "operations/ (gates)",
            COMMAND,
            "check No data loss",
        ),
        row(
            114,
            "No security incident",
            "components/aws/audit.py",
            EMULATED,
            "check No security incidents",
            proven_by="tests/components/aws/test_audit.py",
        ),
    ),
    under(
        "SUCCESS METRICS > Post-Deployment Metrics (24 hours)",
        row(
            115,
            "A report a day after: requests, errors, times, peak of users, use of resources",
            ROLLOUT,
            COMMAND,
            "code 1",
        ),
        row(116, "What users say of it", "Support Team, entered into the report", PERSON, "code 1"),
    ),
    under(
        OPTIONS,
        row(
            117,
            "One way is chosen of those offered",
            "systems/astral_draft/application.py",
            UNIT,
            proven_by=SPEC,
            decision="DRAFT-D03",
        ),
    ),
    under(
        f"{OPTIONS} > Option A: Netlify (Recommended for Static)",
        row(
            118,
            "Static files come from the CDN; Netlify cannot run the rest",
            "components/aws/edge.py",
            EMULATED,
            "code 1",
            decision="DRAFT-D03",
            proven_by=(
                "tests/components/aws/test_edge.py::test_only_assets_and_the_crisis_page_are_kept",
                "tests/components/aws/test_edge_on_the_engine.py",
            ),
        ),
    ),
    under(
        f"{OPTIONS} > Option B: Docker Deployment",
        row(
            119,
            "Image astraldraft, port 3000, settings and secrets from outside",
            "components/kubernetes/application.py",
            KUBERNETES,
            "code 1",
            decision="DRAFT-D03",
            proven_by=(
                "tests/rendering/test_environment.py::test_every_documented_setting_reaches_its_readers_and_nobody_else",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(
            120,
            "Port 3000 is reachable through the balancer only",
            "components/aws/firewall.py",
            Proof.POLICY,
            "code 1",
            proven_by=("tests/reachability/test_reachability.py", "tests/components/aws/test_firewall.py"),
            decision="DRAFT-D03",
        ),
    ),
    under(
        f"{OPTIONS} > Option C: Kubernetes Deployment",
        row(
            121,
            "deployment/astraldraft and app=astraldraft are the web's",
            "components/kubernetes/application.py",
            KUBERNETES,
            "code 1",
            decision="DRAFT-D03",
            proven_by=(
                "tests/components/kubernetes/test_applications.py::test_documented_names_are_honoured",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
    ),
    under(
        "PERFORMANCE ACHIEVEMENTS",
        row(
            122,
            "What was achieved is kept, where infrastructure can keep it",
            "systems/astral_draft/traffic.py",
            UNIT,
            proven_by=SPEC,
            decision="DRAFT-D17",
        ),
    ),
    under(
        "PERFORMANCE ACHIEVEMENTS > Bundle Optimization Results",
        row(
            123,
            "Brotli",
            "components/aws/edge.py",
            EMULATED,
            proven_by=(
                "tests/components/aws/test_edge.py::test_only_assets_and_the_crisis_page_are_kept",
                "tests/components/aws/test_edge_on_the_engine.py",
            ),
        ),
        row(124, "Size of the bundle, load time, chunks", CONTRACT, APPLICATION, decision="DRAFT-D17"),
    ),
    under(
        "PERFORMANCE ACHIEVEMENTS > Security Hardening",
        row(
            125,
            "API keys are supplied, checked for emptiness, never in version control",
            "components/aws/secrets.py",
            EMULATED,
            proven_by=("tests/components/aws/test_secrets.py", "tests/settings/test_settings.py"),
        ),
        row(126, "Cookies are httpOnly", CONTRACT, APPLICATION, decision="DRAFT-D17"),
        row(
            127,
            "A content security policy of level 2, with WebSockets named",
            HAPROXY,
            EXERCISED,
            decision="SYS-13",
            proven_by="tests/live/haproxy/test_refusing.py::test_every_answer_carries_the_documented_headers",
        ),
        row(
            128,
            "100 requests a minute",
            HAPROXY,
            EXERCISED,
            decision="DRAFT-D11",
            proven_by="tests/live/haproxy/test_refusing.py::test_the_limit_trips_at_the_documented_rate_over_the_whole_fleet",
        ),
    ),
    under(
        "PERFORMANCE ACHIEVEMENTS > Accessibility Compliance",
        row(
            129,
            "WCAG, screen readers, keyboard, contrast; the maintenance page keeps to them as well",
            CONTRACT,
            APPLICATION,
            decision="DRAFT-D17",
        ),
    ),
)
