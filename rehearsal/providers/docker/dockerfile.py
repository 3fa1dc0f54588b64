"""Reads a Dockerfile far enough to say, with line numbers, what no builder would accept."""

import difflib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

INSTRUCTIONS = (
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME "
    "WORKDIR"
)
_KNOWN = frozenset(INSTRUCTIONS.split(" "))
_HEREDOC = re.compile(r"<<-?\s*([\"']?)([A-Za-z_][A-Za-z0-9_.]*)\1")
_WITH_HEREDOC = ("RUN", "COPY", "ADD")


@dataclass(frozen=True)
class Instruction:
    line: int
    name: str
    arguments: str
    has_heredoc: bool = False


@dataclass(frozen=True)
class Problem:
    line: int
    reason: str


@dataclass(frozen=True)
class Copy:
    """COPY or ADD out of the build context."""

    line: int
    sources: tuple[str, ...]


class Dockerfile:
    """Instructions, and what follows from them."""

    def __init__(self, text: str) -> None:
        self.instructions = list(_instructions(text))
        self.problems: list[Problem] = []
        self.stages: list[str] = []
        self.copies: list[Copy] = []
        self._check()

    def _check(self) -> None:
        for instruction in self.instructions:
            if instruction.name not in _KNOWN:
                near = difflib.get_close_matches(instruction.name, _KNOWN, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                self._problem(instruction, f"{instruction.name} is no Dockerfile instruction{hint}")
            elif not instruction.arguments:
                self._problem(instruction, f"{instruction.name} needs an argument")
            elif instruction.name == "FROM":
                self._check_from(instruction)
            elif not self.stages and instruction.name != "ARG":
                self._problem(instruction, f"{instruction.name} before the first FROM: only ARG may stand there")
            elif instruction.name in ("COPY", "ADD"):
                self._check_copy(instruction)
        if not self.stages and not self.problems:
            self.problems.append(Problem(1, "there is no FROM"))

    def _check_from(self, instruction: Instruction) -> None:
        words = [word for word in instruction.arguments.split() if not word.startswith("--")]
        if len(words) not in (1, 3) or (len(words) == 3 and words[1].upper() != "AS"):
            self._problem(instruction, "FROM must read `FROM image` or `FROM image AS name`")
        name = words[2].lower() if len(words) == 3 else ""
        if name and name in self.stages:
            self._problem(instruction, f"there is already a stage {name!r}")
        self.stages.append(name)

    def _check_copy(self, instruction: Instruction) -> None:
        flags, rest = _flags(instruction.arguments)
        origin = flags.get("from")
        if origin is not None:
            earlier = len(self.stages) - 1
            if origin.isdigit() and int(origin) >= earlier:
                self._problem(instruction, f"--from={origin} names no earlier stage: there are {earlier}")
            return  # otherwise a stage, or any image: its files are not known here
        paths = _words(rest)
        sources = [path for path in paths[:-1] if not path.startswith("<<")]
        if len(paths) < 2:
            self._problem(instruction, f"{instruction.name} needs at least one source and a destination")
        if len(paths) > 2 and not paths[-1].endswith(("/", "/.")) and "$" not in paths[-1] and paths[-1] != ".":
            self._problem(instruction, f"with several sources the destination {paths[-1]!r} must end in /")
        local = tuple(s for s in sources if "$" not in s and not re.match(r"[a-z+]+://|git@", s))
        self.copies.append(Copy(instruction.line, local))

    def _problem(self, instruction: Instruction, reason: str) -> None:
        self.problems.append(Problem(instruction.line, reason))

    def has_stage(self, name: str) -> bool:
        return name.lower() in self.stages or (name.isdigit() and int(name) < len(self.stages))


def _instructions(text: str) -> Iterator[Instruction]:
    lines = text.removeprefix("\ufeff").splitlines()
    escape = _escape_character(lines)
    number = 0
    while number < len(lines):
        start, logical = number + 1, ""
        while number < len(lines):
            line = lines[number].strip()
            number += 1
            if line.startswith("#") or (logical and not line):
                continue  # comments and, within an instruction, empty lines do not count
            logical += line.removesuffix(escape)
            if not line.endswith(escape):
                break
        if not logical.strip():
            continue
        name, _, arguments = logical.strip().partition(" ")
        ends = [match[2] for match in _HEREDOC.finditer(arguments)] if name.upper() in _WITH_HEREDOC else []
        for end in ends:
            while number < len(lines) and lines[number].strip() != end:
                number += 1
            number += 1
        yield Instruction(start, name.upper(), arguments.strip(), bool(ends))


def _escape_character(lines: list[str]) -> str:
    """Directives stand before everything else."""
    for line in lines:
        directive = re.fullmatch(r"#\s*(\w+)\s*=\s*(\S.*?)\s*", line)
        if directive is None:
            break
        if directive[1].lower() == "escape":
            return directive[2]
    return "\\"


def _flags(arguments: str) -> tuple[dict[str, str], str]:
    flags: dict[str, str] = {}
    while match := re.match(r"--([a-z-]+)(?:=(\S+))?\s+", arguments):
        flags[match[1]] = match[2] or ""
        arguments = arguments[match.end() :]
    return flags, arguments


def _words(arguments: str) -> list[str]:
    """`a b /c` or `["a", "b", "/c"]`."""
    if arguments.startswith("["):
        try:
            words = json.loads(arguments)
        except ValueError:
            words = None
        if isinstance(words, list):
            return [str(word) for word in words]
    return [word.strip("\"'") for word in arguments.split()]
