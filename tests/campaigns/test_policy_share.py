"""What the policy pack adds to a rehearsal's preview of the largest stack: with it and without, in turns, as a ratio.

`make prove ONLY=policy_share` writes docs/measured/policies.md. Processor time stands beside the clock, because other
work on the machine does not change it.
"""

import resource
import statistics
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.campaigns import figures
from tests.campaigns.test_stacks import run

pytestmark = [pytest.mark.campaign, pytest.mark.engine, pytest.mark.timeout(7200)]
LARGEST = "prod"
TURNS = 4
MOST = 1.25


@dataclass
class Taken:
    """Seconds of one way to preview, turn by turn: on the clock, and of processors in all its processes."""

    arguments: tuple[str, ...]
    clock: list[float] = field(default_factory=list[float])
    processors: list[float] = field(default_factory=list[float])

    def once_more(self, workspace: Path) -> None:
        before = _processors()
        self.clock.append(run(workspace, "preview", LARGEST, *self.arguments)[1])
        self.processors.append(_processors() - before)


def _processors() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def test_policy_share(tmp_path: Path) -> None:
    without, judged = Taken(("--no-policy",)), Taken(())
    try:
        run(tmp_path, "preview", LARGEST)  # what is made once (workspace, emulators, caches) counts for neither
        for _ in range(TURNS):
            without.once_more(tmp_path)
            judged.once_more(tmp_path)
    finally:
        run(tmp_path, "clean")
    rows = [
        _row("on the clock", without.clock, judged.clock),
        _row("of processors", without.processors, judged.processors),
    ]
    figures.write(
        "policies",
        "What the policy pack adds to a preview",
        "\n".join(
            [
                f"`{LARGEST}`, the largest stack: {TURNS} previews without the pack and {TURNS} with it and all its",
                f"reports, in turns. Medians; the ratio is that of each pair, at most {MOST}.",
                "",
                "| seconds | without | with | ratio |",
                "|---|---|---|---|",
                *(told for told, _ in rows),
            ]
        ),
    )
    assert [ratio for _, ratio in rows if ratio > MOST] == []


def _row(name: str, without: list[float], judged: list[float]) -> tuple[str, float]:
    ratio = statistics.median(more / less for less, more in zip(without, judged, strict=True))
    return f"| {name} | {statistics.median(without):.1f} | {statistics.median(judged):.1f} | {ratio:.2f} |", ratio
