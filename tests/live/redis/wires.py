"""The network between servers, as far as it can be cut: each public address leads to a private one by a wire.

A cut wire is silent, as a network is that loses every packet: nothing is refused, nothing arrives, and what was under
way arrives once it is whole again.
"""

import asyncio
import threading
from contextlib import suppress


class Wires:
    """Everybody who is connected through `address` is cut off from it, and nobody else."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._whole: dict[str, asyncio.Event] = {}
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def lead(self, address: str, port: int, to: str) -> None:
        async def listen() -> None:
            self._whole[address] = asyncio.Event()
            self._whole[address].set()
            await asyncio.start_server(lambda *near: self._connected(address, to, port, *near), address, port)

        asyncio.run_coroutine_threadsafe(listen(), self._loop).result(10)

    def cut(self, address: str) -> None:
        self._loop.call_soon_threadsafe(self._whole[address].clear)

    def mend(self, address: str) -> None:
        self._loop.call_soon_threadsafe(self._whole[address].set)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _connected(
        self, address: str, to: str, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(to, port)
        except OSError:
            writer.close()
            return
        whole = self._whole[address]
        await asyncio.gather(_pass(reader, far_writer, whole), _pass(far_reader, writer, whole))


async def _pass(source: asyncio.StreamReader, target: asyncio.StreamWriter, whole: asyncio.Event) -> None:
    with suppress(OSError):
        while data := await source.read(65536):
            await whole.wait()
            target.write(data)
            await target.drain()
    await whole.wait()
    target.close()
