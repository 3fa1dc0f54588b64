"""What the platform runs on: machines and workloads, database, cache, and the monitoring itself."""

from rendering.grafana.lines import YES_NO
from rendering.grafana.panels import Course, Now, Query, Row, course_of, now_of
from rendering.grafana.visitors import of
from rendering.prometheus.signals import containers
from systems.model import Signal, System

MACHINES = frozenset({Signal.CPU_PERCENT, Signal.MEMORY_PERCENT, Signal.MEMORY_GROWTH_PERCENT})
DATABASE = frozenset(
    {
        Signal.DATABASE_UP,
        Signal.DATABASE_QUERY_SECONDS,
        Signal.DATABASE_CONNECTIONS_PERCENT,
        Signal.DATABASE_CONNECTION_FAILURES,
        Signal.REPLICA_LAG_SECONDS,
    }
)
CACHE = frozenset({Signal.CACHE_HIT_PERCENT})


def machines(system: System) -> tuple[Row, ...]:
    """Documented lines first, then every workload and node by name."""
    ours = containers(system)
    used = f'sum by (container) (rate(container_cpu_usage_seconds_total{{container=~"{ours}"}}[5m]))'
    memory = f'sum by (container) (container_memory_working_set_bytes{{container=~"{ours}"}})'
    restarts = "round(sum by (namespace, container) (increase(kube_pod_container_status_restarts_total[1h]))) > 0"
    return (
        Row(
            title="Machines and workloads",
            panels=(
                *(course_of(each, "{{thing}}") for each in of(system, MACHINES)),
                Course(title="Cores used", queries=(Query(used, "{{container}}"),)),
                Course(title="Memory used, in bytes", queries=(Query(memory, "{{container}}"),), unit="bytes"),
                Course(
                    title="Replicas available",
                    queries=(
                        Query(
                            'kube_deployment_status_replicas_available{namespace="platform"}',
                            "{{deployment}}",
                        ),
                    ),
                    pieces=True,
                ),
                Course(
                    title="Restarts within an hour",
                    queries=(Query(restarts, "{{namespace}} {{container}}"),),
                    pieces=True,
                ),
                Course(
                    title="Disk left on nodes",
                    queries=(
                        Query(
                            'min by (instance) (node_filesystem_avail_bytes{fstype!~"tmpfs|overlay"}'
                            ' / node_filesystem_size_bytes{fstype!~"tmpfs|overlay"})',
                            "{{instance}}",
                        ),
                    ),
                    unit="percentunit",
                ),
                Course(
                    title="Disk traffic of nodes",
                    queries=(
                        Query("sum by (instance) (rate(node_disk_read_bytes_total[5m]))", "{{instance}} read"),
                        Query("sum by (instance) (rate(node_disk_written_bytes_total[5m]))", "{{instance}} written"),
                    ),
                    unit="Bps",
                ),
            ),
        ),
    )


def database(system: System) -> tuple[Row, ...]:
    """As the exporter sees it from inside, and AWS from outside."""
    documented = of(system, DATABASE)
    deadlocks = "round(max by (datname) (increase(pg_stat_database_deadlocks[5m])))"
    calls = "sum by (queryid) (rate(pg_stat_statements_calls_total[5m]))"
    spent = "sum by (queryid) (rate(pg_stat_statements_seconds_total[5m]))"
    return (
        Row(title="Documented lines", panels=tuple(course_of(each) for each in documented)),
        Row(
            title="Work",
            panels=(
                Course(
                    title="Connections by state",
                    queries=(Query("sum by (state) (pg_stat_activity_count)", "{{state}}"),),
                    pieces=True,
                ),
                Course(
                    title="Statements a second",
                    queries=(Query("sum(rate(pg_stat_statements_calls_total[5m]))", "statements"),),
                    unit="ops",
                ),
                Course(
                    title="Seconds of work in a second, by statement",
                    queries=(Query(f"topk(10, {spent})", "{{queryid}}"),),
                    unit="s",
                ),
                Course(
                    title="Slowest statements, mean",
                    queries=(Query(f"topk(10, {spent} / ({calls} > 0))", "{{queryid}}"),),
                    unit="s",
                ),
                Course(
                    title="Deadlocks",
                    queries=(Query(deadlocks, "{{datname}}"),),
                    pieces=True,
                ),
            ),
        ),
        Row(
            title="Server",
            panels=(
                Now(
                    title="Size",
                    query=Query("max(sum by (instance) (pg_database_size_bytes))"),
                    unit="bytes",
                    tall=True,
                ),
                Now(
                    title="Storage left",
                    query=Query("min(aws_rds_free_storage_space_minimum)"),
                    unit="bytes",
                    tall=True,
                ),
                Course(
                    title="CPU",
                    queries=(Query("aws_rds_cpuutilization_average", "{{dimension_DBInstanceIdentifier}}"),),
                    unit="percent",
                ),
                Course(
                    title="Memory left",
                    queries=(Query("aws_rds_freeable_memory_minimum", "{{dimension_DBInstanceIdentifier}}"),),
                    unit="bytes",
                ),
                Course(
                    title="Disk accesses",
                    queries=(
                        Query("aws_rds_read_iops_average", "{{dimension_DBInstanceIdentifier}} reads"),
                        Query("aws_rds_write_iops_average", "{{dimension_DBInstanceIdentifier}} writes"),
                    ),
                    unit="iops",
                ),
                Course(
                    title="Replicas behind",
                    queries=(Query("aws_rds_replica_lag_maximum", "{{dimension_DBInstanceIdentifier}} {{region}}"),),
                    unit="s",
                ),
            ),
        ),
    )


