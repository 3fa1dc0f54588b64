"""Which platform a stack is, by its tags, and what that platform's document asks; nothing for stacks of others."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from policies.core.engine import Regime
from policies.core.graph import Graph

if TYPE_CHECKING:
    from systems.model import System


@dataclass(frozen=True)
class Context:
    """`system` is None for a stack that is none of the documented platforms."""

    regime: Regime
    system: "System | None"


def context_of(graph: Graph) -> Context:
    system = system_of(graph)
    if system is None:
        return Context(Regime(hipaa=True), None)
    from systems.model import Law

    return Context(Regime(hipaa=system.regime.under(Law.HIPAA)), system)


def system_of(graph: Graph) -> "System | None":
    """By the first resource whose tags name a platform and its environment."""
    for resource in graph.resources:
        if resource.type.startswith("aws:") and resource.is_known("tags"):
            tags = cast("dict[str, object]", resource.get("tags", {}))
            if "lifeline:system" in tags and "lifeline:environment" in tags:
                return _load(str(tags["lifeline:system"]), str(tags["lifeline:environment"]))
    return None


@lru_cache
def _load(name: str, environment: str) -> "System | None":
    try:
        from systems import registry
        from systems.model import Environment
    except ImportError:
        return None  # the pack is used outside this project
    return registry.load(name, Environment(environment)) if name in registry.names() else None
