"""EKS clusters, whose endpoint is the rehearsal's own Kubernetes API server."""

import base64
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rehearsal.paths import StackPaths
from rehearsal.processes import planes
from rehearsal.providers.aws import machines, tags
from rehearsal.providers.aws.asking import filters, only
from rehearsal.providers.aws.cidrs import cidr_problem
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure, Refused

#: Standard or extended support on 2026-11-21 (1.31 leaves extended support on 2026-11-26, 1.35 on 2028-03-27).
OFFERED_VERSIONS = ("1.31", "1.32", "1.33", "1.34", "1.35", "1.36")
DEFAULT_VERSION = "1.35"
_LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
_ROLE = re.compile(r"^arn:aws[a-z-]*:iam::\d{12}:role/.+")

#: Changed by UpdateClusterConfig, which the emulator takes only for networking and logging.
_CONFIGURED = (
    *("upgradePolicy", "zonalShiftConfig", "computeConfig", "storageConfig", "deletionProtection"),
    *("controlPlaneScalingConfig", "kubeApiServerConfig", "kubeSchedulerConfig", "kubeControllerManagerConfig"),
)


def version_failures(inputs: Mapping[str, Any]) -> list[Failure]:
    version = inputs.get("version")
    if not isinstance(version, str) or version in OFFERED_VERSIONS:
        return []
    offered = ", ".join(OFFERED_VERSIONS)
    return [Failure("version", f"must be one EKS offers ({offered} on 2026-11-21), got {version!r} (AWS rule)")]


def role_failures(inputs: Mapping[str, Any], name: str) -> list[Failure]:
    role = inputs.get(name)
    if not isinstance(role, str) or _ROLE.match(role):
        return []
    return [Failure(name, f"must be the ARN of a role, arn:aws:iam::<account>:role/<name>, got {role!r} (AWS rule)")]


def _check(inputs: Mapping[str, Any]) -> list[Failure]:
    failures = version_failures(inputs) + role_failures(inputs, "roleArn")
    name = inputs.get("name")
    if isinstance(name, str) and not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z_-]*", name):
        reason = f"may hold letters, digits, - and _, a letter or digit first, got {name!r} (AWS rule)"
        failures.append(Failure("name", reason))
    vpc = inputs["vpcConfig"] if isinstance(inputs.get("vpcConfig"), dict) else {}
    subnets = vpc.get("subnetIds")
    if isinstance(subnets, list) and len(subnets) < 2:
        failures.append(
            Failure("vpcConfig.subnetIds", f"needs subnets in at least two zones, got {len(subnets)} (AWS rule)")
        )
    if vpc.get("endpointPublicAccess") is False and vpc.get("endpointPrivateAccess") in (None, False):
        failures.append(
            Failure("vpcConfig.endpointPrivateAccess", "must be true when endpointPublicAccess is false (AWS rule)")
        )
    cidrs = vpc.get("publicAccessCidrs")
    for index, cidr in enumerate(cidrs if isinstance(cidrs, list) else []):
        if problem := cidr_problem(cidr, version=None):
            failures.append(Failure(f"vpcConfig.publicAccessCidrs[{index}]", problem))
    types = inputs.get("enabledClusterLogTypes")
    for index, kind in enumerate(types if isinstance(types, list) else []):
        if isinstance(kind, str) and kind not in _LOG_TYPES:
            reason = f"must be one of {', '.join(_LOG_TYPES)}; got {kind!r} (AWS rule)"
            failures.append(Failure(f"enabledClusterLogTypes[{index}]", reason))
    network = inputs["kubernetesNetworkConfig"] if isinstance(inputs.get("kubernetesNetworkConfig"), dict) else {}
    if problem := cidr_problem(network.get("serviceIpv4Cidr"), sizes=(12, 24), version=4):
        failures.append(Failure("kubernetesNetworkConfig.serviceIpv4Cidr", problem))
    encryption = inputs["encryptionConfig"] if isinstance(inputs.get("encryptionConfig"), dict) else {}
    if isinstance(encryption.get("resources"), list) and encryption["resources"] not in (["secrets"], []):
        failures.append(Failure("encryptionConfig.resources", "can only be ['secrets'] (AWS rule)"))
    return failures


# -- what the emulator keeps --------------------------------------------------------------------------------------


