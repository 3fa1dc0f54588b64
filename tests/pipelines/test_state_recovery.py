"""A lost or damaged state, and the way back that docs/state.md tells: the engine's own S3 backend, KMS for secrets."""

import gzip
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from operations.state_versions import examine
from tests.pipelines.accounts import PLACE, Account, Deployment, state

pytestmark = pytest.mark.engine

KEY = ".pulumi/stacks/lifeline/prod.json"
LOCK = ".pulumi/locks/organization/lifeline/prod/lock.json"


def _written(account: Account, content: bytes, key: str = KEY) -> None:
    account.client("s3").put_object(Bucket=PLACE.bucket, Key=key, Body=content)


def _now(account: Account) -> bytes:
    return account.client("s3").get_object(Bucket=PLACE.bucket, Key=KEY)["Body"].read()


def _without_a_parent(content: bytes) -> bytes:
    """Still JSON, still a checkpoint; but what the others stand on is gone."""
    damaged = json.loads(content)
    del damaged["checkpoint"]["latest"]["resources"][0]
    return json.dumps(damaged).encode()


PROVIDERS = 1  # are in the state, and not in the engine's counts
STACK = 1  # is counted, and not in the account

LOST: dict[str, tuple[Callable[[Account], None], str]] = {
    "deleted": (lambda a: a.client("s3").delete_object(Bucket=PLACE.bucket, Key=KEY), "the state was deleted"),
    "truncated": (lambda a: _written(a, _now(a)[: len(_now(a)) // 2]), "cannot be read"),
    "torn": (lambda a: _written(a, _without_a_parent(_now(a))), "which is not there"),
}


@pytest.mark.parametrize(
    ("content", "damage"),
    [
        (b"", "is empty"),
        (b"<html>Service unavailable</html>", "cannot be read"),
        (b'{"version": 3}', "no checkpoint"),
        (b"[]", "no checkpoint"),
        (b"\x1f\x8b half an archive", "cannot be read"),
        (b'{"checkpoint": {"latest": {"resources": [{}]}}}', "a resource without a name"),
        (b'{"checkpoint": {"latest": {"resources": [{"urn": "u::b", "parent": "u::a"}]}}}', "b stands on a"),
        (b'{"checkpoint": {"latest": {"resources": [{"urn": "u::a"}, {"urn": "u::b", "parent": "u::a"}]}}}', ""),
        (gzip.compress(b'{"checkpoint": {"latest": {"resources": []}}}', mtime=0), ""),
        (b'{"checkpoint": {"stack": "prod", "latest": null}}', ""),
    ],
)
def test_what_the_engine_can_go_on_from_is_told_from_what_it_cannot(content: bytes, damage: str) -> None:
    _, found = examine(content)
    assert damage in found
    assert bool(found) is bool(damage)


def test_every_way_to_lose_it_is_told_and_gone_back_from(deployed: Callable[[], Deployment], account: Account) -> None:
    """One deployment for all: after each way back the engine finds nothing to do."""
    deployment = deployed()
    content, before = _now(account), deployment.resources()
    assert b"correct horse" not in content
    assert json.loads(content)["checkpoint"]["latest"]["secrets_providers"]["type"] == "cloud"
    assert account.client("s3").head_object(Bucket=PLACE.bucket, Key=KEY)["ServerSideEncryption"] == "aws:kms"
    for how, (lose, told) in LOST.items():
        lose(account)
        assert told in state(account, "versions", "prod").stdout, how
        back = state(account, "restore", "prod")
        assert back.returncode == 0, f"{how}: {back.stderr}"
        assert f"{len(before)} resources" in back.stdout
        assert deployment.resources() == before, how
    deployment.pulumi("refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--stack", "prod")
    assert f"{len(before) - PROVIDERS} unchanged" in deployment.pulumi("preview", "--stack", "prod")

    _what_restore_refuses(deployment, account)


def _what_restore_refuses(deployment: Deployment, account: Account) -> None:
    """A whole state unless an older one is named, a version that is not there, and a stack somebody works on."""
    left = state(account, "restore", "prod")
    assert (left.returncode, left.stdout) == (1, "")
    assert "is whole as it is" in left.stderr
    assert "there is no version 'never'" in state(account, "restore", "prod", "--version", "never").stderr

    lock = {"pid": 4711, "username": "sam", "hostname": "runner-7", "timestamp": "2026-11-21T10:00:00Z"}
    _written(account, json.dumps(lock).encode(), LOCK)
    # One change of a stack at a time is the engine's own promise, by a file in the bucket.
    assert "currently locked" in deployment.pulumi("up", "--yes", "--skip-preview", "--stack", "prod", fails=True)
    _written(account, b"")
    refused = state(account, "restore", "prod")
    assert (refused.returncode, _now(account)) == (1, b"")
    assert "process 4711 of sam on runner-7" in refused.stderr
    assert "pulumi cancel --stack prod --yes" in refused.stderr


@pytest.mark.campaign
def test_nothing_is_left_and_the_state_is_rebuilt_from_the_account(
    deployed: Callable[[], Deployment], account: Account
) -> None:
    """The bucket was emptied, versions and all: the engine lists what it misses, and imports it under the given ids."""
    deployment = deployed()
    ids, keys = _ids(deployment), account.client("kms").list_keys()["Keys"]
    s3 = account.client("s3")
    for entry in s3.list_object_versions(Bucket=PLACE.bucket)["Versions"]:
        s3.delete_object(Bucket=PLACE.bucket, Key=entry["Key"], VersionId=entry["VersionId"])
    hopeless = state(account, "restore", "prod")
    assert "holds no version of a state of lifeline/prod" in hopeless.stderr
    provider = f"--secrets-provider={PLACE.secrets_provider}"
    deployment.pulumi("stack", "init", "prod", provider)
    deployment.pulumi("config", "set", "--secret", "password", "correct horse", "--stack", "prod")
    listed = deployment.directory / "import.json"
    deployment.pulumi("preview", "--import-file", str(listed), "--stack", "prod")
    missing: dict[str, Any] = json.loads(listed.read_text())
    for resource in missing["resources"]:
        assert resource["id"] == "<PLACEHOLDER>"
        resource["id"] = ids[resource["name"]]
    listed.write_text(json.dumps(missing))
    deployment.pulumi("import", "--file", str(listed), "--yes", "--generate-code=false", "--stack", "prod")
    assert _ids(deployment) == ids
    # Nothing is to be made a second time, and nothing differs: what the program leaves to AWS is no difference.
    told = deployment.pulumi("preview", "--diff", "--stack", "prod")
    assert f"{len(ids) + STACK} unchanged" in told, told
    assert re.findall(r"to (?:create|update|replace|delete)", told) == [], told
    assert b"correct horse" not in _now(account)
    assert account.client("kms").list_keys()["Keys"] == keys


def _ids(deployment: Deployment) -> dict[str, str]:
    """Of what is in the account, by the program's names."""
    aws = [resource for resource in deployment.resources() if resource["type"].startswith("aws:")]
    return {resource["urn"].rsplit("::", 1)[-1]: resource["id"] for resource in aws}
