"""docs/policies.md tells every rule; what it says of one is enough to mend a finding."""

import os
from pathlib import Path

from policies import document
from policies.core.rule import all_rules

RULES = all_rules()
PAGE = Path(__file__).parents[2] / "docs" / "policies.md"


def test_the_page_is_up_to_date() -> None:
    told = document.text()
    if os.environ.get("LIFELINE_UPDATE_GOLDEN"):
        PAGE.write_text(told)
    assert PAGE.read_text() == told, "python -m policies.document > docs/policies.md"


def test_every_rule_is_told_with_its_fix_and_its_reason() -> None:
    told = document.text()
    for rule in RULES:
        assert f"### {rule.id} {rule.title}\n" in told
        assert rule.why in told
        assert f"\n{rule.fix}\n```" in told
        assert f"]({rule.link})" in told


def test_every_area_has_a_heading() -> None:
    assert {rule.id.split("-")[1] for rule in RULES} <= document.AREAS.keys()


def test_every_rule_says_enough() -> None:
    for rule in RULES:
        assert rule.link.startswith("https://"), rule.id
        assert not rule.title[0].islower() and not rule.title.endswith("."), rule.id
        assert rule.why.endswith("."), rule.id
        assert rule.fix.strip(), rule.id
        assert "```" not in rule.fix, rule.id
