"""Add-ons of a cluster: requests are validated, because the emulator lacks them; what they bring is installed."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import yaml

from rehearsal.providers.aws import machines, tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.services.eks import role_failures
from rehearsal.providers.provider import Failure

#: AWS's own and its community add-ons with a version EKS 1.35 offers; those of vendors are named vendor_product.
ADDONS = {
    "adot": "v0.131.0-eksbuild.1",
    "amazon-cloudwatch-observability": "v4.10.0-eksbuild.1",
    "aws-ebs-csi-driver": "v1.55.0-eksbuild.1",
    "aws-efs-csi-driver": "v2.2.0-eksbuild.1",
    "aws-fsx-csi-driver": "v1.8.0-eksbuild.1",
    "aws-guardduty-agent": "v1.12.1-eksbuild.2",
    "aws-mountpoint-s3-csi-driver": "v2.2.2-eksbuild.1",
    "aws-network-flow-monitoring-agent": "v1.1.2-eksbuild.1",
    "aws-privateca-connector-for-kubernetes": "v1.8.0-eksbuild.1",
    "aws-secrets-store-csi-driver-provider": "v2.1.1-eksbuild.1",
    "cert-manager": "v1.19.1-eksbuild.1",
    "coredns": "v1.13.1-eksbuild.1",
    "eks-node-monitoring-agent": "v1.5.0-eksbuild.1",
    "eks-pod-identity-agent": "v1.3.10-eksbuild.2",
    "external-dns": "v0.20.0-eksbuild.1",
    "fluent-bit": "v4.2.0-eksbuild.1",
    "kube-proxy": "v1.35.0-eksbuild.2",
    "kube-state-metrics": "v2.17.0-eksbuild.1",
    "metrics-server": "v0.8.0-eksbuild.5",
    "prometheus-node-exporter": "v1.10.2-eksbuild.1",
    "snapshot-controller": "v8.3.0-eksbuild.3",
    "vpc-cni": "v1.21.1-eksbuild.1",
}
_VERSION = re.compile(r"^v\d+\.\d+\.\d+(-[a-z0-9.]+)?-eksbuild\.\d+$")


def in_cluster(r: Live) -> None:
    """The cluster must be there, as it must on AWS."""
    r.account_of.clients.call("eks", r.region, "DescribeCluster", {"name": r.inputs["clusterName"]})


def stamps(r: Live) -> dict[str, str]:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"createdAt": r.state.get("createdAt") or now, "modifiedAt": now}


def uuid_of(r: Live, name: str) -> str:
    """The end of an ARN that was given before, or a new one."""
    given = str(r.state.get(name) or "").rsplit("/", 1)[-1]
    return given or "-".join((r.invented(digits=8), *(r.invented(digits=4) for _ in range(3)), r.invented(digits=12)))


def _create_addon(r: Live) -> dict[str, Any]:
    in_cluster(r)
    r.send()
    return {}


def _also_addon(r: Live) -> dict[str, Any]:
    how = r.inputs.get("resolveConflictsOnCreate")
    return {"resolveConflicts": how} if how else {}


def _install(r: Live) -> None:
    """What the add-on brings into the cluster: API types, drivers, classes."""
    if machines.kubernetes_runs():
        from rehearsal.providers.kubernetes.definitions import install_addon

        install_addon(r.inputs["addonName"], cluster=f"{r.region}/{r.inputs['clusterName']}")


def _change_addon(r: Live) -> None:
    request = r.request(only=[name for name in r.changed if name in _ADDON_UPDATES], operation="UpdateAddon")
    how = r.inputs.get("resolveConflictsOnUpdate")
    named = {"clusterName": r.inputs["clusterName"], "addonName": r.inputs["addonName"]}
    r.api("UpdateAddon", **named, **request, **({"resolveConflicts": how} if how else {}))


def _delete_addon(r: Live) -> None:
    preserve = {"preserve": True} if r.inputs.get("preserve") else {}
    r.api("DeleteAddon", clusterName=r.inputs["clusterName"], addonName=r.inputs["addonName"], **preserve)
    if machines.kubernetes_runs() and not preserve:
        from rehearsal.providers.kubernetes.definitions import remove_addon

        remove_addon(r.inputs["addonName"], cluster=f"{r.region}/{r.inputs['clusterName']}")


def _addon_outputs(r: Live, live: Mapping[str, Any]) -> dict[str, Any]:
    pattern = "arn:{partition}:eks:{region}:{account}:addon/"
    name = r.get("addonName")
    return {
        "arn": f"{r.arn(pattern)}{r.get('clusterName')}/{name}/{uuid_of(r, 'arn')}",
        "addonVersion": r.get("addonVersion") or ADDONS.get(name, "v1.0.0-eksbuild.1"),
        "configurationValues": r.inputs.get("configurationValues") or "",
        **stamps(r),
    }


def _check_addon(inputs: Mapping[str, Any]) -> list[Failure]:
    name, version, values = (inputs.get(key) for key in ("addonName", "addonVersion", "configurationValues"))
    failures = role_failures(inputs, "serviceAccountRoleArn")
    if isinstance(name, str) and name not in ADDONS and "_" not in name:
        failures.append(Failure("addonName", f"must be one of {', '.join(ADDONS)}; got {name!r} (AWS rule)"))
    if isinstance(version, str) and name in ADDONS and not _VERSION.match(version):
        reason = f"must look like {ADDONS[str(name)]}, got {version!r} (AWS rule)"
        failures.append(Failure("addonVersion", reason))
    if isinstance(values, str) and values and not isinstance(_parsed(values), dict):
        failures.append(Failure("configurationValues", "must be a JSON or YAML object (AWS rule)"))
    allowed = ("NONE", "OVERWRITE")
    if isinstance(how := inputs.get("resolveConflictsOnCreate"), str) and how not in allowed:
        reason = f"must be one of {', '.join(allowed)}; got {how!r} (AWS rule)"
        failures.append(Failure("resolveConflictsOnCreate", reason))
    allowed = ("NONE", "OVERWRITE", "PRESERVE")
    if isinstance(how := inputs.get("resolveConflictsOnUpdate"), str) and how not in allowed:
        reason = f"must be one of {', '.join(allowed)}; got {how!r} (AWS rule)"
        failures.append(Failure("resolveConflictsOnUpdate", reason))
    return failures


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        try:
            return yaml.safe_load(text)
        except yaml.YAMLError:
            return None


_ADDON_UPDATES = ("addonVersion", "serviceAccountRoleArn", "configurationValues", "podIdentityAssociations")

ENTRIES = (
    Entry(
        type="aws:eks/addon:Addon",
        service="eks",
        level="validated",
        operation="CreateAddon",
        create=_create_addon,
        settle=_install,
        also=_also_addon,
        id=lambda r, answer: f"{r.inputs['clusterName']}:{r.inputs['addonName']}",
        update=dict.fromkeys(_ADDON_UPDATES, _change_addon),
        not_sent=("preserve", "resolveConflictsOnCreate", "resolveConflictsOnUpdate"),
        replace=("clusterName", "addonName", "namespaceConfig"),
        alone=True,
        delete=_delete_addon,
        outputs=_addon_outputs,
        check=_check_addon,
        tags=tags.mapped(),
        twin="AWS::EKS::Addon",
        twin_rename={
            "preserve": "PreserveOnDelete",
            "resolveConflictsOnCreate": "ResolveConflicts",
            "resolveConflictsOnUpdate": "",
        },
    ),
)
