"""What visitors see, asked as they ask: documented health paths, pages, headers, TLS, certificates, WebSockets."""

import base64
import hashlib
import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import cast

from operations.health.door import VERSIONS, Door
from operations.health.stack import Stack
from operations.health.verdicts import Broken, Check, Unseen
from systems.model import (
    Audience,
    BodyCheck,
    CheckUse,
    Crisis,
    HealthCheck,
    Host,
    HostServes,
    JsonEndpoint,
    SecurityHeaders,
    Tls,
)

#: RFC 6455: the answer proves that the other side speaks the protocol, and is no cache.
_WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_PING = b"lifeline"


def checks(stack: Stack, door: Door) -> Iterator[Check]:
    yield from _documented(stack, door)
    yield from _crisis_page(stack, door)
    yield from _figures(stack, door)
    yield from _sockets(stack, door)
    for host in _hosts(stack):
        yield from _secured(stack, door, host)


def _hosts(stack: Stack) -> list[Host]:
    """Those that answer the world, whoever they then let in."""
    return [
        host
        for host in stack.system.edge.hosts
        if host.audience in (Audience.PUBLIC, Audience.ADMINISTRATORS)
        and (host.serves is not HostServes.RECOVERY_REGION or stack.serves_in_recovery_region)
    ]


def _documented(stack: Stack, door: Door) -> Iterator[Check]:
    there = {host.label for host in _hosts(stack)}
    for check in stack.system.outside_checks:
        if check.host not in there:
            continue
        host = stack.host(check.host)
        yield Check(
            kind="988" if "988" in check.path else "health",
            subject=f"https://{host}{check.path}",
            wanted=" and ".join([str(check.expected_status), *(_told(each) for each in check.body)]),
            ask=lambda check=check, host=host: _asked(door, host, check),
        )


def _asked(door: Door, host: str, check: HealthCheck) -> str:
    answer = door.get(host, check.path)
    if answer.status != check.expected_status:
        raise Broken(f"status {answer.status}")
    if not check.body:
        return str(answer.status)
    body = answer.json()
    if wrong := [f"{each.json_path} is {_value(body, each)}" for each in check.body if not _fits(body, each)]:
        raise Broken("; ".join(wrong))
    return " and ".join([str(answer.status), *(_told(each) for each in check.body)])


def _told(wanted: BodyCheck) -> str:
    return f"{wanted.json_path} is {wanted.equals!r}"


def _value(body: object, wanted: BodyCheck) -> str:
    found = _at(body, wanted.json_path)
    return "missing" if found is None else repr(found)


def _fits(body: object, wanted: BodyCheck) -> bool:
    """1 is not True here, although Python thinks so."""
    found = _at(body, wanted.json_path)
    return found == wanted.equals and isinstance(found, bool) == isinstance(wanted.equals, bool)


def _at(body: object, json_path: str) -> object:
    for key in json_path.strip(".").split("."):
        body = cast("Mapping[str, object]", body).get(key) if isinstance(body, Mapping) else None
    return body


def _crisis_page(stack: Stack, door: Door) -> Iterator[Check]:
    """Its numbers in the documented order, 988 first, small enough for a poor connection."""
    crisis = stack.system.crisis
    if crisis is None:
        return
    for host in _hosts(stack):
        if host.audience is Audience.PUBLIC and host.serves is HostServes.PLATFORM:
            name = stack.host(host.label)
            yield Check(
                kind="988",
                subject=f"https://{name}{crisis.page_path}",
                wanted=f"200, {', '.join(each.number for each in crisis.hotlines)} in this order",
                ask=lambda name=name: _page(door, name, crisis),
            )


def _page(door: Door, host: str, crisis: Crisis) -> str:
    answer = door.get(host, crisis.page_path)
    if answer.status != 200:
        raise Broken(f"status {answer.status}")
    if len(answer.body) >= crisis.page_maximum_bytes:
        raise Broken(f"{len(answer.body)} bytes, allowed below {crisis.page_maximum_bytes}")
    text = answer.body.decode(errors="replace")
    numbers = [each.number for each in crisis.hotlines]
    if absent := [number for number in numbers if number not in text]:
        raise Broken(f"does not show {', '.join(absent)}")
    if min(numbers, key=text.index) != numbers[0]:
        raise Broken(f"{min(numbers, key=text.index)} stands before {numbers[0]}")
    return f"200, {numbers[0]} first, {len(answer.body)} bytes"


def _figures(stack: Stack, door: Door) -> Iterator[Check]:
    """Documented JSON paths that alerts are made of: sessions, queues, volunteers."""
    system = stack.system
    asked = {check.path for work in system.workloads for check in work.health if CheckUse.OUTSIDE in check.uses}
    for endpoint in system.monitoring.json_endpoints:
        host = _host_of(stack, endpoint.path)
        if endpoint.path not in asked and host is not None:
            yield Check(
                kind="figures",
                subject=f"https://{host}{endpoint.path}",
                wanted=f"200 with {', '.join(each.json_path for each in endpoint.metrics)}",
                ask=lambda endpoint=endpoint, host=host: _counted(stack, door, host, endpoint),
            )


