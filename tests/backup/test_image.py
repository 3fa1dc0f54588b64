"""The image: what it is made of is fixed to the byte, and every platform's settings are ones it can read."""

import re
from dataclasses import replace

import pytest
from lifeline_backup import settings as reading
from lifeline_backup import taking

from rehearsal.paths import PROJECT
from rendering import backup_settings
from rendering.backup_settings import Places
from systems import registry
from systems.model import Environment, System

IMAGE = PROJECT / "images" / "backup"
PLACES = Places(
    buckets={"database": "d", "application": "a", "evidence": "e"},
    key_arn="arn:aws:kms:us-east-1:123456789012:key/1",
    uploads_bucket="u",
    database_host="database.internal",
)
EVERY = [(name, environment) for name in registry.names() for environment in Environment]


@pytest.fixture(params=EVERY, ids=lambda each: f"{each[0]}-{each[1].value}")
def system(request: pytest.FixtureRequest) -> System:
    return registry.load(*request.param)


def test_the_base_is_pinned_and_nobody_is_root() -> None:
    lines = (IMAGE / "Dockerfile").read_text().splitlines()
    [base] = [line for line in lines if line.startswith("FROM")]
    assert re.search(r":15-\w+@sha256:[0-9a-f]{64}$", base), "dumps are made by the programs of the databases' version"
    assert "USER 1000:1000" in lines


def test_its_requirements_are_those_the_tests_run_with() -> None:
    lock = (PROJECT / "requirements.lock").read_text()
    wanted = (IMAGE / "requirements.txt").read_text()
    pins = re.findall(r"^[a-z0-9-]+==\S+|--hash=sha256:[0-9a-f]{64}", wanted, re.MULTILINE)
    assert any(each.startswith("boto3==") for each in pins)
    assert [each for each in pins if each not in lock] == []
    for block in re.split(r"\n(?=[a-z])", wanted):
        assert block.startswith("#") or "--hash=sha256:" in block


def test_every_platform_is_dumped_by_the_programs_of_its_version(system: System) -> None:
    assert system.database.version.split(".")[0] == "15"
    assert system.application.hardening.user_id == 1000, "the image has a name for this user only"


def test_settings_of_every_platform_are_read_whole(system: System) -> None:
    read = reading.parse(backup_settings.settings(system, PLACES))
    assert set(read.kinds) == {each.name for each in system.backups.kinds}
    for kind in read.kinds.values():
        assert taking.parts(read, kind), f"{kind.name} holds nothing that anybody knows to save"
    assert set(read.drill["proves"]) >= set(system.backups.drill.proves)


def test_every_promise_is_proven_or_says_where(system: System) -> None:
    told = backup_settings.drill(system)
    for promise, proofs in told["proves"].items():
        assert proofs or told["elsewhere"][promise]
    assert {"restored", "benchmark"} <= {proof for proofs in told["proves"].values() for proof in proofs}
    if system.critical_paths:
        assert any("crisis" in proofs for proofs in told["proves"].values())
        assert any(check["crisis"] for check in told["application"]["checks"])


def test_a_promise_nobody_knows_is_refused() -> None:
    system = registry.load("being")
    unknown = replace(system.backups.drill, proves=("time travel",))
    with pytest.raises(backup_settings.UnknownPromise, match="time travel"):
        backup_settings.drill(replace(system, backups=replace(system.backups, drill=unknown)))


def test_a_drilled_application_holds_nothing_that_opens_anything(system: System) -> None:
    workload = backup_settings.drilled(system)
    told = backup_settings.secrets(system)
    assert set(told) == {each.variable for each in system.secrets.secrets if workload.name in each.readers} - {""}
    for name, value in told.items():
        assert value == backup_settings.THROWAWAY or name in ("DATABASE_URL", "REDIS_URL")
    assert len(backup_settings.THROWAWAY) == 32
