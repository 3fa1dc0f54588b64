"""What is installed in this virtual environment, as the engine asks for it."""

import json
import re
import sysconfig
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path


@dataclass(frozen=True)
class Package:
    """A provider the program may use (name of its plugin), or a Python distribution."""

    name: str
    version: str
    server: str = ""


def providers() -> list[Package]:
    """Provider SDKs: every installed package that carries a pulumi-plugin.json of a resource plugin."""
    found: list[Package] = []
    for description in sorted(Path(sysconfig.get_path("purelib")).glob("*/pulumi-plugin.json")):
        plugin = json.loads(description.read_text())
        if not plugin.get("resource"):
            continue
        name = plugin.get("name") or description.parent.name.removeprefix("pulumi_")
        version = plugin.get("version") or metadata.version(description.parent.name.replace("_", "-"))
        found.append(Package(name, version, plugin.get("server") or ""))
    return found


def distributions(transitive: bool) -> list[Package]:
    """Installed distributions; without `transitive` only those that no other one requires."""
    installed = {_canonical(d.metadata["Name"]): d for d in metadata.distributions()}
    required = {
        _canonical(match.group())
        for distribution in installed.values()
        for requirement in distribution.requires or []
        if "extra ==" not in requirement and (match := re.match(r"[A-Za-z0-9._-]+", requirement))
    }
    return [
        Package(name, distribution.version)
        for name, distribution in sorted(installed.items())
        if transitive or name not in required
    ]


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
