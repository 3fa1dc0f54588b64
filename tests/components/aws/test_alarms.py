"""Who is told of what: topics by priority, alarms with their lines, one page for one outage."""

import json
import re
from typing import Any

import pytest

from components.aws.alarm_metrics import Watched
from components.aws.alarms import Alarms, AlarmsArgs
from components.aws.topics import Topics, TopicsArgs
from components.naming import Naming
from rendering import cloudwatch
from rendering.cloudwatch import Urgency
from systems import registry
from systems.model import ChannelKind, Environment, Severity, Signal, System
from tests.components.recording import Registered, of, only, policy_of, registrations

ACCOUNT = "111122223333"
SYSTEMS = [*map(registry.load, registry.names()), registry.load("astral-core-v2", Environment.STAGING)]
V2 = registry.load("astral-core-v2")
ADDRESSES = {
    "volunteers-sms": "+12065550100, +12065550101",
    "crisis-team-slack": "T0123ABCD/C0123ABCD",
    "alerts-email": "alerts@example.org",
}
KEYS = {"pagerduty-key": "integration-key-of-the-provider"}


@pytest.fixture(scope="module", params=SYSTEMS, ids=lambda each: f"{each.name}-{each.environment}")
def system(request: pytest.FixtureRequest) -> System:
    return request.param


def _registered(system: System, region: str = "us-east-1", **given: Any) -> list[Registered]:
    naming = Naming(system=system.name, environment=system.environment, account_id=ACCOUNT, owner="someone")

    def program() -> None:
        topics = Topics(
            "topics",
            TopicsArgs(system=system, account_id=ACCOUNT, region=region, key_arn="arn:key/logs", **given),
            naming,
        )
        args = AlarmsArgs(
            system=system,
            account_id=ACCOUNT,
            region=region,
            topics=topics,
            other_alarm_arns=["arn:aws:cloudwatch:us-east-1:111122223333:alarm:heartbeat"],
            backup_buckets=["db-backups", "evidence"],
            watched=Watched(
                database_instance_id="db-1",
                replica_ids=["db-2"],
                balancer_arn_suffix="app/balancer/1",
                target_group_arn_suffix="targetgroup/fleet/2",
                health_check_ids={check.name: f"check-{check.name}" for w in system.workloads for check in w.health},
                distribution_id="CDN",
                nat_gateway_ids={"us-east-1a": "nat-a"},
                rotation_function_name="rotation",
                backup_vault_name="vault",
                backup_copies={"db-backups": "recovery-db-backups", "evidence": "recovery-evidence"},
            ),
        )
        Alarms("alarms", args, naming)

    return registrations(program)


@pytest.fixture(scope="module")
def registered(system: System) -> list[Registered]:
    return _registered(system)


# -- topics -----------------------------------------------------------------------------------------------------------


def test_every_priority_has_an_encrypted_topic_that_says_how_soon_to_answer(
    system: System, registered: list[Registered]
) -> None:
    topics = [each for each in of(registered, "topic:Topic") if each.name.startswith("topics-")]
    seconds = sorted(int(each.inputs["tags"]["lifeline:response-seconds"]) for each in topics)
    assert seconds == sorted(each.response_seconds for each in system.monitoring.priorities)
    assert {each.inputs["kmsMasterKeyId"] for each in topics} == {"arn:key/logs"}


