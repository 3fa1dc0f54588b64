"""The provider protocol over real gRPC: what the engine hears of a provider's hooks."""

from collections.abc import Iterator
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from google.rpc import status_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from rehearsal.paths import STACK_DIRECTORY_VARIABLE
from rehearsal.providers import wire
from rehearsal.providers.differences import Change
from rehearsal.providers.provider import Failure, NotReady, Provider, Refused, Resource
from rehearsal.providers.servicer import Servicer
from rehearsal.providers.wire import UNKNOWN, Secret

TYPE = "sample:index:Thing"
URN = f"urn:pulumi:dev::project::parent:index:Parent${TYPE}::name"
LIMIT = [("grpc.max_receive_message_length", 1 << 28), ("grpc.max_send_message_length", 1 << 28)]
Values = dict[str, Any]


class Sample(Provider):
    """Says and does what a test asks for, by name."""

    package, version = "sample", "1.2.3"

    def __init__(self) -> None:
        super().__init__()
        self.settings: Values = {}
        self.seen: list[Resource] = []

    def configure(self, settings: Values) -> None:
        self.settings = settings

    def configuration_replaces(self) -> frozenset[str]:
        return frozenset({"region"})

    def check(self, resource: Resource, news: Values, olds: Values) -> tuple[Values, list[Failure]]:
        self.seen.append(resource)
        wrong = [Failure(place, f"must not be {news['value']}") for place in news.get("wrong", [])]
        return {**news, "filled": "in"}, wrong

    def diff(self, resource: Resource, old_inputs: Values, olds: Values, news: Values) -> list[Change]:
        if reason := news.get("refuse"):
            raise Refused(f"cannot become {reason} after {old_inputs['refuse']}")
        return [Change(c.path, c.kind, replace=c.top == "name") for c in super().diff(resource, old_inputs, olds, news)]

    def deletes_before_replacing(self, resource: Resource, old_inputs: Values, news: Values) -> bool:
        return news.get("fixed") is True

    def create(self, resource: Resource, inputs: Values, preview: bool) -> tuple[str, Values]:
        self.seen.append(resource)
        if preview:
            return "", {**inputs, "arn": UNKNOWN}
        if reason := inputs.get("refuse"):
            raise Refused(f"cannot: {reason}")
        if reason := inputs.get("crash"):
            raise KeyError(reason)
        outputs = {**inputs, "arn": f"arn:{inputs.get('name')}", "key": "by nature"}
        if reasons := inputs.get("reasons"):
            raise NotReady("id-1", outputs, reasons)
        return "id-1", outputs

    def read(self, resource: Resource, inputs: Values, state: Values) -> tuple[Values, Values] | None:
        if resource.id == "gone":
            return None
        return ({"name": "found"}, {"id": "kept", "name": "found"}) if not state else (inputs, state)

    def update(self, resource: Resource, old_inputs: Values, olds: Values, news: Values, preview: bool) -> Values:
        return {**olds, **news}

    def invoke(self, token: str, arguments: Values) -> Values:
        return {"token": token, **arguments} if token == "sample:index:echo" else super().invoke(token, arguments)

    def secret_outputs(self, resource: Resource) -> frozenset[str]:
        return frozenset({"key"})


@pytest.fixture
def provider() -> Sample:
    return Sample()


@pytest.fixture
def engine(provider: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv(STACK_DIRECTORY_VARIABLE, str(tmp_path / "stack"))
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), options=LIMIT)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(provider), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=LIMIT) as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)
    server.stop(None).wait()


def create(engine: Any, preview: bool = False, **inputs: Any) -> Values:
    request = provider_pb2.CreateRequest(urn=URN, type=TYPE, properties=wire.encode(inputs), preview=preview)
    answer = engine.Create(request, timeout=30)
    return {"id": answer.id, **wire.decode(answer.properties)}


def told(engine: Any, **inputs: Any) -> grpc.RpcError:
    with pytest.raises(grpc.RpcError) as caught:
        create(engine, **inputs)
    assert caught.value.code() is grpc.StatusCode.UNKNOWN
    return caught.value


