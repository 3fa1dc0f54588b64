"""What each resource of pulumi-random is made of. Every input, `keepers` among them, asks for a new value."""

import base64
import random
import secrets
import time
import uuid
from collections.abc import Sequence
from typing import Any

from rehearsal.providers.local import Kind
from rehearsal.providers.provider import Failure
from rehearsal.providers.random import text
from rehearsal.providers.random.words import ADJECTIVES, ADVERBS, NAMES
from rehearsal.providers.wire import has_unknown

Values = dict[str, Any]


def _normal(inputs: Values) -> Values:
    """A keeper without a value keeps nothing."""
    keepers = inputs.get("keepers")
    if not isinstance(keepers, dict):
        return inputs
    return {**inputs, "keepers": {name: value for name, value in keepers.items() if value is not None} or None}


def _at_least_one(name: str, least: int = 1) -> Any:
    def problems(inputs: Values) -> list[Failure]:
        value = inputs.get(name)
        if value is None or has_unknown(value) or value >= least:
            return []
        return [Failure(name, f"must be at least {least}")]

    return problems


def _make_id(inputs: Values) -> tuple[str, Values]:
    return _id_outputs(secrets.token_bytes(inputs["byteLength"]), inputs.get("prefix", ""))


def _id_outputs(value: bytes, prefix: str) -> tuple[str, Values]:
    url = base64.urlsafe_b64encode(value).rstrip(b"=").decode()
    return url, {
        "b64Std": prefix + base64.b64encode(value).decode(),
        "b64Url": prefix + url,
        "dec": prefix + str(int.from_bytes(value, "big")),
        "hex": prefix + value.hex(),
    }


def _adopt_id(id: str) -> tuple[str, Values, Values]:
    """`value` or `prefix,value`."""
    prefix, _, url = id.rpartition(",")
    value = _from_base64(url, "-_", "the value of a RandomId, optionally after a prefix and a comma")
    inputs = {"byteLength": len(value)} | ({"prefix": prefix} if prefix else {})
    kept, outputs = _id_outputs(value, prefix)
    return kept, inputs, outputs


def _make_bytes(inputs: Values) -> tuple[str, Values]:
    value = secrets.token_bytes(inputs["length"])
    return "none", {"base64": base64.b64encode(value).decode(), "hex": value.hex()}


def _adopt_bytes(id: str) -> tuple[str, Values, Values]:
    value = _from_base64(id, "+/", "the base64 form of the bytes")
    return "none", {"length": len(value)}, {"base64": base64.b64encode(value).decode(), "hex": value.hex()}


def _from_base64(text: str, alphabet: str, wanted: str) -> bytes:
    try:
        value = base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), alphabet, validate=True)
    except ValueError:
        value = b""
    if not value:
        raise ValueError(f"the id must be {wanted}")
    return value


def _make_integer(inputs: Values) -> tuple[str, Values]:
    result = _source(inputs).randint(inputs["min"], inputs["max"])
    return str(result), {"result": result}


def _integer_problems(inputs: Values) -> list[Failure]:
    low, high = inputs["min"], inputs["max"]
    return [Failure("min", "must not be above max")] if not has_unknown([low, high]) and low > high else []


def _adopt_integer(id: str) -> tuple[str, Values, Values]:
    """`result,min,max` or `result,min,max,seed`."""
    parts = id.split(",")
    try:
        result, low, high = (int(part) for part in parts[:3])
    except ValueError:
        raise ValueError("the id must be `result,min,max` or `result,min,max,seed`") from None
    if not low <= result <= high or len(parts) > 4:
        raise ValueError("the id must be `result,min,max` or `result,min,max,seed`, with result from min to max")
    seed = {"seed": parts[3]} if len(parts) == 4 else {}
    return str(result), {"min": low, "max": high, **seed}, {"result": result}


def _source(inputs: Values) -> random.Random:
    """A seed gives the same values again (other ones than the official provider's generator gives)."""
    seed = inputs.get("seed")
    return random.Random(seed) if seed else random.SystemRandom()


def _make_shuffle(inputs: Values) -> tuple[str, Values]:
    items: Sequence[str] = inputs["inputs"]
    wanted = inputs.get("resultCount", len(items))
    source = _source(inputs)
    results: list[str] = []
    while items and len(results) < wanted:
        results += source.sample(items, min(len(items), wanted - len(results)))
    return "-", {"results": results}


def _make_pet(inputs: Values) -> tuple[str, Values]:
    length = inputs["length"]
    words = [secrets.choice(ADVERBS) for _ in range(length - 2)]
    words += [secrets.choice(ADJECTIVES)] * (length > 1) + [secrets.choice(NAMES)]
    prefix = [inputs["prefix"]] if inputs.get("prefix") else []
    return inputs["separator"].join(prefix + words), {}


def _uuid(value: uuid.UUID) -> tuple[str, Values]:
    return str(value), {"result": str(value)}


def _adopt_uuid(id: str) -> tuple[str, Values, Values]:
    try:
        kept, outputs = _uuid(uuid.UUID(id))
    except ValueError:
        raise ValueError(f"{id!r} is not a UUID") from None
    return kept, {}, outputs


def _uuid7() -> uuid.UUID:
    """Milliseconds since 1970, then random bits (RFC 9562)."""
    bits = time.time_ns() // 1_000_000 << 80 | secrets.randbits(80)
    return uuid.UUID(int=bits & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62)


def _text_normal(inputs: Values) -> Values:
    return text.normal(_normal(inputs))


KINDS = {
    "random:index/randomPassword:RandomPassword": Kind(
        text.make_password, text.DEFAULTS, text.problems, text.adopt_password, normal=_text_normal
    ),
    "random:index/randomString:RandomString": Kind(
        text.make_string, text.DEFAULTS, text.problems, text.adopt_string, normal=_text_normal
    ),
    "random:index/randomId:RandomId": Kind(
        _make_id, problems=_at_least_one("byteLength"), adopt=_adopt_id, normal=_normal
    ),
    "random:index/randomBytes:RandomBytes": Kind(
        _make_bytes, problems=_at_least_one("length"), adopt=_adopt_bytes, normal=_normal
    ),
    "random:index/randomInteger:RandomInteger": Kind(
        _make_integer, problems=_integer_problems, adopt=_adopt_integer, normal=_normal
    ),
    "random:index/randomUuid:RandomUuid": Kind(lambda _: _uuid(uuid.uuid4()), adopt=_adopt_uuid, normal=_normal),
    "random:index/randomUuid4:RandomUuid4": Kind(lambda _: _uuid(uuid.uuid4()), adopt=_adopt_uuid, normal=_normal),
    "random:index/randomUuid7:RandomUuid7": Kind(lambda _: _uuid(_uuid7()), adopt=_adopt_uuid, normal=_normal),
    "random:index/randomPet:RandomPet": Kind(
        _make_pet, {"length": 2, "separator": "-"}, _at_least_one("length"), normal=_normal
    ),
    "random:index/randomShuffle:RandomShuffle": Kind(
        _make_shuffle, problems=_at_least_one("resultCount", 0), normal=_normal
    ),
}
