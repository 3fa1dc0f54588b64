"""Every image comes from this account's registry; uploads have a bucket that malware cannot be read from."""

import json

import pytest

from components.aws.registry import Images, ImagesArgs
from components.naming import Naming
from systems import registry
from systems.model import Environment
from tests.components.recording import Registered, at_home, only, policy_of, registrations

ACCOUNT = "111122223333"
DIGEST = "sha256:" + "a" * 64
HERE = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com"


def images(**more: object) -> tuple[Images, list[Registered]]:
    given: dict[str, object] = {
        "system": registry.load("being", Environment.PRODUCTION),
        "account_id": ACCOUNT,
        "region": "us-east-1",
        "key_arn": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/mrk-1",
        "releases": {"being-api": f"ghcr.io/being/being-api@{DIGEST}"},
        "third_party": {
            "prometheus": f"quay.io/prometheus/prometheus:v3.14.0@{DIGEST}",
            "redis-exporter": f"docker.io/oliver006/redis_exporter:v1.91.1@{DIGEST}",
        },
        **more,
    }
    naming = Naming(system="being", environment="production", account_id=ACCOUNT, owner="someone")
    held: list[Images] = []
    made = registrations(lambda: held.append(Images("images", ImagesArgs(**given), naming)))  # type: ignore[arg-type]
    return held[0], made


def test_a_release_keeps_its_digest_in_our_repository() -> None:
    assert images()[0].reference("being-api") == f"{HERE}/being/prod/being-api@{DIGEST}"


def test_public_registries_are_read_through_a_cache() -> None:
    found, made = images()
    assert found.reference("prometheus") == f"{HERE}/quay/prometheus/prometheus:v3.14.0@{DIGEST}"
    upstreams = {each.inputs["upstreamRegistryUrl"] for each in made if "PullThroughCacheRule" in each.type}
    assert {"quay.io", "registry.k8s.io", "public.ecr.aws"} == upstreams


def test_images_of_docker_hub_are_copied_into_a_repository_of_ours() -> None:
    assert images()[0].reference("redis-exporter").startswith(f"{HERE}/being/prod/copies/oliver006/redis_exporter:")


def test_an_unknown_image_names_those_there_are() -> None:
    with pytest.raises(KeyError, match="being-api, cluster-autoscaler"):
        images()[0].reference("postgres")


@pytest.mark.parametrize("wrong", ["being-api", "ghcr.io/being/being-api", "being-api@sha256:short"])
def test_a_reference_without_a_version_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="tag or a digest"):
        images(releases={"being-api": wrong})[0].reference("being-api")


def test_a_reference_may_have_a_port_and_a_tag() -> None:
    found, _ = images(releases={"being-api": "registry.example.org:5000/being-api:1.2"})
    assert found.reference("being-api") == f"{HERE}/being/prod/being-api:1.2"


def test_repositories_are_immutable_scanned_keyed_and_end_old_images() -> None:
    _, made = images()
    repositories = [each for each in made if each.type.endswith("ecr/repository:Repository")]
    assert len(repositories) == 5
    for repository in repositories:
        assert repository.inputs["imageTagMutability"] == "IMMUTABLE"
        assert repository.inputs["imageScanningConfiguration"] == {"scanOnPush": True}
        assert repository.inputs["encryptionConfigurations"][0]["encryptionType"] == "KMS"
        policy = only(made, "LifecyclePolicy", f"{repository.name}-lifecycle").inputs["policy"]
        assert json.loads(policy)["rules"][0]["selection"]["countNumber"] >= 10


@pytest.mark.parametrize("stack", ["prod", "staging"])
def test_uploads_are_scanned_and_malware_cannot_be_read(stack: str) -> None:
    resources = at_home(stack)
    plan = only(resources, "MalwareProtectionPlan").inputs
    bucket = only(resources, "s3/bucket:Bucket", "uploads-files-bucket").inputs["bucket"]
    assert plan["protectedResource"]["s3Bucket"]["bucketName"] == bucket
    refused = policy_of(only(resources, "BucketPolicy", "uploads-files-policy"))["NobodyReadsMalware"]
    assert refused["Condition"] == {
        "StringEquals": {"s3:ExistingObjectTag/GuardDutyMalwareScanStatus": "THREATS_FOUND"}
    }


def test_only_the_workload_that_stores_uploads_and_their_backup_reach_them() -> None:
    resources = at_home("prod")
    bucket = only(resources, "s3/bucket:Bucket", "uploads-files-bucket").inputs["bucket"]
    reaching = {
        each.name
        for each in resources
        if each.type.endswith("iam/policy:Policy") and f"arn:aws:s3:::{bucket}" in each.inputs["policy"]
    }
    assert reaching == {"cluster-pod-astral-web-rights", "cluster-pod-backup-rights", "uploads-scanner-rights"}
