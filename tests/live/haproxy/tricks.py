"""Ways to write a path that one program reads as another: by hand what is known, at random what is not."""

import random
from collections.abc import Iterator
from urllib.parse import unquote

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
    *(
        "/api/crisis/..%2f..%2f{}",
        "/crisis/../{}",
        "http://elsewhere.test/{}",
        "https://platform.test//{}",
        "/%c0%ae%c0%ae/{}",
    ),
)


def known(path: str) -> Iterator[str]:
    bare = path.lstrip("/")
    for form in _KNOWN:
        yield form.format(bare)
        yield form.format(bare.upper())
        yield form.format(bare.replace("/", "%2F"))
        yield form.format("".join(f"%{ord(each):02x}" if each.isalpha() else each for each in bare))


def random_ones(path: str, chance: random.Random, count: int) -> Iterator[str]:
    """Letters encoded or in capitals, and dots, slashes, parameters and encodings in between."""
    between = ("/", "//", "/./", "/x/../", "/%2e%2e/", "/..;/", "%2f", "/.", "/%2e/", "\\", "%5c", "/;/", "/x/%2E./")
    for _ in range(count):
        parts = []
        for segment in path.strip("/").split("/"):
            letters = (f"%{ord(each):02X}" if chance.random() < 0.2 else each for each in segment)
            parts.append(
                "".join(each.upper() if chance.random() < 0.1 and len(each) == 1 else each for each in letters)
            )
            parts.append(chance.choice(between) if chance.random() < 0.4 else "/")
        start = chance.choice(("/", "//", "/assets/../", "/x/../", "/./"))
        yield start + "".join(parts[:-1]) + chance.choice(("", "", "/", "?a=b", "/.", ";a", "%20"))


def understood(path: str) -> str:
    """How the most trusting of programs reads a path: decoded again and again, without parameters, in lower case."""
    path = path.split("?", 1)[0].split("#", 1)[0]
    for _ in range(4):
        path = unquote(path)
    parts: list[str] = []
    for segment in path.replace("\\", "/").split("/"):
        name = segment.split(";", 1)[0].strip().lower()
        if name == "..":
            parts = parts[:-1]
        elif name not in ("", "."):
            parts.append(name)
    return "/" + "/".join(parts)
