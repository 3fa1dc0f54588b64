"""alertmanager.yml: documented routes in their order, receivers with secrets from files, one page for one cause.

Channels that are texts or mails go through SNS topics, so that no mail server's password lies in the cluster.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from systems.model import Channel, ChannelKind, Receiver, Route, System

Json = dict[str, object]

HEARTBEAT, NOBODY = "heartbeat", "nobody"
SECRETS_DIRECTORY = "/etc/alertmanager/secrets"
#: A new member of a group that has been told waits this long; so does the news that all is well again.
GROUP_INTERVAL_SECONDS = 300
#: The heartbeat's listener calls after five missing minutes.
HEARTBEAT_SECONDS = 60
#: What visitors feel when something below has failed. Crisis paths are never among it: they have alerts of their own.
SYMPTOMS = "error_percent|response_seconds|uptime_percent|health_up|database_query_seconds|cache_hit_percent"
_TITLE = "[{{ .Status | toUpper }}] {{ .CommonLabels.priority }} {{ .CommonLabels.alertname }}"
_LINES = (
    "{{ range .Alerts }}{{ .Annotations.summary }}\n"
    "owner {{ .Labels.owner }}, runbook {{ .Annotations.runbook_url }}\n{{ end }}"
)
_SHORT = "{{ .Status }}: {{ (index .Alerts 0).Annotations.summary }}"


class MissingTopics(ValueError):
    """Channels whose SNS topic nobody has named."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What only the stack knows: the topic behind each channel of texts and mails, and behind the heartbeat."""

    topics: Mapping[str, str]
    """Channel name to ARN; `heartbeat` is the one whose silence is the alarm."""
    secrets_directory: str = SECRETS_DIRECTORY


def topics_needed(system: System) -> tuple[str, ...]:
    used = {name for receiver in system.monitoring.receivers for name in receiver.channels}
    by_topic = (ChannelKind.SMS, ChannelKind.EMAIL)
    return (
        HEARTBEAT,
        *(each.name for each in system.monitoring.channels if each.name in used and each.kind in by_topic),
    )


def secrets_needed(system: System) -> tuple[str, ...]:
    """Names of the files that must lie in the secrets directory."""
    return tuple(sorted({each.secret for each in system.monitoring.channels if each.secret}))


def configuration(system: System, delivery: Delivery) -> str:
    """The whole file. `amtool check-config` reads it, `amtool config routes test` walks through it."""
    if missing := [name for name in topics_needed(system) if name not in delivery.topics]:
        raise MissingTopics(
            f"no SNS topic for {', '.join(missing)}: `Delivery.topics` names {', '.join(delivery.topics) or 'none'};"
            f" {system.name} needs {', '.join(topics_needed(system))}"
        )
    return yaml.safe_dump(
        {
            "global": {"resolve_timeout": "5m"},
            "route": _routes(system),
            "inhibit_rules": list(_inhibitions()),
            "receivers": list(_receivers(system, delivery)),
        },
        sort_keys=False,
        width=120,
        allow_unicode=True,
    )


def _routes(system: System) -> Json:
    heartbeat: Json = {
        "receiver": HEARTBEAT,
        "matchers": ['service="heartbeat"'],
        "group_wait": "0s",
        "group_interval": f"{HEARTBEAT_SECONDS}s",
        "repeat_interval": f"{HEARTBEAT_SECONDS}s",
    }
    maintenance: Json = {"receiver": NOBODY, "matchers": ['signal="maintenance"']}
    return {
        "receiver": system.monitoring.default_receiver,
        "group_by": ["alertname", "objective"],
        "group_wait": "30s",
        "group_interval": f"{GROUP_INTERVAL_SECONDS}s",
        "repeat_interval": "4h",
        "routes": [heartbeat, maintenance, *(_route(each) for each in system.monitoring.routes)],
    }


def _route(route: Route) -> Json:
    return {
        "receiver": route.receiver,
        "matchers": [f'{label}="{value}"' for label, value in route.match.items()],
        "group_wait": f"{route.group_wait_seconds}s",
        "repeat_interval": f"{route.repeat_seconds}s",
        **({"continue": True} if route.continues else {}),
    }


