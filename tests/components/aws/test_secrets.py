"""Every documented secret: its class, length, key, copy and fence; and nothing of it in clear."""

import json
import re
from collections.abc import Callable, Mapping
from fnmatch import fnmatch
from typing import Any

import pytest

from components.aws.secret_values import FIRST, field, first_value, kept
from components.aws.secrets import Secrets, SecretsArgs
from components.naming import Naming
from rehearsal.paths import PROJECT, StackPaths
from systems import registry
from systems.model import Environment, SecretClass, System
from tests.components.recording import Registered, of, only, policy_of, registrations
from tests.conftest import ACCOUNT as EMULATED_ACCOUNT
from tests.emulated import client_of
from tests.engine_runs import EngineRun

ACCOUNT = "111122223333"
SYSTEMS = [*map(registry.load, registry.names()), registry.load("astral-core-v2", Environment.STAGING)]
SUPPLIED = "value-of-the-provider"


@pytest.fixture(scope="module", params=SYSTEMS, ids=lambda each: f"{each.name}-{each.environment}")
def system(request: pytest.FixtureRequest) -> System:
    return request.param


@pytest.fixture(scope="module")
def registered(system: System) -> list[Registered]:
    return registrations(lambda: _secrets(system))


def _secrets(system: System, supplied: Mapping[str, str] | None = None) -> Secrets:
    naming = Naming(system=system.name, environment=system.environment, account_id=ACCOUNT, owner="someone")
    args = SecretsArgs(
        system=system,
        account_id=ACCOUNT,
        key_arn="arn:aws:kms:us-east-1:111122223333:key/secrets",
        supplied=supplied or {},
        recovery_region="us-west-2",
        recovery_key_arn="arn:aws:kms:us-west-2:111122223333:key/secrets",
    )
    return Secrets("secrets", args, naming)


def test_every_documented_secret_lies_under_the_secrets_key_with_a_copy_elsewhere(
    system: System, registered: list[Registered]
) -> None:
    made = {each.inputs["name"]: each.inputs for each in of(registered, "secret:Secret")}
    side = {"production": "prod", "staging": "staging"}[system.environment]
    assert made.keys() >= {f"{system.name}/{side}/{each.name}" for each in system.secrets.secrets}
    for inputs in made.values():
        assert inputs["kmsKeyId"].endswith("key/secrets")
        assert [each["region"] for each in inputs["replicas"]] == ["us-west-2"]
        assert inputs["replicas"][0]["kmsKeyId"].startswith("arn:aws:kms:us-west-2")
        assert inputs["recoveryWindowInDays"] >= 7


def test_generated_ones_have_the_documented_length_and_keys_the_documented_strength(
    system: System, registered: list[Registered]
) -> None:
    for secret in system.secrets.secrets:
        if secret.secret_class is SecretClass.GENERATED:
            made = only(registered, "randomPassword:RandomPassword", f"secrets-{secret.name}-value")
            assert made.inputs["length"] >= (secret.characters or 0) >= 32
            assert made.inputs["special"] is False
        if secret.secret_class is SecretClass.KEY_RING:
            made = only(registered, "randomBytes:RandomBytes", f"secrets-{secret.name}-value")
            assert made.inputs["length"] * 2 == secret.characters
            assert made.inputs["length"] * 8 >= (secret.minimum_bits or 0)


def test_supplied_ones_are_never_invented(system: System, registered: list[Registered]) -> None:
    supplied = {each.name for each in system.secrets.secrets if each.secret_class is SecretClass.SUPPLIED}
    filled = {each.name for each in of(registered, "secretVersion:SecretVersion")}
    assert supplied
    assert filled.isdisjoint({f"secrets-{name}-first" for name in supplied})
    assert len(filled) == len(kept(system)) - len(supplied)


def test_a_supplied_value_fills_its_slot_as_it_is_and_stays_secret(system: System) -> None:
    name = next(each.name for each in system.secrets.secrets if each.secret_class is SecretClass.SUPPLIED)
    registered = registrations(lambda: _secrets(system, {name: SUPPLIED}))
    version = only(registered, "secretVersion:SecretVersion", f"secrets-{name}-first")
    assert SUPPLIED in json.dumps(version.inputs["secretString"])
    assert SUPPLIED not in repr(SecretsArgs(system=system, account_id=ACCOUNT, key_arn="k", supplied={name: SUPPLIED}))


def test_the_first_version_keeps_a_label_of_its_own(registered: list[Registered]) -> None:
    """Or AWS throws it away after some rotations, and a refresh would write the first password again."""
    for each in of(registered, "secretVersion:SecretVersion"):
        assert each.inputs["versionStages"] == ["AWSCURRENT", FIRST]


def _readable_by(policy: Mapping[str, Mapping[str, Any]], role: str, sid: str = "OnlyReaders") -> bool:
    allowed = policy[sid]["Condition"]["ArnNotLike"]["aws:PrincipalArn"]
    return any(fnmatch(f"arn:aws:iam::{ACCOUNT}:role/{role}", pattern) for pattern in allowed)


