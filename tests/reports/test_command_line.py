"""`python -m reports`: what a pipeline calls, and what its exit code says."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rehearsal import paths
from reports.__main__ import main
from tests.reports.made import judged, log, said, same, step
from tests.reports.recorded_run import unpacked

VPC = same("aws:ec2/vpc:Vpc", "main")
LOST = step("delete", "aws:s3/bucket:Bucket", "backups", {"bucket": "b"})
URN = "urn:pulumi:made::lifeline::aws:ec2/vpc:Vpc::main"


def written(directory: Path, *steps: dict[str, Any], **options: Any) -> str:
    file = directory / "events.jsonl"
    file.write_text("".join(f"{json.dumps(each)}\n" for each in log(*steps, **options)))
    return str(file)


def test_what_may_be_done_ends_with_0_and_leaves_every_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    forms = {form: tmp_path / f"report.{form}" for form in ("markdown", "html", "terminal")}
    assert (
        main([written(tmp_path, VPC), *(part for name, file in forms.items() for part in (f"--{name}", str(file)))])
        == 0
    )
    printed = capsys.readouterr().out
    assert printed.startswith("Preview of made\n✓ Nothing changes\n")
    assert forms["terminal"].read_text() == printed
    assert all("Preview of made" in file.read_text() for file in forms.values())


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ((LOST,), "1 loss of data is not acknowledged"),
        ((VPC, judged("LL-FWL-001", "mandatory", "described\nopen", URN)), "1 finding of mandatory policies"),
        ((VPC, said("error", "no such region")), "the preview failed"),
    ],
    ids=["loss", "policy", "failure"],
)
def test_what_must_not_be_done_ends_with_1(
    steps: tuple[dict[str, Any], ...], why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([written(tmp_path, *steps)]) == 1
    assert f"✗ Not allowed: {why}" in capsys.readouterr().out


def test_an_advisory_finding_is_told_and_allowed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([written(tmp_path, VPC, judged("LL-X-001", "advisory", "described\nsmall", URN))]) == 0
    assert "LL-X-001" in capsys.readouterr().out


def test_a_report_of_the_pack_itself_is_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem = {"path": "fromPort", "expected": "closed", "found": "22", "culprit": ""}
    finding = {
        "rule": "LL-FWL-001",
        "urn": URN,
        "resource": "main",
        "type": "",
        "verdict": "fail",
        "level": "mandatory",
    }
    report = {
        "rules": [{"id": "LL-FWL-001", "title": "No SSH", "fix": "take it out"}],
        "findings": [{**finding, "stops": True, "reason": "", "problems": [problem]}],
        "complaints": [],
        "counts": {"fail": 1, "pass": 304},
    }
    file = tmp_path / "report.json"
    file.write_text(json.dumps(report))
    assert main([written(tmp_path, VPC), "--policies", str(file)]) == 1
    printed = capsys.readouterr().out
    assert "1 mandatory finding, 0 advisory (1 rules: 1 fail, 304 pass)" in printed
    assert "No SSH: fromPort: expected closed, found 22. Fix: take it out" in printed


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "cannot be read"),
        ("not JSON\n", "has a line that is no JSON"),
        ('{"a": 1}\n', "holds no events of the engine"),
    ],
)
def test_what_is_no_preview_ends_with_2_and_the_next_step(
    content: str | None, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "events.jsonl"
    if content is not None:
        file.write_text(content)
    assert main([str(file)]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert "pulumi preview --json" in error


@pytest.mark.parametrize("option", ["--before", "--policies"])
def test_a_broken_companion_file_ends_with_2(option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{}")
    assert main([written(tmp_path, VPC), option, str(broken)]) == 2
    assert str(broken) in capsys.readouterr().err


def test_it_needs_no_engine_and_no_provider(tmp_path: Path) -> None:
    """A pipeline calls it with nothing but Python, PyYAML and this project."""
    events = unpacked("image-bump", tmp_path)
    unwanted = ("pulumi", "grpc", "rehearsal", "components")
    program = (
        f"import sys; from reports.__main__ import main; code = main([{str(events)!r}]); "
        f"sys.exit(code or any(name.split('.')[0] in {unwanted} for name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=paths.PROJECT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "rolling: api-deployment" in done.stdout
