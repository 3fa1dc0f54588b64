"""The bootstrap on the real engine, and a real preview and deployment with the rights of the roles it makes."""

import io
import json
import shutil
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from operations.cli import app
from rehearsal.engine import Engine
from rehearsal.paths import PROJECT, StackPaths, engine_state
from rehearsal.stacks import StackFile, prepare
from tests.pipelines.accounts import ACCOUNT, Account, Deployment

pytestmark = pytest.mark.engine

PREFIX = "astral-core-v2-prod-delivery"


@pytest.fixture
def bootstrap(
    account: Account, engine_binary: Path, rehearsal_workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Engine]:
    """The project's own bootstrap/, as its stack `prod`, in the emulated account."""
    monkeypatch.setenv("LIFELINE_REHEARSAL", str(rehearsal_workspace))
    # The account is empty in every test, and so must be what the engine remembers of it.
    shutil.rmtree(engine_state() / ".pulumi" / "stacks" / "lifeline-bootstrap", ignore_errors=True)

    def stand() -> Engine:
        config: dict[str, Any] = {
            "lifeline-bootstrap:repository": "astralcore/lifeline",
            "lifeline-bootstrap:repositoryId": "424242",
        }
        file = tmp_path / "Pulumi.prod.yaml"
        file.write_text(json.dumps({"config": config}))
        engine = Engine(StackPaths.of("prod"), PROJECT / "bootstrap")
        prepare(StackFile("lifeline-bootstrap", "prod", file, config), engine)
        engine.stack.endpoints.write_text(json.dumps({"aws": {"url": account.url, "account": ACCOUNT}}))
        return engine

    return stand


@pytest.fixture
def enforced(account: Account) -> Iterator[Callable[[], None]]:
    yield lambda: account.ask_for_rights("0")
    account.ask_for_rights("inf")


def test_the_bootstrap_makes_two_roles_and_a_preview_can_do_no_more_than_preview(
    bootstrap: Callable[[], Engine],
    deployed: Callable[[], Deployment],
    enforced: Callable[[], None],
    account: Account,
) -> None:
    """First what is made, and that a second run changes nothing; then the real engine with each role's rights, enforced
    by the emulator: what a pull request runs, and what it may not."""
    deployment = deployed()
    engine = bootstrap()
    made = engine.operate("up", "--skip-preview", limit=300)
    assert made.succeeded, made.text
    again = engine.operate("up", "--skip-preview", limit=300)
    assert again.story.changes.keys() == {"same"}, again.text
    assert engine.outputs() == {
        f"{purpose}_role": f"arn:aws:iam::{ACCOUNT}:role/{PREFIX}-{purpose}"
        for purpose in ("preview", "deploy", "rollout", "evidence")
    }
    iam = account.client("iam")
    for purpose, hours, managed in (("preview", 1, "ReadOnlyAccess"), ("deploy", 4, "PowerUserAccess")):
        role = iam.get_role(RoleName=f"{PREFIX}-{purpose}")["Role"]
        assert role["MaxSessionDuration"] == hours * 3600
        assert role["PermissionsBoundary"]["PermissionsBoundaryArn"].endswith(f"policy/{PREFIX}-boundary")
        attached = iam.list_attached_role_policies(RoleName=f"{PREFIX}-{purpose}")["AttachedPolicies"]
        assert [policy["PolicyName"] for policy in attached] == [managed]
    (issuer,) = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    assert issuer["Arn"] == f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"

    preview, deploy = (_taken_on(account, purpose) for purpose in ("preview", "deploy"))
    enforced()
    assert "5 unchanged" in deployment.pulumi("preview", "--stack", "prod", account=preview)
    said = deployment.pulumi("up", "--yes", "--skip-preview", "--stack", "prod", account=preview, fails=True)
    assert "operation error S3: PutObject" in said
    deployment.pulumi("up", "--yes", "--skip-preview", "--stack", "prod", account=deploy)


EVIDENCE = f"astral-core-v2-prod-evidence-{ACCOUNT}"


def test_evidence_is_added_and_neither_read_nor_replaced_nor_taken_away(
    bootstrap: Callable[[], Engine],
    enforced: Callable[[], None],
    account: Account,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By the command of the monthly pipeline, with the rights of its role, into a bucket that locks what it gets."""
    made = bootstrap().operate("up", "--skip-preview", limit=300)
    assert made.succeeded, made.text
    s3 = account.client("s3")
    s3.create_bucket(Bucket=EVIDENCE, ObjectLockEnabledForBucket=True)
    retention = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 2557}}
    s3.put_object_lock_configuration(
        Bucket=EVIDENCE, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": retention}
    )
    pack = tmp_path / "pack"
    (pack / "policies").mkdir(parents=True)
    (pack / "policies" / "report.json").write_text("{}")
    (pack / "evidence.json").write_text(json.dumps({"stack": "prod", "collected": "2026-11-01T06:17:00Z"}))
    keeper = _taken_on(account, "evidence")
    enforced()
    for name, value in keeper.environment.items():
        monkeypatch.setenv(name, value)
    told = CliRunner().invoke(app, ["keep", "prod", "--into", str(pack)])
    assert told.exit_code == 0, told.output
    key = "packs/2026-11/prod-2026-11-01T061700Z.tar.gz"
    assert told.output.startswith(f"s3://{EVIDENCE}/{key} (version ")
    again = CliRunner().invoke(app, ["keep", "prod", "--into", str(pack)])
    assert again.exit_code != 0
    assert "PreconditionFailed" in again.output
    for refused in (
        lambda: keeper.client("s3").get_object(Bucket=EVIDENCE, Key=key),
        lambda: keeper.client("s3").delete_object(Bucket=EVIDENCE, Key=key),
        lambda: keeper.client("s3").put_object(Bucket=EVIDENCE, Key="drills/forged.json", Body=b"{}"),
    ):
        with pytest.raises(ClientError, match=r"AccessDenied|not authorized"):
            refused()

    account.ask_for_rights("inf")
    held = s3.get_object(Bucket=EVIDENCE, Key=key)
    assert held["ObjectLockMode"] == "COMPLIANCE"
    with tarfile.open(fileobj=io.BytesIO(held["Body"].read())) as archive:
        assert archive.getnames() == ["evidence.json", "policies/report.json"]
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=EVIDENCE, Key=key, VersionId=held["VersionId"])


def _taken_on(account: Account, purpose: str) -> Account:
    """The emulator takes no token of GitHub's (who gets one is in test_delivery_rights.py), and it reads neither
    conditions nor resources other than buckets: of the rights on keys it sees the actions alone."""
    iam, name = account.client("iam"), f"{PREFIX}-{purpose}"
    rights = iam.get_role_policy(RoleName=name, PolicyName="rights")["PolicyDocument"]
    seen = [
        {**statement, "Resource": "*"} if statement["Sid"] == "StateKeys" else statement
        for statement in rights["Statement"]
        if "NotResource" not in statement
    ]
    iam.put_role_policy(
        RoleName=name, PolicyName="rights", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": seen})
    )
    anybody = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    iam.update_assume_role_policy(
        RoleName=name, PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [anybody]})
    )
    return account.taken_on(f"arn:aws:iam::{ACCOUNT}:role/{name}")
