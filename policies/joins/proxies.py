"""HAProxy's configuration, wherever a ConfigMap holds one."""

from typing import cast

from policies.core.graph import Graph
from policies.core.resource import UNKNOWN, NotApplicable, Resource, UnknownValue

FILE = "haproxy.cfg"


def configurations(graph: Graph) -> list[tuple[Resource, list[str]]]:
    """Each with its lines. Where the only candidates are not known yet nothing can be said: not that there is none."""
    found: list[tuple[Resource, list[str]]] = []
    unseen = ""
    for each in graph.of("kubernetes:core/v1:ConfigMap"):
        data = cast("dict[str, object]", each.get("data", {})) if each.is_known("data") else {FILE: UNKNOWN}
        if data.get(FILE) is UNKNOWN:
            unseen = f"data[{FILE}]" if each.is_known("data") else "data"
        elif FILE in data:
            found.append((each, str(data[FILE]).splitlines()))
    if unseen and (unseen != "data" or not found):
        raise UnknownValue(unseen)
    if not found:
        raise NotApplicable("no configuration of HAProxy")
    return found
