"""JUnit: a suite a rule, a case a resource. What stops an update is a failure, once a fault; the rest is skipped."""

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from policies.core.rule import Rule
from policies.core.verdicts import Finding, Verdict
from policies.reports.answers import Report, evidence, name_of

#: What XML 1.0 cannot hold, escaped or not.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(report: Report) -> str:
    root = Element("testsuites", name=f"Lifeline policies on {report.run.stack or 'a stack'}")
    for rule in report.rules:
        if found := report.by_rule.get(rule.id):
            _suite(root, rule, found)
    if report.run.complaints:
        suite = SubElement(root, "testsuite", name="waivers")
        for complaint in report.run.complaints:
            case = SubElement(suite, "testcase", classname="waivers", name=_clean(complaint))
            SubElement(case, "failure", message=_clean(complaint))
        _count(suite)
    for what in ("tests", "failures", "errors", "skipped"):
        root.set(what, str(sum(int(suite.get(what, "0")) for suite in root)))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(root: Element, rule: Rule, findings: list[Finding]) -> None:
    suite = SubElement(root, "testsuite", name=_clean(f"{rule.id} {rule.title}"))
    for finding in findings:
        case = SubElement(suite, "testcase", classname=rule.id, name=_clean(finding.urn or name_of(finding)))
        told = _clean(evidence(finding))
        if finding.verdict is Verdict.BROKEN:
            SubElement(case, "error", message=told)
        elif finding.stops and not finding.told_by:
            failure = SubElement(case, "failure", message=told, type=str(rule.severity))
            failure.text = _clean(f"{rule.why}\nFix: {rule.fix}\n{rule.link}")
        elif finding.verdict is not Verdict.PASS:
            advice = finding.verdict is Verdict.FAIL and not finding.stops
            what = "advice" if advice else str(finding.verdict)
            SubElement(case, "skipped", message=f"{what}: {told}")
    _count(suite)


def _count(suite: Element) -> None:
    suite.set("tests", str(len(suite)))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(len(suite.findall(f"testcase/{tag}"))))


def _clean(given: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", given)
