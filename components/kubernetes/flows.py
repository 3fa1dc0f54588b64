"""Who may talk to whom, as a table: each flow becomes an egress policy at its origin and an ingress policy at its end.

Everything else is refused both ways. Ports are those of pods, not of Services: policies see packets after translation.
Names of peers are values of `lifeline.dev/workload` (labels.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from components.aws import addressing
from components.kubernetes.labels import WORKLOAD, Agent, Infrastructure, InNamespace
from rendering import environment, pgbouncer
from rendering.haproxy.surroundings import HTTP_PORT, HTTPS_PORT, METRICS_PORT, PEERS_PORT
from systems.model import JobTime, System

#: Ports of pods, none below 1024 since nothing runs as root.
BALANCER_HTTP, BALANCER_HTTPS, BALANCER_METRICS = HTTP_PORT, HTTPS_PORT, METRICS_PORT
CACHE, CACHE_METRICS, SENTINEL, POSTGRES = 6379, 9121, 26379, 5432
POOLER_METRICS = pgbouncer.METRICS_PORT
ALERTMANAGER_GOSSIP, NODE_EXPORTER, LOG_COLLECTOR, LOKI_GOSSIP = 9094, 9100, 3101, 7946
PUSHGATEWAY, KUBELET = 9091, 10250
HTTPS, NAME_RESOLUTION = 443, 53
#: Where pods fetch the credentials of their AWS role (EKS Pod Identity agent, on every node).
POD_IDENTITY, POD_IDENTITY_PORT = "169.254.170.23/32", 80
#: Any address but those of the instance itself: credentials of the node are no pod's business.
ANYWHERE, INSTANCE_METADATA = "0.0.0.0/0", "169.254.0.0/16"

Json = dict[str, object]


@dataclass(frozen=True)
class Pods:
    """Pods of some workloads in a namespace; with no workload named, all of it."""

    namespace: str
    workloads: tuple[str, ...] = ()

    @property
    def selector(self) -> Json:
        if not self.workloads:
            return {}
        return {"match_expressions": [{"key": WORKLOAD, "operator": "In", "values": sorted(self.workloads)}]}

    @property
    def peer(self) -> Json:
        there: Json = {"namespace_selector": {"match_labels": {"kubernetes.io/metadata.name": self.namespace}}}
        return {**there, "pod_selector": self.selector} if self.workloads else there


@dataclass(frozen=True)
class Addresses:
    """What is no pod: subnets of ours, or the world."""

    cidrs: tuple[str, ...]
    but: tuple[str, ...] = ()

    @property
    def peers(self) -> list[Json]:
        return [
            {"ip_block": {"cidr": cidr, **({"except_": list(self.but)} if self.but else {})}} for cidr in self.cidrs
        ]


@dataclass(frozen=True)
class Flow:
    """One permitted way. `why` is written on the policies it becomes."""

    name: str
    origin: Pods | Addresses
    end: Pods | Addresses
    ports: tuple[int, ...]
    why: str
    protocols: tuple[str, ...] = ("TCP",)


@dataclass(frozen=True)
class Policy:
    """One NetworkPolicy; `spec` in the spelling of pulumi_kubernetes."""

    namespace: str
    name: str
    why: str
    spec: Json


def policies(flows: tuple[Flow, ...]) -> Iterator[Policy]:
    """Both ends of every flow that is a pod's."""
    for flow in flows:
        ports = [{"protocol": protocol, "port": port} for protocol in flow.protocols for port in flow.ports]
        if isinstance(flow.origin, Pods):
            rule = {"to": _peers(flow.end), "ports": ports}
            spec: Json = {"pod_selector": flow.origin.selector, "policy_types": ["Egress"], "egress": [rule]}
            yield Policy(flow.origin.namespace, f"{flow.name}-out", flow.why, spec)
        if isinstance(flow.end, Pods) and flow.end.namespace in tuple(InNamespace):
            rule = {"from_": _peers(flow.origin), "ports": ports}
            spec = {"pod_selector": flow.end.selector, "policy_types": ["Ingress"], "ingress": [rule]}
            yield Policy(flow.end.namespace, f"{flow.name}-in", flow.why, spec)


def _peers(end: Pods | Addresses) -> list[Json]:
    return [end.peer] if isinstance(end, Pods) else end.peers


