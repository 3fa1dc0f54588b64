"""The engine killed with SIGKILL while it makes things: one life of a small stack. Twenty of prod: `make prove`."""

import pytest

from tests.cli.conftest import Rehearsal
from tests.cli.killed import live

pytestmark = [pytest.mark.engine, pytest.mark.cluster]

#: A chain of links, each waiting for the one before, so that the update is still under way when some are noted.
PROGRAM = """
import pulumi, pulumi_aws as aws
region = aws.Provider("account", region="us-east-1")
before = None
for number in range(40):
    options = pulumi.ResourceOptions(provider=region, depends_on=[before] if before else [])
    before = aws.ssm.Parameter(f"link-{number}", name=f"/chain/{number}", type="String", value="x", opts=options)
"""


def test_a_killed_engine_is_recovered_from(rehearsal: Rehearsal) -> None:
    rehearsal.write(PROGRAM)
    life = live(rehearsal, after_resources=6)
    assert 6 <= life.resources_before < 43
