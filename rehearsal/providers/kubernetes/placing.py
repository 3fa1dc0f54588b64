"""An object brought into the cluster and waited for, and a patch taken back."""

from typing import Any

from rehearsal.providers.kubernetes import admission, live, objects, ownership, readiness, waiting
from rehearsal.providers.kubernetes.apply import Cluster
from rehearsal.providers.kubernetes.discovery import Kind
from rehearsal.providers.kubernetes.engine_log import EngineLog
from rehearsal.providers.kubernetes.failures import Failures
from rehearsal.providers.kubernetes.objects import Object, Target
from rehearsal.providers.kubernetes.settings import Settings
from rehearsal.providers.provider import NotReady, Refused, Resource

Placed = tuple[str, dict[str, Any]]


class Placing:
    """Shared by all resources of a run, so that the failure of one is known to those that wait for it."""

    def __init__(self, cluster: Cluster, settings: Settings, log: EngineLog) -> None:
        self._cluster = cluster
        self._settings = settings
        self._log = log
        self._failures = Failures()

    def place(self, resource: Resource, inputs: Object, which: Target, kind: Kind, existing: Object | None) -> Placed:
        """Id and outputs. What is not ready stays in the state with its reasons, and the next `up` goes on with it."""
        if which.patch and existing is None:
            raise Refused(f"{which} does not exist, so there is nothing to patch: create it first")
        for name in ("waitFor", "replaceUnready"):
            if objects.annotation(inputs, name):
                self._log.warner(resource)(f"the annotation pulumi.com/{name} has no effect in a rehearsal")
        body = objects.to_send(inputs, which, self._cluster.namespace(kind, which))
        try:
            if not which.patch:
                admission.refuse_inadmissible_pods(self._cluster, body)
            applied = self._apply(resource, inputs, which, kind, existing, body)
            return self._ready(resource, inputs, which, kind, applied)
        except (NotReady, Refused):
            self._failures.note(body)
            raise

    def relinquish(self, resource: Resource, inputs: Object, which: Target, kind: Kind) -> None:
        """A patch ends by giving up its fields: those nobody else holds go, the object stays."""
        if self._cluster.live(kind, which) is not None:
            nothing = objects.to_send({}, which, self._cluster.namespace(kind, which))
            self._cluster.apply(kind, nothing, manager=ownership.manager(resource, which, inputs, None))

    def forced(self, inputs: Object) -> bool:
        """Whether fields of others are taken over."""
        return self._settings.patch_force or objects.annotation(inputs, "patchForce").lower() == "true"

    def _apply(
        self, resource: Resource, inputs: Object, which: Target, kind: Kind, existing: Object | None, body: Object
    ) -> Object:
        applied = self._cluster.apply(
            kind,
            body,
            manager=ownership.manager(resource, which, inputs, existing),
            force=self.forced(inputs),
            warn=self._log.warner(resource),
        )
        if which.kind == "CustomResourceDefinition":
            self._cluster.discovery.forget()
        return applied

    def _ready(self, resource: Resource, inputs: Object, which: Target, kind: Kind, applied: Object) -> Placed:
        namespace = self._cluster.namespace(kind, which)
        id = objects.identity(namespace, which.name)
        if which.patch or waiting.is_skipped(inputs) or not readiness.needs_waiting(which.api_version, which.kind):
            return id, live.outputs(inputs, applied)
        waited = waiting.until_ready(
            self._cluster.client,
            kind.path(namespace, which.name),
            applied,
            waiting.Patience(waiting.limit_seconds(resource, inputs), self._cluster.interrupted, self._failures.doom),
            self._log.teller(resource),
        )
        outputs = live.outputs(inputs, waited.live)
        if waited.reasons:
            raise NotReady(id, outputs, waited.reasons)
        return id, outputs
