"""One resource as rules see it: values read by path, and a clear word for values that are not known yet."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast


class _Unknown:
    """Stands for a value that only exists after the update."""

    def __repr__(self) -> str:
        return "(known after the update)"


UNKNOWN = _Unknown()


#: Outputs by which other resources name one.
_NAMING = ("arn", "id", "name", "bucket", "keyId", "identifier", "repositoryUrl", "metadata.name")


class UnknownValue(Exception):
    """A rule asked for a value that is not known yet: its verdict is UNKNOWN, for this resource and no other."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class NotApplicable(Exception):
    """What the rule is about does not occur in this resource."""


class View:
    """A property, or a part of one, read by path: `view.get("vpcConfig.endpointPublicAccess")`."""

    def __init__(self, value: object, path: str = "") -> None:
        self.value, self.path = value, path

    def get(self, path: str, default: Any = None) -> Any:
        """The value, or `default` where it is absent or null. Raises UnknownValue where it is not known."""
        value, at = self.value, self.path
        for part in path.split("."):
            at = f"{at}.{part}" if at else part
            value = _step(value, part)
            if value is UNKNOWN:
                raise UnknownValue(at)
            if value is None:
                return default
        return value

    def is_known(self, path: str) -> bool:
        try:
            self.get(path)
        except UnknownValue:
            return False
        return True

    def each(self, path: str) -> Iterator["View"]:
        """The items of a list, or one item where an object stands for a list of one."""
        found = self.get(path, [])
        items = cast("list[object]", found) if isinstance(found, list) else [found]
        for index, item in enumerate(items):
            at = f"{self.path}.{path}[{index}]" if self.path else f"{path}[{index}]"
            if item is UNKNOWN:
                raise UnknownValue(at)
            yield View(item, at)

    def texts(self, path: str) -> list[str]:
        """A list of texts; a single text counts as a list of one."""
        return [str(view.value) for view in self.each(path)]

    def at(self, path: str) -> str:
        """The path as a reader finds it in the program, for a problem's place."""
        return f"{self.path}.{path}" if self.path else path


def _step(value: object, part: str) -> object:
    if isinstance(value, Mapping):
        return cast("Mapping[str, object]", value).get(part)
    if isinstance(value, list) and part.isdigit():
        items = cast("list[object]", value)
        return items[int(part)] if int(part) < len(items) else None
    return None


@dataclass(frozen=True, eq=False)
class Resource:
    """One resource of a stack. `type` is canonical: old and alias names of a type are one (see `canonical`)."""

    type: str
    name: str
    urn: str
    properties: Mapping[str, object]
    declared_type: str = ""
    parent: str = ""
    dependencies: Sequence[str] = ()
    #: For each property the resources whose outputs went into it, also where the value itself is not known.
    references: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    protected: bool = False
    id: str = ""
    #: Who makes it, by URN: one for each cluster of the stack. Empty where nobody said.
    provider: str = ""

    @property
    def view(self) -> View:
        return View(self.properties)

    @cached_property
    def names(self) -> frozenset[str]:
        """Every known value by which others can name it."""
        known = (self.get(path) for path in _NAMING if self.is_known(path))
        return frozenset(each for each in (self.id, *known) if isinstance(each, str) and each)

    def get(self, path: str, default: Any = None) -> Any:
        return self.view.get(path, default)

    def is_known(self, path: str) -> bool:
        return self.view.is_known(path)

    def each(self, path: str) -> Iterator[View]:
        return self.view.each(path)

    def texts(self, path: str) -> list[str]:
        return self.view.texts(path)

    def beside(self, other: "Resource") -> bool:
        """Whether both are made by the same provider, and so in the same cluster, as far as is known."""
        return self.provider == other.provider or not (self.provider and other.provider)

    @property
    def service(self) -> str:
        """`s3` of `aws:s3/bucket:Bucket`, `apps/v1` of `kubernetes:apps/v1:Deployment`."""
        return self.type.split(":")[1].split("/")[0] if self.type.startswith("aws:") else self.type.split(":")[1]

    @property
    def kind(self) -> str:
        return self.type.rsplit(":", 1)[-1]


_ALIASES = (
    (re.compile(r"^aws:(?:alb|elasticloadbalancingv2|applicationloadbalancing)/"), "aws:lb/"),
    (re.compile(r"^(aws:s3/bucket\w*?)V2(:Bucket\w*?)V2$"), r"\1\2"),
    (re.compile(r"^aws:s3/bucketObject(?:v2)?:BucketObject(?:v2)?$"), "aws:s3/bucketObjectv2:BucketObjectv2"),
    (re.compile(r"^kubernetes:core:"), "kubernetes:core/v1:"),
    (re.compile(r"^(kubernetes:\S+?:\w+)Patch$"), r"\1"),
)


def canonical(token: str) -> str:
    """BucketVersioningV2 and BucketVersioning, alb and lb: one name, so that no rule misses one for the other."""
    for pattern, replacement in _ALIASES:
        token = pattern.sub(replacement, token)
    return token
