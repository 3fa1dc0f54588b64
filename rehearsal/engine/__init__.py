"""The real Pulumi engine, run on a rehearsal's own home, state and passphrase."""

from rehearsal.engine.events import Operation, Story, Told, Violation
from rehearsal.engine.run import Engine, Interrupted, Outcome

__all__ = ["Engine", "Interrupted", "Operation", "Outcome", "Story", "Told", "Violation"]
