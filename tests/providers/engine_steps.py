"""What an engine run did, in terms short enough for an assertion."""

import json
from typing import Any

from rehearsal.engine import Outcome
from tests.engine_runs import EngineRun

_QUIET = ("same", "refresh", "read")


def steps(outcome: Outcome) -> dict[str, str]:
    """Resource name -> what was done to it; what stayed the same, stacks and providers are left out."""
    return {
        operation.urn.rsplit("::", 1)[-1]: operation.kind
        for operation in outcome.story.operations.values()
        if operation.kind not in _QUIET and not operation.type.startswith("pulumi:")
    }


def stays_as_it_is(run: EngineRun) -> None:
    """Neither another `up` nor a refresh finds anything to do."""
    for outcome in (run.up(), run.refresh(), run.preview()):
        assert steps(outcome) == {}, outcome.text


def written_anywhere(run: EngineRun, secret: str) -> list[str]:
    """The state and each file of the run (logs, events) in which the secret stands in clear."""
    found = [
        str(file)
        for file in run.stack.root.rglob("*")
        if file.is_file() and secret in file.read_text("utf-8", "replace")
    ]
    return found + (["state"] if json.dumps(secret)[1:-1] in json.dumps(run.export_state()) else [])


def state_of(run: EngineRun, name: str) -> dict[str, Any]:
    [resource] = [resource for resource in run.resources() if resource["urn"].endswith(f"::{name}")]
    return dict(resource)
