"""Which platforms there are: every module of this package that defines `system(environment)`.

A further platform is one more file here; nothing has to be told about it.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import cast

import systems
from systems.model import Environment, System


class UnknownSystem(LookupError):
    """A name that belongs to none of the platforms."""


def names() -> tuple[str, ...]:
    """The platforms by the names that stacks use, in alphabetical order."""
    return tuple(sorted(_modules()))


def load(name: str, environment: Environment = Environment.PRODUCTION) -> System:
    """One platform in one environment."""
    modules = _modules()
    if name not in modules:
        raise UnknownSystem(f"there is no system {name!r}; there are {', '.join(sorted(modules))}")
    build = cast("Callable[[Environment], System]", modules[name].system)
    built = build(environment)
    if built.name != name:
        raise UnknownSystem(f"systems/{module_name(name)} calls itself {built.name!r}: it must be named {name!r}")
    return built


def module_name(name: str) -> str:
    """`astral-core-v2` is defined in `astral_core_v2`."""
    return name.replace("-", "_")


def _modules() -> dict[str, ModuleType]:
    return {module.__name__.rpartition(".")[2].replace("_", "-"): module for module in _specs()}


def _specs() -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(systems.__path__):
        if found.name.startswith("_"):
            continue
        module = importlib.import_module(f"systems.{found.name}")
        if callable(getattr(module, "system", None)):
            yield module
