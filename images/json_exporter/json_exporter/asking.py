"""Asks one address for JSON and takes the numbers out of it.

True and false are 1 and 0, a time (RFC 3339, as `last_updated` of the volunteers' figures) is its seconds since 1970.
A member that is missing, or no number, leaves no sample: a silent zero would look like "no volunteers".
"""

import json
import math
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from typing import Any

#: An answer of a health path has some hundred bytes; more than this is not one.
_MOST_BYTES = 1_000_000


class NoAnswer(Exception):
    """The address did not answer with JSON."""


@dataclass(frozen=True)
class Metric:
    """A member of the answer (`.pool.used`) and the name its number gets."""

    name: str
    path: str
    help: str


@dataclass(frozen=True)
class Module:
    """One address."""

    url: str
    metrics: tuple[Metric, ...]


@dataclass(frozen=True)
class Configuration:
    """All addresses by the name Prometheus asks for."""

    timeout_seconds: float
    modules: dict[str, Module]

    @classmethod
    def read(cls, text: str) -> "Configuration":
        """Refuses what it does not understand: a misspelt member would be a metric that never comes."""
        try:
            given = json.loads(text)
            modules = {
                name: Module(module["url"], tuple(Metric(**metric) for metric in module["metrics"]))
                for name, module in given["modules"].items()
            }
            return cls(float(given["timeout_seconds"]), modules)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(
                f"{error!r}; wanted are timeout_seconds and modules, each with url and metrics (name, path, help)"
            ) from None


@dataclass(frozen=True)
class Found:
    """What one answer gave: samples, and members that were not there."""

    samples: tuple[tuple[Metric, float], ...]
    missing: tuple[Metric, ...]


def ask(module: Module, timeout_seconds: float) -> Found:
    """A health path answers 503 with a body too, and then its figures count most."""
    request = urllib.request.Request(module.url, headers={"Accept": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=timeout_seconds) as answer:
            content = answer.read(_MOST_BYTES)
    except urllib.error.HTTPError as error:
        with error:
            content = error.read(_MOST_BYTES)
    except OSError as error:
        raise NoAnswer(str(error)) from None
    try:
        answered = json.loads(content)
    except ValueError:
        raise NoAnswer(f"{len(content)} bytes that are no JSON") from None
    numbers = [(metric, number(member(answered, metric.path))) for metric in module.metrics]
    samples = tuple((metric, value) for metric, value in numbers if value is not None)
    return Found(samples, tuple(metric for metric, value in numbers if value is None))


def member(answered: Any, path: str) -> Any:
    """What stands at `.checks.database`; None where there is nothing."""
    for name in path.lstrip(".").split("."):
        if not isinstance(answered, dict):
            return None
        answered = answered.get(name)
    return answered


def number(value: Any) -> float | None:
    """Of a number, a truth or a time; text that looks like a number is one."""
    if isinstance(value, bool | int | float):
        return float(value) if math.isfinite(value) else None
    if not isinstance(value, str):
        return None
    try:
        return float(value) if math.isfinite(float(value)) else None
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return at.timestamp() if at.tzinfo else None
