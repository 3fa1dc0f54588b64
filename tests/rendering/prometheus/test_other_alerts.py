"""What no document draws: silence, shifts, late duties, proxies, cache, workloads, nodes, monitoring itself."""

from dataclasses import dataclass
from pathlib import Path

from rendering.prometheus.rule import rule_file
from rendering.prometheus.rules import groups
from systems import registry
from tests.rendering.prometheus.promtool import Scenario, Series, counter, gauge, run, times

DAY = 86_400
V2 = {"critical": "P0", "warning": "P1", "mild": "P2", "info": "P3"}
WATCHING = gauge('process_start_time_seconds{job="prometheus"}', 0)
UP = {
    job: gauge(f'up{{job="{job}",instance="a"}}', 1)
    for job in ("astral-web", "balancer", "database", "cache", "json", "outside", "prometheus")
}


@dataclass(frozen=True)
class Case:
    """One alert of Astral Core v2. `level` is its severity, or `mild` for the lesser of two kinds of warning."""

    alert: str
    level: str
    beyond: tuple[Series, ...]
    before: tuple[Series, ...]
    holds: int = 0
    at: int = 60
    extra: str = ""

    @property
    def fires(self) -> str:
        severity = "warning" if self.level == "mild" else self.level
        return f'{{severity="{severity}",priority="{V2[self.level]}"}}'


def age(metric: str, days: float) -> tuple[Series, ...]:
    return gauge(metric, -days * DAY)


def spread(name: str, number: int, value: float = 1) -> tuple[Series, ...]:
    """So many series that differ in their instance."""
    return tuple(each for n in range(number) for each in gauge(name % n, value))


def failures(name: str, per_second: float) -> tuple[Series, ...]:
    return counter(name, per_second)


