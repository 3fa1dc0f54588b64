"""Of every stack: a drill can read the database's copy in the recovery region, and nobody else reads anything there."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from tests.components.recording import STACKS, Registered, at_home, of, only, policy_of, recorded
from tests.scheduling import platform


def _settings(made: Sequence[Registered]) -> dict[str, Any]:
    return json.loads(only(made, ":ConfigMap", "backup-jobs-settings").inputs["data"]["settings.json"])


@pytest.mark.parametrize("stack", STACKS)
def test_the_copy_of_the_newest_dump_is_read(stack: str) -> None:
    """The settings name it, the role may read and decrypt it, and its name and no other of that region is resolved."""
    system, region = platform.read(stack).system, platform.read(stack).recovery_region
    made = at_home(stack)
    listed = only(made, ":ResolverFirewallDomainList", "-listed").inputs["domains"]
    there = [each for each in listed if each.endswith(f".s3.{region}.amazonaws.com")]
    told = _settings(made)["buckets"]["database"]
    rights = policy_of(only(made, "iam/policy:Policy", "cluster-pod-backup-drill-rights"))
    if not system.backups.copies_to_recovery_region:
        assert there == [] and "copy" not in told
        return
    [bucket] = [each for each in of(recorded(stack), "s3/bucket:Bucket") if each.inputs["bucket"] == told["copy"]]
    assert bucket.inputs["region"] == region if "region" in bucket.inputs else bucket.name.startswith("recovery-")
    assert (told["copy_region"], there) == (region, [f"{told['copy']}.s3.{region}.amazonaws.com"])
    assert f"arn:aws:s3:::{told['copy']}/*" in rights["ReadBackups"]["Resource"]
    assert len(rights["DecryptBackups"]["Resource"]) == 2, "the key there is another one"
    assert not [each for each in rights["AddEvidence"]["Resource"] if told["copy"] in each]


@pytest.mark.parametrize("stack", STACKS)
def test_a_drill_of_such_a_stack_is_no_drill_without_it(stack: str) -> None:
    proves = _settings(at_home(stack))["drill"]["proves"].values()
    wanted = platform.read(stack).system.backups.copies_to_recovery_region
    assert any("copied" in proofs for proofs in proves) is wanted


@pytest.mark.parametrize("stack", STACKS)
def test_who_verifies_or_restores_reads_nothing_of_the_other_region(stack: str) -> None:
    copy = _settings(at_home(stack))["buckets"]["database"].get("copy", "no copy")
    for account in ("backup", "backup-verify", "restore"):
        assert copy not in only(at_home(stack), "iam/policy:Policy", f"cluster-pod-{account}-rights").inputs["policy"]
