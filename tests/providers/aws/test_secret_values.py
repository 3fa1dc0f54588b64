"""What is secret never lies about in clear: not in the state, the logs, the second witness's record or an error."""

from collections.abc import Callable
from pathlib import Path

from tests.engine_runs import EngineRun

_SECRETS = ("sesame-0pen-database", "sesame-0pen-secret", "sesame-0pen-parameter", "sesame-0pen-function")

_PROGRAM = """
    import json
    import pulumi, pulumi_aws as aws

    aws.rds.Instance("database", identifier="guarded", engine="postgres", engine_version="15.17",
        instance_class="db.t4g.micro", allocated_storage=20, username="owner", skip_final_snapshot=True,
        password=pulumi.Output.secret("sesame-0pen-database"))
    secret = aws.secretsmanager.Secret("secret", name="guarded", recovery_window_in_days=0)
    version = aws.secretsmanager.SecretVersion("secret", secret_id=secret.id, secret_string="sesame-0pen-secret")
    aws.ssm.Parameter("parameter", name="/guarded", type="SecureString", value="sesame-0pen-parameter")
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    role = aws.iam.Role("role", assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    aws.lambda_.Function("function", role=role.arn, runtime="python3.12", handler="index.handler",
        code=pulumi.AssetArchive({"index.py": pulumi.StringAsset("handler = print")}),
        environment={"variables": {"TOKEN": pulumi.Output.secret("sesame-0pen-function")}})
    pulumi.export("value", version.secret_string)
"""


def _in_clear(directory: Path) -> list[str]:
    files = [file for file in directory.rglob("*") if file.is_file()]
    assert files, f"nothing was written to {directory}"
    return [f"{file.name}: {secret}" for file in files for secret in _SECRETS if secret.encode() in file.read_bytes()]


def test_no_secret_is_written_down_in_clear(aws_run: Callable[..., EngineRun]) -> None:
    run = aws_run(_PROGRAM)
    outcome = run.up()
    assert run.outputs()["value"] == "sesame-0pen-secret"
    run.refresh()
    assert [secret for secret in _SECRETS if secret in outcome.text] == []
    assert _in_clear(run.stack.root) == []
    assert _in_clear(run.checkpoint.file.parent) == []
    run.destroy()


def test_a_refused_secret_is_not_quoted(aws_run: Callable[..., EngineRun]) -> None:
    program = _PROGRAM.replace('"sesame-0pen-database"', '"sesame-0pen-database@"')
    refused = aws_run(program).up(fails=True)
    assert "printable ASCII" in refused.text
    assert [secret for secret in _SECRETS if secret in refused.text] == []
