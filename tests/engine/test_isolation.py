"""Nothing of the user's gets into a rehearsal, and nothing of it reaches a real account."""

import os
from pathlib import Path

import pytest

from rehearsal import paths
from rehearsal.engine.environment import environment

pytestmark = pytest.mark.engine

ENVIRONMENT_PROGRAM = """
import os, pulumi
pulumi.export("environment", {k: v for k, v in os.environ.items() if k.startswith(("AWS_", "KUBE", "PULUMI_ACCESS"))})
"""


def test_the_user_s_accounts_do_not_reach_the_program(engine_run, monkeypatch):
    for name, value in {
        "AWS_PROFILE": "production",
        "AWS_ACCESS_KEY_ID": "AKIAREAL",
        "AWS_SESSION_TOKEN": "real",
        "AWS_ROLE_ARN": "arn:aws:iam::1:role/real",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1/real",
        "AWS_REGION": "us-west-2",
        "KUBECONFIG": "/home/someone/.kube/config",
        "KUBERNETES_SERVICE_HOST": "10.0.0.1",
        "PULUMI_ACCESS_TOKEN": "pul-real",
        "PULUMI_STACK": "other",
        "HTTPS_PROXY": "http://127.0.0.1:1",
    }.items():
        monkeypatch.setenv(name, value)
    run = engine_run(ENVIRONMENT_PROGRAM)
    run.up()
    assert run.outputs()["environment"] == {
        "AWS_ACCESS_KEY_ID": "rehearsal",
        "AWS_SECRET_ACCESS_KEY": "rehearsal",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "KUBECONFIG": "/dev/null",
    }


def test_aws_is_asked_at_the_emulator_once_it_runs(engine_run):
    run = engine_run("")
    run.stack.endpoints.write_text('{"aws": {"url": "http://127.0.0.1:4566", "account": "123456789012"}}')
    assert environment(run.stack)["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"


def test_a_plugin_of_the_same_name_on_path_is_not_run(slow_run, tmp_path: Path, monkeypatch):
    decoys = tmp_path / "decoys"
    decoys.mkdir()
    for name in ("pulumi-resource-slow", "pulumi-language-python", "pulumi-resource-aws"):
        decoy = decoys / name
        decoy.write_text(f"#!/bin/sh\necho {name} >> {tmp_path}/decoy-was-run\nexit 1\n")
        decoy.chmod(0o755)
    monkeypatch.setenv("PATH", f"{decoys}{os.pathsep}{os.environ['PATH']}")
    outcome = slow_run("thing('t')").up()
    assert not (tmp_path / "decoy-was-run").exists()
    assert "warning" not in outcome.text


def test_a_provider_that_is_not_there_is_an_error_at_once(engine_run):
    outcome = engine_run(
        """
        import pulumi
        pulumi.CustomResource("nowhere:index:Thing", "t", {}, pulumi.ResourceOptions(version="1.2.3"))
        """
    ).up(fails=True)
    assert "nowhere" in outcome.text
    assert "1.2.3" in outcome.text


def test_the_passphrase_is_readable_by_its_owner_only(engine_run):
    engine_run("")
    assert (paths.workspace() / "passphrase").stat().st_mode & 0o777 == 0o600


def test_secrets_are_not_in_the_state(slow_run):
    run = slow_run(
        "thing('t', word=pulumi.Output.secret('sesame-open'))\npulumi.export('w', pulumi.Output.secret('sesame'))"
    )
    run.up()
    assert "sesame" not in run.checkpoint.file.read_text()
    assert run.outputs(secrets=True)["w"] == "sesame"
    assert run.outputs(secrets=False)["w"] == "[secret]"


def test_the_engine_s_files_stay_in_the_workspace(engine_run, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    run = engine_run("")
    run.up()
    assert list((tmp_path / "home").iterdir()) == []
    assert {file.name for file in run.directory.iterdir()} - {"__pycache__"} == {
        "Pulumi.yaml",
        f"Pulumi.{run.stack.stack}.yaml",
        "__main__.py",
    }
