"""A flood of tricks: requests to the byte, each a way to write one path, one host, one address or one length otherwise.

`requests(door, chance, count)` gives so many of each family, at random but always the same for one seed.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from tests.live.haproxy import tricks
from tests.live.haproxy.vocabulary import (
    ADDRESSES,
    CODING_NAMES,
    CODINGS,
    HOST_HEADERS,
    LENGTH_NAMES,
    METHOD_HEADERS,
    METHODS,
    RENAMING,
)

_NUMBER, _VISITOR = b"@number@", b"@visitor@"


@dataclass(frozen=True)
class Door:
    """Something a visitor must not reach; the plain form is this path at this host by this visitor."""

    host: str
    path: str
    visitors: tuple[str, ...]
    public_host: str
    """Where everybody may ask."""
    administrator: str
    covers: tuple[str, ...] = ("/x",)
    """Paths with other rules, to hide behind."""


@dataclass(frozen=True)
class Trick:
    family: str
    raw: bytes
    alone: bool
    """It may leave a connection in a state in which another request says nothing."""


def requests(door: Door, chance: random.Random, count: int) -> Iterator[Trick]:
    """Those known by hand come whole, and each in one of its four spellings."""
    by_hand = ("by hand", False, (_bytes(request(door, form)) for form in islice(tricks.known(door.path), 0, None, 3)))
    made = ((family, alone, _several(make, door, chance, count)) for family, (make, alone) in _FAMILIES.items())
    number = 0
    for family, alone, raws in (by_hand, *made):
        for raw in raws:
            number += 1
            visitor = door.visitors[number % len(door.visitors)].encode()
            yield Trick(family, raw.replace(_NUMBER, str(number).encode()).replace(_VISITOR, visitor), alone)


def plain(door: Door) -> Trick:
    """Nothing but a question, at the door as it stands."""
    return Trick(
        "plain", _bytes(request(door)).replace(_NUMBER, b"0").replace(_VISITOR, door.visitors[0].encode()), False
    )


def _several(make: "_Maker", door: Door, chance: random.Random, count: int) -> Iterator[bytes]:
    """Different ones; a family may have fewer."""
    found: set[bytes] = set()
    for _ in range(3 * count):
        raw = _bytes(make(door, chance))
        if raw not in found and len(found) < count:
            found.add(raw)
            yield raw


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("latin-1", "replace")


def request(
    door: Door,
    target: str = "",
    method: str = "GET",
    host: str | None = None,
    version: str = "HTTP/1.1",
    before: tuple[str, ...] = (),
    after: tuple[str, ...] = (),
    body: str = "",
) -> str:
    """As it comes through the load balancer, which adds the visitor's address last; `before` is the visitor's own."""
    lines = [
        f"{method} {target or door.path} {version}",
        f"Host: {door.host if host is None else host}",
        *before,
        f"X-Trick: {_NUMBER.decode()}",
        f"X-Forwarded-For: {_VISITOR.decode()}, 127.0.0.1",
        *after,
    ]
    return "\r\n".join(lines) + "\r\n\r\n" + body


def _target(*operations: str) -> "_Maker":
    """Only the path is written otherwise; the empty selection is all operations at once."""
    return lambda door, chance: request(door, tricks.disguised(door.path, chance, operations, door.covers))


def _absolute(door: Door, chance: random.Random) -> str:
    path = tricks.disguised(door.path, chance, (), door.covers)
    name = chance.choice(
        (door.host, door.public_host, f"{door.public_host}:443", f"x@{door.host}", "elsewhere.test", "")
    )
    scheme = chance.choice(("http:/", "https:/", "HTTP:/", "ftp:/", "ws:/", "http:", "", "http:\\"))
    return request(door, f"{scheme}/{name}{path}", host=chance.choice((door.host, door.public_host, "")))


def _host(door: Door, chance: random.Random) -> str:
    """The door's name written otherwise, or two names at once."""
    one, other = chance.sample((door.host, door.public_host, door.host.upper(), "elsewhere.test", "localhost", ""), 2)
    joint = chance.choice((",", ", ", " ", "@", ":@", "/", "\\", "#", "?", "\t", ":443@", "%00", "\r\n ", ";", "%2f"))
    end = chance.choice(("", ".", ":443", ":", ":x", ":80:443", "..", " ", ":443."))
    name = chance.choice((f"{one}{joint}{other}", f"{one}", f"{one}{end}", f"{one}{end}{joint}{other}{end}"))
    more = chance.choice(((), (), (f"Host: {other}",), (f"Host : {other}",), (f" Host: {other}",), (f"host: {one}",)))
    names = tuple(f"{each}: {door.host}" for each in chance.sample(HOST_HEADERS, chance.randint(0, 2)))
    target = chance.choice(("", "", f"http://{other}{door.path}"))
    return request(door, target, host=name, before=(*more, *names))


