"""Every rehearsal is judged by the policy pack of its project, and what a mandatory rule refuses is never made."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rehearsal import paths
from tests.cli.conftest import Ended, Rehearsal

pytestmark = [pytest.mark.engine, pytest.mark.cluster]
WEAK = "import pulumi_random as random\nrandom.RandomPassword('weak', length=12)"
STRONG = WEAK.replace("12", "32")


@pytest.fixture
def judged_rehearsal(shared_rehearsal: Callable[[str], Rehearsal]) -> Iterator[Callable[[str], Rehearsal]]:
    """The shared project, with this one's pack for as long as the test lasts."""
    pack: list[Path] = []

    def with_program(program: str) -> Rehearsal:
        here = shared_rehearsal(program)
        pack.append(here.project / "policies")
        pack[0].symlink_to(paths.PROJECT / "policies", target_is_directory=True)
        return here

    yield with_program
    pack[0].unlink()


def lines_on_policies(ended: Ended) -> list[str]:
    return [line for line in ended.err.splitlines() if "policies" in line or "policy" in line]


def test_up_makes_nothing_that_a_mandatory_rule_refuses(judged_rehearsal):
    here = judged_rehearsal(WEAK)
    refused = here.run("up")
    assert refused.code == 1
    assert "✗ policies " in refused.err
    assert "random:index/randomPassword:RandomPassword weak: policy lifeline-mandatory: LL-ENC-027" in refused.err
    assert "make policy STACK=prod" in refused.err
    assert "nothing was made" in refused.err
    assert " update" not in refused.err
    assert Path(here.workspace, "stacks/prod/policy/report.sarif").exists()

    here.write(STRONG)
    made = here.run("up")
    assert made.code == 0, made.err
    (said,) = lines_on_policies(made)
    assert said.startswith("✓ policies ")
    assert " rules: " in said


def test_preview_is_judged_too_unless_it_is_asked_not_to(judged_rehearsal):
    here = judged_rehearsal(WEAK)
    refused = here.run("preview")
    assert refused.code == 1
    assert "LL-ENC-027" in refused.err
    unjudged = here.run("preview", "--no-policy")
    assert unjudged.code == 0, unjudged.err
    assert lines_on_policies(unjudged) == []


def test_a_project_without_a_pack_has_none_to_ask(shared_rehearsal):
    ended = shared_rehearsal(STRONG).run("preview")
    assert ended.code == 0, ended.err
    assert lines_on_policies(ended) == []
