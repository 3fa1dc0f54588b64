"""Waivers: exact, short, answered for; anything else stops the build, and nothing waived disappears."""

import datetime
from pathlib import Path

import pytest
import yaml

from policies.core import waivers
from policies.core.engine import Regime, judge
from policies.core.rule import all_rules
from policies.core.verdicts import Verdict
from policies.core.waivers import BadWaivers
from tests.policies.cases import aws, graph, stack

TODAY = datetime.date(2026, 11, 21)
RULES = all_rules()
URN = "urn:pulumi:case::lifeline::aws:s3/bucket:Bucket::b"
GOOD = {
    "rule": "LL-ENC-002",
    "urn": URN,
    "reason": "the balancer cannot write under a customer key",
    "owner": "someone@example.org",
    "ticket": "OPS-1",
    "expires": datetime.date(2026, 12, 31),
    "compensated_by": "LL-ENC-001",
}


def written(tmp_path: Path, *entries: object) -> Path:
    file = tmp_path / "waivers.yaml"
    file.write_text(yaml.safe_dump([*entries]))
    return file


def problems(tmp_path: Path, *entries: object) -> str:
    with pytest.raises(BadWaivers) as refusal:
        waivers.read(RULES, TODAY, written(tmp_path, *entries))
    return str(refusal.value)


def test_a_waived_finding_stays_in_the_report(tmp_path: Path) -> None:
    given = waivers.read(RULES, TODAY, written(tmp_path, GOOD))
    found = waivers.waived(judge(graph(stack(b=aws("s3/bucket:Bucket"))), RULES, Regime()), given)
    (finding,) = [each for each in found if each.rule.id == "LL-ENC-002"]
    assert finding.verdict is Verdict.WAIVED
    assert finding.problems
    assert not finding.stops
    assert "someone@example.org" in finding.reason
    assert waivers.unused(found, given, "case") == []


def test_a_waiver_that_nothing_needs_is_found(tmp_path: Path) -> None:
    given = waivers.read(RULES, TODAY, written(tmp_path, GOOD))
    assert waivers.unused([], given, "case") == list(given)
    assert waivers.unused([], given, "another") == []


def test_it_counts_on_its_last_day_and_not_after(tmp_path: Path) -> None:
    assert waivers.read(RULES, TODAY, written(tmp_path, GOOD | {"expires": TODAY}))
    assert "expired on 2026-11-20" in problems(tmp_path, GOOD | {"expires": TODAY - datetime.timedelta(days=1)})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"expires": TODAY + datetime.timedelta(days=91)}, "at most 90 days ahead"),
        ({"expires": "soon"}, "'soon' is no date"),
        ({"urn": "urn:pulumi:*"}, "too broad"),
        ({"urn": "b"}, "the exact URN"),
        ({"rule": "LL-ENC-001", "compensated_by": "LL-ENC-002"}, "critical and cannot be waived"),
        ({"rule": "LL-XXX-999"}, "is no rule of this pack"),
        ({"compensated_by": "LL-ENC-002"}, "cannot make up for itself"),
        ({"reason": " "}, "reason should be a text"),
        ({"because": "x"}, "because is no key of a waiver"),
    ],
)
def test_a_bad_one_is_refused(tmp_path: Path, change: dict[str, object], told: str) -> None:
    assert told in problems(tmp_path, GOOD | change)


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    told = problems(tmp_path, {"rule": "LL-ENC-002"}, "no mapping", GOOD, GOOD)
    assert "waiver 1: urn is missing" in told
    assert "waiver 2: should be a mapping" in told
    assert "is given twice" in told


def test_one_for_a_stack_that_the_project_does_not_have_is_refused(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "Pulumi.prod.yaml").touch()
    (tmp_path / "Pulumi.yaml").touch()
    assert "there is no stack 'case'; there are prod" in problems(tmp_path / "policies", GOOD)
    (tmp_path / "Pulumi.case.yaml").touch()
    assert waivers.read(RULES, TODAY, written(tmp_path / "policies", GOOD))


def test_a_file_that_is_no_list_is_refused(tmp_path: Path) -> None:
    (tmp_path / "waivers.yaml").write_text("rule: LL-ENC-001")
    with pytest.raises(BadWaivers, match="should be a list"):
        waivers.read(RULES, TODAY, tmp_path / "waivers.yaml")


def test_the_project_s_own_waivers_count_today() -> None:
    waivers.read(RULES, datetime.datetime.now(datetime.UTC).date())
