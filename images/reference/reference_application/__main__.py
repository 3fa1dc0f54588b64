"""Starts the application: checks its surroundings, serves, and leaves in good order on SIGTERM."""

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

from reference_application.server import Application, serve

#: Secrets arrive as files of this directory and, for applications that need it, as variables too.
SECRETS_VARIABLE = "LIFELINE_SECRETS_DIR"


def missing(contract: dict) -> list[str]:
    """Everything the application was promised and did not get, at once."""
    files = Path(os.environ.get(SECRETS_VARIABLE, "/etc/lifeline/secrets"))
    lacking = [f"variable {name}" for name in contract["variables"] if name not in os.environ]
    lacking += [
        f"secret {name} (neither a variable nor a file in {files})"
        for name in contract["secrets"]
        if not os.environ.get(name) and not (files / name).is_file()
    ]
    return lacking


def main() -> int:
    contract = json.loads(Path(sys.argv[1]).read_text())
    if lacking := missing(contract):
        print("cannot start; missing:\n" + "\n".join(f"  {each}" for each in lacking), file=sys.stderr)
        return 1
    application = Application(contract)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    server = serve(application, os.environ.get("REFERENCE_HOST", "0.0.0.0"), int(contract["port"] or 0))
    print(json.dumps({"listening": server.server_address[1]}), flush=True)
    while not stopping.wait(0.2):  # a signal that another thread took is seen only when this one wakes
        pass
    application.drain()
    time.sleep(contract["drain_seconds"])
    application.wait_until_idle(contract["shutdown_seconds"])
    server.shutdown()
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # threads of late visitors may still run, and an interpreter that winds up under them can hang
