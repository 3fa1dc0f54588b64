"""SARIF 2.1.0: verdicts as results, waivers as suppressions, frameworks as taxonomies.

Passes, open and inapplicable verdicts are results too, of their own kind; viewers show failures only.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from policies.core.frameworks import Framework
from policies.core.rule import Binds, Rule, Severity
from policies.core.verdicts import Finding, Level, Verdict
from policies.reports.answers import Report, evidence, name_of

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_KINDS = {
    Verdict.PASS: "pass",
    Verdict.FAIL: "fail",
    Verdict.WAIVED: "fail",
    Verdict.BROKEN: "fail",
    Verdict.UNKNOWN: "open",
    Verdict.NOT_APPLICABLE: "notApplicable",
}
#: As code scanning services rank findings.
_GRAVITY = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}


def text(report: Report) -> str:
    indices = {rule.id: index for index, rule in enumerate(report.rules)}
    run = {
        "tool": {
            "driver": {
                "name": "Lifeline policies",
                "rules": [_rule(rule, report) for rule in report.rules],
                "supportedTaxonomies": [
                    {"name": framework.name, "index": index} for index, framework in enumerate(report.frameworks)
                ],
            }
        },
        "invocations": [_invocation(report)],
        "taxonomies": [_taxonomy(framework) for framework in report.frameworks],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, indices, report) for finding in report.findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1, ensure_ascii=False) + "\n"


def _rule(rule: Rule, report: Report) -> Mapping[str, Any]:
    clauses = report.clauses_of(rule.id)
    positions = {each.name: index for index, each in enumerate(report.frameworks)}
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.why} Fix: {rule.fix}", "markdown": f"{rule.why}\n\n```\n{rule.fix}\n```"},
        "helpUri": rule.link,
        "defaultConfiguration": {"level": "warning" if rule.binds is Binds.ADVICE else "error"},
        "relationships": [
            {
                "target": {
                    "id": clause.id,
                    "index": framework.clauses.index(clause),
                    "toolComponent": {"name": framework.name, "index": positions[framework.name]},
                },
                "kinds": ["relevant"],
            }
            for framework, clause in clauses
        ],
        "properties": {
            "security-severity": _GRAVITY[rule.severity],
            "severity": str(rule.severity),
            "tags": sorted({framework.name for framework, _ in clauses} | {"security"}),
        },
    }


def _taxonomy(framework: Framework) -> Mapping[str, Any]:
    taxonomy = {
        "name": framework.name,
        "fullName": framework.title,
        "shortDescription": {"text": framework.title},
        "taxa": [{"id": clause.id, "shortDescription": {"text": clause.title}} for clause in framework.clauses],
    }
    return taxonomy | ({"informationUri": framework.source} if framework.source.startswith("https://") else {})


def _invocation(report: Report) -> Mapping[str, Any]:
    """A broken rule and a bad file of waivers are errors of the tool's own running."""
    broken = [
        {
            "level": "error",
            "message": {"text": f"{finding.rule.id} on {name_of(finding)}: {finding.reason}"},
            "associatedRule": {"id": finding.rule.id},
        }
        for finding in report.findings
        if finding.verdict is Verdict.BROKEN
    ]
    complaints = [{"level": "error", "message": {"text": complaint}} for complaint in report.run.complaints]
    return {
        "executionSuccessful": not broken and not complaints,
        "toolExecutionNotifications": broken,
        "toolConfigurationNotifications": complaints,
    }


def _result(finding: Finding, indices: Mapping[str, int], report: Report) -> Mapping[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule.id,
        "ruleIndex": indices[finding.rule.id],
        "kind": _kind(finding),
        "level": _level(finding),
        "message": {"text": f"{finding.rule.title}: {evidence(finding)}"},
        "locations": [_location(finding, report)],
        "partialFingerprints": {"ruleAndResource/v1": _fingerprint(finding)},
        "properties": {"verdict": str(finding.verdict), "level": str(finding.level)},
    }
    if finding.verdict is Verdict.WAIVED:
        # Accepted is what none said means; the first edition of the schema misspelled the key for it.
        result["suppressions"] = [{"kind": "external", "justification": finding.reason}]
    return result


def _kind(finding: Finding) -> str:
    """A fault that another result tells already asks for no second one."""
    return "informational" if finding.told_by else _KINDS[finding.verdict]


def _level(finding: Finding) -> str:
    if _kind(finding) != "fail":
        return "none"
    return "error" if finding.level is Level.MANDATORY else "warning"


def _location(finding: Finding, report: Report) -> Mapping[str, Any]:
    """A resource has no line; services that annotate files show it at the stack's own."""
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": f"Pulumi.{report.run.stack}.yaml" if report.run.stack else "Pulumi.yaml"},
            "region": {"startLine": 1},
        },
        "logicalLocations": [
            {"name": name_of(finding), "fullyQualifiedName": finding.urn or "the stack", "kind": "resource"}
        ],
    }


def _fingerprint(finding: Finding) -> str:
    return hashlib.sha256(f"{finding.rule.id} {finding.urn}".encode()).hexdigest()
