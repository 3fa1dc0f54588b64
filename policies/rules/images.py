"""Images: which one runs is certain, it comes from a registry of ours, and the registry guards it."""

import json
import re
from typing import Any, cast

from policies.context import context_of
from policies.core.graph import Graph
from policies.core.resource import NotApplicable, Resource, UnknownValue, View
from policies.core.rule import Problem, Problems, Severity, rule, stack_rule
from policies.joins.pods import PODS, containers, pod_of

_REPOSITORY = "aws:ecr/repository:Repository"
_CACHE = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule"
_POLICIES = ("aws:ecr/repositoryPolicy:RepositoryPolicy", "aws:ecr/registryPolicy:RegistryPolicy")
#: What a build of this stack makes: its reference is an output and carries the digest that was pushed.
_BUILT = (
    "docker:index/registryImage:RegistryImage",
    "docker:index/image:Image",
    "docker-build:index:Image",
    "docker-build:index:Index",
)
_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
_TAG = re.compile(r":[\w][\w.-]*$")
_OURS = re.compile(r"^(?P<account>\d{12})\.dkr\.ecr(?:-fips)?\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/")
_UPSTREAMS = ("registry.k8s.io", "quay.io", "public.ecr.aws", "ghcr.io", "registry-1.docker.io")
_ECR = "https://docs.aws.amazon.com/AmazonECR/latest/userguide"
_PRACTICES = "https://docs.aws.amazon.com/eks/latest/best-practices/image-security.html"


def _image(container: View, resource: Resource, graph: Graph) -> str | None:
    """The reference; None where it is not known yet but comes from an image that this stack builds."""
    try:
        return str(container.get("image", ""))
    except UnknownValue:
        top = container.path.split(".")[0].split("[")[0]
        if graph.referred(resource, top, *_BUILT):
            return None
        raise


@rule(
    "LL-IMG-001",
    "Images are named by their digest",
    *PODS,
    severity=Severity.CRITICAL,
    why="A tag can be moved: what was tested and what runs on the next node are then two different programs.",
    fix="registry/name:1.4@sha256:...; of an image that this stack builds, its `ref` or `repo_digest`",
    link=_PRACTICES,
)
def pinned(resource: Resource, graph: Graph) -> Problems:
    """Staging tries releases by their tags, which do not move in a registry of ours (LL-IMG-005)."""
    system = context_of(graph).system
    staging = system is not None and not system.production
    for container in containers(pod_of(resource)):
        image = _image(container, resource, graph)
        tried_out = staging and image is not None and _OURS.match(image) and _TAG.search(image)
        if image is not None and not _DIGEST.search(image) and not tried_out:
            yield Problem(container.at("image"), "a reference that ends in @sha256:<64 digits>", image or None)


@rule(
    "LL-IMG-002",
    "Images come from a private registry of ours",
    *PODS,
    severity=Severity.HIGH,
    why="A public registry can be slow, empty or taken over on the night when pods must start somewhere else.",
    fix="images.reference(name): our repositories, or the pull-through cache",
    link=f"{_ECR}/pull-through-cache.html",
)
def from_our_registry(resource: Resource, graph: Graph) -> Problems:
    for container in containers(pod_of(resource)):
        image = _image(container, resource, graph)
        if image is not None and not _OURS.match(image):
            yield Problem(container.at("image"), "<account>.dkr.ecr.<region>.amazonaws.com/...", image or None)


@rule(
    "LL-IMG-003",
    "No image is called latest",
    *PODS,
    severity=Severity.MEDIUM,
    why="Nobody on duty can tell from it which release runs, nor which one to go back to.",
    fix="a tag with the release's version",
    link=_PRACTICES,
)
def not_latest(resource: Resource, graph: Graph) -> Problems:
    for container in containers(pod_of(resource)):
        image = _image(container, resource, graph)
        if image is None:
            continue
        name = image.partition("@")[0].rsplit("/", 1)[-1]
        if name.endswith(":latest") or (":" not in name and "@" not in image):
            yield Problem(container.at("image"), "a tag with a version", image or None)


@rule(
    "LL-IMG-004",
    "Images are pulled with the node's rights each time they are needed",
    *PODS,
    severity=Severity.MEDIUM,
    why="`Never` runs whatever happens to lie on the node under that name.",
    fix="leave out image_pull_policy, or IfNotPresent",
    link="https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy",
)
def pulled(resource: Resource, graph: Graph) -> Problems:
    for container in containers(pod_of(resource)):
        if container.get("imagePullPolicy") == "Never":
            yield Problem(container.at("imagePullPolicy"), "IfNotPresent or Always", "Never")


