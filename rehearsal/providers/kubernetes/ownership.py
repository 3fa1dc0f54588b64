"""Whose an object is: objects made outside the program, or by another resource of it, are not taken over."""

import threading

from rehearsal.providers.kubernetes import objects
from rehearsal.providers.kubernetes.objects import Object, Target
from rehearsal.providers.provider import Refused, Resource


class Ownership:
    """Remembers which objects the engine's state has, as far as this run has asked about them."""

    def __init__(self) -> None:
        self._in_state: dict[str, set[str]] = {}
        self._lock = threading.Lock()

    def seen(self, resource: Resource) -> None:
        with self._lock:
            self._in_state.setdefault(resource.urn, set()).add(resource.id)

    def refuse_to_take_over(self, resource: Resource, which: Target, existing: Object, *, preview: bool) -> None:
        """Before creating what is there already.

        In a preview of a replacement that is the old object. At `up` it is one of an earlier, interrupted run: then
        the engine does not know it, and it carries this resource's own manager.
        """
        owners = objects.managers_of_programs(existing)
        metadata = existing["metadata"]
        id = objects.identity(metadata.get("namespace", ""), metadata["name"])
        in_state = id in self._in_state.get(resource.urn, set())
        own = objects.manager(resource) in owners
        if (own or in_state) if preview else (own and not in_state):
            return
        if in_state:
            whose = "it is the one to be replaced, which must be deleted first (deleteBeforeReplace)"
        elif owners:
            whose = "another resource of a Pulumi program manages it"
        else:
            whose = "it was made outside this program"
        raise Refused(
            f"{which} exists already: {whose}. Give this one another name, import it, change it by a "
            f"{which.kind}Patch, or set upsertExistingObjects on the provider"
        )


def manager(resource: Resource, which: Target, inputs: Object, existing: Object | None) -> str:
    """Under which name to apply: a resource that was renamed with an alias goes on as it began."""
    if which.patch:
        return objects.annotation(inputs, "patchFieldManager") or objects.manager(resource, patch=True)
    own = objects.manager(resource)
    before = objects.managers_of_programs(existing) if existing is not None else []
    return own if own in before or len(before) != 1 else before[0]
