"""Names in a stack's configuration: its domain, the servers of others that records lead to or workloads call."""

import re
from collections.abc import Mapping

from settings_reading import Reader
from systems.model import RecordTarget, System

_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_MAIL_SERVER = re.compile(r"(?P<preference>0|[1-9]\d{0,4}) (?P<host>\S+)")


def domain(read: Reader, system: System | None) -> str:
    """Staging has a zone of its own below the documented domain, which production's zone delegates."""
    usual = ""
    if system:
        usual = system.edge.domain if system.production else f"staging.{system.edge.domain}"
    return read.text("domain", usual, "LL-CFG-011", _DOMAIN, "a domain in lower case: example.org")


def mail_servers(read: Reader, system: System | None) -> tuple[str, ...]:
    """Wanted exactly where the document has people write to the domain."""
    given = read.listed("mailServers", "LL-CFG-038")
    for server in given:
        parts = _MAIL_SERVER.fullmatch(server)
        if not parts or int(parts["preference"]) > 65_535 or not _DOMAIN.fullmatch(parts["host"]):
            read.refuse("LL-CFG-039", "mailServers", server, "a preference and a host: 10 mx.example.org")
    wanted = bool(given)
    if system:
        wanted = any(record.target is RecordTarget.MAIL_INBOX for record in system.edge.records)
    if wanted and not given:
        read.refuse("LL-CFG-040", "mailServers", None, "the mail servers of whoever runs the domain's mailboxes")
    elif given and not wanted:
        read.refuse("LL-CFG-040", "mailServers", given, "none: nobody reads mail at this platform's domain")
    return tuple(given)


def hosts_elsewhere(read: Reader, system: System | None) -> Mapping[str, str]:
    """One server name for every documented host that is not ours to run."""
    given = read.mapping("hostsElsewhere", "LL-CFG-041")
    wanted = set(given)
    if system:
        wanted = {record.label for record in system.edge.records if record.target is RecordTarget.ELSEWHERE}
    for label, server in given.items():
        if label not in wanted:
            allowed = f"hosts run elsewhere: {', '.join(sorted(wanted)) or 'none'}"
            read.refuse("LL-CFG-042", f"hostsElsewhere.{label}", server, allowed)
        elif not _DOMAIN.fullmatch(server):
            read.refuse("LL-CFG-043", f"hostsElsewhere.{label}", server, "a name in lower case: meet.example.org")
    for label in sorted(wanted - given.keys()):
        read.refuse("LL-CFG-044", f"hostsElsewhere.{label}", None, "the name of the server that answers for it")
    return given


def external_hosts(read: Reader, system: System | None) -> Mapping[str, tuple[str, ...]]:
    """Of services whose provider no document names; without them the service has no way out."""
    given = read.mapping("externalHosts", "LL-CFG-045")
    known = {service.name for service in system.application.external_services} if system else set(given)
    found: dict[str, tuple[str, ...]] = {}
    for service, hosts in given.items():
        found[service] = tuple(hosts.split())
        if service not in known:
            allowed = f"external services of this platform: {', '.join(sorted(known)) or 'none'}"
            read.refuse("LL-CFG-046", f"externalHosts.{service}", hosts, allowed)
        elif not found[service] or not all(_DOMAIN.fullmatch(host) for host in found[service]):
            read.refuse("LL-CFG-047", f"externalHosts.{service}", hosts, "names in lower case, divided by spaces")
    return found
