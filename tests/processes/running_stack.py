"""What tests ask of a running stack."""

import json
from pathlib import Path

from rehearsal.paths import StackPaths
from rehearsal.processes.kubernetes_api import KubernetesApi
from rehearsal.processes.records import Record, Records

ACCOUNT = "111122223333"


def recorded(paths: StackPaths) -> dict[str, Record]:
    return Records.load(paths.processes).processes


def pids(paths: StackPaths) -> dict[str, int]:
    return {name: record.identity.pid for name, record in recorded(paths).items()}


def client(paths: StackPaths) -> KubernetesApi:
    cluster = json.loads(paths.endpoints.read_text())["kubernetes"]
    return KubernetesApi(cluster["server"], Path(cluster["ca_file"]), cluster["token"])
