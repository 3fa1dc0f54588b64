"""What happens to AWS resources beside the plain life of the contract: drift, imports, assets, secrets, no entry."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

from rehearsal.engine import Outcome
from rehearsal.paths import StackPaths
from tests.engine_runs import EngineRun
from tests.providers.aws.conftest import REGION

pytestmark = pytest.mark.engine
Runs = Callable[..., EngineRun]
Client = Callable[[str], Any]


@pytest.fixture
def somebody(emulators: StackPaths) -> Client:
    """Somebody else at work in the same account: `somebody("kms").list_keys()`."""
    url = json.loads(emulators.endpoints.read_text())["aws"]["url"]
    session = boto3.Session(aws_access_key_id="somebody", aws_secret_access_key="else", region_name=REGION)
    return lambda service: session.client(service, endpoint_url=url)


def _changed(outcome: Outcome) -> dict[str, tuple[str, list[str]]]:
    """Resource name -> what happened to it and to which properties, where anything did."""
    return {
        each.urn.rsplit("::", 1)[-1]: (each.kind, sorted({path.split(".")[0] for path in each.changed}))
        for each in outcome.story.operations.values()
        if each.type.startswith("aws:") and each.kind not in ("same", "read", "refresh")
    }


QUEUE = """
import pulumi
import pulumi_aws as aws

queue = aws.sqs.Queue("work", name="work", visibility_timeout_seconds=60, tags={"owner": "platform"})
pulumi.export("url", queue.url)
"""


def test_a_change_behind_our_back_is_seen_by_refresh_and_put_right_by_up(aws_run: Runs, somebody: Client) -> None:
    run = aws_run(QUEUE)
    run.up()
    url = run.outputs()["url"]
    somebody("sqs").set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "5"})
    somebody("sqs").tag_queue(QueueUrl=url, Tags={"owner": "somebody"})
    assert _changed(run.preview()) == {}, "without a refresh the engine trusts its state"

    run.refresh()
    (seen,) = run.resources("aws:sqs/queue:Queue")
    assert (seen["outputs"]["visibilityTimeoutSeconds"], seen["outputs"]["tags"]) == (5, {"owner": "somebody"})
    told = run.preview("--diff")
    kind, properties = _changed(told)["work"]
    assert kind == "update"
    assert "visibilityTimeoutSeconds" in properties
    assert "5 => 60" in told.text

    run.up()
    attributes = somebody("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
    assert attributes["Attributes"] == {"VisibilityTimeout": "60"}
    assert somebody("sqs").list_queue_tags(QueueUrl=url)["Tags"] == {"owner": "platform"}
    run.destroy()


def test_what_was_deleted_behind_our_back_is_made_again(aws_run: Runs, somebody: Client) -> None:
    run = aws_run(QUEUE)
    run.up()
    somebody("sqs").delete_queue(QueueUrl=run.outputs()["url"])
    run.refresh()
    assert run.resources("aws:sqs/queue:Queue") == []
    assert _changed(run.up()) == {"work": ("create", [])}
    assert len(somebody("sqs").list_queues()["QueueUrls"]) == 1
    run.destroy()
    assert "QueueUrls" not in somebody("sqs").list_queues()


def test_what_somebody_made_is_imported_and_then_ours(aws_run: Runs, somebody: Client) -> None:
    made = somebody("sqs").create_queue(QueueName="work", Attributes={"VisibilityTimeout": "60"})["QueueUrl"]
    somebody("sqs").tag_queue(QueueUrl=made, Tags={"owner": "platform"})
    run = aws_run("")
    run.import_("aws:sqs/queue:Queue", "work", made)
    (imported,) = run.resources("aws:sqs/queue:Queue")
    assert imported["id"] == made
    found = {name: value for name, value in imported["inputs"].items() if not name.startswith("__")}
    assert (found["visibilityTimeoutSeconds"], found["tags"]) == (60, {"owner": "platform"})

    said = {re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name): value for name, value in found.items()}
    run.write(f"import pulumi_aws as aws\naws.sqs.Queue('work', **{said})")
    assert _changed(run.preview()) == {}
    run.write(f"import pulumi_aws as aws\naws.sqs.Queue('work', **{ {**said, 'visibility_timeout_seconds': 90} })").up()
    attributes = somebody("sqs").get_queue_attributes(QueueUrl=made, AttributeNames=["VisibilityTimeout"])
    assert attributes["Attributes"] == {"VisibilityTimeout": "90"}
    run.destroy()
    assert "QueueUrls" not in somebody("sqs").list_queues()


def test_an_import_of_what_does_not_exist_is_refused(aws_run: Runs) -> None:
    run = aws_run("")
    refused = run.import_("aws:kms/key:Key", "key", "11111111-2222-3333-4444-555555555555", fails=True)
    assert "does not exist" in refused.text
    assert run.resources() == []


FILES = """
import pulumi
import pulumi_aws as aws

