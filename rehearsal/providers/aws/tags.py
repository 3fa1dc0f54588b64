"""The four forms in which AWS services take tags, each with how to send, change and read them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rehearsal.providers.aws.live import Live


@dataclass(frozen=True, kw_only=True)
class Tags:
    """`send` gives the members of the creating request; `update` is called with the tags to set and keys to remove."""

    send: Callable[[Mapping[str, str]], dict[str, Any]]
    change: Callable[["Live", dict[str, str], list[str]], Any]
    #: The live tags; None when the answer does not carry them (then the recorded ones are believed).
    read: Callable[["Live", Mapping[str, Any]], dict[str, str] | None]

    def update(self, r: "Live") -> None:
        wanted, present = r.all_tags, r.state.get("tagsAll") or {}
        gone = [key for key in present if key not in wanted]
        self.change(r, wanted, gone)


def pairs(tags: Mapping[str, str], key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    return [{key: name, value: text} for name, text in sorted(tags.items())]


def from_pairs(found: Any, key: str = "Key", value: str = "Value") -> dict[str, str] | None:
    if found is None:
        return None
    return {tag[key]: tag[value] for tag in found}


def ec2(kind: str) -> Tags:
    """TagSpecifications by kind of resource; CreateTags and DeleteTags afterwards."""

    def change(r: "Live", wanted: dict[str, str], gone: list[str]) -> None:
        if wanted:
            r.api("CreateTags", Resources=[r.id], Tags=pairs(wanted))
        if gone:
            r.api("DeleteTags", Resources=[r.id], Tags=[{"Key": key} for key in gone])

    return Tags(
        send=lambda tags: {"TagSpecifications": [{"ResourceType": kind, "Tags": pairs(tags)}]} if tags else {},
        change=change,
        read=lambda r, live: from_pairs(live.get("Tags", [])),
    )


def _changer(
    tag: str,
    untag: str,
    resource: str,
    value_of: Callable[["Live"], Any],
    members: str,
    keys: str,
    as_list: bool,
    kept: bool = True,
) -> Callable[["Live", dict[str, str], list[str]], None]:
    def change(r: "Live", wanted: dict[str, str], gone: list[str]) -> None:
        call = r.api if kept else r.validated
        if wanted:
            call(tag, **{resource: value_of(r), members: pairs(wanted) if as_list else dict(wanted)})
        if gone:
            call(untag, **{resource: value_of(r), keys: gone})

    return change


def _unread(r: "Live", live: Mapping[str, Any]) -> None:
    """Tags the emulator does not keep."""


def _arn(r: "Live") -> Any:
    return r.state.get("arn") or r.id


def listed(
    *,
    tag: str = "TagResource",
    untag: str = "UntagResource",
    resource: str = "ResourceArn",
    of: Callable[["Live"], Any] = _arn,
    send: str = "Tags",
    members: str = "Tags",
    keys: str = "TagKeys",
    read: Callable[["Live", Mapping[str, Any]], dict[str, str] | None] | None = None,
    kept: bool = True,
) -> Tags:
    """Lists of Key and Value: most services. `send=""` where the creating call takes none.

    `kept=False` where the emulator lacks the tagging calls: they are validated and the recorded tags believed.
    """
    return Tags(
        send=lambda tags: {send: pairs(tags)} if tags and send else {},
        change=_changer(tag, untag, resource, of, members, keys, True, kept),
        read=(read if kept else _unread)
        or (lambda r, live: from_pairs(live.get(send) or live.get("TagList") or live.get("Tags"))),
    )


def mapped(
    *,
    tag: str = "TagResource",
    untag: str = "UntagResource",
    resource: str = "resourceArn",
    of: Callable[["Live"], Any] = _arn,
    send: str = "tags",
    members: str = "tags",
    keys: str = "tagKeys",
    read: Callable[["Live", Mapping[str, Any]], dict[str, str] | None] | None = None,
    kept: bool = True,
) -> Tags:
    """A plain map: EKS, Lambda, logs, Backup, GuardDuty."""
    return Tags(
        send=lambda tags: {send: dict(tags)} if tags and send else {},
        change=_changer(tag, untag, resource, of, members, keys, False, kept),
        read=(read if kept else _unread) or (lambda r, live: live.get(send) or live.get("Tags") or live.get("tags")),
    )


def kms() -> Tags:
    """TagKey and TagValue; not in DescribeKey, so asked for."""
    return Tags(
        send=lambda tags: {"Tags": pairs(tags, "TagKey", "TagValue")} if tags else {},
        change=lambda r, wanted, gone: (
            r.api("TagResource", KeyId=r.id, Tags=pairs(wanted, "TagKey", "TagValue")) if wanted else None,
            r.api("UntagResource", KeyId=r.id, TagKeys=gone) if gone else None,
        ),
        read=lambda r, live: from_pairs(r.api("ListResourceTags", KeyId=r.id).get("Tags"), "TagKey", "TagValue"),
    )
