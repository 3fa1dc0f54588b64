"""PgBouncer behind the name `database`: applications know nothing else of the servers, whoever is the primary.

TLS on both sides, verified by name towards the servers. Logins come from mounted secrets, the one of now and the one
before it, and are read anew while clients stay connected. Costs its share of the nodes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import ResourceOptions

from components.kubernetes import pooler_pods, workload_secrets
from components.kubernetes.labels import Infrastructure, labels
from components.kubernetes.pooler_pods import PROGRAM, Wiring
from components.kubernetes.surroundings import Grant
from components.naming import Naming
from rendering import environment
from rendering.pgbouncer import PORT
from systems.model import System

_SECRETS = "pooler-secrets"
_SETTLING_SECONDS, _PROGRESS_SECONDS = 10, 600


@dataclass(frozen=True, kw_only=True)
class PoolerArgs:
    """`certificate_secret` holds tls.crt and tls.key as `pooler_pods.certificates(system)` names it."""

    system: System
    namespace: pulumi.Input[str]
    image: pulumi.Input[str]
    follower_image: pulumi.Input[str]
    certificate_secret: pulumi.Input[str]
    primary: pulumi.Input[str]
    replicas: Sequence[pulumi.Input[str]] = ()
    """Host names; a copy in another region is the primary of its own pooler."""
    secret_arns: Mapping[str, pulumi.Input[str]]
    grant: Grant | None = None
    guards: Sequence[pulumi.Resource] = ()


class Pooler(pulumi.ComponentResource):
    """`pooler.ready` is what must be there before anybody asks `database`."""

    service_name: pulumi.Output[str]
    ready: list[pulumi.Resource]

    def __init__(self, name: str, args: PoolerArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:kubernetes:Pooler", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        self._labels = labels(Infrastructure.POOLER, program=PROGRAM)
        account, secrets = self._create_account(), self._create_secrets()
        own, *aliases = (self._create_service(each) for each in pooler_pods.services(args.system))
        self.service_name = own.metadata.apply(lambda metadata: metadata.name or "")
        wiring = Wiring(
            configuration=self._create_configuration(),
            follower=self._config_map("follower", pooler_pods.follower_program()),
            certificate=args.certificate_secret,
            secrets=_SECRETS,
            account=account,
            image=args.image,
            follower_image=args.follower_image,
        )
        self.ready = [own, *aliases, self._create_deployment(wiring, secrets)]
        self._create_disruption_budget()
        self.register_outputs({"serviceName": self.service_name})

    def _metadata(self, name: pulumi.Input[str]) -> dict[str, object]:
        return {"name": name, "namespace": self._args.namespace, "labels": self._labels}

    def _create_account(self) -> pulumi.Output[str]:
        """No token of the API; its role of AWS reads the logins of those who come through here."""
        if self._args.grant is not None:
            self._args.grant(Infrastructure.POOLER.value, pooler_pods.secrets(self._args.system))
        account = kubernetes.core.v1.ServiceAccount(
            f"{self._name}-account",
            metadata=self._metadata(Infrastructure.POOLER.value),
            automount_service_account_token=False,
            opts=self._child,
        )
        return account.metadata.apply(lambda metadata: metadata.name or "")

    def _create_secrets(self) -> pulumi.Resource:
        return workload_secrets.provider_class(
            f"{self._name}-secrets",
            copy_name=_SECRETS,
            namespace=self._args.namespace,
            mounted=pooler_pods.mounted(self._args.system),
            arns=self._args.secret_arns,
            parent=self,
        )

    def _create_configuration(self) -> pulumi.Output[str]:
        """Another server, or another of its settings, is another name, and pods roll."""
        files = pulumi.Output.all(self._args.primary, *self._args.replicas).apply(
            lambda hosts: dict(pooler_pods.files(self._args.system, hosts[0], tuple(hosts[1:])))
        )
        return self._config_map("configuration", files)

    def _config_map(self, role: str, files: pulumi.Input[Mapping[str, str]]) -> pulumi.Output[str]:
        told = pulumi.Output.from_input(files)
        created = kubernetes.core.v1.ConfigMap(
            f"{self._name}-{role}",
            metadata=told.apply(
                lambda found: {
                    "name": f"{Infrastructure.POOLER.value}-{role}-{environment.digest(found)}",
                    "namespace": self._args.namespace,
                    "labels": self._labels,
                }
            ),
            data=told,
            immutable=True,
            opts=self._child,
        )
        return created.metadata.apply(lambda metadata: metadata.name or "")

    def _create_service(self, name: str) -> kubernetes.core.v1.Service:
        """Nobody waits for a Service's pods: those are waited for themselves."""
        return kubernetes.core.v1.Service(
            f"{self._name}-{name}",
            metadata={**self._metadata(name), "annotations": {"pulumi.com/skipAwait": "true"}},
            spec={
                "selector": self._labels,
                "ports": [{"name": "postgres", "port": PORT, "target_port": "postgres"}],
            },
            opts=self._child,
        )

    def _create_deployment(self, wiring: Wiring, secrets: pulumi.Resource) -> kubernetes.apps.v1.Deployment:
        return kubernetes.apps.v1.Deployment(
            f"{self._name}-deployment",
            metadata=self._metadata(Infrastructure.POOLER.value),
            spec={
                "replicas": self._args.system.database.pooler.replicas,
                "selector": {"match_labels": self._labels},
                "strategy": {"type": "RollingUpdate", "rolling_update": self._rolling()},
                "min_ready_seconds": _SETTLING_SECONDS,
                "progress_deadline_seconds": _PROGRESS_SECONDS,
                "revision_history_limit": 5,
                "template": {
                    "metadata": {"labels": self._labels},
                    "spec": pooler_pods.pod(self._args.system, wiring, self._labels),
                },
            },
            opts=ResourceOptions(parent=self, depends_on=[*self._args.guards, secrets]),
        )

    def _rolling(self) -> dict[str, int]:
        """One after the other, so that never more poolers than counted hold connections; the only one stays until
        the next is there."""
        alone = self._args.system.database.pooler.replicas == 1
        return {"max_surge": int(alone), "max_unavailable": int(not alone)}

    def _create_disruption_budget(self) -> None:
        kubernetes.policy.v1.PodDisruptionBudget(
            f"{self._name}-disruption-budget",
            metadata=self._metadata(Infrastructure.POOLER.value),
            spec={
                "max_unavailable": 1,
                "unhealthy_pod_eviction_policy": "AlwaysAllow",
                "selector": {"match_labels": self._labels},
            },
            opts=self._child,
        )
