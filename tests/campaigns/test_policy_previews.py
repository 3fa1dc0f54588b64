"""Every committed stack previewed by the real engine under the policy pack: nothing fails, nothing critical stays open.

`make prove ONLY=policy_previews` writes docs/measured/policy_previews.md.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.campaigns import figures
from tests.campaigns.test_stacks import run
from tests.components.recording import STACKS

pytestmark = [pytest.mark.campaign, pytest.mark.engine, pytest.mark.timeout(7200)]


def previewed(stack: str, workspace: Path) -> dict[str, Any]:
    try:
        run(workspace, "policy", stack)
        (report,) = workspace.rglob("policy/report.json")
        return json.loads(report.read_text())
    finally:
        run(workspace, "clean")


def test_policy_previews(tmp_path: Path) -> None:
    lines: list[str] = []
    wrong: list[str] = []
    for stack in STACKS:
        report = previewed(stack, tmp_path / stack)
        severity = {rule["id"]: rule["severity"] for rule in report["rules"]}
        counts = Counter(each["verdict"] for each in report["findings"])
        blind = [
            each for each in report["findings"] if each["verdict"] == "unknown" and severity[each["rule"]] == "critical"
        ]
        failed = [each for each in report["findings"] if each["verdict"] in ("fail", "broken")]
        wrong += [f"{stack}: {each['verdict']} {each['rule']} {each['resource']}" for each in (*failed, *blind)]
        verdicts = (counts[each] for each in ("pass", "fail", "waived", "unknown"))
        lines.append(f"| {stack} | {' | '.join(map(str, verdicts))} | {len(blind)} |")
    head = ["| stack | pass | fail | waived | unknown | of those critical |", "|---" * 6 + "|"]
    figures.write("policy_previews", "First previews under the policy pack", "\n".join([*head, *lines]))
    assert wrong == []
