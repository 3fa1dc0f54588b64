"""PostgreSQL: its size, settings, roles and the arithmetic of its connections."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from systems.model.hardware import Resources
from systems.model.source import Part, Section


class SettingOwner(StrEnum):
    """Who brings a documented postgresql.conf line to life."""

    PARAMETER_GROUP = "parameter-group"
    MANAGED = "managed"  # the managed service sets it itself and refuses ours
    VOID = "void"  # it does not exist (any more), or cannot do what the document wants of it


@dataclass(frozen=True, kw_only=True)
class DatabaseSetting(Part):
    """One line of postgresql.conf in PostgreSQL's own notation (`4GB`, `1d`, `on`); rendering converts the units."""

    name: str
    value: str
    owner: SettingOwner = SettingOwner.PARAMETER_GROUP
    documented_value: str | None = None
    """What the document says, where `value` departs from it; `because["value"]` says why."""

    def problems(self) -> Iterator[str]:
        if self.owner is not SettingOwner.PARAMETER_GROUP and "owner" not in self.because:
            yield f'owner is {self.owner}: because["owner"] must say why the line is not set'
        if self.documented_value is not None and "value" not in self.because:
            yield f'value {self.value} is not the documented {self.documented_value}: because["value"] must say why'


class RoleUse(StrEnum):
    """What a database role is for. A person logs in as none of them, but through IAM."""

    OWNER = "owner"  # owns the schema and migrates it
    APPLICATION = "application"
    READ_ONLY = "read-only"
    BACKUP = "backup"
    RESTORE = "restore"
    MONITORING = "monitoring"


@dataclass(frozen=True, kw_only=True)
class DatabaseRole(Part):
    """A role and the least it needs. Grants follow from its use; `documented_grants` are kept for the record."""

    name: str
    use: RoleUse
    connections: int
    """CONNECTION LIMIT; together they stay below max_connections."""
    documented_grants: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ApplicationPool(Part):
    """The pool inside each process of a workload, as its settings say."""

    workload: str
    size: int
    overflow: int
    timeout_seconds: int
    recycle_seconds: int

    @property
    def key(self) -> str:
        return self.workload

    @property
    def largest(self) -> int:
        return self.size + self.overflow


@dataclass(frozen=True, kw_only=True)
class Pooler(Part):
    """PgBouncer behind the name `database`: many client connections share few server ones."""

    replicas: int
    server_connections: int
    """To the primary, over all replicas of the pooler."""
    client_connections: int
    mode: str = "transaction"
    """Sessions are not kept between transactions; the application contract forbids session state."""
    resources: Resources = field(default_factory=lambda: Resources.fixed(cpu_cores=0.25, memory_gib=0.25))
    """PgBouncer is one thread; a quarter of a core carries some thousand transactions a second."""

    def problems(self) -> Iterator[str]:
        if self.mode not in ("transaction", "session"):
            yield f"mode {self.mode!r}: transaction or session"


@dataclass(frozen=True, kw_only=True)
class Index(Part):
    """An index the document creates; migrations of the application own it, the restore drill looks for it."""

    name: str
    table: str
    column: str


@dataclass(frozen=True, kw_only=True)
class Database(Section):
    """The relational database. `replicas` follow the primary and answer reads; the Multi-AZ standby answers nobody."""

    name: str
    version: str
    cpu_cores: int
    memory_gib: int
    storage_gib: int
    maximum_storage_gib: int
    replicas: int
    multi_az: bool
    recovery_replica: bool
    """A replica in the recovery region."""
    point_in_time_days: int = 35
    """How far back the managed service can restore to any moment; 0 switches that off and leaves the dumps alone."""
    settings: tuple[DatabaseSetting, ...]
    roles: tuple[DatabaseRole, ...]
    pooler: Pooler
    application_pools: tuple[ApplicationPool, ...]
    documented_roles_not_created: tuple[str, ...] = ()
    """Roles of the document that have no purpose here; `because` says why."""
    indexes: tuple[Index, ...] = ()
    aliases: tuple[str, ...] = ()
    """Names the document gives the server (`astral-postgres-prod`)."""
    reserved_connections: int = 15
    """Kept free for the superuser, replication and the managed service itself."""
    integrity_query: str
    """After a restore: must return at least one row that is not zero."""

    @property
    def max_connections(self) -> int:
        return int(self.setting("max_connections").value)

    @property
    def connections_of_a_pooler(self) -> int:
        """To the primary, for all its users together. One alone is replaced by starting the next beside it."""
        return self.pooler.server_connections // max(self.pooler.replicas, 2)

    def setting(self, name: str) -> DatabaseSetting:
        for each in self.settings:
            if each.name == name:
                return each
        raise KeyError(f"database {self.name} has no setting {name}; it has {', '.join(s.name for s in self.settings)}")

    def role(self, use: RoleUse) -> DatabaseRole:
        for each in self.roles:
            if each.use is use:
                return each
        raise KeyError(f"database {self.name} has no {use} role")

    def problems(self) -> Iterator[str]:
        if "max_connections" not in {each.name for each in self.settings}:
            yield "settings lack max_connections: the connection budget needs it"
            return
        budget = sum(role.connections for role in self.roles) + self.reserved_connections
        if budget > self.max_connections:
            shares = " + ".join(f"{role.name} {role.connections}" for role in self.roles)
            yield f"{shares} + reserved {self.reserved_connections} = {budget} connections > {self.max_connections}"
        uses = {role.use for role in self.roles}
        for use in (RoleUse.OWNER, RoleUse.APPLICATION, RoleUse.BACKUP, RoleUse.RESTORE, RoleUse.MONITORING):
            if use not in uses:
                yield f"roles lack one for {use}"
        application = sum(role.connections for role in self.roles if role.use is RoleUse.APPLICATION)
        if self.pooler.server_connections > application:
            yield f"pooler.server_connections {self.pooler.server_connections} exceed the application's {application}"
        yield from self._pooler_problems()
        if self.point_in_time_days > 35:
            yield f"point_in_time_days {self.point_in_time_days}: RDS keeps 35 days at most"
        if self.maximum_storage_gib < self.storage_gib:
            yield f"maximum_storage_gib {self.maximum_storage_gib} is below storage_gib {self.storage_gib}"

    def _pooler_problems(self) -> Iterator[str]:
        """A pooler that ends may still hold its connections when the one in its place has opened its own."""
        each, most = self.connections_of_a_pooler, self.pooler.replicas + 1
        around_it = (RoleUse.BACKUP, RoleUse.RESTORE)
        direct = sum(role.connections for role in self.roles if role.use in around_it) + self.reserved_connections
        if each * most + direct > self.max_connections:
            yield (
                f"while a pooler is replaced, {most} of them with {each} connections each and {direct} around them "
                f"are {each * most + direct} > {self.max_connections}"
            )
        if each < 5:
            yield (
                f"pooler.server_connections {self.pooler.server_connections} leave {each} to each of "
                f"{self.pooler.replicas}: fewer than five, for migrations, readers and figures too"
            )
