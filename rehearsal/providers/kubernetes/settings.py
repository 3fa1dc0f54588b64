"""The provider's configuration, and whether its kubeconfig means the rehearsal's own cluster."""

import base64
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from rehearsal.providers.kubernetes.client import Endpoint
from rehearsal.providers.kubernetes.objects import DEFAULT_NAMESPACE
from rehearsal.providers.provider import Refused

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Settings:
    """What of the configuration changes anything in a rehearsal."""

    endpoint: Endpoint | None = None
    namespace: str = DEFAULT_NAMESPACE
    #: Kinds whose content changes in place; by default a change of it replaces the object, as with the official one.
    mutable: frozenset[str] = frozenset()
    patch_force: bool = False
    upsert: bool = False
    delete_unreachable: bool = False
    skip_update_unreachable: bool = False
    suppress_deprecations: bool = False

    @classmethod
    def of(cls, given: dict[str, Any], endpoints: Sequence[Endpoint]) -> "Settings":
        if given.get("renderYamlToDirectory"):
            raise Refused("not available in a rehearsal: renderYamlToDirectory (objects go to the real API server)")
        if not _flag(given, "enableServerSideApply", "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY", default=True):
            raise Refused(
                "not available in a rehearsal: enableServerSideApply=false (everything is applied server-side)"
            )
        endpoint, from_kubeconfig = _chosen(given, endpoints)
        mutable = {
            kind
            for kind, name, variable in (
                ("ConfigMap", "enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
                ("Secret", "enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
            )
            if _flag(given, name, variable)
        }
        return cls(
            endpoint=endpoint,
            namespace=given.get("namespace") or from_kubeconfig or DEFAULT_NAMESPACE,
            mutable=frozenset(mutable),
            patch_force=_flag(given, "enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE"),
            upsert=_flag(given, "upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"),
            delete_unreachable=_flag(given, "deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE"),
            skip_update_unreachable=_flag(given, "skipUpdateUnreachable", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE"),
            suppress_deprecations=_flag(
                given, "suppressDeprecationWarnings", "PULUMI_K8S_SUPPRESS_DEPRECATION_WARNINGS"
            ),
        )


def _flag(given: dict[str, Any], name: str, variable: str, default: bool = False) -> bool:
    value = given.get(name)
    if value is None:
        value = os.environ.get(variable) or default
    return value if isinstance(value, bool) else str(value).lower() in ("1", "t", "true")


def _chosen(given: dict[str, Any], endpoints: Sequence[Endpoint]) -> tuple[Endpoint, str]:
    """The control plane that the kubeconfig means, and its context's namespace; refuses one of a foreign cluster."""
    kubeconfig, context, cluster = given.get("kubeconfig"), given.get("context"), given.get("cluster")
    if not kubeconfig or kubeconfig == os.devnull:
        return endpoints[0], ""  # the SDK fills in KUBECONFIG, by which the rehearsal keeps the user's own clusters out
    content = _parsed(kubeconfig)
    name = context or content.get("current-context")
    contexts = {entry.get("name"): entry.get("context") or {} for entry in content.get("contexts") or []}
    if name and name not in contexts:
        raise Refused(f"kubeconfig: no context {name!r}; it has: {', '.join(map(str, contexts)) or 'none'}")
    chosen = contexts.get(name, {})
    clusters = {entry.get("name"): entry.get("cluster") or {} for entry in content.get("clusters") or []}
    wanted = cluster or chosen.get("cluster")
    if wanted is None and len(clusters) == 1:
        wanted = next(iter(clusters))
    if wanted not in clusters:
        raise Refused(f"kubeconfig: no cluster {wanted!r}; it has: {', '.join(map(str, clusters)) or 'none'}")
    return _meant(clusters[wanted], endpoints), str(chosen.get("namespace") or "")


def _parsed(kubeconfig: Any) -> dict[str, Any]:
    if isinstance(kubeconfig, str) and "\n" not in kubeconfig.strip() and not kubeconfig.lstrip().startswith("{"):
        path = Path(kubeconfig.strip()).expanduser()
        if not path.is_file():
            raise Refused(f"kubeconfig is neither the text of a kubeconfig nor a file that exists: {str(path)[:200]!r}")
        kubeconfig = path.read_text()
    try:
        content = yaml.safe_load(kubeconfig) if isinstance(kubeconfig, str) else kubeconfig
    except yaml.YAMLError as error:
        # The problem's mark would quote the text, which may hold a credential.
        where = getattr(error, "problem_mark", None)
        raise Refused(f"kubeconfig is no YAML: {'line ' + str(where.line + 1) if where else 'unreadable'}") from None
    if not isinstance(content, dict):
        raise Refused("kubeconfig must be an object with clusters, contexts and users")
    return content


def _meant(cluster: dict[str, Any], endpoints: Sequence[Endpoint]) -> Endpoint:
    given = str(cluster.get("server") or "")
    for endpoint in endpoints:
        if given.rstrip("/") == endpoint.server.rstrip("/"):
            return endpoint
    if urlsplit(given).hostname in _LOOPBACK:
        # The state remembers the port of an earlier start; of several control planes each has its own authority.
        meant = endpoints[0] if len(endpoints) == 1 else _by_authority(cluster, endpoints)
        logging.info("the kubeconfig names %s; the rehearsal's cluster is now at %s", given, meant.server)
        return meant
    ours = " and ".join(endpoint.server for endpoint in endpoints)
    raise Refused(
        f"the kubeconfig is for {given or 'no server'}: the rehearsal only talks to its own cluster at {ours}. "
        "Build it from the endpoint of the stack's own EKS cluster, or leave it out"
    )


def _by_authority(cluster: dict[str, Any], endpoints: Sequence[Endpoint]) -> Endpoint:
    known = {base64.b64encode(Path(each.ca_file).read_bytes()).decode(): each for each in endpoints}
    return known.get(str(cluster.get("certificate-authority-data") or ""), endpoints[0])
