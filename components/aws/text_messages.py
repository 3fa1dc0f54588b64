"""Sending text messages: a number of our own, who opted out, what may be spent, and whether they arrived.

Two things no program can do: registering the number, and leaving the SMS sandbox (docs/decisions/alarms.md).

Costs a month, us-east-1 list prices of 2026-11: 2 USD for a toll-free number, about 0.01 USD a message in the US.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.policy_documents import allow, trust
from components.aws.roles import create_role
from components.naming import DataClass, Naming


@dataclass(frozen=True, kw_only=True)
class TextMessagesArgs:
    """`spend_limit_usd` stops a runaway alarm; a new account is allowed 1 USD until AWS raises its quota."""

    account_id: str
    production: bool
    spend_limit_usd: int = 50


class TextMessages(pulumi.ComponentResource):
    """What topics with telephone numbers send through."""

    pool_id: pulumi.Output[str]

    def __init__(self, name: str, args: TextMessagesArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:TextMessages", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        opted_out = self._create_opt_out_list()
        number = self._create_number(opted_out)
        pool = self._create_pool(number)
        self._prefer_arrival(self._create_delivery_role())
        self.pool_id = pool.id
        self.register_outputs({"poolId": self.pool_id})

    def _create_opt_out_list(self) -> aws.pinpoint.Smsvoicev2OptOutList:
        return aws.pinpoint.Smsvoicev2OptOutList(
            f"{self._name}-opted-out",
            name=self._naming.name("opted-out", limit=64),
            tags=self._naming.tags("text-messages", DataClass.OPERATIONS),
            opts=self._child,
        )

    def _create_number(self, opted_out: aws.pinpoint.Smsvoicev2OptOutList) -> aws.pinpoint.Smsvoicev2PhoneNumber:
        return aws.pinpoint.Smsvoicev2PhoneNumber(
            f"{self._name}-number",
            iso_country_code="US",
            message_type="TRANSACTIONAL",
            number_capabilities=["SMS"],
            number_type="TOLL_FREE",
            opt_out_list_name=opted_out.name,
            deletion_protection_enabled=self._args.production,
            tags=self._naming.tags("text-messages", DataClass.OPERATIONS),
            opts=self._child,
        )

    def _create_pool(self, number: aws.pinpoint.Smsvoicev2PhoneNumber) -> aws.pinpoint.Smsvoicev2Pool:
        return aws.pinpoint.Smsvoicev2Pool(
            f"{self._name}-pool",
            message_type="TRANSACTIONAL",
            origination_identities=[number.arn],
            iso_country_code="US",
            deletion_protection_enabled=self._args.production,
            tags=self._naming.tags("text-messages", DataClass.OPERATIONS),
            opts=self._child,
        )

    def _create_delivery_role(self) -> aws.iam.Role:
        logs = f"arn:aws:logs:*:{self._args.account_id}:log-group:sns/*"
        writing = [
            f"logs:{each}" for each in ("CreateLogGroup", "CreateLogStream", "PutLogEvents", "PutRetentionPolicy")
        ]
        role, _ = create_role(
            f"{self._name}-delivery",
            "text-delivery",
            trust("sns.amazonaws.com"),
            statements=[allow("LogDelivery", writing, [logs])],
            description="writes down which text messages arrived",
            component="text-messages",
            naming=self._naming,
            opts=self._child,
        )
        return role

    def _prefer_arrival(self, role: aws.iam.Role) -> None:
        aws.sns.SmsPreferences(
            f"{self._name}-preferences",
            default_sms_type="Transactional",
            monthly_spend_limit=self._args.spend_limit_usd,
            delivery_status_iam_role_arn=role.arn,
            delivery_status_success_sampling_rate="100",
            opts=self._child,
        )