bucket = aws.s3.Bucket("files", bucket="files")
aws.s3.BucketObjectv2("page", bucket=bucket.id, key="page.html", source=pulumi.FileAsset("page.html"))
aws.s3.BucketObjectv2("note", bucket=bucket.id, key="note.txt", source=pulumi.StringAsset("a note"))
aws.s3.BucketObjectv2("site", bucket=bucket.id, key="site.zip", source=pulumi.FileArchive("site"))
"""


def test_assets_and_archives_are_uploaded_and_a_changed_file_is_a_change(aws_run: Runs, somebody: Client) -> None:
    run = aws_run(FILES)
    (run.directory / "page.html").write_text("first")
    (run.directory / "site").mkdir()
    (run.directory / "site" / "index.html").write_text("index")
    run.up()

    def content(key: str) -> bytes:
        return somebody("s3").get_object(Bucket="files", Key=key)["Body"].read()

    assert (content("page.html"), content("note.txt"), content("site.zip")[:2]) == (b"first", b"a note", b"PK")
    run.refresh()
    assert _changed(run.preview()) == {}

    (run.directory / "page.html").write_text("second")
    (run.directory / "site" / "index.html").write_text("another index")
    assert _changed(run.up()) == {"page": ("update", ["source"]), "site": ("update", ["source"])}
    assert content("page.html") == b"second"
    assert _changed(run.preview()) == {}
    run.destroy()


SECRET = "correct-horse-battery"


def test_a_secret_input_is_nowhere_in_clear(aws_run: Runs, somebody: Client) -> None:
    run = aws_run(
        f"""
        import pulumi
        import pulumi_aws as aws

        password = pulumi.Output.secret("{SECRET}")
        secret = aws.secretsmanager.Secret("secret", name="database", recovery_window_in_days=0)
        aws.secretsmanager.SecretVersion("version", secret_id=secret.id, secret_string=password)
        aws.ssm.Parameter("parameter", name="/database", type="SecureString", value=password)
        aws.sqs.Queue("queue", name="queue", tags={{"secret": password}})
        """
    )
    told = run.up()
    refreshed = run.refresh()
    again = run.preview("--diff")
    assert _changed(again) == {}
    assert somebody("secretsmanager").get_secret_value(SecretId="database")["SecretString"] == SECRET
    assert SECRET not in told.text + refreshed.text + again.text
    assert _files_with(SECRET, run.stack.root) == []
    assert SECRET not in run.checkpoint.file.read_text()
    run.destroy()


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        ("aws.ssm.Parameter('wrong', name=secret, type='String', value='x')", "got '[secret]' (AWS rule)"),
        ("aws.kms.Key('wrong', deletion_window_in_days=secret)", "deletionWindowInDays: must be an integer"),
    ],
)
def test_a_refused_secret_is_not_quoted(aws_run: Runs, resource: str, reason: str) -> None:
    run = aws_run(
        f"""
        import pulumi
        import pulumi_aws as aws

        secret = pulumi.Output.secret("/{SECRET} {SECRET}")
        {resource}
        """
    )
    refused = run.preview(fails=True)
    assert reason in refused.text
    assert SECRET not in refused.text
    assert _files_with(SECRET, run.stack.root) == []


def _files_with(text: str, directory: Path) -> list[str]:
    return [str(file) for file in directory.rglob("*") if file.is_file() and text.encode() in file.read_bytes()]


def test_a_type_without_an_entry_names_the_file_to_add_it_to(aws_run: Runs, somebody: Client) -> None:
    run = aws_run(
        """
        import pulumi_aws as aws

        aws.sqs.Queue("sound", name="sound")
        aws.neptune.ClusterParameterGroup("graphs", family="neptune1")
        """
    )
    for refused in (run.preview(fails=True), run.up(fails=True, preview=True)):
        (failure,) = [told for told in refused.story.failures if told.resource.endswith("graphs")]
        assert "the rehearsal has no entry for aws:neptune/clusterParameterGroup:ClusterParameterGroup" in failure.text
        assert "add one to rehearsal/providers/aws/services/neptune.py" in failure.text
    assert run.resources() == []
    assert "QueueUrls" not in somebody("sqs").list_queues()
