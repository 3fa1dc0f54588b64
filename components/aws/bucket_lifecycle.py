"""How long a bucket keeps what lies under a prefix or carries a tag, and when it moves to cheaper storage."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

#: AWS moves nothing to infrequent access earlier, and bills as many days there at least.
INFREQUENT_DAYS = 30
#: The instant archive is billed for this long, however early an object goes.
ARCHIVE_DAYS = 90


@dataclass(frozen=True, kw_only=True)
class Keep:
    """One prefix ("" is everything), or one tag. None: for ever, or never moved. Where two hold, the shorter counts."""

    prefix: str = ""
    tag: tuple[str, str] | None = None
    days: int | None = None
    infrequent_after_days: int | None = None
    archived_after_days: int | None = None
    """Glacier Instant Retrieval: a restore does not wait for hours."""
    deleted_versions_days: int = 30
    """How long a deletion or an overwriting can be taken back."""

    def __post_init__(self) -> None:
        moves = [each for each in (self.infrequent_after_days, self.archived_after_days) if each is not None]
        wrong = [each for each in moves if self.days is not None and each >= self.days]
        if wrong:
            raise ValueError(f"prefix {self.prefix!r} is kept {self.days} days and moved after {wrong}: move earlier")
        if self.infrequent_after_days is not None and self.infrequent_after_days < INFREQUENT_DAYS:
            raise ValueError(f"infrequent_after_days {self.infrequent_after_days}: {INFREQUENT_DAYS} or more")
        if self._archived_days is not None and self._archived_days < ARCHIVE_DAYS:
            raise ValueError(
                f"archived for {self._archived_days} days: AWS bills {ARCHIVE_DAYS} at least, stay outside"
            )

    @property
    def _archived_days(self) -> int | None:
        if self.archived_after_days is None or self.days is None:
            return None
        return self.days - self.archived_after_days

    @property
    def named(self) -> str:
        said = self.tag[1] if self.tag else self.prefix.strip("/").replace("/", "-")
        return said or "everything"

    @property
    def selects(self) -> dict[str, Any]:
        if self.tag is None:
            return {"prefix": self.prefix}
        key, value = self.tag
        if self.prefix:
            return {"and": {"prefix": self.prefix, "tags": {key: value}}}
        return {"tag": {"key": key, "value": value}}


def lifecycle_rules(keeps: Sequence[Keep]) -> list[dict[str, Any]]:
    """One rule a prefix, and one for what is left over of uploads that broke off."""
    abandoned = {
        "id": "abandoned-uploads",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
    }
    return [abandoned, *(_rule(keep) for keep in keeps)]


def _rule(keep: Keep) -> dict[str, Any]:
    moves = [
        {"days": days, "storage_class": storage}
        for days, storage in ((keep.infrequent_after_days, "STANDARD_IA"), (keep.archived_after_days, "GLACIER_IR"))
        if days is not None
    ]
    ends = {"days": keep.days} if keep.days is not None else {"expired_object_delete_marker": True}
    return {
        "id": keep.named,
        "status": "Enabled",
        "filter": keep.selects,
        "expiration": ends,
        "noncurrent_version_expiration": {"noncurrent_days": keep.deleted_versions_days},
        **({"transitions": moves} if moves else {}),
    }
