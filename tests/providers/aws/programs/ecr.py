"""Image repositories and the registry in three steps: created, updated, replaced."""

import json

import pulumi_aws as aws

REPLACEMENTS_NOT_SHOWN: dict[str, str] = {}
UPDATES_NOT_SHOWN: dict[str, str] = {}
_SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache"


def program(step: int) -> None:
    if (login := aws.ecr.get_authorization_token()).user_name != "AWS" or not login.password:
        raise AssertionError(f"a registry's user is AWS, with a password; got {login.user_name!r}")
    tags = {"step": str(min(step, 1))}
    repository = aws.ecr.Repository(
        "repository",
        name="app/renamed" if step == 2 else "app/backup",
        image_tag_mutability="MUTABLE" if step == 0 else "IMMUTABLE",
        image_scanning_configuration={"scan_on_push": step > 0},
        force_delete=True,
        tags=tags,
    )
    aws.ecr.LifecyclePolicy("lifecycle", repository=repository.name, policy=_lifecycle(14))
    allow = {"Sid": "pull", "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["ecr:BatchGetImage"]}
    more = allow if step == 0 else {**allow, "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]}
    aws.ecr.RepositoryPolicy(
        "policy", repository=repository.name, policy=json.dumps({"Version": "2012-10-17", "Statement": [more]})
    )
    _registry(step)


def _lifecycle(days: int) -> str:
    old = {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": days}
    return json.dumps({"rules": [{"rulePriority": 1, "selection": old, "action": {"type": "expire"}}]})


def _registry(step: int) -> None:
    replicate = {
        "Sid": "replicate" if step == 0 else "replicated",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
        "Action": ["ecr:ReplicateImage"],
        "Resource": ["arn:aws:ecr:us-east-1:123456789012:repository/*"],
    }
    aws.ecr.RegistryPolicy("registry", policy=json.dumps({"Version": "2012-10-17", "Statement": [replicate]}))
    frequency = "CONTINUOUS_SCAN" if step == 0 else "SCAN_ON_PUSH"
    aws.ecr.RegistryScanningConfiguration(
        "scanning",
        scan_type="ENHANCED",
        rules=[{"scan_frequency": frequency, "repository_filters": [{"filter": "*", "filter_type": "WILDCARD"}]}],
    )
    region = "us-west-2" if step == 0 else "us-east-2"
    aws.ecr.ReplicationConfiguration(
        "replication",
        replication_configuration={"rules": [{"destinations": [{"region": region, "registry_id": "123456789012"}]}]},
    )
    aws.ecr.PullThroughCacheRule(
        "cache",
        ecr_repository_prefix="hub" if step == 2 else "docker-hub",
        upstream_registry_url="registry-1.docker.io",
        credential_arn=f"{_SECRET}/{'a' if step == 0 else 'b'}",
    )
    aws.ecr.RepositoryCreationTemplate(
        "template",
        prefix="hub" if step == 2 else "docker-hub",
        applied_fors=["PULL_THROUGH_CACHE"],
        description="images of Docker Hub" if step == 0 else "images kept from Docker Hub",
        image_tag_mutability="IMMUTABLE",
        lifecycle_policy=_lifecycle(30),
        resource_tags={"cache": "yes"},
    )
