"""Cases of the cluster on AWS, and of services, storage and settings in it."""

import json
from typing import Any

from tests.policies.cases import UNKNOWN, Cases, Given, Stack, aws, k8s, ref, stack
from tests.policies.cases_kubernetes_cluster import ELSEWHERE
from tests.policies.pods import meta

_LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
_PRIVATE = {"endpointPrivateAccess": True, "endpointPublicAccess": False}
_OURS = {"lifeline:system": "being", "lifeline:environment": "staging"}
_FULL = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
_VIEW = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"


def _cluster(**properties: Any) -> Given:
    return aws("eks/cluster:Cluster", name="c", **properties)


def _group(**properties: Any) -> Given:
    return aws("eks/nodeGroup:NodeGroup", **properties)


def _addon(name: Any, **properties: Any) -> Given:
    return aws("eks/addon:Addon", addonName=name, clusterName="c", **properties)


def _template(**properties: Any) -> Given:
    return aws("ec2/launchTemplate:LaunchTemplate", **properties)


def _association(policy: Any, cluster: str = "c") -> Given:
    return aws("eks/accessPolicyAssociation:AccessPolicyAssociation", clusterName=cluster, policyArn=policy)


def _of(make: Any, right: list[dict[str, Any]], wrong: list[dict[str, Any]], unknown: str, *exempt: Stack) -> Cases:
    return Cases(
        passing=[stack(x=make(**each)) for each in right],
        failing=[stack(x=make(**each)) for each in wrong],
        not_applicable=[ELSEWHERE, *exempt],
        unknown=[stack(x=make(**{unknown: UNKNOWN}))],
    )


def _endpoint(**config: Any) -> dict[str, Any]:
    return {"vpcConfig": {**_PRIVATE, **config}}


def _encryption(*resources: str, **provider: Any) -> dict[str, Any]:
    return {"encryptionConfig": {"resources": list(resources), "provider": provider}}


def _metadata(tokens: Any, hops: Any) -> Given:
    return _template(metadataOptions={"httpTokens": tokens, "httpPutResponseHopLimit": hops})


def _on(template: Given) -> Stack:
    return stack(t=template, g=_group(launchTemplate={"id": ref("t.id"), "version": "1"}))


_PUBLIC_INTERFACE = _template(networkInterfaces=[{"associatePublicIpAddress": "true"}])
_IN_SUBNET = _group(subnetIds=[ref("s.id")])


def _subnet(**properties: Any) -> Given:
    return aws("ec2/subnet:Subnet", **properties)


def _service(**spec: Any) -> Given:
    return k8s("core/v1:Service", metadata=meta("web", "platform"), spec={"selector": {"app": "web"}, **spec})


def _storage(**changes: Any) -> Given:
    right = {"encrypted": "true", "kmsKeyId": "arn:aws:kms:key"}
    kept = {"reclaimPolicy": "Retain", "volumeBindingMode": "WaitForFirstConsumer"}
    made = {"provisioner": "ebs.csi.aws.com", "parameters": right, **kept, **changes}
    return k8s("storage.k8s.io/v1:StorageClass", metadata=meta("s"), **made)


def _settings(**data: Any) -> Given:
    return k8s("core/v1:ConfigMap", metadata=meta("c", "platform"), data=data)


def _ingress(annotations: Any = None, **spec: Any) -> Given:
    metadata = {**meta("i", "platform"), "annotations": annotations or {}}
    return k8s("networking.k8s.io/v1:Ingress", metadata=metadata, spec=spec)


_STAGING_BUCKET = aws("s3/bucket:Bucket", tags=_OURS)
_CNI = {"addonName": "vpc-cni"}


def _made_of(source: Given) -> Stack:
    """Settings that are not known yet, because this resource's outputs go into them."""
    return stack(s=source, c=k8s("core/v1:ConfigMap", metadata=meta("c", "platform"), data=ref("s.output")))


