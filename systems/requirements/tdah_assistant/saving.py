"""TDAH assistant, how it is saved and tuned."""

from systems.requirements.ledger import Proof, row, under
from systems.requirements.tdah_assistant.preparing import (
    APPLICATION,
    COMMAND,
    DATA,
    EMULATED,
    EXERCISED,
    KUBERNETES,
    LEDGER,
    OUTLINE,
    UNIT,
)

BUCKETS, IMAGE, JOBS = "components/aws/backups.py", "images/backup", "components/kubernetes/jobs.py"
RESTORE, CONTRACT = "operations/ (restore)", "docs/application-contract.md"

ROWS = (
    under("Backup and Recovery", row(115, "Three parts as below", LEDGER, UNIT, proven_by=OUTLINE)),
    under(
        "Backup and Recovery > Database Backup",
        row(116, "Full dumps in custom format as backup_user", IMAGE, EXERCISED, "code 1", decision="TDAH-D09"),
        row(
            117,
            "Kept for 30 days, under lock and encrypted",
            BUCKETS,
            EMULATED,
            "code 1",
            decision="TDAH-D19",
            proven_by=("tests/components/aws/test_backups.py", "tests/backup/test_lifecycle.py"),
        ),
        row(
            118,
            "Somebody learns of a dump that did not happen",
            "rendering/prometheus",
            EXERCISED,
            "code 1",
            proven_by="tests/rendering/prometheus/test_documented_alerts.py",
        ),
    ),
    under(
        "Backup and Recovery > Application Backup",
        row(
            119,
            "The code that runs can be had again: images by digest, in both regions",
            "components/docker/images.py",
            EMULATED,
            "code 1",
            decision="TDAH-D19",
            proven_by=("tests/components/docker/test_images.py", "tests/components/aws/test_registry.py"),
        ),
        row(120, "Configuration is saved without secrets", IMAGE, EXERCISED, "code 1", decision="SYS-27"),
        row(
            121,
            "Logs leave the pods as they are written and are kept by class",
            "components/aws/audit.py",
            EMULATED,
            "code 1",
            decision="TDAH-D19",
        ),
    ),
    under(
        "Backup and Recovery > Recovery Procedures",
        row(
            122,
            "A dump is restored into a new database, checked, then switched to",
            RESTORE,
            COMMAND,
            "code 1",
            decision="TDAH-D09",
        ),
        row(
            123,
            "The restoring role is not the one that saves",
            "rendering/database_roles.py",
            EXERCISED,
            "code 1",
            proven_by="tests/live/postgres/test_roles.py::test_what_is_dumped_by_one_role_is_restored_by_another",
        ),
        row(124, "The API pauses while it is switched, and comes back by itself", RESTORE, COMMAND, "code 1"),
    ),
    under("Performance Optimization", row(125, "Three parts as below", LEDGER, UNIT, proven_by=OUTLINE)),
    under(
        "Performance Optimization > Application Performance",
        row(
            126,
            "Pool, Redis and worker settings reach the API as documented",
            APPLICATION,
            KUBERNETES,
            "code 1",
            decision="TDAH-D15",
            proven_by=(
                "tests/rendering/test_environment.py::test_every_documented_setting_reaches_its_readers_and_nobody_else",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(
            127,
            "The pooler has room for every process's pool, twice, and opens fewer connections than the server has",
            "systems/tdah_assistant/data.py",
            UNIT,
            "code 1",
            proven_by=DATA,
            decision="TDAH-D12",
        ),
        row(
            128,
            "The pooler runs and holds that line",
            "rendering/pgbouncer.py",
            EXERCISED,
            "code 1",
            proven_by="tests/live/postgres/test_pooler.py::test_more_clients_than_connections_take_turns",
        ),
        row(
            172,
            "They cannot exhaust Redis either",
            "rendering/redis/server.py",
            EXERCISED,
            "code 1",
            decision="TDAH-D12",
            proven_by=("tests/rendering/test_redis.py::test_redis_is_as_the_spec_wants_it",),
        ),
        row(
            129,
            "Four workers have four cores",
            APPLICATION,
            KUBERNETES,
            "code 1",
            proven_by=(
                "tests/components/kubernetes/test_applications.py::test_every_form_of_every_workload_runs_with_its_documented_replicas_and_size",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
    ),
    under(
        "Performance Optimization > Database Performance",
        row(
            130,
            "Five indexes, made by migrations without locking",
            CONTRACT,
            Proof.APPLICATION,
            "code 1",
            decision="TDAH-D24",
        ),
        row(131, "A restored copy has all five", RESTORE, COMMAND, "code 1", decision="TDAH-D24"),
        row(
            132,
            "Statistics are refreshed weekly",
            JOBS,
            KUBERNETES,
            "code 1",
            decision="TDAH-D10",
            proven_by=(
                "tests/components/kubernetes/test_jobs.py::test_every_documented_job_is_there_in_its_form",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
    ),
    under(
        "Performance Optimization > Caching Strategy",
        row(
            133,
            "Four lifetimes and three invalidations reach the API",
            APPLICATION,
            KUBERNETES,
            "code 1",
            decision="TDAH-D15",
            proven_by=(
                "tests/rendering/test_environment.py::test_every_documented_setting_reaches_its_readers_and_nobody_else",
                "tests/scheduling/test_placing.py::test_placing_of_every_stack",
            ),
        ),
        row(134, "The API keeps and forgets accordingly", CONTRACT, Proof.APPLICATION, "code 1", decision="TDAH-D15"),
    ),
)
