"""A project that runs jobs of GitHub Actions inside a network, and its webhook: created, updated, replaced."""

import pulumi_aws as aws

_AROUND = ("aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:ec2/securityGroup:SecurityGroup")
REPLACEMENTS_NOT_SHOWN = dict.fromkeys(_AROUND, "shown in the program of its own service")
UPDATES_NOT_SHOWN = dict.fromkeys(_AROUND, "shown in the program of its own service")


def program(step: int) -> None:
    vpc = aws.ec2.Vpc("vpc", cidr_block="10.9.0.0/16")
    subnet = aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.9.0.0/24")
    group = aws.ec2.SecurityGroup("group", name="runners", description="runners", vpc_id=vpc.id)
    project = aws.codebuild.Project(
        "project",
        name="runner-2" if step == 2 else "runner",
        description=f"step {step}",
        service_role="arn:aws:iam::123456789012:role/runner",
        artifacts={"type": "NO_ARTIFACTS"},
        source={"type": "GITHUB", "location": "https://github.com/astralcore/lifeline.git", "git_clone_depth": 1},
        environment={
            "type": "LINUX_CONTAINER",
            "compute_type": "BUILD_GENERAL1_SMALL" if step == 0 else "BUILD_GENERAL1_MEDIUM",
            "image": "aws/codebuild/standard:7.0",
            "privileged_mode": False,
        },
        vpc_config={"vpc_id": vpc.id, "subnets": [subnet.id], "security_group_ids": [group.id]},
        logs_config={"cloudwatch_logs": {"status": "ENABLED", "group_name": "/lifeline/runner"}},
        build_timeout=60 if step == 0 else 300,
        queued_timeout=30,
        concurrent_build_limit=2,
        encryption_key="alias/aws/s3",
        tags={"step": str(step)},
    )
    pattern = "WORKFLOW_JOB_QUEUED"
    names = [] if step == 0 else [{"type": "REPOSITORY_NAME", "pattern": "lifeline"}]
    aws.codebuild.Webhook(
        "webhook",
        project_name=project.name,
        build_type="BUILD",
        filter_groups=[{"filters": [{"type": "EVENT", "pattern": pattern}, *names]}],
    )