def test_only_aws_in_the_name_of_this_account_and_this_account_publish_over_tls(registered: list[Registered]) -> None:
    for each in of(registered, "topicPolicy:TopicPolicy"):
        policy = policy_of(each)
        assert policy["OwnServices"]["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
        assert "cloudwatch.amazonaws.com" in policy["OwnServices"]["Principal"]["Service"]
        assert policy["OwnAccount"]["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
        assert (policy["OnlyTls"]["Effect"], policy["OnlyTls"]["Principal"]) == ("Deny", "*")


def test_documented_channels_become_subscriptions() -> None:
    registered = _registered(V2, addresses=ADDRESSES, pager_keys=KEYS)
    subscribed = of(registered, "topicSubscription:TopicSubscription")
    told = {(each.name.rsplit("-", 1)[0], each.inputs["protocol"]) for each in subscribed}
    assert told == {("topics-p0", "https"), ("topics-p0", "sms"), ("topics-p1", "https"), ("topics-p2", "email")}
    slack = only(registered, "slackChannelConfiguration:SlackChannelConfiguration").inputs
    assert (slack["slackTeamId"], slack["slackChannelId"]) == ("T0123ABCD", "C0123ABCD")
    assert slack["snsTopicArns"] == ["arn:aws:mock:us-east-1:111122223333:topics-p0"]


def test_priorities_that_reach_nobody_are_named() -> None:
    silent: list[tuple[str, ...]] = []
    naming = Naming(system=V2.name, environment=V2.environment, account_id=ACCOUNT, owner="someone")

    def program() -> None:
        args = TopicsArgs(system=V2, account_id=ACCOUNT, region="us-east-1", key_arn="k", addresses=ADDRESSES)
        silent.append(Topics("topics", args, naming).silent)

    registrations(program)
    assert silent == [("P1", "P3")]


def test_an_address_that_the_document_prints_is_used_without_being_asked_for() -> None:
    found = of(_registered(registry.load("astral-draft")), "topicSubscription:TopicSubscription")
    assert {each.inputs["endpoint"] for each in found} == {"ops-team@astraldraft.com"}


def test_text_messages_can_be_sent_where_a_document_has_telephone_numbers(
    system: System, registered: list[Registered]
) -> None:
    wanted = any(each.kind is ChannelKind.SMS for each in system.monitoring.channels)
    assert bool(of(registered, "smsPreferences:SmsPreferences")) is wanted
    assert bool(of(registered, "smsvoicev2PhoneNumber:Smsvoicev2PhoneNumber")) is wanted
    if wanted:
        preferences = only(registered, "smsPreferences:SmsPreferences").inputs
        assert preferences["defaultSmsType"] == "Transactional"
        assert preferences["monthlySpendLimit"] > 0


# -- alarms -----------------------------------------------------------------------------------------------------------


def _alarms(registered: list[Registered]) -> dict[str, dict[str, Any]]:
    return {each.inputs["name"]: each.inputs for each in of(registered, "metricAlarm:MetricAlarm")}


def test_every_alarm_tells_somebody_and_says_what_silence_means(registered: list[Registered]) -> None:
    for inputs in (
        *_alarms(registered).values(),
        *(each.inputs for each in of(registered, "compositeAlarm:CompositeAlarm")),
    ):
        assert all(arn.startswith("arn:aws:mock:us-east-1:111122223333:topics-") for arn in inputs["alarmActions"])
        assert inputs["alarmActions"] == inputs["okActions"] != []
    assert all(inputs["treatMissingData"] for inputs in _alarms(registered).values())


def test_everything_aws_knows_is_watched(registered: list[Registered]) -> None:
    metrics = {
        inputs.get("metricName") or inputs["metricQueries"][0]["metric"]["metricName"]
        for inputs in _alarms(registered).values()
    }
    assert metrics >= {
        *("CPUUtilization", "FreeableMemory", "FreeStorageSpace", "DatabaseConnections", "ReplicaLag"),
        *("HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count", "TargetResponseTime"),
        *("UnHealthyHostCount", "HealthyHostCount", "HealthCheckStatus", "5xxErrorRate"),
        *("ErrorPortAllocation", "PacketsDropCount", "Errors", "EmptySecrets", "OldestSecretDays"),
        *("NumberOfBackupJobsCompleted", "OperationsFailedReplication", "ReplicationLatency"),
    }


def test_a_document_s_own_lines_are_the_alarms_lines(system: System) -> None:
    for signal in (Signal.ERROR_PERCENT, Signal.CPU_PERCENT, Signal.DATABASE_CONNECTIONS_PERCENT):
        drawn = {str(condition) for _, condition in cloudwatch.conditions(system, signal)}
        documented = {
            str(condition)
            for each in system.monitoring.thresholds
            for condition in (each.warning, each.critical)
            if condition and condition.signal is signal
        } | {str(each.condition) for each in system.monitoring.alerts if each.condition.signal is signal}
        assert drawn >= documented
        assert drawn, "where the document has none, the usual lines stand"


def test_connections_are_told_at_both_lines_in_connections_not_in_percent(
    system: System, registered: list[Registered]
) -> None:
    most = system.database.max_connections
    limits = {
        inputs["threshold"]
        for inputs in _alarms(registered).values()
        if inputs.get("metricName") == "DatabaseConnections"
    }
    assert limits == {most * 0.8, most * 0.95}


def test_tdah_pages_after_two_minutes_of_errors_as_documented() -> None:
    alarms = _alarms(_registered(registry.load("tdah-assistant")))
    errors = alarms["tdah-assistant-prod-errors-outage"]
    assert (errors["threshold"], errors["evaluationPeriods"]) == (1, 2)
    share = next(each for each in errors["metricQueries"] if each["id"] == "share")
    assert share["expression"] == "IF(m2 >= 20, 100 * FILL(m1, 0) / m2, 0)"


def test_an_urgency_is_the_document_s_own_priority() -> None:
    names = {
        name: [cloudwatch.priority(registry.load(name), urgency).name for urgency in Urgency]
        for name in registry.names()
    }
    assert names == {
        "astral-core-v2": ["P0", "P1", "P2", "P3"],
        "astral-core-v7": ["SEV1", "SEV2", "SEV2", "SEV4"],
        "astral-draft": ["page_oncall", "notify_team", "notify_team", "auto_scale"],
        "being": ["critical", "warning", "warning", "info"],
        "tdah-assistant": ["critical", "warning", "warning", "warning"],
    }


# -- one outage, one page ---------------------------------------------------------------------------------------------


def _composites(registered: list[Registered]) -> dict[str, dict[str, Any]]:
    return {
        each.inputs["alarmName"].partition("-page-")[2]: each.inputs
        for each in of(registered, "compositeAlarm:CompositeAlarm")
    }


def test_every_alarm_that_matters_belongs_to_one_page(registered: list[Registered]) -> None:
    rules = " ".join(inputs["alarmRule"] for inputs in _composites(registered).values())
    members = re.findall(r'ALARM\("([^"]+)"\)', rules)
    assert len(members) == len(set(members))
    assert set(members) == _alarms(registered).keys()


def test_an_outage_for_visitors_silences_what_caused_it_or_follows_from_it(
    system: System, registered: list[Registered]
) -> None:
    pages = _composites(registered)
    crisis = "crisis-outage" in pages
    assert crisis is bool(system.crisis)
    loudest = "crisis-outage" if crisis else "visitors-outage"
    assert "actionsSuppressor" not in pages[loudest] or pages[loudest]["actionsSuppressor"] is None
    for name in pages.keys() - {loudest}:
        suppressor = pages[name]["actionsSuppressor"]
        assert suppressor["alarm"].endswith(f"-page-{loudest}"), name
        assert suppressor["waitPeriod"] > 0


def test_only_pages_reach_the_priority_s_people(system: System, registered: list[Registered]) -> None:
    """A metric's own alarm tells the quietest topic; where there is no quieter one it is the lowest there is."""
    quietest = cloudwatch.priority(system, Urgency.NOTICE)
    loud = {each.name for each in system.monitoring.priorities if each.severity is Severity.CRITICAL}
    assert quietest.name not in loud
    for name, inputs in _alarms(registered).items():
        assert inputs["alarmActions"][0].endswith(f"topics-{_slug(quietest.name)}"), name
    outage = _composites(registered)["visitors-outage"]["alarmActions"][0]
    assert outage.endswith(f"topics-{_slug(cloudwatch.priority(system, Urgency.OUTAGE).name)}")


def _slug(name: str) -> str:
    return name.lower().replace("_", "-")


def test_elsewhere_alarms_on_names_and_cdn_stay_in_us_east_1_with_topics_of_their_own() -> None:
    registered = _registered(V2, region="eu-central-1", addresses=ADDRESSES)
    alarms = [each.inputs for each in of(registered, "metricAlarm:MetricAlarm")]
    for inputs in alarms:
        world_wide = inputs.get("namespace") in ("AWS/Route53", "AWS/CloudFront")
        assert (inputs.get("region") == "us-east-1") is world_wide
        assert ("-global" in inputs["alarmActions"][0]) is world_wide
    for each in of(registered, "compositeAlarm:CompositeAlarm"):
        assert (each.inputs.get("region") == "us-east-1") is each.name.endswith("-global")
    twins = [each for each in of(registered, "topic:Topic") if each.name.endswith("-global")]
    assert {each.inputs["region"] for each in twins} == {"us-east-1"}
    assert len(twins) == 4


# -- announcements, spending, dashboard ----------------------------------------------------------------------


def test_announcements_become_sentences_for_the_right_people(registered: list[Registered]) -> None:
    rules = {each.name.removeprefix("alarms-events-"): each.inputs for each in of(registered, "eventRule:EventRule")}
    assert rules.keys() >= {"backup-failed", "backup-copy-failed", "key-deletion", "rotation-failed", "secret-deletion"}
    deletion = json.loads(rules["key-deletion"]["eventPattern"])["detail"]
    assert deletion["eventName"] == ["ScheduleKeyDeletion", "DisableKey"]
    for each in of(registered, "eventTarget:EventTarget"):
        said = each.inputs["inputTransformer"]
        names = set(re.findall(r"<(\w+)>", said["inputTemplate"]))
        assert names == set(said["inputPaths"])
        assert all(path.startswith("$.detail.") for path in said["inputPaths"].values())
        assert said["inputTemplate"].startswith('"') and said["inputTemplate"].endswith('"')


def _pattern(registered: list[Registered], name: str) -> dict[str, Any]:
    return json.loads(only(registered, "eventRule:EventRule", name).inputs["eventPattern"])


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("backup-failed", "Backup Job State Change"),
        ("backup-copy-failed", "Copy Job State Change"),
        ("backup-restore-failed", "Restore Job State Change"),
    ],
)
def test_a_backup_a_copy_or_a_restore_that_fails_is_told(registered: list[Registered], name: str, kind: str) -> None:
    pattern = _pattern(registered, name)
    assert pattern["detail-type"] == [kind]
    (states,) = pattern["detail"].values()
    assert {"FAILED", "ABORTED"} <= set(states)
    assert "COMPLETED" not in states


