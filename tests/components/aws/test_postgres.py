"""RDS as it is declared: the documented class, replicas in number, any moment to be had in the other region."""

from dataclasses import replace

import pytest

from components.aws.postgres import BackupsAbroad, Postgres, PostgresArgs
from components.naming import Naming
from systems import registry, sizing
from systems.model import Environment, System
from tests.components.recording import Registered, of, only, registrations

SYSTEMS = [registry.load(name, environment) for name in registry.names() for environment in Environment]
NAMING = Naming(system="s", environment="production", account_id="111122223333", owner="o")


@pytest.fixture(params=SYSTEMS, ids=lambda system: f"{system.name}-{system.environment}")
def system(request: pytest.FixtureRequest) -> System:
    return request.param


def _made(system: System, **more: object) -> list[Registered]:
    usual = {"key_arn": "key", "log_key_arn": "log-key", "security_group_id": "sg", "subnet_ids": ["a", "b"]}
    first = {} if "source_arn" in more else {"password": "first"}
    args = PostgresArgs(system=system, **usual, **first, **more)  # type: ignore[arg-type]
    return registrations(lambda: Postgres("database", args, NAMING))


def test_the_primary_is_what_the_document_asks_at_least(system: System) -> None:
    primary, plan = only(_made(system), "rds/instance:Instance", "primary").inputs, sizing.database_plan(system)
    assert (plan.vcpus, plan.memory_gib) >= (system.database.cpu_cores, system.database.memory_gib)
    assert primary["instanceClass"] == plan.instance_class
    assert primary["multiAz"] is system.database.multi_az
    assert primary["storageType"] == "gp3" and primary["storageEncrypted"] is True
    assert primary["allocatedStorage"] >= system.database.storage_gib
    assert primary["maxAllocatedStorage"] == system.database.maximum_storage_gib
    assert primary["skipFinalSnapshot"] is False
    assert primary["iamDatabaseAuthenticationEnabled"] is True and primary["publiclyAccessible"] is False
    assert primary["deletionProtection"] is system.production
    assert primary["backupRetentionPeriod"] == system.database.point_in_time_days


def test_it_is_watched_logged_and_kept_current_in_its_quiet_hour(system: System) -> None:
    primary = only(_made(system), "rds/instance:Instance", "primary").inputs
    assert primary["monitoringInterval"] > 0 and primary["monitoringRoleArn"]
    assert primary["performanceInsightsEnabled"] is True and primary["performanceInsightsKmsKeyId"] == "key"
    assert set(primary["enabledCloudwatchLogsExports"]) == {"postgresql", "upgrade"}
    assert (primary["autoMinorVersionUpgrade"], primary["allowMajorVersionUpgrade"]) == (True, False)
    hour = system.maintenance.window.start_hour_utc
    assert primary["maintenanceWindow"] == f"sun:{hour:02d}:00-sun:{hour + 1:02d}:00"
    assert hour + 1 < 24, "RDS wants the day on which an hour ends"
    assert not primary["backupWindow"].startswith(f"{hour:02d}:"), "RDS wants the two apart"


def test_there_are_as_many_replicas_as_documented(system: System) -> None:
    instances = of(_made(system), "rds/instance:Instance")
    assert len(instances) == 1 + system.database.replicas
    followers = [each for each in instances if "replicateSourceDb" in each.inputs]
    assert len(followers) == system.database.replicas


def test_a_copy_in_another_region_has_no_replicas_and_backups_of_its_own(system: System) -> None:
    [copy] = of(_made(system, source_arn="arn:aws:rds:us-east-1:1:db:primary"), "rds/instance:Instance")
    assert copy.inputs["backupRetentionPeriod"] == system.database.point_in_time_days
    assert copy.inputs["kmsKeyId"] == "key", "a copy of an encrypted server needs a key of its region"


def test_backups_go_abroad_where_no_replica_keeps_any(system: System) -> None:
    kind = "InstanceAutomatedBackupsReplication"
    assert of(_made(system), kind) == []
    abroad = BackupsAbroad(region="us-west-2", key_arn="arn:aws:kms:us-west-2:1:key/k")
    copied = only(_made(system, backups_abroad=abroad), kind).inputs
    assert (copied["region"], copied["kmsKeyId"]) == ("us-west-2", "arn:aws:kms:us-west-2:1:key/k")
    assert copied["retentionPeriod"] == system.database.point_in_time_days


def test_a_server_without_password_and_source_is_none() -> None:
    args = PostgresArgs(system=SYSTEMS[0], key_arn="k", log_key_arn="l", security_group_id="sg", subnet_ids=[])
    with pytest.raises(ValueError, match="neither was given"):
        registrations(lambda: Postgres("database", replace(args, password=None), NAMING))
