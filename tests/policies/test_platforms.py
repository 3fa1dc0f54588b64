"""The ten stacks under the pack, as their program registers them: nothing fails, and nothing is left open.

On mocks every value is known, so that also the rules about policy documents have their say, which a first preview
leaves open: documents name ARNs that do not exist yet. Previews by the real engine: tests/stacks.
"""

from collections import Counter

import pytest

from policies.core.graph import Graph
from policies.core.verdicts import Verdict
from policies.run import Run, run
from tests.components.recording import STACKS, recorded
from tests.policies.mutants import resources_of

#: In one process with the other tests of registrations: the program is run once for all of them.
pytestmark = pytest.mark.xdist_group("registrations")


def judged(stack: str) -> Run:
    return run(Graph(resources_of(recorded(stack), stack)))


@pytest.mark.parametrize("stack", STACKS)
def test_nothing_fails_and_nothing_is_left_open(stack: str) -> None:
    found = judged(stack)
    wrong = [
        f"{each.verdict} {each.rule.id} {each.urn.rpartition('::')[2]}: {each.problems or each.reason}"
        for each in found.findings
        if each.verdict in (Verdict.FAIL, Verdict.BROKEN, Verdict.UNKNOWN)
    ]
    assert wrong == []
    assert found.complaints == ()
    assert Counter(each.verdict for each in found.findings)[Verdict.PASS] > 1500
