"""Feature flags as files that every application reads: declared at their documented start, then switched by hand."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import ResourceOptions

from components import operations_owned
from components.kubernetes import pods
from components.kubernetes.labels import labels
from components.naming import Naming
from rendering import environment
from systems.model import System


@dataclass(frozen=True, kw_only=True)
class SwitchesArgs:
    """A platform without flags has none of this."""

    system: System
    namespace: pulumi.Input[str]


class Switches(pulumi.ComponentResource):
    """The ConfigMap `switches`; what `up` ignores in it is in components/operations_owned.py."""

    def __init__(self, name: str, args: SwitchesArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:kubernetes:Switches", name, None, opts)
        told = dict(environment.switches(args.system))
        if told:
            kubernetes.core.v1.ConfigMap(
                f"{name}-flags",
                metadata={"name": pods.SWITCHES, "namespace": args.namespace, "labels": labels(pods.SWITCHES)},
                data=told,
                opts=ResourceOptions(
                    parent=self, ignore_changes=operations_owned.fields("kubernetes:core/v1:ConfigMap")
                ),
            )
        self.register_outputs({"flags": sorted(told)})
