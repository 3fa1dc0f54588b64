"""What laws, standards and the platforms' documents ask, clause by clause, and the rules that answer.

policies/frameworks/<name>.yaml:
    title: HIPAA Security Rule
    source: https://...
    clauses:
      164.312(b):
        title: audit controls
        rules: [LL-AUD-*, LL-RET-001]      # ids, or all rules of an area
        not_evidenced: what of it no infrastructure can show (alone where there is no rule)
        asks: required                     # required or addressable, where the text says so

A clause may also be a plain list of rules. The conformance pack is read by policies/core/conformance.py.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import cast

import yaml

DIRECTORY = Path(__file__).parents[1] / "frameworks"
_CLAUSE_KEYS = {"title", "rules", "not_evidenced", "asks", "as_aws_maps"}


@dataclass(frozen=True)
class Clause:
    """One thing that is asked."""

    id: str
    title: str
    rules: tuple[str, ...]
    """Ids of the rules that answer it, as its text reads."""
    not_evidenced: str = ""
    asks: str = ""
    as_aws_maps: tuple[str, ...] = ()
    """Ids of the rules that AWS's own mapping puts under it, where that is known."""
    watched_elsewhere: bool = False
    """Its rules only see to it that something else looks, once the stack runs; what that sees is not known here."""


@dataclass(frozen=True)
class Framework:
    """A law, a standard or a set of documents."""

    name: str
    title: str
    source: str
    clauses: tuple[Clause, ...]

    @property
    def rules(self) -> frozenset[str]:
        return frozenset(id for clause in self.clauses for id in (*clause.rules, *clause.as_aws_maps))


class BadFramework(ValueError):
    """A framework's file cannot be read as one."""


def expanded(patterns: Iterable[str], rules: Sequence[str]) -> tuple[str, ...]:
    """Ids for patterns, in order, each once. A pattern that meets no rule gives nothing (see `idle_patterns`)."""
    found = [id for pattern in patterns for id in rules if fnmatchcase(id, pattern)]
    return tuple(sorted(dict.fromkeys(found)))


def mapping_of(file: Path) -> dict[str, object]:
    try:
        given: object = yaml.safe_load(file.read_text())
    except yaml.YAMLError as error:
        raise BadFramework(f"{file.name} is not YAML: {error}") from None
    if not isinstance(given, dict):
        raise BadFramework(f"{file.name} should be a mapping, not {type(given).__name__}")
    return cast("dict[str, object]", given)


def texts(value: object, where: str) -> list[str]:
    items: list[object] = cast("list[object]", value) if isinstance(value, list) else [value]
    wrong = [each for each in items if not isinstance(each, str)]
    if wrong:
        raise BadFramework(f"{where} should be a list of texts; {wrong[0]!r} is none")
    return cast("list[str]", items)


def read(file: Path, rules: Sequence[str], as_aws_maps: Mapping[str, Sequence[str]] | None = None) -> Framework:
    """One file; `as_aws_maps` gives AWS's column by clause."""
    given = mapping_of(file)
    clauses = given.get("clauses")
    if not isinstance(clauses, dict) or not clauses:
        raise BadFramework(f"{file.name} has no clauses: a mapping from each clause's id to its title and rules")
    found: list[Clause] = []
    for id, clause in cast("dict[object, object]", clauses).items():
        known: object = {"rules": cast("list[object]", clause)} if isinstance(clause, list) else clause
        found.append(_clause(str(id), known, rules, (as_aws_maps or {}).get(str(id), ()), file.name))
    title, source = str(given.get("title") or file.stem), str(given.get("source") or "")
    return Framework(file.stem, title, source, tuple(found))


def _clause(id: str, given: object, rules: Sequence[str], as_aws_maps: Sequence[str], file: str) -> Clause:
    where = f"{file}, {id}"
    if not isinstance(given, dict):
        raise BadFramework(f"{where}: should be a mapping with title and rules")
    known = cast("dict[str, object]", given)
    if foreign := sorted(known.keys() - _CLAUSE_KEYS):
        raise BadFramework(f"{where}: {', '.join(foreign)} is no key of a clause; those are {sorted(_CLAUSE_KEYS)}")
    return Clause(
        id=id,
        title=str(known.get("title") or id),
        rules=expanded(texts(known.get("rules") or [], where), rules),
        not_evidenced=str(known.get("not_evidenced") or ""),
        asks=str(known.get("asks") or ""),
        as_aws_maps=tuple(sorted(as_aws_maps)),
    )


def patterns(file: Path) -> Iterator[tuple[str, str]]:
    """Each clause with each rule or pattern that it names, as written."""
    for id, clause in cast("dict[object, object]", mapping_of(file).get("clauses") or {}).items():
        named = cast("dict[str, object]", clause).get("rules") if isinstance(clause, dict) else clause
        for pattern in texts(named or [], f"{file.name}, {id}"):
            yield str(id), pattern


def idle_patterns(file: Path, rules: Sequence[str]) -> list[str]:
    """What a file names although no rule is called so."""
    return [f"{file.name}, {id}: {pattern}" for id, pattern in patterns(file) if not expanded([pattern], rules)]


def load_all(rules: Sequence[str], directory: Path = DIRECTORY) -> tuple[Framework, ...]:
    """Every framework, in the order of names; `rules` are the ids that there are."""
    from policies.core import conformance

    pack = conformance.read(directory)
    maps = {"hipaa": conformance.as_aws_maps(pack, rules, directory)}
    found: list[Framework] = []
    for file in sorted(directory.glob("*.yaml")):
        if file.stem == conformance.PACK:
            found.append(conformance.framework(pack, rules, directory))
        elif file.stem != conformance.RULES:
            found.append(read(file, rules, maps.get(file.stem)))
    return tuple(found)
