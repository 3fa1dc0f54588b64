"""Every image a machine pulls comes from this account's registry: our releases, and caches of what others build.

Images of public registries that ask for no login are cached as they are pulled; those of Docker Hub, which does, are
copied into repositories of ours by whoever releases. Costs a month, us-east-1 list price of 2026-11: 0.10 USD a GB.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.naming import Naming
from systems.model import System

#: What the cluster itself needs beside its add-ons. The digest is that of the multi-platform index.
CLUSTER_IMAGES: Mapping[str, str] = {
    "cluster-autoscaler": "registry.k8s.io/autoscaling/cluster-autoscaler:v1.35.2"
    "@sha256:aac369dc283927a623deb1af54696efcc722ae79255aa07788422e495bab887d",
}
#: Registries that a cache may ask without a login, and the prefix of their repositories here.
CACHED = {"registry.k8s.io": "kubernetes", "quay.io": "quay", "public.ecr.aws": "ecr-public"}
_REFERENCE = re.compile(r"(?P<repository>[^:@]+(?::\d+/[^:@]+)?)(?P<version>(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?)")
#: Releases that can be gone back to; older images than these are removed.
_IMAGES_KEPT = 100


@dataclass(frozen=True, kw_only=True)
class ImagesArgs:
    """`releases` and `third_party`: references by name, as a stack file or a build gives them."""

    system: System
    account_id: str
    region: str
    key_arn: pulumi.Input[str]
    """The cluster key."""
    releases: Mapping[str, str]
    third_party: Mapping[str, str]


class Images(pulumi.ComponentResource):
    """`reference(name)` is what goes into a pod. Tags cannot be moved, and every push is scanned."""

    def __init__(self, name: str, args: ImagesArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Images", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._third_party = {**CLUSTER_IMAGES, **args.third_party}
        self._child = ResourceOptions(parent=self)
        self._cache()
        for repository in self._repositories():
            self._create_repository(repository)
        self.register_outputs({"registry": self.registry})

    @property
    def registry(self) -> str:
        return f"{self._args.account_id}.dkr.ecr.{self._args.region}.amazonaws.com"

    def reference(self, image: str) -> str:
        """Of a release by its name in the spec, or of a third party's image by its name in our tables."""
        if image in self._args.releases:
            return self.release(image, self._args.releases[image])
        if image in self._third_party:
            repository, version = _parts(self._third_party[image])
            return f"{self.registry}/{self._here(repository)}{version}"
        known = ", ".join(sorted({*self._args.releases, *self._third_party}))
        raise KeyError(f"no image {image!r}; there are {known}")

    def release(self, image: str, given: str) -> str:
        """One certain version of an image of ours: a copy has the digest of its original."""
        return f"{self.registry}/{self._naming.path(image)}{_parts(given)[1]}"

    def _here(self, repository: str) -> str:
        host, _, path = repository.partition("/")
        return f"{CACHED[host]}/{path}" if host in CACHED else self._naming.path("copies", path)

    def _repositories(self) -> list[str]:
        """Made before the first pull, so that they are born encrypted and immutable."""
        others = {self._here(_parts(reference)[0]) for reference in self._third_party.values()}
        return sorted({*(self._naming.path(image) for image in (*self._args.releases, "platform")), *others})

    def _cache(self) -> None:
        for upstream, prefix in CACHED.items():
            aws.ecr.PullThroughCacheRule(
                f"{self._name}-cache-{prefix}",
                ecr_repository_prefix=prefix,
                upstream_registry_url=upstream,
                opts=self._child,
            )

    def _create_repository(self, repository: str) -> None:
        production = self._args.system.production
        role = repository.replace("/", "-").replace("_", "-").replace(".", "-")
        made = aws.ecr.Repository(
            f"{self._name}-{role}",
            name=repository,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "KMS", "kms_key": self._args.key_arn}],
            force_delete=not production,
            tags=self._naming.tags("images"),
            opts=ResourceOptions(parent=self, protect=production),
        )
        newest = {
            "rulePriority": 1,
            "description": f"the newest {_IMAGES_KEPT}",
            "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": _IMAGES_KEPT},
            "action": {"type": "expire"},
        }
        aws.ecr.LifecyclePolicy(
            f"{self._name}-{role}-lifecycle",
            repository=made.name,
            policy=json.dumps({"rules": [newest]}),
            opts=self._child,
        )


def _parts(reference: str) -> tuple[str, str]:
    """Repository, and tag and digest with their marks."""
    matched = _REFERENCE.fullmatch(reference)
    if not matched or not matched["version"]:
        raise ValueError(f"image {reference!r}: a repository with a tag or a digest is wanted")
    return matched["repository"], matched["version"]
