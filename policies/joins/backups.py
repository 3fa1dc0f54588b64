"""What a backup plan copies."""

from typing import cast

from policies.core.graph import Graph
from policies.core.resource import UNKNOWN, Resource
from policies.joins.pods import STATEFUL_SET


def takes(selection: Resource, resource: Resource, service: str, graph: Graph) -> bool:
    """By its ARN, by all of its service, or by a tag; what nobody knows yet is taken to be meant."""
    if resource in graph.referred(selection, "resources", resource.type):
        return True
    listed = cast("list[object]", selection.get("resources", [])) if selection.is_known("resources") else [UNKNOWN]
    if any(each is UNKNOWN or each == "*" or str(each).startswith(f"arn:aws:{service}:") for each in listed):
        return True
    tags: dict[str, str] = resource.get("tags", {}) if resource.is_known("tags") else {}
    wanted = [(str(each.get("key")), each.get("value")) for each in selection.each("selectionTags")]
    return not listed and any(tags.get(key) == value for key, value in wanted)


def disks(graph: Graph) -> list[Resource]:
    """What keeps something on volumes of its own."""
    claims = graph.of("aws:ebs/volume:Volume", "kubernetes:core/v1:PersistentVolumeClaim")
    return [*claims, *(each for each in graph.of(STATEFUL_SET) if list(each.each("spec.volumeClaimTemplates")))]