def test_the_introductions(engine: Any, provider: Sample) -> None:
    handshake = provider_pb2.ProviderHandshakeRequest(engine_address="127.0.0.1:1")
    assert engine.Handshake(handshake).accept_secrets
    assert provider.engine_address == "127.0.0.1:1"
    assert engine.GetPluginInfo(empty_pb2.Empty()).version == "1.2.3"
    assert '"name": "sample"' in engine.GetSchema(provider_pb2.GetSchemaRequest()).schema
    engine.Cancel(empty_pb2.Empty())
    assert provider.cancelled.is_set()


def test_settings_are_decoded_from_their_json(engine: Any, provider: Sample) -> None:
    args = {"region": "eu-central-1", "tags": '{"d": "1"}', "retry": "false", "n": "3", "version": "1"}
    configured = engine.Configure(provider_pb2.ConfigureRequest(args=wire.encode(args)))
    assert configured.acceptSecrets
    assert configured.supportsPreview
    assert provider.settings == {"region": "eu-central-1", "tags": {"d": "1"}, "retry": False, "n": 3}


@pytest.mark.parametrize(
    ("new", "changed", "replaces"),
    [
        ({"region": '"a"', "version": "2"}, False, []),
        ({"region": '"b"'}, True, ["region"]),
        ({"region": '"a"', "retries": "3"}, True, []),
    ],
)
def test_a_changed_setting_is_noticed(engine: Any, new: Values, changed: bool, replaces: list[str]) -> None:
    old = wire.encode({"region": '"a"', "version": "1"})
    answer = engine.DiffConfig(provider_pb2.DiffRequest(old_inputs=old, olds=old, news=wire.encode(new)))
    assert (answer.changes == provider_pb2.DiffResponse.DIFF_SOME) is changed
    assert list(answer.replaces) == replaces


def test_secrets_are_marked_in_every_answer(engine: Any) -> None:
    given = {"name": Secret("hunter2"), "tags": {"a": Secret("tagged")}, "clear": "x"}
    checked = engine.Check(provider_pb2.CheckRequest(urn=URN, type=TYPE, news=wire.encode(given)))
    assert wire.decode(checked.inputs) == {**given, "filled": "in"}
    made = create(engine, **given)
    assert made == {"id": "id-1", **given, "arn": Secret("arn:hunter2"), "key": Secret("by nature")}
    state = wire.encode({**made, "name": "hunter2"})
    update = provider_pb2.UpdateRequest(urn=URN, id="id-1", olds=state, news=wire.encode(given))
    assert wire.decode(engine.Update(update).properties)["arn"] == Secret("arn:hunter2")
    read = provider_pb2.ReadRequest(urn=URN, id="id-1", inputs=wire.encode(given), properties=state)
    assert wire.decode(engine.Read(read).properties)["name"] == Secret("hunter2")


def test_a_preview_keeps_what_is_unknown(engine: Any) -> None:
    assert create(engine, preview=True, name=UNKNOWN, tags={"a": [UNKNOWN]}) == {
        "id": "",
        "name": UNKNOWN,
        "tags": {"a": [UNKNOWN]},
        "arn": UNKNOWN,
    }


def test_refused_inputs_are_told_without_values_that_must_not_be_printed(engine: Any) -> None:
    inputs = {"value": Secret("hunter2"), "wrong": ["value", "name", "name.deep[0]", ""], "name": "n"}
    answer = engine.Check(provider_pb2.CheckRequest(urn=URN, type=TYPE, news=wire.encode(inputs)))
    assert [(failure.property, failure.reason) for failure in answer.failures] == [
        ("", "property value: must not be [secret]"),
        ("name", "must not be [secret]"),
        ("", "property name.deep[0]: must not be [secret]"),
        ("", "must not be [secret]"),
    ]


