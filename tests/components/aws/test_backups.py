"""Where backups are kept: who can write, read and lose them; what AWS copies by itself; for all ten stacks."""

import json
from collections.abc import Sequence
from fnmatch import fnmatch
from typing import Any

import pytest

from components.aws import bucket_policies
from components.aws.backup_account import BackupAccount, BackupAccountArgs
from components.aws.backup_plan import BackupPlan, BackupPlanArgs
from components.aws.backups import Backups, BackupsArgs, copy_names
from components.aws.bucket import Bucket, BucketArgs
from components.aws.bucket_lifecycle import Keep, lifecycle_rules
from components.aws.bucket_replication import Copy
from components.aws.roles import create_role, of_service
from components.naming import DataClass, Naming
from layers.site import other_account
from systems import registry
from systems.model import Environment, System
from tests.components.recording import Registered, of, only, policy_of, registrations

ACCOUNT = "111122223333"
HERE, THERE = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/mrk-1", f"arn:aws:kms:us-west-2:{ACCOUNT}:key/mrk-1"
SYSTEMS = [registry.load(name, environment) for name in registry.names() for environment in Environment]
V2, DRAFT, TDAH = map(registry.load, ("astral-core-v2", "astral-draft", "tdah-assistant"))
TAGS = {"lifeline:component": "volumes", "lifeline:environment": "production", "lifeline:system": "any"}


def naming(system: System, place: str = "") -> Naming:
    return Naming(system=system.name, environment=system.environment, account_id=ACCOUNT, owner="someone", place=place)


_SEEN: dict[tuple[str, str], list[Registered]] = {}


def registered(system: System) -> list[Registered]:
    """Backups with their second edition elsewhere, the plan, and two roles: of whoever dumps and whoever restores."""
    of_stack = (system.name, system.environment.value)
    if of_stack not in _SEEN:
        _SEEN[of_stack] = _registered(system)
    return _SEEN[of_stack]


def _registered(system: System) -> list[Registered]:

    def program() -> None:
        here, there = naming(system), naming(system, "recovery")
        backups = Backups(
            "backups",
            BackupsArgs(system=system, key_arn=HERE, access_log_bucket="access-logs", records_bucket="records"),
            here,
        )
        copies = Backups("copies", BackupsArgs(system=system, key_arn=THERE, access_log_bucket="logs-there"), there)
        backups.copy_to(copies)
        BackupPlan(
            "plan",
            BackupPlanArgs(
                system=system,
                account_id=ACCOUNT,
                region="us-east-1",
                vault_name=backups.vault_name,
                copy_vault_arn=copies.vault_arn,
                database_arn="arn:database",
                uploads_arn="arn:uploads",
                volume_tags={**TAGS, "lifeline:owner": "whoever answers for it today"},
            ),
            here,
        )
        there_to_read = backups.copies_to_come(there).values()
        for name, statements in (
            ("dumping", backups.may_dump()),
            ("restoring", backups.may_restore(there_to_read, THERE)),
        ):
            create_role(
                name,
                name,
                of_service("pods.eks.amazonaws.com", ACCOUNT),
                statements=statements,
                description=name,
                component="backups",
                naming=here,
                opts=None,  # type: ignore[arg-type]
            )

    return registrations(program)


@pytest.fixture(scope="module", params=SYSTEMS, ids=lambda each: f"{each.name}-{each.environment}")
def system(request: pytest.FixtureRequest) -> System:
    return request.param


@pytest.fixture(scope="module")
def made(system: System) -> list[Registered]:
    return registered(system)


def at_home(made: Sequence[Registered], kind: str) -> list[Registered]:
    return [each for each in of(made, kind) if each.name.startswith("backups-")]


# -- every bucket -----------------------------------------------------------------------------------------------------


def test_classes_have_buckets_of_their_own(system: System, made: list[Registered]) -> None:
    names = {each.inputs["bucket"] for each in at_home(made, "s3/bucket:Bucket")}
    classes = (
        {"db-backups"} if all(kind.database_dump for kind in system.backups.kinds) else {"db-backups", "app-backups"}
    )
    classes = {"backups"} if system.backups.bucket_name else classes
    expected = {naming(system).bucket(purpose) for purpose in {*classes, "evidence"}}
    if system.backup_bucket_name:
        expected = expected - {naming(system).bucket("backups")} | {system.backup_bucket_name}
    assert names == expected


