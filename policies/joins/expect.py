"""What rules ask most often: a literal of the program, a value that must be there, a key of one's own."""

from collections.abc import Callable
from typing import Any

from policies.core.graph import Graph
from policies.core.resource import Resource, UnknownValue, View
from policies.core.rule import Problem, Problems

KMS_KEYS = (
    "aws:kms/key:Key",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/externalKey:ExternalKey",
    "aws:kms/alias:Alias",
)
NOT_KNOWN = "not known before the update"


def literal(resource: Resource | View, path: str, *wanted: Any) -> Problems:
    """The program writes this value itself: not known counts as wrong."""
    try:
        found = resource.get(path)
    except UnknownValue:
        found = NOT_KNOWN
    if not any(
        found is each or (found == each and isinstance(found, bool) is isinstance(each, bool)) for each in wanted
    ):
        yield Problem(_place(resource, path), " or ".join(_said(each) for each in wanted), found)


def not_literal(resource: Resource | View, path: str, refused: Any, instead: str) -> Problems:
    """Wrong only where it says `refused`, or says what nobody can know."""
    try:
        found = resource.get(path)
    except UnknownValue:
        found = NOT_KNOWN
    if found in (refused, NOT_KNOWN):
        yield Problem(_place(resource, path), instead, found)


def number(
    resource: Resource | View, path: str, fits: Callable[[float], bool], expected: str, default: float | None = None
) -> Problems:
    found = resource.get(path, default)
    if not isinstance(found, int | float) or isinstance(found, bool) or not fits(float(found)):
        yield Problem(_place(resource, path), expected, found)


def is_given(resource: Resource, path: str) -> bool:
    """There is a value, or an output of another resource goes into it."""
    try:
        return resource.get(path) not in (None, "", [], {})
    except UnknownValue:
        if resource.references.get(path.split(".")[0]):
            return True
        raise


def given(resource: Resource, path: str, expected: str) -> Problems:
    if not is_given(resource, path):
        yield Problem(path, expected, None)


def customer_key(resource: Resource, graph: Graph, path: str) -> Problems:
    """A key of one's own; the provider's default key can neither be revoked nor audited apart."""
    if graph.referred(resource, path, *KMS_KEYS):
        return
    if not is_given(resource, path):
        yield Problem(path, "the ARN of a customer key", None)
        return
    found = resource.get(path)
    if isinstance(found, str) and "alias/aws/" in found:
        yield Problem(path, "the ARN of a customer key", found)


def _said(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _place(resource: Resource | View, path: str) -> str:
    return resource.at(path) if isinstance(resource, View) else path
