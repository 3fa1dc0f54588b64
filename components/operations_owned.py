"""What is declared once and then changed at run time: one table of types, fields and reasons.

`up` declares, operations act. Components hand `fields(type)` to `ignore_changes`, so that an `up` never takes back what
somebody on duty did; the drift check and the policies read the same table.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Owned:
    """One field of one type that belongs to operations after its creation."""

    type: str
    field: str
    why: str


TABLE = (
    Owned(
        "aws:secretsmanager/secretVersion:SecretVersion",
        "secretString",
        "a rotation, or whoever supplies the secret, writes the next value",
    ),
    Owned(
        "aws:secretsmanager/secretVersion:SecretVersion",
        "versionStages",
        "AWSCURRENT moves to the version of each rotation",
    ),
    Owned(
        "aws:eks/nodeGroup:NodeGroup", "scalingConfig.desiredSize", "the node autoscaler counts, between least and most"
    ),
    Owned("aws:rds/instance:Instance", "password", "the rotation changes it in the database and in its secret"),
    Owned("aws:rds/instance:Instance", "replicateSourceDb", "a promoted replica has no source any more"),
    Owned("kubernetes:apps/v1:Deployment", "spec.replicas", "the autoscaler counts, and a maintenance may stop it"),
    Owned("kubernetes:batch/v1:Job", "spec", "what runs once in the lifetime of a database never runs for a new image"),
    Owned("kubernetes:core/v1:ConfigMap", "data", "canary weights, maintenance and feature flags are moved by hand"),
)


def fields(type: str) -> list[str]:
    """Fields of a type that its component must ignore."""
    found = list(_fields(type))
    if not found:
        raise KeyError(f"operations own no field of {type}; components/operations_owned.py names those they own")
    return found


def _fields(type: str) -> Iterator[str]:
    return (each.field for each in TABLE if each.type == type)
