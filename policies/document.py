"""docs/policies.md, rule by rule: `python -m policies.document > docs/policies.md`."""

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from policies.core.frameworks import Framework, load_all
from policies.core.rule import Binds, Rule, Severity, all_rules

AREAS = {
    "ENC": "Encryption",
    "FWL": "Firewall and network",
    "IAM": "People, programs and their rights",
    "AUD": "Audit",
    "BAK": "Backups",
    "RET": "Retention",
    "AVL": "Availability",
    "EDG": "Ways in from outside",
    "POD": "Pods",
    "CLU": "Cluster",
    "IMG": "Images",
    "CRI": "The crisis path",
}
_BINDS = {
    Binds.ALWAYS: "stops the update",
    Binds.HIPAA: "stops the update where HIPAA is the law, advises elsewhere",
    Binds.ADVICE: "advises",
}
_INTRODUCTION = """\
# Policies

Written by `python -m policies.document > docs/policies.md`.

The pack judges what a program declares: on every `make up`, `make preview` and `make policy` of a rehearsal, with
`pulumi preview --policy-pack policies`, and without any engine on an exported state,
`python -m policies.check STATE.json --reports DIRECTORY`.

Each rule gives each resource one verdict: *pass*, *fail*, *unknown* (a value that exists only after the update),
*not applicable*, *waived* (policies/waivers.yaml; critical rules cannot be waived) or *broken* (the rule itself
failed: a finding against the rule).

With `LIFELINE_POLICY_REPORTS=<directory>` a run leaves `report.json`, `report.sarif` (SARIF 2.1.0), `report.junit.xml`,
`auditor.md`, `auditor.html` and `summary.txt` there; `make policy` says where.
"""


def text() -> str:
    rules = all_rules()
    return "\n".join(_lines(rules, load_all([rule.id for rule in rules]))) + "\n"


def _lines(rules: Sequence[Rule], frameworks: Sequence[Framework]) -> Iterator[str]:
    yield _INTRODUCTION
    yield f"{len(rules)} rules: " + ", ".join(
        f"{sum(rule.severity is severity for rule in rules)} {severity}" for severity in reversed(Severity)
    )
    yield from ("", "## Frameworks", "", "| framework | clauses | with rules | not evidenced here | rules |")
    yield "|---|---|---|---|---|"
    yield from (_framework(framework) for framework in frameworks)
    clauses = _clauses(frameworks)
    for area, members in groupby(rules, key=lambda rule: rule.id.split("-")[1]):
        yield from ("", f"## {AREAS.get(area, area)}")
        for rule in members:
            yield from _rule(rule, clauses.get(rule.id, {}))


def _framework(framework: Framework) -> str:
    """A clause that is watched elsewhere has a rule and is still not evidenced."""
    answered = [clause for clause in framework.clauses if clause.rules and not clause.watched_elsewhere]
    silent = [clause for clause in framework.clauses if not clause.rules or clause.watched_elsewhere]
    title = f"[{framework.title}]({framework.source})" if framework.source.startswith("https://") else framework.title
    counts = (len(framework.clauses), len(answered), len(silent), len(framework.rules))
    return f"| {title} | {' | '.join(str(count) for count in counts)} |"


def _clauses(frameworks: Sequence[Framework]) -> Mapping[str, Mapping[str, list[str]]]:
    """Rule -> framework -> the clauses it answers."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for framework in frameworks:
        for clause in framework.clauses:
            for id in clause.rules:
                found[id][framework.name].append(clause.id)
    return found


def _rule(rule: Rule, clauses: Mapping[str, list[str]]) -> Iterator[str]:
    judged = ", ".join(f"`{each}`" for each in rule.types) or "the stack as a whole"
    yield from ("", f"### {rule.id} {rule.title}", "")
    yield f"{str(rule.severity).capitalize()}; {_BINDS[rule.binds]}. Judges {judged}."
    yield from ("", f"{rule.why} [More]({rule.link})", "", "```", rule.fix, "```")
    if clauses:
        yield ""
        yield "; ".join(f"{name}: {_some(ids)}" for name, ids in clauses.items()) + "."


_SHOWN = 8


def _some(ids: list[str]) -> str:
    return ", ".join(ids) if len(ids) <= _SHOWN else f"{', '.join(ids[:_SHOWN])} and {len(ids) - _SHOWN} more"


if __name__ == "__main__":
    sys.stdout.write(text())
