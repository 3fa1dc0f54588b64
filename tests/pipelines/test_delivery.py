"""What the workflows run in an account: plan, deploy, drift and evidence of a small stack, by the real engine."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from operations import delivery
from operations.cli import app
from rehearsal import paths
from rehearsal.paths import PROJECT
from tests.pipelines.accounts import PLACE, Account, Deployment

pytestmark = pytest.mark.engine


@pytest.fixture
def small(
    deployed: Callable[[], Deployment], account: Account, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, Path]]:
    """`python -m operations ...` for the small program in the place of the platform; the code, and its reports."""
    deployment = deployed()
    directory = deployment.directory
    (directory / "policies").symlink_to(PROJECT / "policies")
    shutil.copytree(PROJECT / "docs", directory / "docs", ignore=shutil.ignore_patterns("images", "runbooks"))
    for name, value in deployment.environment.items():
        monkeypatch.setenv(name, value)
    for name in [name for name in os.environ if name.startswith("AWS_") and name not in deployment.environment]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", f"{paths.binaries()}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))
    monkeypatch.setattr(delivery, "PROJECT", directory)

    def run(command: str) -> tuple[int, Path]:
        done = CliRunner().invoke(app, [command, "prod"])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, directory / ".delivery" / "prod"

    return run


def test_what_a_release_leaves_behind(small: Callable[..., tuple[int, Path]], account: Account) -> None:
    code, reports = small("plan")
    assert (reports / "changed").read_text() == "false\n"
    assert (reports / "report.md").read_text()
    assert "<html" in (reports / "report.html").read_text()[:200].lower()
    # The small program breaks rules on purpose: a plan that the pack refuses is no plan to go on with.
    assert code != 0
    assert json.loads((reports / "report.json").read_text())

    refused, _ = small("deploy")
    assert refused != 0, "what a mandatory rule refuses is not deployed"

    code, reports = small("drift")
    assert json.loads((reports / "report.sarif").read_text())["runs"]
    events = (reports / "events.jsonl").read_text()
    account.client("s3").put_bucket_tagging(
        Bucket="recovered-store", Tagging={"TagSet": [{"Key": "by", "Value": "hand"}]}
    )
    drifted, reports = small("drift")
    assert drifted != 0
    assert '"op":"update"' not in events.replace(" ", "")
    assert '"op":"update"' in (reports / "events.jsonl").read_text().replace(" ", "")

    code, reports = small("evidence")
    assert code == 0, "findings do not keep the evidence from being collected"
    told = json.loads((reports / "evidence.json").read_text())
    assert told["stack"] == "prod"
    assert told["mandatory_findings"] is True
    roles = {each["role"] for each in json.loads((reports / "approvals.json").read_text())}
    assert roles == {"Crisis Team Lead", "Platform Engineering"}
    assert not (reports / "state.json").exists()


def test_the_backend_is_the_bucket_that_bootstrap_makes() -> None:
    done = CliRunner().invoke(app, ["state", "backend", "prod"])
    assert done.stdout == f"{PLACE.backend}\n"
