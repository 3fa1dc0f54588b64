"""A stack that stands: its settings and spec, and the outputs that say where it is."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import yaml

import settings
from operations.errors import OperationsError
from systems.model import RecoveryLevel, System

PROJECT = Path(__file__).resolve().parent.parent.parent
_PULUMI_SECONDS = 120
#: Encrypted values play no part in a health check; this holds their place where settings are validated.
_ENCRYPTED = "encrypted-value-that-is-not-read"


@dataclass(frozen=True, kw_only=True)
class Stack:
    """`outputs` are those of `pulumi stack output --json`; `domain` is where the stack says it is."""

    name: str
    settings: settings.Settings
    outputs: Mapping[str, object]

    @property
    def system(self) -> System:
        return self.settings.system

    @property
    def domain(self) -> str:
        return urlsplit(str(self.outputs.get("url", ""))).hostname or self.settings.domain

    @property
    def serves_in_recovery_region(self) -> bool:
        """Only a warm standby answers anybody before it is needed."""
        return self.system.objectives.recovery_level is RecoveryLevel.WARM_STANDBY

    @property
    def name_servers(self) -> tuple[str, ...]:
        told = self._under("delegate_to", "name_servers")
        return tuple(str(each).rstrip(".") for each in cast("list[object]", told or []))

    @property
    def recovery_region(self) -> str:
        return str(self._under("recovery", "region") or self.settings.recovery_region)

    @property
    def recovery_database(self) -> str:
        return str(self._under("recovery", "database") or "")

    def host(self, label: str) -> str:
        return f"{label}.{self.domain}" if label else self.domain

    def output(self, name: str) -> str:
        return str(self.outputs.get(name) or "")

    def _under(self, *keys: str) -> object:
        value: object = self.outputs
        for key in keys:
            value = _member(value, key)
        return value


def _member(value: object, key: str) -> object:
    return cast("Mapping[str, object]", value).get(key) if isinstance(value, Mapping) else None


def stack_settings(name: str, project: Path = PROJECT) -> settings.Settings:
    """Of the stack file, validated as the program validates them."""
    there = sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in project.glob("Pulumi.*.yaml"))
    if name not in there:
        raise OperationsError(f"there is no stack {name!r}", f"choose one of: {', '.join(there)}")
    content = cast("object", yaml.safe_load((project / f"Pulumi.{name}.yaml").read_text()))
    try:
        return settings.parse(cast("Mapping[str, object]", _without_encrypted(_member(content, "config") or {})))
    except settings.SettingsError as error:
        raise OperationsError(
            f"Pulumi.{name}.yaml: {error}", "docs/settings.md explains each of them by its id"
        ) from None


def outputs_of(name: str, file: str | None) -> Mapping[str, object]:
    """From a file (`-` is standard input), or asked of Pulumi."""
    if file == "-":
        return _parsed(sys.stdin.read(), "standard input")
    if file:
        if not Path(file).is_file():
            raise OperationsError(
                f"there is no file {file}", f"make one: pulumi stack output --json -s {name} > {file}"
            )
        return _parsed(Path(file).read_text(), file)
    return _parsed(_asked_of_pulumi(name), "pulumi stack output")


def _asked_of_pulumi(name: str) -> str:
    command = ["pulumi", "stack", "output", "--json", "--non-interactive", "--stack", name]
    ways_out = (
        f"after a rehearsal: python -m operations health {name} --rehearsal",
        f"from elsewhere: python -m operations health {name} --outputs FILE",
    )
    try:
        asked = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=_PULUMI_SECONDS)
    except FileNotFoundError:
        raise OperationsError("the stack's outputs are not to be had: there is no pulumi on PATH", *ways_out) from None
    except subprocess.TimeoutExpired:
        raise OperationsError(f"pulumi did not answer within {_PULUMI_SECONDS} s", *ways_out) from None
    if asked.returncode:
        said = asked.stderr.strip() or asked.stdout.strip()
        raise OperationsError(f"pulumi has no outputs of {name}: {said}", *ways_out)
    return asked.stdout


def _parsed(text: str, where: str) -> Mapping[str, object]:
    try:
        content: object = json.loads(text)
    except ValueError as error:
        raise OperationsError(
            f"{where} is not JSON: {error}", "it should be what pulumi stack output --json prints"
        ) from None
    if not isinstance(content, dict):
        raise OperationsError(f"{where} holds no outputs by name, but {text.strip()[:40]!r}")
    return cast("Mapping[str, object]", content)


def _without_encrypted(value: object) -> object:
    if isinstance(value, dict):
        given = cast("dict[str, object]", value)
        if set(given) == {"secure"}:
            return _ENCRYPTED
        return {key: _without_encrypted(inner) for key, inner in given.items()}
    if isinstance(value, list):
        return [_without_encrypted(inner) for inner in cast("list[object]", value)]
    return value
