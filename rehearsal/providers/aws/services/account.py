"""Whom AWS calls about billing, operations and security."""

from typing import Any

from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live


def _key(r: Live) -> dict[str, Any]:
    return {"AlternateContactType": r.get("alternateContactType")}


ENTRIES = (
    Entry(
        type="aws:account/alternativeContact:AlternativeContact",
        service="account",
        operation="PutAlternateContact",
        id=lambda r, answer: r.inputs["alternateContactType"],
        read=lambda r: r.api("GetAlternateContact", **_key(r))["AlternateContact"],
        lost=("accountId",),
        update={"*": lambda r: r.put()},
        replace=("accountId", "alternateContactType"),
        delete=lambda r: r.api("DeleteAlternateContact", **_key(r)),
        name="name",
        alone=True,
    ),
)
