"""Promises: how much of each error budget is spent and how fast, how old backups and drills are."""

from rendering.grafana.lines import Level, Line
from rendering.grafana.panels import Course, Now, Query, Row, course_of
from rendering.grafana.visitors import of
from rendering.prometheus.objectives import BURNS, SHARE, Budget, budgets
from systems.model import Comparison, RecoveryLevel, Severity, Signal, System


def objectives(system: System) -> tuple[Row, ...]:
    """One row for each objective with a budget; those of 100 % have none, and any failure calls somebody at once."""
    return tuple(_budget(each) for each in budgets(system))


def _budget(budget: Budget) -> Row:
    objective = f'{{objective="{budget.name}"}}'
    longest = BURNS[-1][1]
    burning = tuple(
        Query(f"{SHARE}_{window}{objective} / {budget.share:.6g}", f"over {window}") for _, window, _, _ in BURNS
    )
    lines = tuple(
        Line(
            Level.CRITICAL if severity is Severity.CRITICAL else Level.WARNING,
            rate,
            Comparison.ABOVE,
            f"over {long} and {short}",
        )
        for rate, long, short, severity in BURNS
    )
    return Row(
        title=f"{budget.name.capitalize()}: {100 * (1 - budget.share):g} %",
        panels=(
            Now(
                title=f"Good over {longest}",
                query=Query(f"100 * (1 - {SHARE}_{longest}{objective})"),
                unit="percent",
                lines=(Line(Level.WARNING, 100 * (1 - budget.share), Comparison.BELOW, "the objective"),),
                tall=True,
            ),
            Course(
                title="How fast the budget burns (1 spends it in exactly the objective's days)",
                queries=burning,
                lines=lines,
                description="Two windows must agree before somebody is called.",
                width=18,
            ),
        ),
    )


def _standby(system: System) -> tuple[Course, ...]:
    if system.objectives.recovery_level is not RecoveryLevel.WARM_STANDBY:
        return ()
    proxies = "max by (region) (aws_applicationelb_healthy_host_count_minimum)"
    return (Course(title="Healthy proxies of the standby", queries=(Query(proxies, "{{region}}"),), pieces=True),)


def backups(system: System) -> tuple[Row, ...]:
    return (
        Row(
            title="Backups",
            panels=(
                *(course_of(each, "{{kind}}") for each in of(system, frozenset({Signal.BACKUP_AGE_SECONDS}))),
                *(course_of(each) for each in of(system, frozenset({Signal.DRILL_AGE_SECONDS}))),
                Course(
                    title="Age of the last success",
                    queries=(Query("time() - max by (kind) (backup_last_success_timestamp_seconds)", "{{kind}}"),),
                    unit="s",
                ),
                Course(
                    title="Age of the last verification",
                    queries=(Query("time() - max by (kind) (backup_verified_timestamp_seconds)", "{{kind}}"),),
                    unit="s",
                ),
                Course(
                    title="Size",
                    queries=(Query("max by (kind) (backup_last_size_bytes)", "{{kind}}"),),
                    unit="bytes",
                ),
            ),
        ),
        Row(
            title="Recovery",
            panels=(
                Now(
                    title="Age of the last drill",
                    query=Query("time() - max(drill_last_success_timestamp_seconds)"),
                    unit="s",
                ),
                Now(title="Time the last drill took", query=Query("max(drill_duration_seconds)"), unit="s"),
                Now(
                    title="Recovery time, as the last drill measured it",
                    query=Query("max(drill_recovery_time_seconds)"),
                    unit="s",
                ),
                Now(
                    title="Data loss, as the last drill measured it",
                    query=Query("max(drill_data_loss_seconds)"),
                    unit="s",
                ),
                Course(
                    title="Copies behind, in either region",
                    queries=(Query("max by (region) (aws_rds_replica_lag_maximum)", "{{region}}"),),
                    unit="s",
                ),
                *_standby(system),
                Course(
                    title="Jobs that failed",
                    queries=(Query("sum by (job_name) (kube_job_status_failed) > 0", "{{job_name}}"),),
                    pieces=True,
                ),
            ),
        ),
    )