def cache(system: System) -> tuple[Row, ...]:
    hits = "sum(rate(redis_keyspace_hits_total[5m]))"
    misses = "sum(rate(redis_keyspace_misses_total[5m]))"
    share = Query(f"100 * {hits} / ({hits} + {misses})", "hits")
    took = (
        "sum by (instance) (rate(redis_commands_duration_seconds_total[5m]))"
        " / (sum by (instance) (rate(redis_commands_total[5m])) > 0)"
    )
    full = "redis_memory_used_bytes / (redis_memory_max_bytes > 0)"
    return (
        Row(
            title="Cache",
            panels=(
                *(now_of(each) for each in of(system, CACHE)),
                *(course_of(each) for each in of(system, CACHE)),
                Course(title="Hits at Redis", queries=(share,), unit="percent"),
                Course(title="Redis and Sentinel answer", queries=(Query("redis_up", "{{instance}}"),), unit=YES_NO),
                Course(title="Memory used of its limit", queries=(Query(full, "{{instance}}"),), unit="percentunit"),
                Course(title="Clients", queries=(Query("redis_connected_clients", "{{instance}}"),), pieces=True),
                Course(
                    title="Commands",
                    queries=(Query("rate(redis_commands_processed_total[5m])", "{{instance}}"),),
                    unit="ops",
                ),
                Course(title="Time of a command, mean", queries=(Query(took, "{{instance}}"),), unit="s"),
                Course(
                    title="Entries thrown away",
                    queries=(Query("round(increase(redis_evicted_keys_total[5m]))", "{{instance}}"),),
                    pieces=True,
                ),
                Course(
                    title="Who is the master",
                    queries=(Query('redis_instance_info{role="master"}', "{{instance}}"),),
                    unit=YES_NO,
                ),
                Course(
                    title="Replicas of the master",
                    queries=(Query("redis_connected_slaves", "{{instance}}"),),
                    pieces=True,
                ),
                Course(
                    title="Sentinels in agreement",
                    queries=(Query("redis_sentinel_master_ok_sentinels", "{{instance}}"),),
                    pieces=True,
                ),
            ),
        ),
    )


def watchers(system: System) -> tuple[Row, ...]:
    """Whether what watches can be believed."""
    failed = "round(sum by (integration) (increase(alertmanager_notifications_failed_total[15m])))"
    unevaluated = "round(max by (rule_group) (increase(prometheus_rule_evaluation_failures_total[15m])))"
    return (
        Row(
            title="Prometheus and Alertmanager",
            panels=(
                Course(
                    title="All of a job's targets answer", queries=(Query("min by (job) (up)", "{{job}}"),), unit=YES_NO
                ),
                Course(title="Series", queries=(Query("prometheus_tsdb_head_series", "{{instance}}"),)),
                Course(
                    title="Rules that could not be evaluated",
                    queries=(Query(unevaluated, "{{rule_group}}"),),
                    pieces=True,
                ),
                Course(
                    title="Configuration in use is the newest",
                    queries=(
                        Query("prometheus_config_last_reload_successful", "{{instance}}"),
                        Query("alertmanager_config_last_reload_successful", "{{instance}}"),
                    ),
                    unit=YES_NO,
                ),
                Course(
                    title="Notifications sent",
                    queries=(
                        Query(
                            "round(sum by (integration) (increase(alertmanager_notifications_total[15m])))",
                            "{{integration}}",
                        ),
                    ),
                    pieces=True,
                ),
                Course(title="Notifications that failed", queries=(Query(failed, "{{integration}}"),), pieces=True),
                Course(
                    title="Alertmanagers that know each other",
                    queries=(Query("alertmanager_cluster_members", "{{instance}}"),),
                    pieces=True,
                ),
                Course(
                    title="Lines of logs",
                    queries=(Query("sum(rate(loki_distributor_lines_received_total[5m]))", "lines"),),
                    unit="cps",
                ),
                Course(
                    title="Disks left",
                    queries=(
                        Query(
                            'kubelet_volume_stats_available_bytes{namespace="monitoring"}'
                            ' / kubelet_volume_stats_capacity_bytes{namespace="monitoring"}',
                            "{{persistentvolumeclaim}}",
                        ),
                    ),
                    unit="percentunit",
                ),
            ),
        ),
    )
