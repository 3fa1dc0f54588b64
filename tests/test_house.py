"""Dependencies go one way: which rooms of the house a room may know, read off its imports."""

import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
#: Room -> what no file of it may import.
CLOSED = {
    "systems": {"pulumi", "rendering", "components", "layers", "policies", "rehearsal", "tests"},
    "rendering": {"pulumi", "components", "layers", "policies", "rehearsal", "tests"},
    "components": {"layers", "policies", "rehearsal", "tests", "settings"},
    "layers": {"policies", "rehearsal", "tests"},
    "policies": {"components", "layers", "rehearsal", "tests"},
    "reports": {"pulumi", "components", "layers", "rehearsal", "tests"},
    "rehearsal": {"components", "layers", "tests"},
    "operations": {"pulumi", "layers", "policies", "tests"},
    "__main__.py": {"policies", "rehearsal", "tests"},
}


@pytest.mark.parametrize("room", CLOSED)
def test_a_room_knows_only_what_lies_below_it(room: str) -> None:
    files = sorted((PROJECT / room).rglob("*.py")) if (PROJECT / room).is_dir() else [PROJECT / room]
    imported = {(file.relative_to(PROJECT).as_posix(), module) for file in files for module in _imports(file)}
    assert imported, "the search for imports found none at all"
    assert {(file, module) for file, module in imported if module.split(".")[0] in CLOSED[room]} == set()


def test_the_program_is_a_page() -> None:
    """As long as an architecture diagram takes to read."""
    assert len((PROJECT / "__main__.py").read_text().splitlines()) <= 60


def _imports(file: Path) -> list[str]:
    nodes = ast.walk(ast.parse(file.read_text()))
    return [
        module
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for module in ([each.name for each in node.names] if isinstance(node, ast.Import) else [node.module or ""])
    ]
