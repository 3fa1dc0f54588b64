"""The recovery region: the platform's components a second time, as much of it as the objectives ask.

- *copies-only*: backups, and what people uploaded (secrets copy themselves, see secrets.py);
- *pilot-light*: also the network, its firewalls and flow logs, the records, and a replica of the database;
- *warm-standby*: also a cluster with everything that answers visitors (recovery_standby.py).

Costs a month, us-east-1 list prices of 2026-11: a pilot light 110 USD for its NAT gateways and half of what the primary
database costs; a warm standby a control plane (73 USD), its machines and 15 endpoints (329 USD) more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
from pulumi import ResourceOptions

from components.aws.backups import Backups, BackupsArgs
from components.aws.bucket_replication import Copy
from components.aws.cluster import Cluster
from components.aws.edge import Edge
from components.aws.firewall import Firewall, FirewallArgs
from components.aws.flow_logs import FlowLogs, FlowLogsArgs
from components.aws.keys import Keys
from components.aws.log_archive import LogArchive, LogArchiveArgs
from components.aws.name_firewall import NameFirewall, NameFirewallArgs
from components.aws.names import Names
from components.aws.network import Network, NetworkArgs
from components.aws.postgres import Postgres, PostgresArgs
from components.aws.secrets import Secrets
from components.aws.uploads import Uploads, UploadsArgs
from components.naming import Naming
from components.recovery_standby import Ground, Standby, StandbyArgs
from systems.model import RecoveryLevel, System


@dataclass(frozen=True, kw_only=True)
class RecoveryRegionArgs:
    """The platform's own components, of which this is the second edition; `region` is theirs."""

    system: System
    account_id: str
    region: str
    recovery_region: str
    domain: str
    keys: Keys
    logs: LogArchive
    uploads: Uploads
    secrets: Secrets
    database: Postgres
    cluster: Cluster
    names: Names
    edge: Edge
    releases: Mapping[str, str]
    third_party: Mapping[str, str]
    """Images, as `Images` takes them."""
    filled_secrets: frozenset[str]
    admin_cidrs: tuple[str, ...] = ()
    external_hosts: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


class RecoveryRegion(pulumi.ComponentResource):
    """Made by the recovery region's provider; `naming` has the place `recovery`."""

    level: RecoveryLevel
    uploads: Uploads
    backups: Backups | None = None
    logs: LogArchive | None = None
    network: Network | None = None
    database: Postgres | None = None
    standby: Standby | None = None

    def __init__(
        self, name: str, args: RecoveryRegionArgs, naming: Naming, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("lifeline:aws:RecoveryRegion", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        self.level = args.system.objectives.recovery_level
        if self.level is not RecoveryLevel.COPIES_ONLY:
            self.logs = self._keep_records()
        self.uploads = self._keep_uploads()
        if args.system.backups.copies_to_recovery_region:
            self.backups = self._keep_backups()
        if self.logs is not None:
            self.network, firewall = self._create_network()
            self.database = self._follow_database(self.network, firewall)
            if self.level is RecoveryLevel.WARM_STANDBY:
                self.standby = self._stand_by(self.network, firewall, self.logs)
        self.register_outputs({"level": self.level.value})

    def told(self) -> dict[str, pulumi.Input[str]]:
        """For whoever moves over: what there is, by name."""
        found: dict[str, pulumi.Input[str]] = {"region": self._args.recovery_region, "level": self.level.value}
        if self.database is not None:
            found["database"] = self.database.endpoint
        if self.standby is not None:
            found["cluster"] = self.standby.cluster.cluster_name
        return found

    def _keep_records(self) -> LogArchive:
        args, key_arn = self._args, self._args.keys.recovery_arn("logs")
        logs = LogArchive(
            f"{self._name}-logs",
            LogArchiveArgs(system=args.system, account_id=args.account_id, key_arn=key_arn),
            self._naming,
            self._child,
        )
        args.logs.copy_records_to(Copy(bucket_arn=logs.records_bucket_arn, key_arn=key_arn))
        return logs

    def _keep_uploads(self) -> Uploads:
        args, key_arn = self._args, self._args.keys.recovery_arn("data")
        uploads = Uploads(
            f"{self._name}-uploads",
            UploadsArgs(
                system=args.system,
                account_id=args.account_id,
                region=args.recovery_region,
                key_arn=key_arn,
                access_log_bucket=self.logs.bucket_name if self.logs else None,
            ),
            self._naming,
            self._child,
        )
        args.uploads.copy_to(Copy(bucket_arn=uploads.bucket_arn, key_arn=key_arn))
        return uploads

    def _keep_backups(self) -> Backups:
        """Buckets and a vault; what is copied into them is said where all places of copies are known."""
        return Backups(
            f"{self._name}-backups",
            BackupsArgs(
                system=self._args.system,
                key_arn=self._args.keys.recovery_arn("backups"),
                access_log_bucket=self.logs.bucket_name if self.logs else None,
            ),
            self._naming,
            self._child,
        )

    def _create_network(self) -> tuple[Network, Firewall]:
        """The documented range again: the two networks are never joined."""
        args = self._args
        network = Network(
            f"{self._name}-network",
            NetworkArgs(system=args.system, account_id=args.account_id, region=args.recovery_region),
            self._naming,
            self._child,
        )
        FlowLogs(
            f"{self._name}-flow-logs",
            FlowLogsArgs(
                system=args.system,
                account_id=args.account_id,
                vpc_id=network.vpc_id,
                key_arn=args.keys.recovery_arn("logs"),
            ),
            self._naming,
            self._child,
        )
        firewall = Firewall(
            f"{self._name}-firewall",
            FirewallArgs(system=args.system, vpc_id=network.vpc_id, s3_prefix_list_id=network.s3_prefix_list_id),
            self._naming,
            self._child,
        )
        NameFirewall(
            f"{self._name}-name-firewall",
            NameFirewallArgs(
                system=args.system,
                region=args.recovery_region,
                domain=args.domain,
                vpc_id=network.vpc_id,
                external_hosts=args.external_hosts,
            ),
            self._naming,
            self._child,
        )
        return network, firewall

    def _follow_database(self, network: Network, firewall: Firewall) -> Postgres | None:
        args = self._args
        if not args.system.database.recovery_replica:
            return None
        return Postgres(
            f"{self._name}-database",
            PostgresArgs(
                system=args.system,
                subnet_ids=network.data_subnet_ids,
                security_group_id=firewall.database_group_id,
                key_arn=args.keys.recovery_arn("data"),
                log_key_arn=args.keys.recovery_arn("logs"),
                source_arn=args.database.arn,
            ),
            self._naming,
            self._child,
        )

    def _stand_by(self, network: Network, firewall: Firewall, logs: LogArchive) -> Standby:
        args = self._args
        ground = Ground(network=network, firewall=firewall, logs=logs, uploads=self.uploads, database=self.database)
        return Standby(
            f"{self._name}-standby",
            StandbyArgs(
                system=args.system,
                account_id=args.account_id,
                region=args.region,
                recovery_region=args.recovery_region,
                domain=args.domain,
                ground=ground,
                keys=args.keys,
                secrets=args.secrets.copies(),
                after=args.cluster,
                names=args.names,
                edge=args.edge,
                releases=args.releases,
                third_party=args.third_party,
                filled_secrets=args.filled_secrets,
                admin_cidrs=args.admin_cidrs,
            ),
            self._naming,
            self._child,
        )
