"""A picture of a real run: `python -m rehearsal.picture docs/images/make-up.svg make up`.

Runs the command on a pseudo-terminal and draws what stands on the screen at its end. Only the few control sequences
that rich's live display uses are understood: cursor up, erase line, carriage return, show and hide cursor.
"""

import os
import pty
import re
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

COLUMNS = 136
_TOKEN = re.compile(rb"\x1b\[(\??[0-9;]*)([A-Za-z])|\r|\n|[^\x1b\r\n]+")


def run(command: list[str]) -> tuple[bytes, int]:
    """Everything a command writes to its terminal, and its exit code."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(COLUMNS=str(COLUMNS), TERM="xterm-256color", FORCE_COLOR="1")
        os.execvp(command[0], command)
    written = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # Linux says so when the other side is closed
            break
        if not piece:
            break
        written += piece
    _, status = os.waitpid(pid, 0)
    return written, os.waitstatus_to_exitcode(status)


def screen(written: bytes) -> list[str]:
    """The lines that stand at the end, colours kept."""
    rows: list[bytes] = [b""]
    row, fresh = 0, True
    for token in _TOKEN.finditer(written):
        text, number, letter = token[0], token[1], token[2]
        if letter == b"A":
            row = max(0, row - int(number or b"1"))
        elif letter == b"K":
            rows[row] = b""
        elif letter == b"m":
            rows[row] += text
        elif letter is not None:
            continue
        elif text == b"\r":
            fresh = True
        elif text == b"\n":
            row, fresh = row + 1, True
            rows += [b""] * (row + 1 - len(rows))
        else:
            rows[row] = text if fresh and not rows[row].startswith(b"\x1b") else rows[row] + text
            fresh = False
    return [line.decode(errors="replace") for line in rows if re.sub(rb"\x1b\[[0-9;]*m", b"", line).strip()]


def draw(title: str, lines: list[str], target: Path) -> None:
    console = Console(record=True, width=COLUMNS, file=Path(os.devnull).open("w"), force_terminal=True)  # noqa: SIM115
    console.print(Text(f"$ {title}", style="bold"))
    for line in lines:
        console.print(Text.from_ansi(line), soft_wrap=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    picture = console.export_svg(title=title)
    target.write_text(re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL))  # no font from elsewhere


def main() -> int:
    target, *command = sys.argv[1:]
    written, code = run(command)
    draw(" ".join(command), screen(written), Path(target))
    return code


if __name__ == "__main__":
    raise SystemExit(main())
