"""Systems Manager: parameters, documents and the upkeep of machines, in three steps."""

import json

import pulumi_aws as aws

UPDATES_NOT_SHOWN: dict[str, str] = {}
REPLACEMENTS_NOT_SHOWN: dict[str, str] = {}


def program(step: int) -> None:
    changed, suffix = step > 0, "-renamed" if step == 2 else ""
    tags = {"step": str(min(step, 1))}
    aws.ssm.Parameter(
        "secret", name=f"/contract/secret{suffix}", type="SecureString", value=f"never-shown-{changed}", tags=tags
    )
    step_one = {"action": "aws:runShellScript", "name": "look", "inputs": {"runCommand": ["uptime"]}}
    content = {"schemaVersion": "2.2", "description": f"{changed}", "mainSteps": [step_one]}
    document = aws.ssm.Document(
        "document", name=f"contract-look{suffix}", document_type="Command", content=json.dumps(content), tags=tags
    )
    aws.ssm.Association(
        "association",
        name=document.name,
        schedule_expression="cron(0 4 ? * SUN *)" if changed else "cron(0 2 ? * SUN *)",
        targets=[{"key": "tag:role", "values": ["node"]}],
        tags=tags,
    )
    window = aws.ssm.MaintenanceWindow(
        "window",
        name="contract-window",
        schedule="cron(0 2 ? * SUN *)",
        schedule_timezone="UTC",
        duration=4 if changed else 3,
        cutoff=1,
        tags=tags,
    )
    another = aws.ssm.MaintenanceWindow("another", name="contract-other", schedule="rate(7 days)", duration=3, cutoff=1)
    target = aws.ssm.MaintenanceWindowTarget(
        "nodes",
        window_id=another.id if step == 2 else window.id,
        name="nodes",
        resource_type="INSTANCE",
        description="updated" if changed else "created",
        targets=[{"key": "tag:role", "values": ["node"]}],
    )
    aws.ssm.MaintenanceWindowTask(
        "patch",
        window_id=another.id if step == 2 else window.id,
        name="patch",
        task_type="RUN_COMMAND",
        task_arn="AWS-RunPatchBaseline",
        max_concurrency="50%",
        max_errors="2" if changed else "1",
        priority=1,
        targets=[{"key": "WindowTargetIds", "values": [target.id]}],
        task_invocation_parameters={
            "run_command_parameters": {
                "timeout_seconds": 600,
                "parameters": [{"name": "Operation", "values": ["Install"]}],
            }
        },
    )
    aws.ssm.PatchBaseline(
        "baseline",
        name="contract-baseline",
        operating_system="UBUNTU" if step == 2 else "AMAZON_LINUX_2023",
        description="updated" if changed else "created",
        approval_rules=[
            {
                "approve_after_days": 7,
                "compliance_level": "HIGH",
                "patch_filters": [{"key": "CLASSIFICATION", "values": ["Security"]}],
            }
        ]
        if step < 2
        else [{"approve_after_days": 7, "patch_filters": [{"key": "PRIORITY", "values": ["Important"]}]}],
        tags=tags,
    )