def _logging(r: Live) -> dict[str, Any]:
    wanted = sorted(r.inputs.get("enabledClusterLogTypes") or [])
    others = [kind for kind in _LOG_TYPES if kind not in wanted]
    sets = [{"types": wanted, "enabled": True}, {"types": others, "enabled": False}]
    return {"clusterLogging": [held for held in sets if held["types"]]}


def _bring_security_group(r: Live) -> None:
    vpc = _vpc_of(r, r.inputs["vpcConfig"]["subnetIds"])
    name = r.id
    if _security_group(r, name, vpc) is None:
        r.api(
            "CreateSecurityGroup",
            service="ec2",
            GroupName=_group_name(name),
            Description="EKS created security group applied to the control plane and managed nodes",
            VpcId=vpc,
            TagSpecifications=[
                {"ResourceType": "security-group", "Tags": [{"Key": f"kubernetes.io/cluster/{name}", "Value": "owned"}]}
            ],
        )


def _group_name(cluster: str) -> str:
    return f"eks-cluster-sg-{cluster}"


def _vpc_of(r: Live, subnets: list[str]) -> str:
    return str(r.api("DescribeSubnets", service="ec2", SubnetIds=subnets[:1])["Subnets"][0]["VpcId"])


def _security_group(r: Live, cluster: str, vpc: str) -> str | None:
    by = filters(group_name=_group_name(cluster), vpc_id=vpc)
    found = only(r.api("DescribeSecurityGroups", service="ec2", Filters=by)["SecurityGroups"])
    return found["GroupId"] if found else None


def _cluster(r: Live) -> dict[str, Any]:
    cluster = r.api("DescribeCluster", name=r.id)["cluster"]
    vpc = cluster["resourcesVpcConfig"]
    vpc["vpcId"] = _vpc_of(r, vpc["subnetIds"])
    vpc["clusterSecurityGroupId"] = _security_group(r, r.id, vpc["vpcId"]) or ""
    logging = cluster.get("logging", {}).get("clusterLogging", [])
    cluster["enabledClusterLogTypes"] = sorted(kind for held in logging if held["enabled"] for kind in held["types"])
    return cluster


def _outputs(r: Live, live: Mapping[str, Any]) -> dict[str, Any]:
    vpc = live["resourcesVpcConfig"]
    written = r.inputs.get("vpcConfig") or {}
    added = {name: vpc[name] for name in ("vpcId", "clusterSecurityGroupId")}
    public = {"endpointPublicAccess": True, "endpointPrivateAccess": False, "publicAccessCidrs": ["0.0.0.0/0"]}
    network = {"ipFamily": "ipv4", "serviceIpv4Cidr": "172.20.0.0/16"}
    access = {"authenticationMode": "CONFIG_MAP", "bootstrapClusterCreatorAdminPermissions": True}
    return {
        "status": "ACTIVE",
        "identities": [{"oidcs": [{"issuer": _issuer(r, live["arn"])}]}],
        "vpcConfig": {**public, **written, **added},
        "kubernetesNetworkConfig": {**network, **(r.inputs.get("kubernetesNetworkConfig") or {})},
        "accessConfig": {**access, **(r.inputs.get("accessConfig") or {})},
        "upgradePolicy": r.inputs.get("upgradePolicy") or {"supportType": "EXTENDED"},
        "version": r.get("version") or live["version"],
        **_api_server(r),
    }


def _issuer(r: Live, arn: str) -> str:
    """One for each cluster: the emulator gives all of them the same."""
    digest = hashlib.sha256(arn.encode()).hexdigest()[:32].upper()
    return f"https://oidc.eks.{r.region}.amazonaws.com/id/{digest}"


def _api_server(r: Live) -> dict[str, Any]:
    """Endpoint and authority of the control plane that stands for it, so that a kubeconfig made of them works."""
    if not machines.kubernetes_runs():
        return {}
    kubernetes = planes.assign(StackPaths.of_this_process(), f"{r.region}/{r.id}")
    authority = base64.b64encode(Path(kubernetes["ca_file"]).read_bytes()).decode()
    return {"endpoint": kubernetes["server"], "certificateAuthority": {"data": authority}}


# -- changes ------------------------------------------------------------------------------------------------------


