"""Every mutant of every stack: each weakened property, and whether the rule that is meant for it sees it."""

from collections import Counter

import pytest

from policies.core.rule import all_rules
from tests.campaigns import figures
from tests.components.recording import STACKS, recorded
from tests.policies.mutants import Judged, mutants, resources_of
from tests.policies.weakenings import EQUIVALENT, WEAKENINGS

LEAST_SHARE = 0.99


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_mutations() -> None:
    rules = {rule.id: rule for rule in all_rules()}
    made: Counter[str] = Counter()
    survived: Counter[tuple[str, str, str]] = Counter()
    by_stack: list[str] = []
    for stack in STACKS:
        judged = Judged(resources_of(recorded(stack), stack), rules)
        all_of_them = list(mutants(judged.resources, WEAKENINGS))
        survivors = [mutant for mutant in all_of_them if not judged.sees(mutant)]
        made.update(mutant.weakening.rule for mutant in all_of_them)
        survived.update((each.weakening.rule, each.resource.type, each.weakening.path) for each in survivors)
        by_stack.append(f"| {stack} | {len(all_of_them)} | {len(all_of_them) - len(survivors)} |")
    total, left = sum(made.values()), sum(survived.values())
    listed = [
        f"| {rule} | {type} | {path} | {count} | {EQUIVALENT.get((rule, path), 'none: a gap')} |"
        for (rule, type, path), count in sorted(survived.items())
    ]
    figures.write(
        "policy_mutations",
        "Weakened stacks, and the rules that saw it",
        "\n".join(
            [
                f"Caught by the rule meant for it: {total - left} of {total} mutants, {(total - left) / total:.2%}.",
                f"{len(WEAKENINGS)} weakenings, {len(made)} of {len(rules)} rules, registrations on mocks.",
                "",
                "| stack | mutants | caught |",
                "|---|---|---|",
                *by_stack,
                "",
                "| rule | survivors' type | property | mutants | why that is right |",
                "|---|---|---|---|---|",
                *listed,
            ]
        ),
    )
    assert (total - left) / total >= LEAST_SHARE
    assert all((rule, path) in EQUIVALENT for rule, _, path in survived)
