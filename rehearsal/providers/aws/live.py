"""A resource in the hands of its entry: what the program gave, what AWS said, and the calls bound to its service."""

import hashlib
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.model import ListShape

from rehearsal.providers import wire
from rehearsal.providers.aws import client
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.placing import Placer
from rehearsal.providers.provider import Failure, Refused, Resource


@dataclass
class Account:
    """The emulated account and the provider's settings, shared by all resources of a provider."""

    clients: client.Clients
    account: str
    region: str
    default_tags: Mapping[str, str] = field(default_factory=dict[str, str])
    #: True once the user has interrupted: waits give up.
    interrupted: Callable[[], bool] = lambda: False


@dataclass
class Live:
    """`inputs` are what the program wants, `state` what the engine remembers (both plain values)."""

    entry: Entry
    account_of: Account
    resource: Resource
    inputs: dict[str, Any]
    state: dict[str, Any]
    id: str = ""
    #: Top-level properties an update is about.
    changed: list[str] = field(default_factory=list[str])

    @property
    def region(self) -> str:
        return self.inputs.get("region") or self.state.get("region") or self.account_of.region

    @property
    def account(self) -> str:
        return self.account_of.account

    @property
    def all_tags(self) -> dict[str, str]:
        return {**self.account_of.default_tags, **(self.inputs.get("tags") or {})}

    def get(self, name: str, default: Any = None) -> Any:
        """A property as the program wants it, or as it was left."""
        value = self.inputs.get(name)
        if value is None:
            value = self.state.get(name)
        return default if value is None else value

    # -- calls --------------------------------------------------------------------------------------------------------

    def api(self, operation: str, *, service: str = "", region: str = "", **parameters: Any) -> dict[str, Any]:
        """Call AWS; at level `validated`, check the request against the service model and answer nothing."""
        service = service or self.entry.service
        if self.entry.level == "validated":
            client.validate(service, operation, parameters)
            return {}
        return self.account_of.clients.call(service, region or self.region, operation, parameters)

    def validated(self, operation: str, *, service: str = "", **parameters: Any) -> dict[str, Any]:
        """One call the emulator lacks, on a resource it otherwise keeps."""
        client.validate(service or self.entry.service, operation, parameters)
        return {}

    def ask(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Like `api`, but a thing that is not there is an empty answer."""
        try:
            return self.api(operation, **parameters)
        except client.AwsError as error:
            if error.gone:
                return {}
            raise

    def request(self, only: list[str] | None = None, operation: str = "", root: str | None = None) -> dict[str, Any]:
        """Properties placed in the input of `operation`; raises with every value the service model refuses."""
        placed, failures = place(self.entry, self.inputs, only=only, operation=operation, root=root)
        if failures:
            raise Refused("\n".join(f"{failure.property} {failure.reason}" for failure in failures))
        return placed

    def modify(self, operation: str, **always: Any) -> dict[str, Any]:
        """A modifying call that takes just the changed properties (those the program took away it cannot carry)."""
        sent = [name for name in self.changed if name not in self.entry.after and name not in ("tags", "tagsAll")]
        return self.api(operation, **{**self.request(only=sent, operation=operation, root=""), **always})

    def overwrite(self, operation: str, root: str = "", **always: Any) -> dict[str, Any]:
        """A modifying call that is told the whole anew: every property that can change in place."""
        entry = self.entry
        apart = {*entry.replace, *entry.after, *entry.not_sent, "tags", "tagsAll", "region"}
        sent = [name for name in self.inputs if name not in apart]
        return self.api(operation, **merged(self.request(only=sent, operation=operation, root=root), always))

    def send(self) -> dict[str, Any]:
        """The creating call with all properties and tags."""
        entry = self.entry
        if not entry.operation:
            return {}
        extra = dict(entry.also(self)) if entry.also is not None else {}
        tags = entry.tags.send(self.all_tags) if entry.tags is not None else {}
        request = self.request()
        if entry.root and tags and entry.tags_in_root:
            request[entry.root.split(".")[0]].update(tags)
            tags = {}
        return self.api(entry.operation, **merged(request, {**extra, **tags}))

    def put(self) -> dict[str, Any]:
        """The creating call again, for what AWS changes by being told the whole anew."""
        extra = dict(self.entry.also(self)) if self.entry.also is not None else {}
        return self.api(self.entry.operation, **merged(self.request(), extra))

    def wait(self, done: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
        """Poll with growing pauses; gives up when the user interrupts."""
        deadline, pause = time.monotonic() + seconds, 0.02
        while not done():
            if self.account_of.interrupted():
                raise Refused(f"interrupted while waiting for {what}")
            if time.monotonic() > deadline:
                raise Refused(f"{what} did not happen within {seconds:.0f} s")
            time.sleep(pause)
            pause = min(pause * 2, 1.0)

    # -- names --------------------------------------------------------------------------------------------------------

    def arn(self, pattern: str) -> str:
        """`arn:{partition}:kms:{region}:{account}:key/{id}` and the like."""
        return pattern.format(partition="aws", region=self.region, account=self.account, id=self.id, **self._named())

    def _named(self) -> dict[str, Any]:
        return {"name": self.get(self.entry.name, "") if self.entry.name else ""}

    @staticmethod
    def invented(prefix: str = "", digits: int = 17) -> str:
        """An id as AWS would make one, for what is not really created."""
        return prefix + uuid.uuid4().hex[:digits]


def derived_name(resource: Resource, limit: int, prefix: str | None = None) -> str:
    """A physical name that is the same in every run: a resource cut off in creation can be adopted under it."""
    digest = hashlib.sha256(resource.urn.encode()).hexdigest()[:7]
    if isinstance(prefix, str):
        return prefix + digest
    return f"{resource.name.lower()[: limit - len(digest) - 1]}-{digest}"


def place(
    entry: Entry,
    inputs: Mapping[str, Any],
    *,
    only: list[str] | None = None,
    operation: str = "",
    root: str | None = None,
) -> tuple[dict[str, Any], list[Failure]]:
    """The request of an entry for these inputs, and everything the service model has against it."""
    operation, root = operation or entry.operation, entry.root if root is None else root
    shape = client.operation_model(entry.service, operation).input_shape
    assert shape is not None
    for member in root.split(".") if root else []:
        shape = shape.members[member]
    apart = {"tags", "tagsAll", "region", *entry.not_sent, *([] if only is not None else entry.after)}
    chosen = {
        name: value
        for name, value in inputs.items()
        if value is not None and name not in apart and (only is None or name in only)
    }
    placer = Placer(entry.rename)
    placed: Any = placer.place(shape.member if isinstance(shape, ListShape) else shape, chosen)
    if placer.unplaced:
        raise Refused(
            f"{entry.type}: no member of {entry.service} {operation} for {', '.join(placer.unplaced)}; "
            f"name one in `rename`, `after` or `not_sent` of its entry in {entry_file(entry)}"
        )
    placed = [placed] if isinstance(shape, ListShape) else placed
    for member in reversed(root.split(".") if root else []):
        placed = {member: placed}
    return placed, placer.failures


def entry_file(entry: Entry) -> str:
    """Where the entry of a type is, or would be."""
    return f"rehearsal/providers/aws/services/{entry.type.split(':')[1].split('/')[0]}.py"


def known(value: Any) -> bool:
    return not wire.has_unknown(value)


def merged(request: dict[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    """Members of `extra` are added, one level deep where both have the same structure."""
    whole = dict(request)
    for name, value in extra.items():
        both = isinstance(value, dict) and isinstance(whole.get(name), dict)
        whole[name] = {**value, **whole[name]} if both else value
    return whole
