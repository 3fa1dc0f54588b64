"""Property values as the engine writes them, made fit to be shown: a secret is only said to be there."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from policies.core.resource import UNKNOWN

SECRET = "(secret)"
NOTHING = "nothing"
#: Pulumi's marks: of special values in general, and which kind each is.
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET, _OUTPUT = "1b47061264138c4ac30d75fd1eb44270", "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e"
_UNKNOWN_TEXT = re.compile(r"04da6b54-80e4-46f7-96ec-b56ff0331ba9|[0-9a-f-]{36}-unknown|\[unknown\]|output<\w+>")
_SECRET_TEXT = "[secret]"
#: Hidden whether the engine knows them for secrets or not.
_SECRET_NAMES = re.compile(
    r"(?i)(password|passphrase|secretString|secretBinary|privateKey|privateKeyPem|authToken|accessToken|apiKey|"
    r"clientSecret|kubeconfig|rawKubeconfig)(Wo)?$"
)
#: Of environment variables and parameters, whose values stand beside their names.
_SECRET_LABELS = re.compile(r"(?i)(password|passphrase|secret|token|api_?key|private_?key|dsn|database_url)")
#: An address with a password in it.
_CREDENTIALS = re.compile(r"(://[^:/@\s]+:)[^@\s]+@")
_LONGEST_SHOWN = 96
_PART = re.compile(r'\.?([^.\[\]"]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]')
_BREAKS = re.compile(r"[\x00-\x1f\x7f]+")


def clean(value: object, name: str = "", of_secret: bool = False) -> object:
    """Without the engine's marks; what is secret, or stands under a name that says so, is only said to be there."""
    if value is None:
        return None
    if _SECRET_NAMES.search(name) and not isinstance(value, bool) and not _is_unknown(value):
        return SECRET
    if isinstance(value, str):
        return UNKNOWN if _is_unknown(value) else SECRET if of_secret or value == _SECRET_TEXT else value
    if isinstance(value, list):
        return [clean(each, of_secret=of_secret) for each in cast("list[object]", value)]
    if isinstance(value, Mapping):
        given = cast("Mapping[str, object]", value)
        if _SIGNATURE in given:
            return _special(given)
        labelled = of_secret or bool(_SECRET_LABELS.search(str(given.get("name", ""))))
        return {
            str(key): clean(each, str(key), labelled if key == "value" else of_secret) for key, each in given.items()
        }
    return SECRET if of_secret and not isinstance(value, bool) else value


def properties(given: Mapping[str, object] | None, type: str) -> dict[str, object]:
    """All properties of one resource. What a Kubernetes Secret holds is secret whatever the engine thinks of it."""
    held = ("data", "stringData") if type.endswith(":Secret") and type.startswith("kubernetes:") else ()
    return {name: clean(value, name, name in held) for name, value in (given or {}).items()}


def _is_unknown(value: object) -> bool:
    return isinstance(value, str) and bool(_UNKNOWN_TEXT.fullmatch(value))


def _special(given: Mapping[str, object]) -> object:
    kind = given[_SIGNATURE]
    if kind == _SECRET:
        return SECRET
    if kind == _OUTPUT:
        return SECRET if given.get("secret") else clean(given["value"]) if "value" in given else UNKNOWN
    if kind == _REFERENCE:
        return str(given.get("urn", "")).rsplit("::", 1)[-1]
    return f"content {str(given.get('hash', ''))[:12]}".strip()


def at(value: object, path: str) -> object:
    """What stands at `spec.template.containers[0].image` or `tags["a.b"]`; None where nothing does."""
    for key, index, quoted in _PART.findall(path):
        if value is UNKNOWN or value is SECRET:
            return value
        if index:
            items = cast("list[object]", value) if isinstance(value, list) else []
            value = items[int(index)] if int(index) < len(items) else None
        elif isinstance(value, Mapping):
            value = cast("Mapping[str, object]", value).get(key or quoted.replace('\\"', '"'))
        else:
            return None
    return value


def leaves(before: object, after: object, path: str = "") -> Iterator[tuple[str, object, object]]:
    """Every place at which two values differ, with both sides. Texts that are JSON are looked into."""
    before, after = _opened(before, after), _opened(after, before)
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        one, other = cast("Mapping[str, object]", before), cast("Mapping[str, object]", after)
        for key in dict.fromkeys([*one, *other]):
            step = key if re.fullmatch(r"[\w-]+", key) else f'["{key}"]'
            joined = f"{path}.{step}" if path and not step.startswith("[") else f"{path}{step}"
            yield from leaves(one.get(key), other.get(key), joined)
    elif isinstance(before, list) and isinstance(after, list):
        first, second = cast("list[object]", before), cast("list[object]", after)
        for index in range(max(len(first), len(second))):
            yield from leaves(_item(first, index), _item(second, index), f"{path}[{index}]")
    else:
        yield path, before, after


def _item(items: list[object], index: int) -> object:
    return items[index] if index < len(items) else None


def _opened(value: object, other: object) -> object:
    """A policy document and its like; only when both sides are such."""
    if not (isinstance(value, str) and isinstance(other, str) and value[:1] in "{[" and other[:1] in "{["):
        return value
    try:
        json.loads(other)
        return clean(cast("object", json.loads(value)))
    except ValueError:
        return value


def shown(value: object) -> str:
    """On one line and short."""
    if value is None:
        return NOTHING
    if value is UNKNOWN:
        return repr(UNKNOWN)
    if isinstance(value, bool):
        return str(value).lower()
    value = _blinded(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = value if isinstance(value, str) else str(_blinded(_as_json(value)))
    text = _BREAKS.sub(" ", text).replace("`", "'").strip() if text.strip() else '""' if text == "" else '" "'
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"


def _as_json(value: object) -> str:
    def stand_in(inner: Any) -> str:
        return repr(inner)

    return json.dumps(value, ensure_ascii=False, default=stand_in)


def shown_pair(before: object, after: object) -> tuple[str, str]:
    """Both sides of a change so that the difference can be seen: digests by their ends, long texts by lines changed."""
    before, after = _blinded(before), _blinded(after)
    if isinstance(before, str) and isinstance(after, str) and "\n" in before + after:
        old, new = before.splitlines(), after.splitlines()
        gone, come = sum(each not in new for each in old), sum(each not in old for each in new)
        return f"{len(old)} lines", f"{len(new)} lines ({come} new, {gone} gone)"
    one, other = shown(before), shown(after)
    if isinstance(before, str) and isinstance(after, str) and len(before) + len(after) > _LONGEST_SHOWN:
        shared = _shared_start(before, after)
        if shared > _LONGEST_SHOWN // 2 or "@sha256:" in before + after:
            return _around(before, shared), _around(after, shared)
    return one, other


def _blinded(value: object) -> object:
    """A text without what is secret in it: passwords in addresses, and those of a document in JSON."""
    if not isinstance(value, str):
        return value
    opened = _opened(value, value)
    return _CREDENTIALS.sub(rf"\1{SECRET}@", value if isinstance(opened, str) else _as_json(opened))


def _shared_start(one: str, other: str) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _around(text: str, place: int) -> str:
    """A digest is known by its first figures; of another text what lies around the first difference."""
    shortened = re.sub(r"(@sha256:[0-9a-f]{12})[0-9a-f]{52}", r"\1…", text)
    if shortened != text:
        return shown(shortened)
    start = max(0, place - 24)
    end = start + _LONGEST_SHOWN - 2
    return _BREAKS.sub(" ", ("…" if start else "") + text[start:end] + ("…" if end < len(text) else ""))
