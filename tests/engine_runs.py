"""A Pulumi program written in a test, run on the real engine in a project and a stack of its own."""

import shutil
from pathlib import Path
from typing import Any

import yaml

from rehearsal import stacks
from rehearsal.engine import Engine, Outcome
from rehearsal.engine.checkpoint import Checkpoint, Resource
from rehearsal.engine.recovery import recover
from rehearsal.paths import StackPaths
from tests.programs import write_program

#: No engine command of a test may take longer: a plugin that does not end would hold the engine for ever.
LIMIT_SECONDS = 120.0


class EngineRun:
    """Every command fails the test unless it ends as expected, and returns what the engine told (an Outcome)."""

    def __init__(
        self,
        directory: Path,
        stack: str,
        program: str,
        *,
        config: dict[str, Any] | None = None,
        emulators: StackPaths | None = None,
        limit: float = LIMIT_SECONDS,
    ) -> None:
        self.directory = directory
        self.limit = limit
        directory.mkdir(parents=True)
        (directory / "Pulumi.yaml").write_text("name: lifeline\nruntime: python\n")
        (directory / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({"config": config or {}}))
        self.engine = Engine(StackPaths.of(stack), directory)
        self.stack = self.engine.stack
        self.write(program)
        stacks.prepare(stacks.read(stack, directory), self.engine)
        if emulators:
            shutil.copy(emulators.endpoints, self.stack.endpoints)

    @property
    def checkpoint(self) -> Checkpoint:
        return Checkpoint("lifeline", self.stack.stack)

    def write(self, program: str) -> "EngineRun":
        """Change the program."""
        write_program(self.directory, program)
        return self

    def preview(self, *arguments: str, fails: bool = False) -> Outcome:
        return self.operate("preview", *arguments, fails=fails)

    def up(self, *arguments: str, fails: bool = False, preview: bool = False) -> Outcome:
        """Recovers first, as `make up` does; without a preview unless asked."""
        recover(self.checkpoint)
        return self.operate("up", *([] if preview else ["--skip-preview"]), *arguments, fails=fails)

    def refresh(self, *arguments: str, fails: bool = False) -> Outcome:
        return self.operate("refresh", "--skip-preview", *arguments, fails=fails)

    def destroy(self, *arguments: str, fails: bool = False) -> Outcome:
        return self.operate("destroy", "--skip-preview", *arguments, fails=fails)

    def import_(self, type: str, name: str, id: str, *arguments: str, fails: bool = False) -> Outcome:
        """Brings an existing resource into the state; unprotected, so that a later destroy may delete it."""
        options = ["--generate-code=false", "--skip-preview", "--protect=false"]
        return self.operate("import", type, name, id, *options, *arguments, fails=fails)

    def operate(self, command: str, *arguments: str, fails: bool = False) -> Outcome:
        outcome = self.engine.operate(command, *arguments, limit=self.limit)
        expected = "fail" if fails else "succeed"
        assert outcome.succeeded is not fails, f"{command} was to {expected}, but:\n{outcome.text}"
        return outcome

    def outputs(self, secrets: bool = True) -> dict[str, Any]:
        return self.engine.outputs(secrets)

    def export_state(self) -> dict[str, Any]:
        return self.engine.export_state()

    def resources(self, type: str | None = None) -> list[Resource]:
        """As the state has them, providers and the stack left out."""
        return [
            resource
            for resource in self.checkpoint.resources()
            if (resource["type"] == type if type else not resource["type"].startswith("pulumi:"))
        ]
