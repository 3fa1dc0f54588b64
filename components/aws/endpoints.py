"""Private ways from the nodes to the AWS services they call: no detour over the internet, and a policy on each.

Costs a month, us-east-1 list prices of 2026-11: 7.30 USD an endpoint and zone (15 in three: 329 USD), 0.01 USD a GB.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws import endpoint_policies
from components.naming import Naming


@dataclass(frozen=True, kw_only=True)
class Service:
    """One AWS service: why something in the network calls it, and what may pass."""

    reason: str
    policy: Callable[[str], str]


_ANSWERS, _TAKES = endpoint_policies.own_identities, endpoint_policies.own_identities_and_things

SERVICES: dict[str, Service] = {
    "ecr.api": Service(reason="nodes ask for images by digest", policy=endpoint_policies.images),
    "ecr.dkr": Service(reason="nodes fetch images", policy=endpoint_policies.images),
    "sts": Service(reason="jobs and functions take on roles", policy=_ANSWERS),
    "eks": Service(reason="a node asks for its cluster when it starts", policy=_ANSWERS),
    "eks-auth": Service(reason="pods get their role's credentials", policy=_ANSWERS),
    "ec2": Service(reason="addresses for pods, volumes for claims", policy=_TAKES),
    "autoscaling": Service(reason="the autoscaler adds and removes nodes", policy=_TAKES),
    "secretsmanager": Service(reason="secrets are mounted into pods and rotated", policy=_TAKES),
    "kms": Service(reason="backup jobs encrypt before they write", policy=_TAKES),
    "logs": Service(reason="audit lines and sessions are recorded", policy=_TAKES),
    "monitoring": Service(reason="the sign of life that the dead-man alarm waits for", policy=_ANSWERS),
    "sns": Service(reason="alerts leave the cluster on a second way", policy=_TAKES),
    "ssm": Service(reason="administrators' sessions: the node's registration", policy=_ANSWERS),
    "ssmmessages": Service(reason="administrators' sessions: their traffic", policy=_ANSWERS),
    "ec2messages": Service(reason="administrators' sessions: commands for older agents", policy=_ANSWERS),
}


@dataclass(frozen=True, kw_only=True)
class EndpointsArgs:
    """`subnet_ids` says in how many zones each endpoint has an address."""

    account_id: str
    region: str
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    group_id: pulumi.Input[str]


class Endpoints(pulumi.ComponentResource):
    """One interface endpoint a service, under the service's public name, so that no caller has to know."""

    def __init__(self, name: str, args: EndpointsArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Endpoints", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._endpoints = {service: self._create(service, about) for service, about in SERVICES.items()}
        self.register_outputs({"ids": {service: each.id for service, each in self._endpoints.items()}})

    def _create(self, service: str, about: Service) -> aws.ec2.VpcEndpoint:
        role = service.replace(".", "-")
        return aws.ec2.VpcEndpoint(
            f"{self._name}-{role}",
            vpc_id=self._args.vpc_id,
            service_name=f"com.amazonaws.{self._args.region}.{service}",
            vpc_endpoint_type="Interface",
            subnet_ids=list(self._args.subnet_ids),
            security_group_ids=[self._args.group_id],
            private_dns_enabled=True,
            policy=about.policy(self._args.account_id),
            tags={**self._naming.tags("endpoints"), "Name": self._naming.name(role)},
            opts=ResourceOptions(parent=self),
        )
