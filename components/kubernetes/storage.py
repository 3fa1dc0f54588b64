"""The cluster's default storage: encrypted volumes under the data key, and snapshots of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import ResourceOptions

from components.naming import DataClass, Naming

DRIVER = "ebs.csi.aws.com"
#: Claims that name no class get this one; two defaults and the newer one wins, so nothing older can.
_DEFAULT = {"storageclass.kubernetes.io/is-default-class": "true"}
_DEFAULT_SNAPSHOT = {"snapshot.storage.kubernetes.io/is-default-class": "true"}


@dataclass(frozen=True, kw_only=True)
class StorageArgs:
    """`retained`: volumes and snapshots outlive their claims, and somebody has to delete them by hand."""

    key_arn: pulumi.Input[str]
    retained: bool


class Storage(pulumi.ComponentResource):
    """A class for volumes, in the zone of the pod that wants one; a class for snapshots."""

    class_name: pulumi.Output[str]

    def __init__(self, name: str, args: StorageArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:kubernetes:Storage", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self.class_name = self._create_class().metadata.apply(lambda metadata: metadata.name or "")
        self._create_snapshot_class()
        self.register_outputs({"className": self.class_name})

    def _create_class(self) -> kubernetes.storage.v1.StorageClass:
        tags = volume_tags(self._naming)
        return kubernetes.storage.v1.StorageClass(
            f"{self._name}-class",
            metadata={"name": "encrypted", "annotations": _DEFAULT},
            provisioner=DRIVER,
            parameters={
                "type": "gp3",
                "encrypted": "true",
                "kmsKeyId": self._args.key_arn,
                "csi.storage.k8s.io/fstype": "ext4",
                **{f"tagSpecification_{n}": f"{key}={value}" for n, (key, value) in enumerate(sorted(tags.items()), 1)},
            },
            reclaim_policy=self._policy,
            volume_binding_mode="WaitForFirstConsumer",
            allow_volume_expansion=True,
            opts=ResourceOptions(parent=self),
        )

    def _create_snapshot_class(self) -> None:
        """As a plain resource: the SDK's class for custom ones knows objects with a `spec` only."""
        pulumi.CustomResource(
            "kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshotClass",
            f"{self._name}-snapshots",
            {
                "apiVersion": "snapshot.storage.k8s.io/v1",
                "kind": "VolumeSnapshotClass",
                "metadata": {"name": "encrypted", "annotations": _DEFAULT_SNAPSHOT},
                "driver": DRIVER,
                "deletionPolicy": self._policy,
            },
            ResourceOptions(parent=self),
        )

    @property
    def _policy(self) -> str:
        return "Retain" if self._args.retained else "Delete"


def volume_tags(naming: Naming) -> Mapping[str, str]:
    """On every volume of the class: by them a plan of backups finds it."""
    return naming.tags("volumes", DataClass.HEALTH)
