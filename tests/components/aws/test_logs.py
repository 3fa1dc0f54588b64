"""Logs by class: how long, where, under which key, and who may write to the archive."""

import pytest
from pulumi import ResourceOptions

from components.aws.log_archive import LogArchive, LogArchiveArgs
from components.aws.log_groups import AT_HAND_DAYS, CLOUDWATCH_DAYS, LogClass, days_in_cloudwatch, days_kept, log_group
from components.naming import Naming
from systems import registry
from systems.model import Environment, Law, System
from tests.components.recording import Registered, only, policy_of, registrations

ACCOUNT = "111122223333"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/mrk-1"
SYSTEMS = [registry.load(name, environment) for name in registry.names() for environment in Environment]


def naming(system: System) -> Naming:
    return Naming(system=system.name, environment=system.environment, account_id=ACCOUNT, owner="someone")


def archive(system: System) -> list[Registered]:
    args = LogArchiveArgs(system=system, account_id=ACCOUNT, key_arn=KEY)
    return registrations(lambda: LogArchive("logs", args, naming(system)))


@pytest.fixture(params=SYSTEMS, ids=lambda each: f"{each.name}-{each.environment}")
def system(request: pytest.FixtureRequest) -> System:
    return request.param


@pytest.mark.parametrize("log_class", LogClass)
def test_cloudwatch_keeps_a_class_as_long_as_documented_or_longer(system: System, log_class: LogClass) -> None:
    days = days_in_cloudwatch(system.retention, log_class, archived=False)
    assert days in CLOUDWATCH_DAYS
    assert days >= days_kept(system.retention, log_class)


def test_a_hipaa_platform_keeps_records_for_six_years_or_more(system: System) -> None:
    if system.regime.under(Law.HIPAA):
        assert days_kept(system.retention, LogClass.AUDIT) >= 2_192
        assert days_kept(system.retention, LogClass.ACCESS) >= 2_192


def test_what_is_archived_leaves_cloudwatch_after_two_reviews(system: System) -> None:
    days = days_in_cloudwatch(system.retention, LogClass.AUDIT, archived=True)
    assert days <= AT_HAND_DAYS <= days_kept(system.retention, LogClass.AUDIT)


def test_an_unknown_class_names_those_there_are() -> None:
    with pytest.raises(KeyError, match="performance_logs"):
        days_kept(SYSTEMS[0].retention, "telemetry")  # type: ignore[arg-type]


def test_a_group_is_encrypted_ends_and_says_its_class() -> None:
    system = registry.load("astral-core-v2", Environment.PRODUCTION)

    def program() -> None:
        log_group(
            "audit", "/aws/eks/x/cluster", LogClass.AUDIT, retention=system.retention, key_arn=KEY,
            naming=naming(system), component="cluster", opts=ResourceOptions(), protect=True,
        )  # fmt: skip

    group = only(registrations(program), "LogGroup").inputs
    assert (group["retentionInDays"], group["kmsKeyId"], group["deletionProtectionEnabled"]) == (2557, KEY, True)
    assert group["tags"]["lifeline:log-class"] == "audit_logs"


def test_access_logs_go_to_a_bucket_that_the_senders_can_deliver_to(system: System) -> None:
    """The balancer and S3 deliver neither to a customer key nor to a locked bucket."""
    made = archive(system)
    encryption = only(made, "BucketServerSideEncryptionConfiguration", "access-encryption").inputs["rules"][0]
    assert encryption["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}
    assert only(made, "s3/bucket:Bucket", "access-bucket").inputs["objectLockEnabled"] is False


def test_each_sender_writes_under_its_prefix_for_this_account() -> None:
    policy = policy_of(only(archive(SYSTEMS[0]), "BucketPolicy", "access-policy"))
    balancer = policy["LogdeliveryElasticloadbalancingWrites"]
    assert balancer["Resource"].endswith(f"/balancer/AWSLogs/{ACCOUNT}/*")
    for sid in ("DeliveryLogsWrites", "LoggingS3Writes"):
        assert policy[sid]["Condition"]["StringEquals"]["aws:SourceAccount"] == ACCOUNT


def test_nobody_deletes_access_logs_in_production() -> None:
    for system in SYSTEMS:
        policy = policy_of(only(archive(system), "BucketPolicy", "access-policy"))
        assert ("NobodyDeletes" in policy) is system.production


def test_records_are_locked_under_the_logs_key_for_their_whole_life_in_production(system: System) -> None:
    made = archive(system)
    lock = only(made, "BucketObjectLockConfiguration").inputs["rule"]["defaultRetention"]
    if system.production:
        assert lock == {"mode": "COMPLIANCE", "days": days_kept(system.retention, LogClass.AUDIT)}
    else:
        assert lock == {"mode": "GOVERNANCE", "days": 7}
    encryption = only(made, "BucketServerSideEncryptionConfiguration", "records-encryption").inputs["rules"][0]
    assert encryption["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"] == KEY


def test_records_expire_with_their_class(system: System) -> None:
    rules = only(archive(system), "BucketLifecycleConfiguration", "records-lifecycle").inputs["rules"]
    assert rules[1]["expiration"] == {"days": days_kept(system.retention, LogClass.AUDIT)}
