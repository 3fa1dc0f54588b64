"""What bash offers after `eval "$(make -s completion)"`, asked of a real bash."""

import subprocess
import sys

import pytest

from rehearsal.paths import PROJECT


def offered(function: str, *words: str) -> list[str]:
    script = (
        'eval "$("$PYTHON" -m operations completion)"\n'
        "compopt() { :; }\n"  # it works during a real completion only
        f"COMP_WORDS=({' '.join(repr(word) for word in words)}); COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))\n"
        f'{function}; printf "%s\\n" "${{COMPREPLY[@]}}"\n'
    )
    environment = {"PYTHON": sys.executable, "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
    done = subprocess.run(
        ["bash", "-c", script], cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["make", "heal"], ["health"]),
        (["make", "up", "STACK", "=", "being"], ["being-prod", "being-staging"]),
        (["make", "up", "STACK", "="], "every stack"),
        (["make", "health", "STR"], ["STRICT="]),
        (["make", "up", "DIFF", "=", "x"], []),
    ],
)
def test_make(words: list[str], wanted: list[str] | str) -> None:
    if wanted == "every stack":
        wanted = sorted(file.name[len("Pulumi.") : -len(".yaml")] for file in PROJECT.glob("Pulumi.*.yaml"))
    assert sorted(offered("_lifeline_make", *words)) == wanted


def test_the_command_itself() -> None:
    assert offered("_lifeline_operations", "operations", "hea") == ["health"]
    assert "--rehearsal" in offered("_lifeline_operations", "operations", "health", "--reh")
