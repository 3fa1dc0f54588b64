"""The audit of every stack: what is recorded, where it is kept, what raises an alarm, what an auditor finds saved."""

import json

import pytest
import yaml

from components.aws.audit_alarms import watched
from components.aws.audit_queries import QUESTIONS
from components.naming import Naming
from rendering import conformance_pack
from systems import registry
from systems.model import Environment, Law
from tests.components.recording import PROJECT, Registered, at_home, of, only

Resources = tuple[Registered, ...]
#: Under HIPAA and not, in production and not: what differs between stacks here.
_STACKS = ("prod", "staging", "tdah-assistant-prod")
NAMING = Naming(system="being", environment="production", account_id="111122223333", owner="someone")


@pytest.fixture(params=_STACKS)
def resources(request: pytest.FixtureRequest) -> Resources:
    return at_home(request.param)


@pytest.fixture(scope="module")
def production() -> Resources:
    return at_home("prod")


def test_one_trail_records_every_region_validated_encrypted_and_twice(resources: Resources) -> None:
    trail = only(resources, "cloudtrail/trail:Trail").inputs
    assert (
        trail["isMultiRegionTrail"] is trail["enableLogFileValidation"] is trail["includeGlobalServiceEvents"] is True
    )
    assert trail["kmsKeyId"]
    assert trail["s3BucketName"] == only(resources, "s3/bucket:Bucket", "logs-records-bucket").inputs["bucket"]
    assert trail["cloudWatchLogsGroupArn"].endswith("audit-log:*")


def test_it_records_objects_of_data_and_backups_and_every_call(resources: Resources) -> None:
    calls, objects = only(resources, "cloudtrail/trail:Trail").inputs["advancedEventSelectors"]
    assert calls["fieldSelectors"] == [{"field": "eventCategory", "equals": ["Management"]}]
    (prefixes,) = [each["startsWiths"] for each in objects["fieldSelectors"] if each["field"] == "resources.ARN"]
    assert all(each.endswith("/") for each in prefixes)
    assert {"uploads", "backups"} == {word for word in ("uploads", "backups") for each in prefixes if word in each}


def test_every_watched_event_has_a_filter_on_the_trail_and_an_alarm(resources: Resources) -> None:
    filters = {each.inputs["name"]: each.inputs for each in of(resources, "LogMetricFilter") if "audit" in each.name}
    group = only(resources, "LogGroup", "audit-log").inputs["name"]
    alarms = {each.name.removeprefix("audit-alarms-") for each in of(resources, "MetricAlarm")}
    assert {each.name for each in watched(NAMING)} | {"secret-reads"} <= alarms
    assert {each["logGroupName"] for each in filters.values()} == {group}
    assert len(filters) == len(list(watched(NAMING))) + 1


@pytest.mark.parametrize(
    "wanted",
    ["root-use", "console-failures", "policy-changes", "trail-changes", "secrets-read-by-strangers", "break-glass"],
)
def test_what_must_not_pass_unnoticed_is_watched(wanted: str) -> None:
    assert wanted in {each.name for each in watched(NAMING)}


def test_patterns_are_short_enough_and_balanced() -> None:
    for each in watched(NAMING):
        assert len(each.pattern) <= 1024, each.name
        assert each.pattern.startswith("{ ")
        assert each.pattern.count("(") == each.pattern.count(")")


def test_reads_of_secrets_are_held_against_what_is_usual(production: Resources) -> None:
    alarm = only(production, "MetricAlarm", "audit-alarms-secret-reads").inputs
    assert alarm["thresholdMetricId"] == "usual"
    assert any("ANOMALY_DETECTION_BAND" in each.get("expression", "") for each in alarm["metricQueries"])


def test_questions_of_the_access_review_are_saved_where_their_logs_are(resources: Resources) -> None:
    saved = of(resources, "QueryDefinition")
    assert len(saved) == len(QUESTIONS)
    names = " ".join(each.inputs["name"] for each in saved)
    for wanted in ("who-read-which-secret", "who-touched-stored-health-data", "who-logged-in", "who-changed-rights"):
        assert wanted in names
    cluster = only(resources, "LogGroup", "cluster-log").inputs["name"]
    asked = {each.inputs["logGroupNames"][0] for each in saved}
    assert asked == {only(resources, "LogGroup", "audit-log").inputs["name"], cluster}


def test_a_managed_account_gets_its_defaults_and_detectors(production: Resources) -> None:
    passwords = only(production, "AccountPasswordPolicy").inputs
    assert passwords["minimumPasswordLength"] >= 14
    assert only(production, "AccountPublicAccessBlock").inputs["restrictPublicBuckets"] is True
    assert only(production, "EncryptionByDefault").inputs["enabled"] is True
    assert only(production, "InstanceMetadataDefaults").inputs["httpTokens"] == "required"
    features = {each.inputs["name"] for each in of(production, "DetectorFeature")}
    assert {"S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "RDS_LOGIN_EVENTS", "EBS_MALWARE_PROTECTION"} <= features
    assert {each.inputs["type"] for each in of(production, "Analyzer")} == {"ACCOUNT", "ACCOUNT_UNUSED_ACCESS"}
    assert only(production, "cfg/recorder:Recorder").inputs["recordingGroup"]["allSupported"] is True


def test_the_conformance_pack_goes_where_the_law_asks(request: pytest.FixtureRequest) -> None:
    for stack in _STACKS:
        name = yaml.safe_load((PROJECT / f"Pulumi.{stack}.yaml").read_text())["config"]["lifeline:system"]
        under = registry.load(name, Environment.PRODUCTION).regime.under(Law.HIPAA)
        assert bool(of(at_home(stack), "ConformancePack")) is under, stack


def test_the_pack_has_every_rule_that_applies_within_the_limits_of_aws() -> None:
    made = json.loads(conformance_pack.template())["Resources"]
    assert len(made) == len(conformance_pack.RULES) == 84
    assert len(conformance_pack.template()) <= 51_200
    identifiers = [each["Properties"]["Source"]["SourceIdentifier"] for each in made.values()]
    assert len(set(identifiers)) == len(identifiers)
    assert {"CLOUD_TRAIL_ENABLED", "INCOMING_SSH_DISABLED", "ROOT_ACCOUNT_MFA_ENABLED"} <= set(identifiers)


def test_rules_that_aws_will_not_take_without_parameters_have_them() -> None:
    for rule in ("access-keys-rotated", "iam-customer-policy-blocked-kms-actions", "cloudwatch-alarm-action-check"):
        assert conformance_pack.RULES[rule]
    assert all(isinstance(value, str) for each in conformance_pack.RULES.values() for value in each.values())
