"""Clauses and rules meet: nothing asked goes without an answer or a reason, and no rule is there for nothing."""

from pathlib import Path

import pytest

from policies.core import conformance, frameworks
from policies.core.frameworks import DIRECTORY, BadFramework
from policies.core.rule import all_rules

RULES = [rule.id for rule in all_rules()]
FRAMEWORKS = {framework.name: framework for framework in frameworks.load_all(RULES)}
WITHOUT_RULES = {conformance.PACK, conformance.RULES}


def test_every_clause_has_a_rule_or_a_reason_why_not() -> None:
    unanswered = {
        f"{framework.name}: {clause.id}"
        for framework in FRAMEWORKS.values()
        for clause in framework.clauses
        if not clause.rules and not clause.not_evidenced
    }
    assert unanswered == set(), "give the clause a rule, or say under not_evidenced why there is none"


def test_every_rule_is_under_a_clause() -> None:
    assert set(RULES) == {id for framework in FRAMEWORKS.values() for id in framework.rules}


def test_no_clause_names_a_rule_that_does_not_exist() -> None:
    idle = [
        told
        for file in DIRECTORY.glob("*.yaml")
        if file.stem not in WITHOUT_RULES
        for told in frameworks.idle_patterns(file, RULES)
    ]
    assert idle == []


def test_a_clause_of_the_law_says_whether_it_is_required() -> None:
    assert {clause.asks for clause in FRAMEWORKS["hipaa"].clauses} == {"required", "addressable"}


class TestConformancePack:
    PACK = conformance.read()

    def test_all_130_identifiers_are_accounted_for_once(self) -> None:
        assert len(self.PACK.identifiers) == len(set(self.PACK.identifiers)) == 130
        parts = (self.PACK.enforced, self.PACK.refused, self.PACK.runtime)
        assert [len(part) for part in parts] == [68, 46, 16]
        assert [clause.id for clause in FRAMEWORKS[conformance.PACK].clauses] == self.PACK.identifiers

    def test_every_decidable_identifier_names_rules_that_exist(self) -> None:
        named = conformance.rules_of(self.PACK.identifiers)
        assert named.keys() == self.PACK.enforced.keys()
        assert {id for ids in named.values() for id in ids} <= set(RULES)
        assert set(self.PACK.refused_by + self.PACK.declared_by) <= set(RULES)

    def test_what_only_shows_at_run_time_is_never_said_to_hold(self) -> None:
        at_run_time = {clause.id for clause in FRAMEWORKS[conformance.PACK].clauses if clause.watched_elsewhere}
        assert at_run_time == self.PACK.runtime.keys()
        assert all(self.PACK.runtime.values())

    def test_every_citation_is_a_clause_of_the_law(self) -> None:
        cited = {citation for each in self.PACK.enforced.values() for citation in each}
        # Patches: the text is about reminders of security matters; AWS puts automatic updates there.
        assert cited - {clause.id for clause in FRAMEWORKS["hipaa"].clauses} <= {"164.308(a)(5)(ii)(A)"}

    def test_encryption_at_rest_is_under_the_transmission_clause_for_aws_only(self) -> None:
        named = frameworks.patterns(DIRECTORY / "hipaa.yaml")
        as_the_text_reads = [pattern for clause, pattern in named if clause == "164.312(e)(2)(ii)"]
        assert "LL-ENC-001" not in frameworks.expanded(as_the_text_reads, ["LL-ENC-001"])
        assert "164.312(e)(2)(ii)" in self.PACK.enforced["rds-storage-encrypted"]

    def test_rules_reach_a_citation_by_way_of_the_identifier(self, tmp_path: Path) -> None:
        (tmp_path / "aws_rules.yaml").write_text("RDS_STORAGE_ENCRYPTED: [LL-ENC-001]\n")
        maps = conformance.as_aws_maps(self.PACK, ["LL-ENC-001"], tmp_path)
        assert maps["164.312(e)(2)(ii)"] == ("LL-ENC-001",)
        assert maps["164.312(b)"] == ()

    def test_an_identifier_that_is_not_of_the_pack_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "aws_rules.yaml").write_text("rds-storage-encrypt: [LL-ENC-001]\n")
        with pytest.raises(BadFramework, match="rds-storage-encrypt is no identifier"):
            conformance.rules_of(self.PACK.identifiers, tmp_path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("a: [", "is not YAML"),
        ("- a", "should be a mapping, not list"),
        ("title: x", "has no clauses"),
        ("clauses: {a: 1}", "a: should be a mapping"),
        ("clauses: {a: {rule: [X]}}", "rule is no key of a clause"),
        ("clauses: {a: {rules: [1]}}", "1 is none"),
    ],
)
def test_a_file_that_is_no_framework_is_refused_with_the_place(tmp_path: Path, content: str, told: str) -> None:
    file = tmp_path / "law.yaml"
    file.write_text(content)
    with pytest.raises(BadFramework, match=r"law\.yaml") as refused:
        frameworks.read(file, ["LL-ENC-001"])
    assert told in str(refused.value)


def test_an_area_names_all_its_rules_and_no_other() -> None:
    rules = ["LL-ENC-001", "LL-ENC-002", "LL-AUD-001"]
    assert frameworks.expanded(["LL-ENC-*", "LL-ENC-001"], rules) == ("LL-ENC-001", "LL-ENC-002")
