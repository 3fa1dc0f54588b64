"""Where a value comes from: the ground every other part of the model stands on.

A *section* is read under one heading of one document. A value in it that the document does not state, but that follows
from it, is named in `because` with the reason. What is in neither is a default of the model, argued in its docstring.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType

#: A number whose name ends like this cannot be negative.
UNITS = (
    *("_milliseconds", "_seconds", "_minutes", "_hours", "_days", "_cores", "_millicores", "_mib", "_gib", "_gbps"),
    *("_characters", "_bits", "_percent", "_bytes", "_count", "replicas", "nodes", "sentinels"),
)


class SpecError(ValueError):
    """A specification that cannot be built: everything wrong with one object, at once."""

    def __init__(self, what: str, problems: list[str]) -> None:
        super().__init__("\n".join([f"{what} cannot be built:", *(f"  - {problem}" for problem in problems)]))
        self.what = what
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Source:
    """One heading of one source document; headings are joined by ' > ' and stripped of their emoji and numbers."""

    document: str
    heading: str

    def __str__(self) -> str:
        return f"{self.document}: {self.heading}"


@dataclass(frozen=True)
class Document:
    """A source document, to cite from: `V2 = Document("astral-core-v2")`, then `V2.under("Backup and Recovery")`."""

    name: str

    def under(self, heading: str) -> Source:
        return Source(document=self.name, heading=heading)


@dataclass(frozen=True, kw_only=True)
class Part:
    """Something a section is made of. Without a source of its own it comes from the heading of what it is part of."""

    source: Source | None = None
    because: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)

    def __post_init__(self) -> None:
        problems = [*self._problems_of_any_part(), *self.problems()]
        if problems:
            raise SpecError(self.title, problems)
        for name, value in (*self.values(), ("because", self.because)):
            if isinstance(value, Mapping):
                object.__setattr__(self, name, MappingProxyType(dict(value)))  # pyright: ignore[reportUnknownArgumentType]

    def problems(self) -> Iterator[str]:
        """What is wrong with this object beyond its units and names; each class says its own."""
        yield from ()

    @property
    def key(self) -> str:
        """What this part is called among its sisters; empty when it has no name."""
        return str(getattr(self, "name", ""))

    @property
    def title(self) -> str:
        return f"{type(self).__name__} {self.key!r}" if self.key else type(self).__name__

    def values(self) -> Iterator[tuple[str, object]]:
        """Field names and values, without where they come from."""
        for each in fields(self):
            if each.name not in ("source", "because"):
                yield each.name, getattr(self, each.name)

    def _problems_of_any_part(self) -> Iterator[str]:
        known = {name for name, _ in self.values()}
        for name, reason in self.because.items():
            if name not in known:
                yield f"because names {name!r}, which is no field here; fields are {', '.join(sorted(known))}"
            if not reason.strip():
                yield f"because[{name!r}] gives no reason"
        for name, value in self.values():
            if name == "name" and not str(value).strip():
                yield "name is empty"
            if isinstance(value, (int, float)) and not isinstance(value, bool) and name.endswith(UNITS):
                if value < 0:
                    yield f"{name} is {value}: it cannot be negative"
                if name.endswith("_percent") and value > 100:
                    yield f"{name} is {value}: a percentage lies between 0 and 100"
            if isinstance(value, tuple):
                yield from _repeated(name, [part.key for part in value if isinstance(part, Part) and part.key])  # pyright: ignore[reportUnknownVariableType]


@dataclass(frozen=True, kw_only=True)
class Section(Part):
    """A part that says itself which heading it was read under."""

    source: Source = field()  # pyright: ignore[reportGeneralTypeIssues, reportIncompatibleVariableOverride]


def _repeated(name: str, keys: list[str]) -> Iterator[str]:
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield f"{name} has {keys.count(key)} parts named {key!r}: names tell them apart"
