"""endpoints.json: where the emulators of a stack answer, for the providers."""

import json

from rehearsal.paths import StackPaths
from rehearsal.processes.certificates import Credentials
from rehearsal.processes.records import write_atomically


def write_endpoints(paths: StackPaths, aws_url: str, account: str, server: str, credentials: Credentials) -> None:
    content = {
        "aws": {"url": aws_url, "account": account},
        "kubernetes": {
            "server": server,
            "ca_file": str(credentials.authority),
            "token": credentials.token("admin"),
        },
    }
    write_atomically(paths.endpoints, json.dumps(content, indent=2))
