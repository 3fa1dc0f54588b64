"""Asks the emulators themselves what is still in them after a destroy."""

import json
from collections import Counter
from collections.abc import Set
from pathlib import Path
from typing import Any

from rehearsal.engine.checkpoint import Resource
from rehearsal.paths import StackPaths
from rehearsal.processes.kubernetes_api import KubernetesApi
from rehearsal.providers.aws.ledger import Ledger
from rehearsal.witness.record import Record

#: What a new cluster has by itself.
_SYSTEM_NAMESPACES = {"default", "kube-system", "kube-public", "kube-node-lease"}
_COUNTED = {"pods": "/api/v1/pods", "nodes": "/api/v1/nodes"}
_VOLUMES = "/api/v1/persistentvolumes"
#: Automated backups, which a database may leave behind (deleteAutomatedBackups), begin with this.
_AUTOMATED = ":snapshot:rds:"


def keepsakes(resources: list[Resource]) -> set[str]:
    """Final snapshots: what the program itself wants to outlive its databases."""
    databases = [each["outputs"] for each in resources if each["type"] == "aws:rds/instance:Instance"]
    return {str(each.get("finalSnapshotIdentifier")) for each in databases if not each.get("skipFinalSnapshot")}


def unknown_to(resources: list[Resource], stack: StackPaths) -> list[str]:
    """What a run that was cut off made in AWS and the state has not heard of: no destroy could find it."""
    known = {resource["urn"] for resource in resources}
    return [_shown(urn) for urn in sorted(Ledger(stack.ledger).standing()) if urn not in known]


def find(stack: StackPaths, kept: Set[str] = frozenset()) -> list[str]:
    """`3 ec2 subnet`, kind by kind; empty when nothing is left but what was to be kept."""
    places = json.loads(stack.endpoints.read_text())
    url = places["aws"]["url"]
    return [*_in_aws(stack, url, kept), *_by_the_ledger(stack), *_in_kubernetes(places["planes"])]


def _in_aws(stack: StackPaths, url: str, kept: Set[str]) -> list[str]:
    """By tag, in every region the program used: what this project makes is tagged wherever AWS allows it."""
    import boto3

    regions = {checked.region for checked in Record(stack.checked).resources()}
    found: Counter[str] = Counter()
    for region in sorted(regions):
        session = boto3.Session(aws_access_key_id="rehearsal", aws_secret_access_key="rehearsal", region_name=region)
        pages = session.client("resourcegroupstaggingapi", endpoint_url=url).get_paginator("get_resources").paginate()
        for resource in (resource for page in pages for resource in page["ResourceTagMappingList"]):
            arn: str = resource["ResourceARN"]
            is_kept = arn.rsplit(":", 1)[-1] in kept or _AUTOMATED in arn
            if not is_kept and not _is_a_ghost(arn, session, url):
                service, rest = arn.split(":")[2], arn.split(":", 5)[5]
                kind = rest.split("/")[0].split(":")[0] if service != "s3" else "bucket"
                found[f"{service} {kind} in {region}"] += 1
    return [f"{count} {kind}" for kind, count in sorted(found.items())]


def _is_a_ghost(arn: str, session: Any, url: str) -> bool:
    """What AWS, like its emulator, goes on showing for a while after it was deleted."""
    service, rest = arn.split(":")[2], arn.split(":", 5)[5]
    kind, _, name = rest.partition("/")
    if service == "kms":
        key = session.client("kms", endpoint_url=url).describe_key(KeyId=arn)["KeyMetadata"]
        return key["KeyState"] in ("PendingDeletion", "PendingReplicaDeletion")
    if service == "secretsmanager":
        return "DeletedDate" in session.client("secretsmanager", endpoint_url=url).describe_secret(SecretId=arn)
    if service != "ec2":
        return False
    ec2 = session.client("ec2", endpoint_url=url)
    if kind == "instance":
        machines = ec2.describe_instances(InstanceIds=[name])["Reservations"][0]["Instances"]
        return machines[0]["State"]["Name"] == "terminated"
    if kind == "natgateway":
        return ec2.describe_nat_gateways(NatGatewayIds=[name])["NatGateways"][0]["State"] == "deleted"
    return False


def _by_the_ledger(stack: StackPaths) -> list[str]:
    """What the AWS provider made and did not delete, tagged or not."""
    return [_shown(urn) for urn in sorted(Ledger(stack.ledger).standing())]


def _shown(urn: str) -> str:
    return f"{urn.split('::')[2].rsplit('$', 1)[-1]} {urn.rsplit('::', 1)[-1]}"


def _in_kubernetes(places: dict[str, dict[str, str]]) -> list[str]:
    return [left for number in sorted(places) for left in _in_plane(places[number])]


def _in_plane(place: dict[str, str]) -> list[str]:
    api = KubernetesApi(place["server"], Path(place["ca_file"]), place["token"])
    try:
        namespaces = {item["metadata"]["name"] for item in api.items("/api/v1/namespaces")} - _SYSTEM_NAMESPACES
        counts = {kind: len(api.items(path)) for kind, path in _COUNTED.items()}
        counts["persistent volumes"] = sum(not _is_retained(volume) for volume in api.items(_VOLUMES))
    finally:
        api.close()
    left = [f"namespace {name}" for name in sorted(namespaces)]
    return left + [f"{count} {kind}" for kind, count in counts.items() if count]


def _is_retained(volume: dict[str, Any]) -> bool:
    """Its class wants the data to outlive the claim, and the claim is gone."""
    retained = volume["spec"].get("persistentVolumeReclaimPolicy") == "Retain"
    return retained and volume.get("status", {}).get("phase") == "Released"
