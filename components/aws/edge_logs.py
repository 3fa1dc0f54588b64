"""Logs of the edge: what the firewall refused or counted, and every request the CDN answered, without query and cookie.

Costs a month, us-east-1 list prices of 2026-11: 1 USD for the key, 0.50 and 0.25 USD a GB of firewall and access log.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.edge_keys import EdgeKey, allow
from components.aws.edge_region import EDGE_REGION
from components.aws.log_groups import LogClass, days_in_cloudwatch, retention_class
from components.naming import DataClass, Naming
from systems.model import System

#: Enough to see who was served what, when and how fast; queries, cookies and referrers may say why.
_ACCESS_FIELDS = [
    *("date", "time", "x-edge-location", "sc-bytes", "c-ip", "cs-method", "cs(Host)", "cs-uri-stem", "sc-status"),
    *("cs(User-Agent)", "x-edge-result-type", "x-edge-request-id", "x-host-header", "cs-protocol", "cs-bytes"),
    *("time-taken", "ssl-protocol", "ssl-cipher", "x-edge-response-result-type", "cs-protocol-version", "c-port"),
    *("time-to-first-byte", "x-edge-detailed-result-type", "sc-content-type", "sc-content-len"),
]


@dataclass(frozen=True, kw_only=True)
class EdgeLogsArgs:
    """Both logs are of the spec's class `access_logs`."""

    system: System


class EdgeLogs(pulumi.ComponentResource):
    """A group for the firewall's log under a key of its own, and deliveries of the CDN's to the archive."""

    firewall_log_group_arn: pulumi.Output[str]
    key_arn: pulumi.Output[str]

    def __init__(self, name: str, args: EdgeLogsArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:EdgeLogs", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        key = self._create_key()
        self.key_arn = key.arn
        self.firewall_log_group_arn = self._create_log_group(key).arn
        self.register_outputs({"firewallLogGroupArn": self.firewall_log_group_arn})

    def deliver(self, purpose: str, distribution_arn: pulumi.Input[str], archive_arn: pulumi.Input[str]) -> None:
        """Every answer of a distribution, to a folder of the archive for each day."""
        source = aws.cloudwatch.LogDeliverySource(
            f"{self._name}-{purpose}-source",
            name=self._naming.name("cdn", purpose, limit=60),
            log_type="ACCESS_LOGS",
            resource_arn=distribution_arn,
            region=EDGE_REGION,
            tags=self._naming.tags("edge", DataClass.OPERATIONS),
            opts=ResourceOptions(parent=self),
        )
        destination = aws.cloudwatch.LogDeliveryDestination(
            f"{self._name}-{purpose}-destination",
            name=self._naming.name("cdn-archive", purpose, limit=60),
            output_format="json",
            delivery_destination_configuration={"destination_resource_arn": archive_arn},
            region=EDGE_REGION,
            tags=self._naming.tags("edge", DataClass.OPERATIONS),
            opts=ResourceOptions(parent=self),
        )
        aws.cloudwatch.LogDelivery(
            f"{self._name}-{purpose}-delivery",
            delivery_source_name=source.name,
            delivery_destination_arn=destination.arn,
            record_fields=_ACCESS_FIELDS,
            s3_delivery_configurations=[
                {"suffix_path": "{DistributionId}/{yyyy}/{MM}/{dd}/{HH}", "enable_hive_compatible_path": False}
            ],
            region=EDGE_REGION,
            tags=self._naming.tags("edge", DataClass.OPERATIONS),
            opts=ResourceOptions(parent=self),
        )

    def _create_key(self) -> aws.kms.Key:
        account = self._naming.account_id
        groups = {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{EDGE_REGION}:{account}:log-group:*"}
        use = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
        service = {"Service": f"logs.{EDGE_REGION}.amazonaws.com"}
        key = EdgeKey(
            purpose="edge-logs",
            data_class=DataClass.OPERATIONS,
            statements=(allow("LogGroups", service, use, {"ArnLike": groups}),),
            protected=self._args.system.production,
        )
        return key.create(f"{self._name}-key", self._naming, self)

    def _create_log_group(self, key: aws.kms.Key) -> aws.cloudwatch.LogGroup:
        """AWS WAF writes to groups only whose name begins with `aws-waf-logs-`."""
        retention = self._args.system.retention
        held = DataClass.HEALTH if retention_class(retention, LogClass.ACCESS).health_data else DataClass.OPERATIONS
        return aws.cloudwatch.LogGroup(
            f"{self._name}-firewall",
            name=f"aws-waf-logs-{self._naming.name('edge')}",
            kms_key_id=key.arn,
            retention_in_days=days_in_cloudwatch(retention, LogClass.ACCESS, archived=False),
            region=EDGE_REGION,
            tags=self._naming.tags("edge", held, **{"lifeline:log-class": LogClass.ACCESS.value}),
            opts=ResourceOptions(parent=self, protect=self._args.system.production),
        )
