"""Which addresses stand behind a priority: the document's receivers and channels, the stack's addresses; pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from systems.model import Channel, ChannelKind, Monitoring, Priority

_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+[1-9]\d{6,14}")
_SLACK = re.compile(r"T[A-Z0-9]{8,10}/[CG][A-Z0-9]{8,10}")
_PAGER = re.compile(r"https://\S+")
#: What an address of a kind looks like: how it is checked, how it is explained.
FORMS: dict[ChannelKind, tuple[re.Pattern[str], str]] = {
    ChannelKind.EMAIL: (_MAIL, "mail addresses: ops@example.org,lead@example.org"),
    ChannelKind.SMS: (_PHONE, "telephone numbers with country code: +12065550100,+12065550101"),
    ChannelKind.SLACK: (_SLACK, "workspace and channel ids: T0123ABCD/C0123ABCD"),
    ChannelKind.PAGER: (_PAGER, "the https address of a CloudWatch integration"),
}


@dataclass(frozen=True)
class Reached:
    """One address behind a priority."""

    channel: str
    kind: ChannelKind
    address: str


def channels_of(monitoring: Monitoring, priority: Priority) -> tuple[Channel, ...]:
    """In the order of the receivers, each once."""
    receivers = {each.name: each for each in monitoring.receivers}
    channels = {each.name: each for each in monitoring.channels}
    names = dict.fromkeys(name for receiver in priority.notifies for name in receivers[receiver].channels)
    return tuple(channels[name] for name in names)


def reached(channel: Channel, given: Mapping[str, str]) -> tuple[Reached, ...]:
    """The stack's addresses of a channel, or the one the document itself prints."""
    text = given.get(channel.name) or (channel.reaches if _MAIL.fullmatch(channel.reaches) else "")
    return tuple(Reached(channel.name, channel.kind, each) for each in split(text))


def split(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(",") if each.strip())


def wrong(kind: ChannelKind, text: str) -> str:
    """What an address should look like, or nothing when it does."""
    if kind not in FORMS:
        return f"no address: nobody is told by {kind.value} from here"
    pattern, explained = FORMS[kind]
    addresses = split(text)
    return "" if addresses and all(map(pattern.fullmatch, addresses)) else explained
