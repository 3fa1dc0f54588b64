"""What everything else stands on: keys, the topics that reach people, and the archive of logs."""

from dataclasses import dataclass

from components.aws.keys import Keys, KeysArgs
from components.aws.log_archive import LogArchive, LogArchiveArgs
from components.aws.topics import Topics, TopicsArgs
from layers.site import Site


@dataclass(frozen=True, kw_only=True)
class Ground:
    keys: Keys
    topics: Topics
    logs: LogArchive


def lay_ground(site: Site) -> Ground:
    keys = Keys(
        "keys",
        KeysArgs(
            system=site.system,
            account_id=site.account_id,
            region=site.region,
            recovery_region=site.recovery_region,
            recovery=site.recovery,
        ),
        site.naming,
        site.in_account,
    )
    topics = Topics(
        "topics",
        TopicsArgs(
            system=site.system,
            account_id=site.account_id,
            region=site.region,
            key_arn=keys.arn("logs"),
            addresses=site.settings.channels,
            pager_keys=site.settings.supplied_secrets,
        ),
        site.naming,
        site.in_account,
    )
    logs = LogArchive(
        "logs",
        LogArchiveArgs(system=site.system, account_id=site.account_id, key_arn=keys.arn("logs")),
        site.naming,
        site.in_account,
    )
    return Ground(keys=keys, topics=topics, logs=logs)
