"""The rotation's function: which secrets it renews and when, what it may do, where it may go, what it is made of."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.aws.rotation import DatabaseReach, Rotation, RotationArgs, package
from components.aws.secret_values import kept
from components.aws.secrets import Secrets, SecretsArgs
from components.naming import Naming
from rendering import conformance_pack
from systems import registry
from systems.model import Environment, System
from tests.components.recording import Registered, of, only, policy_of, registrations

ACCOUNT = "111122223333"
SYSTEMS = [*map(registry.load, registry.names()), registry.load("astral-core-v2", Environment.STAGING)]
DATABASE = DatabaseReach(host="db.internal", group_id="sg-database")


@pytest.fixture(scope="module", params=SYSTEMS, ids=lambda each: f"{each.name}-{each.environment}")
def system(request: pytest.FixtureRequest) -> System:
    return request.param


def _registered(system: System, **reach: Any) -> list[Registered]:
    naming = Naming(system=system.name, environment=system.environment, account_id=ACCOUNT, owner="someone")

    def program() -> None:
        secrets = Secrets("secrets", SecretsArgs(system=system, account_id=ACCOUNT, key_arn="arn:key/secrets"), naming)
        args = RotationArgs(
            system=system,
            secrets=secrets,
            account_id=ACCOUNT,
            vpc_id="vpc-1",
            subnet_ids=["subnet-a", "subnet-b"],
            endpoint_group_id="sg-endpoints",
            secrets_key_arn="arn:key/secrets",
            logs_key_arn="arn:key/logs",
            **reach,
        )
        Rotation("rotation", args, naming)

    return registrations(program)


@pytest.fixture(scope="module")
def whole(system: System) -> list[Registered]:
    return _registered(system, database=DATABASE)


def test_every_secret_that_is_ours_is_renewed_before_its_documented_age(
    system: System, whole: list[Registered]
) -> None:
    rotated = {each.name.removeprefix("rotation-"): each.inputs for each in of(whole, "secretRotation:SecretRotation")}
    ours = {each.name: each for each in kept(system) if each.generated and each.kind != "redis"}
    assert rotated.keys() == ours.keys()
    for name, inputs in rotated.items():
        days = inputs["rotationRules"]["automaticallyAfterDays"]
        assert 0 < days < ours[name].rotation_days <= system.secrets.maximum_rotation_days <= 90
        assert inputs["rotateImmediately"] is False


def test_secrets_of_servers_that_are_not_there_yet_wait(system: System) -> None:
    rotated = {each.name for each in of(_registered(system), "secretRotation:SecretRotation")}
    waiting = {each.name for each in kept(system) if each.kind in ("postgresql", "postgresql-administrator")}
    assert rotated.isdisjoint({f"rotation-{name}" for name in waiting})
    assert rotated


def test_it_renews_its_own_secrets_and_touches_no_others(whole: list[Registered]) -> None:
    policy = policy_of(only(whole, "iam/policy:Policy", "rotation-rights"))
    assert "*" not in policy["RenewSecrets"]["Resource"]
    assert not any(action.endswith("*") for statement in policy.values() for action in statement["Action"])
    assert policy["UseTheKey"]["Resource"] == ["arn:key/secrets"]
    everywhere = [sid for sid, statement in policy.items() if statement["Resource"] == ["*"]]
    assert everywhere == ["JoinTheNetwork"]
    supplied = [each for each in policy["SeeAge"]["Resource"] if each not in policy["RenewSecrets"]["Resource"]]
    assert supplied, "it sees how old supplied ones are, and cannot read or renew them"


def test_it_reaches_secrets_manager_and_the_database_and_nothing_else(whole: list[Registered]) -> None:
    ways = {
        (each.inputs["referencedSecurityGroupId"], each.inputs["fromPort"], each.inputs["toPort"])
        for each in of(whole, "securityGroupEgressRule:SecurityGroupEgressRule")
    }
    assert ways == {("sg-endpoints", 443, 443), ("sg-database", 5432, 5432)}
    admitted = {
        (each.inputs["securityGroupId"], each.inputs["fromPort"])
        for each in of(whole, "securityGroupIngressRule:SecurityGroupIngressRule")
    }
    assert admitted == {("sg-endpoints", 443), ("sg-database", 5432)}
    function = only(whole, "function:Function").inputs
    assert function["vpcConfig"]["subnetIds"] == ["subnet-a", "subnet-b"]
    assert function["vpcConfig"]["securityGroupIds"] == ["rotation-group-id"]


def test_its_environment_names_places_and_secrets_and_holds_none(system: System, whole: list[Registered]) -> None:
    side = {"production": "prod", "staging": "staging"}[system.environment]
    assert only(whole, "function:Function").inputs["environment"]["variables"] == {
        "DATABASE": "db.internal:5432",
        "DATABASE_NAME": system.database.name,
        "DATABASE_ADMINISTRATOR": f"{system.name}/{side}/database-administrator",
    }


def test_only_secrets_manager_of_this_account_and_its_own_clock_call_it(whole: list[Registered]) -> None:
    callers = {each.inputs["principal"]: each.inputs for each in of(whole, "permission:Permission")}
    assert callers.keys() == {"secretsmanager.amazonaws.com", "events.amazonaws.com"}
    assert callers["secretsmanager.amazonaws.com"]["sourceAccount"] == ACCOUNT
    assert callers["events.amazonaws.com"]["sourceArn"].endswith("rotation-daily")


def test_what_others_renew_is_looked_at_daily(system: System, whole: list[Registered]) -> None:
    """Providers make theirs, the cluster the cache's: of neither does Secrets Manager know whether it is renewed."""
    asked = json.loads(only(whole, "eventTarget:EventTarget").inputs["input"])
    side = {"production": "prod", "staging": "staging"}[system.environment]
    assert asked["stack"] == f"{system.name}-{side}"
    others = [each for each in kept(system) if not each.generated or each.kind == "redis"]
    assert asked["supplied"] == [f"{system.name}/{side}/{each.name}" for each in others]
    assert {each.kind for each in others} == {"supplied", "redis"}