POOLER = 'pgbouncer_up{job="pooler",instance="%d"}'
PROXY = 'up{job="balancer",instance="%d"}'
MASTER = 'redis_instance_info{server="cache",role="master",instance="%d"}'
CASES = (
    Case(
        "PlatformDown",
        "critical",
        gauge('probe_success{check="platform"}', 0),
        gauge('probe_success{check="platform"}', 1),
        60,
    ),
    Case("PlatformDown", "critical", WATCHING, (*WATCHING, *gauge('probe_success{check="platform"}', 1)), 60, 180),
    Case("CrisisSystemDown", "critical", WATCHING, (*WATCHING, *gauge('probe_success{check="crisis"}', 1)), 0, 180),
    Case("DatabaseDown", "critical", gauge('pg_up{role="primary"}', 0), gauge('pg_up{role="primary"}', 1), 60),
    Case("DatabaseDown", "critical", WATCHING, (*WATCHING, *gauge('pg_up{role="primary"}', 1)), 60, 180),
    Case(
        "BackupTooOld",
        "mild",
        age('backup_last_success_timestamp_seconds{kind="database"}', 1 + 1 / 24),
        age('backup_last_success_timestamp_seconds{kind="database"}', 1),
    ),
    Case(
        "BackupUnverified",
        "mild",
        age('backup_verified_timestamp_seconds{kind="database"}', 15),
        age('backup_verified_timestamp_seconds{kind="database"}', 14.9),
    ),
    Case(
        "RecoveryTestTooOld",
        "mild",
        age("drill_last_success_timestamp_seconds", 38),
        age("drill_last_success_timestamp_seconds", 37.9),
    ),
    Case(
        "ReplicaLagHigh",
        "mild",
        gauge("aws_rds_replica_lag_maximum", 31),
        gauge("aws_rds_replica_lag_maximum", 30),
        300,
    ),
    Case(
        "ReplicationStopped",
        "critical",
        gauge('aws_rds_replica_lag_maximum{dimension_DBInstanceIdentifier="r"}', -1),
        gauge('aws_rds_replica_lag_maximum{dimension_DBInstanceIdentifier="r"}', 0),
        300,
    ),
    Case(
        "CertificateExpiring",
        "mild",
        gauge('probe_ssl_earliest_cert_expiry{host="h"}', 30 * DAY),
        gauge('probe_ssl_earliest_cert_expiry{host="h"}', 31 * DAY),
        3_600,
    ),
    Case("ProxiesFew", "warning", spread(PROXY, 2), spread(PROXY, 3), 300),
    Case("PoolersFew", "warning", spread(POOLER, 2), spread(POOLER, 3), 300),
    Case(
        "DatabaseConnectionsAwaited",
        "warning",
        gauge('pgbouncer_pools_client_maxwait_seconds{user="u"}', 1.1),
        gauge('pgbouncer_pools_client_maxwait_seconds{user="u"}', 1),
        60,
    ),
    Case(
        "RequestsQueueAtProxy",
        "warning",
        gauge('haproxy_backend_queue_time_average_seconds{proxy="b"}', 0.51),
        gauge('haproxy_backend_queue_time_average_seconds{proxy="b"}', 0.5),
        300,
    ),
    Case(
        "ProxyConnectionsNearLimit",
        "mild",
        (
            *gauge('haproxy_frontend_current_sessions{proxy="public"}', 81),
            *gauge('haproxy_frontend_limit_sessions{proxy="public"}', 100),
        ),
        (
            *gauge('haproxy_frontend_current_sessions{proxy="public"}', 80),
            *gauge('haproxy_frontend_limit_sessions{proxy="public"}', 100),
        ),
        300,
    ),
    Case(
        "CacheDown",
        "critical",
        spread('redis_up{server="cache",instance="%d"}', 3, 0),
        spread('redis_up{server="cache",instance="%d"}', 1),
        60,
    ),
    Case("CacheDown", "critical", gauge('redis_up{server="sentinel"}', 1), gauge('redis_up{server="cache"}', 1), 60),
    Case("CacheWithoutMaster", "critical", spread(MASTER, 2), spread(MASTER, 1), 60),
    Case("CacheWithoutMaster", "critical", WATCHING, spread(MASTER, 1), 60),
    Case(
        "SentinelQuorumAtRisk",
        "warning",
        gauge("redis_sentinel_master_ok_sentinels", 2),
        gauge("redis_sentinel_master_ok_sentinels", 3),
        300,
    ),
    Case(
        "ReplicasMissing",
        "warning",
        gauge('kube_deployment_status_replicas_available{deployment="astral-web"}', 2),
        gauge('kube_deployment_status_replicas_available{deployment="astral-web"}', 3),
        600,
    ),
    Case(
        "PodsRestarting",
        "warning",
        failures('kube_pod_container_status_restarts_total{namespace="platform",pod="p",container="c"}', 4.1 / 900),
        failures('kube_pod_container_status_restarts_total{namespace="platform",pod="p",container="c"}', 2.9 / 900),
        0,
        1_200,
    ),
    Case(
        "PodsPending",
        "mild",
        gauge('kube_pod_status_phase{namespace="platform",pod="p",phase="Pending"}', 1),
        gauge('kube_pod_status_phase{namespace="platform",pod="p",phase="Pending"}', 0),
        600,
    ),
    Case(
        "JobFailed",
        "mild",
        gauge('kube_job_status_failed{namespace="platform",job_name="j"}', 1),
        gauge('kube_job_status_failed{namespace="platform",job_name="j"}', 0),
    ),
    Case(
        "NodeNotReady",
        "warning",
        gauge('kube_node_status_condition{node="n",condition="Ready",status="true"}', 0),
        gauge('kube_node_status_condition{node="n",condition="Ready",status="true"}', 1),
        300,
    ),
    Case(
        "NodeDiskFilling",
        "mild",
        (
            *gauge('node_filesystem_avail_bytes{instance="n",mountpoint="/"}', 14),
            *gauge('node_filesystem_size_bytes{instance="n",mountpoint="/"}', 100),
        ),
        (
            *gauge('node_filesystem_avail_bytes{instance="n",mountpoint="/"}', 15),
            *gauge('node_filesystem_size_bytes{instance="n",mountpoint="/"}', 100),
        ),
        300,
    ),
    Case(
        "VolumeFilling",
        "mild",
        (
            *gauge('kubelet_volume_stats_available_bytes{persistentvolumeclaim="v"}', 14),
            *gauge('kubelet_volume_stats_capacity_bytes{persistentvolumeclaim="v"}', 100),
        ),
        (
            *gauge('kubelet_volume_stats_available_bytes{persistentvolumeclaim="v"}', 15),
            *gauge('kubelet_volume_stats_capacity_bytes{persistentvolumeclaim="v"}', 100),
        ),
        300,
    ),
    Case(
        "VolumeFilling",
        "critical",
        (
            *gauge('kubelet_volume_stats_available_bytes{persistentvolumeclaim="v"}', 4),
            *gauge('kubelet_volume_stats_capacity_bytes{persistentvolumeclaim="v"}', 100),
        ),
        (
            *gauge('kubelet_volume_stats_available_bytes{persistentvolumeclaim="v"}', 15),
            *gauge('kubelet_volume_stats_capacity_bytes{persistentvolumeclaim="v"}', 100),
        ),
        300,
        extra='{severity="warning",priority="P2"}',
    ),
    Case(
        "ConfigurationRejected",
        "warning",
        gauge('alertmanager_config_last_reload_successful{job="alertmanager",instance="a"}', 0),
        gauge('prometheus_config_last_reload_successful{job="prometheus",instance="a"}', 1),
        300,
    ),
    Case(
        "RulesFailing",
        "warning",
        failures('prometheus_rule_evaluation_failures_total{rule_group="g"}', 0.1),
        failures('prometheus_rule_evaluation_failures_total{rule_group="g"}', 0),
        300,
    ),
    Case(
        "NotificationsFailing",
        "critical",
        failures('alertmanager_notifications_failed_total{integration="pagerduty"}', 0.1),
        failures('alertmanager_notifications_failed_total{integration="pagerduty"}', 0),
        300,
    ),
    Case(
        "LogsSilent",
        "mild",
        failures('loki_distributor_lines_received_total{tenant="t"}', 0),
        failures('loki_distributor_lines_received_total{tenant="t"}', 0.1),
        600,
    ),
    Case(
        "StandbyDown",
        "warning",
        gauge('probe_success{check="standby"}', 0),
        gauge('probe_success{check="standby"}', 1),
        300,
    ),
    Case("StandbyDown", "warning", WATCHING, gauge('probe_success{check="standby"}', 1), 300),
    Case(
        "StandbyEmpty",
        "warning",
        gauge('aws_applicationelb_healthy_host_count_minimum{region="us-west-2"}', 0),
        gauge('aws_applicationelb_healthy_host_count_minimum{region="us-west-2"}', 1),
        900,
    ),
    Case(
        "StandbyEmpty",
        "warning",
        WATCHING,
        gauge('aws_applicationelb_healthy_host_count_minimum{region="us-west-2"}', 1),
        900,
    ),
    Case(
        "TargetDown",
        "warning",
        (*gauge('up{job="balancer",instance="a"}', 1), *gauge('up{job="balancer",instance="b"}', 0)),
        (*gauge('up{job="balancer",instance="a"}', 1), *gauge('up{job="balancer",instance="b"}', 1)),
        600,
    ),
    Case(
        "Watchdog", "info", (*UP["prometheus"], *UP["balancer"], *UP["outside"]), (*UP["prometheus"], *UP["balancer"])
    ),
)


