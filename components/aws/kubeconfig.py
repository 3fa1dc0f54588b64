"""How to reach a cluster. Holds no secret: whoever uses it authenticates with their own AWS identity."""

import json
from collections.abc import Mapping

import pulumi
import pulumi_aws as aws


def kubeconfig(cluster: aws.eks.Cluster) -> pulumi.Output[str]:
    authority = cluster.certificate_authority.apply(lambda found: found.data or "")
    return rendered(cluster.name, cluster.endpoint, authority)


def rendered(name: pulumi.Input[str], endpoint: pulumi.Input[str], authority: pulumi.Input[str]) -> pulumi.Output[str]:
    """Of a cluster that somebody else made."""
    return pulumi.Output.all(name=name, endpoint=endpoint, authority=authority).apply(_render)


def _render(known: Mapping[str, str]) -> str:
    name = known["name"]
    user = {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "command": "aws",
            "args": ["eks", "get-token", "--cluster-name", name, "--output", "json"],
            "interactiveMode": "Never",
        }
    }
    cluster = {"server": known["endpoint"], "certificate-authority-data": known["authority"]}
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": name,
            "clusters": [{"name": name, "cluster": cluster}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "users": [{"name": name, "user": user}],
        }
    )
