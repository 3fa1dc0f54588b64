"""What the provider did is known to the next one, whether or not an engine lived to write it down."""

from pathlib import Path

import pytest

from rehearsal.providers.aws.ledger import Ledger

URN = "urn:pulumi:prod::lifeline::aws:ec2/vpc:Vpc::vpc"
OTHER = URN + "-2"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.jsonl"


def test_what_was_made_and_never_shown_to_be_known_is_lost(file: Path) -> None:
    Ledger(file).made(URN, "vpc-1", {"said": "once"})
    later = Ledger(file)
    assert later.lost(URN) == ["vpc-1"]
    assert later.told(URN, "vpc-1") == {"said": "once"}
    later.seen(URN, "vpc-1", {})
    assert later.lost(URN) == []
    assert later.standing() == {URN: ["vpc-1"]}


def test_a_creation_cut_off_is_told_from_one_that_was_refused(file: Path) -> None:
    Ledger(file).intend(URN)
    Ledger(file).intend(OTHER)
    Ledger(file).failed(OTHER)
    assert Ledger(file).interrupted(URN)
    assert not Ledger(file).interrupted(OTHER)


def test_what_is_gone_is_gone_until_it_is_made_again(file: Path) -> None:
    before = Ledger(file)
    before.made(URN, "vpc-1")
    before.gone(URN, "vpc-1")
    later = Ledger(file)
    assert later.is_gone(URN, "vpc-1")
    assert later.standing() == {}
    later.made(URN, "vpc-1")
    assert not Ledger(file).is_gone(URN, "vpc-1")


def test_a_change_is_not_repeated_until_the_engine_shows_to_know_it(file: Path) -> None:
    before, after = {"cidr": "10.0.0.0/16"}, {"cidr": "10.1.0.0/16"}
    Ledger(file).changed(URN, "vpc-1", after)
    later = Ledger(file)
    later.seen(URN, "vpc-1", before)  # an engine whose state is older
    assert later.is_changed(URN, "vpc-1", after)
    assert not later.is_changed(URN, "vpc-1", before)
    later.seen(URN, "vpc-1", after)
    assert not later.is_changed(URN, "vpc-1", after), "a change back and forth is two changes"


def test_no_input_is_written_in_clear(file: Path) -> None:
    Ledger(file).changed(URN, "vpc-1", {"password": "Sup3rSecret!"})
    assert "Sup3rSecret!" not in file.read_text()
    assert file.stat().st_mode & 0o077 == 0


def test_a_line_torn_by_a_crash_is_passed_over(file: Path) -> None:
    Ledger(file).made(URN, "vpc-1")
    with file.open("a") as torn:
        torn.write('{"urn": "urn:pul')
    later = Ledger(file)
    assert later.lost(URN) == ["vpc-1"]
    later.made(OTHER, "vpc-2")
    assert Ledger(file).lost(OTHER) == ["vpc-2"], "what follows a torn line is whole"
