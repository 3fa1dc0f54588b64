"""One platform in one environment: all sections together, and what must hold between them."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from systems.model.backups import Backups
from systems.model.cache import Cache
from systems.model.crisis import Crisis
from systems.model.database import Database
from systems.model.edge import Edge
from systems.model.hardware import Hardware
from systems.model.monitoring import Monitoring
from systems.model.operations import Calendar, Firewall, Law, Maintenance, Regime, Retention, Secrets
from systems.model.recovery import Objectives
from systems.model.rollout import FeatureFlags, Rollout
from systems.model.source import Section
from systems.model.traffic import LoadBalancer, SecurityHeaders, Tls
from systems.model.workloads import Application, CheckUse, HealthCheck, Workload


class Environment(StrEnum):
    """PRODUCTION keeps the document's promises. STAGING has the same shape with lowered values."""

    PRODUCTION = "production"
    STAGING = "staging"


@dataclass(frozen=True, kw_only=True)
class System(Section):
    """A platform as one of the documents wants it. `source` is the document's title."""

    name: str
    full_name: str
    environment: Environment
    regime: Regime
    objectives: Objectives
    hardware: Hardware
    application: Application
    load_balancer: LoadBalancer
    tls: Tls
    security_headers: SecurityHeaders
    edge: Edge
    firewall: Firewall
    database: Database
    cache: Cache
    crisis: Crisis | None = None
    monitoring: Monitoring
    backups: Backups
    retention: Retention
    secrets: Secrets
    rollout: Rollout
    feature_flags: FeatureFlags | None = None
    maintenance: Maintenance
    calendar: Calendar

    @property
    def production(self) -> bool:
        return self.environment is Environment.PRODUCTION

    @property
    def backup_bucket_name(self) -> str | None:
        """The documented name is production's: names of buckets are unique over all accounts of AWS."""
        return self.backups.bucket_name if self.production else None

    @property
    def workloads(self) -> tuple[Workload, ...]:
        return self.application.workloads

    @property
    def critical_paths(self) -> tuple[str, ...]:
        return tuple(path for each in self.workloads if each.critical for path in each.critical.paths)

    @property
    def outside_checks(self) -> tuple[HealthCheck, ...]:
        """Health checks that the document wants asked from outside the platform, in its order."""
        return tuple(check for each in self.workloads for check in each.health if CheckUse.OUTSIDE in check.uses)

    def workload(self, name: str) -> Workload:
        for each in self.workloads:
            if each.name == name:
                return each
        raise KeyError(f"{self.name} has no workload {name}; it has {', '.join(each.name for each in self.workloads)}")

    def problems(self) -> Iterator[str]:
        yield from self._unknown_names()
        yield from self._storage()
        yield from self._crisis()
        yield from self._law()
        yield from self._connections()
        if self.production:
            from systems.objectives import unmet  # here, since it reasons about whole systems

            yield from unmet(self)

    def _unknown_names(self) -> Iterator[str]:
        workloads = {each.name for each in self.workloads}
        hosts = {each.label for each in self.edge.hosts}
        services = {each.name for each in self.application.external_services}
        secrets = {each.name for each in self.secrets.secrets}
        channels = {each.name for each in self.monitoring.channels}
        roles = {each.name for each in self.database.roles}
        services_by_name = {"database", "cache", *self.database.aliases, *self.cache.aliases}
        services_by_name |= workloads | {alias for each in self.workloads for alias in each.aliases}
        wanted = [
            *((f"path {rule.key}", rule.workload, "workload", workloads) for rule in self.load_balancer.paths),
            *((f"path {rule.key}", rule.host, "host", hosts) for rule in self.load_balancer.paths),
            *(
                (f"pool of {pool.workload}", pool.workload, "workload", workloads)
                for pool in self.database.application_pools
            ),
            *((f"webhook {hook.name}", hook.sender, "external service", services) for hook in self.edge.webhooks),
            *(
                (f"channel {each.name}", each.secret, "secret", secrets)
                for each in self.monitoring.channels
                if each.secret
            ),
            *((f"job {job.name}", job.database_role, "database role", roles) for job in self.application.jobs),
            *(("rollout", name, "channel", channels) for name in self.rollout.announces_to),
            *(
                ("order of the rollout", each.name, "service", services_by_name)
                for each in (*self.rollout.stop_order, *self.rollout.start_order)
            ),
            *(
                (f"external service {each.name}", name, "secret", secrets)
                for each in self.application.external_services
                for name in each.secrets
            ),
            *(
                (f"secret {each.name}", reader, "workload", workloads | {"platform"})
                for each in self.secrets.secrets
                for reader in each.readers
            ),
            *(
                (f"health check {check.name} of {each.name}", check.host, "host", hosts)
                for each in self.workloads
                for check in each.health
            ),
        ]
        for who, name, kind, known in wanted:
            if name not in known:
                yield f"{who} names {kind} {name!r}; there are {', '.join(sorted(known)) or 'none'}"

    def _storage(self) -> Iterator[str]:
        floor = self.hardware.floor.storage_gib
        if self.database.storage_gib < floor:
            yield f"database.storage_gib {self.database.storage_gib} is below the hardware's {floor}"

    def _crisis(self) -> Iterator[str]:
        if bool(self.critical_paths) != (self.crisis is not None):
            yield "a platform with critical paths has a crisis section, and only such a one"
        if self.critical_paths and not self.maintenance.crisis_bypass:
            yield "maintenance would close critical paths: crisis_bypass must be true"
        if self.critical_paths and not self.maintenance.shows_hotlines:
            yield "the maintenance page of a crisis platform must show the hotlines"
        if self.critical_paths and not self.rollout.critical_paths_last:
            yield "critical paths move last in a rollout: critical_paths_last must be true"

    def _law(self) -> Iterator[str]:
        if self.regime.under(Law.HIPAA) and not any(each.hipaa_record for each in self.retention.classes):
            yield "under HIPAA some class of retention must be a record of six years"
        for each in self.retention.classes:
            if each.health_data and not self.regime.laws:
                yield f"retention class {each.name} holds health data, and no law is declared"

    def _connections(self) -> Iterator[str]:
        """Every connection a pool could open must find a place at the pooler, also while a rollout doubles them."""
        wanted = 0
        for pool in self.database.application_pools:
            workload = next((each for each in self.workloads if each.name == pool.workload), None)
            if workload:
                most = max(workload.all_replicas, workload.autoscaling.maximum_replicas if workload.autoscaling else 0)
                wanted += most * workload.processes_per_replica * pool.largest * 2
        room = self.database.pooler.client_connections
        if wanted > room:
            yield f"pools may open {wanted} client connections during a rollout, the pooler takes {room}"
