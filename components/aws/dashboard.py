"""One CloudWatch dashboard: it is outside the cluster, so it is there when Grafana is not.

Costs a month, us-east-1 list price of 2026-11: 3 USD; the first three of an account are free.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.naming import Naming
from rendering.alarm_dashboard import Watched, dashboard
from rendering.cloudwatch import Line
from systems.model import System


@dataclass(frozen=True, kw_only=True)
class DashboardArgs:
    """What is shown: alarms that page, and every line with what it is measured on."""

    system: System
    region: str
    paging_arns: Sequence[pulumi.Input[str]]
    watched: Sequence[tuple[Line, Mapping[str, pulumi.Input[str]], str]]


class Dashboard(pulumi.ComponentResource):
    """`url` opens it in the console."""

    url: str

    def __init__(self, name: str, args: DashboardArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Dashboard", name, None, opts)
        self._args = args
        shown_as = naming.name("alarms", limit=255)
        aws.cloudwatch.Dashboard(
            f"{name}-body", dashboard_name=shown_as, dashboard_body=self._body(), opts=ResourceOptions(parent=self)
        )
        console = f"https://{args.region}.console.aws.amazon.com/cloudwatch/home"
        self.url = f"{console}?region={args.region}#dashboards/dashboard/{shown_as}"
        self.register_outputs({"url": self.url})

    def _body(self) -> pulumi.Output[str]:
        args = self._args

        def render(known: Mapping[str, Any]) -> str:
            watched = [
                Watched(line, dimensions, region)
                for (line, _, region), dimensions in zip(args.watched, known["dimensions"], strict=True)
            ]
            return dashboard(args.system, args.region, known["paging"], watched)

        return pulumi.Output.all(
            paging=list(args.paging_arns),
            dimensions=[dict(dimensions) for _, dimensions, _ in args.watched],
        ).apply(render)
