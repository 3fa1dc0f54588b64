"""Text messages: numbers, pools, opt-out lists and configuration sets."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure

_SERVICE = "pinpoint-sms-voice-v2"
_ARN = "arn:{partition}:sms-voice:{region}:{account}:"
_TWO_WAY = ("twoWayChannelArn", "twoWayChannelRole")
_TAGS = tags.listed(resource="ResourceArn")


def _change_number(r: Live) -> None:
    kept = ("deletionProtectionEnabled", "optOutListName", "selfManagedOptOutsEnabled", *_TWO_WAY)
    request = r.request([*kept, "twoWayChannelEnabled"], operation="UpdatePhoneNumber")
    r.api("UpdatePhoneNumber", PhoneNumberId=r.id, **request)


def _number_outputs(r: Live, live: Mapping[str, Any]) -> dict[str, Any]:
    digits = "".join(character for character in r.id if character.isdigit())[:7].ljust(7, "0")
    return {
        "phoneNumber": r.state.get("phoneNumber") or f"+1206{digits}",
        "monthlyLeasingPrice": "2.00",
        "status": "ACTIVE",
    }


def _check_number(inputs: Mapping[str, Any]) -> list[Failure]:
    kind, country, failures = inputs.get("numberType"), inputs.get("isoCountryCode"), list[Failure]()
    if kind in ("TOLL_FREE", "TEN_DLC", "SIMULATOR") and isinstance(country, str) and country not in ("US", "CA", "PR"):
        failures.append(Failure("isoCountryCode", f"must be US, CA or PR for {kind}, is {country!r} (AWS rule)"))
    if kind == "TEN_DLC" and not inputs.get("registrationId"):
        failures.append(Failure("registrationId", "is needed for a TEN_DLC number (AWS rule)"))
    return failures


def _pool_extras(r: Live) -> dict[str, Any]:
    return {"OriginationIdentity": r.inputs["originationIdentities"][0], "ClientToken": r.invented("", 32)}


def _pool(r: Live) -> dict[str, Any]:
    """The creating call takes one identity; the others are associated."""
    r.send()
    r.id = r.invented("pool-", 32)
    for identity in r.inputs["originationIdentities"][1:]:
        _associate(r, identity, "Associate")
    return {}


def _associate(r: Live, identity: str, action: str) -> None:
    country = {"IsoCountryCode": r.get("isoCountryCode")} if r.get("isoCountryCode") else {}
    r.api(f"{action}OriginationIdentity", PoolId=r.id, OriginationIdentity=identity, **country)


def _change_identities(r: Live) -> None:
    wanted, present = r.inputs["originationIdentities"], r.state["originationIdentities"]
    for identity in wanted:
        if identity not in present:
            _associate(r, identity, "Associate")
    for identity in present:
        if identity not in wanted:
            _associate(r, identity, "Disassociate")


_POOL_LATER = (
    *("optOutListName", "selfManagedOptOutsEnabled", "sharedRoutesEnabled", "twoWayChannelArn", "twoWayChannelRole"),
    "twoWayEnabled",
)


def _change_pool(r: Live) -> None:
    request = r.request([*_POOL_LATER, "deletionProtectionEnabled"], operation="UpdatePool")
    r.api("UpdatePool", PoolId=r.id, **request)


ENTRIES = (
    Entry(
        type="aws:pinpoint/smsvoicev2PhoneNumber:Smsvoicev2PhoneNumber",
        service=_SERVICE,
        level="validated",
        operation="RequestPhoneNumber",
        rename={"twoWayChannelEnabled": "TwoWayEnabled"},
        id=lambda r, answer: r.invented("phone-", 32),
        after=("selfManagedOptOutsEnabled", "twoWayChannelEnabled", *_TWO_WAY),
        not_sent=("forceDisassociate", "timeouts", "waitForActive"),
        update={"*": _change_number},
        replace=("isoCountryCode", "messageType", "numberCapabilities", "numberType", "registrationId"),
        delete=lambda r: r.api("ReleasePhoneNumber", PhoneNumberId=r.id),
        arn=_ARN + "phone-number/{id}",
        outputs=_number_outputs,
        defaults={
            "deletionProtectionEnabled": False,
            "optOutListName": "Default",
            "selfManagedOptOutsEnabled": False,
            "twoWayChannelEnabled": False,
            "twoWayChannelArn": "",
            "twoWayChannelRole": "",
            "waitForActive": False,
        },
        check=_check_number,
        tags=_TAGS,
    ),
    Entry(
        type="aws:pinpoint/smsvoicev2OptOutList:Smsvoicev2OptOutList",
        service=_SERVICE,
        level="validated",
        operation="CreateOptOutList",
        rename={"name": "OptOutListName"},
        id=lambda r, answer: r.inputs["name"],
        replace=("name",),
        delete=lambda r: r.api("DeleteOptOutList", OptOutListName=r.id),
        arn=_ARN + "opt-out-list/{id}",
        name="name",
        tags=_TAGS,
        twin="AWS::SMSVOICE::OptOutList",
        twin_rename={"name": "OptOutListName"},
    ),
    Entry(
        type="aws:pinpoint/smsvoicev2ConfigurationSet:Smsvoicev2ConfigurationSet",
        service=_SERVICE,
        level="validated",
        operation="CreateConfigurationSet",
        rename={"name": "ConfigurationSetName"},
        id=lambda r, answer: r.inputs["name"],
        after=("defaultMessageType", "defaultSenderId"),
        update={
            "defaultMessageType": lambda r: r.api(
                "SetDefaultMessageType",
                ConfigurationSetName=r.inputs["name"],
                MessageType=r.inputs["defaultMessageType"],
            ),
            "defaultSenderId": lambda r: r.api(
                "SetDefaultSenderId", ConfigurationSetName=r.inputs["name"], SenderId=r.inputs["defaultSenderId"]
            ),
        },
        replace=("name",),
        delete=lambda r: r.api("DeleteConfigurationSet", ConfigurationSetName=r.id),
        arn=_ARN + "configuration-set/{id}",
        name="name",
        tags=_TAGS,
        twin="AWS::SMSVOICE::ConfigurationSet",
        twin_rename={"name": "ConfigurationSetName", "defaultMessageType": ""},
    ),
    Entry(
        type="aws:pinpoint/smsvoicev2Pool:Smsvoicev2Pool",
        service=_SERVICE,
        level="validated",
        operation="CreatePool",
        rename={"originationIdentities": ""},
        also=_pool_extras,
        create=_pool,
        id=lambda r, answer: r.id,
        after=_POOL_LATER,
        not_sent=("timeouts",),
        update={"originationIdentities": _change_identities, "*": _change_pool},
        replace=("messageType", "isoCountryCode"),
        delete=lambda r: r.api("DeletePool", PoolId=r.id),
        arn=_ARN + "pool/{id}",
        defaults={
            "deletionProtectionEnabled": False,
            "optOutListName": "Default",
            "selfManagedOptOutsEnabled": False,
            "sharedRoutesEnabled": False,
            "twoWayEnabled": False,
        },
        tags=_TAGS,
    ),
)
