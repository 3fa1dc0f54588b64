"""What runs below the application, in figures: database, cache, cluster, nodes, AWS, jobs, the monitoring itself."""

from collections.abc import Iterator

from rendering.variants import Lane, Side, variants
from systems.model import RecoveryLevel, System
from tests.live.dashboards.story import BEGIN, CRISIS, FAILOVER, RELEASE, Course, always, around, told, whole

#: Name, labels, course; of a counter the course is its growth a second.
Figure = tuple[str, dict[str, str], Course]
_GIB = 2.0**30


def figures(system: System) -> Iterator[Figure]:
    yield from _database(system)
    yield from _pooler(system)
    yield from _cache(system)
    yield from _cluster(system)
    yield from _nodes()
    yield from _aws(system)
    yield from _standby(system)
    yield from _jobs()
    yield from _itself()


def _database(system: System) -> Iterator[Figure]:
    for role in ("primary", "replica")[: 2 if system.database.replicas else 1]:
        here = {"instance": f"postgres-exporter-{role}", "role": role}
        yield "pg_up", here, always(1)
        yield "pg_settings_max_connections", here, always(200)
        yield "pg_replication_lag_seconds", here, told(around(0.4, role, 0.5), FAILOVER, 48 if role == "replica" else 0)
        for state, many in (("active", 14), ("idle", 52), ("idle in transaction", 3)):
            labels = {**here, "datname": "platform", "state": state, "usename": "application"}
            yield "pg_stat_activity_count", labels, whole(told(around(many, state, 0.3), CRISIS, 1.8 * many))
        for number, (calls, mean) in enumerate(((60, 0.004), (25, 0.02), (6, 0.09), (0.4, 1.1))):
            labels = {**here, "datname": "platform", "queryid": str(7_300_511 * (number + 3))}
            rate = around(calls, f"{role}{number}", 0.2)
            slow = told(always(mean), RELEASE, 6 * mean)
            yield "pg_stat_statements_calls_total", labels, rate
            yield "pg_stat_statements_seconds_total", labels, _product(rate, slow)
        yield "pg_stat_database_deadlocks", {**here, "datname": "platform"}, told(always(0), RELEASE, 0.01)
        yield "pg_database_size_bytes", {**here, "datname": "platform"}, lambda minute: 41 * _GIB + minute * 2e5


def _pooler(system: System) -> Iterator[Figure]:
    for number in range(max(1, system.database.pooler.replicas if system.database.pooler else 0)):
        here = {"instance": f"database-{number}"}
        pool = {**here, "database": "platform", "user": "application"}
        yield "pgbouncer_up", here, always(1)
        yield "pgbouncer_config_max_client_connections", here, always(1_000)
        yield "pgbouncer_pools_client_active_connections", pool, whole(around(40, "clients", 0.3))
        yield "pgbouncer_pools_client_waiting_connections", pool, whole(told(always(0), CRISIS, 4))
        yield "pgbouncer_pools_client_maxwait_seconds", pool, told(always(0), CRISIS, 0.4)
        yield "pgbouncer_pools_server_active_connections", pool, whole(around(14, "servers", 0.3))
        yield "pgbouncer_pools_server_idle_connections", pool, whole(around(9, "idle", 0.3))
        yield "pgbouncer_stats_sql_transactions_pooled_total", {**here, "database": "platform"}, around(90, "pooled")


def _cache(system: System) -> Iterator[Figure]:
    """The first is the master until the failover, the second from then on."""
    for number in range(3):
        here = {"instance": f"cache-{number}", "server": "cache"}
        mastery = (always(1), always(0), always(0))[number]
        master = _from(FAILOVER.begins, mastery, always(1 if number == 1 else 0))
        up = _from(FAILOVER.begins, always(1), _from(FAILOVER.ends, always(1 if number else 0), always(1)))
        yield "redis_up", here, up
        yield "redis_memory_used_bytes", here, around(1.24 * _GIB, f"cache{number}", 0.02)
        yield "redis_memory_max_bytes", here, always(2 * _GIB)
        yield "redis_connected_clients", here, whole(_product(up, around(40 + 24 * (number == 0), f"of {number}", 0.2)))
        yield "redis_connected_slaves", here, _product(master, told(always(2), FAILOVER, 1))
        yield "redis_instance_info", {**here, "role": "master"}, master
        served = _sum(always(60), _product(master, always(340)))
        yield "redis_commands_processed_total", here, _product(served, around(1, f"commands{number}", 0.2))
        yield "redis_keyspace_hits_total", here, _product(served, told(always(0.46), FAILOVER, 0.2))
        yield "redis_keyspace_misses_total", here, _product(served, told(always(0.03), FAILOVER, 0.25))
        for cmd, share in (("get", 0.7), ("set", 0.3)):
            rate = _product(served, always(share))
            yield "redis_commands_total", {**here, "cmd": cmd}, rate
            slow = told(around(6e-6, cmd, 0.2), FAILOVER, 3e-5)
            yield "redis_commands_duration_seconds_total", {**here, "cmd": cmd}, _product(rate, slow)
        yield "redis_evicted_keys_total", here, told(always(0), CRISIS, 0.05)
        sentinel = {"instance": f"sentinel-{number}", "server": "sentinel", "master_name": "cache"}
        yield "redis_sentinel_master_ok_sentinels", sentinel, always(system.cache.sentinels)