def test_all_are_keyed_versioned_closed_logged_copied_and_locked(system: System, made: list[Registered]) -> None:
    buckets = at_home(made, "s3/bucket:Bucket")
    for kind in ("BucketVersioning", "BucketPublicAccessBlock", "BucketLogging", "BucketReplicationConfig"):
        assert len(at_home(made, f":{kind}")) == len(buckets), kind
    for each in at_home(made, "BucketServerSideEncryptionConfiguration"):
        assert each.inputs["rules"][0]["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"] == HERE
    mode = "COMPLIANCE" if system.production else "GOVERNANCE"
    locks = at_home(made, "BucketObjectLockConfiguration")
    assert [each.inputs["rule"]["defaultRetention"]["mode"] for each in locks] == [mode] * len(buckets)
    assert {each.protected for each in buckets} == {system.production}


def test_no_lock_outlasts_what_it_locks(made: list[Registered]) -> None:
    """Or nothing would ever end."""
    for lock in at_home(made, "BucketObjectLockConfiguration"):
        days = lock.inputs["rule"]["defaultRetention"]["days"]
        name = lock.name.removesuffix("-lock")
        ends = [
            rule["expiration"]["days"]
            for rule in only(made, "BucketLifecycleConfiguration", f"{name}-lifecycle").inputs["rules"]
            if "expiration" in rule
        ]
        assert days <= min(ends), name


def test_copies_go_to_the_recovery_region_under_the_key_there(system: System, made: list[Registered]) -> None:
    for each in at_home(made, "BucketReplicationConfig"):
        (rule,) = each.inputs["rules"]
        assert rule["destination"]["encryptionConfiguration"] == {"replicaKmsKeyId": THERE}
        assert f"{system.name}" in rule["destination"]["bucket"] and "recovery" in rule["destination"]["bucket"]
    copies = [each for each in of(made, "s3/bucket:Bucket") if each.name.startswith("copies-")]
    assert len(copies) == len(at_home(made, "s3/bucket:Bucket"))


def test_a_document_names_the_bucket_of_production_alone() -> None:
    names = {each.inputs["bucket"] for each in of(registered(DRAFT), "s3/bucket:Bucket")}
    assert "astraldraft-backups" in names
    assert len([name for name in names if "recovery" in name]) == 2
    staging = registry.load("astral-draft", Environment.STAGING)
    assert "astraldraft-backups" not in {each.inputs["bucket"] for each in of(registered(staging), "s3/bucket:Bucket")}


# -- who may do what --------------------------------------------------------------------------------------------------


def statement(made: list[Registered], bucket: str, sid: str) -> dict[str, Any]:
    return policy_of(only(made, "BucketPolicy", f"{bucket}-policy")).get(sid, {})


def test_objects_are_written_once_and_the_pointer_to_the_newest_again_and_again() -> None:
    rule = statement(registered(V2), "backups-db-backups", "NothingIsOverwritten")
    assert rule["Condition"] == {
        "Null": {"s3:if-none-match": "true"},
        "Bool": {"s3:ObjectCreationOperation": "true"},
    }
    bucket = f"arn:aws:s3:::astral-core-v2-prod-db-backups-{ACCOUNT}"
    assert rule["Resource"] == [f"{bucket}/database/*", f"{bucket}/application-state/*"]


def test_the_tag_that_says_how_long_cannot_be_changed() -> None:
    rule = statement(registered(DRAFT), "backups-backups", "TagStays")
    assert rule["Condition"] == {"Null": {"s3:ExistingObjectTag/lifeline:backup-tier": "false"}}
    assert set(rule["Action"]) == {
        *("s3:PutObjectTagging", "s3:PutObjectVersionTagging"),
        *("s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"),
    }


def test_nobody_deletes_in_production_and_staging_can_be_torn_down(system: System, made: list[Registered]) -> None:
    for bucket in of(made, "s3/bucket:Bucket"):
        refused = statement(made, bucket.name.removesuffix("-bucket"), "NobodyDeletes")
        assert bool(refused) is system.production
        assert bucket.inputs["forceDestroy"] is not system.production


def rights(made: list[Registered], role: str) -> dict[str, dict[str, Any]]:
    return policy_of(only(made, "iam/policy:Policy", f"{role}-rights"))


