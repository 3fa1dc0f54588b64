"""Every rule on its cases, directly and through the SDK: it passes, fails, does not apply, does not know as it should.

tests/policies/cases_<area>.py holds the cases of policies/rules/<area>.py.
"""

import importlib
import pkgutil
import re

import pytest

import tests.policies
from policies.context import context_of
from policies.core.engine import judge
from policies.core.rule import Rule, Severity, all_rules
from policies.core.verdicts import Finding, Verdict
from tests.policies.cases import Cases, Stack, graph
from tests.policies.through_the_sdk import diagnostics

RULES = {rule.id: rule for rule in all_rules()}


def _all_cases() -> dict[str, Cases]:
    found: dict[str, Cases] = {}
    for module in pkgutil.iter_modules(tests.policies.__path__, "tests.policies."):
        if module.name.rpartition(".")[2].startswith("cases_"):
            cases: dict[str, Cases] = importlib.import_module(module.name).CASES
            assert not found.keys() & cases.keys(), f"{module.name} has cases of rules that have some elsewhere"
            found |= cases
    return found


def told_in(message: str) -> list[str]:
    """The rule that speaks, and those whose fault it tells as well."""
    return re.findall(r"LL-[A-Z]+-[0-9]+", message.partition(". Fix: ")[0])


CASES = _all_cases()
ids = pytest.mark.parametrize("id", sorted(RULES))


def findings(rule: Rule, case: Stack) -> list[Finding]:
    stack = graph(case)
    return judge(stack, [rule], context_of(stack).regime)


def verdicts(rule: Rule, case: Stack) -> set[Verdict]:
    return {finding.verdict for finding in findings(rule, case)}


def test_every_rule_has_cases_and_every_case_a_rule() -> None:
    assert CASES.keys() == RULES.keys()


@ids
def test_there_are_enough_cases(id: str) -> None:
    cases = CASES[id]
    assert len(cases.passing) >= 1
    assert len(cases.failing) >= 2
    for kind in ("not_applicable", "unknown"):
        assert bool(getattr(cases, kind)) != (kind in cases.without), f"{kind}: give a case, or say why there is none"


@ids
def test_it_passes_what_is_right(id: str) -> None:
    for case in CASES[id].passing:
        found = findings(RULES[id], case)
        assert Verdict.PASS in {each.verdict for each in found}, [each.reason for each in found]
        assert not [problem for each in found for problem in each.problems]
        assert not {each.verdict for each in found} & {Verdict.FAIL, Verdict.BROKEN, Verdict.UNKNOWN}
        assert not [each for each in diagnostics(case) if id in each.message]


@ids
def test_it_fails_what_is_wrong(id: str) -> None:
    for case in CASES[id].failing:
        assert Verdict.FAIL in verdicts(RULES[id], case)
        told = [each for each in diagnostics(case) if id in told_in(each.message)]
        assert told, "the SDK tells nothing of it"
        own = [each for each in told if f"{id} " in each.message]
        assert all("expected" in each.message and RULES[id].title in each.message for each in own)


@ids
def test_it_does_not_apply_elsewhere(id: str) -> None:
    for case in CASES[id].not_applicable:
        assert verdicts(RULES[id], case) <= {Verdict.NOT_APPLICABLE}
        assert not [each for each in diagnostics(case) if f"{id} " in each.message]


@ids
def test_it_says_what_it_cannot_know(id: str) -> None:
    rule = RULES[id]
    for case in CASES[id].unknown:
        assert Verdict.UNKNOWN in verdicts(rule, case)
        told = [each for each in diagnostics(case) if f"{id} " in each.message]
        assert bool(told) is (rule.severity is Severity.CRITICAL)
        assert not [each for each in diagnostics(case) if "can't run policy" in each.message]
