"""Runners of the pipelines inside the platform's network: each takes one job of GitHub Actions and is thrown away.

They reach the cluster's API, the network's endpoints and, for the job itself, the few names below: GitHub, Python's
packages, the engine and its providers, the modules that the rehearsal's tools are built from. They hold no key, since
jobs take on roles of their own. Costs a month: 0.01 USD a minute of a medium machine, nothing while no job waits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.delivery_rights import Repository
from components.aws.policy_documents import Statement, allow, document, trust
from components.naming import Naming

#: Ubuntu with Python, Go, Node, git and the AWS command line; AWS keeps it up to date.
_IMAGE = "aws/codebuild/standard:7.0"
_QUEUED_MINUTES, _LONGEST_MINUTES, _AT_ONCE = 30, 240, 4
#: What a job may ask the network's resolver for, beside what the platform may.
NAMES = (
    *("github.com.", "*.github.com.", "*.githubusercontent.com.", "*.actions.githubusercontent.com."),
    *("*.blob.core.windows.net.", "pypi.org.", "files.pythonhosted.org.", "proxy.golang.org.", "sum.golang.org."),
    *("storage.googleapis.com.", "get.pulumi.com.", "api.pulumi.com.", "go.dev.", "dl.google.com."),
)
#: Before the platform's own rules, which end in a refusal of everything else.
_PRIORITY = 105


@dataclass(frozen=True, kw_only=True)
class DeliveryRunnersArgs:
    """`connection_arn` is of AWS's connection to GitHub, which a person has to confirm there once. The network is the
    cluster's; `cluster_group_id` is the group of its control plane."""

    repository: Repository
    account_id: str
    region: str
    connection_arn: str
    vpc_id: pulumi.Input[str]
    subnet_ids: pulumi.Input[Sequence[str]]
    cluster_group_id: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]


