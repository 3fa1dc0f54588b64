"""The documented DNS records and the delegation of the domain, as a name server tells them."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Protocol

from operations.health.stack import Stack
from operations.health.verdicts import Broken, Check
from systems.model import DnsRecord, RecordTarget, RecordType

#: Of these, more than the spec's may stand there: proofs of ownership for others, for example.
_MAY_HAVE_MORE = (RecordType.TXT,)


class Names(Protocol):
    """A name server, or the hosted zone itself."""

    def records(self, name: str, kind: str) -> list[str]: ...


def checks(stack: Stack, names: Names) -> Iterator[Check]:
    yield _delegated(stack, names)
    exact: dict[tuple[str, RecordType], list[str]] = defaultdict(list)
    for record in stack.system.edge.records:
        if record.target is RecordTarget.RECOVERY_DISTRIBUTION and not stack.serves_in_recovery_region:
            continue
        if record.target is RecordTarget.MAIL_DKIM:
            continue  # its names are made by the mail service; its own verification is an alarm of the platform
        values = _values(stack, record)
        if values:
            exact[record.label, record.type] += values
        else:
            yield _stands(stack, names, record)
    for (label, kind), values in exact.items():
        yield _holds(stack, names, label, kind, values)


def _values(stack: Stack, record: DnsRecord) -> list[str]:
    """Known beforehand; of all others it is only known that they lead somewhere."""
    if record.private:
        return []
    match record.target:
        case RecordTarget.LITERAL:
            return [record.value.replace("{domain}", stack.domain)]
        case RecordTarget.MAIL_INBOX:
            return list(stack.settings.mail_servers)
        case RecordTarget.MAIL_BOUNCES:
            return [f"10 feedback-smtp.{stack.settings.region}.amazonses.com"]
        case RecordTarget.ELSEWHERE:
            return [stack.settings.hosts_elsewhere[record.label]]
        case _:
            return []


def _delegated(stack: Stack, names: Names) -> Check:
    wanted = sorted(stack.name_servers)

    def ask() -> str:
        found = sorted(names.records(stack.domain, "NS"))
        if [each.lower() for each in found] != [each.lower() for each in wanted]:
            raise Broken(f"led to {', '.join(found) or 'nobody'}")
        return f"{len(found)} name servers"

    return Check(kind="DNS", subject=f"{stack.domain} NS", wanted=", ".join(wanted) or "the zone's servers", ask=ask)


def _stands(stack: Stack, names: Names, record: DnsRecord) -> Check:
    host = stack.host(record.label)
    if record.private:
        return Check(
            kind="DNS",
            subject=f"{host} {record.type}",
            wanted="no public answer",
            ask=lambda: _hidden(names, host, record.type),
        )
    # An alias is no record of its own type: what a CNAME leads to is an address like any other.
    return Check(
        kind="DNS",
        subject=f"{host} A and AAAA",
        wanted="an address of either kind",
        ask=lambda: _addresses(names, host),
    )


def _hidden(names: Names, host: str, kind: str) -> str:
    if found := [*names.records(host, kind), *names.records(host, "A")]:
        raise Broken(f"the world sees {', '.join(found)}")
    return "none"


def _addresses(names: Names, host: str) -> str:
    found = {kind: names.records(host, kind) for kind in ("A", "AAAA")}
    if missing := [kind for kind, values in found.items() if not values]:
        raise Broken(f"no {' and no '.join(missing)} record")
    return f"{len(found['A'])} and {len(found['AAAA'])}"


def _holds(stack: Stack, names: Names, label: str, kind: RecordType, values: list[str]) -> Check:
    host, wanted = stack.host(label), sorted(_plain(each) for each in values)

    def ask() -> str:
        found = sorted(_plain(each) for each in names.records(host, kind))
        missing = [each for each in wanted if each not in found]
        if missing or (kind not in _MAY_HAVE_MORE and found != wanted):
            raise Broken(", ".join(found) or "no such record")
        return ", ".join(wanted)

    return Check(kind="DNS", subject=f"{host} {kind}", wanted=", ".join(wanted), ask=ask)


def _plain(value: str) -> str:
    """Names may end with a dot; the dot alone is the name that says `none`."""
    return value if value.endswith(" .") else value.rstrip(".")
