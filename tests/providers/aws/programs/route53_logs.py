"""The query log of a zone in three steps: created, unchanged (it cannot change), replaced."""

import pulumi_aws as aws

_AROUND = ("aws:route53/zone:Zone", "aws:cloudwatch/logGroup:LogGroup")
REPLACEMENTS_NOT_SHOWN = dict.fromkeys(_AROUND, "shown in the program of its own")
UPDATES_NOT_SHOWN = dict.fromkeys(_AROUND, "shown in the program of its own")


def program(step: int) -> None:
    zone = aws.route53.Zone("zone", name="example.com", force_destroy=True)
    groups = [aws.cloudwatch.LogGroup(f"log-{name}", name=f"/aws/route53/{name}") for name in ("one", "two")]
    aws.route53.QueryLog("queries", zone_id=zone.zone_id, cloudwatch_log_group_arn=groups[1 if step == 2 else 0].arn)
