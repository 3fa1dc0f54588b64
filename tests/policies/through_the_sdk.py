"""A case put through the SDK's own servicer: its protocol buffers, its unknowns, its wrapping of properties."""

import runpy
from functools import lru_cache
from pathlib import Path
from typing import Any
from unittest import mock

from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import policy as sdk
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from tests.policies.cases import SOMEWHERE, Stack, references, resolved, urn

PACK = Path(__file__).parents[2] / "policies"


def diagnostics(case: Stack) -> list[analyzer_pb2.AnalyzeDiagnostic]:
    """What the engine would be told about this stack."""
    resources = _resources(case)
    for each in resources:
        inputs = analyzer_pb2.AnalyzeRequest(type=each.type, properties=each.properties, urn=each.urn, name=each.name)
        assert not _servicer().Analyze(inputs, None).diagnostics, "one resource alone tells nothing"
    return [*_servicer().AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=resources), None).diagnostics]


@lru_cache
def _servicer() -> Any:
    """The pack's own, caught where PolicyPack would begin to serve it."""
    made: list[Any] = []

    class Caught(sdk._PolicyAnalyzerServicer):  # pyright: ignore[reportPrivateUsage]
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            made.append(self)
            raise _CaughtError

    with mock.patch.object(sdk, "_PolicyAnalyzerServicer", Caught):
        try:
            runpy.run_path(str(PACK), run_name="__main__")
        except _CaughtError:
            return made[0]
    raise AssertionError("the pack made no servicer")


class _CaughtError(Exception):
    pass


def _resources(case: Stack) -> list[analyzer_pb2.AnalyzerResource]:
    return [
        analyzer_pb2.AnalyzerResource(
            type=given.type,
            properties=_struct({key: resolved(value, UNKNOWN_STRING_VALUE) for key, value in given.properties.items()}),
            urn=urn(name, given),
            name=name,
            parent=urn(given.parent, case[given.parent]) if given.parent else "",
            options=analyzer_pb2.AnalyzerResourceOptions(protect=given.protect),
            propertyDependencies={
                key: analyzer_pb2.AnalyzerPropertyDependencies(urns=urns)
                for key, urns in references(case, given).items()
            },
        )
        for name, given in {**case, "somewhere": SOMEWHERE}.items()
    ]


def _struct(properties: dict[str, Any]) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(properties)
    return made
