"""The AWS rehearsal provider: one generic life of a resource, driven by its entry (entry.py, services/)."""

import logging
from typing import Any

import jmespath

from rehearsal.paths import StackPaths
from rehearsal.providers import schema, wire
from rehearsal.providers.aws import client, invokes, reading, registry
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.ledger import Ledger
from rehearsal.providers.aws.lifting import same_json
from rehearsal.providers.aws.live import Account, Live, derived_name, entry_file, known, place
from rehearsal.providers.differences import Change, changes
from rehearsal.providers.provider import Failure, Provider, Refused, Resource
from rehearsal.witness.record import Record


class Aws(Provider):
    """Same name and version as pulumi-aws; every call goes to the emulator of this stack."""

    package = "aws"

    def __init__(self) -> None:
        super().__init__()
        self.version = schema.sdk_version("aws")
        self._catalogue = schema.load("aws", sorted(registry.entries()))
        paths = StackPaths.of_this_process()
        self._ledger = Ledger(paths.ledger)
        self._record = Record(paths.checked)
        self._account: Account | None = None

    # -- configuration ------------------------------------------------------------------------------------------------

    def configure(self, settings: dict[str, Any]) -> None:
        endpoint = client.Endpoint.of_this_stack()
        region = settings.get("region")
        if not region:
            raise Refused("aws:region is not set: give it in the stack file, such as `aws:region: us-east-1`")
        allowed = [str(account) for account in settings.get("allowedAccountIds") or []]
        if allowed and endpoint.account not in allowed:
            raise Refused(f"the rehearsed account is {endpoint.account}, the provider allows {', '.join(allowed)}")
        tags = (settings.get("defaultTags") or {}).get("tags") or {}
        self._account = Account(
            client.Clients(endpoint), endpoint.account, str(region), tags, interrupted=self.cancelled.is_set
        )

    def configuration_replaces(self) -> frozenset[str]:
        return frozenset({"region"})

    # -- before anything happens --------------------------------------------------------------------------------------

    def check(
        self, resource: Resource, news: dict[str, Any], olds: dict[str, Any]
    ) -> tuple[dict[str, Any], list[Failure]]:
        entry = registry.entry_of(resource.type)
        described = self._schema(entry)
        inputs = {**entry.presets, **{name: value for name, value in news.items() if value is not None}}
        if entry.name and entry.name not in inputs:
            prefix = inputs.get(f"{entry.name}Prefix")
            kept = olds.get(entry.name) if olds.get(f"{entry.name}Prefix") == prefix else None
            inputs[entry.name] = kept or derived_name(resource, entry.name_limit, prefix)
        failures = schema.check(described, inputs)
        if not failures and entry.operation:
            failures += place(entry, inputs)[1]
        if not failures and entry.check is not None:
            failures += entry.check(inputs)
        if not failures and entry.check_new is not None and not olds:
            failures += entry.check_new(inputs)
        return inputs, failures

    def checked(self, resource: Resource, inputs: dict[str, Any]) -> None:
        region = wire.plain(inputs.get("region"))
        self._record.add(
            resource.urn, resource.type, region if isinstance(region, str) else self._settings.region, inputs
        )

    def diff(
        self, resource: Resource, old_inputs: dict[str, Any], olds: dict[str, Any], news: dict[str, Any]
    ) -> list[Change]:
        entry = registry.entry_of(resource.type)
        self._ledger.seen(resource.urn, resource.id, old_inputs)
        self._record.exists(resource.urn, resource.id)
        differing = changes(old_inputs, news, same=_same)
        found = [self._judged(entry, change) for change in differing if not _holds_already(change, olds, news)]
        if entry.tags is not None and not any(change.top == "tags" for change in found):
            wanted = {**self._settings.default_tags, **(news.get("tags") or {})}
            if known(wanted) and wanted != (olds.get("tagsAll") or {}):
                found.append(Change("tagsAll", "update"))
        return found

    def _judged(self, entry: Entry, change: Change) -> Change:
        """Replace, update or, where the entry forgot the property, an error: no change is lost in silence."""
        top = change.top
        if top == "region" or any(
            change.path == path or change.path.startswith((path + ".", path + "[")) for path in entry.replace
        ):
            return Change(change.path, change.kind, replace=True)
        if top not in entry.not_sent and entry.updater(top) is None:
            raise Refused(
                f"{entry.type}: a change of {top} is not rehearsed; say in its entry in {entry_file(entry)} whether it "
                "replaces the resource (`replace`) or which call changes it (`update`)"
            )
        return change

    def deletes_before_replacing(self, resource: Resource, old_inputs: dict[str, Any], news: dict[str, Any]) -> bool:
        """Two resources cannot have one name, nor can one parent have two of what it has one of."""
        entry = registry.entry_of(resource.type)
        return bool(entry.alone) or bool(entry.name and old_inputs.get(entry.name) == news.get(entry.name))

    # -- the life of a resource ---------------------------------------------------------------------------------------

    def create(self, resource: Resource, inputs: dict[str, Any], preview: bool) -> tuple[str, dict[str, Any]]:
        entry = registry.entry_of(resource.type)
        r = Live(entry, self._settings, resource, inputs, {})
        if preview:
            return "", self._planned(r)
        if not self._adopt(r):
            self._ledger.intend(resource.urn)
            try:
                self._make(r)
            except Refused:
                if not r.id:
                    self._ledger.failed(resource.urn)  # nothing was made: nothing to look for next time
                raise
        if entry.settle is not None:
            entry.settle(r)
        return r.id, self._described(r)

    def _make(self, r: Live) -> None:
        entry = r.entry
        answer = entry.create(r) if entry.create is not None else r.send()
        r.id = self._identify(r, answer or {})
        self._ledger.made(r.resource.urn, r.id, r.state)
        for call in dict.fromkeys(entry.updater(name) for name in entry.after if r.inputs.get(name) is not None):
            if call is not None:
                call(r)

    def _identify(self, r: Live, answer: Any) -> str:
        id = r.entry.id(r, answer) if callable(r.entry.id) else jmespath.search(r.entry.id, answer)
        if not id:
            raise Refused(f"{r.entry.type}: {r.entry.operation} gave no id at {r.entry.id!r}")
        return str(id)

    def _adopt(self, r: Live) -> bool:
        """Take what an interrupted run made for this resource and the engine never heard of."""
        for id in self._ledger.lost(r.resource.urn):
            r.id, r.state = id, self._ledger.told(r.resource.urn, id)
            if self._bring_in_line(r):
                return True
            self._ledger.gone(r.resource.urn, id)
        if self._ledger.interrupted(r.resource.urn) and self._find(r):
            return True
        r.id, r.state = "", {}
        return False

    def _find(self, r: Live) -> bool:
        """The resource under its fixed name: made by a run that was killed before it could note the id."""
        r.id = (r.entry.find(r) or "") if r.entry.find is not None else ""
        if not r.id or not self._bring_in_line(r):
            return False
        self._ledger.made(r.resource.urn, r.id)
        return True

    def _bring_in_line(self, r: Live) -> bool:
        live = self._read(r)
        if live is None:
            return False
        logging.info("adopting %s %s", r.resource.urn, r.id)
        if r.entry.level != "emulated":
            return True  # nothing is there to be out of line
        there = reading.live_inputs(r, self._schema(r.entry), live)
        differing = [self._judged(r.entry, change) for change in changes(there, r.inputs, same=_same)]
        if any(change.replace for change in differing):
            self._remove(r)
            return False
        r.state = {**r.state, "tagsAll": {}, **there}
        for call in dict.fromkeys(r.entry.updater(change.top) for change in differing):
            if call is not None:
                r.changed = sorted({change.top for change in differing})
                call(r)
        return True

    def read(
        self, resource: Resource, inputs: dict[str, Any], state: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]] | None:
        entry = registry.entry_of(resource.type)
        self._ledger.seen(resource.urn, resource.id, inputs)
        r = Live(entry, self._settings, resource, inputs, state, resource.id)
        if entry.level != "emulated":
            if not inputs:
                raise Refused(f"{resource.type} is {entry.level} in a rehearsal: there is nothing to import it from")
            return inputs, state
        live = self._read(r)
        if live is None:
            return None
        if self._ledger.is_gone(resource.urn, resource.id):
            self._ledger.made(resource.urn, resource.id)  # somebody made it again, and it is to be ours again
        found = reading.live_inputs(r, self._schema(entry), live)
        r.inputs = found
        return found, reading.outputs(r, self._schema(entry), found, live)

    def update(
        self, resource: Resource, old_inputs: dict[str, Any], olds: dict[str, Any], news: dict[str, Any], preview: bool
    ) -> dict[str, Any]:
        entry = registry.entry_of(resource.type)
        r = Live(entry, self._settings, resource, news, olds, resource.id)
        if preview:
            kept = {name: value for name, value in olds.items() if name not in old_inputs}
            return _filled_in(entry, {**kept, **news}, olds)
        r.changed = sorted({change.top for change in self.diff(resource, old_inputs, olds, news)})
        if not self._ledger.is_changed(resource.urn, resource.id, news):
            self._change(r)
            self._ledger.changed(resource.urn, resource.id, news)
        return self._described(r)

    def _change(self, r: Live) -> None:
        place(r.entry, r.inputs) if r.entry.operation else None
        for call in dict.fromkeys(r.entry.updater(name) for name in r.changed if name not in r.entry.not_sent):
            if call is not None:
                call(r)

    def delete(self, resource: Resource, old_inputs: dict[str, Any], olds: dict[str, Any]) -> None:
        entry = registry.entry_of(resource.type)
        self._ledger.seen(resource.urn, resource.id, old_inputs)
        if self._ledger.is_gone(resource.urn, resource.id):
            return
        self._remove(Live(entry, self._settings, resource, old_inputs, olds, resource.id))

    def _remove(self, r: Live) -> None:
        if r.entry.delete is not None:
            try:
                r.entry.delete(r)
            except client.AwsError as error:
                if not error.gone:
                    raise
        self._ledger.gone(r.resource.urn, r.id)

    def invoke(self, token: str, arguments: dict[str, Any]) -> dict[str, Any]:
        return invokes.answer(self._settings, token, arguments)

    def secret_outputs(self, resource: Resource) -> frozenset[str]:
        return self._schema(registry.entry_of(resource.type)).secrets

    # -- shared -------------------------------------------------------------------------------------------------------

    @property
    def _settings(self) -> Account:
        if self._account is None:
            raise Refused("the AWS provider was not configured")
        return self._account

    def _schema(self, entry: Entry) -> schema.ResourceSchema:
        described = self._catalogue.resource(entry.type)
        if described is None:
            raise Refused(f"pulumi_aws {self.version} has no resource {entry.type}")
        return described

    def _read(self, r: Live) -> Any:
        if r.entry.level != "emulated" or r.entry.read is None:
            return {}
        try:
            return r.entry.read(r)
        except client.AwsError as error:
            if error.gone:
                return None
            raise

    def _described(self, r: Live) -> dict[str, Any]:
        """Outputs after a create or update: the program's inputs, and what AWS says beyond them."""
        live = self._read(r)
        if live is None:
            raise Refused(f"{r.entry.type} {r.id} was accepted by the emulator and is not there when read back")
        return reading.outputs(r, self._schema(r.entry), r.inputs, live)

    def _planned(self, r: Live) -> dict[str, Any]:
        """Outputs at preview: exactly what cannot be known yet is unknown."""
        described = self._schema(r.entry)
        planned: dict[str, Any] = dict.fromkeys(described.outputs_only | described.computed, wire.UNKNOWN)
        planned.update({name: value for name, value in r.entry.defaults.items() if name in described.inputs})
        planned.update(r.inputs)
        if "region" in described.inputs:
            planned["region"] = r.region
        if "tagsAll" in planned:
            planned["tagsAll"] = r.all_tags if known(r.inputs.get("tags")) else wire.UNKNOWN
        return _filled_in(r.entry, planned, {})


def _filled_in(entry: Entry, planned: dict[str, Any], olds: dict[str, Any]) -> dict[str, Any]:
    """What AWS adds inside an input object: as it was, or unknown before there is anything."""
    for path in entry.filled_in:
        top, member = path.split(".")
        if isinstance(planned.get(top), dict) and planned[top].get(member) is None:
            planned[top] = {**planned[top], member: (olds.get(top) or {}).get(member, wire.UNKNOWN)}
    return planned


def _holds_already(change: Change, olds: dict[str, Any], news: dict[str, Any]) -> bool:
    """Written down for the first time, and so all along: what AWS filled in by itself, or an import found."""
    if change.kind != "add" or change.path != change.top or olds.get(change.top) is None:
        return False
    return olds[change.top] == news[change.top] or _same(change.top, olds[change.top], news[change.top])


def _same(_name: str, old: Any, new: Any) -> bool:
    return isinstance(old, str) and isinstance(new, str) and same_json(old, new)
