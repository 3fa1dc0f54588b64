"""Keeps the values of Secrets out of every message and log: the API server likes to quote what it refuses."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager

from rehearsal.providers.kubernetes.apply import refused
from rehearsal.providers.kubernetes.client import ApiError
from rehearsal.providers.kubernetes.objects import Object, base64_of, is_secret
from rehearsal.providers.provider import Failure, NotReady, Refused
from rehearsal.providers.wire import UNKNOWN


def wrong(inputs: Object) -> list[Failure]:
    """Values of a wrong type never reach the API server, whose own log would quote them.

    The failures name no property, because the engine prints the value of one.
    """
    found: list[Failure] = []
    for field in ("data", "stringData"):
        content = inputs.get(field, {})
        if content is not UNKNOWN and not isinstance(content, dict):
            found.append(Failure("", f"{field} must be an object of strings"))
            continue
        for key, value in content.items() if isinstance(content, dict) else ():
            if value is UNKNOWN:
                continue
            if not isinstance(value, str):
                found.append(Failure("", f"{field}[{key!r}] must be a string, got {type(value).__name__}"))
            elif field == "data" and not _is_base64(value):
                found.append(Failure("", f"{field}[{key!r}] must be base64; plain text belongs in stringData"))
    return found


@contextmanager
def scrubbed(*inputs: Object) -> Iterator[None]:
    """What leaves this block as an error carries no value of a Secret, not even an encoded one."""
    try:
        yield
    except NotReady as error:
        error.reasons = [_all(reason, inputs) for reason in error.reasons]
        raise
    except (Refused, ApiError) as error:
        told = refused(error) if isinstance(error, ApiError) else error
        if any(is_secret(str(given.get("kind")), str(given.get("apiVersion"))) for given in inputs):
            # Without its cause, which would carry the value into a traceback.
            raise type(told)(_all(str(told), inputs)) from None
        raise told from error.__cause__


def _all(text: str, inputs: tuple[Object, ...]) -> str:
    for given in inputs:
        text = scrub(text, given)
    return text


def scrub(text: str, inputs: Object) -> str:
    """A message without any value of a Secret, in clear or encoded, of whatever length."""
    if not is_secret(str(inputs.get("kind", "")), str(inputs.get("apiVersion", ""))):
        return text
    words: set[str] = set()
    for field in ("data", "stringData"):
        values = inputs.get(field)
        for value in values.values() if isinstance(values, dict) else []:
            if isinstance(value, str) and value:
                words |= {value, base64_of(value), _unbase64(value), json.dumps(value)[1:-1]}
    for word in sorted(words, key=len, reverse=True):
        # One or two letters are in every sentence, and say nothing.
        if len(word) > 2:
            text = text.replace(word, "[secret]")
    return text


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except ValueError:
        return False
    return True


def _unbase64(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        return ""
