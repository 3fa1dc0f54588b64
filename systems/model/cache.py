"""Redis with Sentinel: who holds the data, who decides about it, and for how long things are kept."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from systems.model.hardware import Resources
from systems.model.source import Part, Section


@dataclass(frozen=True, kw_only=True)
class CacheLifetime(Part):
    """How long the application keeps one kind of entry, and the event that throws it away earlier."""

    name: str
    seconds: int
    invalidated_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Failover(Part):
    """Sentinel's clockwork."""

    down_after_milliseconds: int
    failover_timeout_milliseconds: int
    minimum_replicas_to_write: int = 1
    maximum_lag_seconds: int = 5
    """A master that is cut off loses what it takes in this time; replicas report every second."""

    @property
    def outage_seconds(self) -> float:
        """Detection, vote and promotion; measured with Redis 7.0 about 0.8 s beyond the detection, taken as 3."""
        return self.down_after_milliseconds / 1000 + 3


@dataclass(frozen=True, kw_only=True)
class Cache(Section):
    """Redis with one master. Sentinel and Redis Cluster exclude each other: one moves a master, the other shards."""

    version: str
    nodes: int
    """Master and replicas together."""
    node_resources: Resources
    maximum_memory_mib: int
    """`maxmemory`; below the container's limit, since a snapshot copies pages while it writes."""
    eviction_policy: str
    sentinels: int
    sentinel_resources: Resources = field(default_factory=lambda: Resources.fixed(cpu_cores=0.1, memory_gib=0.125))
    """A Sentinel holds no data and idles between heartbeats."""
    quorum: int
    master_name: str
    port: int = 6379
    sentinel_port: int = 26379
    tls: bool
    password_characters: int
    persistent: bool
    """Whether losing it loses something: sessions and queues, not just copies."""
    maximum_client_connections: int = 1_000
    failover: Failover
    lifetimes: tuple[CacheLifetime, ...] = ()
    aliases: tuple[str, ...] = ()
    """Names the document gives its servers (`redis-1`, `sentinel-1`)."""

    def problems(self) -> Iterator[str]:
        if self.sentinels < 3 or self.sentinels % 2 == 0:
            yield f"sentinels is {self.sentinels}: an odd number from 3 upward can outvote a lost zone"
        if not self.sentinels // 2 < self.quorum <= self.sentinels:
            yield f"quorum {self.quorum} of {self.sentinels}: a majority is {self.sentinels // 2 + 1}"
        if self.nodes < 2 and self.failover.minimum_replicas_to_write > 0:
            yield "one node has no replica: with minimum_replicas_to_write above 0 it would refuse every write"
        if self.maximum_memory_mib * 4 > self.node_resources.memory_limit_mib * 3:
            yield (
                f"maximum_memory_mib {self.maximum_memory_mib} is more than three quarters of the container's "
                f"{self.node_resources.memory_limit_mib}: a snapshot under load would be killed"
            )
        if self.tls and self.password_characters < 32:
            yield f"password_characters {self.password_characters}: 32 at least"
