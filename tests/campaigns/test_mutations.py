"""Every mutant of every stack: each weakened property, and whether the rule that is meant for it sees it."""

from collections import Counter

import pytest

from policies.core.rule import all_rules
from tests.campaigns import figures
from tests.components.recording import STACKS, recorded
from tests.policies.mutants import Judged, mutants, resources_of
from tests.policies.weakenings import NOT_WEAKENED, WEAKENINGS, excuse_of

LEAST_SHARE = 0.99


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_mutations() -> None:
    rules = {rule.id: rule for rule in all_rules()}
    made: Counter[str] = Counter()
    survived: Counter[tuple[str, str, str, str]] = Counter()
    by_stack: list[str] = []
    for stack in STACKS:
        judged = Judged(resources_of(recorded(stack), stack), rules)
        all_of_them = list(mutants(judged.resources, WEAKENINGS, judged.system))
        survivors = [mutant for mutant in all_of_them if not judged.sees(mutant)]
        made.update(mutant.weakening.rule for mutant in all_of_them)
        survived.update(
            (each.weakening.rule, each.type, each.weakening.path, excuse_of(each, judged.resources))
            for each in survivors
        )
        by_stack.append(f"| {stack} | {len(all_of_them)} | {len(all_of_them) - len(survivors)} |")
    as_good = sum(count for (*_, why), count in survived.items() if why)
    total, left = sum(made.values()) - as_good, sum(survived.values()) - as_good
    listed = [
        f"| {rule} | {type} | {path or 'itself'} | {count} | {why or 'none: a gap'} |"
        for (rule, type, path, why), count in sorted(survived.items())
    ]
    figures.write(
        "policy_mutations",
        "Weakened stacks, and the rules that saw it",
        "\n".join(
            [
                f"Caught by the rule meant for it: {total - left} of {total} mutants, {(total - left) / total:.2%}.",
                f"{as_good} more are as good as what they were made of; the second table says why.",
                f"{len(WEAKENINGS)} weakenings for {len(made)} of {len(rules)} rules, registrations on mocks:",
                "a property flipped, dropped or lowered below what the document has,",
                "a resource taken away, or one added that is refused.",
                "",
                "| stack | mutants | caught |",
                "|---|---|---|",
                *by_stack,
                "",
                "| rule | survivors' type | property | mutants | why that is right |",
                "|---|---|---|---|---|",
                *listed,
                "",
                "| rule | why nothing is weakened for it |",
                "|---|---|",
                *(f"| {rule} | {why} |" for rule, why in sorted(NOT_WEAKENED.items())),
            ]
        ),
    )
    assert (total - left) / total >= LEAST_SHARE
    assert made.keys() | NOT_WEAKENED.keys() == rules.keys()
    assert all(why for *_, why in survived)
