"""TDAH assistant, how it is hardened, encrypted and set up."""

from systems.requirements.ledger import Proof, row, under
from systems.requirements.tdah_assistant.preparing import (
    APPLICATION,
    DATA,
    EDGE,
    EMULATED,
    EXERCISED,
    KUBERNETES,
    LEDGER,
    NETWORK,
    OUTLINE,
    POLICY,
    POSTGRES,
    REDIS,
    UNIT,
)

SECRETS, PROXY, SQL = "components/aws/secrets.py", "rendering/haproxy.py", "rendering/sql.py"
PARAMETERS = "rendering/postgresql.py"

ROWS = (
    under("Security Hardening", row(41, "Four parts as below", LEDGER, UNIT, proven_by=OUTLINE)),
    under(
        "Security Hardening > Container Security",
        row(
            42,
            "No new privileges, all capabilities dropped, user and group 1000",
            APPLICATION,
            KUBERNETES,
            "code 1",
            proven_by=(
                "tests/components/kubernetes/test_applications.py::test_every_pod_is_locked_down",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(
            43,
            "A read-only root file system",
            APPLICATION,
            KUBERNETES,
            "code 1",
            proven_by=(
                "tests/components/kubernetes/test_applications.py::test_every_pod_is_locked_down",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(
            44,
            "No capability is added again",
            APPLICATION,
            KUBERNETES,
            "code 1",
            decision="TDAH-D05",
            proven_by=(
                "tests/components/kubernetes/test_applications.py::test_every_pod_is_locked_down",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
    ),
    under(
        "Security Hardening > Network Security",
        row(45, "The network is 172.21.0.0/16", NETWORK, EMULATED, "code 1"),
        row(
            46,
            "Pods reach each other along the documented flows only",
            "network policies",
            KUBERNETES,
            "code 1",
            decision="SYS-32",
            proven_by=(
                "tests/components/kubernetes/test_flows.py",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(47, "What goes out carries the gateway's address", NETWORK, EMULATED, "code 1"),
    ),
    under(
        "Security Hardening > Environment Security",
        row(
            48,
            "ENVIRONMENT, DEBUG and LOG_LEVEL as documented",
            APPLICATION,
            KUBERNETES,
            "code 1",
            proven_by=(
                "tests/rendering/test_environment.py::test_every_documented_setting_reaches_its_readers_and_nobody_else",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(49, "JWT_SECRET_KEY of 64 characters at least", SECRETS, EMULATED, "code 1"),
        row(
            50,
            "ENCRYPTION_KEY of 32 characters; older versions stay readable",
            SECRETS,
            EMULATED,
            "code 1",
            decision="TDAH-D18",
        ),
        row(51, "SESSION_SECRET, made and rotated by us", SECRETS, EMULATED, "code 1"),
        row(
            52, "The database's certificate and name are checked", APPLICATION, KUBERNETES, "code 1", decision="SYS-12"
        ),
        row(
            53,
            "The authorities' file lies where the API looks, and is renewed",
            APPLICATION,
            KUBERNETES,
            "code 1",
            decision="TDAH-D13",
        ),
        row(
            54,
            "Client certificates are void: no workload gets them",
            APPLICATION,
            KUBERNETES,
            "code 1",
            decision="SYS-12",
            proven_by=(
                "tests/rendering/test_environment.py::test_every_documented_setting_reaches_its_readers_and_nobody_else",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(55, "Redis speaks TLS, with a password of 32 characters at least", REDIS, EXERCISED, "code 1"),
        row(56, "No placeholder survives", SECRETS, EMULATED, "code 1"),
    ),
    under(
        "Security Hardening > Access Control",
        row(
            57,
            "Default role, two admin roles and six permissions reach the API",
            APPLICATION,
            KUBERNETES,
            "code 1",
            decision="TDAH-D15",
            proven_by=(
                "tests/rendering/test_environment.py::test_every_documented_setting_reaches_its_readers_and_nobody_else",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(58, "The API obeys them", "docs/application-contract.md", Proof.APPLICATION, "code 1", decision="TDAH-D15"),
    ),
    under("SSL/TLS Configuration", row(59, "Three parts as below", LEDGER, UNIT, proven_by=OUTLINE)),
    under(
        "SSL/TLS Configuration > Certificate Setup",
        row(
            60,
            "A key that ACM holds: RSA with 2048 bits instead of 4096",
            EDGE,
            EMULATED,
            "code 1",
            decision="SYS-13",
            proven_by=(
                "tests/components/aws/test_edge_names.py::test_certificates_cover_every_host_of_ours_where_they_are_used",
                "tests/components/aws/test_edge_on_the_engine.py",
            ),
        ),
    ),
    under(
        "SSL/TLS Configuration > Nginx SSL Configuration",
        row(61, "TLS 1.2 and 1.3 only", PROXY, EXERCISED, "code 1"),
        row(62, "The listed suites that exist", PROXY, EXERCISED, "code 1", decision="SYS-13"),
        row(
            63,
            "10 MB of sessions for 10 minutes, no tickets, the client's order of suites",
            PROXY,
            EXERCISED,
            "code 1",
            decision="TDAH-D03",
        ),
        row(64, "Strict-Transport-Security for a year with subdomains", PROXY, EXERCISED, "code 1"),
        row(65, "Five more headers, to the letter", PROXY, EXERCISED, "code 1", decision="TDAH-D06"),
    ),
    under(
        "SSL/TLS Configuration > Certificate Renewal",
        row(
            66,
            "Certificates renew without anybody, at every hop",
            EDGE,
            EMULATED,
            "code 1",
            decision="TDAH-D23",
            proven_by=(
                "tests/components/aws/test_edge_names.py::test_certificates_cover_every_host_of_ours_where_they_are_used",
                "tests/components/aws/test_edge_on_the_engine.py",
            ),
        ),
        row(
            67,
            "Few days left and failed renewals raise an alarm",
            "components/aws/alarms.py",
            EMULATED,
            "code 1",
            decision="SYS-23",
            proven_by=(
                "tests/components/aws/test_edge.py::test_certificates_are_watched_where_they_are_used",
                "tests/components/aws/test_edge_on_the_engine.py",
            ),
        ),
    ),
    under("Database Setup", row(68, "Three parts as below", LEDGER, UNIT, proven_by=OUTLINE)),
    under(
        "Database Setup > PostgreSQL Configuration",
        row(69, "Memory and connections as documented", PARAMETERS, EXERCISED, "code 1", decision="TDAH-D07"),
        row(70, "pg_stat_statements is loaded", PARAMETERS, EXERCISED, "code 1"),
        row(
            71,
            "Statements above a second are logged; files change daily and at 100 MB",
            PARAMETERS,
            EXERCISED,
            "code 1",
            decision="TDAH-D07",
        ),
        row(72, "Checkpoints, write-ahead log and planner as documented", PARAMETERS, EXERCISED, "code 1"),
        row(
            73,
            "Lines RDS keeps for itself are named with their reason",
            "systems/tdah_assistant/postgresql.py",
            UNIT,
            "code 1",
            proven_by=DATA,
            decision="TDAH-D07",
        ),
    ),
    under(
        "Database Setup > Database Replication",
        row(74, "The primary streams to its readers", POSTGRES, EMULATED, "code 1", decision="SYS-14"),
        row(
            75,
            "recovery.conf and what else is gone since version 12 is set nowhere",
            PARAMETERS,
            EXERCISED,
            "code 1",
            decision="SYS-14",
        ),
        row(76, "No password stands in a configuration", SECRETS, POLICY, "code 1", decision="TDAH-D08"),
    ),
    under(
        "Database Setup > Database Security",
        row(77, "app_user reads and writes rows, also of later tables", SQL, EXERCISED, "code 1", decision="TDAH-D08"),
        row(78, "backup_user reads everything and writes nothing", SQL, EXERCISED, "code 1", decision="TDAH-D08"),
        row(79, "replica_user is not created", SQL, EXERCISED, "code 1", decision="TDAH-D08"),
    ),
)
