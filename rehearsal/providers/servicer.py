"""The engine's provider protocol on one side, a `Provider`'s hooks on the other: values, secrets, errors, times."""

import contextlib
import json
import logging
import time
import traceback
from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf import any_pb2, empty_pb2
from google.rpc import status_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from rehearsal.paths import StackPaths
from rehearsal.providers import wire
from rehearsal.providers.differences import Change, changes
from rehearsal.providers.provider import Failure, NotReady, Provider, Refused, Resource


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Translates between protocol messages and the hooks of a `Provider`."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    # -- introductions ------------------------------------------------------------------------------------------------

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._provider.engine_address = request.engine_address
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo(version=self._provider.version)

    def Attach(self, request: Any, context: grpc.ServicerContext) -> Any:
        return empty_pb2.Empty()

    def GetSchema(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.GetSchemaResponse(schema=json.dumps(self._provider.schema()))

    def GetMapping(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.GetMappingResponse()

    def GetMappings(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.GetMappingsResponse()

    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        given = wire.decode(request.news)

        def work() -> Any:
            settings = self._provider.check_configuration(wire.plain(given))
            return provider_pb2.CheckResponse(inputs=wire.encode(wire.conceal(settings, given)))

        return self._answer(context, "CheckConfig", request.urn, work, given)

    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        old = _settings(wire.plain(wire.decode(request.old_inputs)))
        new = _settings(wire.plain(wire.decode(request.news)))
        found = changes(old, new)
        replaces = sorted({change.top for change in found} & self._provider.configuration_replaces())
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if found else provider_pb2.DiffResponse.DIFF_NONE,
            diffs=sorted({change.top for change in found}),
            replaces=replaces,
        )

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        given = wire.decode(request.args)
        self._answer(context, "Configure", "", lambda: self._provider.configure(_settings(wire.plain(given))), given)
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._provider.cancelled.set()
        return empty_pb2.Empty()

    # -- the life of a resource ---------------------------------------------------------------------------------------

    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        resource = _resource(request)
        news = wire.decode(request.news)
        olds = wire.plain(wire.decode(request.olds))

        def work() -> Any:
            inputs, failures = self._provider.check(resource, wire.plain(news), olds)
            concealed = wire.conceal(inputs, news)
            if not failures:
                self._provider.checked(resource, concealed)
            return provider_pb2.CheckResponse(
                inputs=wire.encode(concealed),
                failures=[_told(failure, news) for failure in failures],
            )

        return self._answer(context, "Check", resource.urn, work, news)

    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        resource = _resource(request)
        given = {side: wire.decode(part) for side, part in (("old", request.old_inputs), ("new", request.news))}
        old_inputs, news, olds = wire.plain(given["old"]), wire.plain(given["new"]), _plain(request.olds)

        def work() -> Any:
            found = self._provider.diff(resource, old_inputs, olds, news)
            replaces = sorted({change.top for change in found if change.replace})
            return provider_pb2.DiffResponse(
                changes=provider_pb2.DiffResponse.DIFF_SOME if found else provider_pb2.DiffResponse.DIFF_NONE,
                diffs=sorted({change.top for change in found}),
                replaces=replaces,
                hasDetailedDiff=True,
                detailedDiff={change.path: _property_diff(change) for change in found},
                deleteBeforeReplace=bool(replaces)
                and self._provider.deletes_before_replacing(resource, old_inputs, news),
            )

        return self._answer(context, "Diff", resource.urn, work, given)

    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        resource = _resource(request)
        given = wire.decode(request.properties)

        def work() -> Any:
            id, outputs = self._provider.create(resource, wire.plain(given), request.preview)
            return provider_pb2.CreateResponse(id=id, properties=self._concealed(resource, outputs, given))

        return self._answer(context, "Create", resource.urn, work, given)

    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        resource = _resource(request)
        given = wire.decode(request.inputs)
        state = wire.decode(request.properties)

        def work() -> Any:
            live = self._provider.read(resource, wire.plain(given), wire.plain(state))
            if live is None:
                return provider_pb2.ReadResponse(id="")
            inputs, outputs = live
            # An import has no program to say what is secret.
            secrets = frozenset[str]() if given else self._provider.secret_outputs(resource)
            return provider_pb2.ReadResponse(
                id=outputs.pop("id", resource.id),  # an import may be told by another id than the one kept
                inputs=wire.encode(wire.conceal(inputs, given, secrets)),
                properties=self._concealed(resource, outputs, {**state, **given}),
            )

        return self._answer(context, "Read", resource.urn, work, given)

    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        resource = _resource(request)
        given = wire.decode(request.news)
        old_inputs, olds = _plain(request.old_inputs), _plain(request.olds)

        def work() -> Any:
            outputs = self._provider.update(resource, old_inputs, olds, wire.plain(given), request.preview)
            return provider_pb2.UpdateResponse(properties=self._concealed(resource, outputs, given))

        return self._answer(context, "Update", resource.urn, work, given)

    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        resource = _resource(request)

        given = wire.decode(request.old_inputs)

        def work() -> Any:
            self._provider.delete(resource, wire.plain(given), _plain(request.properties))
            return empty_pb2.Empty()

        return self._answer(context, "Delete", resource.urn, work, given)

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        given = wire.decode(request.args)

        def work() -> Any:
            result = self._provider.invoke(request.tok, wire.plain(given))
            return provider_pb2.InvokeResponse(**{"return": wire.encode(result)})

        return self._answer(context, "Invoke", request.tok, work, given)

    def Construct(self, request: Any, context: grpc.ServicerContext) -> Any:
        def work() -> Any:
            self._provider.construct(request.type)
            return provider_pb2.ConstructResponse()

        return self._answer(context, "Construct", request.type, work)

    # -- shared -------------------------------------------------------------------------------------------------------

    def _concealed(self, resource: Resource, outputs: dict[str, Any], given: dict[str, Any]) -> Any:
        return wire.encode(wire.conceal(outputs, given, self._provider.secret_outputs(resource)))

    def _answer(
        self,
        context: grpc.ServicerContext,
        call: str,
        what: str,
        work: Callable[[], Any],
        given: dict[str, Any] | None = None,
    ) -> Any:
        """Run a hook, log how long it took, and turn what it raises into the engine's words."""
        started = time.monotonic()
        outcome = "ok"
        secrets = given or {}
        try:
            return work()
        except NotReady as error:
            outcome = f"not ready: {wire.scrub(str(error), secrets)}"
            self._abort_not_ready(context, what, error, secrets)
        except Refused as error:
            told = wire.scrub(str(error), secrets)
            outcome = f"refused: {told}"
            context.abort(grpc.StatusCode.UNKNOWN, told)
        except Exception as error:
            outcome = "failed"
            logging.error("%s %s\n%s", call, what, wire.scrub(traceback.format_exc(), secrets))
            log = StackPaths.of_this_process().logs / f"provider-{self._provider.package}.log"
            told = wire.scrub(f"{type(error).__name__}: {error}", secrets)
            context.abort(grpc.StatusCode.UNKNOWN, f"{told} (the provider's log: {log})")
        finally:
            logging.info("%s %s %.0f ms %s", call, what, (time.monotonic() - started) * 1000, outcome)

    def _abort_not_ready(self, context: grpc.ServicerContext, urn: str, error: NotReady, given: dict[str, Any]) -> None:
        resource = Resource(urn=urn, type=_type_of(urn), id=error.id)
        detail = any_pb2.Any()
        detail.Pack(
            provider_pb2.ErrorResourceInitFailed(
                id=error.id,
                properties=self._concealed(resource, error.outputs, given),
                reasons=[wire.scrub(reason, given) for reason in error.reasons],
                inputs=wire.encode(given),
            )
        )
        status = status_pb2.Status(
            code=grpc.StatusCode.UNKNOWN.value[0], message=wire.scrub(str(error), given), details=[detail]
        )
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        context.abort(grpc.StatusCode.UNKNOWN, wire.scrub(str(error), given))


def _told(failure: Failure, given: dict[str, Any]) -> Any:
    """The engine prints a refused property's value, secret or not, and `{<nil>}` for one within another."""
    reason = wire.scrub(failure.reason, given)
    if isinstance(given.get(failure.property), str | int | float):
        return provider_pb2.CheckFailure(property=failure.property, reason=reason)
    return provider_pb2.CheckFailure(reason=f"property {failure.property}: {reason}" if failure.property else reason)


def _plain(struct: Any) -> dict[str, Any]:
    return wire.plain(wire.decode(struct))


def _resource(request: Any) -> Resource:
    return Resource(
        urn=request.urn,
        type=request.type or _type_of(request.urn),
        id=getattr(request, "id", ""),
        timeout_seconds=getattr(request, "timeout", 0.0),
    )


def _type_of(urn: str) -> str:
    """urn:pulumi:stack::project::parent$type::name"""
    return urn.split("::")[2].rsplit("$", 1)[-1] if urn.count("::") >= 3 else ""


def _settings(args: dict[str, Any]) -> dict[str, Any]:
    """Provider settings travel as JSON-encoded strings, scalars included; `version` is the engine's business."""
    decoded: dict[str, Any] = {}
    for key, value in args.items():
        if key in ("version", "pluginDownloadURL"):
            continue
        if isinstance(value, str):
            with contextlib.suppress(ValueError):
                value = json.loads(value)
        decoded[key] = value
    return decoded


def _property_diff(change: Change) -> Any:
    kind = getattr(provider_pb2.PropertyDiff, change.kind.upper())
    return provider_pb2.PropertyDiff(kind=kind + 1 if change.replace else kind, inputDiff=True)
