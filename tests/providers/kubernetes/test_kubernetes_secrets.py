"""No value of a Secret is ever shown: not by a refusal of the server, a log, a reason, or in the state in clear."""

import base64
import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.paths import StackPaths
from rehearsal.providers import wire
from rehearsal.providers.kubernetes.client import Client
from rehearsal.providers.kubernetes.secrets import scrub
from rehearsal.providers.provider import Refused
from tests.engine_runs import EngineRun
from tests.providers.kubernetes.program import SECRET, Program

pytestmark = pytest.mark.cluster
VALUE = "correct-horse-battery"
ENCODED = base64.b64encode(VALUE.encode()).decode()


def test_inputs_and_outputs_of_a_secret_are_secret_whatever_the_program_says(program: Program, namespace: str) -> None:
    inputs = {"metadata": {"name": "keys", "namespace": namespace}, "stringData": {"a": VALUE}}
    resource = program.resource(SECRET, "keys")
    checked, _ = program.provider.check(resource, inputs, {})
    assert isinstance(checked["stringData"], wire.Secret)
    assert program.provider.secret_outputs(resource) == {"data", "stringData"}
    assert program.provider.secret_outputs(program.resource("kubernetes:core/v1:SecretPatch", "keys")) == {
        "data",
        "stringData",
    }


def test_an_import_of_a_secret_marks_its_values(program: Program, client: Client, namespace: str) -> None:
    program.create(SECRET, "keys", metadata={"name": "keys", "namespace": namespace}, stringData={"a": VALUE})
    live = program.provider.read(program.resource(SECRET, "keys", f"{namespace}/keys"), {}, {})
    assert live is not None
    assert isinstance(live[0]["data"], wire.Secret)
    assert live[0]["data"].value == {"a": ENCODED}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"data": {"a": VALUE}}, "data['a'] must be base64; plain text belongs in stringData"),
        ({"data": {"a": {"nested": VALUE}}}, "data['a'] must be a string, got dict"),
        ({"stringData": {"a": 123456789}}, "stringData['a'] must be a string, got int"),
        ({"stringData": VALUE}, "stringData must be an object of strings"),
    ],
)
def test_wrong_values_are_refused_before_the_server_could_log_them(
    program: Program, content: dict[str, object], told: str
) -> None:
    inputs = {"metadata": {"name": "keys", "namespace": "default"}, **content}
    _, failures = program.provider.check(program.resource(SECRET, "keys"), inputs, {})
    assert [(failure.property, failure.reason) for failure in failures] == [("", told)]


@pytest.mark.parametrize(
    "content",
    [
        {"data": {"a/b": ENCODED}},
        {"type": "kubernetes.io/dockerconfigjson", "stringData": {".dockerconfigjson": VALUE}},
        {"type": "kubernetes.io/basic-auth", "stringData": {"key": VALUE}},
    ],
    ids=["a bad key", "no JSON", "missing keys"],
)
def test_a_refused_secret_is_refused_without_its_values(
    program: Program, namespace: str, content: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for attempt in (program.preview, program.create):
        with pytest.raises(Refused) as refusal:
            attempt(SECRET, "keys", metadata={"name": "keys", "namespace": namespace}, **content)
        told = f"{refusal.value} {refusal.value.__cause__ or ''} {caplog.text}"
        assert VALUE not in told
        assert ENCODED not in told


def test_short_and_encoded_values_are_scrubbed_too() -> None:
    inputs = {"apiVersion": "v1", "kind": "Secret", "data": {"pin": "OTcz"}, "stringData": {"key": 'a"b\nc'}}
    assert scrub("OTcz 973", inputs) == "[secret] [secret]"
    assert scrub(r"the value a\"b\nc is bad", inputs) == "the value [secret] is bad"
    assert scrub("OTcz", {**inputs, "kind": "ConfigMap"}) == "OTcz"


@pytest.mark.engine
def test_nothing_of_a_secret_is_in_state_or_logs_of_a_run(
    kubernetes_run: Callable[..., EngineRun], on_the_stack: StackPaths, namespace: str
) -> None:
    run = kubernetes_run(
        f"""
        import pulumi
        import pulumi_kubernetes as k8s

        # As a program does that builds its objects itself and marks nothing as secret.
        raw = {{"apiVersion": "v1", "kind": "Secret", "metadata": {{"name": "raw", "namespace": "{namespace}"}}}}
        pulumi.CustomResource("kubernetes:core/v1:Secret", "raw", {{**raw, "data": {{"a": "{ENCODED}"}}}})
        k8s.core.v1.Secret(
            "keys", metadata={{"name": "keys", "namespace": "{namespace}"}}, string_data={{"a": "{VALUE}"}}
        )
        """
    )
    run.preview()
    run.up()
    run.refresh()
    assert run.preview().story.changes == {"same": 3}
    run.write(
        f"""
        import pulumi_kubernetes as k8s

        k8s.core.v1.Secret(
            "keys", metadata={{"name": "keys", "namespace": "{namespace}"}}, type="kubernetes.io/dockerconfigjson",
            string_data={{".dockerconfigjson": "{VALUE}"}}
        )
        """
    )
    run.up(fails=True)
    run.destroy()
    files = [path for root in (run.stack.root, on_the_stack.logs) for path in root.rglob("*") if path.is_file()]
    states = [path for path in run.checkpoint.file.parent.rglob("*") if path.is_file()]
    assert states
    for path in [*files, *states]:
        assert not _holds_the_value(path), path


def _holds_the_value(path: Path) -> bool:
    content = path.read_bytes()
    return VALUE.encode() in content or ENCODED.encode() in content