def _version(door: Door, chance: random.Random) -> str:
    version = chance.choice(
        ("HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/3", "http/1.1", "HTTP/1.2", "HTTP/01.1", "", "X")
    )
    path = tricks.disguised(door.path, chance, (), door.covers)
    text = request(door, path, chance.choice(METHODS), version=version)
    gap = chance.choice((" ", "  ", "\t", "\x0b", " \t", "\xa0"))
    return chance.choice(("", "\r\n", "\n", " ", "\0")) + text.replace(" ", gap, chance.randint(0, 2))


def _second_protocol(door: Door, chance: random.Random) -> bytes:
    """HTTP/2 without having been offered: the preface, settings, and the request as a head that is not compressed."""
    names = (
        (b":method", b"GET"),
        (b":scheme", b"https"),
        (b":path", door.path.encode()),
        (b":authority", door.host.encode()),
    )
    fields = (
        *names,
        (b"x-forwarded-for", f"{door.visitors[0]}, 127.0.0.1".encode()),
        (b"x-any", chance.randbytes(4).hex().encode()),
    )
    block = b"".join(b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value for name, value in fields)
    head = len(block).to_bytes(3, "big") + b"\x01\x05\0\0\0\x01" + block
    return b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\x04\0\0\0\0\0" + head


def _upgrade(door: Door, chance: random.Random) -> str:
    wanted = chance.choice(("h2c", "websocket", "h2c, websocket", "TLS/1.0", "WebSocket"))
    before = ("Connection: Upgrade, HTTP2-Settings", f"Upgrade: {wanted}", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA")
    inner = request(door)
    path = chance.choice((door.path, tricks.disguised(door.path, chance, (), door.covers)))
    return request(door, path, before=before, body=chance.choice(("", inner)))


def _headers(door: Door, chance: random.Random) -> str:
    """Lines that one reader joins, another cuts, and a third does not see."""
    odd = (
        *(
            f"Host: {door.public_host}",
            " folded: yes",
            "\tfolded",
            ": no name",
            "No-Colon",
            "A\0: b",
            "A: b\0c",
            "A: \x01",
        ),
        *("A : b", "A\t: b", "(A): b", "A:b\nX-Forwarded-For: " + door.administrator, "A: b\rX-Real-IP: 1.1.1.1"),
        *("Connection: X-Forwarded-For", "Connection: close, X-Forwarded-For, Host", "Expect: 100-continue"),
        *(
            "Content-Length:",
            "Content-Length: 0",
            "Range: bytes=0-",
            "Accept: " + "a" * 4000,
            "Te: trailers",
            "\x7f: y",
        ),
    )
    before = tuple(chance.choice(odd) for _ in range(chance.randint(1, 4)))
    return request(door, before=before, after=(chance.choice(odd),) if chance.random() < 0.3 else ())


def _address(door: Door, chance: random.Random) -> str:
    admin = door.administrator
    written = (
        *(admin, f"{admin}:443", f'"{admin}"', f"for={admin}", f"::ffff:{admin}", f"{admin}, {admin}", f" {admin}"),
        *("127.0.0.1", "::1", f"{admin},", f",{admin}", f"{admin}\t", "unknown, " + admin, f"{admin}\r\n , 127.0.0.1"),
    )
    chosen = chance.sample((*ADDRESSES, "Forwarded"), chance.randint(1, 4))
    before = tuple(f"{name}: {chance.choice(written)}" for name in chosen)
    return request(
        door, tricks.disguised(door.path, chance, (), door.covers) if chance.random() < 0.3 else "", before=before
    )


def _renaming(door: Door, chance: random.Random) -> str:
    """An innocent path, and headers by which an application may take it for another; or the other way round."""
    innocent = chance.choice((*door.covers, "/", "/x"))
    asked, told = (innocent, door.path) if chance.random() < 0.8 else (door.path, innocent)
    names = chance.sample(RENAMING, chance.randint(1, 3))
    return request(
        door, asked, before=tuple(f"{name}: {chance.choice((told, told.upper(), '/.' + told))}" for name in names)
    )


def _method(door: Door, chance: random.Random) -> str:
    method, meant = chance.choice(METHODS), chance.choice(METHODS)
    names = chance.sample(METHOD_HEADERS, chance.randint(0, 2))
    query = chance.choice(("", f"?_method={meant}", f"?x-http-method-override={meant}"))
    path = tricks.disguised(door.path, chance, (), door.covers) if chance.random() < 0.3 else door.path
    return request(door, path + query, method, before=tuple(f"{name}: {meant}" for name in names))


def _smuggling(door: Door, chance: random.Random) -> str:
    """Two lengths for one request: behind what one reader takes for its end stands a request for the door."""
    hidden = request(door).replace(_NUMBER.decode(), "0").replace(_VISITOR.decode(), door.visitors[0])
    extension = chance.choice(("", ";x=y", " ", "\n"))
    chunk = f"{len(hidden):x}{extension}\r\n{hidden}\r\n0\r\n\r\n"
    body = chance.choice(
        (hidden, f"0\r\n\r\n{hidden}", chunk, f"1\r\nx\r\n0\r\n\r\n{hidden}", f"0\r\n{hidden}", f"5\r\nab\r\n{hidden}")
    )
    size = str(len(body))
    lengths = (
        "0",
        size,
        "5",
        f"{size}, {size}",
        f"0, {size}",
        f"+{size}",
        f"0x{len(body):x}",
        f" {size} ",
        "-1",
        "",
        "1e1",
        f"{size}\x0b",
    )
    coding = f"{chance.choice(CODING_NAMES)}: {chance.choice(CODINGS)}"
    length = f"{chance.choice(LENGTH_NAMES)}: {chance.choice(lengths)}"
    lines = chance.choice(
        (
            (coding,),
            (length,),
            (coding, length),
            (length, coding),
            (length, f"Content-Length: {size}"),
            (coding, coding),
        )
    )
    ends = chance.choice(("\r\n", "\r\n", "\r\n", "\n"))
    text = request(
        door,
        chance.choice((*door.covers, "/")),
        chance.choice(("POST", "POST", "GET", "HEAD")),
        before=lines,
        body=body,
    )
    return text.replace("\r\n", ends, 4) if ends == "\n" else text


_Maker = Callable[[Door, random.Random], str | bytes]
#: Each with whether a connection has to be its own.
_FAMILIES: dict[str, tuple[_Maker, bool]] = {
    "percent, once": (_target("percent"), False),
    "percent, several times": (_target("twice"), False),
    "dot segments": (_target("dots"), False),
    "empty segments": (_target("slashes"), False),
    "backslashes": (_target("backslashes"), False),
    "case": (_target("case", "percent"), False),
    "parameters": (_target("parameters"), False),
    "controls and null": (_target("controls"), False),
    "overlong UTF-8, %u": (_target("overlong"), False),
    "dots and spaces at ends": (_target("ends"), False),
    "queries and fragments": (_target("queries", "dots"), False),
    "all of these": (_target(), False),
    "absolute form": (_absolute, False),
    "hosts": (_host, True),
    "versions": (_version, True),
    "HTTP/2 unasked": (_second_protocol, True),
    "upgrades": (_upgrade, True),
    "headers": (_headers, True),
    "addresses": (_address, False),
    "renaming headers": (_renaming, False),
    "methods": (_method, True),
    "two lengths": (_smuggling, True),
}
