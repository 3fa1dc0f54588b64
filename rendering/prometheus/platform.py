"""What the platform stands on: proxies, cache, workloads, nodes, volumes, jobs, and monitoring itself."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from rendering.prometheus import people
from rendering.prometheus.recorded import PUBLIC
from rendering.prometheus.rule import AlertRule, Group
from rendering.variants import Side, variants
from systems.model import HostServes, RecoveryLevel, Severity, Signal, System

_CRITICAL, _WARNING = Severity.CRITICAL, Severity.WARNING
#: Kubernetes gives up restarting quickly after five; three in a quarter of an hour is no accident.
_RESTARTS = 3


class Line(NamedTuple):
    """One alert of this file."""

    name: str
    query: str
    severity: Severity
    for_seconds: int
    signal: str
    summary: str
    housekeeping: bool = False
    labels: Mapping[str, str] = MappingProxyType({})


def group(system: System) -> Group:
    serving = (*_traffic(system), *_pooler(system), *_cache(system), *_workloads(system))
    lines = (*serving, *_nodes(), *_itself(), *_standby(system))
    return Group("platform", (), tuple(_alert(system, each) for each in lines))


def escalations(system: System) -> Group:
    """Alerts of the loudest kind that nobody has silenced: a silence on `cause` is the acknowledgement."""
    levels = tuple(
        AlertRule(
            name="Unanswered",
            query=(
                "max by (cause) (label_replace("
                'ALERTS{alertstate="firing",severity="critical",alertname!="Unanswered"},'
                ' "cause", "$1", "alertname", "(.+)"))'
            ),
            severity=_CRITICAL,
            priority=people.priority(system, _CRITICAL),
            owner=each.role,
            signal="escalation",
            for_seconds=each.after_seconds,
            service="escalation",
            labels={"escalation": each.role},
            summary=f"{system.full_name}: {{{{ $labels.cause }}}} has not been acknowledged: {each.role} is called",
        )
        for each in system.monitoring.escalations
    )
    return Group("escalations", (), levels)


def _traffic(system: System) -> Iterator[Line]:
    fewest = system.load_balancer.replicas
    yield Line(
        "ProxiesFew",
        f'(count(up{{job="balancer"}} == 1) or vector(0)) < {fewest}',
        _WARNING,
        300,
        "proxies",
        f"{{{{ $value }}}} HAProxy of {fewest} answer",
    )
    yield Line(
        "RequestsQueueAtProxy",
        "max by (proxy) (haproxy_backend_queue_time_average_seconds) > 0.5",
        _WARNING,
        300,
        Signal.RESPONSE_SECONDS.value,
        "requests for `{{ $labels.proxy }}` wait {{ $value | humanizeDuration }} for a free server",
    )
    yield Line(
        "ProxyConnectionsNearLimit",
        f"100 * max(haproxy_frontend_current_sessions{{{PUBLIC}}} / haproxy_frontend_limit_sessions{{{PUBLIC}}}) > 80",
        _WARNING,
        300,
        "proxies",
        'an HAProxy has {{ printf "%.0f" $value }} % of the connections it takes',
        housekeeping=True,
    )


def _pooler(system: System) -> Iterator[Line]:
    fewest = system.database.pooler.replicas
    yield Line(
        "PoolersFew",
        f'(count(pgbouncer_up{{job="pooler"}} == 1) or vector(0)) < {fewest}',
        _WARNING,
        300,
        "poolers",
        f"{{{{ $value }}}} PgBouncer of {fewest} answer",
    )
    yield Line(
        "DatabaseConnectionsAwaited",
        "max(pgbouncer_pools_client_maxwait_seconds) > 1",
        _WARNING,
        60,
        "poolers",
        "requests wait {{ $value | humanizeDuration }} for a connection to the database",
    )


def _cache(system: System) -> Iterator[Line]:
    yield Line(
        "CacheDown",
        'max(redis_up{server="cache"}) == 0 or absent(redis_up{server="cache"})',
        _CRITICAL,
        60,
        "cache_up",
        "no Redis answers",
    )
    yield Line(
        "CacheWithoutMaster",
        '(count(redis_instance_info{server="cache",role="master"}) or vector(0)) != 1',
        _CRITICAL,
        60,
        "cache_master",
        "{{ $value }} Redis hold themselves for the master, not one",
    )
    yield Line(
        "SentinelQuorumAtRisk",
        f"min(redis_sentinel_master_ok_sentinels) < {system.cache.sentinels}",
        _WARNING,
        300,
        "cache_master",
        f"{{{{ $value }}}} Sentinels of {system.cache.sentinels} agree; a fail-over needs {system.cache.quorum}",
    )


def _workloads(system: System) -> Iterator[Line]:
    for workload in system.workloads:
        for variant in variants(system, workload):
            if variant.side is Side.STABLE:
                ready = f'sum(kube_deployment_status_replicas_available{{deployment="{variant.name}"}})'
                yield Line(
                    "ReplicasMissing",
                    f"{ready} < {variant.replicas}",
                    _WARNING,
                    600,
                    "replicas",
                    f"{{{{ $value }}}} replicas of `{variant.name}` are ready, {variant.replicas} are documented",
                    labels={"deployment": variant.name},
                )
    yield Line(
        "PodsRestarting",
        f"sum by (namespace, container) (increase(kube_pod_container_status_restarts_total[15m])) > {_RESTARTS}",
        _WARNING,
        0,
        "replicas",
        "{{ $labels.container }} in {{ $labels.namespace }} was restarted"
        ' {{ printf "%.0f" $value }} times in a quarter of an hour',
    )
    yield Line(
        "PodsPending",
        'sum by (namespace) (kube_pod_status_phase{phase="Pending"}) > 0',
        _WARNING,
        600,
        "replicas",
        "{{ $value }} pods in {{ $labels.namespace }} find no node",
        housekeeping=True,
    )
    yield Line(
        "JobFailed",
        "max by (namespace, job_name) (kube_job_status_failed) > 0",
        _WARNING,
        0,
        "jobs",
        "job {{ $labels.job_name }} in {{ $labels.namespace }} failed",
        housekeeping=True,
    )


def _nodes() -> Iterator[Line]:
    yield Line(
        "NodeNotReady",
        'min by (node) (kube_node_status_condition{condition="Ready",status="true"}) == 0',
        _WARNING,
        300,
        "nodes",
        "node {{ $labels.node }} is not ready",
    )
    used = '100 * node_filesystem_avail_bytes{fstype!~"tmpfs|overlay"} / node_filesystem_size_bytes'
    yield Line(
        "NodeDiskFilling",
        f"min by (instance, mountpoint) ({used}) < 15",
        _WARNING,
        300,
        "nodes",
        '{{ $labels.mountpoint }} of {{ $labels.instance }} has {{ printf "%.0f" $value }} % left',
        housekeeping=True,
    )
    left = "100 * kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes"
    for severity, percent in ((_CRITICAL, 5), (_WARNING, 15)):
        yield Line(
            "VolumeFilling",
            f"min by (namespace, persistentvolumeclaim) ({left}) < {percent}",
            severity,
            300,
            "volumes",
            'volume {{ $labels.persistentvolumeclaim }} has {{ printf "%.0f" $value }} % left',
            housekeeping=severity is _WARNING,
        )


def _itself() -> Iterator[Line]:
    yield Line(
        "ConfigurationRejected",
        "min by (job, instance) ({__name__=~"
        '"prometheus_config_last_reload_successful|alertmanager_config_last_reload_successful"}) == 0',
        _WARNING,
        300,
        "configuration",
        "{{ $labels.job }} on {{ $labels.instance }} refused its new configuration and runs with the old one",
    )
    yield Line(
        "RulesFailing",
        "sum by (rule_group) (increase(prometheus_rule_evaluation_failures_total[5m])) > 0",
        _WARNING,
        300,
        "rules",
        "rules of {{ $labels.rule_group }} cannot be evaluated",
    )
    yield Line(
        "NotificationsFailing",
        "sum by (integration) (increase(alertmanager_notifications_failed_total[5m])) > 0",
        _CRITICAL,
        300,
        "notifications",
        "Alertmanager cannot deliver by {{ $labels.integration }}",
    )
    yield Line(
        "LogsSilent",
        "sum(rate(loki_distributor_lines_received_total[10m])) == 0",
        _WARNING,
        600,
        "logs",
        "no log line has arrived for ten minutes",
        housekeeping=True,
    )


def _standby(system: System) -> Iterator[Line]:
    """Asked from outside where a document gives it a name; its proxies are counted by its balancer in any case."""
    if system.objectives.recovery_level is RecoveryLevel.WARM_STANDBY:
        # Of the other region's balancer alone: no other is asked for this figure, which arrives minutes late.
        proxies = "aws_applicationelb_healthy_host_count_minimum"
        yield Line(
            "StandbyEmpty",
            f"max({proxies}) < 1 or absent({proxies})",
            _WARNING,
            900,
            "standby",
            "no proxy of the standby in the recovery region is healthy: it could serve nobody",
        )
    recovery = {host.label for host in system.edge.hosts if host.serves is HostServes.RECOVERY_REGION}
    for check in system.outside_checks:
        if check.host in recovery:
            yield Line(
                "StandbyDown",
                f'min(probe_success{{check="{check.name}"}}) == 0 or absent(probe_success{{check="{check.name}"}})',
                _WARNING,
                300,
                "standby",
                "the standby in the recovery region does not answer: nothing to switch to",
            )


def _alert(system: System, line: Line) -> AlertRule:
    return AlertRule(
        name=line.name,
        query=line.query,
        severity=line.severity,
        priority=people.priority(system, line.severity, housekeeping=line.housekeeping),
        owner=people.owner(system),
        signal=line.signal,
        for_seconds=line.for_seconds,
        labels=line.labels,
        summary=f"{system.full_name}: {line.summary}",
    )
