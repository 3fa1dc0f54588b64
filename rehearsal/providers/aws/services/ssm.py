"""Parameters and documents. What a parameter holds is never told in clear."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from rehearsal.providers import wire
from rehearsal.providers.aws.client import AwsError
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.tags import Tags, from_pairs, pairs
from rehearsal.providers.provider import Failure

_VALUES = ("value", "insecureValue", "valueWo")
_PLATFORMS = ("Linux", "MacOS", "Windows")
_LARGEST = {"Standard": 4096, "Advanced": 8192, "Intelligent-Tiering": 8192}


def ssm_tags(kind: str, *, kept: bool = True) -> Tags:
    """One pair of tagging calls that are told the kind of thing; `kept=False` where the emulator lacks the thing."""

    def change(r: Live, wanted: dict[str, str], gone: list[str]) -> None:
        call = r.api if kept else r.validated
        if wanted:
            call("AddTagsToResource", ResourceType=kind, ResourceId=r.id, Tags=pairs(wanted))
        if gone:
            call("RemoveTagsFromResource", ResourceType=kind, ResourceId=r.id, TagKeys=gone)

    def read(r: Live, live: Mapping[str, Any]) -> dict[str, str] | None:
        if not kept:
            return None
        return from_pairs(r.api("ListTagsForResource", ResourceType=kind, ResourceId=r.id).get("TagList", []))

    return Tags(send=lambda tags: {"Tags": pairs(tags)} if tags and kept else {}, change=change, read=read)


def refusals(reasons: Iterator[tuple[str, str]]) -> list[Failure]:
    return [Failure(path, f"{reason} (AWS rule)") for path, reason in reasons]


# -- parameters ---------------------------------------------------------------------------------------------------


def _value(inputs: Mapping[str, Any]) -> Any:
    return next((inputs[name] for name in _VALUES if inputs.get(name) is not None), None)


def _put(r: Live, overwrite: bool) -> None:
    """A call that overwrites takes no tags."""
    given = {**r.request(), "Value": _value(r.inputs), "Overwrite": overwrite}
    tags = {} if overwrite or not r.all_tags else {"Tags": pairs(r.all_tags)}
    r.api("PutParameter", **given, **tags)
    if overwrite and r.inputs.get("overwrite") and not r.state and r.all_tags:
        r.api("AddTagsToResource", ResourceType="Parameter", ResourceId=r.inputs["name"], Tags=pairs(r.all_tags))


def _parameter(r: Live) -> dict[str, Any] | None:
    found = r.api("GetParameter", Name=r.id, WithDecryption=True)["Parameter"]
    filters = [{"Key": "Name", "Option": "Equals", "Values": [r.id]}]
    described = r.api("DescribeParameters", ParameterFilters=filters)["Parameters"]
    value = found.pop("Value")
    given = next((name for name in _VALUES if r.inputs.get(name) is not None), "value")
    live = {**(described[0] if described else {}), **found, "DataType": found.get("DataType") or "text"}
    # Under its own name only: `insecureValue` is not kept secret, and the value of another may be.
    return {**live, **({given: value} if given != "valueWo" else {})}


def _parameter_outputs(r: Live, live: Mapping[str, Any]) -> dict[str, Any]:
    arn = f"arn:aws:ssm:{r.region}:{r.account}:parameter/{r.id.removeprefix('/')}"
    return {"arn": arn, "hasValueWo": r.inputs.get("valueWo") is not None}


def _check_parameter(inputs: Mapping[str, Any]) -> list[Failure]:
    return refusals(_parameter_reasons(inputs))


def _parameter_reasons(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    given = [name for name in _VALUES if inputs.get(name) is not None]
    if len(given) != 1:
        yield "value", f"exactly one of {', '.join(_VALUES)} is needed, got {', '.join(given) or 'none'}"
    name = inputs.get("name")
    if isinstance(name, str):
        yield from (("name", reason) for reason in _name_reasons(name))
    if inputs.get("type") != "SecureString" and inputs.get("keyId") is not None:
        yield "keyId", "goes with type SecureString only"
    value = _value(inputs)
    if isinstance(value, str) and given:
        largest = _LARGEST.get(inputs.get("tier") or "Standard", 8192)
        if len(value.encode()) > largest:
            yield given[0], f"must have at most {largest} bytes, has {len(value.encode())}"
        yield from _allowed_reasons(inputs.get("allowedPattern"), value, given[0])


def _name_reasons(name: str) -> Iterator[str]:
    if not re.fullmatch(r"[A-Za-z0-9_./-]+", name) or len(name) > 1011:
        yield f"must be at most 1011 letters, digits and _.-/, got {name!r}"
    if re.match(r"^/?(aws|ssm)", name, re.IGNORECASE):
        yield f"cannot begin with aws or ssm, got {name!r}"
    if name.count("/") > 15:
        yield f"can have at most 15 levels, has {name.count('/')}"
    if "/" in name and not name.startswith("/"):
        yield f"must begin with / where it has levels, got {name!r}"


def _allowed_reasons(pattern: Any, value: str, at: str) -> Iterator[tuple[str, str]]:
    if not isinstance(pattern, str):
        return
    try:
        matched = re.search(pattern, value)
    except re.error as error:
        yield "allowedPattern", f"is no regular expression: {error}"
        return
    if not matched:
        yield at, f"does not match allowedPattern {pattern}"


# -- documents ----------------------------------------------------------------------------------------------------


def _document(r: Live) -> dict[str, Any] | None:
    try:
        found = r.api("DescribeDocument", Name=r.id)["Document"]
    except AwsError as error:
        if error.code != "InvalidDocument":
            raise
        return None
    form = r.get("documentFormat") or "JSON"
    content = r.api("GetDocument", Name=r.id, DocumentVersion="$LATEST", DocumentFormat=form)["Content"]
    return {"Description": "", **found, "Content": content, "Parameters": [], "PlatformTypes": list(_PLATFORMS)}


def _update_document(r: Live) -> None:
    request = r.request(only=["content", "documentFormat", "versionName"], operation="UpdateDocument")
    try:
        told = r.api("UpdateDocument", Name=r.id, DocumentVersion="$LATEST", **request)["DocumentDescription"]
    except AwsError as error:
        if "DuplicateDocumentContent" not in error.code:
            raise
        return
    r.api("UpdateDocumentDefaultVersion", Name=r.id, DocumentVersion=told["DocumentVersion"])


def _share(r: Live) -> None:
    accounts = [
        account for account in str((r.inputs.get("permissions") or {}).get("account_ids", "")).split(",") if account
    ]
    r.api("ModifyDocumentPermission", Name=r.id, PermissionType="Share", AccountIdsToAdd=accounts)


def _check_document(inputs: Mapping[str, Any]) -> list[Failure]:
    return refusals(_document_reasons(inputs))


def _document_reasons(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    content, form = inputs["content"], inputs.get("documentFormat") or "JSON"
    if content is wire.UNKNOWN or form == "TEXT":
        return
    try:
        parsed = json.loads(content) if form == "JSON" else yaml.safe_load(content)
    except (ValueError, yaml.YAMLError) as error:
        yield "content", f"is no {form}: {error}"
        return
    if not isinstance(parsed, dict) or "schemaVersion" not in parsed:
        yield "content", "needs a schemaVersion"
        return
    wanted = {"Command": ("1.2", "2.0", "2.2"), "Automation": ("0.3",), "Session": ("1.0",)}.get(inputs["documentType"])
    if wanted and str(parsed["schemaVersion"]) not in wanted:
        yield "content", f"must have schemaVersion {' or '.join(wanted)}, has {parsed['schemaVersion']}"
    if inputs["documentType"] == "Automation" and not parsed.get("mainSteps"):
        yield "content", "needs mainSteps"


ENTRIES = (
    Entry(
        type="aws:ssm/parameter:Parameter",
        service="ssm",
        operation="PutParameter",
        create=lambda r: _put(r, bool(r.inputs.get("overwrite"))),
        rename=dict.fromkeys((*_VALUES, "valueWoVersion", "overwrite", "arn"), ""),
        name="name",
        name_limit=1011,
        id=lambda r, answer: r.inputs["name"],
        read=_parameter,
        update={"*": lambda r: _put(r, overwrite=True)},
        lost=("valueWo", "valueWoVersion", "overwrite", "tier", "allowedPattern"),
        replace=("name", "dataType"),
        delete=lambda r: r.api("DeleteParameter", Name=r.id),
        outputs=_parameter_outputs,
        defaults={"dataType": "text", "tier": "Standard", "keyId": "", "insecureValue": ""},
        check=_check_parameter,
        tags=ssm_tags("Parameter"),
        find=lambda r: r.inputs["name"],
    ),
    Entry(
        type="aws:ssm/document:Document",
        service="ssm",
        operation="CreateDocument",
        rename={"attachmentsSources": "Attachments", "permissions": ""},
        name="name",
        name_limit=128,
        id="DocumentDescription.Name",
        read=_document,
        after=("permissions",),
        update={"permissions": _share, "*": _update_document},
        presets={"documentFormat": "JSON"},
        lost=("permissions", "attachmentsSources", "documentFormat", "versionName", "targetType"),
        replace=("name", "documentType"),
        delete=lambda r: r.api("DeleteDocument", Name=r.id),
        arn="arn:{partition}:ssm:{region}:{account}:document/{id}",
        outputs=lambda r, live: {"createdDate": str(live.get("CreatedDate") or "")},
        check=_check_document,
        tags=ssm_tags("Document"),
        find=lambda r: r.inputs["name"],
    ),
)
