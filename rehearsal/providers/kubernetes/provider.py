"""The life of a Kubernetes resource in a rehearsal: applied to the real API server, waited for, deleted."""

import logging
from typing import Any

from rehearsal.paths import StackPaths
from rehearsal.providers import schema, wire
from rehearsal.providers.differences import Change, changes
from rehearsal.providers.kubernetes import (
    admission,
    deletion,
    live,
    objects,
    ownership,
    replacing,
    secret_provider_class,
    secrets,
    waiting,
)
from rehearsal.providers.kubernetes.apply import Cluster
from rehearsal.providers.kubernetes.client import Client, Endpoint, Unreachable
from rehearsal.providers.kubernetes.engine_log import EngineLog
from rehearsal.providers.kubernetes.objects import Object, Target
from rehearsal.providers.kubernetes.ownership import Ownership
from rehearsal.providers.kubernetes.placing import Placing
from rehearsal.providers.kubernetes.secrets import scrubbed
from rehearsal.providers.kubernetes.settings import Settings
from rehearsal.providers.provider import Failure, Provider, Refused, Resource

_NOT_HERE = (
    "not available in a rehearsal: {token} is rendered by the official provider's plugin, which is not installed. "
    "Declare its objects as resources of their own"
)


class Kubernetes(Provider):
    """Same name and version as pulumi-kubernetes; every object goes to the API server of this stack."""

    package = "kubernetes"

    def __init__(self) -> None:
        super().__init__()
        self.version = schema.sdk_version("kubernetes")
        self._settings = Settings()
        self._is_planned = False
        #: The cluster does not exist yet, and the one that does is another one.
        self._nobody_to_ask = False
        self._log = EngineLog("")
        self._connected: Cluster | None = None
        self._placed: Placing | None = None
        self._ownership = Ownership()

    # -- configuration ------------------------------------------------------------------------------------------------

    def check_configuration(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Before the first `up` the EKS cluster is only planned, its stand-in is not: dry runs work all the same."""
        self._is_planned = wire.has_unknown(settings.get("kubeconfig"))
        return {name: value for name, value in settings.items() if not wire.has_unknown(value)}

    def configure(self, settings: dict[str, Any]) -> None:
        paths = StackPaths.of_this_process()
        endpoints = Endpoint.all_of(paths)
        self._settings = Settings.of(settings, endpoints)
        self._nobody_to_ask = self._is_planned and Endpoint.claimed(paths)
        client = Client(self._settings.endpoint or endpoints[0], self.cancelled)
        self._connected = Cluster(client, self._settings.namespace, self.cancelled)
        self._log = EngineLog(self.engine_address, suppress_deprecations=self._settings.suppress_deprecations)
        self._placed = Placing(self._connected, self._settings, self._log)

    def configuration_replaces(self) -> frozenset[str]:
        return frozenset({"clusterIdentifier"})

    # -- before anything happens --------------------------------------------------------------------------------------

    def check(
        self, resource: Resource, news: dict[str, Any], olds: dict[str, Any]
    ) -> tuple[dict[str, Any], list[Failure]]:
        _, token_kind = objects.token_parts(resource.type)
        if resource.type.startswith(("kubernetes:helm.sh/", "kubernetes:kustomize/", "kubernetes:yaml/")):
            raise Refused(_NOT_HERE.format(token=resource.type))
        inputs = objects.without_nulls(news)
        which = objects.target(resource, inputs)
        inputs.setdefault("apiVersion", which.api_version)
        inputs.setdefault("kind", token_kind.removesuffix("Patch") if which.patch else token_kind)
        failures = self._wrong(which, inputs)
        if not failures and which.name == "":
            self._name(resource, inputs, olds)
        if objects.is_secret(which.kind, which.api_version):
            # Whether or not the program says so: from here on the engine keeps it encrypted.
            for name in self.secret_outputs(resource) & inputs.keys():
                inputs[name] = wire.Secret(inputs[name])
        return inputs, failures

    def _wrong(self, which: Target, inputs: Object) -> list[Failure]:
        if which.kind.endswith("List") and "items" in inputs:
            return [Failure("kind", f"{which.kind} is a list; declare each of its items as a resource of its own")]
        metadata = inputs.get("metadata")
        if metadata is not None and metadata is not wire.UNKNOWN and not isinstance(metadata, dict):
            return [Failure("metadata", "must be an object")]
        if which.patch and which.name == "":
            return [Failure("metadata.name", "is required: a patch changes an object that exists under this name")]
        if secret_provider_class.is_one(inputs) and not which.patch:
            return secret_provider_class.wrong(inputs)
        return secrets.wrong(inputs) if objects.is_secret(which.kind, which.api_version) else []

    def _name(self, resource: Resource, inputs: Object, olds: Object) -> None:
        metadata = inputs["metadata"] = dict(inputs.get("metadata") or {})
        metadata["name"] = objects.at(olds, "metadata", "name") or objects.derived_name(resource, inputs)
        if metadata.get("annotations") is not wire.UNKNOWN:
            metadata["annotations"] = {**(metadata.get("annotations") or {}), objects.AUTONAMED: "true"}

    def diff(
        self, resource: Resource, old_inputs: dict[str, Any], olds: dict[str, Any], news: dict[str, Any]
    ) -> list[Change]:
        self._ownership.seen(resource)
        found = changes(old_inputs, news)
        which = objects.target(resource, news)
        found = replacing.judged(found, which, news, self._settings.mutable)
        if not found or which.patch or not which.known:
            return found
        try:
            kind = self._cluster.kind(which)
            if kind is None:
                return found
            body = objects.to_send(news, which, self._cluster.namespace(kind, which))
            return replacing.judged_by_server(found, self._cluster, kind, body, objects.manager(resource))
        except Unreachable:
            return found  # the update itself will say so

    def deletes_before_replacing(self, resource: Resource, old_inputs: dict[str, Any], news: dict[str, Any]) -> bool:
        """Two objects cannot have one name; a derived name is another one for the replacement."""
        secret = objects.is_secret(str(news.get("kind")), str(news.get("apiVersion")))
        if objects.is_autonamed(news) and not secret:
            return False
        old, new = objects.target(resource, old_inputs), objects.target(resource, news)
        return not new.known or (old.name, old.namespace) == (new.name, new.namespace)

    # -- the life of a resource ---------------------------------------------------------------------------------------

    def create(self, resource: Resource, inputs: dict[str, Any], preview: bool) -> tuple[str, dict[str, Any]]:
        which = objects.target(resource, inputs)
        with scrubbed(inputs):
            if preview:
                if not self._nobody_to_ask:
                    self._preview_create(resource, inputs, which)
                return "", inputs
            kind = self._cluster.demand(which)
            existing = self._cluster.live(kind, which)
            if existing is not None and not which.patch and not self._settings.upsert:
                self._ownership.refuse_to_take_over(resource, which, existing, preview=False)
            return self._placing.place(resource, inputs, which, kind, existing)

    def _preview_create(self, resource: Resource, inputs: Object, which: Target) -> None:
        cluster = self._cluster
        kind = cluster.kind(which)
        if kind is None and which.builtin:
            raise cluster.unknown_kind(which)
        if kind is None or not which.known:
            return  # its definition, name or namespace is only planned
        existing = cluster.live(kind, which)
        if which.patch and existing is None:
            return  # what it is to change may be planned
        body = objects.to_send(inputs, which, cluster.namespace(kind, which))
        manager = ownership.manager(resource, which, inputs, existing)
        if existing is not None and not which.patch and not self._settings.upsert:
            self._ownership.refuse_to_take_over(resource, which, existing, preview=True)
            admission.rehearse_beside(cluster, kind, body, manager=manager)
            return
        force = self._placing.forced(inputs)
        admission.rehearse(cluster, kind, body, manager=manager, force=force, warn=self._log.warner(resource))

    def update(
        self, resource: Resource, old_inputs: dict[str, Any], olds: dict[str, Any], news: dict[str, Any], preview: bool
    ) -> dict[str, Any]:
        which = objects.target(resource, news)
        self._ownership.seen(resource)
        planned = {**{name: value for name, value in olds.items() if name not in old_inputs}, **news}
        with scrubbed(news, old_inputs):
            try:
                kind = self._cluster.demand(which) if not preview else self._cluster.kind(which)
                if kind is None or not which.known:
                    return planned
                existing = self._cluster.live(kind, which)
                if preview:
                    manager = ownership.manager(resource, which, news, existing)
                    body = objects.to_send(news, which, self._cluster.namespace(kind, which))
                    warn, force = self._log.warner(resource), self._placing.forced(news)
                    admission.rehearse(self._cluster, kind, body, manager=manager, force=force, warn=warn)
                    return planned
                return self._placing.place(resource, news, which, kind, existing)[1]
            except Unreachable:
                if not self._settings.skip_update_unreachable:
                    raise
                logging.warning("%s: not updated, the cluster does not answer", resource.urn)
                return olds

    def read(
        self, resource: Resource, inputs: dict[str, Any], state: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]] | None:
        self._ownership.seen(resource)
        which = objects.target(resource, inputs)
        with scrubbed(inputs):
            try:
                kind = self._cluster.kind(which)
                found = self._cluster.live(kind, which) if kind is not None else None
            except Unreachable:
                if self._settings.delete_unreachable:
                    return None
                if self._settings.skip_update_unreachable and inputs:
                    return inputs, state
                raise
        if found is None:
            return None
        if not inputs and which.patch:
            raise Refused(f"{resource.type} cannot be imported: which fields a patch set is not recorded")
        shown = live.inputs_as_live(inputs, found) if inputs else live.inputs_of_import(found)
        outputs = live.outputs(shown, found)
        if objects.is_secret(which.kind, which.api_version):
            for name in self.secret_outputs(resource) & shown.keys():
                shown[name] = wire.Secret(shown[name])
        return shown, outputs

    def delete(self, resource: Resource, old_inputs: dict[str, Any], olds: dict[str, Any]) -> None:
        self._ownership.seen(resource)
        which = objects.target(resource, old_inputs)
        with scrubbed(old_inputs):
            try:
                kind = self._cluster.kind(which)
                if kind is None:
                    return  # its definition went, and it with it
                path = self._cluster.path(kind, which)
                if which.patch:
                    self._placing.relinquish(resource, old_inputs, which, kind)
                    return
                limit = waiting.deletion_limit_seconds(resource)
                policy = objects.annotation(old_inputs, "deletionPropagationPolicy")
                deletion.delete(self._cluster, path, policy, limit, self.cancelled, self._log.teller(resource))
            except Unreachable:
                if not self._settings.delete_unreachable:
                    raise
                logging.warning("%s: dropped from the state, the cluster does not answer", resource.urn)
        if which.kind == "CustomResourceDefinition":
            self._cluster.discovery.forget()

    def invoke(self, token: str, arguments: dict[str, Any]) -> dict[str, Any]:
        raise Refused(_NOT_HERE.format(token=token))

    def construct(self, token: str) -> None:
        raise Refused(_NOT_HERE.format(token=token))

    def secret_outputs(self, resource: Resource) -> frozenset[str]:
        api_version, kind = objects.token_parts(resource.type) if resource.type.count(":") == 2 else ("", "")
        return frozenset({"data", "stringData"}) if objects.is_secret(kind, api_version) else frozenset()

    # -- shared -------------------------------------------------------------------------------------------------------

    @property
    def _cluster(self) -> Cluster:
        if self._connected is None:
            raise Refused("the Kubernetes provider was not configured")
        return self._connected

    @property
    def _placing(self) -> Placing:
        if self._placed is None:
            raise Refused("the Kubernetes provider was not configured")
        return self._placed
