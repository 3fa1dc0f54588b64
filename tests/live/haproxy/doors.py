"""What strangers must not reach on a platform, and how to tell from what its servers saw that they did."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from rendering.haproxy.traffic import ROOT, served_hosts
from systems.model import Audience, System
from tests.live.haproxy import readings
from tests.live.haproxy.corpus import Door
from tests.live.haproxy.fleet import ADMINISTRATOR, DOMAIN
from tests.live.haproxy.vocabulary import HOST_HEADERS, METHOD_HEADERS, RENAMING
from tests.live.haproxy.witness import Request

#: What stands behind closed prefixes in the documents.
_BEHIND = {"/api/cache": "/api/cache/clear", "/api/monitoring": "/api/monitoring/metrics"}
ORDINARY = "/stories/mine"
#: So many that none of them comes to a limit.
_VISITORS = tuple(f"198.51.100.{each}" for each in range(1, 251))
#: Says of a request that a server saw what it should not have; empty is well.
Judge = Callable[[System, Request], str]


def closed(system: System) -> list[Door]:
    """Administrators' paths for everybody, administrators' hosts for everybody else."""
    paths = [door(system, _BEHIND.get(prefix, prefix)) for prefix in system.load_balancer.closed_prefixes]
    return [*paths, *(door(system, "/d/overview", name) for name in _administrators(system))]


def limited(system: System) -> list[Door]:
    """What is counted, as one who has asked too often already; that hides behind what is not counted."""
    return [replace(door(system, path), visitors=("192.0.2.77",)) for path in ("/health", ORDINARY)]


def ordinary(system: System) -> list[Door]:
    """What maintenance closes, hidden behind what it leaves open."""
    return [door(system, ORDINARY)]


def door(system: System, path: str, host: str = DOMAIN) -> Door:
    healths = sorted({each.path for each in system.outside_checks})
    covers = ("/x", *system.edge.delivery.cached_prefixes, *system.critical_paths, *healths)
    return Door(host, path, _VISITORS, DOMAIN, ADMINISTRATOR, covers)


def breach(system: System, seen: Request) -> str:
    """Whether any reader of this request could be somewhere behind a closed door, or not know where it ends."""
    return next(_breaches(system, seen), "")


def _breaches(system: System, seen: Request) -> Iterator[str]:
    if seen.trouble:
        yield seen.trouble
    for name, value in seen.headers:
        plain = name.lower().replace("_", "-")
        if ADMINISTRATOR in value:
            yield f"an administrator's address in {name}"
        if plain in {each.lower().replace("_", "-") for each in (*RENAMING, *METHOD_HEADERS, *HOST_HEADERS)}:
            yield f"{name}, which may rename the request"
    if len(seen.header("host")) != 1:
        yield f"hosts {seen.header('host')}"
    named = readings.authority(seen.target)
    names = {name for value in (*seen.header("host"), *([named] if named else [])) for name in readings.hosts(value)}
    opened = {path for host in served_hosts(system) for path in host.open_paths}
    if names & set(_administrators(system)) and not readings.paths(seen.target) <= opened:
        yield f"an administrators' host: {seen.header('host')} {named}"
    for reading in readings.paths(seen.target):
        if reading.startswith(system.load_balancer.closed_prefixes):
            yield f"may be read as {reading}"


def counted(system: System, seen: Request) -> str:
    """Whether any reader could take what was served beyond the limit for something that is counted."""
    return _only(seen, system.edge.delivery.cached_prefixes, ())


def not_left_open(system: System, seen: Request) -> str:
    """Whether any reader could take what was served in maintenance for something that was closed."""
    return _only(seen, system.critical_paths, tuple(each.path for each in system.outside_checks))


def _only(seen: Request, prefixes: tuple[str, ...], paths: tuple[str, ...]) -> str:
    below = tuple(f"{each}/" for each in prefixes)
    for reading in readings.paths(seen.target):
        if not reading.startswith(below) and reading not in {*prefixes, *paths}:
            return f"may be read as {reading}"
    return ""


def _administrators(system: System) -> list[str]:
    hosts = [host for host in served_hosts(system) if host.audience is Audience.ADMINISTRATORS]
    return [f"{host.label}.{DOMAIN}" for host in hosts]


def maintained(system: System, state: str) -> dict[str, str]:
    """The keys that close every host, as `Fleet.desire` takes them."""
    labels = [host.label or ROOT for host in served_hosts(system) if host.audience is Audience.PUBLIC]
    return {f"maintenance__{label}": state for label in labels}
