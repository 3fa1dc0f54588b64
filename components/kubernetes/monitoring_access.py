"""Who the programs of the monitoring stack are: accounts, rights in the Kubernetes API, AWS roles and secrets.

Prometheus lists pods of three namespaces and asks kubelets; kube-state-metrics reads the kinds of objects that rules
use. Nobody may read a Secret.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes
import yaml
from pulumi import ResourceOptions

from components.aws.policy_documents import Statement
from components.kubernetes.labels import labels

#: Kinds that kube-state-metrics turns into figures, by API group; `configmaps` for the label that tells maintenance.
OBSERVED: Mapping[str, tuple[str, ...]] = {
    "": ("configmaps", "persistentvolumeclaims", "pods"),
    "apps": ("daemonsets", "deployments", "replicasets", "statefulsets"),
    "batch": ("cronjobs", "jobs"),
    "autoscaling": ("horizontalpodautoscalers",),
}
_LOOKING = ["list", "watch"]


@dataclass(frozen=True)
class Wanted:
    """One secret as one file of a program; with a variable it is copied into a Secret for the environment as well."""

    secret: str
    file: str
    part: str = ""
    """Of the secret's JSON; empty where all of it is meant."""
    variable: str = ""


#: Gives a service account of a namespace a role with a policy: `Cluster.grant`.
Grant = Callable[..., object]
#: The policy of a role that reads these secrets: `Secrets.reading`.
Reading = Callable[..., pulumi.Input[str]]


class Access:
    """Makes accounts and what hangs on them; plain, not a component: the monitoring stack is their parent."""

    def __init__(
        self,
        name: str,
        *,
        namespace: pulumi.Input[str],
        secret_arns: Mapping[str, pulumi.Input[str]],
        reading: Reading | None,
        grant: Grant | None,
        parent: pulumi.Resource,
    ) -> None:
        self._name, self._namespace = name, namespace
        self._arns, self._reading, self._grant = secret_arns, reading, grant
        self._child = ResourceOptions(parent=parent)

    def account(self, program: str, namespace: pulumi.Input[str] | None = None) -> pulumi.Output[str]:
        created = kubernetes.core.v1.ServiceAccount(
            f"{self._name}-{program}-account",
            metadata={"name": program, "namespace": namespace or self._namespace, "labels": labels(program)},
            automount_service_account_token=False,
            opts=self._child,
        )
        return created.metadata.apply(lambda metadata: metadata.name or "")

    def secrets(self, program: str, wanted: Sequence[Wanted]) -> pulumi.Output[str]:
        """A SecretProviderClass named after the program."""
        arns = pulumi.Output.all(*(self._arns[each.secret] for each in wanted))
        copied = [{"objectName": each.file, "key": each.variable} for each in wanted if each.variable]
        copies = [{"secretName": secret_copy(program), "type": "Opaque", "data": copied}] if copied else []
        created = kubernetes.apiextensions.CustomResource(
            f"{self._name}-{program}-secrets",
            api_version="secrets-store.csi.x-k8s.io/v1",
            kind="SecretProviderClass",
            metadata={"name": program, "namespace": self._namespace, "labels": labels(program)},
            spec={
                "provider": "aws",
                "parameters": {"objects": arns.apply(lambda found: _objects(found, wanted)), "usePodIdentity": "true"},
                **({"secretObjects": copies} if copies else {}),
            },
            opts=self._child,
        )
        return created.metadata.apply(lambda metadata: metadata["name"])

    def role(self, program: str, secrets: Sequence[Wanted] = (), statements: Sequence[Statement] = ()) -> None:
        """An AWS role that reads these secrets and may do this, and nothing else; none for nothing."""
        names = sorted({each.secret for each in secrets})
        if self._grant and (names or statements):
            policy = self._reading(*names) if self._reading and names else None
            self._grant(service_account=program, namespace=self._namespace, policy=policy, statements=tuple(statements))

    def pods_of(self, program: str, namespaces: Mapping[str, pulumi.Input[str]]) -> None:
        """For service discovery: pods of these namespaces, one Role in each."""
        for short, namespace in namespaces.items():
            self._role(program, short, namespace, [{"apiGroups": [""], "resources": ["pods"], "verbs": _with_get()}])

    def objects_of(self, program: str, namespaces: Mapping[str, pulumi.Input[str]]) -> None:
        rules = [
            {"apiGroups": [group], "resources": list(kinds), "verbs": _LOOKING} for group, kinds in OBSERVED.items()
        ]
        for short, namespace in namespaces.items():
            self._role(program, short, namespace, rules)

    def nodes(self, program: str, *, metrics: bool) -> None:
        """Nodes belong to no namespace. `nodes/metrics` opens the kubelet's figures; `nodes/proxy` opens it all."""
        rules: list[dict[str, list[str]]] = [{"apiGroups": [""], "resources": ["nodes"], "verbs": _with_get()}]
        if metrics:
            rules.append({"apiGroups": [""], "resources": ["nodes/metrics"], "verbs": ["get"]})
        name = f"lifeline-{program}"
        kubernetes.rbac.v1.ClusterRole(
            f"{self._name}-{program}-nodes-role",
            metadata={"name": name, "labels": labels(program)},
            rules=_spelled(rules),
            opts=self._child,
        )
        kubernetes.rbac.v1.ClusterRoleBinding(
            f"{self._name}-{program}-nodes-binding",
            metadata={"name": name, "labels": labels(program)},
            role_ref={"api_group": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
            subjects=[self._subject(program)],
            opts=self._child,
        )

    def _role(self, program: str, short: str, namespace: pulumi.Input[str], rules: list[dict[str, list[str]]]) -> None:
        metadata = {"name": f"lifeline-{program}", "namespace": namespace, "labels": labels(program)}
        kubernetes.rbac.v1.Role(
            f"{self._name}-{program}-{short}-role", metadata=metadata, rules=_spelled(rules), opts=self._child
        )
        kubernetes.rbac.v1.RoleBinding(
            f"{self._name}-{program}-{short}-binding",
            metadata=metadata,
            role_ref={"api_group": "rbac.authorization.k8s.io", "kind": "Role", "name": f"lifeline-{program}"},
            subjects=[self._subject(program)],
            opts=self._child,
        )

    def _subject(self, program: str) -> dict[str, object]:
        return {"kind": "ServiceAccount", "name": program, "namespace": self._namespace}


def secret_copy(program: str) -> str:
    """Name of the Secret with the program's variables; it exists while a pod mounts the files."""
    return f"{program}-secrets"


def _objects(arns: list[str], wanted: Sequence[Wanted]) -> str:
    """As the driver's AWS provider reads it. Beside a part, the whole is a file too."""
    listed = [
        {
            "objectName": arn,
            "objectAlias": f"{each.file}.json",
            "jmesPath": [{"path": each.part, "objectAlias": each.file}],
        }
        if each.part
        else {"objectName": arn, "objectAlias": each.file}
        for arn, each in zip(arns, wanted, strict=True)
    ]
    return yaml.safe_dump(listed, sort_keys=False)


def _with_get() -> list[str]:
    return ["get", *_LOOKING]


def _spelled(rules: list[dict[str, list[str]]]) -> list[dict[str, list[str]]]:
    """In the spelling of pulumi_kubernetes."""
    return [{"api_groups": rule["apiGroups"], "resources": rule["resources"], "verbs": rule["verbs"]} for rule in rules]
