"""A database with its parameter group, and the primary that a replica copies."""

from policies.core.graph import Graph
from policies.core.resource import Resource

DATABASE = "aws:rds/instance:Instance"
PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"


def parameters(database: Resource, graph: Graph) -> dict[str, str]:
    """Name -> value, as text; empty without a group in this stack."""
    group = graph.one(database, "parameterGroupName", PARAMETERS)
    if group is None:
        return {}
    return {str(each.get("name")): str(each.get("value", "")) for each in group.each("parameters")}


def is_replica(database: Resource) -> bool:
    return bool(database.references.get("replicateSourceDb")) or (
        database.is_known("replicateSourceDb") and bool(database.get("replicateSourceDb"))
    )
