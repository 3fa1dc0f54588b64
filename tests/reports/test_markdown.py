"""The comment: the most important first, never too long, and nothing in it that calls people or breaks its form."""

import datetime
from typing import Any

import pytest

from reports import html, markdown, report, terminal
from reports.page import Page, Row, Section, Table, Text, Tone
from tests.reports.made import changes, said, step, updated

TODAY = datetime.date(2026, 11, 21)


def page(*steps: dict[str, Any]) -> Page:
    return report.page(report.of(changes(*steps), TODAY))


def large() -> Page:
    lost = [step("delete", "aws:s3/bucket:Bucket", f"bucket-{n:04}", {"bucket": f"b-{n}"}) for n in range(300)]
    rules = [
        step(
            "create",
            "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            f"rule-{n:04}",
            None,
            {
                "cidrIpv4": f"10.0.{n % 250}.0/24",
                "ipProtocol": "tcp",
                "fromPort": n,
                "toPort": n,
                "securityGroupId": "sg",
            },
        )
        for n in range(1, 900)
    ]
    return page(*lost, *rules)


@pytest.mark.parametrize("limit", [4_000, 20_000, markdown.LIMIT])
def test_it_never_grows_beyond_its_limit_and_says_what_was_cut(limit: int) -> None:
    text = markdown.text(large(), limit)
    assert len(text) <= limit
    assert "cut here for length" in text
    for section in ("Data at risk", "Firewall", "Interruption", "Cost", "Changes by component"):
        assert section in text


def test_the_page_for_browsers_is_never_cut() -> None:
    text = html.text(large())
    assert all(f"rule-{n:04}" in text for n in range(1, 900))


def test_every_entry_is_there_or_counted_as_cut() -> None:
    rows = tuple(Row((f"cell-{n}",)) for n in range(500))
    text = markdown.text(Page("p", "v", Tone.GOOD, (), (Section("s", (Table(("c",), rows),)),)), 3_000)
    shown = text.count("| cell-")
    assert 0 < shown < 500
    assert f"**{500 - shown} more entries were cut" in text


def test_losses_come_before_everything_else() -> None:
    titles = [section.title for section in large().sections]
    assert titles[0] == "Data at risk"
    failed = page(said("error", "no such thing"), step("delete", "aws:s3/bucket:Bucket", "b", {}))
    assert [section.title for section in failed.sections][:2] == ["The preview failed", "Data at risk"]


@pytest.mark.parametrize(
    ("text", "in_markdown"),
    [
        ("@everyone look", "@<!-- -->everyone look"),
        ("see #12", "see \\#12"),
        ("<img src=x>", "\\<img src=x\\>"),
        ("a | b", "a \\| b"),
        ("[here](javascript:x)", "\\[here\\](javascript:x)"),
        ("`a|b`", "`a\\|b`"),
        ("a lone ` of its own", "a lone ' of its own"),
    ],
)
def test_texts_stay_texts(text: str, in_markdown: str) -> None:
    made = Page("p", "v", Tone.GOOD, (), (Section("s", (Text(text),)),))
    assert in_markdown in markdown.text(made)


def test_values_cannot_get_out_of_their_place() -> None:
    wicked = "x` </code><script>alert(1)</script> \x1b[31m | @all"
    made = page(updated("aws:ec2/vpc:Vpc", "one", {"cidrBlock": "10.0.0.0/16"}, {"cidrBlock": wicked}))
    assert "<script>" not in html.text(made)
    assert "\x1b" not in terminal.text(made)
    line = next(line for line in markdown.text(made).splitlines() if "alert(1)" in line)
    assert line.count("`") % 2 == 0
    assert line.replace("\\|", "").count("|") == 5 + 0


def test_a_pipeline_finds_its_own_comment_again() -> None:
    assert markdown.text(page(step("create", "aws:ec2/vpc:Vpc", "v", None, {}))).startswith(
        markdown.marker("made") + "\n"
    )


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    text = html.text(large())
    for loader in ("<script", "src=", "href=", "url(", "@import"):
        assert loader not in text
