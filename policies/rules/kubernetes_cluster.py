"""The cluster on AWS: its endpoint, keys, logs, version and nodes."""

import json
from typing import cast

from policies.core.graph import Graph
from policies.core.resource import NotApplicable, Resource, UnknownValue
from policies.core.rule import Binds, Problem, Problems, Severity, rule

CLUSTER = "aws:eks/cluster:Cluster"
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
ADDON = "aws:eks/addon:Addon"
_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
_ASSOCIATION = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
_PRACTICES = "https://docs.aws.amazon.com/eks/latest/best-practices"
_GUIDE = "https://docs.aws.amazon.com/eks/latest/userguide"
_LOGS = {"api", "audit", "authenticator", "controllerManager", "scheduler"}
#: In standard support; 1.34 leaves it on 2026-12-02.
_OLDEST_VERSION = (1, 34)
_ANYWHERE = {"0.0.0.0/0", "::/0"}


@rule(
    "LL-CLU-040",
    "The cluster's endpoint is private, or open to named addresses only",
    CLUSTER,
    severity=Severity.CRITICAL,
    why="An API server on the internet is one leaked token away from everything. AWS' default is public.",
    fix='vpc_config={"endpoint_private_access": True, "endpoint_public_access": False}',
    link=f"{_PRACTICES}/cluster-access-management.html",
)
def endpoint_private(cluster: Resource, graph: Graph) -> Problems:
    if cluster.get("vpcConfig.endpointPrivateAccess", False) is not True:
        yield Problem("vpcConfig.endpointPrivateAccess", "true", cluster.get("vpcConfig.endpointPrivateAccess"))
    if cluster.get("vpcConfig.endpointPublicAccess", True):
        open_to = set(cluster.texts("vpcConfig.publicAccessCidrs")) or {"0.0.0.0/0"}
        if open_to & _ANYWHERE:
            yield Problem("vpcConfig.endpointPublicAccess", "false, or named addresses", sorted(open_to))


@rule(
    "LL-CLU-041",
    "Kubernetes secrets are encrypted under a customer key",
    CLUSTER,
    severity=Severity.CRITICAL,
    why="In etcd they would be protected by AWS' key alone, which nobody here can revoke.",
    fix='encryption_config={"resources": ["secrets"], "provider": {"key_arn": key.arn}}',
    link=f"{_GUIDE}/envelope-encryption.html",
)
def secrets_encrypted(cluster: Resource, graph: Graph) -> Problems:
    if "secrets" not in cluster.texts("encryptionConfig.resources"):
        yield Problem("encryptionConfig.resources", "secrets", cluster.get("encryptionConfig.resources"))
    elif not graph.referred(cluster, "encryptionConfig") and not cluster.get("encryptionConfig.provider.keyArn"):
        yield Problem("encryptionConfig.provider.keyArn", "a customer key", None)


@rule(
    "LL-CLU-042",
    "All logs of the control plane are kept",
    CLUSTER,
    severity=Severity.HIGH,
    why="Without the audit log nobody can say who read a secret or entered a pod.",
    fix='enabled_cluster_log_types=["api", "audit", "authenticator", "controllerManager", "scheduler"]',
    link=f"{_GUIDE}/control-plane-logs.html",
)
def logs_kept(cluster: Resource, graph: Graph) -> Problems:
    if missing := sorted(_LOGS - set(cluster.texts("enabledClusterLogTypes"))):
        yield Problem("enabledClusterLogTypes", "all five", f"without {', '.join(missing)}")


@rule(
    "LL-CLU-043",
    "The cluster's version is said and supported",
    CLUSTER,
    severity=Severity.HIGH,
    why="An old version gets no fixes, costs six times as much and is upgraded on a day of AWS' choosing.",
    fix='version="1.35"',
    link=f"{_GUIDE}/kubernetes-versions.html",
)
def version_supported(cluster: Resource, graph: Graph) -> Problems:
    found = str(cluster.get("version", ""))
    parts = tuple(int(each) for each in found.split(".") if each.isdigit())
    if parts < _OLDEST_VERSION:
        yield Problem("version", f"{'.'.join(map(str, _OLDEST_VERSION))} at least", found or None)


