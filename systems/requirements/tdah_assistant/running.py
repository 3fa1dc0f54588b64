"""TDAH assistant, how it is deployed and how it stays up."""

from systems.requirements.ledger import Proof, row, under
from systems.requirements.tdah_assistant.building import PROXY, SECRETS
from systems.requirements.tdah_assistant.preparing import (
    COMMAND,
    EDGE,
    EMULATED,
    EXERCISED,
    HAPROXY,
    HOLDS,
    KUBERNETES,
    LEDGER,
    OUTLINE,
    PERSON,
    POSTGRES,
    REDIS,
    UNIT,
)

CHECKLIST = "Deployment Procedures > Pre-Deployment Checklist"
STEPS = "Deployment Procedures > Deployment Steps"
VERIFICATION = "Deployment Procedures > Post-Deployment Verification"
GATES, HEALTH, ROLLOUT = "operations/ (gates)", "operations/ (health)", "operations/ (rollout)"

ROWS = (
    under(
        "Deployment Procedures", row(80, "Checklist, steps and verification as below", LEDGER, UNIT, proven_by=OUTLINE)
    ),
    under(
        CHECKLIST,
        row(
            81,
            "A release needs 30 days left on certificates",
            GATES,
            COMMAND,
            "check SSL certificates installed and valid",
        ),
        row(82, "A release needs readers that keep up", GATES, COMMAND, "check Database configured with replication"),
        row(83, "Redis has its three nodes and three Sentinels", REDIS, EXERCISED, "check Redis cluster configured"),
        row(
            84,
            "No variable with a secret stands in a file",
            SECRETS,
            Proof.POLICY,
            "check Environment variables secured",
        ),
        row(85, "Monitoring stands before the application", "__main__.py", EMULATED, "check Monitoring stack deployed"),
        row(86, "A release needs a recovery test of this month", GATES, COMMAND, "check Backup procedures tested"),
        row(
            87,
            "The balancer knows every pod by itself",
            HAPROXY,
            EXERCISED,
            "check Load balancer configured",
            proven_by="tests/live/haproxy/test_splitting.py::test_a_dead_server_is_out_within_the_check_time_and_costs_no_request",
        ),
        row(
            88,
            "Records for every host",
            EDGE,
            EMULATED,
            "check DNS records updated",
            proven_by=(
                "tests/components/aws/test_edge_names.py::test_every_documented_record_is_there",
                "tests/components/aws/test_edge_on_the_engine.py",
            ),
        ),
        row(
            89,
            "Images are scanned; somebody has read the result",
            "components/docker/images.py; approval in operations/ (gates)",
            COMMAND,
            "check Security scanning completed",
        ),
        row(
            90,
            "Somebody has read the load test",
            "Operations; approval gate",
            PERSON,
            "check Performance testing completed",
        ),
    ),
    under(
        STEPS,
        row(91, "Configuration is a stack file, without secrets", "settings.py", UNIT, "code 1"),
        row(92, "One command makes everything stand", "__main__.py", EMULATED, "code 2", decision="TDAH-D01"),
        row(
            93,
            "Migrations run before the application, as the owner of the schema",
            "components/kubernetes/jobs.py",
            KUBERNETES,
            "code 3",
            decision="TDAH-D08",
            proven_by=(
                "tests/components/kubernetes/test_jobs.py::test_migrations_run_as_the_owner_and_read_nothing_else",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(94, "Health and state of everything in one command", HEALTH, COMMAND, "code 4"),
        row(
            95,
            "New instances join the balancer by shares, and leave it again",
            PROXY,
            EXERCISED,
            "code 5",
            decision="SYS-25",
            proven_by="tests/live/haproxy/test_splitting.py::test_a_share_of_users_is_on_the_new_side_within_two_points",
        ),
    ),
    under(
        VERIFICATION,
        row(96, "/health/overall answers from outside", HEALTH, COMMAND, "code 1"),
        row(97, "/health/database answers from outside", HEALTH, COMMAND, "code 1"),
        row(98, "Every cache node answers, with password and TLS", HEALTH, COMMAND, "code 1", decision="TDAH-D20"),
        row(99, "The certificate is valid, and of this host", HEALTH, COMMAND, "code 1", decision="TDAH-D20"),
        row(100, "A failed check sends the release back", ROLLOUT, COMMAND, "code 1", decision="TDAH-D20"),
    ),
    under("High Availability", row(101, "Balancer, database and Redis as below", LEDGER, UNIT, proven_by=OUTLINE)),
    under(
        "High Availability > Load Balancer Configuration",
        row(
            102,
            "It starts, without root",
            PROXY,
            EXERCISED,
            "code 1",
            decision="TDAH-D04",
            proven_by="tests/rendering/haproxy/test_configurations.py::test_the_real_program_accepts_every_platform",
        ),
        row(
            103,
            "Timeouts of 5, 50 and 50 s, and the missing ones",
            PROXY,
            EXERCISED,
            "code 1",
            decision="TDAH-D04",
            proven_by="tests/rendering/haproxy/test_configurations.py::test_every_timeout_is_set",
        ),
        row(
            104,
            "Round robin over three API instances on 8000",
            PROXY,
            EXERCISED,
            "code 1",
            proven_by="tests/live/haproxy/test_splitting.py::test_servers_take_turns_within_two_percent",
        ),
        row(
            105,
            "Servers are asked /health/overall; when all fail, all serve on",
            PROXY,
            EXERCISED,
            "code 1",
            decision="SYS-19",
            proven_by="tests/live/haproxy/test_splitting.py::test_when_every_check_fails_requests_still_arrive",
        ),
        row(
            106,
            "Plain HTTP is redirected with 301",
            PROXY,
            EXERCISED,
            "code 1",
            proven_by="tests/live/haproxy/test_refusing.py::test_plain_http_only_redirects",
        ),
        row(
            107,
            "Client addresses are forwarded; requests and failed checks are logged",
            PROXY,
            EXERCISED,
            "code 1",
            proven_by="tests/live/haproxy/test_refusing.py::test_logs_are_json_without_what_visitors_typed",
        ),
        row(
            108,
            "A runtime socket for operators, 30 s",
            PROXY,
            EXERCISED,
            "code 1",
            proven_by="tests/rendering/haproxy/test_configurations.py::test_the_documented_block_is_kept_where_it_can_work",
        ),
        row(
            109,
            "Frontends are served too",
            PROXY,
            EXERCISED,
            "code 1",
            decision="TDAH-D03",
            proven_by="tests/live/haproxy/test_splitting.py::test_each_path_finds_its_workload",
        ),
    ),
    under(
        "High Availability > Database High Availability",
        row(110, "A primary and two readers on 5432", POSTGRES, EMULATED, "code 1", decision="SYS-14"),
        row(
            111,
            "The budget for a lost primary: minutes, and no data",
            "systems/objectives.py",
            UNIT,
            "code 1",
            proven_by=HOLDS,
        ),
    ),
    under(
        "High Availability > Redis High Availability",
        row(112, "Three nodes on 6379 and three Sentinels on 26379 for `mymaster`", REDIS, EXERCISED, "code 1"),
        row(113, "Redis Cluster stays off", "rendering/redis.py", EXERCISED, "code 1", decision="SYS-30"),
        row(114, "A lost master is replaced within seconds", REDIS, EXERCISED, "code 1"),
    ),
)
