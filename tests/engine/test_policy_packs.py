"""Policy packs through the rehearsal's language host."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

PACK = """
import sys
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

def no_odd_names(args, report):
    if args.resource_type == "slow:index:Thing" and args.name.startswith("odd"):
        report(f"{args.name} is an odd name")

def short(args, report):
    if args.resource_type == "slow:index:Thing" and args.props.get("seconds", 0) > 1:
        report("takes long")

print("the pack was started", file=sys.stderr)
PolicyPack("pack", policies=[
    ResourceValidationPolicy("no-odd-names", "Names are even.", no_odd_names, EnforcementLevel.MANDATORY),
    ResourceValidationPolicy("short", "Nothing takes long.", short, EnforcementLevel.ADVISORY),
])
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    directory = tmp_path / "pack"
    directory.mkdir()
    (directory / "PulumiPolicy.yaml").write_text("runtime: python\ndescription: for tests\n")
    (directory / "__main__.py").write_text(PACK)
    return directory


def test_a_mandatory_violation_fails_the_preview_and_names_the_resource(slow_run, pack):
    outcome = slow_run("thing('odd-one')").preview("--policy-pack", str(pack), fails=True)
    (violation,) = outcome.story.violations
    assert (violation.policy, violation.level) == ("no-odd-names", "mandatory")
    assert violation.urn.endswith("::odd-one")
    assert "odd-one is an odd name" in violation.text


def test_an_advisory_violation_is_told_and_does_not_fail(slow_run, pack):
    run = slow_run("thing('even', seconds=2)")
    outcome = run.preview("--policy-pack", str(pack))
    (violation,) = outcome.story.violations
    assert (violation.policy, violation.level) == ("short", "advisory")
    assert "takes long" in violation.text


def test_nothing_is_made_that_a_mandatory_policy_forbids(slow_run, pack):
    run = slow_run("thing('odd-one')")
    run.up("--policy-pack", str(pack), fails=True)
    assert run.notes.read_text() == ""


def test_a_pack_that_does_not_start_says_why(slow_run, pack):
    (pack / "__main__.py").write_text("import no_such_module")
    outcome = slow_run("thing('t')").preview("--policy-pack", str(pack), fails=True)
    assert "No module named 'no_such_module'" in outcome.text


def test_the_pack_ends_with_the_engine(slow_run, pack):
    from tests.engine.conftest import descendants, until

    run = slow_run("thing('t')")
    run.preview("--policy-pack", str(pack))
    assert until(lambda: not descendants(run.stack.root), 3)
