"""Mail that goes out from the domain and arrives: an identity, keys that sign it, a name that takes bounces.

Costs a month, us-east-1 list price of 2026-11: 0.10 USD a thousand messages.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.naming import Naming
from systems.model import Mail

#: What the sender must hear of: an address that bounces or complains is not written to again.
_EVENTS = ["BOUNCE", "COMPLAINT", "REJECT", "RENDERING_FAILURE"]


@dataclass(frozen=True, kw_only=True)
class OutgoingMailArgs:
    """`domain` is the stack's own."""

    mail: Mail
    domain: str


class OutgoingMail(pulumi.ComponentResource):
    """An identity with its defaults in one configuration set: TLS demanded, reputation measured, events counted.

    A new account may write to verified addresses only, until AWS has been asked to lift that (docs/decisions/edge.md).
    """

    identity_arn: pulumi.Output[str]
    configuration_set_name: pulumi.Output[str]
    dkim_tokens: pulumi.Output[list[str]]
    senders: tuple[str, ...]
    """Addresses that may send; roles that send are to be bound to them by `ses:FromAddress`."""

    def __init__(self, name: str, args: OutgoingMailArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:OutgoingMail", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._child = ResourceOptions(parent=self)
        events = self._create_configuration_set()
        identity = self._create_identity(events)
        self._name_for_bounces(identity)
        self._count_events(events)
        self.identity_arn = identity.arn
        self.configuration_set_name = events.configuration_set_name
        self.dkim_tokens = identity.dkim_signing_attributes.apply(lambda keys: keys["tokens"])
        self.senders = tuple(f"{sender}@{args.domain}" for sender in args.mail.senders)
        self.register_outputs({"identityArn": self.identity_arn, "configurationSet": self.configuration_set_name})

    def _create_configuration_set(self) -> aws.sesv2.ConfigurationSet:
        return aws.sesv2.ConfigurationSet(
            f"{self._name}-settings",
            configuration_set_name=self._naming.name("mail", limit=64),
            delivery_options={"tls_policy": "REQUIRE"},
            reputation_options={"reputation_metrics_enabled": True},
            sending_options={"sending_enabled": True},
            suppression_options={"suppressed_reasons": ["BOUNCE", "COMPLAINT"]},
            tags=self._naming.tags("mail"),
            opts=self._child,
        )

    def _create_identity(self, settings: aws.sesv2.ConfigurationSet) -> aws.sesv2.EmailIdentity:
        return aws.sesv2.EmailIdentity(
            f"{self._name}-identity",
            email_identity=self._args.domain,
            configuration_set_name=settings.configuration_set_name,
            tags=self._naming.tags("mail"),
            opts=self._child,
        )

    def _name_for_bounces(self, identity: aws.sesv2.EmailIdentity) -> None:
        """Where its MX cannot be found, nothing is sent: mail under another name would fail SPF at the receiver."""
        aws.sesv2.EmailIdentityMailFromAttributes(
            f"{self._name}-bounces",
            email_identity=identity.email_identity,
            mail_from_domain=f"{self._args.mail.mail_from_label}.{self._args.domain}",
            behavior_on_mx_failure="REJECT_MESSAGE",
            opts=self._child,
        )

    def _count_events(self, settings: aws.sesv2.ConfigurationSet) -> None:
        by_set = {
            "default_dimension_value": "none",
            "dimension_name": "ses:configuration-set",
            "dimension_value_source": "MESSAGE_TAG",
        }
        aws.sesv2.ConfigurationSetEventDestination(
            f"{self._name}-events",
            configuration_set_name=settings.configuration_set_name,
            event_destination_name="metrics",
            event_destination={
                "enabled": True,
                "matching_event_types": _EVENTS,
                "cloud_watch_destination": {"dimension_configurations": [by_set]},
            },
            opts=self._child,
        )
