"""Keeps the values of Secrets out of every message: the API server likes to quote what it refuses."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager

from rehearsal.providers.kubernetes.objects import Object, base64_of, is_secret
from rehearsal.providers.provider import NotReady, Refused


@contextmanager
def scrubbed(*inputs: Object) -> Iterator[None]:
    """What leaves this block as an error carries no value of a Secret, not even an encoded one."""
    try:
        yield
    except NotReady as error:
        error.reasons = [_all(reason, inputs) for reason in error.reasons]
        raise
    except Exception as error:
        clean = _all(str(error), inputs)
        if clean != str(error):
            raise Refused(clean) from None
        raise


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


def _unbase64(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        return ""