def test_whoever_dumps_neither_reads_nor_deletes(made: list[Registered]) -> None:
    actions = {action for each in rights(made, "dumping").values() for action in each["Action"]}
    assert actions == {
        *("s3:ListBucket", "s3:PutObject", "s3:PutObjectTagging"),
        *("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "kms:GenerateDataKey", "kms:Decrypt"),
    }
    written = rights(made, "dumping")["AddBackups"]["Resource"]
    assert not [each for each in written if "evidence" in each]


def test_whoever_restores_reads_here_and_there_and_adds_evidence_alone(made: list[Registered]) -> None:
    right = rights(made, "restoring")
    assert right["DecryptBackups"]["Resource"] == [HERE, THERE]
    assert right["AddEvidence"]["Action"] == ["s3:PutObject", "s3:AbortMultipartUpload"]
    assert all("evidence" in each for each in right["AddEvidence"]["Resource"])
    assert not {action for each in right.values() for action in each["Action"] if "Delete" in action}


# -- the vault --------------------------------------------------------------------------------------------------------


def test_the_vault_is_locked_as_hard_as_its_environment(system: System, made: list[Registered]) -> None:
    for place in ("backups", "copies"):
        lock = only(made, "VaultLockConfiguration", f"{place}-vault-lock").inputs
        assert lock["minRetentionDays"] == 30
        assert ("changeableForDays" in lock) is system.production
        policies = [each for each in of(made, ":VaultPolicy") if each.name.startswith(place)]
        assert len(policies) == system.production
    vaults = of(made, "backup/vault:Vault")
    assert {each.inputs["kmsKeyArn"] for each in vaults} == {HERE, THERE}
    assert {each.protected for each in vaults} == {system.production}
    assert all(len(each.inputs["name"]) <= 50 for each in vaults)


def test_the_plan_keeps_days_and_weeks_here_and_in_the_recovery_region(system: System, made: list[Registered]) -> None:
    rules = only(made, "backup/plan:Plan").inputs["rules"]
    kept = {rule["ruleName"]: rule["lifecycle"]["deleteAfter"] for rule in rules}
    assert kept == {
        each.tier.value: each.days for each in system.backups.kept if each.tier.value in ("daily", "weekly")
    }
    for rule in rules:
        (copy,) = rule["copyActions"]
        assert copy["lifecycle"] == rule["lifecycle"]
        assert copy["destinationVaultArn"].endswith("copies-vault-vault")


def test_the_plan_keeps_out_of_the_hours_in_which_rds_makes_no_copies(system: System, made: list[Registered]) -> None:
    """Maintenance for an hour, RDS's own backup in the hour two hours before; AWS wants an hour's distance."""
    start = system.maintenance.window.start_hour_utc
    hour = int(only(made, "backup/plan:Plan").inputs["rules"][0]["schedule"].split()[1])
    busy = {(start + offset) % 24 for offset in (-3, -2, -1, 0, 1)}
    assert {hour, (hour + 1) % 24}.isdisjoint(busy)


def test_the_plan_copies_the_database_every_volume_of_the_cluster_and_uploads(made: list[Registered]) -> None:
    chosen = {each.name.removeprefix("plan-"): each.inputs for each in of(made, "backup/selection:Selection")}
    assert chosen["database"]["resources"] == ["arn:database"]
    assert chosen["uploads"]["resources"] == ["arn:uploads"]
    assert chosen["volumes"]["resources"] == [f"arn:aws:ec2:us-east-1:{ACCOUNT}:volume/*"]
    (conditions,) = chosen["volumes"]["conditions"]
    carried = {each["key"].removeprefix("aws:ResourceTag/"): each["value"] for each in conditions["stringEquals"]}
    assert carried == TAGS
    assert "conditions" not in chosen["database"]


def test_months_and_years_are_kept_as_dumps_alone() -> None:
    assert {rule["ruleName"] for rule in only(registered(TDAH), "backup/plan:Plan").inputs["rules"]} == {"daily"}
    assert {rule["ruleName"] for rule in only(registered(V2), "backup/plan:Plan").inputs["rules"]} == {
        "daily",
        "weekly",
    }


# -- an account of its own --------------------------------------------------------------------------------------------

APART = "999988887777"


@pytest.fixture(scope="module")
def in_two_accounts() -> list[Registered]:
    def program() -> None:
        here = naming(V2)
        backups = Backups("backups", BackupsArgs(system=V2, key_arn=HERE), here)
        copies = Backups("copies", BackupsArgs(system=V2, key_arn=THERE), naming(V2, "recovery"))
        args = BackupAccountArgs(system=V2, account_id=APART, copied_from=ACCOUNT, region="us-east-1")
        backups.copy_to(copies, BackupAccount("apart", args, here).backups)

    return registrations(program)


def test_a_second_account_takes_copies_under_its_own_key_and_locks(in_two_accounts: list[Registered]) -> None:
    apart = [each for each in in_two_accounts if each.name.startswith("apart-")]
    names = {each.inputs["bucket"] for each in of(apart, "s3/bucket:Bucket")}
    purposes = ("db-backups", "app-backups", "evidence", "access-logs")
    assert names == {f"astral-core-v2-prod-apart-{purpose}-{APART}" for purpose in purposes}
    locked = of(apart, "BucketObjectLockConfiguration")
    assert {each.inputs["rule"]["defaultRetention"]["mode"] for each in locked} == {"COMPLIANCE"}
    assert len(locked) == len(of(apart, ":BucketLogging")) == 3
    assert of(apart, "backup/vault:Vault") == []
    for each in of(in_two_accounts, "BucketReplicationConfig"):
        region, account = (rule["destination"] for rule in each.inputs["rules"])
        assert "account" not in region
        assert account["account"] == APART
        assert account["encryptionConfiguration"] == {"replicaKmsKeyId": only(apart, "kms/key:Key").arn}


def test_it_is_reached_through_a_role_that_its_owner_gives() -> None:
    (provider,) = registrations(lambda: other_account(APART, "us-east-1"))
    assert json.loads(provider.inputs["allowedAccountIds"]) == [APART]
    (role,) = json.loads(provider.inputs["assumeRoles"])
    assert role == {"roleArn": f"arn:aws:iam::{APART}:role/lifeline-backups", "sessionName": "lifeline"}


def test_from_the_platforms_account_only_the_copiers_reach_it_and_only_to_add(
    in_two_accounts: list[Registered],
) -> None:
    copiers = [each.inputs["name"] for each in of(in_two_accounts, "iam/role:Role")]
    apart = [each for each in in_two_accounts if each.name.startswith("apart-backups-")]
    for policy in of(apart, "BucketPolicy"):
        statements = policy_of(policy)
        for sid in ("CopiersWrite", "CopiersLook"):
            assert statements[sid]["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
            (pattern,) = statements[sid]["Condition"]["ArnLike"].values()
            assert all(fnmatch(f"arn:aws:iam::{ACCOUNT}:role/{name}", pattern) for name in copiers)
        assert not {action for each in ("CopiersWrite", "CopiersLook") for action in statements[each]["Action"]} & {
            *("s3:GetObject", "s3:DeleteObject", "s3:PutObject", "s3:PutBucketPolicy")
        }
    key = {each["Sid"]: each for each in json.loads(only(in_two_accounts, "kms/key:Key").inputs["policy"])["Statement"]}
    assert key["CopiersEncrypt"]["Action"] == ["kms:Encrypt", "kms:GenerateDataKey"]
    assert ACCOUNT not in json.dumps([each for sid, each in key.items() if sid != "CopiersEncrypt"])


# -- what any bucket can now do ---------------------------------------------------------------------------------------


def test_copies_in_another_account_belong_to_it() -> None:
    args = BucketArgs(purpose="things", data_class=DataClass.HEALTH, key_arn=HERE)
    elsewhere = Copy(bucket_arn="arn:aws:s3:::elsewhere", key_arn="arn:key", account_id="999988887777")

    def program() -> None:
        Bucket("things", args, naming(V2)).copy_to(Copy(bucket_arn="arn:aws:s3:::there", key_arn=THERE), elsewhere)

    made = registrations(program)
    there, account = only(made, "BucketReplicationConfig").inputs["rules"]
    assert (there["priority"], account["priority"]) == (1, 2)
    assert "account" not in there["destination"]
    assert account["destination"]["account"] == "999988887777"
    assert account["destination"]["accessControlTranslation"] == {"owner": "Destination"}
    right = policy_of(only(made, "iam/policy:Policy"))
    assert "s3:ObjectOwnerOverrideToBucketOwner" in right["Copy"]["Action"]
    assert right["Copy"]["Resource"] == ["arn:aws:s3:::there/*", "arn:aws:s3:::elsewhere/*"]


def test_lifecycle_selects_by_prefix_by_tag_or_by_both() -> None:
    tag = ("tier", "daily")
    rules = lifecycle_rules([Keep(tag=tag, days=30), Keep(prefix="a/", tag=tag, days=30)])
    assert [rule["filter"] for rule in rules[1:]] == [
        {"tag": {"key": "tier", "value": "daily"}},
        {"and": {"prefix": "a/", "tags": {"tier": "daily"}}},
    ]


def test_nothing_is_archived_for_less_time_than_is_billed() -> None:
    with pytest.raises(ValueError, match="archived for 89 days: AWS bills 90"):
        Keep(days=119, archived_after_days=30)


def test_policies_are_valid_json_that_names_the_bucket_alone() -> None:
    both = [bucket_policies.nothing_is_overwritten("b", ["x/*"]), bucket_policies.tag_stays("b", "tier", ["*"])]
    assert {json.loads(json.dumps(each))["Resource"] for each in both} == {"arn:aws:s3:::b/x/*", "arn:aws:s3:::b/*"}


def test_the_trail_knows_the_copies_before_they_are_there(system: System, made: list[Registered]) -> None:
    copies = {each.inputs["bucket"] for each in of(made, "s3/bucket:Bucket") if each.name.startswith("copies-")}
    assert copies == set(copy_names(system, naming(system, "recovery")))
    readable = {each.removeprefix("arn:aws:s3:::") for each in rights(made, "restoring")["FindBackups"]["Resource"]}
    assert copies <= readable
