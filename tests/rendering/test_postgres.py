"""The documented postgresql.conf in the units of RDS."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.providers.aws.postgres_parameters import reasons
from rendering import postgres
from rendering.postgres import UnknownUnit, converted, parameters
from systems import registry
from systems.model import Environment, SettingOwner
from tests import debian_packages

SYSTEMS = [registry.load(name, environment) for name in registry.names() for environment in Environment]


@pytest.mark.parametrize(
    ("name", "documented", "for_rds"),
    [
        ("shared_buffers", "4GB", "524288"),
        ("effective_cache_size", "12GB", "1572864"),
        ("maintenance_work_mem", "512MB", "524288"),
        ("work_mem", "64MB", "65536"),
        ("wal_buffers", "16MB", "2048"),
        ("log_rotation_size", "100MB", "102400"),
        ("log_rotation_age", "1d", "1440"),
        ("idle_in_transaction_session_timeout", "1min", "60000"),
        ("max_connections", "200", "200"),
        ("random_page_cost", "1.1", "1.1"),
        ("log_lock_waits", "on", "1"),
    ],
)
def test_units_are_those_in_which_rds_counts(name: str, documented: str, for_rds: str) -> None:
    assert converted(name, documented) == for_rds


@pytest.mark.parametrize(("name", "value"), [("unheard_of", "4GB"), ("shared_buffers", "9kB"), ("work_mem", "3s")])
def test_a_unit_that_cannot_be_converted_is_refused(name: str, value: str) -> None:
    with pytest.raises(UnknownUnit, match=name):
        converted(name, value)


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda each: f"{each.name}-{each.environment}")
def test_rds_takes_every_parameter_of_every_platform(system) -> None:
    group = parameters(system.database)
    refused = {
        each.name: found for each in group if (found := reasons("postgres15", each.name, each.value, each.apply_method))
    }
    assert not refused
    names = [each.name for each in group]
    assert len(names) == len(set(names))
    documented = {each.name for each in system.database.settings if each.owner is SettingOwner.PARAMETER_GROUP}
    assert documented <= set(names)


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda each: f"{each.name}-{each.environment}")
def test_nothing_a_person_wrote_gets_into_the_logs_and_tls_is_forced(system) -> None:
    group = {each.name: each.value for each in parameters(system.database)}
    assert group["rds.force_ssl"] == "1"
    assert group["log_parameter_max_length"] == group["log_parameter_max_length_on_error"] == "0"
    assert group["log_min_error_statement"] == "panic"
    assert {"pg_stat_statements", "pgaudit"} <= set(group["shared_preload_libraries"].split(","))


def test_static_parameters_wait_for_the_restart() -> None:
    methods = {each.name: each.apply_method for each in parameters(SYSTEMS[0].database)}
    assert methods["max_connections"] == methods["shared_preload_libraries"] == "pending-reboot"
    assert methods["log_connections"] == "immediate"


@pytest.fixture
def empty_database_directory() -> Iterator[tuple[Path, str | None]]:
    """And the user who may read it: the server refuses to run as root, who alone reads pytest's own directories."""
    reader = "nobody" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "PG_VERSION").write_text("15\n")
        (directory / "postgresql.conf").touch()
        if reader:
            shutil.chown(directory, reader)
        yield directory, reader


def test_the_server_itself_reads_the_numbers_as_the_document_meant_them(empty_database_directory) -> None:
    """`postgres -C` answers what a setting comes to, in the unit in which it was given to it."""
    debian_packages.require("postgresql-15")
    binary = next(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    directory, reader = empty_database_directory
    for name, documented in (("shared_buffers", "4GB"), ("work_mem", "64MB"), ("log_rotation_age", "1d")):
        told = {
            subprocess.run(
                [str(binary), "-C", name, "-D", str(directory), "-c", f"{name}={value}"],
                capture_output=True,
                text=True,
                check=True,
                user=reader,
            ).stdout
            for value in (documented, postgres.converted(name, documented))
        }
        assert len(told) == 1, f"{name}: {told}"
