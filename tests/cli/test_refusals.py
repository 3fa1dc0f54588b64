"""Bad input: one clear error, exit code 1, nothing started."""

import pytest


@pytest.mark.parametrize("command", ["up", "preview", "down", "status", "outputs", "logs", "env", "policy"])
def test_an_unknown_stack_is_refused_by_every_command(rehearsal, command):
    rehearsal.write("")
    ended = rehearsal.run(command, "production")
    assert ended.code == 1
    assert "there is no stack 'production'" in ended.err
    assert "choose one of: prod" in ended.err
    assert ended.out == ""
    assert not rehearsal.workspace.exists()


def test_a_malformed_stack_file_is_refused_with_its_line(rehearsal):
    rehearsal.write("", "config:\n  a: [1\n  b: 2\n")
    ended = rehearsal.run("up")
    assert ended.code == 1
    assert "Pulumi.prod.yaml:3:" in ended.err
    assert "Traceback" not in ended.err
    assert not rehearsal.workspace.exists()


def test_a_directory_without_a_project_is_refused(rehearsal):
    rehearsal.project.mkdir()
    (rehearsal.project / "Pulumi.prod.yaml").write_text("")
    ended = rehearsal.run("up")
    assert ended.code == 1
    assert "there is no Pulumi.yaml" in ended.err


def test_a_workspace_that_cannot_be_written_is_refused(rehearsal):
    rehearsal.write("")
    rehearsal.workspace.write_text("a file where a directory should be")
    ended = rehearsal.run("up")
    assert ended.code == 1
    assert f"cannot write under {rehearsal.workspace}" in ended.err
    assert "set LIFELINE_REHEARSAL" in ended.err
    assert "Traceback" not in ended.err
    rehearsal.workspace.unlink()


def test_without_a_command_the_help_is_shown(rehearsal):
    ended = rehearsal.run("clean", "--help")
    assert ended.code == 0
    assert "Throw away all rehearsals" in ended.out
