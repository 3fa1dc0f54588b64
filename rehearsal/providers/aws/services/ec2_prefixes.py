"""Managed prefix lists: named sets of address ranges, with their entries inside or as resources of their own."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.asking import only
from rehearsal.providers.aws.cidrs import cidr_problem
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.provider import Failure


def _prefix_list(r: Live, id: str) -> dict[str, Any] | None:
    return only(r.ask("DescribeManagedPrefixLists", PrefixListIds=[id]).get("PrefixLists", []))


def _entries(r: Live, id: str) -> list[dict[str, Any]]:
    return list(r.api("GetManagedPrefixListEntries", PrefixListId=id)["Entries"])


def _list(r: Live) -> dict[str, Any] | None:
    found = _prefix_list(r, r.id)
    if found is None or found.get("State") in ("delete-complete", "delete-in-progress"):
        return None
    return {**found, "OwnerId": r.account, "Entries": _entries(r, r.id), "Version": int(found.get("Version") or 1)}


def _change_list(r: Live) -> None:
    present, wanted = _by_cidr(r.state.get("entries")), _by_cidr(r.inputs.get("entries"))
    gone = [{"Cidr": cidr} for cidr in present if present[cidr] != wanted.get(cidr)]
    new = [entry for cidr, entry in wanted.items() if present.get(cidr) != entry]
    _modify(r, r.id, r.inputs["name"], add=new, remove=gone)


def _modify(r: Live, id: str, name: str, *, add: list[dict[str, str]], remove: list[dict[str, str]]) -> None:
    """In two steps, because AWS refuses a range that is added and removed in one."""
    for member, entries in (("RemoveEntries", remove), ("AddEntries", add)):
        if entries or not (add or remove):
            version = int((_prefix_list(r, id) or {}).get("Version") or 1)
            change = {"PrefixListId": id, "PrefixListName": name, "CurrentVersion": version}
            r.api("ModifyManagedPrefixList", **change, **({member: entries} if entries else {}))


def _by_cidr(entries: Any) -> dict[str, dict[str, str]]:
    named = {"cidr": "Cidr", "description": "Description"}
    found = [{named[name]: entry[name] for name in named if entry.get(name)} for entry in entries or []]
    return {entry["Cidr"]: entry for entry in found}


def _resize(r: Live) -> None:
    r.validated("ModifyManagedPrefixList", PrefixListId=r.id, MaxEntries=int(r.inputs["maxEntries"]))


def _check_list(inputs: Mapping[str, Any]) -> list[Failure]:
    family, most, entries = inputs.get("addressFamily"), inputs.get("maxEntries"), inputs.get("entries")
    failures: list[Failure] = []
    if isinstance(family, str) and family not in ("IPv4", "IPv6"):
        failures.append(Failure("addressFamily", f"must be IPv4 or IPv6, got {family!r} (AWS rule)"))
    if isinstance(most, int | float) and not 1 <= most <= 1000:
        failures.append(Failure("maxEntries", f"must lie between 1 and 1000, got {most:g} (AWS rule)"))
    given = entries if isinstance(entries, list) else []
    if isinstance(most, int | float) and len(given) > most:
        failures.append(Failure("entries", f"has {len(given)} entries, more than maxEntries {most:g} (AWS rule)"))
    for index, entry in enumerate(given):
        version = 6 if family == "IPv6" else 4
        if isinstance(entry, dict) and (problem := cidr_problem(entry.get("cidr"), version=version)):
            failures.append(Failure(f"entries[{index}].cidr", problem))
    name = inputs.get("name")
    if isinstance(name, str) and name.startswith("com.amazonaws"):
        failures.append(Failure("name", f"must not begin with com.amazonaws, got {name!r} (AWS rule)"))
    return failures


def _entry(r: Live) -> dict[str, Any] | None:
    id, _, cidr = r.id.partition(",")
    found = _prefix_list(r, id)
    held = next((entry for entry in _entries(r, id) if entry["Cidr"] == cidr), None) if found else None
    return None if held is None else {**held, "PrefixListId": id}


def _change_entry(r: Live, *, add: bool) -> dict[str, Any]:
    id = r.inputs["prefixListId"]
    entry = next(iter(_by_cidr([r.inputs]).values()))
    name = str((_prefix_list(r, id) or {}).get("PrefixListName"))
    _modify(r, id, name, add=[entry] if add else [], remove=[] if add else [{"Cidr": entry["Cidr"]}])
    return {}


def _describe_entry(r: Live) -> None:
    _change_entry(r, add=False)
    _change_entry(r, add=True)


ENTRIES = (
    Entry(
        type="aws:ec2/managedPrefixList:ManagedPrefixList",
        service="ec2",
        operation="CreateManagedPrefixList",
        rename={"name": "PrefixListName"},
        id="PrefixList.PrefixListId",
        read=_list,
        update={"entries": _change_list, "name": _change_list, "maxEntries": _resize},
        lost=("maxEntries",),
        replace=("addressFamily",),
        name="name",
        name_limit=255,
        delete=lambda r: r.api("DeleteManagedPrefixList", PrefixListId=r.id),
        arn="arn:{partition}:ec2:{region}:{account}:prefix-list/{id}",
        check=_check_list,
        tags=tags.ec2("prefix-list"),
        twin="AWS::EC2::PrefixList",
        twin_rename={"name": "PrefixListName"},
    ),
    Entry(
        type="aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry",
        service="ec2",
        create=lambda r: _change_entry(r, add=True),
        id=lambda r, answer: f"{r.inputs['prefixListId']},{r.inputs['cidr']}",
        read=_entry,
        update={"description": _describe_entry},
        replace=("cidr", "prefixListId"),
        delete=lambda r: _change_entry(r, add=False),
        find=lambda r: f"{r.inputs['prefixListId']},{r.inputs['cidr']}",
        check=lambda inputs: (
            [Failure("cidr", problem)] if (problem := cidr_problem(inputs.get("cidr"), version=None)) else []
        ),
    ),
)
