"""What a run tells: lines of JSON while it works, and figures to the push gateway as its very last act (MON-04)."""

import json
import urllib.request
from collections.abc import Mapping
from urllib.parse import quote

from lifeline_backup.failure import Failure
from lifeline_backup.settings import Settings

_PATIENCE_SECONDS = 15
_HELP = {
    "backup_last_success_timestamp_seconds": "when the newest whole backup began",
    "backup_last_size_bytes": "of all its objects",
    "backup_verified_timestamp_seconds": "when a backup was last read to its end and found good",
    "drill_last_success_timestamp_seconds": "when a restore last proved everything",
    "drill_duration_seconds": "of that drill, from its start to its last proof",
    "drill_recovery_time_seconds": "from the start of a restore to an application that answers on it",
    "drill_data_loss_seconds": "how much a loss at the start of the drill would have cost",
}


def say(event: str, **more: object) -> None:
    print(json.dumps({"event": event, **more}, default=str), flush=True)


def push(settings: Settings, group: Mapping[str, str], values: Mapping[str, float]) -> None:
    """Replaces what the group said before under these names. A failure to tell is one: nobody would know of success."""
    told = "".join(f"# HELP {name} {_HELP[name]}\n# TYPE {name} gauge\n{name} {values[name]!r}\n" for name in values)
    path = "/".join(f"{quote(name)}/{quote(value, safe='')}" for name, value in group.items())
    request = urllib.request.Request(f"{settings.pushgateway}/metrics/{path}", told.encode(), method="POST")
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE_SECONDS):
            return
    except OSError as error:
        raise Failure(f"done, but the push gateway {settings.pushgateway} was not told: {error}") from error
