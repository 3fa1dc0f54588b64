"""Cases of policies/rules/images.py."""

import json
from typing import Any

from tests.policies.cases import UNKNOWN, Cases, Given, Stack, aws, ref, stack
from tests.policies.pods import DIGEST, bare, container, cron_job, deployment, job, pod

ELSEWHERE = stack(topic=aws("sns/topic:Topic"))
_REGISTRY = "111122223333.dkr.ecr.us-east-1.amazonaws.com"
_UNKNOWN_IMAGE = stack(w=deployment(pod({"containers.0.image": UNKNOWN})))
_BUILT = stack(
    i=Given("docker-build:index:Image", {"push": True}),
    w=deployment(pod({"containers.0.image": ref("i.ref")})),
)
_OTHER_OUTPUT = stack(
    i=aws("ssm/parameter:Parameter", name="image"),
    w=deployment(pod({"containers.0.image": ref("i.value")})),
)


def _images(right: list[str], wrong: list[str], *unknown: Stack) -> Cases:
    def failing(image: str) -> list[Stack]:
        bad = container({"image": image})
        return [
            stack(w=deployment(pod({"containers.0": bad}))),
            stack(w=cron_job(pod(also=[bad], of="initContainers"))),
            stack(w=bare(pod(also=[bad], of="ephemeralContainers"))),
        ]

    return Cases(
        passing=[stack(w=job()), _BUILT, *(stack(w=deployment(pod({"containers.0.image": each}))) for each in right)],
        failing=[case for image in wrong for case in failing(image)],
        not_applicable=[ELSEWHERE],
        unknown=[_UNKNOWN_IMAGE, *unknown],
    )


def _repository(**changes: Any) -> Given:
    key = [{"encryptionType": "KMS", "kmsKey": "arn:aws:kms:key"}]
    scanned = {"scanOnPush": True}
    made = {"imageTagMutability": "IMMUTABLE", "imageScanningConfiguration": scanned, "encryptionConfigurations": key}
    return aws("ecr/repository:Repository", name="web", **{**made, **changes})


def _property(name: str, wrong: list[Any], *right: Any) -> Cases:
    return Cases(
        passing=[stack(r=_repository()), *(stack(r=_repository(**{name: each})) for each in right)],
        failing=[stack(r=_repository(**{name: each})) for each in wrong],
        not_applicable=[ELSEWHERE],
        unknown=[stack(r=_repository(**{name: UNKNOWN}))],
    )


def _policy(principal: Any, kind: str = "repositoryPolicy:RepositoryPolicy", **more: Any) -> Given:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "ecr:BatchGetImage", **more}
    return aws(f"ecr/{kind}", policy=json.dumps({"Statement": [statement]}))


def _cache(upstream: Any) -> Given:
    return aws("ecr/pullThroughCacheRule:PullThroughCacheRule", upstreamRegistryUrl=upstream)


def _lifecycle(repository: Any) -> Given:
    return aws("ecr/lifecyclePolicy:LifecyclePolicy", repository=repository, policy="{}")


_STAGING = {"lifeline:system": "being", "lifeline:environment": "staging"}

_TAGGED = deployment(pod({"containers.0.image": f"{_REGISTRY}/web:1.4"}))
_PUBLIC_TAG = deployment(pod({"containers.0.image": "nginx:1.4"}))
_PRODUCTION = {**_STAGING, "lifeline:environment": "production"}
_PINNED = _images(
    [f"elsewhere.example/web@{DIGEST}"],
    [f"{_REGISTRY}/web:1.4", f"{_REGISTRY}/web@sha256:abc", "nginx"],
    _OTHER_OUTPUT,
)

