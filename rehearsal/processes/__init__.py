"""A stack's emulators: an AWS account (moto) and a Kubernetes API, as processes that outlive the command."""

from rehearsal.processes.lifecycle import Started, Stopped, confirm_state, ensure_running, stop
from rehearsal.processes.records import Continuity
from rehearsal.processes.status import ProcessHealth, health

__all__ = ["Continuity", "ProcessHealth", "Started", "Stopped", "confirm_state", "ensure_running", "health", "stop"]