@rule(
    "LL-CLU-044",
    "People come in through access entries",
    CLUSTER,
    severity=Severity.HIGH,
    why="The aws-auth ConfigMap is edited in the cluster: no trail says who let whom in, and one slip locks all out.",
    fix='access_config={"authentication_mode": "API"}',
    link=f"{_GUIDE}/access-entries.html",
)
def access_entries_only(cluster: Resource, graph: Graph) -> Problems:
    found = cluster.get("accessConfig.authenticationMode")
    if found != "API":
        yield Problem("accessConfig.authenticationMode", "API", found)


@rule(
    "LL-CLU-045",
    "Clusters of production cannot be deleted by mistake",
    CLUSTER,
    severity=Severity.HIGH,
    why="Whatever runs goes with it, and its volumes lose their owner.",
    fix="deletion_protection=True",
    link=f"{_GUIDE}/deletion-protection.html",
    binds=Binds.HIPAA,
)
def deletion_protected(cluster: Resource, graph: Graph) -> Problems:
    if _staging(cluster):
        raise NotApplicable("staging is made and taken down")
    if cluster.get("deletionProtection") is not True:
        yield Problem("deletionProtection", "true", cluster.get("deletionProtection"))


def _staging(resource: Resource) -> bool:
    return resource.get("tags", {}).get("lifeline:environment") == "staging"


@rule(
    "LL-CLU-046",
    "Full rights over the cluster are for one emergency role",
    _ASSOCIATION,
    severity=Severity.HIGH,
    why="AmazonEKSClusterAdminPolicy reads every secret; daily work needs much less.",
    fix="AmazonEKSAdminPolicy, AmazonEKSEditPolicy or AmazonEKSViewPolicy",
    link=f"{_GUIDE}/access-policies.html",
)
def one_full_administrator(association: Resource, graph: Graph) -> Problems:
    if not str(association.get("policyArn")).endswith("AmazonEKSClusterAdminPolicy"):
        return
    same = [
        each.name
        for each in graph.of(_ASSOCIATION)
        if str(each.get("policyArn")).endswith("AmazonEKSClusterAdminPolicy")
        and each.get("clusterName") == association.get("clusterName")
    ]
    if len(same) > 1:
        yield Problem("policyArn", "one association with full rights in the cluster", ", ".join(sorted(same)))


@rule(
    "LL-CLU-047",
    "The network add-on enforces network policies",
    ADDON,
    severity=Severity.CRITICAL,
    why="EKS accepts every NetworkPolicy and, unless told to, enforces none of them.",
    fix='configuration_values=json.dumps({"enableNetworkPolicy": "true"})',
    link=f"{_GUIDE}/cni-network-policy-configure.html",
)
def policies_enforced(addon: Resource, graph: Graph) -> Problems:
    if addon.get("addonName") != "vpc-cni":
        raise NotApplicable("another add-on")
    found = _configuration(addon).get("enableNetworkPolicy")
    if str(found).lower() != "true":
        yield Problem("configurationValues.enableNetworkPolicy", "true", found)


def _configuration(addon: Resource) -> dict[str, object]:
    return cast("dict[str, object]", json.loads(addon.get("configurationValues", "") or "{}"))


@rule(
    "LL-CLU-048",
    "Every cluster enforces network policies",
    CLUSTER,
    severity=Severity.HIGH,
    why="Without the network add-on among the stack's own, nobody can say whether policies hold.",
    fix='aws.eks.Addon("cni", addon_name="vpc-cni", cluster_name=cluster.name, ...)',
    link=f"{_GUIDE}/cni-network-policy.html",
)
def has_network_addon(cluster: Resource, graph: Graph) -> Problems:
    addons = graph.referring(cluster, "clusterName", ADDON)
    if not any(each.get("addonName") in ("vpc-cni", "cilium") for each in addons):
        yield Problem("", "the add-on vpc-cni", "none")


@rule(
    "LL-CLU-049",
    "Add-ons have a version",
    ADDON,
    severity=Severity.LOW,
    why="Without one a new cluster gets what is newest that day, and staging is not what production was tested on.",
    fix='addon_version="v1.21.1-eksbuild.1"',
    link=f"{_GUIDE}/managing-add-ons.html",
)
def addon_pinned(addon: Resource, graph: Graph) -> Problems:
    if not addon.get("addonVersion"):
        yield Problem("addonVersion", "a version", None)


