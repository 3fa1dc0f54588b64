"""What destroys data is refused until the stack file says yes: which resource, which change, why and until when."""

import datetime
import json
from typing import Any

import pytest

from reports import report
from reports.report import Findings
from tests.reports.made import changes, log, same, step, updated

TODAY = datetime.date(2026, 11, 21)
DATABASE, KEY, LOG = "aws:rds/instance:Instance", "aws:kms/key:Key", "aws:cloudwatch/logGroup:LogGroup"
GONE = step("delete", DATABASE, "primary", {"identifier": "primary"})


def findings(*steps: dict[str, Any], **acknowledged: dict[str, str]) -> Findings:
    entries = {f"{DATABASE}::{name}": entry for name, entry in acknowledged.items()}
    config = {"lifeline:acknowledged": json.dumps(entries)} if entries else {}
    return report.of(changes(*steps, same(KEY, "data"), config=config), TODAY)


def entry(change: str = "delete", until: str = "2026-11-25", because: str = "moved to the new one") -> dict[str, str]:
    return {"change": change, "because": because, "until": until}


def test_a_loss_nobody_acknowledged_is_refused() -> None:
    assert findings(GONE).refusals == ("1 loss of data is not acknowledged",)


def test_an_acknowledged_loss_is_allowed_and_still_told() -> None:
    found = findings(GONE, primary=entry())
    assert found.refusals == ()
    (section, *_) = report.page(found).sections
    assert section.title == "Data at risk"
    assert ("acknowledged", "until 2026-11-25: moved to the new one") in section.blocks[0].facts  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (entry("replace"), "is acknowledged for replace, and would be deleted"),
        (entry(until="2026-11-20"), "ended on 2026-11-20"),
        (entry(until="2027-11-20"), "at most 31 days"),
    ],
    ids=["another change", "ended", "too far ahead"],
)
def test_an_acknowledgement_covers_its_change_and_its_time_only(given: dict[str, str], told: str) -> None:
    found = findings(GONE, primary=given)
    assert found.refusals == ("1 loss of data is not acknowledged",)
    assert any(told in each for each in found.judged.remarks)


@pytest.mark.parametrize("until", ["2026-11-21", "2026-11-21 00:00:00 +0000 UTC", "2026-11-21T00:00:00Z"])
def test_the_last_day_counts_also_without_quotes(until: str) -> None:
    """YAML takes a day for a time, and the engine hands it over as one."""
    assert findings(GONE, primary=entry(until=until)).refusals == ()


@pytest.mark.parametrize("broken", [{"change": "delete"}, entry(because=" "), entry(until="soon"), entry("drop")])
def test_a_broken_acknowledgement_is_none(broken: dict[str, str]) -> None:
    assert findings(GONE, primary=broken).refusals


def test_one_of_another_resource_is_none_and_an_unused_one_is_told() -> None:
    found = findings(GONE, secondary=entry())
    assert found.refusals
    assert any("secondary" in each and "take the acknowledgement out" in each for each in found.judged.remarks)
    assert findings(secondary=entry()).refusals == ()


def test_a_replacement_is_acknowledged_as_one() -> None:
    replaced = step("replace", DATABASE, "primary", {"dbName": "a"}, {"dbName": "b"}, diff={"dbName": "update-replace"})
    assert findings(replaced, primary=entry("delete")).refusals
    assert findings(replaced, primary=entry("replace")).refusals == ()


def test_less_retention_is_a_loss_too() -> None:
    shorter = updated(DATABASE, "primary", {"backupRetentionPeriod": 35}, {"backupRetentionPeriod": 7})
    assert findings(shorter).refusals
    assert findings(shorter, primary=entry("update")).refusals == ()
    longer = updated(DATABASE, "primary", {"backupRetentionPeriod": 7}, {"backupRetentionPeriod": 35})
    assert findings(longer).risks == ()


def test_logs_kept_for_ever_are_shortened_by_any_number() -> None:
    """0 means for ever."""
    assert findings(updated(LOG, "audit", {}, {"retentionInDays": 30})).refusals
    assert findings(updated(LOG, "audit", {"retentionInDays": 0}, {"retentionInDays": 30})).refusals
    assert findings(updated(LOG, "audit", {"retentionInDays": 30}, {"retentionInDays": 0})).risks == ()


def test_a_safeguard_that_goes_is_told_and_allowed() -> None:
    found = findings(updated(DATABASE, "primary", {"deletionProtection": True}, {"deletionProtection": False}))
    assert found.refusals == ()
    assert [each.lost for each in found.risks] == ["nothing but the engine keeps it from being deleted"]


def test_a_protected_resource_is_refused_whatever_is_acknowledged() -> None:
    held = step("delete", DATABASE, "primary", {}, protect=True)
    assert findings(held, primary=entry()).refusals == ("1 resource to be destroyed is protected",)


def test_what_can_be_generated_again_is_told_and_allowed() -> None:
    found = findings(step("delete", "random:index/randomPassword:RandomPassword", "password", {"length": 32}))
    assert found.refusals == ()
    assert [each.called for each in found.risks] == ["generated password"]


def test_what_holds_nothing_needs_none() -> None:
    assert findings(step("delete", "aws:ec2/eip:Eip", "address", {})).refusals == ()


def test_a_rename_is_suspected() -> None:
    found = report.of(changes(GONE, step("create", DATABASE, "main", None, {"identifier": "main"})), TODAY)
    (section, *_) = report.page(found).sections
    assert any("an alias in its resource options keeps it" in getattr(each, "text", "") for each in section.blocks)


def test_the_rest_of_an_older_replacement_is_a_deletion() -> None:
    found = report.of(changes(step("delete-replaced", DATABASE, "primary", {})), TODAY)
    assert [each.asks for each in found.risks] == ["delete"]


def test_a_log_that_ends_in_the_middle_is_no_success() -> None:
    from reports import reading

    *told, _summary = log(same(KEY, "data"))
    assert report.of(reading.of_events(told), TODAY).refusals == ("the preview failed",)
