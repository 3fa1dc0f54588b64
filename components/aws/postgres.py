"""RDS for PostgreSQL: a Multi-AZ primary, the documented number of replicas, and a copy in the recovery region.

Nobody reaches it but the nodes; applications talk to the pooler at `database` and never learn its name.

Costs a month, us-east-1 list prices of 2026-11, Multi-AZ: db.m7g.xlarge 491 USD, gp3 0.23 USD a GiB; a replica half.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.log_groups import LogClass, log_group
from components.aws.policy_documents import trust
from components.aws.roles import create_role
from components.aws.secret_values import DATABASE_ADMINISTRATOR_USER
from components.naming import DataClass, Naming
from components.operations_owned import fields
from rendering import postgres as rendered
from systems import sizing
from systems.model import System

#: The newest minor of 15 that every tool of this project knows; RDS upgrades minors by itself in the window.
ENGINE_VERSIONS = {"15": "15.13", "16": "16.9", "17": "17.5"}
AUTHORITY = "rds-ca-rsa2048-g1"
PORT = 5432
_LOGS = ("postgresql", "upgrade")
_MONITORING_SECONDS = 15
_INSIGHTS_DAYS = 31
#: From this size on gp3 has 12,000 IOPS and 500 MB/s at no extra cost.
_LARGE_STORAGE_GIB = 400
_INSTANCE = "aws:rds/instance:Instance"


@dataclass(frozen=True, kw_only=True)
class BackupsAbroad:
    """Another region, and the key there under which any moment can be restored."""

    region: str
    key_arn: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class PostgresArgs:
    """`password` is the administrator's first, which the rotation changes; with `source_arn` it is another's copy."""

    system: System
    subnet_ids: list[pulumi.Output[str]]
    security_group_id: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    log_key_arn: pulumi.Input[str]
    password: pulumi.Input[str] | None = None
    source_arn: pulumi.Input[str] | None = None
    backups_abroad: BackupsAbroad | None = None
    """Where no replica in the recovery region keeps backups of its own."""


class Postgres(pulumi.ComponentResource):
    """`database.endpoint` for the pooler, `database.instance_ids` for alarms, `database.arn` for copies elsewhere."""

    instance_id: pulumi.Output[str]
    arn: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    replica_ids: list[pulumi.Output[str]]
    replica_endpoints: list[pulumi.Output[str]]

    def __init__(self, name: str, args: PostgresArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Postgres", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        self.port, self.database_name = PORT, args.system.database.name
        self._plan = sizing.database_plan(args.system)
        self._subnets = self._create_subnet_group()
        self._parameters = self._create_parameter_group()
        self._monitoring = self._create_monitoring_role()
        self._primary = self._create_first()
        replicas = [self._create_replica(f"database-replica-{number}", source) for number, source in self._wanted()]
        self.instance_id, self.arn = self._primary.identifier, self._primary.arn
        self.endpoint = self._primary.address
        self.replica_ids = [replica.identifier for replica in replicas]
        self.replica_endpoints = [replica.address for replica in replicas]
        if args.backups_abroad is not None:
            self._copy_backups(args.backups_abroad)
        self.register_outputs({"instanceId": self.instance_id, "endpoint": self.endpoint})

    @property
    def instance_ids(self) -> list[pulumi.Output[str]]:
        return [self.instance_id, *self.replica_ids]

    def _create_first(self) -> aws.rds.Instance:
        if self._args.source_arn is not None:
            return self._create_replica("database", self._args.source_arn)
        if self._args.password is None:
            raise ValueError("a new database needs a password, a copy of one a source_arn: neither was given")
        return self._create_primary(self._args.password)

    def _wanted(self) -> list[tuple[int, pulumi.Output[str]]]:
        """The documented replicas; a copy in another region has none of its own."""
        count = 0 if self._args.source_arn is not None else self._args.system.database.replicas
        return [(number, self._primary.identifier) for number in range(1, count + 1)]

    def _tags(self) -> dict[str, str]:
        return dict(self._naming.tags("database", DataClass.HEALTH))

    def _create_subnet_group(self) -> aws.rds.SubnetGroup:
        return aws.rds.SubnetGroup(
            f"{self._name}-subnets",
            name=self._naming.name("database", limit=255),
            description="Data subnets: no way in but from the nodes, no way out at all",
            subnet_ids=self._args.subnet_ids,
            tags=self._tags(),
            opts=self._child,
        )

    def _create_parameter_group(self) -> aws.rds.ParameterGroup:
        database = self._args.system.database
        return aws.rds.ParameterGroup(
            f"{self._name}-parameters",
            name=self._naming.name("database", rendered.family(database.version), limit=255),
            description=f"The documented postgresql.conf of {self._args.system.full_name}",
            family=rendered.family(database.version),
            parameters=[
                {"name": each.name, "value": each.value, "apply_method": each.apply_method}
                for each in rendered.parameters(database)
            ],
            tags=self._tags(),
            opts=self._child,
        )

    def _create_monitoring_role(self) -> aws.iam.Role:
        role, _ = create_role(
            f"{self._name}-monitoring",
            "database-monitoring",
            trust("monitoring.rds.amazonaws.com"),
            managed=("service-role/AmazonRDSEnhancedMonitoringRole",),
            description="writes down what the database's machines do, second by second",
            component="database",
            naming=self._naming,
            opts=self._child,
        )
        return role

    def _create_log_groups(self, instance: str) -> list[aws.cloudwatch.LogGroup]:
        """Before the instance, which would make them without a key and without an end."""
        return [
            log_group(
                f"{self._name}-log-{instance}-{kind}",
                f"/aws/rds/instance/{self._naming.name(instance)}/{kind}",
                LogClass.AUDIT,
                retention=self._args.system.retention,
                key_arn=self._args.log_key_arn,
                naming=self._naming,
                component="database",
                opts=self._child,
                protect=self._args.system.production,
            )
            for kind in _LOGS
        ]

    def _create_primary(self, password: pulumi.Input[str]) -> aws.rds.Instance:
        database, production = self._args.system.database, self._args.system.production
        return aws.rds.Instance(
            f"{self._name}-primary",
            identifier=self._naming.name("database"),
            engine="postgres",
            engine_version=ENGINE_VERSIONS[database.version],
            db_name=database.name,
            username=DATABASE_ADMINISTRATOR_USER,
            password=password,
            db_subnet_group_name=self._subnets.name,
            multi_az=database.multi_az,
            allocated_storage=self._plan.storage_gib,
            max_allocated_storage=self._plan.maximum_storage_gib,
            kms_key_id=self._args.key_arn,
            backup_retention_period=database.point_in_time_days,
            backup_window=self._backup_window,
            delete_automated_backups=not production,
            skip_final_snapshot=False,
            final_snapshot_identifier=self._naming.name("database-final"),
            **self._alike(),
            opts=self._instance_options("database"),
        )

    def _create_replica(self, role: str, source: pulumi.Input[str]) -> aws.rds.Instance:
        """Of the primary in another zone, or of another region's; it may be promoted, and then has no source."""
        return aws.rds.Instance(
            f"{self._name}-{role}",
            identifier=self._naming.name(role),
            replicate_source_db=source,
            multi_az=False,
            db_subnet_group_name=self._subnets.name if self._args.source_arn else None,
            kms_key_id=self._args.key_arn if self._args.source_arn else None,
            backup_retention_period=self._args.system.database.point_in_time_days if self._args.source_arn else 0,
            skip_final_snapshot=True,
            max_allocated_storage=self._plan.maximum_storage_gib,
            **self._alike(),
            opts=self._instance_options(role),
        )

    def _copy_backups(self, abroad: BackupsAbroad) -> None:
        """Snapshots and logs, as soon as they are there: five minutes and their way behind."""
        aws.rds.InstanceAutomatedBackupsReplication(
            f"{self._name}-backups-abroad",
            source_db_instance_arn=self.arn,
            kms_key_id=abroad.key_arn,
            retention_period=self._args.system.database.point_in_time_days,
            region=abroad.region,
            opts=self._child,
        )

    def _instance_options(self, instance: str) -> ResourceOptions:
        return ResourceOptions(
            parent=self,
            protect=self._args.system.production,
            depends_on=self._create_log_groups(instance),
            ignore_changes=fields(_INSTANCE),
            additional_secret_outputs=["password"],
        )

    def _alike(self) -> dict[str, object]:
        """What primary and replicas share."""
        large = self._plan.storage_gib >= _LARGE_STORAGE_GIB
        return {
            "instance_class": self._plan.instance_class,
            "storage_type": "gp3",
            "iops": 12_000 if large else None,
            "storage_throughput": 500 if large else None,
            "storage_encrypted": True,
            "parameter_group_name": self._parameters.name,
            "vpc_security_group_ids": [self._args.security_group_id],
            "publicly_accessible": False,
            "port": PORT,
            "ca_cert_identifier": AUTHORITY,
            "iam_database_authentication_enabled": True,
            "auto_minor_version_upgrade": True,
            "allow_major_version_upgrade": False,
            "apply_immediately": False,
            "maintenance_window": self._maintenance_window,
            "deletion_protection": self._args.system.production,
            "copy_tags_to_snapshot": True,
            "monitoring_interval": _MONITORING_SECONDS,
            "monitoring_role_arn": self._monitoring.arn,
            "performance_insights_enabled": True,
            "performance_insights_kms_key_id": self._args.key_arn,
            "performance_insights_retention_period": _INSIGHTS_DAYS,
            "enabled_cloudwatch_logs_exports": list(_LOGS),
            "tags": self._tags(),
        }

    @property
    def _maintenance_window(self) -> str:
        """Sunday, an hour of the platform's own window."""
        hour = self._args.system.maintenance.window.start_hour_utc
        return f"sun:{hour:02d}:00-sun:{(hour + 1) % 24:02d}:00"

    @property
    def _backup_window(self) -> str:
        """An hour before the window, every day: RDS wants the two apart."""
        hour = (self._args.system.maintenance.window.start_hour_utc - 2) % 24
        return f"{hour:02d}:00-{(hour + 1) % 24:02d}:00"
