"""Serves until it is told to stop: `python -m json_exporter <configuration.json> [port [address]]`."""

import signal
import sys
import threading
from pathlib import Path

from json_exporter.asking import Configuration
from json_exporter.server import Server

_PORT = 7979


def main(arguments: list[str]) -> int:
    if not 1 <= len(arguments) <= 3:
        print("usage: python -m json_exporter <configuration.json> [port [address]]", file=sys.stderr)
        return 2
    try:
        configuration = Configuration.read(Path(arguments[0]).read_text())
        port = int(arguments[1]) if len(arguments) > 1 else _PORT
    except (OSError, ValueError) as error:
        print(f"error: {arguments[0]}: {error}", file=sys.stderr)
        return 1
    server = Server((arguments[2] if len(arguments) > 2 else "", port), configuration)
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()
    server.server_close()
    return 0


sys.exit(main(sys.argv[1:]))
