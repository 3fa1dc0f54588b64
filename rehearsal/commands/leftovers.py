"""Asks the emulators themselves what is still in them after a destroy."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from rehearsal.paths import StackPaths
from rehearsal.processes.kubernetes_api import KubernetesApi
from rehearsal.witness.record import Record

#: What a new cluster has by itself.
_SYSTEM_NAMESPACES = {"default", "kube-system", "kube-public", "kube-node-lease"}
_COUNTED = {"pods": "/api/v1/pods", "nodes": "/api/v1/nodes", "persistent volumes": "/api/v1/persistentvolumes"}


def find(stack: StackPaths) -> list[str]:
    """`3 ec2 subnet`, kind by kind; empty when nothing is left."""
    places = json.loads(stack.endpoints.read_text())
    return [*_in_aws(stack, places["aws"]["url"]), *_in_kubernetes(places["kubernetes"])]


def _in_aws(stack: StackPaths, url: str) -> list[str]:
    """By tag, in every region the program used: what this project makes is tagged wherever AWS allows it."""
    import boto3

    regions = {checked.region for checked in Record(stack.checked).resources()}
    found: Counter[str] = Counter()
    for region in sorted(regions):
        session = boto3.Session(aws_access_key_id="rehearsal", aws_secret_access_key="rehearsal", region_name=region)
        pages = session.client("resourcegroupstaggingapi", endpoint_url=url).get_paginator("get_resources").paginate()
        for resource in (resource for page in pages for resource in page["ResourceTagMappingList"]):
            arn: str = resource["ResourceARN"]
            if not _awaits_deletion(arn, session, url):
                service, rest = arn.split(":")[2], arn.split(":", 5)[5]
                kind = rest.split("/")[0].split(":")[0] if service != "s3" else "bucket"
                found[f"{service} {kind} in {region}"] += 1
    return [f"{count} {kind}" for kind, count in sorted(found.items())]


def _awaits_deletion(arn: str, session: Any, url: str) -> bool:
    """Keys cannot be deleted at once, by AWS or its emulator."""
    if not arn.startswith("arn:aws:kms:"):
        return False
    key = session.client("kms", endpoint_url=url).describe_key(KeyId=arn)["KeyMetadata"]
    return key["KeyState"] in ("PendingDeletion", "PendingReplicaDeletion")


def _in_kubernetes(place: dict[str, str]) -> list[str]:
    api = KubernetesApi(place["server"], Path(place["ca_file"]), place["token"])
    try:
        namespaces = {item["metadata"]["name"] for item in api.items("/api/v1/namespaces")} - _SYSTEM_NAMESPACES
        counts = {kind: len(api.items(path)) for kind, path in _COUNTED.items()}
    finally:
        api.close()
    left = [f"namespace {name}" for name in sorted(namespaces)]
    return left + [f"{count} {kind}" for kind, count in counts.items() if count]
