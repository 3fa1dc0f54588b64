"""All entries, one file a service under services/; the table of what happened to which type comes from here."""

import functools
import importlib
import pkgutil
from collections.abc import Mapping

from rehearsal.providers.aws import services
from rehearsal.providers.aws.entry import Entry, Level
from rehearsal.providers.provider import Refused


@functools.cache
def entries() -> Mapping[str, Entry]:
    """Type -> entry. Each module of services/ lists its own in ENTRIES."""
    found: dict[str, Entry] = {}
    for module in pkgutil.iter_modules(services.__path__, services.__name__ + "."):
        for entry in importlib.import_module(module.name).ENTRIES:
            if entry.type in found:
                raise ValueError(f"{entry.type} has two entries")
            found[entry.type] = entry
    return found


def levels() -> Mapping[str, Level]:
    """What a rehearsal proves of each resource type."""
    return {type: entry.level for type, entry in entries().items()}


def entry_of(type: str) -> Entry:
    try:
        return entries()[type]
    except KeyError:
        service = type.split(":")[1].split("/")[0] if type.count(":") >= 2 else "<service>"
        raise Refused(
            f"the rehearsal has no entry for {type}; add one to rehearsal/providers/aws/services/{service}.py "
            "(docs/rehearsal.md shows how). Against AWS itself the type works without it."
        ) from None
