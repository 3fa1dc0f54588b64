"""What makes an everyday easier is as true as the rest: hooks, editor, container, changelog, licence."""

import ast
import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from rehearsal.paths import PROJECT

HOOKS = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]


def test_the_hooks_are_programs_of_the_pinned_environment() -> None:
    """Nothing is fetched, so that a hook and `make lint` never disagree."""
    makefile = (PROJECT / "Makefile").read_text()
    for hook in HOOKS:
        program, *words = hook["entry"].split()
        assert hook["language"] == "system"
        assert (PROJECT / program).exists(), program
        assert f"$(VENV)/bin/{Path(program).name} {words[0] if words else ''}".strip() in makefile


@pytest.mark.parametrize(
    "hook", [each for each in HOOKS if each.get("pass_filenames", True)], ids=lambda each: each["id"]
)
def test_a_hook_finds_what_it_is_for(hook: dict[str, str], tmp_path: Path) -> None:
    bad = {"format": "x = {  'a':1 }\n", "style": "import os\n"}[hook["id"]]
    for text, well in ((bad, False), ('"""Nothing."""\n', True)):
        file = tmp_path / "file.py"
        file.write_text(text)
        done = subprocess.run([*hook["entry"].split(), str(file)], cwd=PROJECT, capture_output=True, text=True)
        assert (done.returncode == 0 and file.read_text() == text) is well, done.stdout + done.stderr


def test_make_without_a_target_lists_every_target() -> None:
    makefile = (PROJECT / "Makefile").read_text()
    listed = subprocess.run(["make"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert targets
    for target in targets[1].split():
        assert re.search(rf"^  make {target}\s+\S", listed, re.MULTILINE), target


def test_the_editor_reads_its_settings() -> None:
    for file in (".vscode/settings.json", ".vscode/extensions.json", ".devcontainer/devcontainer.json"):
        json.loads((PROJECT / file).read_text())
    settings = json.loads((PROJECT / ".vscode/settings.json").read_text())
    assert settings["python.defaultInterpreterPath"] == "${workspaceFolder}/.venv/bin/python"
    pyproject = (PROJECT / "pyproject.toml").read_text()
    (line_length,) = re.findall(r"^line-length = (\d+)", pyproject, re.MULTILINE)
    assert settings["[python]"]["editor.rulers"] == [int(line_length)]
    assert f"max_line_length = {line_length}" in (PROJECT / ".editorconfig").read_text()


def test_files_are_as_the_editor_would_leave_them() -> None:
    """What .editorconfig asks of every file, asked of those that git knows."""
    known = subprocess.run(
        ["git", "ls-files", "-z", "*.py", "*.yaml", "*.yml", "*.toml", "*.json", "*.md", "Makefile"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    wrong = []
    for name in filter(None, known.stdout.split("\0")):
        file = PROJECT / name
        if not file.exists():
            continue
        text = file.read_bytes()
        if b"\r\n" in text or (text and not text.endswith(b"\n")):
            wrong.append(name)
    assert wrong == []


def test_the_container_has_what_the_tests_would_install() -> None:
    dockerfile = (PROJECT / ".devcontainer/Dockerfile").read_text()
    wanted = set()
    for file in (PROJECT / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and _debian(node):
                texts = [*node.args, *(each.value for each in node.keywords)]
                named = {each.value for each in texts if isinstance(each, ast.Constant)}
                wanted |= {each for each in named if isinstance(each, str)}
    programs = {"redis-server", "haproxy", "chromium"}
    assert programs <= wanted
    words = set(re.findall(r"[a-z0-9-]+", dockerfile))
    assert {each for each in wanted if each not in words and not _only_a_program(each)} == set()


def _debian(node: ast.Call) -> bool:
    function = node.func
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == "debian_packages"
    )


def _only_a_program(name: str) -> bool:
    """Programs are named beside the package that brings them."""
    return name in {"nsd", "prometheus-blackbox-exporter"}


def test_images_of_the_container_have_a_version() -> None:
    dockerfile = (PROJECT / ".devcontainer/Dockerfile").read_text()
    images = re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)
    assert images
    assert all(re.search(r":\d+\.\d+", image) for image in images)
    assert "python:3.11-bookworm" in images


def test_the_changelog_has_the_form_it_names() -> None:
    text = (PROJECT / "CHANGELOG.md").read_text()
    sections = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert sections[0] == "Unreleased"
    assert all(re.fullmatch(r"\d+\.\d+\.\d+ - \d{4}-\d\d-\d\d", each) for each in sections[1:])
    kinds = re.findall(r"^### (.+)$", text, re.MULTILINE)
    assert set(kinds) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_the_licence_is_the_one_that_is_named() -> None:
    text = (PROJECT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert 'license = "Apache-2.0"' in (PROJECT / "pyproject.toml").read_text()
