"""What a SecretProviderClass for AWS says in strings, which no schema looks into; on EKS pods would fail to start."""

from typing import Any

import yaml

from rehearsal.providers.kubernetes.objects import Object, at
from rehearsal.providers.provider import Failure

_TYPES = ("secretsmanager", "ssmparameter")
_MEMBERS = {
    "objectName",
    "objectType",
    "objectAlias",
    "objectVersion",
    "objectVersionLabel",
    "jmesPath",
    "failoverObject",
    "filePermission",
}
_OBJECTS = "spec.parameters.objects"


def is_one(inputs: Object) -> bool:
    group = str(inputs.get("apiVersion")).partition("/")[0]
    return group == "secrets-store.csi.x-k8s.io" and inputs.get("kind") == "SecretProviderClass"


def wrong(inputs: Object) -> list[Failure]:
    """Unreadable objects, members nobody reads, and copies of what is not mounted."""
    if at(inputs, "spec", "provider") != "aws":
        return []
    text = at(inputs, "spec", "parameters", "objects")
    if text is None:
        return [Failure(_OBJECTS, "is required: a YAML list of what to mount")]
    if not isinstance(text, str):
        return []  # not known yet, or the server's schema says it
    try:
        listed = yaml.safe_load(text)
    except yaml.YAMLError as error:
        return [Failure(_OBJECTS, f"must be a YAML list: {' '.join(str(error).split())}")]
    if not isinstance(listed, list) or not listed:
        return [Failure(_OBJECTS, "must be a YAML list with at least one object")]
    found: list[Failure] = []
    mounted: list[str] = []
    for index, entry in enumerate(listed):
        found += _wrong_entry(entry, f"{_OBJECTS}[{index}]")
        mounted += _files(entry) if isinstance(entry, dict) else []
    twice = sorted({name for name in mounted if mounted.count(name) > 1})
    if twice:
        found.append(Failure(_OBJECTS, f"mounts two objects as one file: {', '.join(twice)}"))
    return found + _not_mounted(inputs, set(mounted))


def _wrong_entry(entry: Any, path: str) -> list[Failure]:
    if not isinstance(entry, dict):
        return [Failure(path, "must be an object with an objectName")]
    found = [
        Failure(f"{path}.{member}", f"is not read; known are {', '.join(sorted(_MEMBERS))}")
        for member in sorted(map(str, entry.keys() - _MEMBERS))
    ]
    name, kind = entry.get("objectName"), entry.get("objectType")
    if not isinstance(name, str) or not name:
        found.append(Failure(f"{path}.objectName", "is required: the name or ARN of a secret or parameter"))
    elif kind is None and not name.startswith("arn:"):
        found.append(Failure(f"{path}.objectType", f"is required unless objectName is an ARN: {' or '.join(_TYPES)}"))
    if kind is not None and kind not in _TYPES:
        found.append(Failure(f"{path}.objectType", f"must be {' or '.join(_TYPES)}, got {kind!r}"))
    for index, part in enumerate(entry.get("jmesPath") or []):
        if not isinstance(part, dict) or not part.get("path") or not part.get("objectAlias"):
            found.append(Failure(f"{path}.jmesPath[{index}]", "must have a path and an objectAlias"))
    return found


def _files(entry: dict[str, Any]) -> list[str]:
    """Names under which an entry is mounted; a slash in a name becomes an underscore in its file's."""
    own = str(entry.get("objectAlias") or entry.get("objectName"))
    parts = [part.get("objectAlias") for part in entry.get("jmesPath") or [] if isinstance(part, dict)]
    return [own, *(str(part) for part in parts if part)]


def _not_mounted(inputs: Object, mounted: set[str]) -> list[Failure]:
    known = mounted | {name.replace("/", "_") for name in mounted}
    found: list[Failure] = []
    copies = at(inputs, "spec", "secretObjects")
    for index, copy in enumerate(copies if isinstance(copies, list) else []):
        data = at(copy, "data")
        for place, item in enumerate(data if isinstance(data, list) else []):
            name = at(item, "objectName")
            if isinstance(name, str) and name not in known:
                reason = f"{name!r} is not mounted; mounted are {', '.join(sorted(mounted))}"
                found.append(Failure(f"spec.secretObjects[{index}].data[{place}].objectName", reason))
    return found
