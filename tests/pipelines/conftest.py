"""One emulated account a module, empty at the start of each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rehearsal.paths import PROJECT
from tests.pipelines.accounts import PLACE, Account, Deployment, emulated_account, state

#: A store, a key and a secret, under names of their own: what a state is about.
PROGRAM = """
import pulumi, pulumi_aws as aws
key = aws.kms.Key("key", description="test", tags={"lifeline:component": "keys"})
bucket = aws.s3.Bucket("store", bucket="recovered-store")
secret = aws.secretsmanager.Secret("secret", name="recovered/secret", kms_key_id=key.arn)
value = aws.secretsmanager.SecretVersion(
    "value", secret_id=secret.id, secret_string=pulumi.Config().require_secret("password")
)
pulumi.export("bucket", bucket.arn)
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The project as a job sees it, without what earlier runs left behind."""
    directory = tmp_path / "checkout"
    directory.mkdir()
    for entry in PROJECT.iterdir():
        if entry.name not in (".delivery", ".git"):
            (directory / entry.name).symlink_to(entry)
    return directory


@pytest.fixture(scope="module")
def emulator() -> Iterator[Account]:
    with emulated_account() as account:
        yield account


@pytest.fixture
def account(emulator: Account) -> Account:
    emulator.reset()
    return emulator


@pytest.fixture
def deployed(
    account: Account,
    engine_binary: Path,
    rehearsal_workspace: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[], Deployment]:
    """Stands in the account, with its state in the bucket that `state create` made."""
    monkeypatch.setenv("LIFELINE_REHEARSAL", str(rehearsal_workspace))

    def deploy() -> Deployment:
        made = state(account, "create", "prod")
        assert made.returncode == 0, made.stdout + made.stderr
        deployment = Deployment(tmp_path / f"program-{tmp_path.name}", account, PROGRAM)
        # The emulator reads a policy's statements without their conditions, and so would refuse everybody.
        account.client("s3").delete_bucket_policy(Bucket=PLACE.bucket)
        login, init = (line.strip() for line in made.stdout.splitlines() if line.strip().startswith("pulumi "))
        assert login.startswith("pulumi login 's3://lifeline-state-")
        provider = init.split("--secrets-provider=")[1].strip("'")
        deployment.pulumi("stack", "init", "prod", f"--secrets-provider={provider}")
        deployment.pulumi("config", "set", "--secret", "password", "correct horse", "--stack", "prod")
        deployment.pulumi("up", "--yes", "--skip-preview", "--stack", "prod")
        return deployment

    return deploy