class DeliveryRunners(pulumi.ComponentResource):
    """`project_name` is what jobs name in their label."""

    project_name: str
    group_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: DeliveryRunnersArgs, naming: Naming, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("lifeline:aws:DeliveryRunners", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        self.project_name = f"lifeline-{args.repository.stack}"
        self._log_group = f"/lifeline/{naming.name('delivery-runner')}"
        self.group_id = self._create_group().id
        self._admit_at_the_cluster()
        self._let_names_out()
        self._create_project(self._create_role())
        self.register_outputs({"projectName": self.project_name})

    def _create_group(self) -> aws.ec2.SecurityGroup:
        """Nobody comes in. Out on 443 alone: which names that reaches is the resolver's part."""
        group = aws.ec2.SecurityGroup(
            f"{self._name}-group",
            name=self._naming.name("delivery-runner"),
            description="Runners of the pipelines: nobody comes in, jobs go out by HTTPS",
            vpc_id=self._args.vpc_id,
            tags=self._naming.tags("delivery"),
            opts=self._child,
        )
        aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-out",
            security_group_id=group.id,
            description="GitHub, packages and AWS by HTTPS, as far as their names are let out",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            cidr_ipv4="0.0.0.0/0",
            tags=self._naming.tags("delivery"),
            opts=self._child,
        )
        return group

    def _admit_at_the_cluster(self) -> None:
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-to-cluster",
            security_group_id=self._args.cluster_group_id,
            description="Pipelines' jobs ask the cluster's API",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            referenced_security_group_id=self.group_id,
            tags=self._naming.tags("delivery"),
            opts=self._child,
        )

    def _let_names_out(self) -> None:
        listed = aws.route53.ResolverFirewallDomainList(
            f"{self._name}-names",
            name=self._naming.name("delivery-names"),
            domains=list(NAMES),
            tags=self._naming.tags("delivery"),
            opts=self._child,
        )
        group = aws.route53.ResolverFirewallRuleGroup(
            f"{self._name}-rules",
            name=self._naming.name("delivery-names"),
            tags=self._naming.tags("delivery"),
            opts=self._child,
        )
        aws.route53.ResolverFirewallRule(
            f"{self._name}-allow",
            name="listed",
            action="ALLOW",
            priority=100,
            firewall_domain_list_id=listed.id,
            firewall_domain_redirection_action="TRUST_REDIRECTION_DOMAIN",
            firewall_rule_group_id=group.id,
            opts=self._child,
        )
        aws.route53.ResolverFirewallRuleGroupAssociation(
            f"{self._name}-network",
            name=self._naming.name("delivery-names"),
            firewall_rule_group_id=group.id,
            vpc_id=self._args.vpc_id,
            priority=_PRIORITY,
            tags=self._naming.tags("delivery"),
            opts=self._child,
        )

    def _create_role(self) -> aws.iam.Role:
        """Of the machine, not of the job: a network interface, the log, the connection. It may take on nothing."""
        args = self._args
        role = aws.iam.Role(
            f"{self._name}-role",
            name=self._naming.name("delivery-runner", limit=64),
            description="Machines that run the pipelines' jobs",
            assume_role_policy=document(
                trust("codebuild.amazonaws.com", {"StringEquals": {"aws:SourceAccount": args.account_id}})
            ),
            permissions_boundary=args.boundary_arn,
            tags=self._naming.tags("delivery"),
            opts=self._child,
        )
        aws.iam.RolePolicy(
            f"{self._name}-rights",
            role=role.name,
            name="rights",
            policy=document(*rights(args.account_id, args.region, args.connection_arn, self._log_group)),
            opts=self._child,
        )
        return role

    def _create_project(self, role: aws.iam.Role) -> None:
        args = self._args
        log = aws.cloudwatch.LogGroup(
            f"{self._name}-log",
            name=self._log_group,
            retention_in_days=365,
            tags=self._naming.tags("delivery"),
            opts=self._child,
        )
        project = aws.codebuild.Project(
            f"{self._name}-project",
            name=self.project_name,
            description=f"Runs the pipelines' jobs of {args.repository.stack} inside its network",
            service_role=role.arn,
            artifacts={"type": "NO_ARTIFACTS"},
            source={
                "type": "GITHUB",
                "location": f"https://github.com/{args.repository.name}.git",
                "git_clone_depth": 1,
                "auth": {"type": "CODECONNECTIONS", "resource": args.connection_arn},
            },
            environment={
                "type": "LINUX_CONTAINER",
                "compute_type": "BUILD_GENERAL1_MEDIUM",
                "image": _IMAGE,
                "privileged_mode": False,
            },
            vpc_config={
                "vpc_id": args.vpc_id,
                "subnets": args.subnet_ids,
                "security_group_ids": [self.group_id],
            },
            logs_config={"cloudwatch_logs": {"status": "ENABLED", "group_name": log.name}},
            build_timeout=_LONGEST_MINUTES,
            queued_timeout=_QUEUED_MINUTES,
            concurrent_build_limit=_AT_ONCE,
            tags=self._naming.tags("delivery"),
            opts=ResourceOptions(parent=self, depends_on=[role]),
        )
        aws.codebuild.Webhook(
            f"{self._name}-webhook",
            project_name=project.name,
            build_type="BUILD",
            filter_groups=[{"filters": [{"type": "EVENT", "pattern": "WORKFLOW_JOB_QUEUED"}]}],
            opts=self._child,
        )


def rights(account_id: str, region: str, connection_arn: str, log_group: str) -> list[Statement]:
    """What CodeBuild does in the machine's name before the job begins."""
    here: dict[str, Any] = {"StringEquals": {"ec2:AuthorizedService": "codebuild.amazonaws.com"}}
    logs = f"arn:aws:logs:{region}:{account_id}:log-group:{log_group}:*"
    describe = ("NetworkInterfaces", "Subnets", "SecurityGroups", "DhcpOptions", "Vpcs")
    interfaces = f"arn:aws:ec2:{region}:{account_id}:network-interface/*"
    return [
        allow("Log", ["logs:CreateLogStream", "logs:PutLogEvents"], [logs]),
        allow("Connect", ["codeconnections:GetConnection", "codeconnections:GetConnectionToken"], [connection_arn]),
        allow(
            "Interface",
            [*(f"ec2:Describe{each}" for each in describe), "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"],
            ["*"],
        ),
        allow("LendInterface", ["ec2:CreateNetworkInterfacePermission"], [interfaces], here),
    ]
