"""Stack files: good ones become settings, broken ones say all that is wrong: id, key, value, what is allowed."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some

import settings
from systems.model import Environment, RecoveryLevel

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
GOLDEN = HERE / "golden.txt"
DIGEST = "sha256:" + "6e1f4a0c9b7d2e35" * 4
GOOD: dict[str, Any] = {
    "system": "astral-core-v2",
    "awsAccountId": "111122223333",
    "images": {"astral-web": f"ghcr.io/astralcore/astral-web@{DIGEST}"},
    "imageDigests": {"cloudwatch-exporter": DIGEST, "haproxy": DIGEST},
    "suppliedLater": ["ai-provider-key", "pagerduty-key", "slack-webhook"],
}
BROKEN: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "broken.yaml").read_text())
STACKS = sorted(PROJECT.glob("Pulumi.*.yaml"))


def config(changes: dict[str, Any]) -> dict[str, Any]:
    merged = {key: value for key, value in {**GOOD, **changes}.items() if value is not None}
    return {f"lifeline:{key}": value for key, value in merged.items()}


def as_the_engine_hands_it_over(values: dict[str, Any]) -> dict[str, str]:
    """Everything is text there; lists and mappings are JSON."""
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}


def refused(values: dict[str, Any]) -> settings.SettingsError:
    with pytest.raises(settings.SettingsError) as caught:
        settings.parse(values)
    return caught.value


# -- good ones ------------------------------------------------------------------------------------------------------


def test_a_short_stack_file_is_enough() -> None:
    read = settings.parse(config({}))
    assert read.system.name == "astral-core-v2"
    assert read.environment is Environment.PRODUCTION
    assert (read.region, read.recovery_region) == ("us-east-1", "us-west-2")
    assert read.domain == "astralcore.org"
    assert read.admin_cidrs == ()
    assert read.availability_level == 3


def test_values_arrive_from_the_engine_as_text() -> None:
    changes = {"adminCidrs": ["203.0.113.0/24"], "availability": 3, "suppliedSecrets": {"slack-webhook": "https://x"}}
    assert settings.parse(as_the_engine_hands_it_over(config(changes))) == settings.parse(config(changes))


def test_other_namespaces_are_left_alone() -> None:
    assert settings.parse({**config({}), "aws:region": "us-east-1", "pulumi:tags": "x"})


def test_every_key_is_declared_and_empty_defaults_mean_nothing_given() -> None:
    declared = yaml.safe_load((PROJECT / "Pulumi.yaml").read_text())["config"]
    assert {key.removeprefix("lifeline:") for key in declared} == set(settings.KEYS)
    defaults = {key: each["default"] for key, each in declared.items() if "default" in each}
    assert settings.parse({**defaults, **config({})}) == settings.parse(config({}))


def test_a_service_without_a_documented_provider_is_given_its_hosts() -> None:
    read = settings.parse(config({"externalHosts": {"ai-provider": "api.example.org files.example.org"}}))
    assert read.external_hosts == {"ai-provider": ("api.example.org", "files.example.org")}


def test_links_to_runbooks_begin_where_the_organisation_keeps_them() -> None:
    assert settings.parse(config({})).runbooks == ""
    for address in (
        "https://wiki.example.org:8443/runbooks",
        "https://git.example.org/platform/-/blob/main/docs/runbooks",
    ):
        assert settings.parse(config({"runbooks": address})).runbooks == address


def test_staging_has_a_domain_of_its_own() -> None:
    staging = {"environment": "staging", "images": {"astral-web": "ghcr.io/astralcore/astral-web:2.0.0"}}
    assert settings.parse(config(staging)).domain == "staging.astralcore.org"
    assert settings.parse(config({**staging, "domain": "astralcore.dev"})).domain == "astralcore.dev"


def test_servers_of_others_are_named_where_the_document_has_some() -> None:
    read = settings.parse(yaml.safe_load((PROJECT / "Pulumi.astral-draft-prod.yaml").read_text())["config"])
    assert read.hosts_elsewhere.keys() == {"meet"}
    assert [server.split()[0] for server in read.mail_servers] == ["10", "20"]


def test_going_up_is_free() -> None:
    staging = {"environment": "staging", "images": {"astral-web": "ghcr.io/astralcore/astral-web:2.0.0"}}
    assert settings.parse(config(staging)).system.database.multi_az is False
    assert settings.parse(config({**staging, "availability": 3})).system.database.multi_az is True
    raised = settings.parse(config({**staging, "recoveryLevel": "pilot-light"}))
    assert raised.system.objectives.recovery_level is RecoveryLevel.PILOT_LIGHT


def test_a_value_is_lowered_with_its_reason() -> None:
    staging = {"environment": "staging", "images": {"astral-web": "ghcr.io/astralcore/astral-web:2.0.0"}}
    few = {"lowered": {"load_balancer.replicas": {"value": 1, "because": "one shows enough"}}}
    assert settings.parse(config({**staging, **few})).system.load_balancer.replicas == 1


def test_in_production_the_documented_hardware_is_a_floor() -> None:
    documented = settings.parse(config({})).system.database.storage_gib
    error = refused(config({"lowered": {"database.storage_gib": {"value": documented - 1, "because": "cheaper"}}}))
    assert [problem.id for problem in error.problems] == ["LL-CFG-032"]


def test_secrets_are_not_printed() -> None:
    read = settings.parse(config({"suppliedSecrets": {"slack-webhook": "hunter2-and-more"}}))
    assert "hunter2" not in repr(read)
    error = refused(config({"suppliedSecrets": {"NO_SUCH": "hunter2-and-more"}}))
    assert "hunter2" not in str(error)


@pytest.mark.parametrize("file", STACKS, ids=lambda file: file.stem)
def test_every_committed_stack_file_is_good(file: Path) -> None:
    values = yaml.safe_load(file.read_text())["config"]
    assert settings.parse(values)
    assert len(file.read_text().splitlines()) <= 20, "a stack file is as short as it can be"


# -- broken ones ----------------------------------------------------------------------------------------------------


def test_forty_broken_stack_files_read_well() -> None:
    assert len(BROKEN) >= 40
    told = "\n".join(f"{name}\n{'-' * len(name)}\n{refused(config(changes))}\n" for name, changes in BROKEN.items())
    if os.environ.get("LIFELINE_UPDATE_GOLDEN"):
        GOLDEN.write_text(told)
    assert told == GOLDEN.read_text(), "LIFELINE_UPDATE_GOLDEN=1 writes it anew; read the difference"


def test_every_problem_id_is_shown_and_documented() -> None:
    source = "".join(file.read_text() for file in PROJECT.glob("settings*.py"))
    known = set(re.findall(r"LL-CFG-\d{3}", source))
    documented = set(re.findall(r"LL-CFG-\d{3}", (PROJECT / "docs/settings.md").read_text()))
    shown = set(re.findall(r"LL-CFG-\d{3}", GOLDEN.read_text()))
    assert documented == known
    assert shown == known


anything = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=30),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=12), inner, max_size=3),
    max_leaves=6,
)


@hypothesis_settings(max_examples=400, deadline=None)
@given(changes=some.dictionaries(some.sampled_from(settings.KEYS), anything, min_size=1, max_size=3))
def test_arbitrary_values_never_crash_and_the_key_is_named(changes: dict[str, Any]) -> None:
    values = {f"lifeline:{key}": value for key, value in {**GOOD, **changes}.items()}
    try:
        settings.parse(values)
    except settings.SettingsError as error:
        assert error.problems
        for problem in error.problems:
            key = re.split(r"[.\[]", problem.key, maxsplit=1)[0]
            assert key in settings.KEYS
            assert problem.id.startswith("LL-CFG-") and problem.allowed and problem.given


@given(key=some.text(min_size=1, max_size=20).filter(lambda key: key not in settings.KEYS))
@hypothesis_settings(max_examples=100, deadline=None)
def test_an_unknown_key_is_always_named(key: str) -> None:
    error = refused({**config({}), f"lifeline:{key}": "x"})
    assert [problem.key for problem in error.problems] == [key]