def flows(system: System) -> tuple[Flow, ...]:
    """Everything that a platform's parts may say to each other and to the world."""
    return (*_names(), *_requests(system), *_data(system), *_watching(system), *_outward(system))


def _platform(*workloads: str) -> Pods:
    return Pods(InNamespace.PLATFORM, workloads)


def _monitoring(*workloads: str) -> Pods:
    return Pods(InNamespace.MONITORING, workloads)


def _names() -> Iterator[Flow]:
    resolver = Pods("kube-system")
    for namespace in InNamespace:
        why = "names are resolved by CoreDNS"
        yield Flow("resolve-names", Pods(namespace), resolver, (NAME_RESOLUTION,), why, ("UDP", "TCP"))


def _requests(system: System) -> Iterator[Flow]:
    inside = Addresses((system.firewall.network_cidr,))
    balancer = _platform(Infrastructure.BALANCER)
    served = [workload for workload in system.workloads if workload.port]
    yield Flow("visitors", inside, balancer, (BALANCER_HTTP, BALANCER_HTTPS), "the load balancer in front of HAProxy")
    for port in sorted({workload.port or 0 for workload in served}):
        names = tuple(workload.name for workload in served if workload.port == port)
        yield Flow(f"requests-{port}", balancer, _platform(*names), (port,), "HAProxy alone speaks to applications")
    yield Flow("counters", balancer, balancer, (PEERS_PORT,), "proxies count a client's requests together")
    dashboards = next((each.port for each in system.monitoring.components if each.name == "grafana"), None)
    if dashboards:
        yield Flow("dashboards", balancer, _monitoring("grafana"), (dashboards,), "Grafana answers behind HAProxy")


def _data(system: System) -> Iterator[Flow]:
    """Applications know `database` and `cache`; what stands behind those names knows the servers."""
    users = (each.name for each in system.workloads if environment.uses_data(system, each))
    everyone = _platform(*users, Infrastructure.JOB)
    balancer, pooler = _platform(Infrastructure.BALANCER), _platform(Infrastructure.POOLER)
    cache, sentinel = _platform(Infrastructure.CACHE), _platform(Infrastructure.SENTINEL)
    servers = Addresses(addressing.divide(system.firewall.network_cidr, system.objectives.zones).data)
    yield Flow("database", everyone, pooler, (POSTGRES,), "`database` is the pooler")
    yield Flow("database-servers", pooler, servers, (POSTGRES,), "the pooler alone knows primary and replicas")
    yield Flow("dumps", _platform(Infrastructure.JOB), servers, (POSTGRES,), "dumps and restores need whole sessions")
    yield Flow("cache", everyone, balancer, (CACHE,), "`cache` is HAProxy, which follows the master")
    yield Flow("cache-servers", balancer, cache, (CACHE,), "HAProxy asks every Redis whether it is the master")
    yield Flow("cache-sentinels", balancer, sentinel, (SENTINEL,), "and the Sentinels who they think it is")
    both = _platform(Infrastructure.CACHE, Infrastructure.SENTINEL)
    yield Flow("replication", both, cache, (CACHE,), "replicas follow the master, Sentinels watch all")
    rotation, endpoints = _platform(Infrastructure.CACHE_ROTATION), Addresses((system.firewall.network_cidr,))
    yield Flow("cache-passwords", rotation, cache, (CACHE,), "every Redis is told its new passwords")
    yield Flow("cache-secrets", rotation, endpoints, (HTTPS,), "Secrets Manager, from inside the network")
    agent = Addresses((POD_IDENTITY,))
    yield Flow("cache-identity", rotation, agent, (POD_IDENTITY_PORT,), "credentials of its AWS role")
    yield Flow("votes", both, sentinel, (SENTINEL,), "Sentinels vote, a starting Redis asks them for the master")


