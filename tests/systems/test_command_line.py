"""`python -m systems` as a person runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import systems
from systems.registry import names

HOUSE = Path(systems.__file__).parent.parent


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "systems", *arguments]
    return subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, check=False, timeout=240)


def test_list_names_every_platform() -> None:
    lines = run("list").stdout.splitlines()
    assert [line.split()[0] for line in lines[2:]] == list(names())


def test_show_prints_values_under_their_headings_with_reasons() -> None:
    told = run("show", "astral-core-v2").stdout
    assert (
        "[astral-core-v2: Infrastructure Requirements > Hardware Specifications]\nhardware.minimum.cpu_cores = 8"
        in told
    )
    assert "application.workloads[astral-web].replicas = 3   # the troubleshooting section scales to app=3" in told
    assert "nodes.application = " in told
    assert (
        "crisis data, corruption: RPO 300 s by point-in-time restore: archive lag 300 = 300 s (conceded: SYS-09)"
        in told
    )


def test_show_json_is_complete() -> None:
    told = json.loads(run("show", "astral-core-v2", "--json", "--environment", "staging").stdout)
    assert told["system"]["environment"] == "staging"
    assert told["system"]["database"]["because"]["multi_az"].startswith("a standby doubles the price")
    assert told["system"]["load_balancer"]["source"] == (
        "astral-core-v2: Infrastructure Requirements > Production Architecture"
    )


def test_compare_shows_nothing_where_nothing_differs() -> None:
    told = run("compare", "astral-core-v2", "astral-core-v2").stdout.splitlines()
    assert len(told) == 2  # the head and the line below it


@pytest.mark.parametrize("arguments", [("show", "astral"), ("diff", "astral"), ("compare", "astral", "astral-core-v2")])
def test_an_unknown_system_is_answered_with_those_there_are(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 1
    assert done.stderr.startswith("there is no system 'astral'; there are ")
    assert "Traceback" not in done.stderr


def test_requirements_are_printed() -> None:
    assert run("requirements").stdout.startswith("# Requirements\n")
