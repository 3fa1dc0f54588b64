"""Every rule's failing case through the real engine: its own protocol, its own previews, its own policy host."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from policies import reports
from rehearsal import paths, plugins, toolchain
from rehearsal.console import Silent
from tests.engine_runs import EngineRun
from tests.policies.accepting_provider import VERSION
from tests.policies.batches import PROGRAM, Batch, as_json, batches, is_of, merged
from tests.policies.test_every_rule import CASES, RULES, told_in

pytestmark = pytest.mark.engine
PACK = paths.PROJECT / "policies"


@pytest.fixture
def run_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Batch], EngineRun]:
    """In a workspace of its own: the providers here accept anything, and no other test may meet them."""
    monkeypatch.setenv("LIFELINE_REHEARSAL", str(tmp_path / "workspace"))
    monkeypatch.setenv(reports.VARIABLE, str(tmp_path / "reports"))
    plugins.assemble(toolchain.ensure(Silent(), ["pulumi"])["pulumi"])
    for package in plugins.PROVIDERS:
        program = str(Path(__file__).with_name("accepting_provider.py"))
        plugins.install_provider(package, VERSION, [sys.executable, program, package, VERSION])

    def make(batch: Batch) -> EngineRun:
        number = len(list(tmp_path.glob("batch-*")))
        run = EngineRun(tmp_path / f"batch-{number}", f"cases-{number}", PROGRAM)
        (run.directory / "stack.json").write_text(as_json(merged(batch)))
        return run

    return make


def test_every_rule_fails_its_case_there_too(run_of: Callable[[Batch], EngineRun], tmp_path: Path) -> None:
    silent: list[str] = []
    cases = {id: CASES[id].failing[0] for id in sorted(RULES.keys() & CASES.keys())}
    for batch in batches(cases, RULES):
        outcome = run_of(batch).engine.operate("preview", "--policy-pack", str(PACK), limit=240)
        told = {
            (id, violation.urn)
            for violation in outcome.story.violations
            if "expected" in violation.text
            for id in told_in(violation.text)
        }
        silent += [id for id in batch if not any(each == id and is_of(urn, id) for each, urn in told)]
        assert not any("can't run policy" in violation.text for violation in outcome.story.violations)
        assert outcome.story.violations, outcome.text
    assert silent == []
    assert "LL-ENC-001" in (tmp_path / "reports" / "report.sarif").read_text()