@rule(
    "LL-IMG-005",
    "Tags in our registry cannot be moved",
    _REPOSITORY,
    severity=Severity.HIGH,
    why="Whoever may push could otherwise put another program under the name of a release.",
    fix='image_tag_mutability="IMMUTABLE"',
    link=f"{_ECR}/image-tag-mutability.html",
)
def tags_stay(repository: Resource, graph: Graph) -> Problems:
    found = repository.get("imageTagMutability")
    if found != "IMMUTABLE":
        yield Problem("imageTagMutability", "IMMUTABLE", found)


@rule(
    "LL-IMG-006",
    "Images are scanned as they are pushed",
    _REPOSITORY,
    severity=Severity.HIGH,
    why="A known hole is found before the release, not after the break-in.",
    fix='image_scanning_configuration={"scan_on_push": True}',
    link=f"{_ECR}/image-scanning.html",
)
def scanned(repository: Resource, graph: Graph) -> Problems:
    found = repository.get("imageScanningConfiguration.scanOnPush")
    if found is not True:
        yield Problem("imageScanningConfiguration.scanOnPush", "true", found)


@rule(
    "LL-IMG-007",
    "Images are encrypted under a customer key",
    _REPOSITORY,
    severity=Severity.MEDIUM,
    why="Images hold our code and how it is configured.",
    fix='encryption_configurations=[{"encryption_type": "KMS", "kms_key": key.arn}]',
    link=f"{_ECR}/encryption-at-rest.html",
)
def images_encrypted(repository: Resource, graph: Graph) -> Problems:
    kinds = [str(each.get("encryptionType", "")) for each in repository.each("encryptionConfigurations")]
    if not kinds or any(kind not in ("KMS", "KMS_DSSE") for kind in kinds):
        yield Problem("encryptionConfigurations[0].encryptionType", "KMS", ", ".join(kinds) or None)
    for each in repository.each("encryptionConfigurations"):
        if not graph.referred(repository, "encryptionConfigurations") and not each.get("kmsKey"):
            yield Problem(each.at("kmsKey"), "a customer key", None)


@rule(
    "LL-IMG-008",
    "Old images are removed",
    _REPOSITORY,
    severity=Severity.LOW,
    why="What nobody will go back to is only there to be started by mistake, with all its known holes.",
    fix="aws.ecr.LifecyclePolicy(repository=repository.name, policy=...)",
    link=f"{_ECR}/LifecyclePolicies.html",
)
def old_ones_go(repository: Resource, graph: Graph) -> Problems:
    if not list(graph.referring(repository, "repository", "aws:ecr/lifecyclePolicy:LifecyclePolicy")):
        yield Problem("", "a lifecycle policy", "none")


@rule(
    "LL-IMG-009",
    "Nobody outside reads or writes our images",
    *_POLICIES,
    severity=Severity.CRITICAL,
    why="A principal of `*` is every AWS account there is.",
    fix="name accounts or roles, or limit by aws:PrincipalOrgID",
    link=f"{_ECR}/repository-policies.html",
)
def not_public(policy: Resource, graph: Graph) -> Problems:
    document = cast("dict[str, Any]", json.loads(policy.get("policy", "{}")))
    for index, statement in enumerate(View(document).each("Statement")):
        principals = {*statement.texts("Principal.AWS"), *statement.texts("Principal")}
        if statement.get("Effect") == "Allow" and "*" in principals and not statement.get("Condition"):
            yield Problem(f"policy.Statement[{index}].Principal", "named principals", "*")


@stack_rule(
    "LL-IMG-010",
    "Nothing is put into a public registry",
    severity=Severity.HIGH,
    why="A public repository shows the world what runs here.",
    fix="aws.ecr.Repository",
    link=_PRACTICES,
)
def no_public_registry(graph: Graph) -> Problems:
    for repository in graph.of("aws:ecrpublic/repository:Repository"):
        yield Problem("repositoryName", "a private repository", f"the public one {repository.name}", repository)


@rule(
    "LL-IMG-011",
    "Caches ask registries that are known",
    _CACHE,
    severity=Severity.MEDIUM,
    why="Whatever the cache asks is run under our name.",
    fix='upstream_registry_url="registry.k8s.io"',
    link=f"{_ECR}/pull-through-cache.html",
)
def known_upstreams(cache: Resource, graph: Graph) -> Problems:
    found = cache.get("upstreamRegistryUrl")
    if found not in _UPSTREAMS:
        yield Problem("upstreamRegistryUrl", " or ".join(_UPSTREAMS), found)


@rule(
    "LL-IMG-012",
    "Images of production are not thrown away with their repository",
    _REPOSITORY,
    severity=Severity.MEDIUM,
    why="Pods that must start on another node could not.",
    fix="force_delete=False",
    link=f"{_ECR}/repository-delete.html",
)
def not_thrown_away(repository: Resource, graph: Graph) -> Problems:
    if repository.get("tags", {}).get("lifeline:environment") == "staging":
        raise NotApplicable("staging is made and taken down")
    if repository.get("forceDelete", False):
        yield Problem("forceDelete", "false", True)
