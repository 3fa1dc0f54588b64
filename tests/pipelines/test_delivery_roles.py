"""The bootstrap on the real engine, and a real preview and deployment with the rights of the roles it makes."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.engine import Engine
from rehearsal.paths import PROJECT, StackPaths
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
        f"{purpose}_role": f"arn:aws:iam::{ACCOUNT}:role/{PREFIX}-{purpose}" for purpose in ("preview", "deploy")
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
