"""Clusters, nodes, volumes, schedules, images and key copies that AWS refuses."""

import json
from typing import Any

_CLUSTER, _NODES = "aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup"
_ADDON, _ENTRY = "aws:eks/addon:Addon", "aws:eks/accessEntry:AccessEntry"
_POLICY = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
_TEMPLATE, _VOLUME = "aws:ec2/launchTemplate:LaunchTemplate", "aws:ebs/volume:Volume"
_GROUP, _HOOK = "aws:autoscaling/group:Group", "aws:autoscaling/lifecycleHook:LifecycleHook"
_SNAPSHOTS = "aws:dlm/lifecyclePolicy:LifecyclePolicy"
_REPOSITORY, _CACHE = "aws:ecr/repository:Repository", "aws:ecr/pullThroughCacheRule:PullThroughCacheRule"
_IMAGES, _ACCOUNT = (
    "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
)
_ROLE = "arn:aws:iam::123456789012:role/app"
_EKS_VIEW = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"


def _cluster(**changed: Any) -> dict[str, Any]:
    whole = {"name": "app", "roleArn": _ROLE, "version": "1.35", "vpcConfig": {"subnetIds": ["subnet-1", "subnet-2"]}}
    return {**whole, **changed}


def _vpc(**changed: Any) -> dict[str, Any]:
    return _cluster(vpcConfig={"subnetIds": ["subnet-1", "subnet-2"], **changed})


def _nodes(**changed: Any) -> dict[str, Any]:
    sizes = {"minSize": 1, "desiredSize": 2, "maxSize": 3}
    whole = {"clusterName": "app", "nodeRoleArn": _ROLE, "subnetIds": ["subnet-1"], "scalingConfig": sizes}
    return {**whole, **changed}


def _sizes(low: int, wanted: int, high: int) -> dict[str, Any]:
    return _nodes(scalingConfig={"minSize": low, "desiredSize": wanted, "maxSize": high})


def _access(**scope: Any) -> dict[str, Any]:
    return {"clusterName": "app", "principalArn": _ROLE, "policyArn": _EKS_VIEW, "accessScope": scope}


def _volume(**changed: Any) -> dict[str, Any]:
    return {"availabilityZone": "us-east-1a", "size": 10, "type": "gp3", **changed}


def _schedule(**changed: Any) -> dict[str, Any]:
    every = {"createRule": {"interval": 24}, "retainRule": {"count": 7}, "name": "daily", **changed}
    details = {"resourceTypes": ["VOLUME"], "targetTags": {"a": "b"}, "schedules": [every]}
    return {"description": "daily", "executionRoleArn": _ROLE, "policyDetails": details}


def _kept(**selection: Any) -> dict[str, Any]:
    chosen = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 5, **selection}
    rule = {"rulePriority": 1, "selection": chosen, "action": {"type": "expire"}}
    return {"repository": "app", "policy": json.dumps({"rules": [rule]})}


_SCALED = {"minSize": 1, "maxSize": 2, "vpcZoneIdentifiers": ["subnet-1"], "launchTemplate": {"id": "lt-1"}}
_AT = "policyDetails.schedules[0]"

WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    (_CLUSTER, _cluster(version="1.22"), "version", "AWS rule"),
    (_CLUSTER, _cluster(name="no spaces"), "name", "AWS rule"),
    (_CLUSTER, _cluster(roleArn="role/app"), "roleArn", "AWS rule"),
    (_CLUSTER, _cluster(vpcConfig={"subnetIds": ["subnet-1"]}), "vpcConfig.subnetIds", "AWS rule"),
    (_CLUSTER, _vpc(endpointPublicAccess=False), "vpcConfig.endpointPrivateAccess", "AWS rule"),
    (_CLUSTER, _vpc(publicAccessCidrs=["10.0.0.1/8"]), "vpcConfig.publicAccessCidrs[0]", "AWS rule"),
    (_CLUSTER, _cluster(enabledClusterLogTypes=["audits"]), "enabledClusterLogTypes[0]", "AWS rule"),
    (
        _CLUSTER,
        _cluster(accessConfig={"authenticationMode": "IAM"}),
        "accessConfig.authenticationMode",
        "service model",
    ),
    (
        _CLUSTER,
        _cluster(kubernetesNetworkConfig={"serviceIpv4Cidr": "172.20.0.0/28"}),
        "kubernetesNetworkConfig.serviceIpv4Cidr",
        "AWS rule",
    ),
    (
        _CLUSTER,
        _cluster(encryptionConfig={"provider": {"keyArn": "arn:x"}, "resources": ["configmaps"]}),
        "encryptionConfig.resources",
        "AWS rule",
    ),
    (_NODES, _sizes(3, 2, 4), "scalingConfig.desiredSize", "AWS rule"),
    (_NODES, _sizes(1, 5, 4), "scalingConfig.desiredSize", "AWS rule"),
    (_NODES, _nodes(instanceTypes=["m7g.huge"]), "instanceTypes[0]", "service model"),
    (_NODES, _nodes(instanceTypes=["m7g.large"], amiType="AL2023_x86_64_STANDARD"), "instanceTypes[0]", "AWS rule"),
    (_NODES, _nodes(amiType="AL2_x86_64", version="1.35"), "amiType", "AWS rule"),
    (_NODES, _nodes(capacityType="RESERVED"), "capacityType", "service model"),
    (_NODES, _nodes(updateConfig={"maxUnavailable": 1, "maxUnavailablePercentage": 5}), "updateConfig", "AWS rule"),
    (_NODES, _nodes(launchTemplate={"id": "lt-1", "version": "1"}, diskSize=50), "diskSize", "AWS rule"),
    (_NODES, _nodes(taints=[{"key": "a", "effect": "NoSchedule"}]), "taints[0].effect", "service model"),
    (_ADDON, {"clusterName": "app", "addonName": "vpc-csi"}, "addonName", "AWS rule"),
    (_ADDON, {"clusterName": "app", "addonName": "coredns", "addonVersion": "1.2"}, "addonVersion", "AWS rule"),
    (
        _ADDON,
        {"clusterName": "app", "addonName": "coredns", "configurationValues": "[1]"},
        "configurationValues",
        "AWS rule",
    ),
    (
        _ADDON,
        {"clusterName": "app", "addonName": "coredns", "resolveConflictsOnCreate": "PRESERVE"},
        "resolveConflictsOnCreate",
        "AWS rule",
    ),
    (_ENTRY, {"clusterName": "app", "principalArn": "arn:aws:iam::123456789012:root"}, "principalArn", "AWS rule"),
    (
        _ENTRY,
        {"clusterName": "app", "principalArn": _ROLE, "kubernetesGroups": ["system:masters"]},
        "kubernetesGroups[0]",
        "AWS rule",
    ),
    (_ENTRY, {"clusterName": "app", "principalArn": _ROLE, "type": "ADMIN"}, "type", "AWS rule"),
    (_POLICY, _access(type="namespace"), "accessScope.namespaces", "AWS rule"),
    (_POLICY, _access(type="global"), "accessScope.type", "service model"),
    (
        _POLICY,
        {**_access(type="cluster"), "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
        "policyArn",
        "AWS rule",
    ),
    (_TEMPLATE, {"instanceType": "m9z.large"}, "instanceType", "service model"),
    (_TEMPLATE, {"userData": "#!/bin/sh"}, "userData", "AWS rule"),
    (
        _TEMPLATE,
        {"metadataOptions": {"httpTokens": "mandatory"}},
        "metadataOptions.httpTokens",
        "service model",
    ),
    (
        _TEMPLATE,
        {"metadataOptions": {"httpPutResponseHopLimit": 65}},
        "metadataOptions.httpPutResponseHopLimit",
        "AWS rule",
    ),
    (
        _TEMPLATE,
        {"blockDeviceMappings": [{"ebs": {"volumeType": "gp3", "iops": 100}}]},
        "blockDeviceMappings[0].ebs.iops",
        "AWS rule",
    ),
    (_VOLUME, _volume(type="gp2", throughput=200), "throughput", "AWS rule"),
    (_VOLUME, _volume(type="st1"), "size", "AWS rule"),
    (_VOLUME, _volume(type="io2"), "iops", "AWS rule"),
    (_VOLUME, _volume(type="gp4"), "type", "service model"),
    (_VOLUME, _volume(kmsKeyId="arn:x"), "encrypted", "AWS rule"),
    (_GROUP, {**_SCALED, "minSize": 3}, "minSize", "AWS rule"),
    (_GROUP, {**_SCALED, "desiredCapacity": 5}, "desiredCapacity", "AWS rule"),
    (
        _HOOK,
        {"autoscalingGroupName": "a", "lifecycleTransition": "EC2_INSTANCE_TERMINATING"},
        "lifecycleTransition",
        "AWS rule",
    ),
    (_SNAPSHOTS, _schedule(createRule={"interval": 5}), f"{_AT}.createRule.interval", "AWS rule"),
    (
        _SNAPSHOTS,
        _schedule(createRule={"interval": 24, "times": "25:00"}),
        f"{_AT}.createRule.times[0]",
        "service model",
    ),
    (_SNAPSHOTS, _schedule(retainRule={"count": 2000}), f"{_AT}.retainRule.count", "service model"),
    (_SNAPSHOTS, _schedule(retainRule={}), f"{_AT}.retainRule", "AWS rule"),
    (_REPOSITORY, {"name": "App"}, "name", "AWS rule"),
    (_REPOSITORY, {"name": "app", "imageTagMutability": "FROZEN"}, "imageTagMutability", "service model"),
    (
        _REPOSITORY,
        {"name": "app", "encryptionConfigurations": [{"encryptionType": "AES256", "kmsKey": "arn:x"}]},
        "encryptionConfigurations[0].kmsKey",
        "AWS rule",
    ),
    (_IMAGES, _kept(tagStatus="tagged"), "policy", "AWS rule"),
    (_IMAGES, _kept(countType="sinceImagePushed"), "policy", "AWS rule"),
    (_IMAGES, _kept(countNumber=0), "policy", "AWS rule"),
    (
        _CACHE,
        {"ecrRepositoryPrefix": "hub", "upstreamRegistryUrl": "registry-1.docker.io"},
        "credentialArn",
        "AWS rule",
    ),
    (_ACCOUNT, {"httpPutResponseHopLimit": 65}, "httpPutResponseHopLimit", "AWS rule"),
    ("aws:kms/key:Key", {"deletionWindowInDays": 5}, "deletionWindowInDays", "AWS rule"),
    (
        "aws:kms/key:Key",
        {"enableKeyRotation": True, "rotationPeriodInDays": 30},
        "rotationPeriodInDays",
        "AWS rule",
    ),
    ("aws:kms/alias:Alias", {"name": "alias/aws/app", "targetKeyId": "1"}, "name", "AWS rule"),
    (
        "aws:kms/replicaKey:ReplicaKey",
        {"primaryKeyArn": "arn:aws:kms:us-east-1:123456789012:key/1"},
        "primaryKeyArn",
        "AWS rule",
    ),
]
