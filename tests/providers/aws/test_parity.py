"""Entries against the installed SDK, botocore and CloudFormation: no entry names what the other side lacks."""

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from rehearsal.providers import schema
from rehearsal.providers.aws import client, registry
from rehearsal.providers.aws.entry import Entry

ENTRIES = sorted(registry.entries().values(), key=lambda entry: entry.type)
CATALOGUE = schema.load("aws", sorted(registry.entries()))

every_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.type)


@every_entry
def test_the_sdk_has_the_type_and_every_property_the_entry_names(entry: Entry) -> None:
    described = CATALOGUE.resource(entry.type)
    assert described is not None, f"pulumi_aws has no {entry.type}"
    named = {
        *entry.update,
        *entry.replace,
        *entry.after,
        *entry.not_sent,
        *entry.lost,
        *entry.rename,
        *entry.defaults,
        *entry.twin_rename,
        *([entry.name] if entry.name else []),
    } - {"*"}
    known = described.inputs.keys() | described.outputs_only
    assert {path.split(".")[0] for path in named} <= known


@every_entry
def test_botocore_knows_the_service_and_the_operation(entry: Entry) -> None:
    if entry.level == "recorded" or not entry.operation:
        assert entry.level == "recorded" or entry.create is not None, "nothing would ever be asked of AWS"
        return
    shape = client.operation_model(entry.service, entry.operation).input_shape
    for member in entry.root.split(".") if entry.root else []:
        shape = shape.members[member]


@every_entry
def test_an_emulated_type_is_read_back_and_deleted(entry: Entry) -> None:
    if entry.level == "emulated":
        assert entry.read is not None, "without a read-back nobody knows whether the emulator kept it"
        assert entry.operation or entry.create


@every_entry
def test_the_twin_exists_in_cloudformation_and_has_the_renamed_properties(entry: Entry) -> None:
    if not entry.twin:
        assert not entry.twin_rename, "renames for a twin that is not named"
        return
    twin = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", entry.twin).schema
    for ours, theirs in entry.twin_rename.items():
        if theirs and "." not in ours:
            assert theirs.split(".")[0] in twin["properties"], f"{entry.twin} has no {theirs} (for {ours})"
