"""Astral Core v2, what people do: troubleshooting, emergencies, duties."""

from systems.requirements.ledger import Proof, row, under

IMAGE = "images/backup"
CALENDAR, RUNBOOKS = "operations/ (calendar)", "docs/runbooks"
COMMAND, EXERCISED, PERSON, APPLICATION = Proof.COMMAND, Proof.EXERCISED, Proof.PERSON, Proof.APPLICATION
EMULATED, POLICY, UNIT = Proof.EMULATED, Proof.POLICY, Proof.UNIT

SOLUTIONS = "Troubleshooting Guide > Common Issues and Solutions"
RESPONSE = "Emergency Procedures > Emergency Response Protocol"

ROWS = (
    under(
        "Troubleshooting Guide",
        row(123, "A runbook for every alert", RUNBOOKS, UNIT, proven_by="tests/rendering/prometheus/test_catalogue.py"),
    ),
    under(
        SOLUTIONS,
        row(
            124,
            "The documented issues are runbooks with their errors mended",
            RUNBOOKS,
            UNIT,
            proven_by="tests/rendering/prometheus/test_catalogue.py",
        ),
    ),
    under(
        f"{SOLUTIONS} > Application Won't Start",
        row(125, "State and logs of the services in one command", "operations/ (health)", COMMAND, "code 1"),
        row(
            126,
            "Missing variables keep a pod from starting, with their names",
            "components/kubernetes/application.py",
            Proof.KUBERNETES,
            "code 2",
            proven_by=(
                "tests/reference/test_reference_application.py::test_it_names_everything_it_lacks_and_does_not_start",
                "tests/scheduling/test_placing.py",
            ),
        ),
        row(
            127, "Connectivity and connections of the database can be asked", "operations/ (health)", COMMAND, "code 3"
        ),
    ),
    under(
        f"{SOLUTIONS} > Crisis System Not Responding",
        row(
            128,
            "Crisis health, volunteers and queue in one command",
            "operations/ (health)",
            COMMAND,
            "code 1",
            proven_by=("tests/operations/test_outside.py",),
        ),
        row(
            129, "The crisis backup protocol is activated with one command", "operations/ (incident)", COMMAND, "code 2"
        ),
        row(130, "The crisis team is notified with a level", "operations/ (incident)", COMMAND, "code 2"),
        row(
            131,
            "Maintenance with the hotlines, crisis paths open",
            "rendering/haproxy",
            EXERCISED,
            "code 2",
            proven_by="tests/live/haproxy/test_critical_paths.py::test_maintenance_leaves_them_open",
        ),
    ),
    under(
        f"{SOLUTIONS} > Performance Degradation",
        row(
            132,
            "Load of nodes, database statements and cache latency on dashboards",
            "rendering/grafana",
            EXERCISED,
            "code 1",
            proven_by="tests/rendering/test_dashboards.py::test_what_documents_want_to_see_is_on_its_page",
            decision="SYS-26",
        ),
        row(
            133,
            "Scaling out, by itself and by hand",
            "components/kubernetes/application.py",
            Proof.KUBERNETES,
            "code 2",
            proven_by=(
                "tests/components/kubernetes/test_applications.py::test_autoscaling_begins_at_the_documented_replicas_and_thresholds",
                "tests/scheduling/test_placing.py",
            ),
        ),
        row(
            134,
            "ANALYZE and REINDEX without locking writers out",
            RUNBOOKS,
            UNIT,
            "code 2",
            decision="SYS-26",
            proven_by="tests/rendering/prometheus/test_catalogue.py",
        ),
    ),
    under("Emergency Procedures", row(135, "Red, yellow and blue as in the sections below", RUNBOOKS, UNIT)),
    under(RESPONSE, row(136, "Each code has a runbook with commands", RUNBOOKS, UNIT)),
    under(
        f"{RESPONSE} > Code Red: Crisis System Failure",
        row(
            137,
            "The backup hotline is shown: 988 first, then 1-800-273-8255",
            "components/aws/edge.py (crisis page)",
            EXERCISED,
            decision="SYS-16",
            proven_by=(
                "tests/rendering/test_pages.py",
                "tests/components/aws/test_edge.py::test_a_silent_platform_answers_with_the_crisis_page_and_a_speaking_one_for_itself",
            ),
        ),
        row(138, "All available volunteers get an SMS", "components/aws/alarms.py", EMULATED),
        row(
            139,
            "On-call engineers are paged",
            "rendering/alertmanager.py",
            EXERCISED,
            proven_by="tests/live/monitoring/test_alert_reaches_people.py",
        ),
        row(140, "Backup infrastructure is activated", "operations/ (failover)", COMMAND, decision="SYS-10"),
        row(141, "A status page outside the blast radius is updated", "operations/ (incident)", COMMAND),
        row(142, "Root cause, review and improvement", "Platform Engineering", PERSON),
    ),
    under(
        f"{RESPONSE} > Code Yellow: Performance Degradation",
        row(
            143,
            "Crisis endpoints are watched: 1 s at the 95th percentile",
            "rendering/prometheus",
            EXERCISED,
            decision="SYS-18",
            proven_by="tests/rendering/prometheus/test_documented_alerts.py",
        ),
        row(144, "Resources are scaled, caches cleared, queries optimised", "operations/ (incident)", COMMAND),
        row(
            145,
            "Waiting for volunteers is watched",
            "rendering/prometheus",
            EXERCISED,
            proven_by="tests/rendering/prometheus/test_documented_alerts.py",
        ),
    ),
    under(
        f"{RESPONSE} > Code Blue: Security Incident",
        row(146, "Affected systems are isolated", "operations/ (incident)", COMMAND),
        row(147, "Evidence is preserved under lock", "operations/ (evidence)", COMMAND),
        row(
            148,
            "The security team is notified, compromised secrets are rotated at once",
            "operations/ (rotation)",
            COMMAND,
        ),
        row(
            149,
            "Audit logs are reviewed, the incident is documented, breach deadlines are kept",
            "Security Team",
            PERSON,
        ),
    ),
    under(
        "Emergency Procedures > Emergency Contact List",
        row(
            150,
            "Crisis team lead: primary and backup, 5 minutes",
            "importable on-call file",
            UNIT,
            "row Crisis Team Lead",
            proven_by="tests/rendering/test_on_call.py",
        ),
        row(
            151,
            "Platform engineering: primary and backup, 10 minutes",
            "importable on-call file",
            UNIT,
            "row Platform Engineering",
            proven_by="tests/rendering/test_on_call.py",
        ),
        row(
            152,
            "Security team: primary and backup, 15 minutes",
            "importable on-call file",
            UNIT,
            "row Security Team",
            proven_by="tests/rendering/test_on_call.py",
        ),
        row(
            153,
            "Database administrator: primary and backup, 20 minutes",
            "importable on-call file",
            UNIT,
            "row Database Admin",
            proven_by="tests/rendering/test_on_call.py",
        ),
    ),
    under("Operational Checklists", row(154, "A calendar of duties with reminders", CALENDAR, UNIT)),
    under(
        "Operational Checklists > Daily Operations",
        row(
            155,
            "Alerts, incidents, trends and the status board are looked at",
            CALENDAR,
            PERSON,
            "check Review overnight alerts and incidents",
            "check Review system performance trends",
            "check Update incident status board",
        ),
        row(
            156,
            "Volunteers' forecast and crisis metrics are looked at",
            CALENDAR,
            PERSON,
            "check Check volunteer availability forecast",
            "check Monitor crisis response metrics",
        ),
        row(
            157,
            "Completion of every backup is verified and its absence alerts",
            "rendering/prometheus",
            EXERCISED,
            "check Verify backup completion",
            proven_by="tests/rendering/prometheus/test_other_alerts.py",
        ),
    ),
    under(
        "Operational Checklists > Weekly Operations",
        row(
            158,
            "Security patches reach nodes, images and add-ons weekly",
            "components/aws/cluster.py",
            EMULATED,
            "check Security patch review and application",
        ),
        row(
            159,
            "Performance and capacity are reviewed",
            CALENDAR,
            PERSON,
            "check Performance optimization review",
            "check Infrastructure capacity planning",
        ),
        row(
            160,
            "Training, patterns and a drill of emergency procedures",
            CALENDAR,
            PERSON,
            "check Volunteer training schedule update",
            "check Crisis pattern analysis",
            "check Emergency procedure drill",
        ),
    ),
    under(
        "Operational Checklists > Monthly Operations",
        row(
            161,
            "A disaster recovery test",
            IMAGE,
            EXERCISED,
            "check Disaster recovery test",
            proven_by=("tests/backup/test_drill.py::test_a_backup_is_restored_and_an_application_answers_on_it",),
        ),
        row(
            162,
            "A compliance report",
            "policies (auditor's pack)",
            COMMAND,
            "check Compliance report generation",
            proven_by="tests/policies/test_reports.py",
        ),
        row(
            163,
            "Security audit, volunteers, crisis enhancements",
            CALENDAR,
            PERSON,
            "check Security audit review",
            "check Volunteer performance review",
            "check Crisis system enhancement planning",
        ),
        row(
            164,
            "Costs: budgets, anomalies and a monthly review",
            "components/aws/alarms.py",
            EMULATED,
            "check Infrastructure cost optimization",
            proven_by="tests/components/aws/test_alarms.py",
        ),
    ),
    under(
        "Documentation Maintenance",
        row(165, "Contacts weekly, procedures monthly, compliance quarterly, everything yearly", CALENDAR, PERSON),
    ),
    under(
        "Additional Resources",
        row(
            166,
            "Six further documents, kept by the teams they belong to",
            "Crisis Team Lead, Platform Engineering",
            PERSON,
        ),
    ),
)
