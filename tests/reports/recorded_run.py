"""Previews of the small platform on the real engine, and where their events are kept.

    LIFELINE_UPDATE_GOLDEN=1 make prove ONLY=recorded_previews

writes events and reports anew.
"""

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import yaml

from rehearsal import stacks
from rehearsal.engine import Outcome
from tests.engine_runs import EngineRun
from tests.reports.program import CHANGES, STANDING

HERE = Path(__file__).parent
RECORDED = HERE / "recorded"
FIRST = "first-creation"
NAMES = (FIRST, *CHANGES)
#: Steps before and after what is said of each resource say nothing that a report reads.
_READ = ("preludeEvent", "resourcePreEvent", "diagnosticEvent", "policyEvent", "summaryEvent")


def config(**changes: str) -> dict[str, str]:
    return {"aws:region": "us-east-1", **{f"small:{key}": value for key, value in {**STANDING, **changes}.items()}}


def previews(run: EngineRun, *wanted: str) -> Iterator[tuple[str, Outcome]]:
    """The wanted ones, after which the stack stands unchanged: their names with how they ended."""
    if FIRST in wanted:
        yield FIRST, run.preview()
    run.up()
    for name in wanted:
        if name != FIRST:
            yield name, _preview(run, CHANGES[name])


def _preview(run: EngineRun, changes: dict[str, str] | None) -> Outcome:
    if changes is None:
        return run.operate("destroy", "--preview-only")
    (run.directory / f"Pulumi.{run.stack.stack}.yaml").write_text(yaml.safe_dump({"config": config(**changes)}))
    stacks.prepare(stacks.read(run.stack.stack, run.directory), run.engine)
    return run.preview()


def events_of(run: EngineRun, name: str) -> Path:
    """The event log of the preview that was made last."""
    return run.stack.logs / f"engine-{'destroy' if CHANGES.get(name, {}) is None else 'preview'}.events.jsonl"


def keep(name: str, events: Path) -> None:
    """Packed, and the same bytes for the same events."""
    told = [line for line in events.read_text().splitlines(keepends=True) if any(kind in line for kind in _READ)]
    RECORDED.mkdir(exist_ok=True)
    (RECORDED / f"{name}.jsonl.gz").write_bytes(gzip.compress("".join(told).encode(), 9, mtime=0))


def unpacked(name: str, directory: Path) -> Path:
    file = directory / f"{name}.jsonl"
    with gzip.open(RECORDED / f"{name}.jsonl.gz") as packed, file.open("wb") as target:
        shutil.copyfileobj(packed, target)
    return file


def events(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in gzip.open(RECORDED / f"{name}.jsonl.gz", "rt")]
