"""The engine's state file of one stack: found, mended after a kill, cleared of what no longer exists."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rehearsal import paths

Resource = dict[str, Any]
#: Names under which AWS keeps clusters, balancers, databases and log groups from being deleted.
_DELETION_GUARDS = ("deletionProtection", "enableDeletionProtection", "deletionProtectionEnabled")


class Checkpoint:
    """Read and replaced as a whole, as the engine does."""

    def __init__(self, project: str, stack: str) -> None:
        self.file = paths.engine_state() / ".pulumi" / "stacks" / project / f"{stack}.json"
        self.locks = paths.engine_state() / ".pulumi" / "locks" / "organization" / project / stack

    def exists(self) -> bool:
        return self.file.exists()

    def resources(self) -> list[Resource]:
        return (self._latest(self._read()) or {}).get("resources") or []

    def mend(self) -> str | None:
        """Put the engine's own backup in the place of a state that cannot be read; says so."""
        if not self.exists() or _readable(self.file):
            return None
        backup = self.file.with_name(self.file.name + ".bak")
        if _readable(backup):
            self._replace(json.loads(backup.read_text()))
            return "the state was damaged; went back to the engine's backup of it"
        self.file.unlink()
        return "the state was damaged beyond repair; starting over"

    def clear_pending(self) -> list[str]:
        """Drop the record of operations that a kill cut off; names them.

        A creation cut off is adopted by the provider at the next one; anything else shows as a difference then.
        """
        content = self._read()
        latest = self._latest(content)
        pending = (latest or {}).get("pending_operations") or []
        if latest and pending:
            latest.pop("pending_operations")
            self._replace(content)
        return [f"{p['type']} {p['resource']['urn'].rsplit('::', 1)[-1]}" for p in pending]

    def unprotect(self) -> int:
        """Let a destroy delete everything: what protects production must not keep a rehearsal from ending."""
        content = self._read()
        resources = (self._latest(content) or {}).get("resources") or []
        protected = [r for r in resources if r.get("protect") or _guards(r)]
        for resource in protected:
            resource.pop("protect", None)
            for properties, name in _guards(resource):
                properties[name] = False
        if protected:
            self._replace(content)
        return len(protected)

    def remove(self) -> None:
        """The state of the stack with the engine's backups, history and locks of it."""
        bookkeeping = paths.engine_state() / ".pulumi"
        for kind in ("backups", "history", "locks/organization"):
            shutil.rmtree(bookkeeping / kind / self.file.parent.name / self.file.stem, ignore_errors=True)
        for file in self.file.parent.glob(f"{self.file.stem}.json*"):
            file.unlink()
        for file in self.file.parent.glob(f"{self.file.stem}.pulumi-tags*"):
            file.unlink()

    def forget(self, is_gone: Callable[[Resource], bool]) -> int:
        """Drop resources that no longer exist, with what lies under them, and every mention of them."""
        content = self._read()
        latest = self._latest(content)
        resources: list[Resource] = (latest or {}).get("resources") or []
        gone: set[str] = set()
        for resource in resources:  # parents come first in a state
            if is_gone(resource) or resource.get("parent") in gone:
                gone.add(resource["urn"])
        if not latest or not gone:
            return 0
        kept = [resource for resource in resources if resource["urn"] not in gone]
        for resource in kept:
            _forget_mentions(resource, gone)
        latest["resources"] = kept
        self._replace(content)
        return len(resources) - len(kept)

    def _read(self) -> dict[str, Any]:
        return json.loads(self.file.read_text())

    @staticmethod
    def _latest(content: dict[str, Any]) -> dict[str, Any] | None:
        return (content.get("checkpoint") or {}).get("latest")

    def _replace(self, content: dict[str, Any]) -> None:
        handle, temporary = tempfile.mkstemp(dir=self.file.parent, prefix=".mended-")
        with os.fdopen(handle, "w") as file:
            json.dump(content, file, separators=(",", ":"))
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(self.file)


def _guards(resource: Resource) -> list[tuple[dict[str, Any], str]]:
    """AWS's own protection against deletion, wherever the resource has it switched on."""
    held = (resource.get("inputs") or {}, resource.get("outputs") or {})
    return [(properties, name) for properties in held for name in _DELETION_GUARDS if properties.get(name) is True]


def _forget_mentions(resource: Resource, gone: set[str]) -> None:
    if "dependencies" in resource:
        resource["dependencies"] = [urn for urn in resource["dependencies"] or [] if urn not in gone]
    for name, urns in (resource.get("propertyDependencies") or {}).items():
        resource["propertyDependencies"][name] = [urn for urn in urns or [] if urn not in gone]
    if resource.get("deletedWith") in gone:
        resource.pop("deletedWith")
    if "replaceWith" in resource:
        resource["replaceWith"] = [urn for urn in resource["replaceWith"] or [] if urn not in gone]


def _readable(file: Path) -> bool:
    try:
        return isinstance(json.loads(file.read_text()).get("checkpoint"), dict)
    except (OSError, ValueError, AttributeError):
        return False
