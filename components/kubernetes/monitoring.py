"""What watches a platform: Prometheus, Alertmanager, Grafana, Loki, exporters, and agents on every node.

Sizes, ports, replicas, disks and retention are the spec's. Nothing of it is reachable from outside the cluster but
Grafana, behind HAProxy, for administrators' addresses and after sign-on.

Costs a month, us-east-1 list prices of 2026-11: disks of 100 + 100 + 100 + 10 GiB gp3 about 25 USD, CloudWatch figures
about 10 USD a 1,000 of them asked every minute for; the machines are the cluster's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi import ResourceOptions

from components.aws.policy_documents import Statement
from components.kubernetes.labels import InNamespace
from components.kubernetes.monitoring_access import Access, Grant, Reading
from components.kubernetes.monitoring_agents import NodeAgents, NodeAgentsArgs
from components.kubernetes.monitoring_exporters import Exporters
from components.kubernetes.monitoring_program import MonitoringProgram, Program
from components.kubernetes.monitoring_servers import Servers
from components.naming import Naming
from rendering.grafana.settings import SignOn
from rendering.prometheus.scrape_targets import component
from systems.model import System

#: `Images.reference`, or the table of third-party images itself.
Reference = Callable[[str], pulumi.Input[str]]
DATABASE = {"primary": "database"}
"""The pooler's Service in the platform's namespace."""


@dataclass(frozen=True, kw_only=True)
class MonitoringArgs:
    """Rule files and dashboards are texts, rendered by whoever calls."""

    system: System
    domain: str
    region: str
    recovery_region: str
    namespace: pulumi.Input[str] = InNamespace.MONITORING.value
    platform_namespace: pulumi.Input[str] = InNamespace.PLATFORM.value
    agents_namespace: pulumi.Input[str] = InNamespace.NODE_AGENTS.value
    reference: Reference
    """Name of a third-party image -> what to run."""
    rules: Mapping[str, str]
    """File name -> text."""
    alert_topics: Mapping[str, pulumi.Input[str]]
    """Channel of texts or mails, or `heartbeat` -> the topic's ARN."""
    publishing: Sequence[Statement] = ()
    """What Alertmanager's role may do, to publish to them."""
    dashboards: Mapping[str, str]
    """File name -> JSON."""
    secret_arns: Mapping[str, pulumi.Input[str]]
    filled_secrets: frozenset[str]
    """Secrets with a value: an empty slot cannot be mounted."""
    reading: Reading | None = None
    grant: Grant | None = None
    sign_on: SignOn | None = None
    databases: Mapping[str, str] = field(default_factory=lambda: dict(DATABASE))
    """`primary` or `replica` -> the Service or server the exporter asks."""


class Monitoring(pulumi.ComponentResource):
    """`grafana_service` and `grafana_port` are what HAProxy sends administrators to."""

    grafana_service: str
    grafana_port: int

    def __init__(self, name: str, args: MonitoringArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:kubernetes:Monitoring", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        self._access = Access(
            name,
            namespace=args.namespace,
            secret_arns=args.secret_arns,
            reading=args.reading,
            grant=args.grant,
            parent=self,
        )
        for program in Servers(args, self._access).programs():
            self._create(program)
        for program in Exporters(args, self._access).programs():
            self._create(program)
        self._create_agents()
        self.grafana_service = f"grafana.{InNamespace.MONITORING}.svc"
        self.grafana_port = component(args.system, "grafana").port
        self.register_outputs({"grafanaService": self.grafana_service})

    def _create(self, program: Program) -> None:
        MonitoringProgram(
            f"{self._name}-{program.name}",
            program,
            namespace=self._args.namespace,
            hardening=self._args.system.application.hardening,
            opts=self._child,
        )

    def _create_agents(self) -> None:
        loki = component(self._args.system, "loki")
        NodeAgents(
            f"{self._name}-agents",
            NodeAgentsArgs(
                namespace=self._args.agents_namespace,
                images={agent: self._args.reference(agent) for agent in ("node-exporter", "log-collector")},
                loki_url=f"http://loki.{InNamespace.MONITORING}.svc:{loki.port}",
            ),
            self._naming,
            self._child,
        )
