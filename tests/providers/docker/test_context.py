"""Which files a builder gets, and when their digest changes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.providers.docker.context import Context

Tree = Callable[..., Context]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    def make(*files: str, ignore: str = "") -> Context:
        for name in ("Dockerfile", *files):
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"content of {name}")
        if ignore:
            (tmp_path / ".dockerignore").write_text(ignore)
        return Context(tmp_path, tmp_path / "Dockerfile")

    return make


@pytest.mark.parametrize(
    ("ignore", "left"),
    [
        ("*.md", ["a.py", "docs/b.md", "src/c.py", "src/deep/d.md"]),
        ("**/*.md", ["a.py", "src/c.py"]),
        ("*/*.md", ["a.md", "a.py", "src/c.py", "src/deep/d.md"]),
        ("src", ["a.md", "a.py", "docs/b.md"]),
        ("/src/", ["a.md", "a.py", "docs/b.md"]),
        ("src/**", ["a.md", "a.py", "docs/b.md"]),
        ("src\n!src/deep/d.md", ["a.md", "a.py", "docs/b.md", "src/deep/d.md"]),
        ("**\n!**/*.py", ["a.py", "src/c.py"]),
        ("!a.md\n*.md", ["a.py", "docs/b.md", "src/c.py", "src/deep/d.md"]),
        ("# a.py\n\n  a.md  ", ["a.py", "docs/b.md", "src/c.py", "src/deep/d.md"]),
        ("?.[mp][dy]", ["docs/b.md", "src/c.py", "src/deep/d.md"]),
        ("a.[^p]*", ["a.py", "docs/b.md", "src/c.py", "src/deep/d.md"]),
        ("./docs/../src", ["a.md", "a.py", "docs/b.md"]),
        (".", ["a.md", "a.py", "docs/b.md", "src/c.py", "src/deep/d.md"]),
    ],
)
def test_dockerignore(tree: Tree, ignore: str, left: list[str]) -> None:
    context = tree("a.md", "a.py", "docs/b.md", "src/c.py", "src/deep/d.md", ignore=ignore)
    assert [file for file in context.files if file not in ("Dockerfile", ".dockerignore")] == left


def test_a_dockerfile_may_have_its_own_rules(tree: Tree, tmp_path: Path) -> None:
    tree("a", "b", ignore="a")
    (tmp_path / "Dockerfile.dockerignore").write_text("b\n*ocker*")
    assert Context(tmp_path, tmp_path / "Dockerfile").files == ["a"]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("a.py", None),
        ("./src/", None),
        ("/src", None),
        ("src/*.py", None),
        (".", None),
        ("*.txt", "'*.txt' is not in the build context"),
        ("scr", "'scr' is not in the build context"),
        ("../secret", "'../secret' lies outside the build context"),
        ("src/../../secret", "'src/../../secret' lies outside the build context"),
        ("notes.md", "'notes.md' is left out of the build context by .dockerignore"),
    ],
)
def test_what_copy_can_take(tree: Tree, source: str, said: str | None) -> None:
    assert tree("a.py", "notes.md", "src/c.py", ignore="*.md").problem_with(source) == said


def test_the_digest_changes_with_content_name_permissions_and_links(tree: Tree, tmp_path: Path) -> None:
    context = tree("a", "b")
    seen = {context.digest()}

    def changed() -> None:
        digest = Context(tmp_path, tmp_path / "Dockerfile").digest()
        assert digest not in seen
        seen.add(digest)

    (tmp_path / "a").write_text("other")
    changed()
    (tmp_path / "a").rename(tmp_path / "c")
    changed()
    (tmp_path / "c").chmod(0o755)
    changed()
    (tmp_path / "link").symlink_to("b")
    changed()
    (tmp_path / "link").unlink()
    (tmp_path / "link").symlink_to("c")
    changed()
    (tmp_path / "Dockerfile").write_text("FROM b")
    changed()


def test_the_digest_stays_where_only_ignored_files_times_or_places_differ(tree: Tree, tmp_path: Path) -> None:
    digest = tree("a", "build/x", ignore="build").digest()
    (tmp_path / "build" / "x").write_text("other")
    (tmp_path / "a").touch()
    assert Context(tmp_path, tmp_path / "Dockerfile").digest() == digest
    moved = tmp_path.rename(tmp_path.with_name("elsewhere"))
    assert Context(moved, moved / "Dockerfile").digest() == digest


def test_a_dockerfile_outside_the_context_counts(tree: Tree, tmp_path: Path) -> None:
    tree("app/a")
    before = Context(tmp_path / "app", tmp_path / "Dockerfile").digest()
    (tmp_path / "Dockerfile").write_text("FROM other")
    assert Context(tmp_path / "app", tmp_path / "Dockerfile").digest() != before


def test_a_dangling_link_and_a_loop_are_no_trouble(tree: Tree, tmp_path: Path) -> None:
    (tmp_path / "gone").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to(".")
    assert tree("a").digest()
