"""Sets of ports as bit masks, one a protocol: what several filters in a row let through is their intersection."""

from dataclasses import dataclass

PROTOCOLS = ("tcp", "udp", "other")
_ALL = (1 << 65536) - 1


@dataclass(frozen=True)
class Ports:
    """Ports 0 to 65535 of TCP and UDP, and whether other protocols pass at all (bit 0 of `other`)."""

    tcp: int = 0
    udp: int = 0
    other: int = 0

    @staticmethod
    def of(*numbers: int) -> "Ports":
        """Of TCP."""
        return Ports(tcp=sum(1 << number for number in set(numbers)))

    @staticmethod
    def spanning(protocol: object, low: object, high: object) -> "Ports":
        """As a rule of a security group or access list writes it: `tcp`, 6 or -1, and both ends."""
        name = {"6": "tcp", "17": "udp", "-1": "all", "all": "all"}.get(str(protocol).lower(), str(protocol).lower())
        if name == "all":
            return EVERYTHING
        first, last = int(float(str(low or 0))), int(float(str(high if high is not None else 65535)))
        mask = (1 << (last + 1)) - (1 << first)
        return Ports(**{name: mask}) if name in ("tcp", "udp") else Ports(other=1)

    def __and__(self, that: "Ports") -> "Ports":
        return Ports(self.tcp & that.tcp, self.udp & that.udp, self.other & that.other)

    def __or__(self, that: "Ports") -> "Ports":
        return Ports(self.tcp | that.tcp, self.udp | that.udp, self.other | that.other)

    def __sub__(self, that: "Ports") -> "Ports":
        return Ports(self.tcp & ~that.tcp, self.udp & ~that.udp, self.other & ~that.other)

    def __bool__(self) -> bool:
        return bool(self.tcp or self.udp or self.other)

    def __str__(self) -> str:
        if self == EVERYTHING:
            return "everything"
        spans = [_spans(mask, suffix) for mask, suffix in ((self.tcp, ""), (self.udp, "/udp"))]
        return ", ".join([*(span for found in spans for span in found), *(["other protocols"] if self.other else [])])


EVERYTHING = Ports(_ALL, _ALL, 1)


def _spans(mask: int, suffix: str) -> list[str]:
    found: list[str] = []
    port = 0
    while mask:
        zeros = (mask & -mask).bit_length() - 1
        mask, port = mask >> zeros, port + zeros
        ones = (~mask & (mask + 1)).bit_length() - 1
        found.append(f"{port}{suffix}" if ones == 1 else f"{port}-{port + ones - 1}{suffix}")
        mask, port = mask >> ones, port + ones
    return found
