"""The 68 rules of AWS' HIPAA pack that can be decided before an update are each decided by rules that exist."""

from pathlib import Path

import yaml

from policies.core.rule import all_rules

FILE = Path(__file__).parents[2] / "policies" / "frameworks" / "aws_rules.yaml"
MAPPED: dict[str, list[str]] = yaml.safe_load(FILE.read_text())


def test_all_sixty_eight_are_mapped() -> None:
    assert len(MAPPED) == 68
    assert all(MAPPED.values())


def test_every_rule_named_exists() -> None:
    known = {rule.id for rule in all_rules()}
    assert {id for ids in MAPPED.values() for id in ids} <= known
