"""Unit tests for promtool, written from Python: series with constant values or rates, and the alerts that must fire."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

#: Samples are this far apart, as in production.
STEP_SECONDS = 15
_SAMPLES = 480


@dataclass(frozen=True)
class Series:
    """One series: `start`, then `step` more with every sample."""

    name: str
    start: float
    step: float = 0
    samples: int = _SAMPLES

    def written(self) -> dict[str, str]:
        sign = "-" if self.step < 0 else "+"
        return {"series": self.name, "values": f"{self.start:g}{sign}{abs(self.step):.10g}x{self.samples}"}


def gauge(name: str, value: float) -> tuple[Series, ...]:
    return (Series(name, value),)


def counter(name: str, per_second: float) -> tuple[Series, ...]:
    return (Series(name, 0, per_second * STEP_SECONDS),)


def answers(failed_percent: float, per_second: float = 100) -> tuple[Series, ...]:
    """Answers of HAProxy's public frontend."""
    name = 'haproxy_frontend_http_responses_total{proxy="public",instance="haproxy-0",code="%s"}'
    failed = per_second * failed_percent / 100
    return (*counter(name % "2xx", per_second - failed), *counter(name % "5xx", failed))


def times(metric: str, labels: str, limit: str, within_percent: float) -> tuple[Series, ...]:
    """A histogram of 100 a second: so many per cent took no longer than `limit`, the rest a fifth longer at most."""
    with_le = f"{labels}," if labels else ""
    return (
        *counter(f'{metric}_bucket{{{with_le}le="{limit}"}}', within_percent),
        *counter(f'{metric}_bucket{{{with_le}le="{float(limit) * 1.2:g}"}}', 100),
        *counter(f'{metric}_bucket{{{with_le}le="+Inf"}}', 100),
        *counter(f"{metric}_count{{{labels}}}", 100),
    )


def mean(metric: str, labels: str, seconds: float) -> tuple[Series, ...]:
    return (*counter(f"{metric}_sum{{{labels}}}", seconds * 100), *counter(f"{metric}_count{{{labels}}}", 100))


@dataclass(frozen=True)
class Fired:
    """An alert as Alertmanager would get it."""

    labels: dict[str, str]
    annotations: dict[str, str]


@dataclass
class Scenario:
    """What is measured, and at which second which alerts of one name fire."""

    name: str
    series: tuple[Series, ...]
    alert: str
    expected: dict[int, list[Fired]] = field(default_factory=dict[int, list[Fired]])
    step_seconds: int = STEP_SECONDS
    answers: dict[int, tuple[str, list[str]]] = field(default_factory=dict[int, tuple[str, list[str]]])
    """At which second which query has a 1 for each of these label sets, and nothing else."""

    def written(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "interval": f"{self.step_seconds}s",
            "input_series": [each.written() for each in self.series],
            "alert_rule_test": [
                {
                    "eval_time": f"{second}s",
                    "alertname": self.alert,
                    "exp_alerts": [{"exp_labels": f.labels, "exp_annotations": f.annotations} for f in fired],
                }
                for second, fired in self.expected.items()
            ],
            "promql_expr_test": [
                {
                    "expr": query,
                    "eval_time": f"{second}s",
                    "exp_samples": [{"labels": each, "value": 1} for each in labels],
                }
                for second, (query, labels) in self.answers.items()
            ],
        }


def run(
    promtool: Path,
    directory: Path,
    rules: str,
    scenarios: list[Scenario],
    *,
    evaluation_seconds: int = STEP_SECONDS,
    queries: list[dict[str, Any]] | None = None,
) -> str:
    """Runs them in one process; the answer is empty when all went as expected, else promtool's words."""
    (directory / "rules.yaml").write_text(rules)
    tests = [each.written() for each in scenarios] + (queries or [])
    # Without an order promtool evaluates groups by chance, and one may miss what another has just recorded.
    order = [group["name"] for group in yaml.safe_load(rules)["groups"]]
    file = directory / "tests.yaml"
    file.write_text(
        yaml.safe_dump(
            {
                "rule_files": ["rules.yaml"],
                "evaluation_interval": f"{evaluation_seconds}s",
                "group_eval_order": order,
                "tests": tests,
            },
            sort_keys=False,
            width=1000,
        )
    )
    done = subprocess.run([promtool, "test", "rules", file], capture_output=True, text=True, timeout=300)
    return "" if done.returncode == 0 else f"{done.stdout}{done.stderr}"