def _cluster(system: System) -> Iterator[Figure]:
    platform = {"namespace": "platform", "instance": "kube-state-metrics"}
    for workload in system.workloads:
        for form in variants(system, workload):
            if form.side is Side.CANARY:
                continue
            deployment = {**platform, "deployment": form.name}
            there = whole(told(always(form.replicas), RELEASE, form.replicas - 0.6))
            yield "kube_deployment_status_replicas_available", deployment, there
            yield "kube_deployment_spec_replicas", deployment, always(form.replicas)
            if form.lane is Lane.ORDINARY:
                yield from _pod(workload.name, platform)
    cache = {**platform, "statefulset": "cache"}
    yield "kube_statefulset_status_replicas_ready", cache, whole(told(always(3), FAILOVER, 2))
    yield "kube_statefulset_replicas", cache, always(3)
    failed = {**platform, "job_name": "backup-postgresql-29392"}
    yield "kube_job_status_failed", failed, lambda minute: float(minute > 210)
    maintained = {**platform, "configmap": "traffic", "label_lifeline_dev_maintenance": ""}
    yield "kube_configmap_labels", maintained, always(1)


def _pod(name: str, platform: dict[str, str]) -> Iterator[Figure]:
    pod = {**platform, "pod": f"{name}-0", "container": name}
    yield "kube_pod_container_status_restarts_total", pod, told(always(0), RELEASE, 0.004)
    yield "kube_pod_status_phase", {**platform, "pod": f"{name}-0", "phase": "Running"}, always(1)
    for resource, limit in (("cpu", 2.0), ("memory", 2 * _GIB)):
        bound = {**pod, "resource": resource}
        yield "kube_pod_container_resource_limits", bound, always(limit)
        yield "kube_pod_container_resource_requests", bound, always(limit / 2)
    at = {**pod, "instance": "ip-10-0-1-12"}
    yield "container_cpu_usage_seconds_total", at, told(around(0.7, name, 0.3), CRISIS, 1.75)
    yield "container_memory_working_set_bytes", at, told(around(1.1 * _GIB, name, 0.03), RELEASE, 1.8 * _GIB)


def _nodes() -> Iterator[Figure]:
    for zone in "123":
        here = {"instance": f"ip-10-0-{zone}-12"}
        busy = told(around(0.38, zone, 0.3), CRISIS, 0.72)
        yield "node_cpu_seconds_total", {**here, "cpu": "0", "mode": "idle"}, lambda minute, busy=busy: 1 - busy(minute)
        yield "node_cpu_seconds_total", {**here, "cpu": "0", "mode": "user"}, busy
        yield "node_memory_MemAvailable_bytes", here, around(7 * _GIB, zone, 0.08)
        yield "node_memory_MemTotal_bytes", here, always(16 * _GIB)
        disk = {**here, "mountpoint": "/", "fstype": "xfs"}
        yield "node_filesystem_avail_bytes", disk, lambda minute: 52 * _GIB - minute * 3e6
        yield "node_filesystem_size_bytes", disk, always(80 * _GIB)
        for name, rate in (("read", 2e6), ("written", 5e6)):
            traffic = told(around(rate, f"{zone}{name}", 0.3), CRISIS, 2.5 * rate)
            yield f"node_disk_{name}_bytes_total", {**here, "device": "nvme0n1"}, traffic
        ready = {"instance": "kube-state-metrics", "node": f"ip-10-0-{zone}-12", "condition": "Ready", "status": "true"}
        yield "kube_node_status_condition", ready, always(1)