def of_v2(*left_out: str) -> str:
    kept = [each for each in groups(registry.load("astral-core-v2")) if each.name not in left_out]
    return rule_file(kept, "runbooks")


def query(alert: str) -> str:
    return f'count by (severity, priority) (ALERTS{{alertname="{alert}",alertstate="firing"}})'


def test_each_fires_beyond_its_line_and_is_quiet_before(promtool: Path, tmp_path: Path) -> None:
    scenarios = list[Scenario]()
    for case in CASES:
        second = case.holds + case.at
        for name, series, fires in (
            ("beyond", case.beyond, [case.fires, *([case.extra] if case.extra else [])]),
            ("before", case.before, []),
        ):
            stretched = tuple(Series(each.name, each.start, each.step, second // 15 + 8) for each in series)
            scenario = Scenario(f"{case.alert} {name}", stretched, "none")
            scenario.answers[second] = (query(case.alert), fires)
            scenarios.append(scenario)
    assert run(promtool, tmp_path, of_v2("objectives"), scenarios, evaluation_seconds=30) == ""


def test_nobody_is_called_for_a_prometheus_that_has_only_just_begun_to_look(promtool: Path, tmp_path: Path) -> None:
    scenario = Scenario("just begun", WATCHING, "none")
    scenario.answers[60] = (query("CrisisSystemDown"), [])
    assert run(promtool, tmp_path, of_v2("objectives"), [scenario]) == ""


def test_each_silent_source_and_each_missing_measurement_is_named(promtool: Path, tmp_path: Path) -> None:
    """Nothing at all is measured: every source and every figure is missed by name; with one it is not."""
    nothing = Scenario("nothing", WATCHING, "none")
    jobs = 'count(count by (job) (ALERTS{alertname="SourceSilent",alertstate="firing"})) == bool 15'
    nothing.answers[180] = (jobs, ["{}"])
    missing = 'count by (metric) (ALERTS{alertname="MeasurementMissing",alertstate="firing",metric="%s"})'
    nothing.answers[720] = (missing % "crisis_queue_seconds", ['{metric="crisis_queue_seconds"}'])
    there = Scenario("there", gauge("crisis_queue_seconds", 1), "none")
    there.answers[720] = (missing % "crisis_queue_seconds", [])
    silent = 'count by (job) (ALERTS{alertname="SourceSilent",alertstate="firing",job="json"})'
    down = Scenario("down", gauge('up{job="json",instance="/a"}', 0), "none")
    down.answers[180] = (silent, ['{job="json"}'])
    up = Scenario("up", gauge('up{job="json",instance="/a"}', 1), "none")
    up.answers[180] = (silent, [])
    scenarios = [nothing, there, down, up]
    assert run(promtool, tmp_path, of_v2("objectives"), scenarios, evaluation_seconds=30) == ""


def test_the_heartbeat_stops_when_samples_are_old(promtool: Path, tmp_path: Path) -> None:
    """Prometheus still evaluates; what it looks at is from before."""
    beating = tuple(
        Series(each.name, each.start, 0, 8) for job in ("prometheus", "balancer", "outside") for each in UP[job]
    )
    scenario = Scenario("stops", beating, "none")
    scenario.answers[120] = (query("Watchdog"), ['{severity="info",priority="P3"}'])
    scenario.answers[240] = (query("Watchdog"), [])
    assert run(promtool, tmp_path, of_v2("objectives"), [scenario]) == ""


def test_what_nobody_acknowledges_is_escalated_role_by_role(promtool: Path, tmp_path: Path) -> None:
    scenario = Scenario("unanswered", gauge('probe_success{check="crisis"}', 0), "none")
    who = 'count by (cause, owner) (ALERTS{alertname="Unanswered",alertstate="firing",cause="CrisisSystemDown"})'
    lead, platform = (
        f'{{cause="CrisisSystemDown",owner="{role}"}}' for role in ("Crisis Team Lead", "Platform Engineering")
    )
    for second, expected in ((270, []), (360, [lead]), (660, [lead, platform])):
        scenario.answers[second] = (who, expected)
    assert run(promtool, tmp_path, of_v2("objectives"), [scenario]) == ""


def test_maintenance_is_announced_inside_its_window_alone(promtool: Path, tmp_path: Path) -> None:
    """Astral Core v2: 15 to 17 UTC; its document asks for no notice."""
    label = 'kube_configmap_labels{configmap="traffic",label_lifeline_dev_maintenance="%s"}'
    scenarios = list[Scenario]()
    for value, fires in (("announced", ['{severity="info",priority="P3"}']), ("none", [])):
        scenario = Scenario(value, (Series(label % value, 1, 0, 1_100),), "none", step_seconds=60)
        for hour, expected in ((14.9, []), (15, fires), (16.9, fires), (17, [])):
            scenario.answers[int(hour * 3_600)] = (query("AnnouncedMaintenance"), expected)
        scenarios.append(scenario)
    rules = rule_file(groups(registry.load("astral-core-v2"))[:1], "runbooks")
    assert run(promtool, tmp_path, rules, scenarios, evaluation_seconds=300) == ""


def test_every_single_person_who_waited_too_long_is_told_of(promtool: Path, tmp_path: Path) -> None:
    rules = rule_file(
        [each for each in groups(registry.load("astral-core-v2")) if each.name == "objectives"], "runbooks"
    )
    scenarios = list[Scenario]()
    for within, fires in ((99, ['{severity="warning",priority="P1"}']), (100, [])):
        scenario = Scenario(f"{within} %", times("crisis_pickup_seconds", "", "30.0", within), "none")
        scenario.answers[120] = (query("VolunteerPickupMissed"), fires)
        scenarios.append(scenario)
    assert run(promtool, tmp_path, rules, scenarios) == ""


def test_any_failure_of_the_promised_hundred_per_cent_calls(promtool: Path, tmp_path: Path) -> None:
    """Being: the hotline has no budget; one failed check of page or path is enough."""
    rules = rule_file([each for each in groups(registry.load("being")) if each.name == "objectives"], "runbooks")
    scenarios = list[Scenario]()
    for check in ("hotline", "crisis page"):
        for value, fires in ((0, [f'{{check="{check}",severity="critical"}}']), (1, [])):
            scenario = Scenario(f"{check} {value}", gauge(f'probe_success{{check="{check}"}}', value), "none")
            scenario.answers[60] = (
                'count by (check, severity) (ALERTS{alertname="HotlineCheckFailed",alertstate="firing"})',
                fires,
            )
            scenarios.append(scenario)
    assert run(promtool, tmp_path, rules, scenarios) == ""