@pytest.mark.parametrize(("fixed", "first"), [(True, True), (False, False)])
def test_a_difference_has_details_and_says_what_replaces(engine: Any, fixed: bool, first: bool) -> None:
    old = {"name": "a", "tags": {"a b": "1"}, "gone": [1], "fixed": fixed}
    new = {"name": "b", "tags": {"a b": "2"}, "gone": [], "fixed": fixed, "more": 1}
    answer = engine.Diff(
        provider_pb2.DiffRequest(urn=URN, olds=wire.encode(old), old_inputs=wire.encode(old), news=wire.encode(new))
    )
    kinds = provider_pb2.PropertyDiff
    assert {path: change.kind for path, change in answer.detailedDiff.items()} == {
        "name": kinds.UPDATE_REPLACE,
        'tags["a b"]': kinds.UPDATE,
        "gone[0]": kinds.DELETE,
        "more": kinds.ADD,
    }
    assert list(answer.replaces) == ["name"]
    assert answer.deleteBeforeReplace is first
    same = engine.Diff(provider_pb2.DiffRequest(urn=URN, old_inputs=wire.encode(old), news=wire.encode(old)))
    assert same.changes == provider_pb2.DiffResponse.DIFF_NONE


def test_a_read_tells_what_is_gone_and_under_which_id_an_import_is_kept(engine: Any) -> None:
    assert engine.Read(provider_pb2.ReadRequest(urn=URN, id="gone")).id == ""
    imported = engine.Read(provider_pb2.ReadRequest(urn=URN, id="told"))
    assert (imported.id, wire.decode(imported.properties)) == ("kept", {"name": "found"})


def test_a_resource_that_is_not_ready_is_kept_with_its_reasons(engine: Any) -> None:
    error = told(engine, name=Secret("hunter2"), reasons=["no node has room", "waits for hunter2"])
    metadata = dict(error.trailing_metadata())
    status = status_pb2.Status.FromString(metadata["grpc-status-details-bin"])
    detail = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(detail)
    assert detail.id == "id-1"
    assert list(detail.reasons) == ["no node has room", "waits for [secret]"]
    assert wire.decode(detail.properties)["arn"] == Secret("arn:hunter2")
    assert wire.decode(detail.inputs)["name"] == Secret("hunter2")
    assert "hunter2" not in error.details()


def test_a_refused_change_names_neither_the_old_secret_nor_the_new_one(engine: Any) -> None:
    request = provider_pb2.DiffRequest(
        urn=URN, old_inputs=wire.encode({"refuse": Secret("hunter1")}), news=wire.encode({"refuse": Secret("hunter2")})
    )
    with pytest.raises(grpc.RpcError) as refused:
        engine.Diff(request)
    assert refused.value.details() == "cannot become [secret] after [secret]"


def test_errors_are_told_in_words_and_without_secrets(engine: Any) -> None:
    assert told(engine, refuse="too many").details() == "cannot: too many"
    assert told(engine, refuse=Secret("hunter2")).details() == "cannot: [secret]"
    crashed = told(engine, crash=Secret("hunter2")).details()
    assert crashed.startswith("KeyError: '[secret]' (the provider's log: ")
    with pytest.raises(grpc.RpcError, match="the rehearsal has no function sample:index:other"):
        engine.Invoke(provider_pb2.InvokeRequest(tok="sample:index:other"))


def test_functions_answer(engine: Any) -> None:
    request = provider_pb2.InvokeRequest(tok="sample:index:echo", args=wire.encode({"a": [1, {"b": True}]}))
    answer = getattr(engine.Invoke(request), "return")
    assert wire.decode(answer) == {"token": "sample:index:echo", "a": [1, {"b": True}]}


def test_a_resource_is_known_by_type_and_name(engine: Any, provider: Sample) -> None:
    engine.Check(provider_pb2.CheckRequest(urn=URN))
    create(engine)
    assert [(resource.type, resource.name) for resource in provider.seen] == [(TYPE, "name")] * 2


def test_states_larger_than_the_usual_limit_of_a_message(engine: Any) -> None:
    large = "x" * (6 * 1024 * 1024)
    assert create(engine, name="n", large=large)["large"] == large
