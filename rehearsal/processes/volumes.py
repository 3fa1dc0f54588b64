"""Volumes for claims: what the EBS CSI driver does on EKS, without disks.

A claim of one of our classes gets a volume of the size asked for, in the zone of the node the scheduler chose; it
grows when the claim does and goes when the claim is deleted, as the class's reclaim policy says.
"""

import hashlib
import logging
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from rehearsal.processes.kubernetes_api import ApiError, KubernetesApi

PROVISIONER = "ebs.csi.aws.com"
CLAIMS = "/api/v1/persistentvolumeclaims"
VOLUMES = "/api/v1/persistentvolumes"
CLASSES = "/apis/storage.k8s.io/v1/storageclasses"
ZONE = "topology.kubernetes.io/zone"
_PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"
_PROVISIONERS = ("volume.kubernetes.io/storage-provisioner", "volume.beta.kubernetes.io/storage-provisioner")
_SELECTED_NODE = "volume.kubernetes.io/selected-node"

log = logging.getLogger(__name__)


def default_class() -> dict[str, Any]:
    """So that claims without a class bind; a class which the program marks as default is newer and wins."""
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {
            "name": "rehearsal-default",
            "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
        },
        "provisioner": PROVISIONER,
        "parameters": {"type": "gp3", "encrypted": "true"},
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "WaitForFirstConsumer",
        "allowVolumeExpansion": True,
    }


def driver() -> dict[str, Any]:
    """Tells the controllers that nothing need be attached: simulated nodes have no disks to attach to."""
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "CSIDriver",
        "metadata": {"name": PROVISIONER},
        "spec": {"attachRequired": False, "podInfoOnMount": False},
    }


def reconcile(api: KubernetesApi) -> None:
    """Bring volumes in line with claims, once."""
    claims = api.items(CLAIMS)
    volumes = {volume["metadata"]["name"]: volume for volume in api.items(VOLUMES)}
    classes = {item["metadata"]["name"]: item for item in api.items(CLASSES)}
    for claim in claims:
        volume = volumes.get(_volume_name(claim))
        storage_class = classes.get(claim["spec"].get("storageClassName", ""))
        if "deletionTimestamp" in claim["metadata"] or storage_class is None:
            continue
        with _a_refusal_stops_no_other(claim):
            if volume is None and _is_waiting_for_us(claim):
                _provision(api, claim, storage_class)
            elif volume is not None:
                _grow(api, claim, volume, storage_class)
    for volume in volumes.values():
        with _a_refusal_stops_no_other(volume):
            _reclaim(api, volume)


@contextmanager
def _a_refusal_stops_no_other(item: dict[str, Any]) -> Generator[None]:
    try:
        yield
    except ApiError as refusal:
        log.warning("%s: %s", item["metadata"]["name"], refusal)


def _volume_name(claim: dict[str, Any]) -> str:
    return f"pvc-{claim['metadata']['uid']}"


def _is_waiting_for_us(claim: dict[str, Any]) -> bool:
    """The controllers and the scheduler leave these annotations when it is the provisioner's turn."""
    annotations = claim["metadata"].get("annotations", {})
    asked = any(annotations.get(name) == PROVISIONER for name in _PROVISIONERS)
    return asked and not claim["spec"].get("volumeName") and claim["status"].get("phase") == "Pending"


def _provision(api: KubernetesApi, claim: dict[str, Any], storage_class: dict[str, Any]) -> None:
    zone = _zone(api, claim, storage_class)
    if zone is None:
        return
    spec, name, metadata = claim["spec"], _volume_name(claim), claim["metadata"]
    parameters = {key: str(value) for key, value in storage_class.get("parameters", {}).items()}
    volume: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name, "annotations": {_PROVISIONED_BY: PROVISIONER}, "labels": {ZONE: zone}},
        "spec": {
            "capacity": {"storage": spec["resources"]["requests"]["storage"]},
            "accessModes": spec["accessModes"],
            "volumeMode": spec.get("volumeMode", "Filesystem"),
            "storageClassName": spec["storageClassName"],
            "mountOptions": storage_class.get("mountOptions", []),
            "persistentVolumeReclaimPolicy": storage_class.get("reclaimPolicy", "Delete"),
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "namespace": metadata["namespace"],
                "name": metadata["name"],
                "uid": metadata["uid"],
            },
            "csi": {
                "driver": PROVISIONER,
                "volumeHandle": f"vol-{hashlib.sha256(name.encode()).hexdigest()[:17]}",
                "fsType": parameters.get("csi.storage.k8s.io/fstype", "ext4"),
                "volumeAttributes": parameters,
            },
            "nodeAffinity": {
                "required": {
                    "nodeSelectorTerms": [{"matchExpressions": [{"key": ZONE, "operator": "In", "values": [zone]}]}]
                }
            },
        },
    }
    api.create(VOLUMES, volume)
    log.info("volume %s for %s/%s in %s", name, metadata["namespace"], metadata["name"], zone)


def _zone(api: KubernetesApi, claim: dict[str, Any], storage_class: dict[str, Any]) -> str | None:
    """Of the chosen node; for a class that binds at once, any zone which has nodes."""
    selected = claim["metadata"].get("annotations", {}).get(_SELECTED_NODE)
    if storage_class.get("volumeBindingMode") == "WaitForFirstConsumer" and not selected:
        return None
    zones: set[str] = set()
    for node in api.items("/api/v1/nodes"):
        zone = node["metadata"].get("labels", {}).get(ZONE)
        if zone and node["metadata"]["name"] == selected:
            return zone
        if zone:
            zones.add(zone)
    if selected or not zones:
        return None
    ordered = sorted(zones)
    return ordered[int(hashlib.sha256(claim["metadata"]["uid"].encode()).hexdigest(), 16) % len(ordered)]


def _grow(api: KubernetesApi, claim: dict[str, Any], volume: dict[str, Any], storage_class: dict[str, Any]) -> None:
    wanted = claim["spec"]["resources"]["requests"]["storage"]
    granted = claim["status"].get("capacity", {}).get("storage")
    if granted in (None, wanted) or not storage_class.get("allowVolumeExpansion"):
        return
    if volume["spec"]["capacity"]["storage"] != wanted:
        api.merge(f"{VOLUMES}/{volume['metadata']['name']}", {"spec": {"capacity": {"storage": wanted}}})
    metadata = claim["metadata"]
    path = f"/api/v1/namespaces/{metadata['namespace']}/persistentvolumeclaims/{metadata['name']}/status"
    api.merge(path, {"status": {"capacity": {"storage": wanted}, "conditions": None}})
    log.info("volume %s grown to %s", volume["metadata"]["name"], wanted)


def _reclaim(api: KubernetesApi, volume: dict[str, Any]) -> None:
    ours = volume["metadata"].get("annotations", {}).get(_PROVISIONED_BY) == PROVISIONER
    released = volume["status"].get("phase") == "Released" and "deletionTimestamp" not in volume["metadata"]
    if ours and released and volume["spec"]["persistentVolumeReclaimPolicy"] == "Delete":
        api.delete(f"{VOLUMES}/{volume['metadata']['name']}")
        log.info("volume %s deleted with its claim", volume["metadata"]["name"])
