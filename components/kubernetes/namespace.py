"""A namespace in which nothing insecure runs and nobody talks to anybody unless a policy says so."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import ResourceOptions

from components.naming import Naming

#: The Pod Security Standard enforced, and its version pinned so that an upgrade of the cluster changes no verdict.
_STANDARD, _STANDARD_VERSION = "restricted", "v1.35"


@dataclass(frozen=True, kw_only=True)
class NamespaceArgs:
    """`purpose` is the namespace's name: platforms do not share clusters."""

    purpose: str


class Namespace(pulumi.ComponentResource):
    """Pod Security `restricted`, and network policies that deny both ways until a flow is named."""

    namespace: pulumi.Output[str]

    def __init__(self, name: str, args: NamespaceArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:kubernetes:Namespace", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        created = self._create_namespace()
        self.namespace = created.metadata.apply(lambda metadata: metadata.name or "")
        self._deny_by_default()
        self._admit_name_resolution()
        self.register_outputs({"namespace": self.namespace})

    def _create_namespace(self) -> kubernetes.core.v1.Namespace:
        modes = ("enforce", "audit", "warn")
        return kubernetes.core.v1.Namespace(
            f"{self._name}-namespace",
            metadata={
                "name": self._args.purpose,
                "labels": {
                    "lifeline.dev/system": self._naming.system,
                    **{f"pod-security.kubernetes.io/{mode}": _STANDARD for mode in modes},
                    **{f"pod-security.kubernetes.io/{mode}-version": _STANDARD_VERSION for mode in modes},
                },
            },
            opts=ResourceOptions(parent=self),
        )

    def _deny_by_default(self) -> None:
        kubernetes.networking.v1.NetworkPolicy(
            f"{self._name}-deny-all",
            metadata={"name": "deny-all", "namespace": self.namespace},
            spec={"pod_selector": {}, "policy_types": ["Ingress", "Egress"]},
            opts=ResourceOptions(parent=self),
        )

    def _admit_name_resolution(self) -> None:
        kubernetes.networking.v1.NetworkPolicy(
            f"{self._name}-resolve-names",
            metadata={"name": "resolve-names", "namespace": self.namespace},
            spec={
                "pod_selector": {},
                "policy_types": ["Egress"],
                "egress": [
                    {
                        "to": [
                            {"namespace_selector": {"match_labels": {"kubernetes.io/metadata.name": "kube-system"}}}
                        ],
                        "ports": [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")],
                    }
                ],
            },
            opts=ResourceOptions(parent=self),
        )
