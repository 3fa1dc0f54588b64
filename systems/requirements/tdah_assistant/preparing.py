"""TDAH assistant, what it is made of and what has to be there first."""

from systems.requirements.ledger import Proof, row, under

SPEC, DATA = "tests/systems/test_tdah_assistant.py", "tests/systems/test_tdah_assistant_data.py"
SIZING = "tests/systems/test_sizing.py"
HOLDS = f"{DATA}::test_business_continuity_holds_in_every_scope"
EDGE, NETWORK, CLUSTER = "components/aws/edge.py", "components/aws/network.py", "components/aws/cluster.py"
FIREWALL, ON_THE_ENGINE = "components/aws/firewall.py", "tests/reachability/test_on_the_engine.py"
REACHABILITY = ("tests/reachability/test_reachability.py", "tests/reachability/test_breaches.py")
APPLICATION, HAPROXY = "components/kubernetes/application.py", "components/kubernetes/haproxy.py"
POSTGRES, REDIS = "components/aws/postgres.py", "components/kubernetes/redis_sentinel.py"
MONITORING, OUTLINE = "components/kubernetes/monitoring.py", "tests/systems/test_requirements.py"
EMULATED, UNIT, POLICY, EXERCISED = Proof.EMULATED, Proof.UNIT, Proof.POLICY, Proof.EXERCISED
KUBERNETES, COMMAND, PERSON = Proof.KUBERNETES, Proof.COMMAND, Proof.PERSON
TABLE = "Production Architecture > Production Components"
LEDGER = "systems/requirements/tdah_assistant"

