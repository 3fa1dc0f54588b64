"""The exact list of rules: none is lost, renamed or added without somebody seeing it."""

from policies.core.rule import all_rules
from tests.policies import golden_files


def test_the_rules_are_these() -> None:
    now = {rule.id for rule in all_rules()}
    known = golden_files.lines("rules.txt", now)
    assert now == known, "LIFELINE_UPDATE_GOLDEN=1 writes the list anew: look at what was lost and what came"
