"""Everything in JSON: each verdict, each rule, each clause."""

import json
from collections.abc import Mapping
from typing import Any

from policies.core.frameworks import Framework
from policies.core.rule import Rule
from policies.core.verdicts import Finding, shown
from policies.reports.answers import Report, name_of, type_of

FORMAT = 1


def text(report: Report) -> str:
    content = {
        "format": FORMAT,
        "stack": report.run.stack,
        "stops": report.run.stops,
        "complaints": list(report.run.complaints),
        "counts": {str(verdict): count for verdict, count in sorted(report.counts.items())},
        "rules": [_rule(rule) for rule in report.rules],
        "findings": [_finding(finding) for finding in report.findings],
        "frameworks": [_framework(framework, report) for framework in report.frameworks],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _rule(rule: Rule) -> Mapping[str, Any]:
    told = {name: getattr(rule, name) for name in ("id", "title", "why", "fix", "link")}
    return told | {"severity": str(rule.severity), "binds": str(rule.binds), "types": list(rule.types)}


def _finding(finding: Finding) -> Mapping[str, Any]:
    return {
        "rule": finding.rule.id,
        "urn": finding.urn,
        "resource": name_of(finding),
        "type": type_of(finding),
        "verdict": str(finding.verdict),
        "level": str(finding.level),
        "stops": finding.stops,
        "reason": finding.reason,
        "toldBy": finding.told_by,
        "also": list(finding.also),
        "problems": [
            {
                "path": problem.path,
                "expected": problem.expected,
                "found": shown(problem.found),
                "culprit": problem.culprit.urn if problem.culprit else "",
            }
            for problem in finding.problems
        ],
    }


def _framework(framework: Framework, report: Report) -> Mapping[str, Any]:
    return {
        "name": framework.name,
        "title": framework.title,
        "source": framework.source,
        "clauses": [
            {
                "id": answered.clause.id,
                "title": answered.clause.title,
                "asks": answered.clause.asks,
                "answer": str(answered.answer),
                "counts": {str(verdict): count for verdict, count in sorted(answered.counts.items())},
                "rules": list(answered.clause.rules),
                "asAwsMaps": list(answered.clause.as_aws_maps),
                "notEvidenced": answered.clause.not_evidenced,
            }
            for answered in report.answered(framework)
        ],
    }