ROWS = (
    under(
        "Production Deployment Guide",
        row(1, "One stack for production and one for staging", "Pulumi.tdah-assistant-*.yaml", EMULATED),
    ),
    under("Table of Contents", row(2, "Thirteen subjects, each with rows below", LEDGER, UNIT, proven_by=OUTLINE)),
    under("Overview", row(3, "Six subjects, each with rows below", LEDGER, UNIT, proven_by=OUTLINE)),
    under(
        "Overview > Production Environment Characteristics",
        row(
            4,
            "Several layers of security, all of them checked on every preview",
            "policies",
            POLICY,
            proven_by=("tests/cli/test_policies.py", "tests/policies/test_platforms.py"),
        ),
        row(
            5,
            "Budgets for a lost pod, node and zone hold, and what is left has room for everything",
            "systems/objectives.py",
            UNIT,
            proven_by=(SIZING, HOLDS),
        ),
        row(
            6,
            "The API scales out and in by itself",
            APPLICATION,
            KUBERNETES,
            proven_by=(
                "tests/components/kubernetes/test_applications.py::test_autoscaling_begins_at_the_documented_replicas_and_thresholds",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(
            7,
            "Privacy measures of the GDPR: retention ends, health data stays out of logs",
            "components/aws/audit.py",
            POLICY,
            decision="TDAH-D16",
            proven_by=("tests/policies/test_platforms.py", "tests/policies/test_mutations.py"),
        ),
        row(
            8,
            "People may see, correct, take along and delete what is kept about them",
            "docs/application-contract.md",
            Proof.APPLICATION,
            decision="TDAH-D16",
        ),
    ),
    under(
        "Production Architecture",
        row(9, "Components and their connections as below", "__main__.py", EMULATED, decision="TDAH-D01"),
    ),
    under(
        "Production Architecture > High-Level Architecture",
        row(10, "Users, administrators and mobile apps come in one way", EDGE, EMULATED, "code 1", decision="SYS-03"),
        row(
            11,
            "The balancer serves API and frontend",
            HAPROXY,
            EXERCISED,
            "code 1",
            decision="TDAH-D03",
            proven_by="tests/live/haproxy/test_splitting.py::test_each_path_finds_its_workload",
        ),
        row(
            12,
            "Only the API reaches database and Redis",
            "network policies",
            KUBERNETES,
            "code 1",
            proven_by=(
                "tests/components/kubernetes/test_flows.py::test_only_the_api_of_tdah_reaches_database_and_cache",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(
            13,
            "Outward only Twilio, Google, Microsoft and Notion",
            "components/aws/name_firewall.py",
            Proof.VALIDATED,
            "code 1",
            proven_by=("tests/components/aws/test_ways_out.py", ON_THE_ENGINE),
            decision="TDAH-D14",
        ),
        row(
            14,
            "Incoming messages of Twilio pass the firewall",
            EDGE,
            EMULATED,
            "code 1",
            decision="TDAH-D14",
            proven_by=(
                "tests/components/aws/test_edge_firewall.py::test_a_webhook_passes_signed_and_short_whatever_its_text_looks_like",
                "tests/components/aws/test_edge_on_the_engine.py",
            ),
        ),
        row(
            15,
            "Prometheus, Grafana, Loki and Alertmanager watch API, database and Redis",
            MONITORING,
            EXERCISED,
            "code 1",
            decision="TDAH-D11",
            proven_by=("tests/live/monitoring/test_scraping.py", "tests/components/test_monitoring.py"),
        ),
        row(16, "Grafana answers to administrators after sign-on", EDGE, EMULATED, "code 1", decision="SYS-22"),
    ),
    under(
        TABLE,
        row(
            17,
            "Two balancers of 2 CPU and 4 GB",
            HAPROXY,
            KUBERNETES,
            "row Load Balancer",
            proven_by=(
                "tests/components/kubernetes/test_haproxy.py::test_the_fleet_is_as_documented",
                "tests/scheduling/test_placing.py",
            ),
        ),
        row(
            18,
            "Three API instances of 4 CPU and 8 GB",
            APPLICATION,
            KUBERNETES,
            "row API Instances",
            proven_by=(
                "tests/components/kubernetes/test_applications.py::test_every_form_of_every_workload_runs_with_its_documented_replicas_and_size",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(
            19,
            "Two frontends of 2 CPU and 4 GB",
            APPLICATION,
            KUBERNETES,
            "row Frontend Instances",
            proven_by=(
                "tests/components/kubernetes/test_applications.py::test_every_form_of_every_workload_runs_with_its_documented_replicas_and_size",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(
            20,
            "A primary database of 8 CPU and 16 GB",
            "systems/sizing.py",
            UNIT,
            "row Database Master",
            proven_by=(SIZING, DATA),
        ),
        row(
            21,
            "Readers of the same size: two, as the later section says",
            POSTGRES,
            EMULATED,
            "row Database Replica",
            decision="SYS-14",
            proven_by=("tests/components/aws/test_postgres.py::test_there_are_as_many_replicas_as_documented",),
        ),
        row(
            22,
            "Three Redis nodes of 2 CPU and 4 GB",
            REDIS,
            KUBERNETES,
            "row Redis Cluster",
            proven_by=(
                "tests/components/kubernetes/test_redis_sentinel.py::test_count_and_size_are_the_documented_ones",
            ),
        ),
        row(
            23,
            "Monitoring within 4 CPU and 8 GB",
            MONITORING,
            KUBERNETES,
            "row Monitoring",
            proven_by=(
                "tests/components/test_monitoring.py::test_the_whole_stack_stays_within_the_documented_4_cores_and_8_gib",
                "tests/scheduling/test_placing.py",
            ),
        ),
    ),
    under("Prerequisites", row(24, "Machines, services and security as below", LEDGER, UNIT, proven_by=OUTLINE)),
    under(
        "Prerequisites > Infrastructure Requirements",
        row(25, "At least three servers, in three zones", "systems/sizing.py", UNIT, proven_by=(SIZING, SPEC)),
        row(
            26,
            "32 cores and 64 GB, or the 46 and 92 of the table",
            "systems/sizing.py",
            UNIT,
            proven_by=(SIZING, SPEC),
            decision="TDAH-D02",
        ),
        row(
            27,
            "500 GB of SSD on every node and for the database",
            CLUSTER,
            EMULATED,
            proven_by="tests/components/aws/test_cluster.py",
        ),
        row(28, "Redundant network: a gateway in each zone", NETWORK, EMULATED, proven_by=ON_THE_ENGINE),
        row(
            29,
            "A domain whose records are ours to set",
            EDGE,
            EMULATED,
            proven_by=(
                "tests/components/aws/test_edge_names.py::test_every_documented_record_is_there",
                "tests/components/aws/test_edge_on_the_engine.py",
            ),
        ),
    ),
    under(
        "Prerequisites > External Services",
        row(
            30,
            "A certificate of a trusted authority",
            EDGE,
            EMULATED,
            decision="TDAH-D23",
            proven_by=(
                "tests/components/aws/test_edge_names.py::test_certificates_cover_every_host_of_ours_where_they_are_used",
                "tests/components/aws/test_edge_on_the_engine.py",
            ),
        ),
        row(
            31,
            "PostgreSQL 15 with replication",
            POSTGRES,
            EMULATED,
            decision="SYS-14",
            proven_by=(
                "tests/components/aws/test_postgres.py::test_there_are_as_many_replicas_as_documented",
                "tests/live/postgres/test_streaming.py::test_as_many_replicas_stream_as_documented",
            ),
        ),
        row(
            32,
            "Redis 7, able to lose its master",
            REDIS,
            EXERCISED,
            proven_by="tests/live/redis/test_mastership.py::test_a_killed_master_is_replaced_and_comes_back_as_a_follower",
            decision="SYS-30",
        ),
        row(
            33,
            "Prometheus, Grafana and Loki",
            MONITORING,
            EXERCISED,
            proven_by=("tests/components/test_monitoring.py", "tests/live/monitoring/test_scraping.py"),
        ),
        row(
            34,
            "Backups by themselves",
            "components/kubernetes/backup_jobs.py",
            KUBERNETES,
            proven_by=(
                "tests/backup/test_jobs.py::test_every_documented_time_has_its_job",
                "tests/scheduling/test_placing.py::test_production_finds_a_place_for_everything_with_a_zone_gone",
            ),
        ),
        row(
            35,
            "A content delivery network for static assets",
            EDGE,
            EMULATED,
            proven_by=(
                "tests/components/aws/test_edge.py::test_only_assets_and_the_crisis_page_are_kept",
                "tests/components/aws/test_edge_on_the_engine.py",
            ),
        ),
    ),
    under(
        "Prerequisites > Security Requirements",
        row(36, "Firewall: what is not listed is closed", FIREWALL, POLICY, proven_by=REACHABILITY),
        row(
            37,
            "Administrators come in by identity and log, without a VPN",
            CLUSTER,
            POLICY,
            decision="SYS-08",
            proven_by=("tests/policies/test_platforms.py", "tests/policies/test_mutations.py"),
        ),
        row(38, "No ssh at all instead of ssh by key", FIREWALL, POLICY, proven_by=REACHABILITY, decision="SYS-08"),
        row(39, "Security updates reach nodes, images and database", CLUSTER, EMULATED, decision="TDAH-D22"),
        row(
            40,
            "Threats are detected and reported",
            "components/aws/audit.py",
            EMULATED,
            proven_by="tests/components/aws/test_audit.py",
        ),
    ),
)
