"""The baseline Pod Security Standard, version 1.35: twelve checks that keep a pod off its node."""

from policies.core.graph import Graph
from policies.core.resource import NotApplicable, Resource, View
from policies.core.rule import Problem, Problems, Severity, rule
from policies.joins.pods import (
    PODS,
    annotations_of,
    containers,
    contexts,
    has_own_users,
    is_node_agent,
    pod_of,
)

LINK = "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
_CAPABILITIES: frozenset[str] = frozenset(
    (
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    )
)
#: What a log collector needs to read files of others, and no more: it opens nothing for writing.
READING: frozenset[str] = frozenset(("DAC_READ_SEARCH",))
_NOTHING = frozenset[str]()
_SELINUX_TYPES = ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")
_SYSCTLS = frozenset(
    (
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.tcp_wmem",
    )
)
_HOOKS = ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop")
_CONFINED = ("RuntimeDefault", "Localhost")
_APPARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/"


@rule(
    "LL-POD-001",
    "No pod runs as a process of a Windows host",
    *PODS,
    severity=Severity.CRITICAL,
    why="A HostProcess container is the node's administrator.",
    fix="leave out windowsOptions.hostProcess",
    link=LINK,
)
def no_host_process(resource: Resource, graph: Graph) -> Problems:
    for context in contexts(pod_of(resource)):
        if context.get("securityContext.windowsOptions.hostProcess"):
            yield Problem(context.at("securityContext.windowsOptions.hostProcess"), "false", True)


@rule(
    "LL-POD-002",
    "Pods share no network, processes or memory with their node",
    *PODS,
    severity=Severity.CRITICAL,
    why="On the node's network no policy holds; among its processes every secret in memory can be read.",
    fix="leave out host_network, host_pid and host_ipc",
    link=LINK,
)
def no_host_namespaces(resource: Resource, graph: Graph) -> Problems:
    pod = pod_of(resource)
    for name in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(name):
            yield Problem(pod.at(name), "false", pod.get(name))


@rule(
    "LL-POD-003",
    "No container is privileged",
    *PODS,
    severity=Severity.CRITICAL,
    why="A privileged container is root on its node, and so on every pod beside it.",
    fix='security_context={"privileged": False}',
    link=LINK,
)
def not_privileged(resource: Resource, graph: Graph) -> Problems:
    for container in containers(pod_of(resource)):
        if container.get("securityContext.privileged"):
            yield Problem(container.at("securityContext.privileged"), "false", True)


@rule(
    "LL-POD-004",
    "Containers add no capability beyond the baseline",
    *PODS,
    severity=Severity.CRITICAL,
    why="SYS_ADMIN, NET_ADMIN and their like undo the container's walls.",
    fix='security_context={"capabilities": {"drop": ["ALL"]}}',
    link=LINK,
)
def baseline_capabilities(resource: Resource, graph: Graph) -> Problems:
    allowed = _CAPABILITIES | (READING if is_node_agent(resource, graph) else _NOTHING)
    for container in containers(pod_of(resource)):
        extra = sorted(set(container.texts("securityContext.capabilities.add")) - allowed)
        if extra:
            yield Problem(container.at("securityContext.capabilities.add"), "capabilities of the baseline", extra)


@rule(
    "LL-POD-005",
    "Only node agents mount paths of their node",
    *PODS,
    severity=Severity.CRITICAL,
    why="The node's file system holds the kubelet's credentials and the volumes of every pod.",
    fix="use a persistent volume claim, or put the agent's DaemonSet in the namespace for node agents",
    link=LINK,
)
def no_host_paths(resource: Resource, graph: Graph) -> Problems:
    if is_node_agent(resource, graph):
        raise NotApplicable("a node agent in the namespace for them; LL-POD-033 and LL-POD-034 judge its mounts")
    for volume in pod_of(resource).each("volumes"):
        if volume.get("hostPath") is not None:
            yield Problem(volume.at("hostPath"), "no path of the node", volume.get("hostPath.path"))


@rule(
    "LL-POD-006",
    "No container takes a port of its node",
    *PODS,
    severity=Severity.HIGH,
    why="A host port goes around Services and their policies, and two such pods never fit on one node.",
    fix="leave out host_port; a Service reaches the pod",
    link=LINK,
)
def no_host_ports(resource: Resource, graph: Graph) -> Problems:
    for container in containers(pod_of(resource)):
        for port in container.each("ports"):
            if port.get("hostPort", 0) != 0:
                yield Problem(port.at("hostPort"), "none", port.get("hostPort"))


