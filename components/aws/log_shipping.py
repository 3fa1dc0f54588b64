"""Takes a log group's lines to the records bucket as they arrive: CloudWatch is the wrong place for seven years.

Costs a month, us-east-1 list prices of 2026-11: 0.029 USD a GB carried, 0.004 a GB kept instead of 0.03.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.log_archive import LogArchive
from components.aws.policy_documents import allow
from components.aws.roles import create_role, of_service
from components.naming import Naming


@dataclass(frozen=True, kw_only=True)
class LogShippingArgs:
    """`what` names the stream and the prefix in the bucket."""

    what: str
    group: aws.cloudwatch.LogGroup
    archive: LogArchive
    key_arn: pulumi.Input[str]
    """The logs key."""
    account_id: str


class LogShipping(pulumi.ComponentResource):
    """A subscription of the whole group, a Firehose stream, a role for each of the two."""

    def __init__(self, name: str, args: LogShippingArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:LogShipping", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        stream = self._create_stream()
        self._subscribe(stream)
        self.stream_name = stream.name
        self.register_outputs({"streamName": self.stream_name})

    def _create_stream(self) -> aws.kinesis.FirehoseDeliveryStream:
        writer, granted = create_role(
            f"{self._name}-writer",
            f"{self._args.what}-shipping",
            of_service("firehose.amazonaws.com", self._args.account_id),
            statements=self._args.archive.records.may_write(f"log-groups/{self._args.what}/"),
            description=f"{self._args.what} logs into the records bucket",
            component="logs",
            naming=self._naming,
            opts=self._child,
        )
        return aws.kinesis.FirehoseDeliveryStream(
            f"{self._name}-stream",
            name=self._naming.name(self._args.what, limit=64),
            destination="extended_s3",
            # CloudWatch sends its lines compressed already.
            extended_s3_configuration={
                "role_arn": writer.arn,
                "bucket_arn": self._args.archive.records_bucket_arn,
                "prefix": f"log-groups/{self._args.what}/!{{timestamp:yyyy/MM/dd}}/",
                "error_output_prefix": f"log-groups/{self._args.what}/!{{firehose:error-output-type}}/",
                "buffering_size": 64,
                "buffering_interval": 300,
                "kms_key_arn": self._args.key_arn,
            },
            server_side_encryption={
                "enabled": True,
                "key_type": "CUSTOMER_MANAGED_CMK",
                "key_arn": self._args.key_arn,
            },
            tags=self._naming.tags("logs"),
            opts=ResourceOptions(parent=self, depends_on=granted),
        )

    def _subscribe(self, stream: aws.kinesis.FirehoseDeliveryStream) -> None:
        sender, granted = create_role(
            f"{self._name}-sender",
            f"{self._args.what}-sending",
            of_service("logs.amazonaws.com", self._args.account_id),
            statements=(allow("Send", ["firehose:PutRecord", "firehose:PutRecordBatch"], [stream.arn]),),
            description=f"{self._args.what} logs into their stream",
            component="logs",
            naming=self._naming,
            opts=self._child,
        )
        aws.cloudwatch.LogSubscriptionFilter(
            f"{self._name}-subscription",
            name=self._naming.name(self._args.what),
            log_group=self._args.group.name,
            filter_pattern="",
            destination_arn=stream.arn,
            role_arn=sender.arn,
            opts=ResourceOptions(parent=self, depends_on=granted),
        )
