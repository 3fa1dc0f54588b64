"""What a program finds when it starts: its identity, its settings and its secrets."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import ResourceOptions

from components.kubernetes import pods, workload_secrets
from components.kubernetes.certificates import AUTHORITY_CONFIG_MAP
from components.kubernetes.labels import labels
from components.kubernetes.workload_secrets import Mounted
from components.naming import Naming
from rendering import environment
from systems.model import System, Workload

#: Gives a service account a role of AWS that reads these secrets: `grant(account, secret names)`.
Grant = Callable[[str, tuple[str, ...]], object]


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What all programs of a platform have in common."""

    system: System
    domain: str
    namespace: pulumi.Input[str]
    secret_arns: Mapping[str, pulumi.Input[str]]
    filled_secrets: frozenset[str]
    """Names of secrets that have a value (workload_secrets.filled)."""
    guards: Sequence[pulumi.Resource] = ()
    """Of the namespace: no pod starts before its policies are there."""
    authority: pulumi.Input[str] = AUTHORITY_CONFIG_MAP
    """ConfigMap with the certificate of the internal authority."""
    grant: Grant | None = None

    def of_workload(self, workload: Workload) -> "SurroundingsArgs":
        return self.of(
            workload.name,
            environment.variables(self.system, workload, self.domain),
            workload_secrets.of_workload(self.system, workload.name, self.filled_secrets),
            uses_data=environment.uses_data(self.system, workload),
        )

    def of(
        self, program: str, variables: Mapping[str, str], mounted: tuple[Mounted, ...], *, uses_data: bool
    ) -> "SurroundingsArgs":
        """`uses_data`: it talks to `database` or `cache`, whose certificates the internal authority signs."""
        return SurroundingsArgs(
            program=program,
            namespace=self.namespace,
            variables=variables,
            mounted=mounted,
            secret_arns=self.secret_arns,
            switches=bool(environment.switches(self.system)),
            authority=self.authority if uses_data else None,
            grant=self.grant,
            guards=self.guards,
        )


@dataclass(frozen=True, kw_only=True)
class SurroundingsArgs:
    """`program` names the service account, the settings and the copy of the secrets."""

    program: str
    namespace: pulumi.Input[str]
    variables: Mapping[str, str]
    mounted: tuple[Mounted, ...]
    secret_arns: Mapping[str, pulumi.Input[str]]
    switches: bool
    authority: pulumi.Input[str] | None
    grant: Grant | None
    guards: Sequence[pulumi.Resource]


class Surroundings(pulumi.ComponentResource):
    """A service account without a token of the API, an immutable ConfigMap, and secrets through the CSI driver."""

    service_account: pulumi.Output[str]

    def __init__(self, name: str, args: SurroundingsArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:kubernetes:Surroundings", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        account = self._create_account()
        self.service_account = account.metadata.apply(lambda metadata: metadata.name or "")
        settings = self._create_settings()
        self._settings = settings.metadata.apply(lambda metadata: metadata.name or "")
        self._copy = f"{args.program}-secrets" if args.mounted else None
        self.resources: list[pulumi.Resource] = [*args.guards, account, settings, *self._create_secrets()]
        self.register_outputs({"serviceAccount": self.service_account})

    @property
    def container(self) -> dict[str, object]:
        """Variables and mounts, for every container of this program."""
        args = self._args
        sources: list[dict[str, object]] = [{"config_map_ref": {"name": self._settings}}]
        if self._copy:
            sources.append({"secret_ref": {"name": self._copy}})
        authority = args.authority is not None
        mounts = pods.mounts(secrets=bool(args.mounted), switches=args.switches, authority=authority)
        return {"env_from": sources, "volume_mounts": list(mounts)}

    @property
    def volumes(self) -> list[dict[str, object]]:
        args = self._args
        return list(pods.volumes(secrets=self._copy, switches=args.switches, authority=args.authority))

    def _create_account(self) -> kubernetes.core.v1.ServiceAccount:
        """Roles come through EKS Pod Identity: no token of the Kubernetes API is mounted."""
        if self._args.grant is not None:
            self._args.grant(self._args.program, tuple(each.secret for each in self._args.mounted))
        return kubernetes.core.v1.ServiceAccount(
            f"{self._name}-account",
            metadata=self._metadata(self._args.program),
            automount_service_account_token=False,
            opts=self._child,
        )

    def _create_settings(self) -> kubernetes.core.v1.ConfigMap:
        """Named after its content: pods roll when a setting changes, and find the old one when they are rolled back."""
        told = self._args.variables
        return kubernetes.core.v1.ConfigMap(
            f"{self._name}-settings",
            metadata=self._metadata(f"{self._args.program}-settings-{environment.digest(told)}"),
            data=dict(told),
            immutable=True,
            opts=self._child,
        )

    def _create_secrets(self) -> list[pulumi.Resource]:
        if self._copy is None:
            return []
        made = workload_secrets.provider_class(
            f"{self._name}-secrets",
            copy_name=self._copy,
            namespace=self._args.namespace,
            mounted=self._args.mounted,
            arns=self._args.secret_arns,
            parent=self,
        )
        return [made]

    def _metadata(self, name: str) -> dict[str, object]:
        return {"name": name, "namespace": self._args.namespace, "labels": labels(self._args.program)}
