"""Which platforms there are: every module of this package that defines `system(environment)`.

A further platform is one more file here; nothing has to be told about it. Modules are found by their text and only the
one asked for is imported: a mistake in one platform's spec must not stop another's deployment.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable
from pathlib import Path
from typing import cast

import systems
from systems.model import Environment, System

_BUILDER = re.compile(r"^def system\(", re.MULTILINE)


class UnknownSystem(LookupError):
    """A name that belongs to none of the platforms."""


def names() -> tuple[str, ...]:
    """The platforms by the names that stacks use, in alphabetical order."""
    return tuple(sorted(module.replace("_", "-") for module in _modules()))


def load(name: str, environment: Environment = Environment.PRODUCTION) -> System:
    """One platform in one environment."""
    if name not in names():
        raise UnknownSystem(f"there is no system {name!r}; there are {', '.join(names())}")
    module = importlib.import_module(f"systems.{module_name(name)}")
    build = cast("Callable[[Environment], System]", module.system)
    built = build(environment)
    if built.name != name:
        raise UnknownSystem(f"systems/{module_name(name)} calls itself {built.name!r}: it must be named {name!r}")
    return built


def module_name(name: str) -> str:
    """`astral-core-v2` is defined in `astral_core_v2`."""
    return name.replace("-", "_")


def _modules() -> list[str]:
    """Modules and packages of systems/ with a `system` function at their top level."""
    found: list[str] = []
    for place in map(Path, systems.__path__):
        for module in pkgutil.iter_modules([str(place)]):
            file = place / module.name / "__init__.py" if module.ispkg else place / f"{module.name}.py"
            if not module.name.startswith("_") and _BUILDER.search(file.read_text(encoding="utf-8")):
                found.append(module.name)
    return found
