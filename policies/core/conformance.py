"""AWS's conformance pack for HIPAA, identifier by identifier: enforced here, refused with its service, or beyond us.

policies/frameworks/aws_hipaa_conformance_pack.yaml holds the identifiers with the citations AWS gives them;
policies/frameworks/aws_rules.yaml says which rules enforce an identifier.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from policies.core.frameworks import DIRECTORY, BadFramework, Clause, Framework, expanded, mapping_of, texts

PACK = "aws_hipaa_conformance_pack"
RULES = "aws_rules"


@dataclass(frozen=True)
class Pack:
    """The pack as its file has it."""

    title: str
    source: str
    enforced: Mapping[str, tuple[str, ...]]
    """Identifier -> the citations AWS gives it, groups spelled out."""
    refused: Mapping[str, str]
    """Identifier -> the service that no stack may use."""
    runtime: Mapping[str, str]
    """Identifier -> why no program shows it."""
    refused_by: tuple[str, ...]
    declared_by: tuple[str, ...]

    @property
    def identifiers(self) -> list[str]:
        return [*self.enforced, *self.refused, *self.runtime]


def read(directory: Path = DIRECTORY) -> Pack:
    given = mapping_of(directory / f"{PACK}.yaml")
    groups = {name: texts(each, name) for name, each in cast("dict[str, object]", given["citation_groups"]).items()}
    enforced = {
        name: tuple(citation for each in texts(cited, name) for citation in groups.get(each, [each]))
        for name, cited in cast("dict[str, object]", given["enforced"]).items()
    }
    refused = {
        name: service
        for service, names in cast("dict[str, object]", given["refused"]).items()
        for name in texts(names, service)
    }
    return Pack(
        str(given["title"]),
        str(given["source"]),
        {name: tuple(f"164.{each}" for each in cited) for name, cited in enforced.items()},
        refused,
        cast("dict[str, str]", given["runtime"]),
        tuple(texts(given["refused_by"], "refused_by")),
        tuple(texts(given["declared_by"], "declared_by")),
    )


def rules_of(identifiers: Sequence[str], directory: Path = DIRECTORY) -> dict[str, list[str]]:
    """Identifier -> the rules that enforce it, as written; names in capitals and underscores are understood."""
    file = directory / f"{RULES}.yaml"
    if not file.exists():
        return {}
    given = mapping_of(file)
    named = given.get("rules", given)
    if not isinstance(named, dict):
        raise BadFramework(f"{file.name} should map each identifier to its rules")
    by_name = {_plain(identifier): identifier for identifier in identifiers}
    found: dict[str, list[str]] = {}
    for name, rules in cast("dict[str, object]", named).items():
        if _plain(name) not in by_name:
            raise BadFramework(f"{file.name}: {name} is no identifier of the pack")
        found[by_name[_plain(name)]] = texts(rules, name)
    return found


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def framework(pack: Pack, rules: Sequence[str], directory: Path = DIRECTORY) -> Framework:
    """Every identifier as a clause."""
    named = rules_of(pack.identifiers, directory)
    refused_by, declared_by = expanded(pack.refused_by, rules), expanded(pack.declared_by, rules)
    clauses = [
        *(
            Clause(name, ", ".join(cited) or "no citation is published", expanded(named.get(name, []), rules))
            for name, cited in pack.enforced.items()
        ),
        *(Clause(name, f"{service} is refused as a whole", refused_by) for name, service in pack.refused.items()),
        *(
            Clause(name, "watched at run time", declared_by, not_evidenced=why, watched_elsewhere=True)
            for name, why in pack.runtime.items()
        ),
    ]
    return Framework(PACK, pack.title, pack.source, tuple(clauses))


def as_aws_maps(pack: Pack, rules: Sequence[str], directory: Path = DIRECTORY) -> dict[str, tuple[str, ...]]:
    """Citation -> rules, by way of the identifiers: AWS's column beside the one of the text."""
    named = rules_of(pack.identifiers, directory)
    found: dict[str, set[str]] = defaultdict(set)
    for name, cited in pack.enforced.items():
        for citation in cited:
            found[citation] |= set(expanded(named.get(name, []), rules))
    return {citation: tuple(sorted(ids)) for citation, ids in found.items()}