def _inhibitions() -> Iterator[Json]:
    """Source silences target. Nothing that is not of people in crisis ever silences what is."""
    ordinary = 'service!="crisis_intervention"'
    yield _inhibition(['severity="critical"'], ['severity="warning"'], ["signal", "service", *_WHICH])
    yield _inhibition(['signal="maintenance"'], [f'signal=~"{SYMPTOMS}|replicas|proxies|cache_up|jobs"', ordinary])
    for cause in ("database_up", "cache_up"):
        below = [f'signal=~"{SYMPTOMS}|database_connections_percent"', ordinary]
        yield _inhibition([f'signal="{cause}"', 'severity="critical"'], below)
    yield _inhibition(['signal="cache_up"'], ['signal="cache_master"'])
    yield _inhibition(
        ['signal="health_up"', 'severity="critical"'],
        ['signal=~"error_percent|response_seconds|uptime_percent"', ordinary],
    )
    yield _inhibition(['signal="error_percent"', 'severity="critical"'], ['signal="uptime_percent"'])
    yield _inhibition(['alertname="CrisisSystemDown"'], ['signal=~"crisis_endpoint_seconds|hotline_available"'])
    yield _inhibition(['alertname="NodeNotReady"'], ['signal=~"replicas|proxies"', 'severity="warning"'])
    yield _inhibition(['alertname="SourceSilent"'], ['alertname="MeasurementMissing"'], ["source"])


#: Labels that say which one of several a signal was measured on.
_WHICH = ("thing", "kind", "objective", "namespace", "persistentvolumeclaim")


def _inhibition(source: list[str], target: list[str], equal: list[str] | None = None) -> Json:
    return {"source_matchers": source, "target_matchers": target, **({"equal": equal} if equal else {})}


def _receivers(system: System, delivery: Delivery) -> Iterator[Json]:
    channels = {each.name: each for each in system.monitoring.channels}
    for receiver in system.monitoring.receivers:
        yield _receiver(receiver, channels, delivery)
    yield {"name": HEARTBEAT, "sns_configs": [_topic(delivery.topics[HEARTBEAT], resolved=False)]}
    yield {"name": NOBODY}


def _receiver(receiver: Receiver, channels: Mapping[str, Channel], delivery: Delivery) -> Json:
    by_kind: dict[str, list[Json]] = {}
    for name in receiver.channels:
        kind, config = _integration(channels[name], delivery)
        by_kind.setdefault(kind, []).append(config)
    return {"name": receiver.name, **by_kind}


def _integration(channel: Channel, delivery: Delivery) -> tuple[str, Json]:
    secret = f"{delivery.secrets_directory}/{channel.secret}"
    match channel.kind:
        case ChannelKind.PAGER:
            return "pagerduty_configs", {
                "routing_key_file": secret,
                "severity": "{{ .CommonLabels.severity }}",
                "description": f"{_TITLE}: {_SHORT}",
                "component": "{{ .CommonLabels.service }}",
                "details": {"alerts": _LINES},
            }
        case ChannelKind.SLACK:
            return "slack_configs", {
                "api_url_file": secret,
                "channel": channel.reaches,
                "send_resolved": True,
                "title": _TITLE,
                "text": _LINES,
            }
        case ChannelKind.SMS:
            return "sns_configs", _topic(delivery.topics[channel.name], message=_SHORT)
        case ChannelKind.EMAIL:
            return "sns_configs", _topic(delivery.topics[channel.name], subject=_TITLE)
        case ChannelKind.STATUS_PAGE:
            raise ValueError(f"channel {channel.name}: people write on the status page, no alert does; take it out")


def _topic(arn: str, *, subject: str = "", message: str = _LINES, resolved: bool = True) -> Json:
    return {
        "topic_arn": arn,
        "sigv4": {"region": arn.split(":")[3]},
        "send_resolved": resolved,
        **({"subject": subject} if subject else {}),
        "message": message,
    }
