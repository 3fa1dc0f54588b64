"""Keys: one a purpose, rotated, named, copied where the platform recovers; nobody may do everything with one."""

import json
from functools import cache

import pulumi_aws as aws
import pytest

from components.aws import key_policies
from components.aws.keys import Keys, KeysArgs
from components.naming import Naming
from systems import registry
from systems.model import Environment, RecoveryLevel, System
from tests.components.aws.judging import allowed
from tests.components.recording import Registered, registrations

ACCOUNT, OTHER, REGION, RECOVERY = "111122223333", "999999999999", "us-east-1", "us-west-2"
PURPOSES = ("data", "backups", "logs", "secrets", "cluster")
ADMINISTRATOR = f"arn:aws:iam::{ACCOUNT}:role/administrator"
WORKLOAD = f"arn:aws:iam::{ACCOUNT}:role/astral-core-v2-prod-web"
CONTROL_PLANE = f"arn:aws:iam::{ACCOUNT}:role/astral-core-v2-prod-cluster"
SCALING = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"


#: A stack of each recovery level.
STACKS = {
    RecoveryLevel.COPIES_ONLY: ("astral-core-v2", Environment.STAGING),
    RecoveryLevel.PILOT_LIGHT: ("tdah-assistant", Environment.PRODUCTION),
    RecoveryLevel.WARM_STANDBY: ("astral-core-v2", Environment.PRODUCTION),
}


def keys_of(system: System) -> Keys:
    naming = Naming(system=system.name, environment=system.environment, account_id=ACCOUNT, owner="x")
    recovery = aws.Provider("recovery", region=RECOVERY)
    args = KeysArgs(system=system, account_id=ACCOUNT, region=REGION, recovery_region=RECOVERY, recovery=recovery)
    return Keys("keys", args, naming)


@cache
def made(level: RecoveryLevel = RecoveryLevel.WARM_STANDBY) -> tuple[Registered, ...]:
    system = registry.load(*STACKS[level])
    assert system.objectives.recovery_level is level
    return tuple(registrations(lambda: keys_of(system)))


def of(kind: str, resources: tuple[Registered, ...]) -> dict[str, Registered]:
    return {each.name.removeprefix("keys-"): each for each in resources if each.type.endswith(f":{kind}")}


def policy(purpose: str, region: str = REGION) -> dict[str, object]:
    return key_policies.policy(
        purpose, account_id=ACCOUNT, region=region, cluster_role=CONTROL_PLANE.rsplit("/", 1)[-1]
    )


def through(service: str, region: str = REGION) -> dict[str, str]:
    return {"kms__ViaService": f"{service}.{region}.amazonaws.com", "kms__CallerAccount": ACCOUNT}


# -- what is made -----------------------------------------------------------------------------------------------------


def test_there_is_one_rotated_key_a_purpose_that_can_be_taken_back_for_a_month() -> None:
    keys = of("Key", made())
    assert set(keys) == set(PURPOSES)
    for key in keys.values():
        assert (key.inputs["enableKeyRotation"], key.inputs["deletionWindowInDays"]) == (True, 30)
        assert key.inputs["multiRegion"] is True


def test_each_has_an_alias_and_so_has_each_replica() -> None:
    names = {each.inputs["name"] for each in of("Alias", made()).values()}
    assert names == {f"alias/astral-core-v2-prod-{each}{end}" for each in PURPOSES for end in ("", "-recovery")}


@pytest.mark.parametrize(
    ("level", "copied"),
    [
        (RecoveryLevel.COPIES_ONLY, {"data", "backups", "secrets"}),
        (RecoveryLevel.PILOT_LIGHT, {"data", "backups", "secrets", "logs"}),
        (RecoveryLevel.WARM_STANDBY, set(PURPOSES)),
    ],
)
def test_replicas_stand_where_the_platform_recovers_and_no_sooner(level: RecoveryLevel, copied: set[str]) -> None:
    replicas = of("ReplicaKey", made(level))
    assert {name.removesuffix("-replica") for name in replicas} == copied
    assert all("::recovery::" in each.provider for each in replicas.values())
    assert f"kms:{RECOVERY}" not in json.dumps(policy("data")), "a replica's policy is its own region's"


def test_a_missing_replica_is_told_with_the_level_that_lacks_it() -> None:
    def program() -> None:
        keys = keys_of(registry.load("astral-core-v2", Environment.STAGING))
        with pytest.raises(KeyError, match=r"'cluster' has no replica at recovery level copies-only.*backups"):
            keys.recovery_arn("cluster")

    registrations(program)


def test_in_production_the_engine_deletes_no_key_by_mistake() -> None:
    assert all(each.protected for each in (*of("Key", made()).values(), *of("ReplicaKey", made()).values()))
    assert not any(each.protected for each in of("Key", made(RecoveryLevel.COPIES_ONLY)).values())


