"""A rule that throws is a finding against itself, with its id and the resource, and hides no other verdict."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from policies.core.engine import Regime, judge
from policies.core.graph import Graph
from policies.core.resource import Resource
from policies.core.rule import Binds, Problem, Problems, Rule
from policies.core.verdicts import Finding, Level, Verdict
from policies.reports import console
from policies.reports.answers import Report
from policies.run import Run, message
from tests.policies.a_report import rule

TYPE = "aws:x/y:Y"


def _resource(name: str) -> Resource:
    return Resource(TYPE, name, f"urn:pulumi:prod::shop::{TYPE}::{name}", {"name": name})


GRAPH = Graph([_resource("first"), _resource("second"), _resource("third")])


def _throws_on_second(resource: Resource, graph: Graph) -> Problems:
    if resource.name == "second":
        raise KeyError("vpcConfig")
    return ()


def _throws_late(resource: Resource, graph: Graph) -> Iterator[Problem]:
    yield Problem("name", "another", resource.name)
    raise ZeroDivisionError("after the first problem")


def _fails(resource: Resource, graph: Graph) -> Problems:
    return (Problem("name", "another", resource.name),)


def _stack_throws(graph: Graph) -> Problems:
    raise RecursionError("round and round")


def _rule(id: str, predicate: Callable[[Resource, Graph], Problems]) -> Rule:
    return replace(rule(id), predicate=predicate)


def _judged(*rules: Rule) -> list[Finding]:
    return judge(GRAPH, rules, Regime())


def test_it_is_a_finding_against_the_rule_on_that_resource_only() -> None:
    first, second, third = _judged(_rule("LL-TST-001", _throws_on_second))
    assert (first.verdict, third.verdict) == (Verdict.PASS, Verdict.PASS)
    assert (second.verdict, second.urn, second.rule.id) == (Verdict.BROKEN, _resource("second").urn, "LL-TST-001")
    assert "KeyError: 'vpcConfig'" in second.reason


def test_other_rules_judge_as_if_it_were_not_there() -> None:
    alone = _judged(_rule("LL-TST-002", _fails))
    beside = _judged(_rule("LL-TST-001", _throws_on_second), _rule("LL-TST-002", _fails))
    assert [(each.urn, each.verdict, each.problems) for each in beside if each.rule.id == "LL-TST-002"] == [
        (each.urn, each.verdict, each.problems) for each in alone
    ]


@pytest.mark.parametrize("binds", [Binds.ALWAYS, Binds.HIPAA, Binds.ADVICE])
def test_it_stops_what_the_rule_itself_would_stop(binds: Binds) -> None:
    broken = next(each for each in _judged(replace(_rule("LL-TST-001", _throws_on_second), binds=binds)) if each.reason)
    assert broken.stops is (binds is not Binds.ADVICE)


def test_throwing_after_a_problem_is_broken_and_not_a_pass() -> None:
    assert {each.verdict for each in _judged(_rule("LL-TST-001", _throws_late))} == {Verdict.BROKEN}


def test_a_rule_about_the_stack_may_break_too() -> None:
    (finding,) = _judged(replace(rule("LL-TST-001"), types=(), predicate=None, stack_predicate=_stack_throws))
    assert (finding.verdict, finding.level, finding.urn) == (Verdict.BROKEN, Level.MANDATORY, "")


def test_it_is_told_as_the_rules_fault() -> None:
    findings = tuple(_judged(_rule("LL-TST-001", _throws_on_second)))
    told = console.text(Report(Run(findings, stack="prod"), ()))
    assert "second: LL-TST-001 could not judge: the rule itself failed with KeyError" in told
    assert message(findings[1]) in told
