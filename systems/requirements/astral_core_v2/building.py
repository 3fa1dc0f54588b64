"""Astral Core v2, what it stands on: machines, containers, encryption, firewall, secrets."""

from systems.requirements.ledger import Proof, row, under

SPEC = "tests/systems/test_astral_core_v2.py"
FIREWALL, SECRETS = "components/aws/firewall.py", "components/aws/secrets.py"
REACHABILITY = ("tests/reachability/test_reachability.py", "tests/reachability/test_breaches.py")
EMULATED, UNIT, POLICY = Proof.EMULATED, Proof.UNIT, Proof.POLICY

ROWS = (
    under(
        "Infrastructure Requirements",
        row(
            31,
            "Machines, network and containers as in the sections below",
            "systems/astral_core_v2/application.py",
            UNIT,
            proven_by=SPEC,
        ),
    ),
    under(
        "Infrastructure Requirements > Production Architecture",
        row(
            32,
            "Edge, proxy, application: one way in",
            "components/aws/edge.py, components/kubernetes/haproxy.py",
            EMULATED,
            "code 1",
            decision="SYS-03",
        ),
        row(33, "PostgreSQL primary", "components/aws/postgres.py", EMULATED, "code 1"),
        row(
            34,
            "Redis, surviving the loss of its master",
            "components/kubernetes/redis_sentinel.py",
            Proof.EXERCISED,
            "code 1",
            proven_by="tests/live/redis/test_mastership.py::test_a_killed_master_is_replaced_and_comes_back_as_a_follower",
            decision="SYS-30",
        ),
        row(35, "Prometheus and Grafana", "components/kubernetes/monitoring.py", Proof.EXERCISED, "code 1"),
    ),
    under(
        "Infrastructure Requirements > Hardware Specifications",
        row(
            36,
            "8 cores, 16 recommended",
            "systems/sizing.py",
            UNIT,
            "row CPU",
            proven_by=("tests/systems/test_sizing.py", SPEC),
            decision="SYS-06",
        ),
        row(37, "Images for AMD64 and ARM64", "components/docker/images.py", UNIT, "row CPU"),
        row(
            38,
            "16 GB, 32 recommended; room for the spikes of a crisis",
            "systems/sizing.py",
            UNIT,
            "row RAM",
            proven_by=("tests/systems/test_sizing.py", SPEC),
        ),
        row(
            39, "500 GB SSD, 1 TB recommended", "components/aws/postgres.py", EMULATED, "row Storage", decision="SYS-06"
        ),
        row(
            40,
            "1 Gbps, 10 recommended, and few hops",
            "systems/sizing.py",
            UNIT,
            "row Network",
            proven_by="tests/systems/test_sizing.py",
        ),
        row(
            41,
            "99.9 % of the platform, 99.99 % of the crisis page",
            "components/kubernetes/monitoring.py",
            Proof.EXERCISED,
            "row Uptime",
            decision="SYS-07",
        ),
    ),
    under(
        "Infrastructure Requirements > Container Resources",
        row(
            42,
            "Application: 1 core and 1 GB reserved, 2 and 2 at most",
            "components/kubernetes/application.py",
            Proof.KUBERNETES,
            "code 1",
            proven_by=(
                "tests/components/kubernetes/test_applications.py::test_every_form_of_every_workload_runs_with_its_documented_replicas_and_size",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(
            43,
            "Database: at least 2 cores and 4 GB",
            "systems/sizing.py",
            UNIT,
            "code 1",
            proven_by=("tests/systems/test_sizing.py", SPEC),
            decision="SYS-04",
        ),
        row(
            44,
            "Redis: 0.5 core and 512 MB reserved, 1 and 1 GB at most",
            "components/kubernetes/redis_sentinel.py",
            Proof.KUBERNETES,
            "code 1",
            proven_by=(
                "tests/components/kubernetes/test_redis_sentinel.py::test_count_and_size_are_the_documented_ones",
            ),
        ),
    ),
    under(
        "Security Setup",
        row(45, "Encryption, firewall and secrets as in the sections below", "components/aws", POLICY),
    ),
    under(
        "Security Setup > SSL/TLS Configuration",
        row(
            46,
            "Certificates and keys are readable by nobody but the service that uses them",
            "components/aws/edge.py",
            EMULATED,
            "code 1",
            decision="SYS-27",
        ),
        row(
            47,
            "Strict-Transport-Security, X-Frame-Options and Content-Security-Policy on every answer",
            "rendering/haproxy",
            Proof.EXERCISED,
            "code 2",
            decision="SYS-13",
            proven_by="tests/live/haproxy/test_refusing.py::test_every_answer_carries_the_documented_headers",
        ),
    ),
    under(
        "Security Setup > Firewall Configuration",
        row(48, "Incoming: denied unless listed", FIREWALL, POLICY, "code 1", proven_by=REACHABILITY),
        row(
            49,
            "Outgoing: 443 to listed names only, although the script allows everything",
            "components/aws/name_firewall.py",
            POLICY,
            "code 1",
            proven_by=REACHABILITY,
            decision="SYS-08",
        ),
        row(
            50,
            "Plain HTTP only redirects",
            "rendering/haproxy",
            Proof.EXERCISED,
            "code 1",
            proven_by="tests/live/haproxy/test_refusing.py::test_plain_http_only_redirects",
        ),
    ),
    under(
        "Security Setup > Secrets Management",
        row(51, "Secrets live in Secrets Manager", SECRETS, EMULATED, proven_by="tests/components/aws/test_secrets.py"),
        row(
            52,
            "Secrets rotate at least quarterly",
            SECRETS,
            EMULATED,
            proven_by="tests/components/aws/test_rotation.py",
        ),
        row(
            53,
            "No secret in version control, state, outputs or logs",
            "settings.py, components",
            UNIT,
            proven_by="tests/components/aws/test_secrets.py",
        ),
        row(
            54,
            "Who read which secret is reported and unusual reads raise an alarm",
            "components/aws/audit.py",
            EMULATED,
            proven_by="tests/components/aws/test_audit.py",
        ),
        row(
            55,
            "Connections to the database are encrypted; so is its storage",
            "components/aws/postgres.py",
            POLICY,
            "code 1",
            decision="SYS-12",
        ),
    ),
)