def test_config_asks_for_rotation_where_secrets_manager_rotates(system: System, whole: list[Registered]) -> None:
    """AWS's rule would call the others overdue for ever, and an auditor learns to read past it."""
    rule = json.loads(conformance_pack.template())["Resources"]["SecretsmanagerRotationEnabledCheck"]["Properties"]
    scope = rule["Scope"]
    asked = {
        each.name.removeprefix("secrets-")
        for each in of(whole, "secret:Secret")
        if each.inputs["tags"].get(scope["TagKey"]) == scope["TagValue"]
    }
    rotating = {each.name.removeprefix("rotation-") for each in of(whole, "secretRotation:SecretRotation")}
    assert asked == rotating == {each.name for each in kept(system) if each.generated and each.kind != "redis"}


def test_the_archive_is_the_same_every_time_and_holds_the_whole_package() -> None:
    one, other = package().assets, package().assets
    assert list(one) == list(other) == sorted(one)
    texts = {name: asset.text for name, asset in one.items() if isinstance(asset, pulumi.StringAsset)}
    assert texts.keys() == one.keys()
    assert {"lifeline_rotation/handler.py", "lifeline_rotation/rds-authorities.pem"} <= texts.keys()
    assert not any("pycache" in name for name in texts)


def test_what_is_uploaded_runs_by_itself(tmp_path: Path) -> None:
    for name, asset in package().assets.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(asset.text)
    module, _, function = "lifeline_rotation.handler.handle".rpartition(".")
    code = f"import {module} as h; print(callable(h.{function}), h.__file__)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=240)
    assert done.stdout.split() == ["True", str(tmp_path / "lifeline_rotation/handler.py")], done.stderr