def _watching(system: System) -> Iterator[Flow]:
    everything = _monitoring()
    components = {each.name: each.port for each in system.monitoring.components}
    known = tuple(sorted({*components.values(), ALERTMANAGER_GOSSIP, LOKI_GOSSIP, PUSHGATEWAY}))
    yield Flow("among-monitoring", everything, everything, known, "what watches also watches itself", ("TCP", "UDP"))
    asked: dict[int, list[str]] = {}
    for workload in system.workloads:
        for port in {workload.port, workload.metrics.port if workload.metrics else None} - {None}:
            asked.setdefault(port or 0, []).append(workload.name)
    askers = _monitoring("prometheus", "json-exporter", "blackbox-exporter")
    for port, names in sorted(asked.items()):
        yield Flow(f"metrics-{port}", askers, _platform(*names), (port,), "metrics, JSON endpoints and health")
    balancer = _platform(Infrastructure.BALANCER)
    yield Flow("metrics-balancer", askers, balancer, (BALANCER_METRICS, BALANCER_HTTPS), "metrics, probes of the door")
    cache = _platform(Infrastructure.CACHE, Infrastructure.SENTINEL)
    ports = (CACHE, SENTINEL, CACHE_METRICS)
    yield Flow("metrics-cache", _monitoring("redis-exporter", "prometheus"), cache, ports, "figures of Redis")
    pooler = _platform(Infrastructure.POOLER)
    yield Flow("metrics-database", _monitoring("postgres-exporter"), pooler, (POSTGRES,), "figures of PostgreSQL")
    figures = _monitoring("prometheus")
    yield Flow("metrics-pooler", figures, pooler, (POOLER_METRICS,), "how many clients wait for a connection")
    pushing, pushed = _platform(Infrastructure.JOB), _monitoring("pushgateway")
    yield Flow("figures-of-jobs", pushing, pushed, (PUSHGATEWAY,), "a job that has ended can be asked nothing")
    nodes = Addresses((system.firewall.network_cidr,))
    yield Flow("kubelets", _monitoring("prometheus"), nodes, (KUBELET,), "figures of containers and of their disks")
    servers = Addresses(addressing.divide(system.firewall.network_cidr, system.objectives.zones).data)
    exporter = _monitoring("postgres-exporter")
    yield Flow("metrics-database-servers", exporter, servers, (POSTGRES,), "and of each server, behind the pooler")
    agents, collector = InNamespace.NODE_AGENTS, Agent.LOG_COLLECTOR
    nodes = Pods(agents, (Agent.NODE_EXPORTER, collector))
    yield Flow("metrics-nodes", _monitoring("prometheus"), nodes, (NODE_EXPORTER, LOG_COLLECTOR), "figures of nodes")
    if "loki" in components:
        loki = _monitoring("loki")
        yield Flow("logs", Pods(agents, (collector,)), loki, (components["loki"],), "logs go to Loki")


def _outward(system: System) -> Iterator[Flow]:
    """Port 443 only. Which names may be resolved is the DNS firewall's part: policies know addresses alone."""
    world, identity = Addresses((ANYWHERE,), (INSTANCE_METADATA,)), Addresses((POD_IDENTITY,))
    services = system.application.external_services
    callers = {caller for each in services for caller in each.callers if caller != "monitoring"}
    storing = {each.name for each in system.workloads if each.stores_uploads}
    jobs = {Infrastructure.JOB} if any(each.when is not JobTime.BY_HAND for each in system.application.jobs) else set()
    if outward := callers | storing | jobs:
        yield Flow("outward", _platform(*outward), world, (HTTPS,), "documented external services and AWS")
    if signing := storing | jobs:
        yield Flow("identity", _platform(*signing), identity, (POD_IDENTITY_PORT,), "credentials of their AWS role")
    yield Flow("traffic-state", _platform(Infrastructure.BALANCER), world, (HTTPS,), "the API, for ConfigMap traffic")
    asking_the_api = ("grafana", "kube-state-metrics", "prometheus")
    tellers = _monitoring("alertmanager", "blackbox-exporter", "cloudwatch-exporter", "loki", *asking_the_api)
    yield Flow("notifications", tellers, world, (HTTPS,), "receivers, probes from outside, AWS, the API")
    signing_too = _monitoring("cloudwatch-exporter", "loki", "alertmanager")
    yield Flow("identity", signing_too, identity, (POD_IDENTITY_PORT,), "credentials of their AWS role")
    collector = Pods(InNamespace.NODE_AGENTS, (Agent.LOG_COLLECTOR,))
    yield Flow("log-sources", collector, world, (HTTPS,), "the API, for names of pods; CloudWatch")
