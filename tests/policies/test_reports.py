"""Reports: every verdict in every format, nothing that breaks a reader, the same bytes for the same run."""

import json
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from policies import reports
from policies.core.graph import Graph
from policies.core.resource import Resource
from policies.reports import auditor_html, auditor_markdown, console, json_report, junit, sarif
from policies.reports.answers import Answer
from policies.run import run
from tests.policies import a_report
from tests.policies.sarif_schema import SCHEMA

FORMATS = (json_report, sarif, junit, auditor_markdown, auditor_html, console)
COMPLAINT = "waivers.yaml, waiver 1: owner is missing"


@pytest.fixture
def written() -> dict[str, Any]:
    return json.loads(sarif.text(a_report.report(complaints=(COMPLAINT,))))["runs"][0]


@pytest.mark.parametrize("form", FORMATS)
def test_the_order_of_findings_changes_no_byte(form: Any) -> None:
    # The console tells findings in the order of the run, which is that of the rules.
    made = console.summary if form is console else form.text
    assert made(a_report.report()) == made(a_report.report(backwards=True))


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_tells_of_a_failure_and_of_bad_waivers(form: Any) -> None:
    told = form.text(a_report.report(complaints=(COMPLAINT,)))
    assert a_report.FAILS.id in told
    assert "owner is missing" in told or r"owner is missing" in told.replace("\\", "")


def test_clauses_are_answered_by_their_rules() -> None:
    report = a_report.report()
    answers = {each.clause.id: each.answer for each in report.answered(a_report.FRAMEWORK)}
    assert answers == {
        "1(a)": Answer.HOLDS,
        "1(b)": Answer.FAILED,
        "1(c)": Answer.OPEN,
        "1(d)": Answer.EXCEPTED,
        "1(e)": Answer.IDLE,
        "1(f)": Answer.FAILED,
        "2": Answer.NOT_EVIDENCED,
        "3": Answer.NOT_EVIDENCED,
    }


class TestSarif:
    def test_it_keeps_the_schema(self) -> None:
        jsonschema.validate(json.loads(sarif.text(a_report.report(complaints=(COMPLAINT,)))), SCHEMA)

    @pytest.mark.parametrize(
        ("where", "wrong"), [("kind", "failed"), ("level", "fatal"), ("extra", 1), ("suppressions", [{}])]
    )
    def test_the_schema_refuses_what_sarif_refuses(self, written: dict[str, Any], where: str, wrong: object) -> None:
        written["results"][0][where] = wrong
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"version": "2.1.0", "runs": [written]}, SCHEMA)

    def test_every_verdict_has_its_kind(self, written: dict[str, Any]) -> None:
        kinds = Counter((each["properties"]["verdict"], each["kind"], each["level"]) for each in written["results"])
        assert kinds == {
            ("pass", "pass", "none"): 2,
            ("fail", "fail", "error"): 1,
            ("fail", "fail", "warning"): 1,
            ("unknown", "open", "none"): 1,
            ("not applicable", "notApplicable", "none"): 1,
            ("waived", "fail", "error"): 1,
            ("broken", "fail", "error"): 1,
        }

    def test_a_waiver_is_a_suppression_with_its_reason(self, written: dict[str, Any]) -> None:
        suppressed = [each for each in written["results"] if "suppressions" in each]
        assert [each["ruleId"] for each in suppressed] == [a_report.WAIVED.id]
        assert "OPS-1" in suppressed[0]["suppressions"][0]["justification"]

    def test_indices_lead_to_the_rule_and_its_clauses(self, written: dict[str, Any]) -> None:
        rules = written["tool"]["driver"]["rules"]
        assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in written["results"])
        for rule in rules:
            for relationship in rule["relationships"]:
                target = relationship["target"]
                taxonomy = written["taxonomies"][target["toolComponent"]["index"]]
                assert taxonomy["taxa"][target["index"]]["id"] == target["id"]

    def test_a_broken_rule_is_an_error_of_the_tool(self, written: dict[str, Any]) -> None:
        (invocation,) = written["invocations"]
        assert invocation["executionSuccessful"] is False
        (broken,) = invocation["toolExecutionNotifications"]
        assert broken["associatedRule"]["id"] == a_report.BROKEN.id

    def test_a_finding_keeps_its_fingerprint(self, written: dict[str, Any]) -> None:
        marks = [each["partialFingerprints"]["ruleAndResource/v1"] for each in written["results"]]
        assert len(set(marks)) == len(a_report.FINDINGS)


