"""How a rule is written: a short predicate that yields what is wrong, under a decorator that says all about it.

    @rule(
        "LL-ENC-003", "Databases are encrypted with a customer key", "aws:rds/instance:Instance",
        severity=Severity.CRITICAL, why="...", fix="storage_encrypted=True, kms_key_id=key.arn", link="https://..."
    )
    def database_encrypted(database: Resource, graph: Graph) -> Problems:
        if database.get("storageEncrypted") is not True:
            yield Problem("storageEncrypted", expected="true", found=database.get("storageEncrypted"))

Nothing yielded is PASS; reading a value that is not known is UNKNOWN; raising NotApplicable says so.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from policies.core.graph import Graph
from policies.core.resource import Resource


class Severity(StrEnum):
    """CRITICAL rules cannot be waived, and on a real stack none of their verdicts is UNKNOWN."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Binds(StrEnum):
    """ALWAYS stops the update; HIPAA does where the stack's law is HIPAA and advises elsewhere; ADVICE only advises."""

    ALWAYS = "always"
    HIPAA = "hipaa"
    ADVICE = "advice"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where, what was expected, what is there. Never put a secret's value into `found`."""

    path: str
    expected: str
    found: object
    #: The resource that is to be changed, where it is another one than the one judged.
    culprit: Resource | None = None


Problems = Iterable[Problem]
Predicate = Callable[[Resource, Graph], Problems]
StackPredicate = Callable[[Graph], Problems]


@dataclass(frozen=True)
class Rule:
    """A rule and everything a report says about it."""

    id: str
    title: str
    types: tuple[str, ...]
    """Canonical types that it judges; empty for a rule about the stack as a whole."""
    severity: Severity
    binds: Binds
    why: str
    fix: str
    link: str
    predicate: Predicate | None
    stack_predicate: StackPredicate | None
    needs: tuple[str, ...]
    """For a rule about the stack: types of which one must be there for the rule to apply."""
    module: str
    within: tuple[str, ...] = ()
    """Rules that ask for more at the same place: where one of them fails there, it tells this rule's fault as well."""


class DuplicateRule(ValueError):
    """Two rules share an id."""


_ID = re.compile(r"LL-[A-Z]{3,4}-\d{3}")
_rules: dict[str, Rule] = {}


def rule(
    id: str,
    title: str,
    *types: str,
    severity: Severity,
    why: str,
    fix: str,
    link: str,
    binds: Binds = Binds.ALWAYS,
    within: tuple[str, ...] = (),
) -> Callable[[Predicate], Predicate]:
    """A rule about every resource of the given types."""
    if not types:
        raise ValueError(f"{id}: a rule about resources names their types; stack_rule is for the stack as a whole")

    def register(predicate: Predicate) -> Predicate:
        module = predicate.__module__
        _add(Rule(id, title, types, severity, binds, why, fix, link, predicate, None, (), module, within))
        return predicate

    return register


def stack_rule(
    id: str,
    title: str,
    *,
    severity: Severity,
    why: str,
    fix: str,
    link: str,
    binds: Binds = Binds.ALWAYS,
    needs: tuple[str, ...] = (),
    within: tuple[str, ...] = (),
) -> Callable[[StackPredicate], StackPredicate]:
    """A rule about the stack as a whole: that something exists, or that a type does not."""

    def register(predicate: StackPredicate) -> StackPredicate:
        module = predicate.__module__
        _add(Rule(id, title, (), severity, binds, why, fix, link, None, predicate, needs, module, within))
        return predicate

    return register


def _add(added: Rule) -> None:
    if not _ID.fullmatch(added.id):
        raise ValueError(f"{added.id!r} is no rule id: LL-<AREA>-<three digits>")
    if added.id in _rules:
        raise DuplicateRule(f"{added.id} is the id of two rules: {_rules[added.id].title!r} and {added.title!r}")
    _rules[added.id] = added


def all_rules() -> tuple[Rule, ...]:
    """Every rule of policies/rules/, in the order of their ids."""
    package = importlib.import_module("policies.rules")
    for module in pkgutil.walk_packages(package.__path__, "policies.rules."):
        importlib.import_module(module.name)
    return tuple(sorted(_rules.values(), key=lambda each: each.id))
