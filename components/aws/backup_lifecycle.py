"""How long each bucket of backups keeps what: the documented tiers as lifecycle rules; pure.

Transitions are for what was not uploaded into the right class, and for copies, which all arrive as infrequent access.
"""

from collections.abc import Sequence

from components.aws.bucket_lifecycle import ARCHIVE_DAYS, INFREQUENT_DAYS, Keep
from rendering import backup_layout as layout
from rendering.backup_layout import BackupClass
from systems.model import Backups

#: How long after its end, or after somebody got past all locks and wrote over it, a backup can still be had: a week,
#: so that an alarm of Friday night can be answered on Monday.
TAKEN_BACK_DAYS = 7


def keeps(backups: Backups, classes: Sequence[BackupClass]) -> tuple[Keep, ...]:
    """One for each tier of each kind, and a last one: what carries no tier ends with the longest."""
    kinds = [kind.name for kind in backups.kinds if layout.class_of(kind) in classes]
    tiers = layout.tiers(backups)
    if layout.tier_in_key(backups):
        found = [
            _kept(backups.days(tier), prefix=_prefix(backups, kind, tier.value)) for kind in kinds for tier in tiers
        ]
    else:
        found = [_kept(backups.days(tier), tag=(layout.TIER_TAG, tier.value)) for tier in tiers]
    return (*found, Keep(days=max(each.days for each in backups.kept), deleted_versions_days=TAKEN_BACK_DAYS))


def evidence(days: int) -> tuple[Keep, ...]:
    return (_kept(days),)


def _prefix(backups: Backups, kind: str, tier: str) -> str:
    return backups.key_layout.split("{yyyymmdd}")[0].format(kind=kind, tier=tier)


def _kept(days: int, *, prefix: str = "", tag: tuple[str, str] | None = None) -> Keep:
    """Nothing may move before it is a month old; where it is then billed longer than it stays, it does not move."""
    left = days - INFREQUENT_DAYS
    return Keep(
        prefix=prefix,
        tag=tag,
        days=days,
        archived_after_days=INFREQUENT_DAYS if left >= ARCHIVE_DAYS else None,
        infrequent_after_days=INFREQUENT_DAYS if INFREQUENT_DAYS <= left < ARCHIVE_DAYS else None,
        deleted_versions_days=TAKEN_BACK_DAYS,
    )