def test_whoever_takes_the_lock_off_a_vault_or_a_bucket_of_backups_pages(registered: list[Registered]) -> None:
    vault, bucket = (_pattern(registered, f"backup-{what}-changed")["detail"] for what in ("vault", "bucket"))
    assert {"DeleteBackupVaultLockConfiguration", "DeleteRecoveryPoint"} <= set(vault["eventName"])
    assert {"PutBucketPolicy", "PutBucketLifecycle", "PutBucketVersioning"} <= set(bucket["eventName"])
    assert bucket["requestParameters"]["bucketName"] == ["db-backups", "evidence"]
    told = {
        each.name.removeprefix("alarms-events-"): each.inputs["arn"]
        for each in of(registered, "eventTarget:EventTarget")
    }
    assert told["backup-vault-changed-topic"] == told["backup-bucket-changed-topic"] == told["key-deletion-topic"]


def test_a_backup_that_is_not_copied_to_the_recovery_region_is_told(registered: list[Registered]) -> None:
    alarms = [each for each in of(registered, "MetricAlarm") if "backup-copies" in each.name]
    measured = {(each.inputs["metricName"], each.inputs["dimensions"]["SourceBucket"]) for each in alarms}
    assert measured == {
        (metric, bucket)
        for metric in ("OperationsFailedReplication", "ReplicationLatency")
        for bucket in ("db-backups", "evidence")
    }
    assert {each.inputs["dimensions"]["RuleId"] for each in alarms} == {"everything"}