def test_a_secret_is_read_by_its_readers_and_by_nobody_else(system: System, registered: list[Registered]) -> None:
    side = {"production": "prod", "staging": "staging"}[system.environment]
    for secret in system.secrets.secrets:
        policy = policy_of(only(registered, "secretPolicy:SecretPolicy", f"secrets-{secret.name}-policy"))
        assert policy["OnlyTls"]["Effect"] == policy["OnlyReaders"]["Effect"] == "Deny"
        assert "secretsmanager:GetSecretValue" in policy["OnlyReaders"]["Action"]
        for reader in (each for each in secret.readers if each != "platform"):
            assert _readable_by(policy, f"{system.name}-{side}-{reader}")
            assert not _readable_by(policy, f"{system.name}-{side}-{reader}", "OnlyWriters")
        writer = "cache-rotation" if secret.name == "cache" else "rotation"
        assert _readable_by(policy, f"{system.name}-{side}-{writer}", "OnlyWriters")
        assert _readable_by(policy, "lifeline-operator", "OnlyWriters")
        for stranger in ("somebody", f"{system.name}-{side}-nodes", f"other-{side}-rotation"):
            assert not _readable_by(policy, stranger)


def test_a_workload_cannot_read_another_s_secrets(registered: list[Registered]) -> None:
    policy = policy_of(only(registered, "secretPolicy:SecretPolicy", "secrets-database-administrator-policy"))
    allowed = policy["OnlyReaders"]["Condition"]["ArnNotLike"]["aws:PrincipalArn"]
    assert not any(re.search(r"-(web|api|frontend|worker)", each) for each in allowed)


def test_applications_find_an_address_where_they_expect_one(system: System) -> None:
    word = "W" * 64
    values = {each.name: (each, json.loads(first_value(system, each, word))) for each in kept(system) if each.generated}
    database, login = values["database-application"]
    assert login[field(database)] == (
        f"postgresql://{login['role']}:{word}@database:5432/{system.database.name}?sslmode=verify-full"
    )
    cache, login = values["cache"]
    assert login[field(cache)] in (word, f"rediss://application:{word}@cache:{system.cache.port}/0")
    assert (login[field(cache)] == word) is (cache.variable == "REDIS_PASSWORD")


def test_production_cannot_delete_a_secret_by_mistake(system: System, registered: list[Registered]) -> None:
    window = {each.inputs["recoveryWindowInDays"] for each in of(registered, "secret:Secret")}
    assert window == {30 if system.production else 7}


def test_an_unknown_secret_names_those_there_are() -> None:
    def program() -> None:
        with pytest.raises(KeyError, match="pagerduty-key"):
            _secrets(SYSTEMS[0]).arn("pager-key")

    registrations(program)


def test_a_reader_s_policy_names_its_secrets_and_their_key_only() -> None:
    found: list[str] = []

    def program() -> None:
        _secrets(SYSTEMS[0]).reading("cache", "session-signing").apply(found.append)

    registrations(program)
    statements = {each["Sid"]: each for each in json.loads(found[0])["Statement"]}
    assert [arn.rpartition(":")[2] for arn in statements["ReadSecrets"]["Resource"]] == [
        "secrets-cache",
        "secrets-session-signing",
    ]
    assert statements["DecryptThem"]["Condition"]["StringLike"] == {"kms:ViaService": "secretsmanager.*.amazonaws.com"}


PROGRAM = """
import sys
sys.path.insert(0, {project!r})
import pulumi
import pulumi_aws as aws
from components.aws.secrets import Secrets, SecretsArgs
from components.naming import Naming
from rehearsal.paths import PROJECT, StackPaths
from systems import registry
from systems.model import Environment

system = registry.load("astral-core-v2", Environment.STAGING)
naming = Naming(system="secrets-trial", environment="staging", account_id={account!r}, owner="somebody")
key = aws.kms.Key("key", description="secrets")
args = SecretsArgs(system=system, account_id={account!r}, key_arn=key.arn, supplied={{"slack-webhook": {supplied!r}}})
secrets = Secrets("secrets", args, naming)
pulumi.export("password", secrets.first_password("cache"))
pulumi.export("arns", secrets.arns)
"""


@pytest.mark.engine
def test_no_value_is_in_clear_in_state_outputs_or_logs_and_operations_own_it(
    engine_run: Callable[..., EngineRun], emulators: StackPaths
) -> None:
    program = PROGRAM.format(project=str(PROJECT), account=EMULATED_ACCOUNT, supplied=SUPPLIED)
    run = engine_run(program, config={"aws:region": "us-east-1"}, emulators=emulators)
    told = run.up()
    client = client_of(emulators, "secretsmanager")
    names = [
        f"secrets-trial/staging/{name}" for name in ("cache", "database-owner", "encryption-keys", "slack-webhook")
    ]
    words = {SUPPLIED} | {
        word
        for name in names
        for word in re.findall(r"[A-Za-z0-9]{48,}", client.get_secret_value(SecretId=name)["SecretString"])
    }
    assert len(words) >= len(names)
    kept_and_shown = run.checkpoint.file.read_text() + json.dumps(run.outputs(secrets=False)) + told.text
    assert [word for word in words if word in kept_and_shown] == []

    client.put_secret_value(SecretId=names[0], SecretString="rotated since")
    run.refresh()
    assert run.up().story.changes.keys() == {"same"}
    assert client.get_secret_value(SecretId=names[0])["SecretString"] == "rotated since"
    run.destroy()
