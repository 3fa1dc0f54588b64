"""A namespace in which nothing insecure runs, nobody talks to anybody unless a flow says so, and nothing runs away."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import ResourceOptions

from components.kubernetes import quotas
from components.kubernetes.flows import Policy, flows, policies
from components.kubernetes.labels import InNamespace
from components.kubernetes.pods import Priority
from components.kubernetes.quotas import Allowance
from components.naming import Naming
from systems.model import System

#: The version is pinned so that an upgrade of the cluster changes no verdict.
_STANDARD_VERSION = "v1.35"
RESTRICTED, PRIVILEGED = "restricted", "privileged"
#: What says nothing has 0.
_PRIORITIES = {Priority.CRISIS: 1_000_000, Priority.SERVING: 100_000, Priority.BATCH: -1_000}


@dataclass(frozen=True, kw_only=True)
class NamespaceArgs:
    """`purpose` is the namespace's name: platforms do not share clusters."""

    purpose: str
    policies: tuple[Policy, ...]
    """Those of other namespaces are left out."""
    allowance: Allowance
    standard: str = RESTRICTED


class Namespace(pulumi.ComponentResource):
    """Pod Security, network policies that deny both ways until a flow is named, a quota and limits."""

    namespace: pulumi.Output[str]
    guards: list[pulumi.Resource]
    """What must be there before the first pod."""

    def __init__(self, name: str, args: NamespaceArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:kubernetes:Namespace", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        created = self._create_namespace()
        self.namespace = created.metadata.apply(lambda metadata: metadata.name or "")
        deny_all = Policy(args.purpose, "deny-all", "whatever no flow names", _nothing())
        own = [each for each in args.policies if each.namespace == args.purpose]
        self.guards = [self._create_policy(each) for each in (deny_all, *own)]
        self.guards += [self._create_quota(), self._create_limits(), self._disarm_default_account()]
        self.register_outputs({"namespace": self.namespace})

    def _create_namespace(self) -> kubernetes.core.v1.Namespace:
        modes = ("enforce", "audit", "warn")
        return kubernetes.core.v1.Namespace(
            f"{self._name}-namespace",
            metadata={
                "name": self._args.purpose,
                "labels": {
                    "lifeline.dev/system": self._naming.system,
                    **{f"pod-security.kubernetes.io/{mode}": self._args.standard for mode in modes},
                    **{f"pod-security.kubernetes.io/{mode}-version": _STANDARD_VERSION for mode in modes},
                },
            },
            opts=self._child,
        )

    def _create_policy(self, policy: Policy) -> pulumi.Resource:
        return kubernetes.networking.v1.NetworkPolicy(
            f"{self._name}-{policy.name}",
            metadata={
                "name": policy.name,
                "namespace": self.namespace,
                "annotations": {"lifeline.dev/why": policy.why},
            },
            spec=policy.spec,
            opts=self._child,
        )

    def _create_quota(self) -> pulumi.Resource:
        return kubernetes.core.v1.ResourceQuota(
            f"{self._name}-quota",
            metadata={"name": "quota", "namespace": self.namespace},
            spec={"hard": self._args.allowance.hard},
            opts=self._child,
        )

    def _create_limits(self) -> pulumi.Resource:
        return kubernetes.core.v1.LimitRange(
            f"{self._name}-limits",
            metadata={"name": "limits", "namespace": self.namespace},
            spec={"limits": self._args.allowance.limits},
            opts=self._child,
        )

    def _disarm_default_account(self) -> pulumi.Resource:
        """The controller manager makes `default` in every namespace: a pod that names no account gets no token."""
        return kubernetes.core.v1.ServiceAccountPatch(
            f"{self._name}-default-account",
            metadata={
                "name": "default",
                "namespace": self.namespace,
                "annotations": {"pulumi.com/patchForce": "true"},
            },
            automount_service_account_token=False,
            opts=self._child,
        )


@dataclass(frozen=True, kw_only=True)
class NamespacesArgs:
    """Flows and quotas follow from the spec."""

    system: System


class Namespaces(pulumi.ComponentResource):
    """`platform` for what serves people, `monitoring` for what watches, `node-agents` for what sees a node.

    Node agents read logs and figures of their node through host paths, which the restricted standard refuses: the one
    exception has a namespace of its own, where nothing else runs.
    """

    namespace: pulumi.Output[str]
    """The platform's."""
    monitoring: pulumi.Output[str]
    node_agents: pulumi.Output[str]
    guards: list[pulumi.Resource]
    """Policies, quotas and priorities: no pod starts before them."""

    def __init__(self, name: str, args: NamespacesArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:kubernetes:Namespaces", name, None, opts)
        self._name, self._naming = name, naming
        self._policies = tuple(policies(flows(args.system)))
        self.guards = [self._create_priority(priority) for priority in Priority]
        self.namespace = self._create(InNamespace.PLATFORM, quotas.of_platform(args.system))
        self.monitoring = self._create(InNamespace.MONITORING, quotas.of_monitoring(args.system))
        self.node_agents = self._create(InNamespace.NODE_AGENTS, quotas.of_node_agents(args.system), PRIVILEGED)
        self.register_outputs({"namespace": self.namespace})

    def _create(self, purpose: InNamespace, allowance: Allowance, standard: str = RESTRICTED) -> pulumi.Output[str]:
        args = NamespaceArgs(purpose=purpose, policies=self._policies, allowance=allowance, standard=standard)
        created = Namespace(f"{self._name}-{purpose}", args, self._naming, ResourceOptions(parent=self))
        self.guards += created.guards
        return created.namespace

    def _create_priority(self, priority: Priority) -> kubernetes.scheduling.v1.PriorityClass:
        return kubernetes.scheduling.v1.PriorityClass(
            f"{self._name}-priority-{priority.name.lower()}",
            metadata={"name": priority.value},
            value=_PRIORITIES[priority],
            description=priority.meaning,
            preemption_policy="Never" if priority is Priority.BATCH else "PreemptLowerPriority",
            opts=ResourceOptions(parent=self),
        )


def _nothing() -> dict[str, object]:
    return {"pod_selector": {}, "policy_types": ["Ingress", "Egress"]}
