"""Resources of the engine <-> objects of Kubernetes: tokens, ids, names, and the object to send."""

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from rehearsal.providers import wire
from rehearsal.providers.provider import Refused, Resource

DEFAULT_NAMESPACE = "default"
AUTONAMED = "pulumi.com/autonamed"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_CRD_EXTENSION = "x_kubernetes_"
_MANAGER = "pulumi-kubernetes"
_VERSION = re.compile(r"v\d+\w*")

Object = dict[str, Any]


@dataclass(frozen=True)
class Target:
    """The object a resource stands for; name and namespace may be UNKNOWN at preview, "" where not given."""

    api_version: str
    kind: str
    name: Any
    namespace: Any
    patch: bool

    @property
    def known(self) -> bool:
        return self.name is not wire.UNKNOWN and self.namespace is not wire.UNKNOWN

    @property
    def builtin(self) -> bool:
        """Served without a definition: in the core, in a bare group, or under k8s.io (except what CRDs put there)."""
        group = self.api_version.partition("/")[0] if "/" in self.api_version else ""
        definitions = ("x-k8s.io", "snapshot.storage.k8s.io", "gateway.networking.k8s.io", "metrics.k8s.io")
        return "." not in group or (group.endswith(".k8s.io") and not group.endswith(definitions))

    def __str__(self) -> str:
        where = f"{self.namespace}/" if self.namespace != "" else ""
        return f"{self.kind} {where}{self.name}"


def target(resource: Resource, inputs: Object) -> Target:
    """From the inputs; from token and id where there are none (import, `.get`)."""
    api_version, token_kind = token_parts(resource.type)
    kind = inputs.get("kind") or token_kind
    patch = token_kind.endswith("Patch") and (token_kind == f"{kind}Patch" or not inputs)
    if patch and not inputs:
        kind = token_kind.removesuffix("Patch")
    if inputs:
        name, namespace = (_text(at(inputs, "metadata", key)) for key in ("name", "namespace"))
    else:
        namespace, _, name = resource.id.rpartition("/")
    return Target(inputs.get("apiVersion") or api_version, kind, name, namespace, patch)


def token_parts(token: str) -> tuple[str, str]:
    """kubernetes:apps/v1:Deployment -> ("apps/v1", "Deployment"); core/v1 is the API's plain v1."""
    parts = token.split(":")
    if len(parts) != 3 or not _VERSION.fullmatch(parts[1].rpartition("/")[2]):
        raise Refused(f"not available in a rehearsal: {token} is no kind of Kubernetes objects")
    return parts[1].removeprefix("core/"), parts[2]


def identity(namespace: str, name: str) -> str:
    return f"{namespace}/{name}" if namespace else name


def is_secret(kind: str, api_version: str) -> bool:
    return kind in ("Secret", "SecretPatch") and api_version in ("v1", "core/v1", "")


def manager(resource: Resource, patch: bool = False) -> str:
    """The field manager of a resource: the same at every run, another for every resource.

    So an object that an interrupted run has created is known again, and one of another resource is not taken over.
    """
    kind = f"{_MANAGER}-patch" if patch else _MANAGER
    return f"{kind}-{hashlib.sha256(resource.urn.encode()).hexdigest()[:8]}"


def managers_of_programs(live: Object) -> list[str]:
    """Which resources of Pulumi programs have applied a whole object (patches do not count)."""
    fields = (live.get("metadata") or {}).get("managedFields") or []
    applied = [entry["manager"] for entry in fields if entry.get("operation") == "Apply" and "subresource" not in entry]
    return [name for name in applied if name.startswith(f"{_MANAGER}-") and not name.startswith(f"{_MANAGER}-patch-")]


def derived_name(resource: Resource, inputs: Object) -> str:
    """Never random; another one for a replacement, so that it can stand beside what it replaces."""
    content = {} if is_secret(inputs.get("kind", ""), inputs.get("apiVersion", "")) else inputs
    digest = hashlib.sha256(f"{resource.urn} {json.dumps(content, sort_keys=True, default=str)}".encode()).hexdigest()
    return f"{resource.name.lower()[:200]}-{digest[:8]}"


def is_autonamed(inputs: Object) -> bool:
    return at(inputs, "metadata", "annotations", AUTONAMED) == "true"


def annotation(inputs: Object, name: str) -> str:
    value = at(inputs, "metadata", "annotations", f"pulumi.com/{name}")
    return value if isinstance(value, str) else ""


def to_send(inputs: Object, which: Target, namespace: str) -> Object:
    """The object as the API server takes it."""
    body: Object = without_nulls(inputs)
    body["apiVersion"], body["kind"] = which.api_version, which.kind
    metadata = body.setdefault("metadata", {})
    metadata["name"] = which.name
    if namespace:
        metadata["namespace"] = namespace
    else:
        metadata.pop("namespace", None)
    body.pop("status", None)
    if is_secret(which.kind, which.api_version) and "stringData" in body:
        # The server merges stringData into data and forgets it: with server-side apply a removed key would stay.
        strings, data = body.pop("stringData"), body.get("data", {})
        known = wire.UNKNOWN not in (strings, data)
        body["data"] = {**data, **{key: base64_of(text) for key, text in strings.items()}} if known else wire.UNKNOWN
    if which.kind == "CustomResourceDefinition":
        body = _renamed(body, lambda key: key.replace("_", "-") if key.startswith(_CRD_EXTENSION) else key)
    return body


def from_server(live: Object) -> Object:
    """A live object without what the server keeps for itself and without what changes by itself."""
    kept = {key: value for key, value in live.items() if key != "status"}
    bookkeeping = ("managedFields", "resourceVersion", "generation", "selfLink")
    kept["metadata"] = {key: value for key, value in live.get("metadata", {}).items() if key not in bookkeeping}
    if LAST_APPLIED in kept["metadata"].get("annotations", {}):
        kept["metadata"]["annotations"] = {
            key: value for key, value in kept["metadata"]["annotations"].items() if key != LAST_APPLIED
        }
    if load_balancer := (live.get("status") or {}).get("loadBalancer"):
        kept["status"] = {"loadBalancer": load_balancer}
    if live.get("kind") == "CustomResourceDefinition":
        prefix = _CRD_EXTENSION.replace("_", "-")
        kept = _renamed(kept, lambda key: key.replace("-", "_") if key.startswith(prefix) else key)
    return kept


def at(value: Any, *path: str) -> Any:
    """What lies there: None where there is nothing, UNKNOWN where a preview cannot know."""
    for key in path:
        if not isinstance(value, dict):
            return wire.UNKNOWN if value is wire.UNKNOWN else None
        value = value.get(key)
    return value


def _text(value: Any) -> Any:
    return "" if value is None else value


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def _renamed(value: Any, rename: Any) -> Any:
    if isinstance(value, dict):
        return {rename(key): _renamed(item, rename) for key, item in value.items()}
    return [_renamed(item, rename) for item in value] if isinstance(value, list) else value


def base64_of(text: Any) -> Any:
    return base64.b64encode(text.encode()).decode() if isinstance(text, str) else text
