"""What the policy pack adds to the preview of the largest stack: with it and without, in turns, compared as a ratio.

`make prove ONLY=policy_share` writes docs/measured/policies.md.
"""

import statistics
from pathlib import Path

import pytest

from tests.campaigns import figures
from tests.campaigns.test_stacks import run

pytestmark = [pytest.mark.campaign, pytest.mark.engine, pytest.mark.timeout(7200)]
LARGEST = "prod"
TURNS = 5
MOST = 1.25


def test_policy_share(tmp_path: Path) -> None:
    took: dict[str, list[float]] = {"preview": [], "policy": []}
    try:
        run(tmp_path, "preview", LARGEST)  # what is made once (workspace, emulators, caches) counts for neither
        for _ in range(TURNS):
            for command, seconds in took.items():
                seconds.append(run(tmp_path, command, LARGEST)[1])
    finally:
        run(tmp_path, "clean")
    without, beside = (statistics.median(took[each]) for each in ("preview", "policy"))
    figures.write(
        "policies",
        "What the policy pack adds to a preview",
        "\n".join(
            [
                f"`{LARGEST}`, the largest stack: {TURNS} previews without the pack and {TURNS} with it; medians.",
                "",
                "| | seconds |",
                "|---|---|",
                f"| preview | {without:.1f} |",
                f"| preview under the pack, with its reports | {beside:.1f} |",
                f"| ratio (at most {MOST}) | {beside / without:.2f} |",
            ]
        ),
    )
    assert beside / without <= MOST
