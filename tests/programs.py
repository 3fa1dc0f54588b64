"""Programs that tests write."""

import textwrap
from pathlib import Path


def write_program(directory: Path, program: str) -> None:
    """Python takes a compiled file for current when second and size agree; tests change a digit within a second."""
    (directory / "__main__.py").write_text(textwrap.dedent(program))
    for compiled in (directory / "__pycache__").glob("__main__.*"):
        compiled.unlink()
