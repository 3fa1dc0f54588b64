"""Runs every rule on the resources it names. One rule's failure or one unknown value touches no other verdict."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from policies.core.graph import Graph
from policies.core.resource import NotApplicable, Resource, UnknownValue
from policies.core.rule import Binds, Problem, Rule
from policies.core.verdicts import Finding, Level, Verdict


@dataclass(frozen=True)
class Regime:
    """Which law binds the stack. Unless it says otherwise a stack is taken to hold health data."""

    hipaa: bool = True

    def level(self, rule: Rule) -> Level:
        if rule.binds is Binds.ALWAYS or (rule.binds is Binds.HIPAA and self.hipaa):
            return Level.MANDATORY
        return Level.ADVISORY


def judge(graph: Graph, rules: Iterable[Rule], regime: Regime) -> list[Finding]:
    """Every verdict, in the order of rules and then of resources; waivers come later (waivers.py)."""
    return [finding for rule in rules for finding in _judged(rule, graph, regime.level(rule))]


def _judged(rule: Rule, graph: Graph, level: Level) -> Iterator[Finding]:
    if rule.stack_predicate is not None:
        predicate = rule.stack_predicate
        if rule.needs and not graph.of(*rule.needs):
            yield Finding(rule, "", Verdict.NOT_APPLICABLE, level, reason="nothing of the kind in this stack")
        else:
            yield _finding(rule, "", level, lambda: predicate(graph))
        return
    for resource in graph.of(*rule.types):
        yield _judged_resource(rule, resource, graph, level)


def _judged_resource(rule: Rule, resource: Resource, graph: Graph, level: Level) -> Finding:
    predicate = rule.predicate
    assert predicate is not None, f"{rule.id} is about resources and has no predicate for one"
    return _finding(rule, resource.urn, level, lambda: predicate(resource, graph))


def _finding(rule: Rule, urn: str, level: Level, ask: Callable[[], Iterable[Problem]]) -> Finding:
    problems: list[Problem] = []
    try:
        for problem in ask():  # one by one: what was found before an unknown value counts
            problems.append(problem)
    except UnknownValue as unknown:
        if not problems:
            return Finding(rule, urn, Verdict.UNKNOWN, level, reason=f"{unknown.path} is not known before the update")
    except NotApplicable as why:
        return Finding(rule, urn, Verdict.NOT_APPLICABLE, level, reason=str(why))
    except Exception as failure:
        return Finding(rule, urn, Verdict.BROKEN, level, reason=f"{type(failure).__name__}: {failure}")
    if problems:
        return Finding(rule, urn, Verdict.FAIL, level, tuple(problems))
    return Finding(rule, urn, Verdict.PASS, level)