class TestJUnit:
    @pytest.fixture
    def root(self) -> ElementTree.Element:
        return ElementTree.fromstring(junit.text(a_report.report(complaints=(COMPLAINT,))))

    def test_only_what_stops_is_a_failure(self, root: ElementTree.Element) -> None:
        failed = [case.get("classname") for case in root.iter("testcase") if case.find("failure") is not None]
        assert failed == [a_report.FAILS.id, "waivers"]

    def test_a_broken_rule_is_an_error(self, root: ElementTree.Element) -> None:
        broken = [case.get("classname") for case in root.iter("testcase") if case.find("error") is not None]
        assert broken == [a_report.BROKEN.id]

    def test_the_sums_are_right(self, root: ElementTree.Element) -> None:
        assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
            "tests": "9",
            "failures": "2",
            "errors": "1",
            "skipped": "4",
        }


class TestForTheAuditor:
    def test_markdown_lets_no_value_become_markup(self) -> None:
        told = auditor_markdown.text(a_report.report())
        rows = [line for line in told.splitlines() if line.startswith("| 1(")]
        assert len(rows) == 6
        assert len({line.replace("\\|", "").count("|") for line in rows}) == 1
        outside_code = "".join(piece for number, piece in enumerate(told.split("`")) if number % 2 == 0)
        assert "<script>" not in outside_code

    def test_html_lets_no_value_become_markup_and_needs_nothing_else(self) -> None:
        page = _Page()
        page.feed(auditor_html.text(a_report.report()))
        assert page.open == []
        assert page.seen.isdisjoint({"script", "link", "img", "iframe"})
        assert 'alert("x")' in page.text

    @pytest.mark.parametrize("form", [auditor_markdown, auditor_html])
    def test_what_infrastructure_cannot_show_is_said(self, form: Any) -> None:
        told = form.text(a_report.report())
        assert "Not evidenced here: people do it." in told
        assert "what people do" in told


class _Page(HTMLParser):
    """Which elements there are, and that each that opens closes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.add(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_console_has_one_line_a_finding_and_a_table() -> None:
    told = console.text(a_report.report()).splitlines()
    assert sum(a_report.FAILS.id in line for line in told) == 1
    assert not any(a_report.HOLDS.id in line for line in told)
    (row,) = [line for line in told if line.startswith("A Law")]
    assert row.split()[2:] == ["1", "1", "2", "1", "1", "2"]


def test_a_run_of_the_real_pack_is_written_whole_and_twice_the_same(tmp_path: Path) -> None:
    type = "aws:rds/instance:Instance"
    database = Resource(type, "db", f"urn:pulumi:prod::shop::{type}::db", {"storageEncrypted": False})
    first, second = tmp_path / "first", tmp_path / "second"
    for directory in (first, second):
        reports.write(run(Graph([database])), directory)
    names = sorted(file.name for file in first.iterdir())
    assert len(names) == 6
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in names)
    jsonschema.validate(json.loads((first / "report.sarif").read_text()), SCHEMA)
    assert str(tmp_path) not in "".join((first / name).read_text() for name in names)


def test_reports_of_an_earlier_run_are_forgotten_and_other_files_kept(tmp_path: Path) -> None:
    reports.write(a_report.report().run, tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    reports.forget(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]
