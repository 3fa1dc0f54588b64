"""endpoints.json: where the emulators of a stack answer, for the providers.

`kubernetes` is the first control plane, `planes` has every one by number, `clusters` says which stands for which EKS
cluster ("us-east-1/name").
"""

import json
from collections.abc import Mapping
from typing import Any

from rehearsal.paths import StackPaths
from rehearsal.processes.certificates import Credentials
from rehearsal.processes.records import write_atomically


def read(paths: StackPaths) -> dict[str, Any]:
    return json.loads(paths.endpoints.read_text())


def write(
    paths: StackPaths,
    aws_url: str,
    account: str,
    planes: Mapping[int, tuple[str, Credentials]],
    clusters: Mapping[str, int],
) -> None:
    described = {str(number): _described(*where) for number, where in planes.items()}
    content = {
        "aws": {"url": aws_url, "account": account},
        "kubernetes": described["1"],
        "planes": described,
        "clusters": {cluster: described[str(number)] for cluster, number in clusters.items()},
    }
    _put(paths, content)


def put_plane(paths: StackPaths, number: int, server: str, credentials: Credentials) -> None:
    content = read(paths)
    content["planes"][str(number)] = _described(server, credentials)
    _put(paths, content)


def put_cluster(paths: StackPaths, cluster: str, number: int) -> dict[str, str]:
    content = read(paths)
    content["clusters"][cluster] = content["planes"][str(number)]
    _put(paths, content)
    return content["clusters"][cluster]


def drop_cluster(paths: StackPaths, cluster: str) -> None:
    content = read(paths)
    content["clusters"].pop(cluster, None)
    _put(paths, content)


def _described(server: str, credentials: Credentials) -> dict[str, str]:
    return {"server": server, "ca_file": str(credentials.authority), "token": credentials.token("admin")}


def _put(paths: StackPaths, content: Mapping[str, Any]) -> None:
    write_atomically(paths.endpoints, json.dumps(content, indent=2))