@rule(
    "LL-POD-007",
    "Probes and lifecycle hooks ask their own pod only",
    *PODS,
    severity=Severity.MEDIUM,
    why="With `host` the kubelet, which no network policy holds, calls whatever address the pod's author likes.",
    fix="leave out http_get.host and tcp_socket.host",
    link=LINK,
)
def probes_stay_inside(resource: Resource, graph: Graph) -> Problems:
    for container in containers(pod_of(resource)):
        for hook in _HOOKS:
            for how in ("httpGet", "tcpSocket"):
                if host := container.get(f"{hook}.{how}.host"):
                    yield Problem(container.at(f"{hook}.{how}.host"), "none", host)


@rule(
    "LL-POD-008",
    "AppArmor is not switched off",
    *PODS,
    severity=Severity.HIGH,
    why="Unconfined takes away the profile that the container runtime lays over every container.",
    fix='security_context={"app_armor_profile": {"type": "RuntimeDefault"}}',
    link=LINK,
)
def apparmor_stays(resource: Resource, graph: Graph) -> Problems:
    for context in contexts(pod_of(resource)):
        yield from _profile(context, "securityContext.appArmorProfile.type")
    for name, profile in annotations_of(resource).items():
        fine = profile in ("", "runtime/default") or str(profile).startswith("localhost/")
        if name.startswith(_APPARMOR_ANNOTATION) and not fine:
            yield Problem(f"metadata.annotations[{name}]", "runtime/default or localhost/*", profile)


@rule(
    "LL-POD-009",
    "SELinux labels stay those of containers",
    *PODS,
    severity=Severity.HIGH,
    why="Another type, user or role is another set of permissions on the node.",
    fix="leave out se_linux_options",
    link=LINK,
)
def selinux_stays(resource: Resource, graph: Graph) -> Problems:
    for context in contexts(pod_of(resource)):
        at = "securityContext.seLinuxOptions"
        if (found := context.get(f"{at}.type", "")) not in _SELINUX_TYPES:
            yield Problem(context.at(f"{at}.type"), "a type of containers", found)
        for part in ("user", "role"):
            if found := context.get(f"{at}.{part}"):
                yield Problem(context.at(f"{at}.{part}"), "none", found)


@rule(
    "LL-POD-010",
    "/proc is masked, unless the pod has users of its own",
    *PODS,
    severity=Severity.HIGH,
    why="An unmasked /proc shows and changes the node's kernel.",
    fix="leave out proc_mount",
    link=LINK,
)
def proc_masked(resource: Resource, graph: Graph) -> Problems:
    pod = pod_of(resource)
    if has_own_users(pod):
        raise NotApplicable("the pod has a user namespace of its own")
    yield from default_proc_mount(pod)


def default_proc_mount(pod: View) -> Problems:
    for container in containers(pod):
        if (found := container.get("securityContext.procMount", "Default")) not in ("", "Default"):
            yield Problem(container.at("securityContext.procMount"), "Default", found)


@rule(
    "LL-POD-011",
    "Seccomp is not switched off",
    *PODS,
    severity=Severity.HIGH,
    why="Unconfined opens every system call of the kernel to whoever gets into the container.",
    fix='security_context={"seccomp_profile": {"type": "RuntimeDefault"}}',
    link=LINK,
)
def seccomp_stays(resource: Resource, graph: Graph) -> Problems:
    for context in contexts(pod_of(resource)):
        yield from _profile(context, "securityContext.seccompProfile.type")


@rule(
    "LL-POD-012",
    "Only safe kernel parameters are set",
    *PODS,
    severity=Severity.HIGH,
    why="The others are the node's own, and with them those of every pod on it.",
    fix="set the parameter on the nodes, or do without it",
    link="https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/",
)
def safe_sysctls(resource: Resource, graph: Graph) -> Problems:
    for sysctl in pod_of(resource).each("securityContext.sysctls"):
        if sysctl.get("name") not in _SYSCTLS:
            yield Problem(sysctl.at("name"), "a parameter that belongs to the pod alone", sysctl.get("name"))


def _profile(context: View, at: str) -> Problems:
    found = context.get(at)
    if found is not None and found not in _CONFINED:
        yield Problem(context.at(at), "RuntimeDefault or Localhost", found)
