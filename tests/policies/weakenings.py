"""Which property is weakened how, and by which rule that is to be seen; what is left out, with its reason."""

from tests.policies.weakenings_account import ACCOUNT
from tests.policies.weakenings_data import DATA
from tests.policies.weakenings_kubernetes import KUBERNETES
from tests.policies.weakenings_network import NETWORK
from tests.policies.weakenings_platform import PLATFORM

WEAKENINGS = (*DATA, *ACCOUNT, *NETWORK, *KUBERNETES, *PLATFORM)

#: Survivors that are none: (rule, path) -> why the weakened stack is as good as before.
EQUIVALENT = {
    ("LL-ENC-001", "storageEncrypted"): "a replica is encrypted as its source is, whatever it says itself",
    ("LL-AUD-016", "alarmActions"): "it is combined into an alarm that does act",
    ("LL-AVL-001", "spec.replicas"): "an autoscaler counts them: the least of it is weakened by itself",
    ("LL-AVL-002", ""): "what it is for runs once in that region: a budget would block every upgrade",
    ("LL-CLU-053", "mapPublicIpOnLaunch"): "no nodes stand in a pilot light's network; LL-FWL-022 refuses the subnet",
    ("LL-POD-021", "spec.template.spec.automountServiceAccountToken"): "a role is bound to its account: it asks for it",
}

#: Rules for which no weakening is written -> why.
NOT_WEAKENED = {"LL-AVL-029": "nodes of three zones: two zones would have to go at a time, which its cases do"}
