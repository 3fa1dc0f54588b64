"""How web frameworks read a request: from the strictest, to the letter, to one that trusts everything it can decode.

`paths` and `hosts` give every reading there may be of a target and of a Host header; a door is shut only if none of
them leads through it. Readings are those of bytes: separators, encodings, case. What Unicode calls compatible
characters are different ones here, as in every framework the documents name.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

_ENCODED, _UNICODE = re.compile(rb"%([0-9a-fA-F]{2})"), re.compile(rb"%[uU]([0-9a-fA-F]{4})")
_ABSOLUTE = re.compile(r"^[a-z][a-z0-9+.-]*:/*([^/?#]*)(.*)$", re.IGNORECASE | re.DOTALL)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
#: How often a name may be decoded on its way through proxy, server, framework and application.
_DEPTH = 4


@cache
def paths(target: str) -> frozenset[str]:
    """Everything that somebody may take for the path, in lower case."""
    found = {target}
    if absolute := _ABSOLUTE.match(target):
        found.add(absolute[2] or "/")
    if target.startswith("//"):  # a reader of addresses takes the first name for a host
        found.add("/" + target[2:].partition("/")[2])
    found = {each.partition("?")[0] for each in found}
    for step in (_cut_fragment, _decoded, _controls, _backslashes, _parameters, _trimmed, _merged, _resolved, _merged):
        found = set(_either(found, step))
    return frozenset(each.lower() for each in found)


@cache
def hosts(value: str) -> frozenset[str]:
    """Everything that somebody may take for the host's name."""
    found = {value, *value.split(",")}
    found |= {part for each in found for part in re.split(r"[@/\\?# \t]", each)}
    found |= {each.strip().partition(":")[0] for each in found}
    return frozenset(each.strip().rstrip(".").lower() for each in found)


def authority(target: str) -> str:
    """The host of a target in absolute form, which outranks the header."""
    absolute = _ABSOLUTE.match(target)
    return absolute[1] if absolute else ""


def _either(found: Iterable[str], step: Callable[[str], Iterator[str]]) -> Iterator[str]:
    """A step may be taken or not."""
    for each in found:
        yield each
        yield from step(each)


def _cut_fragment(path: str) -> Iterator[str]:
    yield path.partition("#")[0]


def _decoded(path: str) -> Iterator[str]:
    """Each layer of encoding, in UTF-8 that does not mind being longer than it must."""
    for _ in range(_DEPTH):
        raw = _UNICODE.sub(
            lambda found: chr(int(found[1], 16)).encode("utf-8", "replace"), path.encode("latin-1", "replace")
        )
        path = _trusting(_ENCODED.sub(lambda found: bytes([int(found[1], 16)]), raw))
        yield path


def _trusting(text: bytes) -> str:
    """UTF-8 as careless programs decode it: what a lead byte promises is taken from whatever follows."""
    told, at = [], 0
    while at < len(text):
        lead = text[at]
        more = 3 if lead >= 0xF0 else 2 if lead >= 0xE0 else 1 if lead >= 0xC0 else 0
        if more and at + more < len(text):
            value = lead & (0x3F >> more)
            for byte in text[at + 1 : at + 1 + more]:
                value = value << 6 | byte & 0x3F
            if value < 0x80:
                told.append(chr(value))
                at += 1 + more
                continue
        told.append(chr(lead))
        at += 1
    return "".join(told)


def _controls(path: str) -> Iterator[str]:
    """Programs in C end there, others leave them out."""
    yield _CONTROLS.split(path, maxsplit=1)[0]
    yield _CONTROLS.sub("", path)


def _backslashes(path: str) -> Iterator[str]:
    yield path.replace("\\", "/")


def _parameters(path: str) -> Iterator[str]:
    yield "/".join(segment.partition(";")[0] for segment in path.split("/"))
    yield path.partition(";")[0]


def _trimmed(path: str) -> Iterator[str]:
    """As file systems forget spaces and dots at the end of a name."""
    segments = [segment.strip(" ") for segment in path.split("/")]
    yield "/".join(each if set(each) <= {"."} else each.rstrip(". ") for each in segments)


def _merged(path: str) -> Iterator[str]:
    yield re.sub("/+", "/", path)


def _resolved(path: str) -> Iterator[str]:
    parts: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del parts[-1:]
        elif segment != ".":
            parts.append(segment)
    yield "/" + "/".join(parts).lstrip("/")
