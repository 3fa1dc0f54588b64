"""Spending that runs away is told: against the account's own past, since no document says what a month may cost.

Costs nothing: AWS does not charge for the first two budgets, nor for the detection of anomalies.
"""

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.topics import GLOBAL_REGION, Topics
from components.naming import Naming
from rendering import cloudwatch
from rendering.cloudwatch import Urgency
from systems.model import System

#: Months whose mean is the budget; the percentages of it that are told, as spent and as forecast.
_PAST_MONTHS, _SPENT_PERCENT, _FORECAST_PERCENT = 3, 120, 130
#: An anomaly is told from this many dollars on, and this share above what was expected.
_ANOMALY_USD, _ANOMALY_PERCENT = 50, 30


@dataclass(frozen=True, kw_only=True)
class SpendingArgs:
    """The account holds this stack alone, so its whole bill is meant."""

    system: System
    topics: Topics


class Spending(pulumi.ComponentResource):
    """A budget that follows the last months, and AWS's detection of anomalies by service."""

    def __init__(self, name: str, args: SpendingArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Spending", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        priority = cloudwatch.priority(args.system, Urgency.RESOURCE).name
        topic = args.topics.arn_in(GLOBAL_REGION, priority)
        self._create_budget(topic)
        self._detect_anomalies(topic)
        self.register_outputs({})

    def _create_budget(self, topic: pulumi.Output[str]) -> None:
        told = [("ACTUAL", _SPENT_PERCENT), ("FORECASTED", _FORECAST_PERCENT)]
        aws.budgets.Budget(
            f"{self._name}-month",
            name=self._naming.name("month", limit=100),
            budget_type="COST",
            time_unit="MONTHLY",
            auto_adjust_data={
                "auto_adjust_type": "HISTORICAL",
                "historical_options": {"budget_adjustment_period": _PAST_MONTHS},
            },
            notifications=[
                {
                    "comparison_operator": "GREATER_THAN",
                    "notification_type": kind,
                    "threshold": percent,
                    "threshold_type": "PERCENTAGE",
                    "subscriber_sns_topic_arns": [topic],
                }
                for kind, percent in told
            ],
            tags=self._naming.tags("spending"),
            opts=self._child,
        )

    def _detect_anomalies(self, topic: pulumi.Output[str]) -> None:
        monitor = aws.costexplorer.AnomalyMonitor(
            f"{self._name}-services",
            name=self._naming.name("services", limit=1024),
            monitor_type="DIMENSIONAL",
            monitor_dimension="SERVICE",
            tags=self._naming.tags("spending"),
            opts=self._child,
        )
        aws.costexplorer.AnomalySubscription(
            f"{self._name}-anomalies",
            name=self._naming.name("anomalies", limit=1024),
            frequency="IMMEDIATE",
            monitor_arn_lists=[monitor.arn],
            subscribers=[{"type": "SNS", "address": topic}],
            threshold_expression={
                "ands": [
                    _at_least("ANOMALY_TOTAL_IMPACT_ABSOLUTE", _ANOMALY_USD),
                    _at_least("ANOMALY_TOTAL_IMPACT_PERCENTAGE", _ANOMALY_PERCENT),
                ]
            },
            tags=self._naming.tags("spending"),
            opts=self._child,
        )


def _at_least(impact: str, amount: int) -> dict[str, object]:
    return {"dimension": {"key": impact, "match_options": ["GREATER_THAN_OR_EQUAL"], "values": [json.dumps(amount)]}}
