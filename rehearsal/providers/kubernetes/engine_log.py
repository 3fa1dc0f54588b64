"""Words to the user while a call is under way, shown by the engine beside the resource."""

import logging
import threading
from collections.abc import Callable

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from rehearsal.providers.provider import Resource

_SECONDS = 2.0


class EngineLog:
    """Best effort: what cannot be told is in the provider's log, and the engine's end is no reason to fail."""

    def __init__(self, address: str, *, suppress_deprecations: bool = False) -> None:
        self._address = address
        self._suppress_deprecations = suppress_deprecations
        self._stub: engine_pb2_grpc.EngineStub | None = None
        self._lock = threading.Lock()

    def teller(self, resource: Resource) -> Callable[[str], None]:
        """For what a resource is waiting for; each word replaces the one before, and nothing of it stays."""
        return lambda words: self._tell(resource, words, "INFO", ephemeral=True)

    def warner(self, resource: Resource) -> Callable[[str], None]:
        """For the API server's warnings."""

        def warn(words: str) -> None:
            if not (self._suppress_deprecations and "deprecated" in words):
                self._tell(resource, words, "WARNING", ephemeral=False)

        return warn

    def _tell(self, resource: Resource, words: str, severity: str, *, ephemeral: bool) -> None:
        logging.info("%s: %s", resource.urn, words)
        if not self._address:
            return
        with self._lock:
            if self._stub is None:
                self._stub = engine_pb2_grpc.EngineStub(grpc.insecure_channel(self._address))
        message = engine_pb2.LogRequest(
            severity=engine_pb2.LogSeverity.Value(severity), message=words, urn=resource.urn, ephemeral=ephemeral
        )
        try:
            self._stub.Log(message, timeout=_SECONDS)
        except grpc.RpcError as error:
            logging.info("the engine did not take it: %s", error)