CASES = {
    "LL-CLU-040": _of(
        _cluster,
        [_endpoint(), _endpoint(endpointPublicAccess=True, publicAccessCidrs=["203.0.113.0/24"])],
        [
            {},
            _endpoint(endpointPublicAccess=True),
            _endpoint(endpointPublicAccess=True, publicAccessCidrs=["0.0.0.0/0"]),
            _endpoint(endpointPrivateAccess=False),
            {"vpcConfig": {"endpointPrivateAccess": True}},
        ],
        "vpcConfig",
    ),
    "LL-CLU-041": Cases(
        passing=[
            stack(c=_cluster(**_encryption("secrets", keyArn="arn:aws:kms:key"))),
            stack(k=aws("kms/key:Key"), c=_cluster(**_encryption("secrets", keyArn=ref("k.arn")))),
        ],
        failing=[
            stack(c=_cluster()),
            stack(c=_cluster(**_encryption(keyArn="k"))),
            stack(c=_cluster(**_encryption("secrets"))),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(c=_cluster(encryptionConfig=UNKNOWN))],
    ),
    "LL-CLU-042": _of(
        _cluster,
        [{"enabledClusterLogTypes": _LOGS}],
        [{}, {"enabledClusterLogTypes": ["audit"]}, {"enabledClusterLogTypes": _LOGS[1:]}],
        "enabledClusterLogTypes",
    ),
    "LL-CLU-043": _of(
        _cluster, [{"version": "1.35"}, {"version": "1.36"}], [{}, {"version": "1.29"}, {"version": "1.9"}], "version"
    ),
    "LL-CLU-044": _of(
        _cluster,
        [{"accessConfig": {"authenticationMode": "API"}}],
        [{}, {"accessConfig": {"authenticationMode": "API_AND_CONFIG_MAP"}}],
        "accessConfig",
    ),
    "LL-CLU-045": Cases(
        passing=[stack(c=_cluster(deletionProtection=True))],
        failing=[
            stack(c=_cluster()),
            stack(c=_cluster(deletionProtection=False)),
        ],
        not_applicable=[ELSEWHERE, stack(c=_cluster(tags=_OURS))],
        unknown=[stack(c=_cluster(deletionProtection=UNKNOWN))],
    ),
    "LL-CLU-046": Cases(
        passing=[
            stack(a=_association(_FULL), b=_association(_VIEW)),
            stack(a=_association(_FULL), b=_association(_FULL, "standby")),
        ],
        failing=[
            stack(a=_association(_FULL), b=_association(_FULL)),
            stack(a=_association(_VIEW), b=_association(_FULL), c=_association(_FULL)),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(a=_association(UNKNOWN))],
    ),
    "LL-CLU-047": Cases(
        passing=[stack(a=_addon("vpc-cni", configurationValues=json.dumps({"enableNetworkPolicy": "true"})))],
        failing=[
            stack(a=_addon("vpc-cni")),
            stack(a=_addon("vpc-cni", configurationValues=json.dumps({"enableNetworkPolicy": "false"}))),
            stack(a=_addon("vpc-cni", configurationValues="{}")),
        ],
        not_applicable=[ELSEWHERE, stack(a=_addon("coredns"))],
        unknown=[stack(a=_addon("vpc-cni", configurationValues=UNKNOWN))],
    ),
    "LL-CLU-048": Cases(
        passing=[
            stack(c=_cluster(), a=_addon("vpc-cni")),
            stack(c=_cluster(), a=aws("eks/addon:Addon", clusterName=ref("c.name"), **_CNI)),
        ],
        failing=[
            stack(c=_cluster()),
            stack(c=_cluster(), a=_addon("coredns")),
            stack(c=_cluster(), a=aws("eks/addon:Addon", clusterName="other", **_CNI)),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(c=_cluster(), a=_addon(UNKNOWN))],
    ),
    "LL-CLU-049": Cases(
        passing=[stack(a=_addon("coredns", addonVersion="v1.13.1-eksbuild.1"))],
        failing=[stack(a=_addon("coredns")), stack(a=_addon("vpc-cni", addonVersion=""))],
        not_applicable=[ELSEWHERE],
        unknown=[stack(a=_addon("coredns", addonVersion=UNKNOWN))],
    ),
    "LL-CLU-050": _of(
        _group,
        [{}],
        [{"remoteAccess": {"ec2SshKey": "ops"}}, {"remoteAccess": {"sourceSecurityGroupIds": ["sg-1"]}}],
        "remoteAccess",
    ),
    "LL-CLU-051": _of(
        _group,
        [{"amiType": "BOTTLEROCKET_x86_64"}, {"amiType": "AL2023_ARM_64_STANDARD"}],
        [{}, {"amiType": "AL2_x86_64"}, {"amiType": "CUSTOM"}],
        "amiType",
    ),
    "LL-CLU-052": Cases(
        passing=[_on(_metadata("required", 1))],
        failing=[
            stack(g=_group()),
            _on(_metadata("optional", 1)),
            _on(_metadata("required", 2)),
            _on(_template()),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(g=_group(launchTemplate={"id": "lt-elsewhere"})), _on(_metadata(UNKNOWN, 1))],
    ),
    "LL-CLU-053": Cases(
        passing=[stack(s=_subnet(), g=_IN_SUBNET), stack(s=_subnet(mapPublicIpOnLaunch=False), g=_IN_SUBNET)],
        failing=[stack(s=_subnet(mapPublicIpOnLaunch=True), g=_IN_SUBNET), _on(_PUBLIC_INTERFACE)],
        not_applicable=[ELSEWHERE],
        unknown=[stack(s=_subnet(mapPublicIpOnLaunch=UNKNOWN), g=_IN_SUBNET)],
    ),
    "LL-CLU-054": _of(
        _group,
        [{}, {"updateConfig": {"maxUnavailable": 1}}, {"updateConfig": {"maxUnavailablePercentage": 25}}],
        [{"updateConfig": {"maxUnavailable": 5}}, {"updateConfig": {"maxUnavailablePercentage": 100}}],
        "updateConfig",
    ),
    "LL-CLU-060": _of(
        lambda **spec: _service(**spec),
        [{}, {"type": "NodePort"}],
        [{"type": "LoadBalancer"}, {"type": "LoadBalancer", "loadBalancerClass": "eks.amazonaws.com/nlb"}],
        "type",
    ),
    "LL-CLU-061": _of(
        lambda **spec: _service(**spec),
        [{}, {"externalIPs": []}],
        [{"externalIPs": ["10.0.0.1"]}, {"externalIPs": ["10.0.0.1", "10.0.0.2"]}],
        "externalIPs",
    ),
    "LL-CLU-062": _of(
        _storage,
        [{}, {"parameters": {"encrypted": "true", "kmsKeyId": "k"}}],
        [
            {"parameters": {"encrypted": "false", "kmsKeyId": "k"}},
            {"parameters": {"encrypted": "true"}},
            {"parameters": {}},
            {"provisioner": "kubernetes.io/aws-ebs"},
        ],
        "parameters",
    ),
    "LL-CLU-063": _of(
        _storage,
        [{}],
        [{"reclaimPolicy": "Delete"}, {"reclaimPolicy": None}],
        "reclaimPolicy",
        stack(b=_STAGING_BUCKET, s=_storage(reclaimPolicy="Delete")),
    ),
    "LL-CLU-064": _of(
        _storage,
        [{}],
        [{"volumeBindingMode": "Immediate"}, {"volumeBindingMode": None}],
        "volumeBindingMode",
    ),
    "LL-CLU-065": Cases(
        passing=[
            stack(c=_settings(file="url = postgresql://$USER:$PASSWORD@database:5432/x")),
            stack(c=_settings()),
            _made_of(aws("rds/instance:Instance")),
        ],
        failing=[
            stack(c=_settings(file="-----BEGIN RSA PRIVATE KEY-----\nMIIE")),
            stack(c=_settings(a="x", b="postgresql://app:s3cr3tpassword@database:5432/x")),
            stack(c=_settings(key="AKIA" + "ABCDEFGHIJKLMNOP")),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[_made_of(aws("secretsmanager/secretVersion:SecretVersion"))],
    ),
    "LL-CLU-066": Cases(
        passing=[stack(i=_ingress(ingressClassName="alb"))],
        failing=[
            stack(i=_ingress(ingressClassName="nginx")),
            stack(i=_ingress()),
            stack(i=_ingress({"kubernetes.io/ingress.class": "nginx"})),
            stack(
                i=_ingress({"nginx.ingress.kubernetes.io/configuration-snippet": "x"}, ingressClassName="alb"),
            ),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(i=k8s("networking.k8s.io/v1:Ingress", metadata=meta("i"), spec=UNKNOWN))],
    ),
    "LL-CLU-067": Cases(
        passing=[ELSEWHERE],
        failing=[
            stack(r=k8s("helm.sh/v3:Release", chart="redis")),
            stack(a=k8s("helm.sh/v3:Release", chart=UNKNOWN), b=k8s("helm.sh/v3:Release", chart="x")),
        ],
        without={
            "not_applicable": "every stack has or has not such a release",
            "unknown": "whether there is one is always known",
        },
    ),
}
