"""An emulated AWS account of a test's own, and the real engine that keeps its state in that account's bucket."""

import json
import os
import re
import subprocess
import sys
import textwrap
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from typer.testing import CliRunner

from operations.state import app
from operations.state_store import Place
from rehearsal import paths
from rehearsal.engine.environment import environment
from rehearsal.paths import StackPaths

#: Of the flagship's production stack, as its file says.
ACCOUNT = "111122223333"
PLACE = Place(account_id=ACCOUNT, region="us-east-1")
#: No command of these tests may take longer; a hanging one fails instead of blocking.
LIMIT_SECONDS = 300
_ADDRESS = re.compile(r"Running on (http://127\.0\.0\.1:\d+)")


@dataclass(frozen=True)
class Account:
    """Where the emulator listens, and credentials that mean nothing."""

    url: str
    keys: Mapping[str, str]

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": PLACE.region,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            **self.keys,
        }

    def client(self, service: str) -> Any:
        session = boto3.Session(
            aws_access_key_id=self.keys["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.keys["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=self.keys.get("AWS_SESSION_TOKEN"),
            region_name=PLACE.region,
        )
        return session.client(service, endpoint_url=self.url)

    def taken_on(self, role_arn: str) -> "Account":
        """The same account, seen with a role's rights."""
        given = self.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="pipeline")["Credentials"]
        names = {
            "AccessKeyId": "ACCESS_KEY_ID",
            "SecretAccessKey": "SECRET_ACCESS_KEY",
            "SessionToken": "SESSION_TOKEN",
        }
        return Account(self.url, {f"AWS_{name}": given[key] for key, name in names.items()})

    def ask_for_rights(self, after: str) -> None:
        """From now on, or never (`inf`), identity policies are enforced."""
        request = urllib.request.Request(
            f"{self.url}/moto-api/reset-auth", after.encode(), {"Content-Type": "text/plain"}
        )
        urllib.request.urlopen(request, timeout=30).close()

    def reset(self) -> None:
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/moto-api/reset", method="POST"), timeout=30).close()


@contextmanager
def emulated_account() -> Iterator[Account]:
    """On a port the system chooses; the process ends with the block."""
    settings = {"MOTO_ACCOUNT_ID": ACCOUNT, "MOTO_IAM_LOAD_MANAGED_POLICIES": "true", "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        found = next((match for line in process.stderr if (match := _ADDRESS.search(line))), None)
        assert found, "the emulator ended before it listened"
        drain = subprocess.Popen(["cat"], stdin=process.stderr, stdout=subprocess.DEVNULL)
        yield Account(found[1], {"AWS_ACCESS_KEY_ID": "rehearsal", "AWS_SECRET_ACCESS_KEY": "rehearsal"})
    finally:
        process.kill()
        process.wait()
    drain.wait()


@dataclass(frozen=True)
class Answer:
    """What a command said, and how it ended."""

    returncode: int
    stdout: str
    stderr: str


def state(account: Account, *arguments: str) -> Answer:
    """`python -m operations state ...`, in this process: the imports cost more than the command."""
    with pytest.MonkeyPatch.context() as environment:
        for name in [name for name in os.environ if name.startswith(("AWS_", "PULUMI_"))]:
            environment.delenv(name)
        for name, value in {**account.environment, "COLUMNS": "160"}.items():
            environment.setenv(name, value)
        done = CliRunner().invoke(app, list(arguments))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Answer(done.exit_code, done.stdout, done.stderr)


class Deployment:
    """A small program of its own under the flagship's name: stack `prod` of the project `lifeline`."""

    def __init__(self, directory: Path, account: Account, program: str) -> None:
        self.directory, self.account = directory, account
        directory.mkdir(parents=True)
        (directory / "Pulumi.yaml").write_text("name: lifeline\nruntime: python\n")
        config = {"aws:region": PLACE.region, "aws:allowedAccountIds": [ACCOUNT]}
        (directory / "Pulumi.prod.yaml").write_text(yaml.safe_dump({"config": config}))
        (directory / "__main__.py").write_text(textwrap.dedent(program))
        self._stack = StackPaths.of(f"pipelines-{directory.name}")
        self._stack.root.mkdir(parents=True, exist_ok=True)
        self._stack.endpoints.write_text(json.dumps({"aws": {"url": account.url, "account": ACCOUNT}}))

    def pulumi(self, *arguments: str, account: Account | None = None, fails: bool = False) -> str:
        """The plain engine, as docs/state.md has it; what it says. Fails the test unless it ends as expected."""
        done = subprocess.run(
            [str(paths.binaries() / "pulumi"), *arguments, "--non-interactive", "--color", "never"],
            cwd=self.directory,
            env=self._environment(account or self.account),
            capture_output=True,
            text=True,
            timeout=LIMIT_SECONDS,
            check=False,
        )
        said = f"{done.stdout}{done.stderr}"
        assert (done.returncode != 0) is fails, f"{' '.join(arguments)} ended with {done.returncode}:\n{said}"
        return said

    def resources(self) -> list[dict[str, Any]]:
        exported = json.loads(self.pulumi("stack", "export", "--stack", "prod"))
        return exported["deployment"].get("resources") or []

    @property
    def environment(self) -> dict[str, str]:
        return self._environment(self.account)

    def _environment(self, account: Account) -> dict[str, str]:
        ours = {name: value for name, value in environment(self._stack).items() if not name.startswith("AWS_")}
        ours.pop("PULUMI_CONFIG_PASSPHRASE_FILE")
        ours.pop("PULUMI_STACK")
        # What a loopback server cannot do: a bucket's name as the first part of its host name.
        return {**ours, **account.environment, "PULUMI_BACKEND_URL": f"{PLACE.backend}&use_path_style=true"}
