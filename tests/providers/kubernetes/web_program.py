"""A namespace with a ConfigMap, a Deployment and its Service, as a Pulumi program."""

from typing import Any

WEB = """
import pulumi
import pulumi_kubernetes as k8s

space = k8s.core.v1.Namespace(
    "space",
    metadata={{"name": "{name}", "labels": {{"pod-security.kubernetes.io/enforce": "{level}"}}}},
)
hardened = {{
    "runAsNonRoot": True,
    "allowPrivilegeEscalation": False,
    "capabilities": {{"drop": ["ALL"]}},
    "seccompProfile": {{"type": "RuntimeDefault"}},
}}
metadata = {{"name": "web", "namespace": space.metadata["name"]}}
settings = k8s.core.v1.ConfigMap("settings", metadata=metadata, data={{"colour": "{colour}"}})
deployment = k8s.apps.v1.Deployment(
    "web",
    metadata=metadata,
    spec={{
        "replicas": {replicas},
        "selector": {{"matchLabels": {{"app": "{label}"}}}},
        "template": {{
            "metadata": {{"labels": {{"app": "{label}"}}}},
            "spec": {{
                "nodeSelector": {selector},
                "containers": [{{"name": "app", "image": "example/app:1", "securityContext": {security}}}],
            }},
        }},
    }},
)
service = k8s.core.v1.Service(
    "web", metadata=metadata, spec={{"selector": {{"app": "{label}"}}, "ports": [{{"port": 80}}]}}
)
pulumi.export("replicas", deployment.spec.replicas)
pulumi.export("address", service.spec.cluster_ip)
pulumi.export("namespace", deployment.metadata.namespace)
"""


def web(name: str, **changed: Any) -> str:
    usual = {
        "level": "restricted",
        "colour": "red",
        "replicas": 2,
        "label": "web",
        "selector": {},
        "security": "hardened",
    }
    return WEB.format(name=name, **{**usual, **changed})
