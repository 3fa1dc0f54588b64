"""Words to the user while a call is under way, shown by the engine beside the resource."""

import logging
import threading

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

_SECONDS = 2.0


class EngineLog:
    """Best effort: what cannot be told is in the provider's log, and the engine's end is no reason to fail."""

    def __init__(self) -> None:
        self._stub: engine_pb2_grpc.EngineStub | None = None
        self._lock = threading.Lock()

    def status(self, address: str, urn: str, words: str) -> None:
        """Replaced by the next one; nothing of it stays."""
        self._tell(address, urn, words, engine_pb2.LogSeverity.Value("INFO"), ephemeral=True)

    def warning(self, address: str, urn: str, words: str) -> None:
        self._tell(address, urn, words, engine_pb2.LogSeverity.Value("WARNING"), ephemeral=False)

    def _tell(self, address: str, urn: str, words: str, severity: int, *, ephemeral: bool) -> None:
        logging.info("%s: %s", urn, words)
        if not address:
            return
        with self._lock:
            if self._stub is None:
                self._stub = engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))
        try:
            message = engine_pb2.LogRequest(severity=severity, message=words, urn=urn, ephemeral=ephemeral)
            self._stub.Log(message, timeout=_SECONDS)
        except grpc.RpcError as error:
            logging.info("the engine did not take it: %s", error)
