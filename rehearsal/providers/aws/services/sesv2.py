"""Mail: identities and what hangs on them, configuration sets, suppression."""

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.policy_documents import policy_failures
from rehearsal.providers.provider import Failure

_TAGS = tags.listed(resource="ResourceArn", kept=False)
_OPTIONS = {
    "deliveryOptions": "PutConfigurationSetDeliveryOptions",
    "reputationOptions": "PutConfigurationSetReputationOptions",
    "sendingOptions": "PutConfigurationSetSendingOptions",
    "suppressionOptions": "PutConfigurationSetSuppressionOptions",
    "trackingOptions": "PutConfigurationSetTrackingOptions",
    "vdmOptions": "PutConfigurationSetVdmOptions",
}


def _identity(r: Live) -> dict[str, Any]:
    return r.api("GetEmailIdentity", EmailIdentity=r.id)


def _identity_outputs(r: Live, live: Mapping[str, Any]) -> dict[str, Any]:
    """A domain shows the three tokens of its DKIM records; the emulator has none."""
    domain = "@" not in r.id
    shown: dict[str, Any] = {
        "identityType": "DOMAIN" if domain else "EMAIL_ADDRESS",
        "verificationStatus": "PENDING",
        "verifiedForSendingStatus": False,
    }
    given = r.inputs.get("dkimSigningAttributes") or {}
    if domain:
        kept = (r.state.get("dkimSigningAttributes") or {}).get("tokens")
        own = {"signingAttributesOrigin": "AWS_SES", "currentSigningKeyLength": "RSA_2048_BIT", "status": "PENDING"}
        tokens = kept or [r.invented("", 32) for _ in range(3)]
        shown["dkimSigningAttributes"] = {**own, "tokens": tokens, "lastKeyGenerationTimestamp": "", **given}
    return shown


def _dkim(r: Live) -> None:
    given = r.inputs.get("dkimSigningAttributes") or {}
    own = "domainSigningPrivateKey" in given
    request = r.request(["dkimSigningAttributes"]).get("DkimSigningAttributes", {})
    r.validated(
        "PutEmailIdentityDkimSigningAttributes",
        EmailIdentity=r.id,
        SigningAttributesOrigin="EXTERNAL" if own else "AWS_SES",
        SigningAttributes=request,
    )


def _set_of(r: Live) -> None:
    name = r.inputs.get("configurationSetName")
    chosen = {"ConfigurationSetName": name} if name else {}
    r.validated("PutEmailIdentityConfigurationSetAttributes", EmailIdentity=r.id, **chosen)


def _check_identity(inputs: Mapping[str, Any]) -> list[Failure]:
    given = inputs.get("emailIdentity")
    if isinstance(given, str) and not re.fullmatch(r"([^@\s]+@)?([a-z0-9-]+\.)+[a-z]{2,}", given, re.IGNORECASE):
        return [Failure("emailIdentity", f"must be a domain or an address, is {given!r} (AWS rule)")]
    return []


def _check_mail_from(inputs: Mapping[str, Any]) -> list[Failure]:
    domain, identity, failures = inputs.get("mailFromDomain"), inputs.get("emailIdentity"), list[Failure]()
    if isinstance(domain, str) and isinstance(identity, str):
        parent = identity.split("@")[-1]
        if domain == parent or not domain.endswith(f".{parent}"):
            failures.append(Failure("mailFromDomain", f"must be a subdomain of {parent}, is {domain!r} (AWS rule)"))
    return failures


def _options(r: Live) -> None:
    for name, operation in _OPTIONS.items():
        if name in r.changed:
            given = r.request([name], operation="CreateConfigurationSet").get(name[0].upper() + name[1:], {})
            given.pop("LastFreshStart", None)
            if name == "vdmOptions":
                given = {"VdmOptions": given}
            r.validated(operation, ConfigurationSetName=r.id, **given)


def _check_set(inputs: Mapping[str, Any]) -> list[Failure]:
    name, failures = inputs.get("configurationSetName"), list[Failure]()
    if isinstance(name, str) and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
        reason = f"must have up to 64 letters, digits, dashes and underscores, is {name!r} (AWS rule)"
        failures.append(Failure("configurationSetName", reason))
    delay = (inputs.get("deliveryOptions") or {}).get("maxDeliverySeconds")
    if isinstance(delay, int) and not 300 <= delay <= 50_400:
        reason = f"must lie between 300 and 50400, is {delay} (AWS rule)"
        failures.append(Failure("deliveryOptions.maxDeliverySeconds", reason))
    return failures


def _check_destination(inputs: Mapping[str, Any]) -> list[Failure]:
    given = inputs.get("eventDestination")
    if not isinstance(given, dict):
        return []
    kinds = [name for name in given if name.endswith("Destination") and given[name]]
    if len(kinds) != 1:
        chosen = ", ".join(kinds) or "none"
        return [Failure("eventDestination", f"needs exactly one destination, has {chosen} (AWS rule)")]
    return []


