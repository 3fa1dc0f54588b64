"""RandomPassword and RandomString: text of a given length from chosen sets of characters."""

import random
import secrets
import string
from typing import Any

from rehearsal.providers.provider import Failure
from rehearsal.providers.random.bcrypt import hash_password
from rehearsal.providers.wire import UNKNOWN, has_unknown

Values = dict[str, Any]

DEFAULTS: Values = {
    **dict.fromkeys(("lower", "number", "numeric", "special", "upper"), True),
    **dict.fromkeys(("minLower", "minNumeric", "minSpecial", "minUpper"), 0),
}
_SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
_MINIMA = ("minLower", "minNumeric", "minSpecial", "minUpper")


def normal(inputs: Values) -> Values:
    """`number` is the old name of `numeric`: setting one sets the other."""
    if "numeric" in inputs:
        return {**inputs, "number": inputs["numeric"]} if "number" not in inputs else inputs
    return {**inputs, "numeric": inputs["number"]} if "number" in inputs else inputs


def problems(inputs: Values) -> list[Failure]:
    found: list[Failure] = []
    length, minima = inputs["length"], [inputs[name] for name in _MINIMA]
    if not has_unknown(length) and length < 1:
        found.append(Failure("length", "must be at least 1"))
    for name, minimum in zip(_MINIMA, minima, strict=True):
        if not has_unknown(minimum) and minimum < 0:
            found.append(Failure(name, "must not be negative"))
    if not has_unknown([length, *minima]) and length >= 1 and length < sum(minima):
        found.append(Failure("length", f"must be at least the sum of {', '.join(_MINIMA)}, which is {sum(minima)}"))
    sets = [inputs[name] for name in ("lower", "numeric", "special", "upper")]
    if not has_unknown(sets) and not any(sets):
        found.append(Failure("special", "one of lower, numeric, special and upper must be true"))
    number, numeric = inputs["number"], inputs["numeric"]
    if UNKNOWN not in (number, numeric) and number != numeric:
        found.append(Failure("number", "is the old name of numeric: set only one, or both alike"))
    if inputs.get("overrideSpecial") == "" and inputs["minSpecial"] is not UNKNOWN and inputs["minSpecial"] > 0:
        found.append(Failure("overrideSpecial", "must not be empty when minSpecial asks for special characters"))
    return found


def make(inputs: Values) -> str:
    """The minima first, the rest from all chosen sets, then in random order."""
    sets = {
        "lower": string.ascii_lowercase,
        "numeric": string.digits,
        "special": inputs.get("overrideSpecial") or _SPECIAL,
        "upper": string.ascii_uppercase,
    }
    minima = {"lower": "minLower", "numeric": "minNumeric", "special": "minSpecial", "upper": "minUpper"}
    chosen = "".join(sets[name] for name in sets if inputs[name])
    characters = [secrets.choice(sets[name]) for name, least in minima.items() for _ in range(inputs[least])]
    characters += [secrets.choice(chosen) for _ in range(inputs["length"] - len(characters))]
    random.SystemRandom().shuffle(characters)
    return "".join(characters)


def make_string(inputs: Values) -> tuple[str, Values]:
    result = make(inputs)
    return result, {"result": result}


def make_password(inputs: Values) -> tuple[str, Values]:
    result = make(inputs)
    return "none", {"result": result, "bcryptHash": hash_password(result)}


def adopt_string(value: str) -> tuple[str, Values, Values]:
    return value, {"length": len(value)}, {"result": value}


def adopt_password(value: str) -> tuple[str, Values, Values]:
    """The id given to an import is the password: the id kept is not, because ids are stored in clear."""
    return "none", {"length": len(value)}, {"result": value, "bcryptHash": hash_password(value)}