def _aws(system: System) -> Iterator[Figure]:
    name = f"{system.name}-production"
    for suffix, region in (("", "us-east-1"), ("-replica-1", "us-east-1"), ("-recovery", "us-west-2")):
        server = {"tag_Name": f"{name}{suffix}", "dimension_DBInstanceIdentifier": f"{name}{suffix}", "region": region}
        if suffix:
            lag = told(around(0.6 if region == "us-east-1" else 2.1, suffix, 0.5), FAILOVER, 48)
            yield "aws_rds_replica_lag_maximum", server, lag
        yield "aws_rds_cpuutilization_average", server, told(around(24, suffix, 0.3), CRISIS, 61)
        yield "aws_rds_free_storage_space_minimum", server, lambda minute: 310 * _GIB - minute * 2e5
        yield "aws_rds_freeable_memory_minimum", server, around(11 * _GIB, suffix, 0.1)
        for kind, many in (("read", 90), ("write", 240)):
            accesses = told(around(many, f"{kind}{suffix}", 0.2), CRISIS, 2.2 * many)
            yield f"aws_rds_{kind}_iops_average", server, accesses
        yield "aws_rds_database_connections_maximum", server, whole(around(70, suffix, 0.2))
    for check in ("platform", "crisis-page"):
        checked = {"tag_Name": f"{name}-{check}", "dimension_HealthCheckId": check}
        healthy = told(always(100), RELEASE, 78) if check == "platform" else always(100)
        yield "aws_route53_health_check_percentage_healthy_average", checked, healthy
        yield "aws_route53_health_check_status_minimum", checked, always(1)
    certificate = {"dimension_CertificateArn": "certificate", "region": "us-east-1"}
    yield "aws_certificatemanager_days_to_expiry_minimum", certificate, always(212)
    edge, door = {"dimension_DistributionId": "E1EXAMPLE"}, {"dimension_LoadBalancer": f"app/{name}"}
    yield "aws_cloudfront_5xx_error_rate_average", edge, told(always(0.01), RELEASE, 2.1)
    yield "aws_cloudfront_requests_sum", edge, whole(around(11_000, "cdn", 0.25))
    yield "aws_applicationelb_httpcode_elb_5_xx_count_sum", door, whole(told(always(0), RELEASE, 12))
    yield "aws_applicationelb_request_count_sum", door, whole(around(7_200, "balancer", 0.25))


def _standby(system: System) -> Iterator[Figure]:
    if system.objectives.recovery_level is RecoveryLevel.WARM_STANDBY:
        door = {"dimension_LoadBalancer": f"app/{system.name}-production-recovery", "region": "us-west-2"}
        yield "aws_applicationelb_healthy_host_count_minimum", door, always(1)


def _jobs() -> Iterator[Figure]:
    """The database is saved every six hours, the rest by night; the last drill was some weeks ago."""
    for kind, hours, size in (("postgresql", 6, 9.3), ("uploads", 24, 31.0), ("configuration", 24, 0.02)):
        here = {"instance": "pushgateway", "kind": kind}
        yield "backup_last_success_timestamp_seconds", here, _every(hours)
        yield "backup_last_size_bytes", here, always(size * _GIB)
        yield "backup_verified_timestamp_seconds", here, always(BEGIN - 30 * 3600)
    drill = {"instance": "pushgateway"}
    yield "drill_last_success_timestamp_seconds", drill, always(BEGIN - 24 * 86_400)
    yield "drill_duration_seconds", drill, always(2_420)
    yield "drill_recovery_time_seconds", drill, always(1_310)
    yield "drill_data_loss_seconds", drill, always(38)


def _every(hours: int) -> Course:
    def course(minute: float) -> float:
        at = BEGIN + minute * 60
        return at - (at - BEGIN + 4 * 3600) % (hours * 3600)

    return course


def _itself() -> Iterator[Figure]:
    for number in range(2):
        here = {"instance": f"prometheus-{number}"}
        yield "process_start_time_seconds", here, always(BEGIN - 9 * 86_400)
        yield "prometheus_config_last_reload_successful", here, always(1)
        yield "prometheus_notifications_alertmanagers_discovered", here, always(2)
        yield "prometheus_tsdb_head_series", here, whole(around(48_200, here["instance"], 0.01))
        for group in ("documented", "objectives", "platform"):
            labels = {**here, "rule_group": group}
            yield "prometheus_rule_evaluation_failures_total", labels, always(0)
        manager = {"instance": f"alertmanager-{number}"}
        yield "alertmanager_config_last_reload_successful", manager, always(1)
        yield "alertmanager_cluster_members", manager, always(2)
        for way in ("pagerduty", "slack", "sns"):
            sent = told(told(always(0), RELEASE, 0.004), CRISIS, 0.006)
            yield "alertmanager_notifications_total", {**manager, "integration": way}, sent
            failing = told(always(0), CRISIS, 0.001 if way == "slack" else 0)
            yield "alertmanager_notifications_failed_total", {**manager, "integration": way}, failing
    for claim, size in (("data-prometheus-0", 50), ("data-prometheus-1", 50), ("data-loki-0", 50)):
        labels = {"instance": "ip-10-0-1-12", "namespace": "monitoring", "persistentvolumeclaim": claim}
        left = around(0.44 * size * _GIB, claim, 0.02)
        yield "kubelet_volume_stats_available_bytes", labels, left
        yield "kubelet_volume_stats_capacity_bytes", labels, always(size * _GIB)
    yield "loki_distributor_lines_received_total", {"instance": "loki-0", "tenant": "fake"}, around(240, "lines", 0.3)


def _product(one: Course, other: Course) -> Course:
    return lambda minute: one(minute) * other(minute)


def _sum(one: Course, other: Course) -> Course:
    return lambda minute: one(minute) + other(minute)


def _from(begins: float, before: Course, after: Course) -> Course:
    return lambda minute: before(minute) if minute < begins else after(minute)
