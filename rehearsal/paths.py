"""Where the rehearsal keeps things: one place, so that `down` and `clean` know all of it."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent

#: Environment variable by which the plugins of an engine run find their stack's rehearsal.
STACK_DIRECTORY_VARIABLE = "LIFELINE_REHEARSAL_STACK"


def workspace() -> Path:
    """The rehearsal of this checkout; tests move it with LIFELINE_REHEARSAL."""
    return Path(os.environ.get("LIFELINE_REHEARSAL") or PROJECT / ".rehearsal")


def cache() -> Path:
    """Downloaded and built tools, shared by all checkouts of a user; moved with LIFELINE_CACHE."""
    if chosen := os.environ.get("LIFELINE_CACHE"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lifeline"


def engine_home() -> Path:
    """PULUMI_HOME of the rehearsal: credentials, plugins, nothing of the user's own."""
    return workspace() / "home"


def engine_state() -> Path:
    """The file backend: state and locks of the rehearsed stacks."""
    return workspace() / "state"


def binaries() -> Path:
    """The directory with the engine and, beside it, the language host it is to find."""
    return workspace() / "bin"


@dataclass(frozen=True)
class StackPaths:
    """Everything that belongs to one rehearsed stack."""

    root: Path

    @classmethod
    def of(cls, stack: str) -> "StackPaths":
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", stack):
            raise ValueError(f"{stack!r} cannot be the name of a stack")
        return cls(workspace() / "stacks" / stack)

    @classmethod
    def of_this_process(cls) -> "StackPaths":
        """For plugins: the stack whose engine started this process."""
        directory = os.environ.get(STACK_DIRECTORY_VARIABLE)
        if not directory:
            raise LookupError(
                f"{STACK_DIRECTORY_VARIABLE} is not set: rehearsal plugins run only under `make up` "
                'and its sisters, or after eval "$(make -s env)"'
            )
        return cls(Path(directory))

    @property
    def stack(self) -> str:
        return self.root.name

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def processes(self) -> Path:
        """Which processes were started for this stack (pid, start time, port)."""
        return self.root / "processes.json"

    @property
    def endpoints(self) -> Path:
        """Where the emulators answer; written by processes/, read by providers/."""
        return self.root / "endpoints.json"

    @property
    def ledger(self) -> Path:
        """What the AWS provider created, written before the engine knows: see providers/ledger.py."""
        return self.root / "ledger.jsonl"

    @property
    def checked(self) -> Path:
        """AWS resources of the latest engine run, for the second witness: see witness/record.py."""
        return self.root / "checked.jsonl"

    @property
    def config(self) -> Path:
        """The stack file as the engine reads it, encrypted values replaced by generated ones."""
        return self.root / f"Pulumi.{self.stack}.yaml"