def _change_vpc(r: Live) -> None:
    r.api("UpdateClusterConfig", name=r.id, **r.request(only=["vpcConfig"]))


def _configure(r: Live) -> None:
    changed = [name for name in r.changed if name in _CONFIGURED]
    r.validated("UpdateClusterConfig", name=r.id, **r.request(only=changed, operation="UpdateClusterConfig"))


def _change_access(r: Live) -> None:
    mode = (r.inputs.get("accessConfig") or {}).get("authenticationMode")
    if mode:
        r.validated("UpdateClusterConfig", name=r.id, accessConfig={"authenticationMode": mode})


def _encrypt(r: Live) -> None:
    if not r.inputs.get("encryptionConfig"):
        raise Refused("encryptionConfig cannot be taken away from a cluster: replace the cluster (AWS rule)")
    placed = r.request(only=["encryptionConfig"])
    r.validated("AssociateEncryptionConfig", clusterName=r.id, encryptionConfig=placed["encryptionConfig"])


def _change_network(r: Live) -> None:
    r.validated("UpdateClusterConfig", name=r.id, **r.request(only=["kubernetesNetworkConfig"]))


def _change_remote_network(r: Live) -> None:
    r.api("UpdateClusterConfig", name=r.id, **r.request(only=["remoteNetworkConfig"]))


def _delete(r: Live) -> None:
    if r.state.get("deletionProtection"):
        raise Refused(f"cluster {r.id} has deletionProtection: turn it off first, as on AWS")
    vpc = r.api("DescribeCluster", name=r.id)["cluster"]["resourcesVpcConfig"]
    group = _security_group(r, r.id, _vpc_of(r, vpc["subnetIds"]))
    r.api("DeleteCluster", name=r.id)
    planes.release(StackPaths.of_this_process(), f"{r.region}/{r.id}")
    if group:
        r.api("DeleteSecurityGroup", service="ec2", GroupId=group)


ENTRIES = (
    Entry(
        type="aws:eks/cluster:Cluster",
        service="eks",
        operation="CreateCluster",
        rename={"vpcConfig": "resourcesVpcConfig", "enabledClusterLogTypes": ""}
        | {"vpcConfig.vpcId": "", "vpcConfig.clusterSecurityGroupId": ""},
        also=lambda r: {"logging": _logging(r), "version": r.inputs.get("version") or DEFAULT_VERSION},
        settle=_bring_security_group,
        id="cluster.name",
        read=_cluster,
        update={
            **dict.fromkeys(_CONFIGURED, _configure),
            "vpcConfig": _change_vpc,
            "enabledClusterLogTypes": lambda r: r.api("UpdateClusterConfig", name=r.id, logging=_logging(r)),
            "version": lambda r: r.validated("UpdateClusterVersion", name=r.id, version=r.inputs["version"]),
            "accessConfig": _change_access,
            "encryptionConfig": _encrypt,
            "kubernetesNetworkConfig": _change_network,
            "remoteNetworkConfig": _change_remote_network,
        },
        replace=(
            *("name", "roleArn", "bootstrapSelfManagedAddons", "outpostConfig"),
            *("kubernetesNetworkConfig.ipFamily", "kubernetesNetworkConfig.serviceIpv4Cidr"),
            *("encryptionConfig.provider", "encryptionConfig.resources"),
            "accessConfig.bootstrapClusterCreatorAdminPermissions",
        ),
        not_sent=("defaultAddonsToRemoves", "forceUpdateVersion"),
        lost=(
            *_CONFIGURED,
            *("accessConfig", "encryptionConfig", "version", "bootstrapSelfManagedAddons", "outpostConfig"),
        ),
        filled_in=("vpcConfig.clusterSecurityGroupId", "vpcConfig.vpcId"),
        name="name",
        name_limit=100,
        delete=_delete,
        outputs=_outputs,
        check=_check,
        tags=tags.mapped(),
        find=lambda r: r.inputs["name"],
        twin="AWS::EKS::Cluster",
        twin_rename={
            "vpcConfig": "ResourcesVpcConfig",
            "vpcConfig.vpcId": "",
            "vpcConfig.clusterSecurityGroupId": "",
            "enabledClusterLogTypes": "",
            "defaultAddonsToRemoves": "",
            "forceUpdateVersion": "",
        },
    ),
)
