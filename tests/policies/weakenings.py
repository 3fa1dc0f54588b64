"""Which property is weakened how, and by which rule that is to be seen; what is left out, with its reason."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from policies.core.resource import Resource
from policies.joins.pods import pod_of
from tests.policies.mutants import Mutant
from tests.policies.weakenings_account import ACCOUNT
from tests.policies.weakenings_data import DATA
from tests.policies.weakenings_documents import DOCUMENTS
from tests.policies.weakenings_kubernetes import KUBERNETES
from tests.policies.weakenings_network import NETWORK
from tests.policies.weakenings_platform import PLATFORM

WEAKENINGS = (*DATA, *ACCOUNT, *NETWORK, *KUBERNETES, *PLATFORM, *DOCUMENTS)
Resources = Sequence[Resource]


@dataclass(frozen=True)
class Excuse:
    """Why survivors of a rule and a property are none; only where it `holds` for the very resource."""

    rule: str
    path: str
    why: str
    holds: Callable[[Resource, Resources], bool]


def _all(resources: Resources, kind: str) -> list[Resource]:
    return [each for each in resources if each.type.endswith(f":{kind}")]


def _is_combined(alarm: Resource, resources: Resources) -> bool:
    """Rules of a combination name alarms by name or, on mocks, by ARN."""
    names = [str(alarm.get(path)) for path in ("name", "arn") if alarm.get(path)]
    rules = [str(each.get("alarmRule")) for each in _all(resources, "CompositeAlarm") if each.get("alarmActions")]
    return any(name in rule for name in names for rule in rules)


def _is_counted(workload: Resource, resources: Resources) -> bool:
    targets = [each.get("spec.scaleTargetRef.name") for each in _all(resources, "HorizontalPodAutoscaler")]
    return workload.get("metadata.name") in targets


def _guards_one(budget: Resource, resources: Resources) -> bool:
    wanted: dict[str, Any] = budget.get("spec.selector.matchLabels", {})
    guarded = [
        each
        for each in (*_all(resources, "Deployment"), *_all(resources, "StatefulSet"))
        if each.beside(budget)
        and wanted.items() <= each.get("spec.template.metadata.labels", {}).items()
        and each.name.startswith("recovery-region") == budget.name.startswith("recovery-region")
    ]
    return bool(guarded) and all(each.get("spec.replicas", 1) < 2 and not _is_counted(each, []) for each in guarded)


def _stands_without_nodes(subnet: Resource, resources: Resources) -> bool:
    nodes = [each for each in _all(resources, "NodeGroup") if each.name.startswith("recovery-region")]
    return subnet.name.startswith("recovery-region") and not nodes


def _is_bound(workload: Resource, resources: Resources) -> bool:
    account = pod_of(workload).get("serviceAccountName")
    bindings = (*_all(resources, "RoleBinding"), *_all(resources, "ClusterRoleBinding"))
    return any(subject.get("name") == account for each in bindings for subject in each.each("subjects"))


EXCUSES = (
    Excuse(
        "LL-ENC-001",
        "storageEncrypted",
        "a replica is encrypted as its source is, whatever it says itself",
        lambda database, _: bool(database.get("replicateSourceDb")),
    ),
    Excuse("LL-AUD-016", "alarmActions", "it is combined into an alarm that does act", _is_combined),
    Excuse(
        "LL-AVL-001", "spec.replicas", "an autoscaler counts them: the least of it is weakened by itself", _is_counted
    ),
    Excuse(
        "LL-AVL-002", "", "what it is for runs once in that region: a budget would block every upgrade", _guards_one
    ),
    Excuse(
        "LL-CLU-053",
        "mapPublicIpOnLaunch",
        "no nodes stand in a pilot light's network; LL-FWL-022 refuses the subnet",
        _stands_without_nodes,
    ),
    *(
        Excuse("LL-POD-021", path, "a role is bound to its account: it asks for it", _is_bound)
        for path in (
            "spec.template.spec.automountServiceAccountToken",
            "spec.jobTemplate.spec.template.spec.automountServiceAccountToken",
        )
    ),
)


def excuse_of(survivor: Mutant, resources: Resources) -> str:
    """Why this one is as good as what it was made of; empty where nothing says so: a gap."""
    assert survivor.resource is not None, "nothing excuses a resource that was added"
    for each in EXCUSES:
        same = (each.rule, each.path) == (survivor.weakening.rule, survivor.weakening.path)
        if same and each.holds(survivor.resource, resources):
            return each.why
    return ""


#: Rules for which no weakening is written -> why.
NOT_WEAKENED = {"LL-AVL-029": "nodes of three zones: two zones would have to go at a time, which its cases do"}