CASES = {
    "LL-IMG-001": Cases(
        passing=[*_PINNED.passing, stack(r=_repository(tags=_STAGING), w=_TAGGED)],
        failing=[
            *_PINNED.failing,
            stack(r=_repository(tags=_PRODUCTION), w=_TAGGED),
            stack(r=_repository(tags=_STAGING), w=_PUBLIC_TAG),
        ],
        not_applicable=_PINNED.not_applicable,
        unknown=_PINNED.unknown,
    ),
    "LL-IMG-002": _images(
        [f"{_REGISTRY}/quay/prometheus:v3@{DIGEST}"],
        [f"docker.io/library/nginx:1@{DIGEST}", f"quay.io/x/y@{DIGEST}", "nginx", f"public.ecr.aws/x/y@{DIGEST}"],
    ),
    "LL-IMG-003": _images(
        [f"{_REGISTRY}/web@{DIGEST}", "registry:5000/web:1"],
        [f"{_REGISTRY}/web:latest@{DIGEST}", "nginx:latest", "nginx"],
    ),
    "LL-IMG-004": Cases(
        passing=[stack(w=deployment()), stack(w=deployment(pod({"containers.0.imagePullPolicy": "Always"})))],
        failing=[
            stack(w=deployment(pod({"containers.0.imagePullPolicy": "Never"}))),
            stack(w=job(pod(also=[container({"imagePullPolicy": "Never"})], of="initContainers"))),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(w=deployment(pod({"containers": UNKNOWN})))],
    ),
    "LL-IMG-005": _property("imageTagMutability", [None, "MUTABLE"]),
    "LL-IMG-006": _property("imageScanningConfiguration", [None, {"scanOnPush": False}]),
    "LL-IMG-007": _property(
        "encryptionConfigurations",
        [None, [{"encryptionType": "AES256"}], [{"encryptionType": "KMS"}]],
        [{"encryptionType": "KMS_DSSE", "kmsKey": "k"}],
    ),
    "LL-IMG-008": Cases(
        passing=[
            stack(r=_repository(), p=_lifecycle(ref("r.name"))),
            stack(r=_repository(), p=_lifecycle("web")),
        ],
        failing=[stack(r=_repository()), stack(r=_repository(), p=_lifecycle("other"))],
        not_applicable=[ELSEWHERE],
        without={"unknown": "which repository a policy is for is known by reference or by name"},
    ),
    "LL-IMG-009": Cases(
        passing=[
            stack(p=_policy({"AWS": "arn:aws:iam::111122223333:root"})),
            stack(p=_policy("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})),
            stack(p=_policy("*", Effect="Deny")),
        ],
        failing=[
            stack(p=_policy("*")),
            stack(p=_policy({"AWS": "*"})),
            stack(p=_policy({"AWS": ["arn:aws:iam::1:root", "*"]}, "registryPolicy:RegistryPolicy")),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(p=aws("ecr/repositoryPolicy:RepositoryPolicy", policy=UNKNOWN))],
    ),
    "LL-IMG-010": Cases(
        passing=[ELSEWHERE],
        failing=[
            stack(r=aws("ecrpublic/repository:Repository", repositoryName="web")),
            stack(r=aws("ecrpublic/repository:Repository", repositoryName=UNKNOWN)),
        ],
        without={
            "not_applicable": "every stack has or has not such a repository",
            "unknown": "whether there is one is always known",
        },
    ),
    "LL-IMG-011": Cases(
        passing=[stack(c=_cache("registry.k8s.io")), stack(c=_cache("quay.io"))],
        failing=[stack(c=_cache("registry.example.com")), stack(c=_cache("gcr.io"))],
        not_applicable=[ELSEWHERE],
        unknown=[stack(c=_cache(UNKNOWN))],
    ),
    "LL-IMG-012": Cases(
        passing=[stack(r=_repository()), stack(r=_repository(forceDelete=False))],
        failing=[
            stack(r=_repository(forceDelete=True)),
            stack(r=_repository(forceDelete=True, tags={**_STAGING, "lifeline:environment": "production"})),
        ],
        not_applicable=[ELSEWHERE, stack(r=_repository(forceDelete=True, tags=_STAGING))],
        unknown=[stack(r=_repository(forceDelete=UNKNOWN))],
    ),
}
