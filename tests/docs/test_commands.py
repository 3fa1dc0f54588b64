"""Every command in the pages is run by a test, or needs an environment and is held against what its program knows.

No command may be without a class: a new one that is none of these fails here, and says so.
"""

import ast
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml

from rehearsal import toolchain
from rehearsal.console import Silent
from rehearsal.paths import PROJECT
from rehearsal.toolchain.table import EVERY_TOOL
from tests.docs import understood
from tests.docs.pages import Command, blocks, commands, pages

#: Run here, from the project's directory; the same words wherever they are shown.
RUN_HERE = {
    "make",
    "make help",
    "make -s completion",
    "grep -rn 'Costs a month' components",
    "python -m systems list",
    "python -m systems requirements",
    "python -m systems show being",
    "python -m systems diff being",
    "python -m policies.document",
    "python -m rehearsal.providers.aws.table",
}
#: Run by another test, by how the command begins. Longer beginnings are looked at first.
RUN_BY = {
    "make up": "tests/newcomer/test_newcomer.py::test_the_first_hour",
    "make down": "tests/newcomer/test_newcomer.py::test_the_first_hour",
    "make status": "tests/newcomer/test_newcomer.py::test_the_first_hour",
    "make health": "tests/newcomer/test_newcomer.py::test_the_first_hour",
    "make policy": "tests/newcomer/test_newcomer.py::test_the_first_half_hour",
    "make preview": "tests/cli/test_life.py::test_preview_shows_operations_and_changes_nothing",
    "make outputs": "tests/cli/test_life.py::test_up_twice_look_at_it_and_down",
    "make logs": "tests/cli/test_life.py::test_up_twice_look_at_it_and_down",
    "make env": "tests/cli/test_life.py::test_after_make_env_the_plain_pulumi_works_on_the_rehearsal",
    "make -s env": "tests/cli/test_life.py::test_after_make_env_the_plain_pulumi_works_on_the_rehearsal",
    "sed -i.sound": "tests/newcomer/test_newcomer.py::test_the_first_half_hour",
    "mv components/aws/postgres.py.sound": "tests/newcomer/test_newcomer.py::test_the_first_half_hour",
    "make bootstrap": "tests/pipelines/test_state_store.py",
    "make -s backend": "tests/pipelines/test_delivery.py",
    "make plan": "tests/pipelines/test_delivery.py",
    "make drift": "tests/pipelines/test_delivery.py",
    "make evidence": "tests/pipelines/test_delivery.py",
    "make deploy": "tests/pipelines/test_delivery.py",
    "make gates": "tests/pipelines/test_gates.py",
    "make approvals": "tests/pipelines/test_gates.py",
    "make rollout": "tests/pipelines/test_release_steps.py",
    "make close": "tests/pipelines/test_release_steps.py",
    "make reopen": "tests/pipelines/test_release_steps.py",
    "make aftermath": "tests/pipelines/test_release_steps.py",
    "make keep": "tests/pipelines/test_delivery_roles.py",
    "python -m operations health": "tests/operations/test_health_command.py::test_a_sound_platform_as_json",
    "python -m operations state": "tests/pipelines/test_state_store.py",
    "python -m reports": "tests/reports/test_command_line.py",
    "python -m policies.check": "tests/policies/test_check.py",
    "python -m systems": "tests/systems/test_sixth_platform.py",
    "python -m rehearsal.providers.aws.table": "tests/docs/test_commands.py::test_what_costs_little_is_run",
    "python -m rendering.on_call": "tests/rendering/test_on_call.py",
    "python -m reference_application": "tests/reference/test_reference_application.py",
    "pre-commit install": "tests/docs/test_conveniences.py::test_the_hooks_are_programs_of_the_pinned_environment",
}
#: What a test run is itself: these run everything above.
THE_TESTS_THEMSELVES = ("make test", "make lint", "make prove", "make bench")
#: They change what a whole machine keeps, or need the internet: tests/toolchain and tests/cli try their parts.
OF_THE_MACHINE = ("make tools", "make clean", "make lock")
#: Programs of the system, the reader's own or the functions that a page defines: nothing of ours that could change.
OF_THE_SYSTEM = {"cd", "eval", "export", "grep", "head", "tail", "sort", "date", "dig", "psql", "promtool", "traffic"}
OF_THE_SYSTEM |= {"git", "cat", "jq", "sleep", "gh", "tar"}
_MODULE_HELP = ("operations", "rehearsal", "systems", "reports")


@cache
def every_command() -> tuple[Command, ...]:
    return tuple(each for page in pages() for each in commands(page))


def of_program(name: str) -> list[Command]:
    return [each for each in every_command() if each.program == name]


def written(each: Command) -> str:
    return " ".join(f"'{word}'" if " " in word else word for word in each.words)


