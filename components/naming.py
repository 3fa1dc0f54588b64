"""Physical names and tags of everything, from one place.

Names are fixed, never random: a resource whose creation was cut off can be found again under its name.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class DataClass(StrEnum):
    """What a resource holds, for keys, retention and policies. HEALTH is the strictest."""

    NONE = "none"
    OPERATIONS = "operations"
    SECRETS = "secrets"
    HEALTH = "health"


@dataclass(frozen=True, kw_only=True)
class Naming:
    """One stack's names and tags."""

    system: str
    environment: str
    account_id: str
    owner: str
    place: str = ""
    """`recovery` for what stands in the other region: names of roles and buckets are shared by all regions."""

    def name(self, *parts: str, limit: int = 63) -> str:
        """`astral-core-v2-prod-web`; shortened with a digest when a service allows fewer characters."""
        full = "-".join((self.system, self._environment, *self._place, *parts))
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", full):
            raise ValueError(f"{full!r} cannot be a physical name: lower-case letters, digits and hyphens only")
        if len(full) <= limit:
            return full
        digest = hashlib.sha256(full.encode()).hexdigest()[:6]
        return f"{full[: limit - 7].rstrip('-')}-{digest}"

    def path(self, *parts: str) -> str:
        """`astral-core-v2/prod/database-application`, where a service sorts names by slashes."""
        return "/".join((self.system, self._environment, *self._place, *parts))

    def bucket(self, *parts: str) -> str:
        """Bucket names are shared by all accounts of the world, so the account is part of ours."""
        return self.name(*parts, self.account_id)

    def tags(self, component: str, data_class: DataClass = DataClass.NONE, **more: str) -> Mapping[str, str]:
        return {
            "lifeline:system": self.system,
            "lifeline:environment": self.environment,
            "lifeline:component": component,
            "lifeline:data-class": data_class.value,
            "lifeline:owner": self.owner,
            **more,
        }

    @property
    def _place(self) -> tuple[str, ...]:
        return (self.place,) if self.place else ()

    @property
    def _environment(self) -> str:
        return {"production": "prod", "staging": "staging"}[self.environment]