# -- who may do what --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("purpose", PURPOSES)
def test_nobody_is_given_everything(purpose: str) -> None:
    actions = [action for each in policy(purpose)["Statement"] for action in each["Action"]]  # type: ignore[index]
    assert not [action for action in actions if action in ("*", "kms:*")]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_an_administrator_keeps_the_key_and_cannot_read_with_it(purpose: str) -> None:
    document = policy(purpose)
    for action in ("kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:ReplicateKey", "kms:EnableKeyRotation"):
        assert allowed(document, action, ADMINISTRATOR), action
    for action in ("kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant"):
        assert not allowed(document, action, ADMINISTRATOR), action


@pytest.mark.parametrize(
    ("purpose", "service"),
    [("data", "rds"), ("data", "s3"), ("backups", "backup"), ("secrets", "secretsmanager"), ("cluster", "ecr")],
)
def test_identities_use_a_key_through_the_service_that_holds_the_data(purpose: str, service: str) -> None:
    document = policy(purpose)
    assert allowed(document, "kms:Decrypt", WORKLOAD, **through(service))
    assert not allowed(document, "kms:Decrypt", WORKLOAD, kms__CallerAccount=ACCOUNT)
    assert not allowed(document, "kms:Decrypt", WORKLOAD, **through("sqs"))
    assert not allowed(document, "kms:Decrypt", WORKLOAD, **through(service, RECOVERY)), "another region's service"
    assert allowed(policy(purpose, RECOVERY), "kms:Decrypt", WORKLOAD, **through(service, RECOVERY))


@pytest.mark.parametrize("purpose", PURPOSES)
def test_other_accounts_have_no_way_in(purpose: str) -> None:
    stranger = f"arn:aws:iam::{OTHER}:role/anyone"
    for service in ("s3", "rds", "ec2", "secretsmanager"):
        claimed = {**through(service), "kms__CallerAccount": OTHER, "aws__PrincipalArn": stranger}
        assert not allowed(policy(purpose), "kms:Decrypt", stranger, **claimed)
    assert not allowed(policy(purpose), "kms:PutKeyPolicy", stranger)


def test_grants_are_for_services_that_keep_using_a_key() -> None:
    resource = {"kms__GrantIsForAWSResource": "true"}
    assert allowed(policy("data"), "kms:CreateGrant", WORKLOAD, **through("rds"), **resource)
    assert not allowed(policy("data"), "kms:CreateGrant", WORKLOAD, **through("rds"))
    assert not allowed(policy("data"), "kms:CreateGrant", WORKLOAD, **through("s3"), **resource)
    assert not allowed(policy("logs"), "kms:CreateGrant", WORKLOAD, **through("s3"), **resource)


def test_log_groups_of_this_account_and_no_other_are_encrypted_with_the_key_of_logs() -> None:
    ours = {"kms__EncryptionContext:aws:logs:arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/x"}
    theirs = {"kms__EncryptionContext:aws:logs:arn": f"arn:aws:logs:{REGION}:{OTHER}:log-group:/aws/x"}
    assert allowed(policy("logs"), "kms:GenerateDataKey", f"logs.{REGION}.amazonaws.com", **ours)
    assert not allowed(policy("logs"), "kms:GenerateDataKey", f"logs.{REGION}.amazonaws.com", **theirs)
    assert not allowed(policy("data"), "kms:GenerateDataKey", f"logs.{REGION}.amazonaws.com", **ours)


@pytest.mark.parametrize("service", ["cloudtrail", "cloudwatch", "events", "config", "guardduty", "budgets"])
def test_senders_of_records_and_alarms_use_the_key_of_logs_for_this_account(service: str) -> None:
    principal = f"{service}.amazonaws.com"
    assert allowed(policy("logs"), "kms:GenerateDataKey", principal, aws__SourceAccount=ACCOUNT)
    assert not allowed(policy("logs"), "kms:GenerateDataKey", principal, aws__SourceAccount=OTHER)
    assert not allowed(policy("secrets"), "kms:Decrypt", principal, aws__SourceAccount=ACCOUNT)


def test_scaling_groups_start_nodes_whose_disks_are_encrypted_with_the_key_of_data() -> None:
    who = {"aws__PrincipalArn": SCALING, "kms__CallerAccount": ACCOUNT}
    assert allowed(policy("data"), "kms:Decrypt", SCALING, **who)
    assert allowed(policy("data"), "kms:CreateGrant", SCALING, **who, kms__GrantIsForAWSResource="true")
    assert not allowed(policy("secrets"), "kms:Decrypt", SCALING, **who)


def test_the_control_plane_encrypts_what_it_keeps_and_a_workload_cannot_read_that() -> None:
    plane = {"aws__PrincipalArn": CONTROL_PLANE, "kms__CallerAccount": ACCOUNT}
    workload = {"aws__PrincipalArn": WORKLOAD, "kms__CallerAccount": ACCOUNT}
    assert allowed(policy("cluster"), "kms:Encrypt", CONTROL_PLANE, **plane)
    assert not allowed(policy("cluster"), "kms:Decrypt", WORKLOAD, **workload)
