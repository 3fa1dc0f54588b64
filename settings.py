"""A stack's configuration as one validated object: everything that is wrong with it is said at once."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from systems import registry
from systems.model import Environment, System

_PREFIX = "lifeline:"


class SettingsError(Exception):
    """All problems of a stack file, each with its key, the value given and what is allowed."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("the stack's configuration cannot be used:\n" + "\n".join(f"  {each}" for each in problems))
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What differs from stack to stack; everything else comes from the platform's spec."""

    system: System
    environment: Environment
    aws_account_id: str
    region: str
    owner: str
    images: Mapping[str, str]


_DEFAULTS: dict[str, Any] = {
    "environment": "production",
    "region": "us-east-1",
    "owner": "platform-engineering",
    "images": {},
}


def parse(config: Mapping[str, Any]) -> Settings:
    """From the stack's whole configuration, keys as in the stack file; other namespaces are not ours to judge."""
    given = {key.removeprefix(_PREFIX): value for key, value in config.items() if key.startswith(_PREFIX)}
    known = {*_DEFAULTS, "system", "awsAccountId"}
    problems = [
        f"lifeline:{key}: unknown; there are {', '.join(sorted(known))}" for key in sorted(given.keys() - known)
    ]
    values = {**_DEFAULTS, **given}
    if values["environment"] not in set(Environment):
        problems.append(f"lifeline:environment: {values['environment']!r}; one of {', '.join(Environment)}")
    if values.get("system") not in registry.names():
        problems.append(f"lifeline:system: {values.get('system')!r}; one of {', '.join(registry.names())}")
    if not re.fullmatch(r"\d{12}", str(values.get("awsAccountId"))):
        problems.append(f"lifeline:awsAccountId: {values.get('awsAccountId')!r}; twelve digits, in quotes")
    images = values["images"]
    if isinstance(images, str):
        images = json.loads(images)
    if problems:
        raise SettingsError(problems)
    environment = Environment(values["environment"])
    return Settings(
        system=registry.load(values["system"], environment),
        environment=environment,
        aws_account_id=str(values["awsAccountId"]),
        region=values["region"],
        owner=values["owner"],
        images=images,
    )