def test_when_no_backup_is_even_tried_somebody_is_paged(registered: list[Registered]) -> None:
    """Nothing announces what never began: silence itself is the alarm, in the page of its area."""
    alarm = only(registered, "metricAlarm:MetricAlarm", "backups-missing").inputs
    assert alarm["dimensions"] == {"BackupVaultName": "vault"}
    assert (alarm["comparisonOperator"], alarm["threshold"]) == ("LessThanThreshold", 1)
    assert alarm["treatMissingData"] == "breaching"
    page = only(registered, "compositeAlarm:CompositeAlarm", "upkeep-degraded").inputs
    assert f'ALARM("{alarm["name"]}")' in page["alarmRule"]


def test_the_database_s_own_words_are_heard(registered: list[Registered]) -> None:
    heard = only(registered, "eventSubscription:EventSubscription").inputs
    assert heard["sourceIds"] == ["db-1", "db-2"]
    assert {"failover", "failure", "low storage"} <= set(heard["eventCategories"])


def test_spending_is_held_against_the_account_s_own_past(registered: list[Registered]) -> None:
    budget = only(registered, "budget:Budget").inputs
    assert budget["autoAdjustData"]["autoAdjustType"] == "HISTORICAL"
    assert {each["notificationType"] for each in budget["notifications"]} == {"ACTUAL", "FORECASTED"}
    anomalies = only(registered, "anomalySubscription:AnomalySubscription").inputs
    assert anomalies["frequency"] == "IMMEDIATE"
    assert [each["type"] for each in anomalies["subscribers"]] == ["SNS"]


def test_the_dashboard_begins_with_what_is_paged_and_draws_every_line(
    system: System, registered: list[Registered]
) -> None:
    body = json.loads(only(registered, "dashboard:Dashboard").inputs["dashboardBody"])
    advice, paging, *rest = body["widgets"]
    assert all(each.name in advice["properties"]["markdown"] for each in system.monitoring.priorities)
    assert ("988" in json.dumps(body) or system.crisis is None) or system.crisis.page_path in json.dumps(body)
    assert len(paging["properties"]["alarms"]) == len(_composites(registered)) + 1
    drawn = {
        (each["properties"]["title"], line["value"])
        for each in rest
        if each["type"] == "metric"
        for line in each["properties"].get("annotations", {}).get("horizontal", [])
    }
    for inputs in _alarms(registered).values():
        if inputs.get("metricName"):
            assert (inputs["metricName"], inputs["threshold"]) in drawn
    for one in body["widgets"]:
        assert one["x"] + one["width"] <= 24
    places = [(each["x"], each["y"]) for each in body["widgets"]]
    assert len(places) == len(set(places))
