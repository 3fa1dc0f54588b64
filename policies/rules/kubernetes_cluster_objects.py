"""Services, storage and settings inside a cluster: nothing public around the edge, nothing hidden, nothing in clear."""

import re

from policies.context import context_of
from policies.core.graph import Graph
from policies.core.resource import NotApplicable, Resource
from policies.core.rule import Binds, Problem, Problems, Severity, rule, stack_rule
from policies.joins.pods import SERVICE

_STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass"
_CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
_INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"
_RELEASE = "kubernetes:helm.sh/v3:Release"
_CREDENTIALS = (
    re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"),
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    re.compile(r"\b(?:postgres(?:ql)?|redis|amqp|mongodb)(?:\+\w+)?://[^:/\s$]+:[^@\s$%{]{6,}@"),
    re.compile(r"\bxox[abp]-[A-Za-z0-9-]{10,}"),
    re.compile(r"\bsk-[A-Za-z0-9_-]{20,}"),
)
_SECRET_MAKERS = (
    "aws:iam/accessKey:AccessKey",
    "aws:secretsmanager/secretVersion:SecretVersion",
    "random:index/randomBytes:RandomBytes",
    "random:index/randomPassword:RandomPassword",
    "tls:index/privateKey:PrivateKey",
)
#: A tag of volumes in the parameters of their class.
_DRILLS = "lifeline:component=drills"


@rule(
    "LL-CLU-060",
    "No Service makes a public balancer",
    SERVICE,
    severity=Severity.CRITICAL,
    why="It would be a second way in, around the web firewall, the certificate and the crisis page.",
    fix="type ClusterIP, behind the balancer of the stack",
    link="https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html",
)
def no_public_balancer(service: Resource, graph: Graph) -> Problems:
    if service.get("spec.type") == "LoadBalancer":
        yield Problem("spec.type", "ClusterIP, or NodePort behind the stack's own balancer", "LoadBalancer")


@rule(
    "LL-CLU-061",
    "No Service claims addresses of others",
    SERVICE,
    severity=Severity.HIGH,
    why="externalIPs take over traffic for any address (CVE-2020-8554).",
    fix="leave out external_ips",
    link="https://github.com/kubernetes/kubernetes/issues/97076",
)
def no_external_addresses(service: Resource, graph: Graph) -> Problems:
    if found := service.texts("spec.externalIPs"):
        yield Problem("spec.externalIPs", "none", found)


@rule(
    "LL-CLU-062",
    "Volumes are encrypted under a customer key",
    _STORAGE_CLASS,
    severity=Severity.CRITICAL,
    why="They hold sessions, queues and logs; whoever copies a snapshot of one reads it.",
    fix='parameters={"encrypted": "true", "kmsKeyId": key.arn}',
    link="https://docs.aws.amazon.com/eks/latest/userguide/ebs-csi.html",
)
def volumes_encrypted(storage: Resource, graph: Graph) -> Problems:
    if str(storage.get("provisioner")) != "ebs.csi.aws.com":
        yield Problem("provisioner", "ebs.csi.aws.com", storage.get("provisioner"))
    parameters = storage.get("parameters", {})
    if str(parameters.get("encrypted", "")).lower() != "true":
        yield Problem("parameters.encrypted", "true", parameters.get("encrypted"))
    if not parameters.get("kmsKeyId"):
        yield Problem("parameters.kmsKeyId", "a customer key", None)


@rule(
    "LL-CLU-063",
    "Volumes outlive a mistake",
    _STORAGE_CLASS,
    severity=Severity.MEDIUM,
    why="With Delete, whoever deletes a claim deletes the data.",
    fix='reclaim_policy="Retain"',
    link="https://kubernetes.io/docs/concepts/storage/storage-classes/#reclaim-policy",
    binds=Binds.ADVICE,
)
def volumes_kept(storage: Resource, graph: Graph) -> Problems:
    system = context_of(graph).system
    if system is not None and not system.production:
        raise NotApplicable("staging is made and taken down")
    if _DRILLS in storage.get("parameters", {}).values():
        raise NotApplicable("its volumes hold restored copies and go with the drill")
    found = storage.get("reclaimPolicy", "Delete")
    if found != "Retain":
        yield Problem("reclaimPolicy", "Retain", found)


@rule(
    "LL-CLU-064",
    "Volumes are made where their pod runs",
    _STORAGE_CLASS,
    severity=Severity.MEDIUM,
    why="A disk stands in one zone: made before its pod is placed, it may stand where no node has room.",
    fix='volume_binding_mode="WaitForFirstConsumer"',
    link="https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode",
)
def volumes_follow_pods(storage: Resource, graph: Graph) -> Problems:
    found = storage.get("volumeBindingMode", "Immediate")
    if found != "WaitForFirstConsumer":
        yield Problem("volumeBindingMode", "WaitForFirstConsumer", found)


@rule(
    "LL-CLU-065",
    "No ConfigMap holds credentials",
    _CONFIG_MAP,
    severity=Severity.CRITICAL,
    why="ConfigMaps are neither encrypted nor guarded, and stand in the engine's state in clear.",
    fix="a secret of Secrets Manager, mounted by the CSI driver",
    link="https://kubernetes.io/docs/concepts/configuration/configmap/",
)
def no_credentials(settings: Resource, graph: Graph) -> Problems:
    """A text that is made of other resources' outputs holds what they give out: an address, say, of a database."""
    for field in ("data", "binaryData"):
        sources = graph.referred(settings, field)
        if not settings.is_known(field) and sources and not any(each.type in _SECRET_MAKERS for each in sources):
            continue
        for name, text in settings.get(field, {}).items():
            if any(pattern.search(str(text)) for pattern in _CREDENTIALS):
                yield Problem(f"{field}[{name}]", "no credentials", "something that looks like one")


@rule(
    "LL-CLU-066",
    "Nothing comes in through an ingress of its own",
    _INGRESS,
    severity=Severity.HIGH,
    why="ingress-nginx gets no more fixes, and its snippets run whatever configuration their author likes.",
    fix="a path of the stack's balancer",
    link="https://kubernetes.io/blog/2025/11/11/ingress-nginx-retirement/",
)
def no_retired_ingress(ingress: Resource, graph: Graph) -> Problems:
    annotations: dict[str, str] = ingress.get("metadata.annotations", {})
    chosen = ingress.get("spec.ingressClassName") or annotations.get("kubernetes.io/ingress.class")
    if chosen in (None, "nginx"):
        yield Problem("spec.ingressClassName", "a class that is maintained", chosen)
    for name in sorted(annotations):
        if name.startswith("nginx.ingress.kubernetes.io/") and name.endswith("-snippet"):
            yield Problem(f"metadata.annotations[{name}]", "no snippet", "one")


@stack_rule(
    "LL-CLU-067",
    "Nothing is installed that this pack cannot see",
    severity=Severity.MEDIUM,
    why="What a Helm release makes is not in the stack: no rule here judges its pods, roles and services.",
    fix="kubernetes.helm.v4.Chart, whose objects are resources of the stack",
    link="https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/choosing-the-right-helm-resource-for-your-use-case/",
)
def nothing_hidden(graph: Graph) -> Problems:
    for release in graph.of(_RELEASE):
        yield Problem("chart", "objects of the stack itself", f"the Helm release {release.name}", release)