@rule(
    "LL-CLU-050",
    "Nobody logs in to nodes with an SSH key",
    NODE_GROUP,
    severity=Severity.CRITICAL,
    why="A shared key is nobody's, and opens port 22 of every node. Session Manager asks who it is.",
    fix="leave out remote_access",
    link=f"{_PRACTICES}/protecting-the-infrastructure.html",
)
def no_ssh(group: Resource, graph: Graph) -> Problems:
    if group.get("remoteAccess") is not None:
        yield Problem("remoteAccess", "nothing", group.get("remoteAccess.ec2SshKey", "given"))


@rule(
    "LL-CLU-051",
    "Nodes run a system made for containers",
    NODE_GROUP,
    severity=Severity.MEDIUM,
    why="Bottlerocket has no shell, a read-only root and SELinux; AL2 gets no more images.",
    fix='ami_type="BOTTLEROCKET_x86_64"',
    link=f"{_PRACTICES}/protecting-the-infrastructure.html",
)
def container_system(group: Resource, graph: Graph) -> Problems:
    found = group.get("amiType")
    if not str(found or "").startswith(("BOTTLEROCKET_", "AL2023_")):
        yield Problem("amiType", "BOTTLEROCKET_* or AL2023_*", found)


@rule(
    "LL-CLU-052",
    "Pods cannot take over their node's identity",
    NODE_GROUP,
    severity=Severity.CRITICAL,
    why="With a hop limit over 1 any pod asks the metadata service for the node's credentials.",
    fix='metadata_options={"http_tokens": "required", "http_put_response_hop_limit": 1} in the launch template',
    link=f"{_PRACTICES}/identity-and-access-management.html",
)
def metadata_out_of_reach(group: Resource, graph: Graph) -> Problems:
    template = graph.one(group, "launchTemplate.id", _TEMPLATE) or graph.one(group, "launchTemplate.name", _TEMPLATE)
    if template is None:
        if group.get("launchTemplate") is not None:
            raise UnknownValue("launchTemplate")
        yield Problem("launchTemplate", "one with metadata options: the default reaches two hops", None)
        return
    for path, wanted in (("metadataOptions.httpTokens", "required"), ("metadataOptions.httpPutResponseHopLimit", 1)):
        if (found := template.get(path)) != wanted:
            yield Problem(path, str(wanted), found, template)


@rule(
    "LL-CLU-053",
    "Nodes stand in private subnets",
    NODE_GROUP,
    severity=Severity.CRITICAL,
    why="A node with a public address is reached around the balancer.",
    fix="subnet_ids=network.private_subnet_ids",
    link=f"{_PRACTICES}/subnets.html",
)
def nodes_private(group: Resource, graph: Graph) -> Problems:
    for subnet in graph.referred(group, "subnetIds", "aws:ec2/subnet:Subnet"):
        if subnet.get("mapPublicIpOnLaunch"):
            yield Problem("subnetIds", "subnets without public addresses", subnet.name, subnet)
    template = graph.one(group, "launchTemplate.id", _TEMPLATE)
    for interface in template.each("networkInterfaces") if template else ():
        if str(interface.get("associatePublicIpAddress", "false")).lower() == "true":
            yield Problem(interface.at("associatePublicIpAddress"), "false", True, template)


@rule(
    "LL-CLU-054",
    "Nodes are replaced a few at a time",
    NODE_GROUP,
    severity=Severity.MEDIUM,
    why="An upgrade that takes many nodes at once waits for nothing but disruption budgets, and not for long.",
    fix='update_config={"max_unavailable": 1}',
    link=f"{_GUIDE}/managed-node-update-behavior.html",
)
def replaced_slowly(group: Resource, graph: Graph) -> Problems:
    found = group.get("updateConfig.maxUnavailable", 1)
    if found > 1 and group.get("updateConfig.maxUnavailablePercentage") is None:
        yield Problem("updateConfig.maxUnavailable", "1", found)
    share = group.get("updateConfig.maxUnavailablePercentage", 0)
    if share > 33:
        yield Problem("updateConfig.maxUnavailablePercentage", "a third at most", share)
