"""What a person, or a log, sees of the steps of a command."""

import io
import re
import threading

import pytest
from rich.console import Console
from rich.tree import Tree

from rehearsal.console import Terminal


def _terminal(live: bool) -> tuple[Terminal, io.StringIO]:
    written = io.StringIO()
    return Terminal(Console(file=written, force_terminal=live, width=80, highlight=False)), written


def _lines(written: io.StringIO) -> list[str]:
    return written.getvalue().splitlines()


def test_a_log_gets_one_line_a_step_with_what_came_of_it_and_how_long_it_took():
    terminal, written = _terminal(live=False)
    with terminal.step("engine") as step:
        step.note("not in the log")
        step.outcome("official release")
    (line,) = _lines(written)
    assert re.fullmatch(r"✓ engine official release \(\d\.\d s\)", line)


def test_a_step_that_failed_is_marked_whether_it_raised_or_not():
    terminal, written = _terminal(live=False)
    with terminal.step("quiet") as step:
        step.failed("2 of 3")
    with pytest.raises(ValueError), terminal.step("loud"):
        raise ValueError
    assert [line[0] for line in _lines(written)] == ["✗", "✗"]
    assert "2 of 3" in _lines(written)[0]


def test_brackets_in_names_are_shown_as_they_are():
    terminal, written = _terminal(live=False)
    with terminal.step("rules[0]") as step:
        step.outcome("[red]not red[/red]")
    assert "rules[0] [red]not red[/red]" in written.getvalue()


def test_a_step_that_takes_long_says_now_and_then_what_it_does(monkeypatch):
    monkeypatch.setattr(Terminal, "HEARTBEAT_SECONDS", 0.0)
    terminal, written = _terminal(live=False)
    with terminal.step("engine") as step:
        step.note("building [runtime]")
    assert _lines(written)[0].startswith("  … engine: building [runtime] (")


def test_a_terminal_shows_what_every_open_step_is_doing():
    terminal, written = _terminal(live=True)
    both_open = threading.Barrier(2, timeout=60)

    def work(name: str) -> None:
        with terminal.step(name) as step:
            step.note(f"{name} at work")
            both_open.wait()
            assert terminal._live is not None
            terminal._live.refresh()

    threads = [threading.Thread(target=work, args=(name,)) for name in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "first at work" in written.getvalue()
    assert "second at work" in written.getvalue()
    assert terminal._live is None


def test_long_lines_are_left_whole_for_searching():
    terminal, written = _terminal(live=False)
    terminal.print("x" * 200)
    assert _lines(written) == ["x" * 200]


def test_trees_in_a_log_are_left_whole_as_well():
    terminal, written = _terminal(live=False)
    tree = Tree("stack")
    tree.add("word " * 40)
    terminal.console.print(tree)
    assert len(_lines(written)) == 2
