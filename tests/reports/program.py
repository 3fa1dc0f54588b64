"""A platform in small, made of this project's own components: what the recorded previews are previews of.

Its configuration says what a pull request would change. `written` puts it where an engine run expects a program.
"""

from pathlib import Path

PROJECT = Path(__file__).parents[2]
ACCOUNT = "123456789012"
#: The first password of the database: secret to the engine, so no report may have it.
NEVER_SHOWN = "correct-horse-battery-staple"
#: The stack as it stands before any change.
STANDING = {"image": "ghcr.io/tdah/assistant-api@sha256:" + "1" * 64}
#: What each pull request changes of it; None takes the whole stack away.
CHANGES: dict[str, dict[str, str] | None] = {
    "no-change": {},
    "image-bump": {"image": "ghcr.io/tdah/assistant-api@sha256:" + "2" * 64},
    "firewall-opened": {"admittedToDatabase": "0.0.0.0/0"},
    "key-removed": {"withoutKey": "backups"},
    "database-replaced": {"databaseName": "assistant"},
    "replica-removed": {"replicas": "0"},
    "everything-destroyed": None,
}
PROGRAM = f"""
import sys

sys.path.insert(0, {str(PROJECT)!r})
from dataclasses import replace

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
from pulumi import ResourceOptions

from components.aws.bucket import Bucket, BucketArgs
from components.aws.firewall import Firewall, FirewallArgs
from components.aws.keys import Keys, KeysArgs, key_policies
from components.aws.postgres import Postgres, PostgresArgs
from components.naming import DataClass, Naming
from systems import registry
from systems.model import Environment

given = pulumi.Config("small")
system = registry.load("tdah-assistant", Environment.STAGING)
database = replace(
    system.database,
    name=given.get("databaseName") or system.database.name,
    replicas=int(given.get("replicas") or 1),
)
system = replace(system, database=database)
naming = Naming(system="small", environment="staging", account_id={ACCOUNT!r}, owner="platform-engineering")


class Network(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("lifeline:aws:Network", name)
        child = ResourceOptions(parent=self)
        self.vpc = aws.ec2.Vpc(f"{{name}}-vpc", cidr_block="10.9.0.0/16", tags=naming.tags("network"), opts=child)
        self.subnets = [
            aws.ec2.Subnet(
                f"{{name}}-data-{{zone}}",
                vpc_id=self.vpc.id,
                cidr_block=f"10.9.{{number}}.0/24",
                availability_zone=f"us-east-1{{zone}}",
                tags=naming.tags("network"),
                opts=child,
            )
            for number, zone in enumerate("ab")
        ]
        address = aws.ec2.Eip(f"{{name}}-nat-address", domain="vpc", tags=naming.tags("network"), opts=child)
        aws.ec2.NatGateway(
            f"{{name}}-nat",
            allocation_id=address.id,
            subnet_id=self.subnets[0].id,
            tags=naming.tags("network"),
            opts=child,
        )
        self.register_outputs({{}})


class Application(pulumi.ComponentResource):
    def __init__(self, name, image):
        super().__init__("lifeline:kubernetes:Application", name)
        labels = {{"app.kubernetes.io/name": name}}
        container = {{"name": name, "image": image, "resources": {{"requests": {{"cpu": "100m", "memory": "128Mi"}}}}}}
        kubernetes.apps.v1.Deployment(
            f"{{name}}-deployment",
            metadata={{"name": name, "annotations": {{"pulumi.com/skipAwait": "true"}}}},
            spec={{
                "replicas": 3,
                "selector": {{"match_labels": labels}},
                "strategy": {{"type": "RollingUpdate", "rolling_update": {{"max_unavailable": 0, "max_surge": 1}}}},
                "template": {{"metadata": {{"labels": labels}}, "spec": {{"containers": [container]}}}},
            }},
            opts=ResourceOptions(parent=self),
        )
        self.register_outputs({{}})


recovery = aws.Provider("recovery", region="us-west-2")
if removed := given.get("withoutKey"):
    key_policies.PURPOSES = {{name: each for name, each in key_policies.PURPOSES.items() if name != removed}}
keys = Keys(
    "keys",
    KeysArgs(system=system, account_id={ACCOUNT!r}, region="us-east-1", recovery_region="us-west-2", recovery=recovery),
    naming,
)
network = Network("network")
inside = FirewallArgs(system=system, vpc_id=network.vpc.id, s3_prefix_list_id="pl-63a5400a")
firewall = Firewall("firewall", inside, naming)
if admitted := given.get("admittedToDatabase"):
    aws.vpc.SecurityGroupIngressRule(
        "firewall-office-to-database-in",
        security_group_id=firewall.database_group_id,
        cidr_ipv4=admitted,
        ip_protocol="tcp",
        from_port=5432,
        to_port=5432,
        description="from the office, for a moment",
        tags=naming.tags("firewall"),
        opts=ResourceOptions(parent=firewall),
    )
Bucket(
    "backups",
    BucketArgs(purpose="backups", key_arn=keys.arn("data" if removed else "backups"), data_class=DataClass.HEALTH),
    naming,
)
Postgres(
    "database",
    PostgresArgs(
        system=system,
        subnet_ids=[subnet.id for subnet in network.subnets],
        security_group_id=firewall.database_group_id,
        key_arn=keys.arn("data"),
        log_key_arn=keys.arn("logs"),
        password=pulumi.Output.secret({NEVER_SHOWN!r}),
    ),
    naming,
)
Application("api", given.require("image"))
"""