def _attributes(operation: str) -> dict[str, Any]:
    """Attributes of an identity: put in place, put anew, taken back."""
    return {
        "service": "sesv2",
        "level": "validated",
        "operation": operation,
        "id": lambda r, answer: r.inputs["emailIdentity"],
        "update": {"*": lambda r: r.put()},
        "replace": ("emailIdentity",),
        "delete": lambda r: r.api(operation, EmailIdentity=r.id),
        "alone": True,
    }


def _policy(r: Live) -> dict[str, Any] | None:
    found = r.api("GetEmailIdentityPolicies", EmailIdentity=r.get("emailIdentity"))["Policies"]
    return {"Policy": found[r.get("policyName")], **_policy_key(r)} if r.get("policyName") in found else None


def _policy_key(r: Live) -> dict[str, Any]:
    return {"EmailIdentity": r.get("emailIdentity"), "PolicyName": r.get("policyName")}


ENTRIES = (
    Entry(
        type="aws:sesv2/emailIdentity:EmailIdentity",
        service="sesv2",
        operation="CreateEmailIdentity",
        rename={
            f"dkimSigningAttributes.{name}": ""
            for name in (
                *("currentSigningKeyLength", "lastKeyGenerationTimestamp", "signingAttributesOrigin"),
                *("status", "tokens"),
            )
        },
        id=lambda r, answer: r.inputs["emailIdentity"],
        read=lambda r: {**_identity(r), "EmailIdentity": r.id},
        lost=("dkimSigningAttributes", "configurationSetName"),
        update={"dkimSigningAttributes": _dkim, "configurationSetName": _set_of},
        replace=("emailIdentity",),
        delete=lambda r: r.api("DeleteEmailIdentity", EmailIdentity=r.id),
        arn="arn:{partition}:ses:{region}:{account}:identity/{id}",
        outputs=_identity_outputs,
        find=lambda r: r.inputs["emailIdentity"],
        check=_check_identity,
        tags=_TAGS,
        twin="AWS::SES::EmailIdentity",
        twin_rename={
            "configurationSetName": "ConfigurationSetAttributes.ConfigurationSetName",
            "dkimSigningAttributes": "",
        },
    ),
    Entry(
        type="aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes",
        check=_check_mail_from,
        **_attributes("PutEmailIdentityMailFromAttributes"),
    ),
    Entry(
        type="aws:sesv2/emailIdentityFeedbackAttributes:EmailIdentityFeedbackAttributes",
        **_attributes("PutEmailIdentityFeedbackAttributes"),
    ),
    Entry(
        type="aws:sesv2/emailIdentityPolicy:EmailIdentityPolicy",
        service="sesv2",
        operation="CreateEmailIdentityPolicy",
        id=lambda r, answer: f"{r.inputs['emailIdentity']}|{r.inputs['policyName']}",
        read=_policy,
        update={"policy": lambda r: r.api("UpdateEmailIdentityPolicy", **_policy_key(r), Policy=r.inputs["policy"])},
        replace=("emailIdentity", "policyName"),
        delete=lambda r: r.api("DeleteEmailIdentityPolicy", **_policy_key(r)),
        check=lambda inputs: policy_failures(inputs, "policy", "resource"),
    ),
    Entry(
        type="aws:sesv2/configurationSet:ConfigurationSet",
        service="sesv2",
        operation="CreateConfigurationSet",
        id=lambda r, answer: r.inputs["configurationSetName"],
        read=lambda r: r.api("GetConfigurationSet", ConfigurationSetName=r.id),
        lost=tuple(_OPTIONS),
        update=dict.fromkeys(_OPTIONS, _options),
        replace=("configurationSetName",),
        delete=lambda r: r.api("DeleteConfigurationSet", ConfigurationSetName=r.id),
        arn="arn:{partition}:ses:{region}:{account}:configuration-set/{id}",
        defaults={"sendingOptions": {"sendingEnabled": True}, "reputationOptions": {"reputationMetricsEnabled": False}},
        find=lambda r: r.inputs["configurationSetName"],
        check=_check_set,
        tags=_TAGS,
        twin="AWS::SES::ConfigurationSet",
        twin_rename={"configurationSetName": "Name", "reputationOptions.lastFreshStart": ""},
    ),
    Entry(
        type="aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination",
        service="sesv2",
        level="validated",
        operation="CreateConfigurationSetEventDestination",
        id=lambda r, answer: f"{r.inputs['configurationSetName']}|{r.inputs['eventDestinationName']}",
        update={
            "eventDestination": lambda r: r.api(
                "UpdateConfigurationSetEventDestination",
                **r.request(operation="UpdateConfigurationSetEventDestination"),
            )
        },
        replace=("configurationSetName", "eventDestinationName"),
        delete=lambda r: r.api(
            "DeleteConfigurationSetEventDestination",
            ConfigurationSetName=r.get("configurationSetName"),
            EventDestinationName=r.get("eventDestinationName"),
        ),
        check=_check_destination,
    ),
    Entry(
        type="aws:sesv2/accountSuppressionAttributes:AccountSuppressionAttributes",
        service="sesv2",
        level="validated",
        operation="PutAccountSuppressionAttributes",
        id=lambda r, answer: r.account,
        update={"suppressedReasons": lambda r: r.put()},
        alone=True,
    ),
)
