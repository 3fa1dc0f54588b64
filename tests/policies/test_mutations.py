"""A sample of the weakened real stacks: the rule that is meant for it sees what was weakened.

All mutants of all stacks: `make prove ONLY=mutations`.
"""

import pytest

from policies.core.rule import all_rules
from tests.components.recording import recorded
from tests.policies.mutants import DROP, Judged, Weakening, mutants, resources_of
from tests.policies.weakenings import EXCUSES, NOT_WEAKENED, WEAKENINGS, excuse_of

#: In one process with the other tests of registrations: the program is run once for all of them.
pytestmark = pytest.mark.xdist_group("registrations")
RULES = {rule.id: rule for rule in all_rules()}
EVERY = 23


@pytest.fixture(scope="module")
def flagship() -> Judged:
    return Judged(resources_of(recorded("prod"), "prod"), RULES)


def test_every_rule_is_tried_or_has_its_reason() -> None:
    tried = {each.rule for each in WEAKENINGS}
    assert tried | NOT_WEAKENED.keys() == RULES.keys()
    assert not tried & NOT_WEAKENED.keys()


def test_every_reason_is_for_a_weakening() -> None:
    assert {(each.rule, each.path) for each in EXCUSES} <= {(each.rule, each.path) for each in WEAKENINGS}


def test_a_reason_counts_for_the_resources_it_is_true_of_only(flagship: Judged) -> None:
    """A primary that is not encrypted has no replica's excuse."""
    weakenings = [each for each in WEAKENINGS if (each.rule, each.path) == ("LL-ENC-001", "storageEncrypted")]
    made = list(mutants(flagship.resources, weakenings, flagship.system))
    replicas = {bool(each.resource and each.resource.get("replicateSourceDb")) for each in made}
    assert replicas == {True, False}
    for mutant in made:
        assert mutant.resource is not None
        is_replica = bool(mutant.resource.get("replicateSourceDb"))
        assert bool(excuse_of(mutant, flagship.resources)) is is_replica
        assert flagship.sees(mutant) is not is_replica


def test_the_intended_rules_see_a_sample(flagship: Judged) -> None:
    sample = list(mutants(flagship.resources, WEAKENINGS, flagship.system))[::EVERY]
    survivors = [
        str(mutant) for mutant in sample if not flagship.sees(mutant) and not excuse_of(mutant, flagship.resources)
    ]
    assert len(sample) > 100
    assert survivors == []


def test_what_is_weakened_in_no_way_is_seen_by_nobody(flagship: Judged) -> None:
    harmless = Weakening("aws:rds/instance:Instance", "maintenanceWindow", DROP, "LL-ENC-001")
    mutant, *_ = mutants(flagship.resources, [harmless], flagship.system)
    assert not flagship.sees(mutant)
