"""The table of rehearsed AWS types as Markdown: `python -m rehearsal.providers.aws.table > docs/resource-types.md`."""

from collections import Counter

from rehearsal.providers import schema
from rehearsal.providers.aws import registry

_HEAD = """# Rehearsed AWS resource types

Written by `python -m rehearsal.providers.aws.table`; a test keeps it current. pulumi_aws {version}.

*emulated*: the AWS call is accepted by moto and read back. *validated*: the request is checked against AWS's own
service model (botocore) and recorded, because moto lacks the call. *recorded*: no AWS call exists for it. *not kept*:
what the emulator drops or corrupts, so that the recorded value is believed and a change behind our back would not be
seen. *second witness*: the CloudFormation type under whose schema cfn-lint judges the resource.

{count} types: {levels}.

| type | level | second witness | not kept by the emulator |
|---|---|---|---|
"""


def markdown() -> str:
    entries = sorted(registry.entries().values(), key=lambda entry: entry.type.lower())
    levels = Counter(entry.level for entry in entries)
    head = _HEAD.format(
        version=schema.sdk_version("aws"),
        count=len(entries),
        levels=", ".join(f"{levels[level]} {level}" for level in ("emulated", "validated", "recorded")),
    )
    rows = (
        f"| `{entry.type.removeprefix('aws:')}` | {entry.level} | {entry.twin or 'none'} "
        f"| {', '.join(f'`{name}`' for name in sorted(entry.lost))} |\n"
        for entry in entries
    )
    return head + "".join(rows)


if __name__ == "__main__":
    print(markdown(), end="")