def _host_of(stack: Stack, path: str) -> str | None:
    """Where the first rule sends this path to whoever tells figures."""
    for rule in stack.system.load_balancer.paths:
        if path.startswith(rule.prefix) and stack.system.workload(rule.workload).metrics:
            return stack.host(rule.host)
    return None


def _counted(stack: Stack, door: Door, host: str, endpoint: JsonEndpoint) -> str:
    answer = door.get(host, endpoint.path)
    if answer.status == 403 and endpoint.path.startswith(stack.system.load_balancer.closed_prefixes):
        raise Unseen("needs an administrator's address: this path is closed to all others")
    if answer.status != 200:
        raise Broken(f"status {answer.status}")
    body = answer.json()
    if absent := [each.json_path for each in endpoint.metrics if _at(body, each.json_path) is None]:
        raise Broken(f"{', '.join(absent)} missing")
    return f"200 with {len(endpoint.metrics)} figures"


def _sockets(stack: Stack, door: Door) -> Iterator[Check]:
    for workload in stack.system.workloads:
        for rule in stack.system.load_balancer.paths:
            if workload.websockets and rule.workload == workload.name:
                host, path = stack.host(rule.host), workload.websockets.path
                yield Check(
                    kind="WebSocket",
                    subject=f"wss://{host}{path}",
                    wanted="101, and a pong for a ping",
                    ask=lambda host=host, path=path: _upgraded(door, host, path),
                )


def _upgraded(door: Door, host: str, path: str) -> str:
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    wanted = base64.b64encode(hashlib.sha1((key + _WEBSOCKET_GUID).encode()).digest()).decode()
    asking = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key}
    answer, echoed = door.ping(host, path, asking, _PING)
    if answer.status != 101:
        raise Broken(f"status {answer.status}")
    if answer.headers.get("sec-websocket-accept") != wanted:
        raise Broken("101, with an answer that does not fit the key")
    if echoed != _PING:
        raise Broken("101, and no answer to a ping")
    return "101 and a pong"


def _secured(stack: Stack, door: Door, host: Host) -> Iterator[Check]:
    system, name = stack.system, stack.host(host.label)
    yield Check(
        kind="TLS",
        subject=name,
        wanted=f"{' and '.join(system.tls.versions)}, nothing older",
        ask=lambda: _versions(door, name, system.tls),
    )
    days = system.edge.certificates.alarm_days_left
    yield Check(
        kind="certificate",
        subject=name,
        wanted=f"trusted, for this name, {days} days left",
        ask=lambda: _days_left(door, name, days),
    )
    redirect = system.load_balancer.plain_http_redirect_status
    yield Check(
        kind="redirect",
        subject=f"http://{name}/",
        wanted=f"{redirect} to https://{name}/",
        ask=lambda: _redirected(door, name, redirect),
    )
    if host.audience is Audience.PUBLIC and host.serves in (HostServes.PLATFORM, HostServes.RECOVERY_REGION):
        path = next((each.path for work in system.workloads for each in work.health if each.host == host.label), "/")
        yield Check(
            kind="headers",
            subject=f"https://{name}{path}",
            wanted=f"{len(system.security_headers.headers)} security headers of the spec",
            ask=lambda: _guarded(door, name, path, system.security_headers),
        )


def _versions(door: Door, host: str, tls: Tls) -> str:
    offered = [version for version in VERSIONS if door.offers(host, version)]
    if offered != [version for version in VERSIONS if version in tls.versions]:
        raise Broken(f"offers {' and '.join(offered) or 'none of ' + ', '.join(VERSIONS)}")
    return f"offers {' and '.join(offered)}"


def _days_left(door: Door, host: str, wanted: int) -> str:
    end = door.certificate_ends(host)
    days = (end - datetime.now(UTC)).days
    if days < wanted:
        raise Broken(f"{days} days left, until {end:%Y-%m-%d}")
    return f"{days} days left, until {end:%Y-%m-%d}"


def _redirected(door: Door, host: str, wanted: int) -> str:
    answer = door.get(host, "/", tls=False)
    to = answer.headers.get("location", "nowhere")
    if answer.status != wanted or not to.startswith(f"https://{host}/"):
        raise Broken(f"{answer.status} to {to}")
    return f"{answer.status} to {to}"


def _guarded(door: Door, host: str, path: str, wanted: SecurityHeaders) -> str:
    found = door.get(host, path).headers
    wrong = [
        f"{each.name} is {found[each.name.lower()]!r}" if each.name.lower() in found else f"{each.name} is missing"
        for each in wanted.headers
        if found.get(each.name.lower()) != each.value
    ]
    if wrong:
        raise Broken("; ".join(wrong))
    return f"all {len(wanted.headers)}"
