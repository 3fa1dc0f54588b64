"""The thin slice that goes through all of the house: three zones, keys, bucket, cluster, nodes, a hardened Deployment.

A program of the project's own components with the settings of stack prod: small enough to be made and killed often.
"""

from rehearsal import paths
from tests.cli.conftest import Rehearsal

PROGRAM = f"""
import sys
sys.path.append({str(paths.PROJECT)!r})  # the project's own components, used from another program

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi.runtime import config

import layers
import settings
from components.aws.cluster import Cluster, ClusterArgs
from components.aws.firewall import Firewall, FirewallArgs
from components.aws.network import Network, NetworkArgs
from systems import sizing

site = layers.Site.of(settings.parse({{**config.get_config_env(), **config.CONFIG.get()}}))
ground = layers.lay_ground(site)
network = Network(
    "network",
    NetworkArgs(system=site.system, account_id=site.account_id, region=site.region),
    site.naming,
    site.in_account,
)
firewall = Firewall(
    "firewall",
    FirewallArgs(system=site.system, vpc_id=network.vpc_id, s3_prefix_list_id=network.s3_prefix_list_id),
    site.naming,
    site.in_account,
)
cluster = Cluster(
    "cluster",
    ClusterArgs(
        system=site.system,
        account_id=site.account_id,
        node_groups=sizing.plan(site.system).node_groups,
        zones=network.zones,
        subnet_ids=network.private_subnet_ids,
        node_group_id=firewall.node_group_id,
        control_plane_group_id=firewall.control_plane_group_id,
        secrets_key_arn=ground.keys.arn("cluster"),
        volumes_key_arn=ground.keys.arn("data"),
        logs_key_arn=ground.keys.arn("logs"),
        archive=ground.logs,
        admin_cidrs=site.settings.admin_cidrs,
    ),
    site.naming,
    site.in_account,
)
inside = pulumi.ResourceOptions(provider=cluster.provider)
namespace = kubernetes.core.v1.Namespace(
    "slice",
    metadata={{"name": "slice", "labels": {{"pod-security.kubernetes.io/enforce": "restricted"}}}},
    opts=inside,
)
kubernetes.apps.v1.Deployment(
    "web",
    metadata={{"name": "web", "namespace": namespace.metadata["name"]}},
    spec={{
        "replicas": 3,
        "selector": {{"matchLabels": {{"app": "web"}}}},
        "template": {{
            "metadata": {{"labels": {{"app": "web"}}}},
            "spec": {{
                "automountServiceAccountToken": False,
                "securityContext": {{
                    "runAsNonRoot": True,
                    "runAsUser": 1000,
                    "seccompProfile": {{"type": "RuntimeDefault"}},
                }},
                "containers": [
                    {{
                        "name": "web",
                        "image": "registry.k8s.io/pause@sha256:" + "7" * 64,
                        "resources": {{"requests": {{"cpu": "100m", "memory": "64Mi"}}}},
                        "securityContext": {{
                            "allowPrivilegeEscalation": False,
                            "readOnlyRootFilesystem": True,
                            "capabilities": {{"drop": ["ALL"]}},
                        }},
                    }}
                ],
            }},
        }},
    }},
    opts=inside,
)
"""


def write(rehearsal: Rehearsal) -> Rehearsal:
    rehearsal.write(PROGRAM, (paths.PROJECT / "Pulumi.prod.yaml").read_text())
    return rehearsal
