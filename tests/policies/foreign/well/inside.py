"""What runs in the cluster, in a namespace that would refuse anything worse."""

import json

import account
import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

IMAGE = f"{account.ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/shop:1.4@sha256:{'0f' * 32}"
HERE = {"namespace": "shop"}
LOCKED_DOWN = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
SIZE = {"cpu": "500m", "memory": "512Mi"}


def made(keys: account.Keys, cluster: aws.eks.Cluster) -> None:
    known_later = cluster.endpoint.apply(lambda at: json.dumps({"server": at}))
    inside = pulumi.ResourceOptions(provider=kubernetes.Provider("inside", kubeconfig=known_later))
    namespace(inside)
    web(inside)
    nightly(inside)
    kubernetes.storage.v1.StorageClass(
        "disks",
        metadata={"name": "disks"},
        provisioner="ebs.csi.aws.com",
        parameters={"encrypted": "true", "kmsKeyId": keys.data.arn},
        reclaim_policy="Retain",
        volume_binding_mode="WaitForFirstConsumer",
        opts=inside,
    )
    kubernetes.core.v1.ConfigMap(
        "settings", metadata={"name": "settings", **HERE}, data={"DATABASE_HOST": "orders"}, opts=inside
    )


def namespace(inside: pulumi.ResourceOptions) -> None:
    standard = {
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/enforce-version": "v1.35",
    }
    kubernetes.core.v1.Namespace("shop-namespace", metadata={"name": "shop", "labels": standard}, opts=inside)
    kubernetes.core.v1.ServiceAccountPatch(
        "shop-default", metadata={"name": "default", **HERE}, automount_service_account_token=False, opts=inside
    )
    kubernetes.networking.v1.NetworkPolicy(
        "deny",
        metadata={"name": "deny", **HERE},
        spec={"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
        opts=inside,
    )
    kubernetes.core.v1.ResourceQuota(
        "quota", metadata={"name": "quota", **HERE}, spec={"hard": {"pods": "20"}}, opts=inside
    )
    kubernetes.core.v1.LimitRange(
        "limits",
        metadata={"name": "limits", **HERE},
        spec={"limits": [{"type": "Container", "default": SIZE}]},
        opts=inside,
    )
    kubernetes.scheduling.v1.PriorityClass("serving", metadata={"name": "serving"}, value=1000, opts=inside)
    for name in ("web", "nightly"):
        kubernetes.core.v1.ServiceAccount(f"{name}-account", metadata={"name": name, **HERE}, opts=inside)


def pod(name: str, **more: object) -> dict[str, object]:
    container = {
        "name": name,
        "image": IMAGE,
        "resources": {"requests": SIZE, "limits": SIZE},
        "securityContext": LOCKED_DOWN,
        **more,
    }
    return {
        "serviceAccountName": name,
        "automountServiceAccountToken": False,
        "priorityClassName": "serving",
        "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
    }


def web(inside: pulumi.ResourceOptions) -> None:
    labels = {"app": "web"}
    probes = {
        "readinessProbe": {"httpGet": {"path": "/health", "port": 8443, "scheme": "HTTPS"}},
        "livenessProbe": {"httpGet": {"path": "/livez", "port": 8443, "scheme": "HTTPS"}},
    }
    spread = {
        "topologySpreadConstraints": [
            {
                "topologyKey": "topology.kubernetes.io/zone",
                "maxSkew": 1,
                "whenUnsatisfiable": "DoNotSchedule",
                "labelSelector": {"matchLabels": labels},
            }
        ]
    }
    kubernetes.apps.v1.Deployment(
        "web",
        metadata={"name": "web", **HERE},
        spec={
            "replicas": 3,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {**pod("web", **probes), **spread}},
        },
        opts=inside,
    )
    kubernetes.policy.v1.PodDisruptionBudget(
        "web-budget",
        metadata={"name": "web", **HERE},
        spec={"maxUnavailable": 1, "selector": {"matchLabels": labels}},
        opts=inside,
    )
    kubernetes.core.v1.Service(
        "web-service",
        metadata={"name": "web", **HERE},
        spec={"selector": labels, "ports": [{"port": 8443}]},
        opts=inside,
    )


def nightly(inside: pulumi.ResourceOptions) -> None:
    kubernetes.batch.v1.CronJob(
        "nightly",
        metadata={"name": "nightly", **HERE},
        spec={
            "schedule": "0 3 * * *",
            "concurrencyPolicy": "Forbid",
            "jobTemplate": {
                "spec": {"template": {"spec": {**pod("nightly"), "restartPolicy": "Never"}}},
            },
        },
        opts=inside,
    )
