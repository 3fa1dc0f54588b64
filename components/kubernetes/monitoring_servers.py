"""The four servers of the monitoring stack as programs: Prometheus, Alertmanager, Grafana, Loki."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pulumi

from components.kubernetes.flows import ALERTMANAGER_GOSSIP
from components.kubernetes.labels import InNamespace
from components.kubernetes.monitoring_access import Access, Wanted
from components.kubernetes.monitoring_program import Probes, Program
from rendering import alertmanager, environment, loki
from rendering.grafana import settings as grafana
from rendering.prometheus import scrape
from rendering.prometheus.scrape_targets import component

if TYPE_CHECKING:
    from components.kubernetes.monitoring import MonitoringArgs

PROMETHEUS_DIRECTORY, PROMETHEUS_DATA = "/etc/prometheus", "/prometheus"
ALERTMANAGER_DIRECTORY, ALERTMANAGER_DATA = "/etc/alertmanager", "/alertmanager"
LOKI_DIRECTORY = "/etc/loki"
#: Of a disk: the rest is for the write-ahead log, and for compaction, which writes anew before it deletes.
_SHARE_OF_DISK = 0.8


class Servers:
    """Programs with a disk. Plain, not a component: the monitoring stack is their parent."""

    def __init__(self, args: "MonitoringArgs", access: Access) -> None:
        self._args, self._access = args, access
        self._system = args.system

    def programs(self) -> Iterator[Program]:
        yield self._prometheus()
        yield self._alertmanager()
        yield self._grafana()
        yield self._loki()

    def _prometheus(self) -> Program:
        """Replicas see the same and say the same; new rules and targets are read while it runs."""
        wanted, args = component(self._system, "prometheus"), self._args
        account = self._access.account(wanted.name)
        self._access.pods_of(
            wanted.name,
            {"platform": args.platform_namespace, "monitoring": args.namespace, "agents": args.agents_namespace},
        )
        self._access.nodes(wanted.name, metrics=True)
        around = scrape.Surroundings(domain=args.domain, region=args.region)
        kept_gb = int(wanted.storage_gib * _SHARE_OF_DISK)
        return Program(
            name=wanted.name,
            replicas=wanted.replicas,
            resources=wanted.resources,
            port=wanted.port,
            image=args.reference(wanted.name),
            arguments=(
                f"--config.file={PROMETHEUS_DIRECTORY}/prometheus.yml",
                "--config.auto-reload",
                f"--storage.tsdb.path={PROMETHEUS_DATA}",
                f"--storage.tsdb.retention.time={wanted.retention_days}d",
                f"--storage.tsdb.retention.size={kept_gb}GB",
                f"--web.listen-address=:{wanted.port}",
                f"--web.external-url=http://prometheus.{InNamespace.MONITORING}.svc:{wanted.port}",
            ),
            files={
                PROMETHEUS_DIRECTORY: {"prometheus.yml": scrape.configuration(self._system, around)},
                scrape.RULES_DIRECTORY: args.rules,
            },
            reads_files_anew=True,
            probes=Probes(alive="/-/healthy", ready="/-/ready"),
            storage_gib=wanted.storage_gib,
            storage_directory=PROMETHEUS_DATA,
            service_account=account,
            asks_the_api=True,
            grace_seconds=300,
        )

    def _alertmanager(self) -> Program:
        """Replicas tell each other what was sent, so that a page comes once."""
        wanted, args = component(self._system, "alertmanager"), self._args
        account = self._access.account(wanted.name)
        secrets = [
            Wanted(name, name) for name in alertmanager.secrets_needed(self._system) if name in args.filled_secrets
        ]
        self._access.role(wanted.name, secrets, args.publishing)
        peers = (f"alertmanager-{number}.alertmanager-peers" for number in range(wanted.replicas))
        return Program(
            name=wanted.name,
            replicas=wanted.replicas,
            resources=wanted.resources,
            port=wanted.port,
            image=args.reference(wanted.name),
            arguments=(
                f"--config.file={ALERTMANAGER_DIRECTORY}/alertmanager.yml",
                f"--storage.path={ALERTMANAGER_DATA}",
                f"--data.retention={wanted.retention_days * 24}h",
                f"--web.listen-address=:{wanted.port}",
                f"--cluster.listen-address=0.0.0.0:{ALERTMANAGER_GOSSIP}",
                f"--cluster.advertise-address=$(POD_IP):{ALERTMANAGER_GOSSIP}",
                *(f"--cluster.peer={peer}:{ALERTMANAGER_GOSSIP}" for peer in peers),
            ),
            files={ALERTMANAGER_DIRECTORY: {"alertmanager.yml": self._routes()}},
            probes=Probes(alive="/-/healthy", ready="/-/ready"),
            storage_gib=wanted.storage_gib,
            storage_directory=ALERTMANAGER_DATA,
            service_account=account,
            secrets_class=self._access.secrets(wanted.name, secrets) if secrets else None,
            peer_ports={"gossip": ALERTMANAGER_GOSSIP},
        )

    def _routes(self) -> pulumi.Output[str]:
        """Secrets lie where every program of ours has them."""

        def rendered(topics: Mapping[str, str]) -> str:
            delivery = alertmanager.Delivery(topics=topics, secrets_directory=environment.SECRETS_DIRECTORY)
            return alertmanager.configuration(self._system, delivery)

        return pulumi.Output.all(**self._args.alert_topics).apply(rendered)

    def _grafana(self) -> Program:
        wanted, args = component(self._system, "grafana"), self._args
        account = self._access.account(wanted.name)
        administrator = [Wanted(grafana.ADMINISTRATOR_SECRET, grafana.ADMINISTRATOR_SECRET, "value")]
        self._access.role(wanted.name, administrator)
        variables: Mapping[str, str] = grafana.variables(
            self._system, args.domain, environment.SECRETS_DIRECTORY, args.sign_on
        )
        provisioned = grafana.PROVISIONING_DIRECTORY
        return Program(
            name=wanted.name,
            replicas=wanted.replicas,
            resources=wanted.resources,
            port=wanted.port,
            image=args.reference(wanted.name),
            variables=variables,
            files={
                f"{provisioned}/datasources": {
                    "datasources.yaml": grafana.datasources(self._system, InNamespace.MONITORING)
                },
                f"{provisioned}/dashboards": {"dashboards.yaml": grafana.dashboards_provider(self._system)},
                grafana.DASHBOARDS_DIRECTORY: args.dashboards,
            },
            probes=Probes(alive="/api/health", ready="/api/health"),
            storage_gib=wanted.storage_gib,
            storage_directory=grafana.DATA_DIRECTORY,
            service_account=account,
            secrets_class=self._access.secrets(wanted.name, administrator),
        )

    def _loki(self) -> Program:
        wanted = component(self._system, "loki")
        return Program(
            name=wanted.name,
            replicas=wanted.replicas,
            resources=wanted.resources,
            port=wanted.port,
            image=self._args.reference(wanted.name),
            arguments=(f"-config.file={LOKI_DIRECTORY}/loki.yaml",),
            files={LOKI_DIRECTORY: {"loki.yaml": loki.configuration(self._system)}},
            probes=Probes(alive="/loki/api/v1/status/buildinfo", ready="/ready"),
            storage_gib=wanted.storage_gib,
            storage_directory=loki.DATA_DIRECTORY,
            service_account=self._access.account(wanted.name),
            grace_seconds=120,
        )
