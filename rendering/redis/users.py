"""Who may do what at Redis and at Sentinel. Passwords are added as a server starts; the default user is off."""

from collections.abc import Mapping

#: Their secrets lie in Secrets Manager and are rotated.
ADMINISTRATOR, APPLICATION = "administrator", "application"
ROTATED = (ADMINISTRATOR, APPLICATION)
#: Known inside the platform only.
REPLICA, SENTINEL, PROBE, EXPORTER = "replica", "sentinel", "probe", "exporter"
INTERNAL = (REPLICA, SENTINEL, PROBE, EXPORTER)

_NO_DATA = "resetkeys resetchannels -@all"
#: Client libraries ask INFO when they connect. KEYS, FLUSHALL and CONFIG are no application's business.
_APPLICATION = "~* &* +@all -@admin -@dangerous +info"
#: As Redis' own documentation has it, without keys and with Sentinel's own channel only.
_SENTINEL = (
    "resetkeys resetchannels &__sentinel__:hello -@all +multi +exec +slaveof +replicaof +ping +info +role +publish "
    "+subscribe +config|rewrite +client|setname +client|kill +script|kill"
)
_OBSERVING = "+ping +info +role"

_OF_SERVER: Mapping[str, str] = {
    ADMINISTRATOR: "~* &* +@all",
    APPLICATION: _APPLICATION,
    REPLICA: f"{_NO_DATA} +psync +replconf +ping +info",
    SENTINEL: _SENTINEL,
    PROBE: f"{_NO_DATA} {_OBSERVING}",
    EXPORTER: f"{_NO_DATA} {_OBSERVING} +dbsize +slowlog|len +slowlog|get +latency|latest +latency|histogram",
}
_SENTINEL_READING = "+sentinel|masters +sentinel|master +sentinel|replicas +sentinel|slaves +sentinel|sentinels"
_OF_SENTINEL: Mapping[str, str] = {
    REPLICA: f"{_NO_DATA} +ping +sentinel|get-master-addr-by-name +sentinel|master",
    SENTINEL: "allchannels +@all",
    PROBE: f"{_NO_DATA} {_OBSERVING}",
    EXPORTER: f"{_NO_DATA} {_OBSERVING} {_SENTINEL_READING} +sentinel|ckquorum",
}


def of_server() -> str:
    return _lines(_OF_SERVER)


def of_sentinel() -> str:
    return _lines(_OF_SENTINEL)


def _lines(rules: Mapping[str, str]) -> str:
    return "".join(f"user {user} {may}\n" for user, may in rules.items())
