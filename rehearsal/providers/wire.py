"""Values as the engine sends them (protobuf structs with marked dictionaries) <-> plain Python.

Unknown values become UNKNOWN, secrets are unwrapped (`conceal` marks them again in an answer), assets and archives
stay the dictionaries they are: handed back as they came, the next `up` sees no change.
"""

from typing import Any, cast

from google.protobuf import struct_pb2

MARK = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"
ASSET = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

#: Below this length a secret is not searched for inside other strings: "a" would turn everything secret.
_SHORTEST_TRACED_SECRET = 4


class _Unknown:
    """A value that a preview cannot know yet."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> bool:
        raise TypeError("an unknown value was used as if it were known")


UNKNOWN = _Unknown()


class Secret:
    """A value the engine keeps encrypted."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "[secret]"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.value == other.value

    __hash__ = None  # type: ignore[assignment]


def decode(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Inputs or state of a resource, secrets still wrapped."""
    return {key: _decode(value) for key, value in struct.fields.items() if not key.startswith("__")}


def _decode(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value == _UNKNOWN else value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_decode(item) for item in value.list_value.values]
    if kind == "struct_value":
        fields = value.struct_value.fields
        if MARK in fields and fields[MARK].string_value == _SECRET:
            return Secret(_decode(fields["value"]))
        return {key: _decode(item) for key, item in fields.items()}
    return None


def encode(values: dict[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    for key, value in values.items():
        if value is not None:
            struct.fields[key].CopyFrom(_encode(value))
    return struct


def _encode(value: Any) -> struct_pb2.Value:
    if value is UNKNOWN:
        return struct_pb2.Value(string_value=_UNKNOWN)
    if isinstance(value, Secret):
        return _encode({MARK: _SECRET, "value": value.value})
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, int | float):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, str):
        return struct_pb2.Value(string_value=value)
    if isinstance(value, dict):
        mapping = cast("dict[str, Any]", value)
        fields = {str(key): _encode(item) for key, item in mapping.items()}
        return struct_pb2.Value(struct_value=struct_pb2.Struct(fields=fields))
    if isinstance(value, list | tuple | set):
        items = [_encode(item) for item in cast("list[Any]", value)]
        return struct_pb2.Value(list_value=struct_pb2.ListValue(values=items))
    return struct_pb2.Value(string_value=str(value))


def plain(value: Any) -> Any:
    """The same value with all secrets unwrapped."""
    if isinstance(value, Secret):
        return plain(value.value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def has_unknown(value: Any) -> bool:
    """Whether any part of the value is not known yet."""
    if value is UNKNOWN:
        return True
    if isinstance(value, Secret):
        return has_unknown(value.value)
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    return isinstance(value, list) and any(has_unknown(item) for item in value)


def conceal(answer: dict[str, Any], given: dict[str, Any], always: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Mark as secret what was secret in `given`, wherever it comes back in `answer`.

    The engine marks inputs and outputs of the same name by itself; a copy under another name (tags -> tagsAll)
    would be stored in clear. `always` names top-level properties that are secret by their nature.
    """
    traced = {text for text in _secret_texts(given) if len(text) >= _SHORTEST_TRACED_SECRET}
    marked = {key: _conceal(value, given.get(key), traced) for key, value in answer.items()}
    for key in always & marked.keys():
        if marked[key] is not None and not isinstance(marked[key], Secret):
            marked[key] = Secret(plain(marked[key]))
    return marked


def scrub(text: str, given: dict[str, Any]) -> str:
    """An error text with every secret of the inputs blotted out: AWS and Kubernetes like to quote what they refuse."""
    for secret in sorted(_secret_texts(given), key=len, reverse=True):
        if len(secret) >= _SHORTEST_TRACED_SECRET:
            text = text.replace(secret, "[secret]")
    return text


def _conceal(value: Any, given: Any, traced: set[str]) -> Any:
    if isinstance(value, Secret):
        return value
    if isinstance(given, Secret):
        return Secret(plain(value))
    if isinstance(value, dict):
        inside = given if isinstance(given, dict) else {}
        return {key: _conceal(item, inside.get(key), traced) for key, item in value.items()}
    if isinstance(value, list):
        beside = given if isinstance(given, list) and len(given) == len(value) else [None] * len(value)
        return [_conceal(item, other, traced) for item, other in zip(value, beside, strict=True)]
    if isinstance(value, str) and any(text in value for text in traced):
        return Secret(value)
    return value


def _secret_texts(value: Any, inside: bool = False) -> set[str]:
    if isinstance(value, Secret):
        return _secret_texts(value.value, inside=True)
    if isinstance(value, dict):
        return {text for item in value.values() for text in _secret_texts(item, inside)}
    if isinstance(value, list):
        return {text for item in value for text in _secret_texts(item, inside)}
    return {value} if inside and isinstance(value, str) else set()
