"""The engine killed with SIGKILL while it makes and while it destroys: lives of a small stack (prod: `make prove`)."""

import pytest

from tests.cli.conftest import Rehearsal
from tests.cli.killed import done, kill_in_destroy, kill_in_update, live

pytestmark = [pytest.mark.engine, pytest.mark.cluster]

#: A chain of links, each waiting for the one before, so that work is still under way when some of it is done.
PROGRAM = """
import pulumi, pulumi_aws as aws
region = aws.Provider("account", region="us-east-1")
before = None
for number in range({links}):
    options = pulumi.ResourceOptions(provider=region, depends_on=[before] if before else [])
    before = aws.ssm.Parameter(f"link-{{number}}", name=f"/chain/{{number}}", type="String", value="x", opts=options)
"""
LINKS = 40


def test_a_killed_engine_is_recovered_from(rehearsal: Rehearsal) -> None:
    rehearsal.write(PROGRAM.format(links=LINKS))
    life = live(rehearsal, after_resources=6)
    assert 6 <= life.made_before < LINKS
    assert life.adopted >= life.made_before


def test_what_a_killed_engine_made_in_a_standing_stack_goes_down_with_it(rehearsal: Rehearsal) -> None:
    rehearsal.write(PROGRAM.format(links=1))
    done(rehearsal, "up")
    rehearsal.write(PROGRAM.format(links=LINKS))
    kill_in_update(rehearsal, after_resources=6)
    told = done(rehearsal, "down").err
    assert "the state knows nothing of aws:ssm/parameter:Parameter link-1" in told
    assert rehearsal.processes() == []


def test_a_destroy_cut_off_is_ended_by_the_next(rehearsal: Rehearsal) -> None:
    rehearsal.write(PROGRAM.format(links=LINKS))
    done(rehearsal, "up")
    kill_in_destroy(rehearsal, when_left=LINKS - 6)
    told = done(rehearsal, "down").err
    assert "✓ emulators are empty" in told
    assert rehearsal.processes() == []