def test_there_are_commands_to_look_at() -> None:
    found = {each.program for each in every_command()}
    assert {"make", "python", "pulumi", "aws", "kubectl", "ask"} <= found
    assert len(every_command()) > 300


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(PROJECT).as_posix())
def test_every_block_is_shell(page: Path) -> None:
    for text in blocks(page):
        asked = subprocess.run(["bash", "-n"], input=_filled(text), capture_output=True, text=True)
        assert asked.returncode == 0, f"{text}\n{asked.stderr}"


def _filled(text: str) -> str:
    return re.sub(r"<([A-Za-z][\w .'-]*)>", "PLACEHOLDER", text)


def test_no_command_is_without_a_class() -> None:
    checked = {"aws", "kubectl", "ask", "curl", "pulumi", "amtool"}
    lost = [
        str(each)
        for each in every_command()
        if each.program not in checked
        and each.program not in OF_THE_SYSTEM
        and written(each) not in RUN_HERE
        and not written(each).startswith(tuple(RUN_BY) + THE_TESTS_THEMSELVES + OF_THE_MACHINE)
    ]
    assert lost == [], "say in this file which test runs each of these, or run it here"


@pytest.mark.parametrize("command", sorted(RUN_HERE))
def test_what_costs_little_is_run(command: str) -> None:
    """From where a reader stands: with the project's own Python in front."""
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=PROJECT,
        env={"PATH": path, "HOME": str(Path.home())},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize("test", sorted(set(RUN_BY.values())))
def test_tests_that_are_said_to_run_a_command_exist(test: str) -> None:
    file, _, name = test.partition("::")
    tree = ast.parse((PROJECT / file).read_text())
    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert (name in functions) if name else any(each.startswith("test_") for each in functions)


def test_targets_and_variables_of_make_exist() -> None:
    makefile = (PROJECT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    variables = set(re.findall(r"\$\((?:if \$\()?([A-Z]+)\)", makefile)) | {"STACK"}
    for each in of_program("make"):
        for word in each.words[1:]:
            name, given, _ = word.partition("=")
            assert word.startswith("-") or (name in variables if given else word in targets), str(each)


@pytest.mark.parametrize("command", sorted({written(each) for each in of_program("make")}))
def test_make_knows_what_to_do(command: str) -> None:
    """Up to running it: `make -n` reads, expands and prints the recipe."""
    words = ["make", "-n", *shlex.split(command)[1:]]
    told = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, timeout=600)
    assert told.returncode == 0, told.stderr
    assert ".venv/bin/" in told.stdout or "awk" in told.stdout


def test_stacks_exist_except_in_the_page_that_makes_one() -> None:
    there = {file.name[len("Pulumi.") : -len(".yaml")] for file in PROJECT.glob("Pulumi.*.yaml")}
    for each in every_command():
        named = [word.removeprefix("STACK=") for word in each.words if word.startswith("STACK=")]
        named += [each.words[index + 1] for index, word in enumerate(each.words) if word == "--stack"]
        if each.program in ("make", "pulumi"):
            unknown = {name for name in named if name not in there and not name.isupper()}  # <name> is the reader's
            assert all(name.startswith("quiet-room") for name in unknown), str(each)


@pytest.mark.parametrize("program", ["aws", "kubectl", "ask", "curl"])
def test_what_needs_an_environment_would_be_understood(program: str) -> None:
    found = of_program(program)
    assert found
    wrong = [f"{each}\n    {told}" for each in found for told in getattr(understood, program)(each.words)]
    assert wrong == []


@pytest.mark.parametrize("program", ["pulumi", "amtool"])
def test_what_the_real_programs_say_of_themselves_knows_every_option(program: str) -> None:
    binary = toolchain.ensure(Silent(), [program], tools=EVERY_TOOL)[program]
    wrong = [f"{each}\n    {told}" for each in of_program(program) for told in understood.by_help(binary, each.words)]
    assert wrong == []


def test_options_of_our_own_programs_exist() -> None:
    for each in of_program("python"):
        module = each.words[2]
        if module.partition(".")[0] not in _MODULE_HELP:
            continue
        subcommands = [word for word in each.words[3:] if re.fullmatch(r"[a-z]+", word)]
        depth = 2 if module == "operations" and subcommands[:1] == ["state"] else 1
        told = _help_of(module, *(subcommands[:depth] if "." not in module else ()))
        for option in (word.partition("=")[0] for word in each.words[3:] if word.startswith("--")):
            assert re.search(rf"(?<![\w-]){option}(?![\w-])", told), f"{each}: no option {option}\n{told}"


@cache
def _help_of(module: str, *subcommands: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, *subcommands, "--help"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=600,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "300", "NO_COLOR": "1", "TERM": "dumb"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_queries_can_be_read(tmp_path: Path) -> None:
    """By Prometheus itself."""
    queries = [each.words[1] for each in of_program("ask") if len(each.words) > 1]
    recorded = [{"record": f"asked:{number}", "expr": query} for number, query in enumerate(queries)]
    file = tmp_path / "asked.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "asked", "rules": recorded}]}))
    promtool = toolchain.ensure(Silent(), ["promtool"], tools=EVERY_TOOL)["promtool"]
    checked = subprocess.run([str(promtool), "check", "rules", str(file)], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr
