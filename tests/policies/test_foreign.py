"""A stack of somebody who uses nothing of ours: written badly it gets what it deserves, written well it gets nothing.

Plain resources of pulumi-aws and pulumi-kubernetes, previewed by the real engine, which knows neither cluster nor
account. What each finding is for is in golden/foreign.txt: read it as a review of foreign/badly/__main__.py.
"""

import json
import shutil
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from policies import reports
from rehearsal import paths, plugins, toolchain
from rehearsal.console import Silent
from tests.engine_runs import EngineRun
from tests.policies import golden_files

pytestmark = pytest.mark.engine
HERE = Path(__file__).parent
Judge = Callable[[str], dict[str, Any]]


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Judge:
    """The pack's report on a program below foreign/. Its providers accept every type there is."""
    monkeypatch.setenv("LIFELINE_REHEARSAL", str(tmp_path / "workspace"))
    monkeypatch.setenv(reports.VARIABLE, str(tmp_path / "reports"))
    plugins.assemble(toolchain.ensure(Silent(), ["pulumi"])["pulumi"])
    for package in ("aws", "kubernetes"):
        version = metadata.version(f"pulumi-{package}")
        command = [sys.executable, str(HERE / "accepting_provider.py"), package, version]
        plugins.install_provider(package, version, command)

    def report(name: str) -> dict[str, Any]:
        program = HERE / "foreign" / name
        run = EngineRun(tmp_path / name, "foreign", (program / "__main__.py").read_text())
        for module in program.glob("[a-z]*.py"):
            shutil.copy(module, run.directory)
        outcome = run.engine.operate("preview", "--policy-pack", str(paths.PROJECT / "policies"), limit=240)
        assert (tmp_path / "reports" / "report.json").exists(), outcome.text
        return json.loads((tmp_path / "reports" / "report.json").read_text())

    return report


def failures(report: dict[str, Any]) -> set[str]:
    """`LL-ENC-001 orders: storageEncrypted`, and which rules say the same."""
    return {
        f"{each['rule']} {_name(problem['culprit']) or each['resource']}: {problem['path'] or 'something is missing'}"
        + (f" (also {', '.join(each['also'])})" if each["also"] else "")
        for each in report["findings"]
        if each["verdict"] == "fail" and not each["toldBy"]
        for problem in each["problems"]
    }


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]


def test_written_badly_it_gets_what_it_deserves(judge: Judge) -> None:
    found = failures(judge("badly"))
    assert found == golden_files.lines("foreign.txt", found)


def test_written_well_it_gets_nothing(judge: Judge) -> None:
    report = judge("well")
    assert failures(report) == set()
    assert report["counts"].keys() == {"pass", "not applicable"}
    assert report["counts"]["pass"] > 300
