"""The part of the SARIF 2.1.0 schema that our reports use, stricter where it can be: no key beyond those named."""

from typing import Any


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def _list(items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


TEXT = {"type": "string", "minLength": 1}
URI = {"type": "string", "format": "uri", "pattern": "^https://"}
INDEX = {"type": "integer", "minimum": 0}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
MESSAGE = _object(["text"], text=TEXT, markdown=TEXT)
BAG = {"type": "object", "properties": {"tags": _list(TEXT, uniqueItems=True)}}
COMPONENT_REFERENCE = _object([], name=TEXT, index=INDEX)
DESCRIPTOR_REFERENCE = _object(["id"], id=TEXT, index=INDEX, toolComponent=COMPONENT_REFERENCE)
DESCRIPTOR = _object(
    ["id"],
    id=TEXT,
    shortDescription=MESSAGE,
    fullDescription=MESSAGE,
    help=MESSAGE,
    helpUri=URI,
    defaultConfiguration=_object([], level=LEVEL),
    relationships=_list(
        _object(["target"], target=DESCRIPTOR_REFERENCE, kinds=_list({"enum": ["relevant"]})), uniqueItems=True
    ),
    properties=BAG,
)
NOTIFICATION = _object(["message"], level=LEVEL, message=MESSAGE, associatedRule=DESCRIPTOR_REFERENCE)
LOCATION = _object(
    [],
    physicalLocation=_object(
        ["artifactLocation"],
        artifactLocation=_object(["uri"], uri={"type": "string", "pattern": "^Pulumi[.][^/]*yaml$"}),
        region=_object(["startLine"], startLine={"type": "integer", "minimum": 1}),
    ),
    logicalLocations=_list(_object([], name=TEXT, fullyQualifiedName=TEXT, kind={"const": "resource"})),
)
RESULT = _object(
    ["ruleId", "message"],
    ruleId=TEXT,
    ruleIndex=INDEX,
    kind={"enum": ["notApplicable", "pass", "fail", "review", "open", "informational"]},
    level=LEVEL,
    message=MESSAGE,
    locations=_list(LOCATION, minItems=1),
    partialFingerprints={"type": "object", "additionalProperties": {"type": "string"}},
    suppressions=_list(
        _object(
            ["kind"],
            kind={"enum": ["inSource", "external"]},
            justification=TEXT,
        ),
        uniqueItems=True,
    ),
    properties=BAG,
)
# What SARIF asks beside the schema: only a failure has a level (3.27.9, 3.27.10).
RESULT |= {
    "if": {"properties": {"kind": {"const": "fail"}}},
    "then": {"properties": {"level": {"not": {"const": "none"}}}},
    "else": {"properties": {"level": {"const": "none"}}},
}
TAXONOMY = _object(
    ["name"],
    name=TEXT,
    fullName=TEXT,
    shortDescription=MESSAGE,
    informationUri=URI,
    taxa=_list(DESCRIPTOR, uniqueItems=True),
)
DRIVER = _object(
    ["name"],
    name=TEXT,
    rules=_list(DESCRIPTOR, uniqueItems=True),
    supportedTaxonomies=_list(COMPONENT_REFERENCE, uniqueItems=True),
)
RUN = _object(
    ["tool"],
    tool=_object(["driver"], driver=DRIVER),
    invocations=_list(
        _object(
            ["executionSuccessful"],
            executionSuccessful={"type": "boolean"},
            toolExecutionNotifications=_list(NOTIFICATION),
            toolConfigurationNotifications=_list(NOTIFICATION),
        )
    ),
    taxonomies=_list(TAXONOMY, uniqueItems=True),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results=_list(RESULT),
)
SCHEMA = _object(["version", "runs"], **{"$schema": URI}, version={"const": "2.1.0"}, runs=_list(RUN))
