"""A build context: which files a builder gets (.dockerignore) and a digest of them that is the same everywhere."""

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath

_CHUNK = 1 << 20


class Context:
    """The directory `root` as the builder of `dockerfile` sees it."""

    def __init__(self, root: Path, dockerfile: Path) -> None:
        self.root = root
        self._dockerfile = dockerfile
        self._rules = list(_rules(self._ignore_file()))

    def _ignore_file(self) -> str:
        """A Dockerfile may have its own, beside it; it then stands in for the context's."""
        for path in (self._dockerfile.with_name(f"{self._dockerfile.name}.dockerignore"), self.root / ".dockerignore"):
            if path.is_file():
                return path.read_text(encoding="utf-8")
        return ""

    @cached_property
    def files(self) -> list[str]:
        """Paths of files and symbolic links, relative, sorted, without what is ignored."""
        return sorted(self._walk(self.root))

    def _walk(self, directory: Path) -> Iterator[str]:
        for entry in os.scandir(directory):
            path = Path(entry.path).relative_to(self.root).as_posix()
            if entry.is_dir(follow_symlinks=False):
                # An ignored directory may hold exceptions (`!`), so it is left out only when there are none.
                if not self.ignores(path) or any(exception for _, exception in self._rules):
                    yield from self._walk(Path(entry.path))
            elif (entry.is_file(follow_symlinks=False) or entry.is_symlink()) and not self.ignores(path):
                yield path

    def ignores(self, path: str) -> bool:
        """The last rule that fits the path, or a directory above it, decides."""
        candidates = [path, *(parent.as_posix() for parent in PurePosixPath(path).parents)][: path.count("/") + 1]
        ignored = False
        for pattern, exception in self._rules:
            if exception == ignored and any(pattern.fullmatch(candidate) for candidate in candidates):
                ignored = not exception
        return ignored

    def problem_with(self, source: str) -> str | None:
        """Why a COPY or ADD of this source would fail."""
        wanted = _clean(source)
        if wanted == "..":
            return f"{source!r} lies outside the build context"
        if wanted == ".":
            return None
        pattern = _pattern(wanted)
        found = any(pattern.fullmatch(path) or _below(pattern, path) for path in self.files)
        if found or (self.root / wanted).is_dir():
            return None
        if any(pattern.fullmatch(path.relative_to(self.root).as_posix()) for path in self.root.rglob("*")):
            return f"{source!r} is left out of the build context by .dockerignore"
        return f"{source!r} is not in the build context"

    def digest(self) -> str:
        """SHA-256 over paths, permissions and contents, the Dockerfile always among them."""
        whole = hashlib.sha256()
        whole.update(b"Dockerfile\0" + _content_digest(self._dockerfile) + b"\0")
        for path in self.files:
            file = self.root / path
            details = file.lstat()
            if stat.S_ISLNK(details.st_mode):
                kind, content = "link", hashlib.sha256(os.fsencode(file.readlink())).digest()
            else:
                kind, content = f"{stat.S_IMODE(details.st_mode):o}", _content_digest(file)
            whole.update(f"{path}\0{kind}\0".encode() + content + b"\0")
        return whole.hexdigest()


def _content_digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _below(pattern: re.Pattern[str], path: str) -> bool:
    return any(pattern.fullmatch(parent.as_posix()) for parent in PurePosixPath(path).parents)


def _clean(path: str) -> str:
    """`/a/../b/./c` -> `b/c`; `..` when it leaves the context."""
    kept: list[str] = []
    for part in path.split("/"):
        if part == ".." and not kept:
            return ".."
        if part == "..":
            kept.pop()
        elif part not in ("", "."):
            kept.append(part)
    return "/".join(kept) or "."


def _rules(text: str) -> Iterator[tuple[re.Pattern[str], bool]]:
    """Patterns in order; True marks an exception."""
    for line in text.removeprefix("\ufeff").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        exception = line.strip().startswith("!")
        pattern = _clean(line.strip().removeprefix("!").strip())
        if pattern != ".":
            yield _pattern(pattern), exception


def _pattern(glob: str) -> re.Pattern[str]:
    """Go's filepath.Match with `**` for any number of directories."""
    expression = ""
    position = 0
    while position < len(glob):
        rest = glob[position:]
        if rest.startswith("**/"):
            expression, position = expression + "(?:.*/)?", position + 3
        elif rest.startswith("**"):
            expression, position = expression + ".*", position + 2
        elif characters := re.match(r"\[(\^?)((?:\\.|[^\]\\])+)\]", rest):
            expression += f"[{characters[1]}{characters[2].replace('[', chr(92) + '[')}]"
            position += characters.end()
        elif rest[0] == "\\" and len(rest) > 1:
            expression, position = expression + re.escape(rest[1]), position + 2
        else:
            expression += {"*": "[^/]*", "?": "[^/]"}.get(rest[0], re.escape(rest[0]))
            position += 1
    return re.compile(expression, re.DOTALL)
