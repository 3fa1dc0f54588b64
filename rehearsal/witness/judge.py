"""Runs cfn-lint over the translated resources and says what it found in our words."""

import re
from dataclasses import dataclass

from rehearsal.providers.aws import registry
from rehearsal.witness.record import Checked, Record
from rehearsal.witness.translate import Template, translate

#: Findings about templates as such, which ours are only in form: parameters, unused things, hard-coded zones and ids.
_NOT_ABOUT_RESOURCES = ("E1", "E2", "E4", "E5", "E6", "E7", "E8", "W", "I")
#: Rules on templates' style within properties, kept out although they start with E3.
_IGNORED_RULES = {
    "E3005",  # DependsOn
    "E3035",  # DeletionPolicy
}
_LONGEST_LIST = 8
_LONGEST_REASON = 400


@dataclass(frozen=True)
class Finding:
    """One thing AWS would refuse."""

    urn: str
    type: str
    name: str
    property: str
    reason: str
    rule: str

    def __str__(self) -> str:
        at = f" property {self.property}" if self.property else ""
        return f"{self.type} resource '{self.name}':{at} {self.reason} (second witness, {self.rule})"


def prepare() -> None:
    """Load cfn-lint and its rules while the engine is still busy: half a second that nobody has to wait for."""
    from cfnlint.api import lint

    lint('{"Resources": {"Warm": {"Type": "AWS::S3::Bucket"}}}', regions=["us-east-1"])


def findings(record: Record) -> list[Finding]:
    """Everything the second witness has against the resources of this run."""
    return judge(record.resources())


def judge(resources: list[Checked]) -> list[Finding]:
    found: list[Finding] = []
    for template in translate(resources, registry.entries()):
        found += _judge(template)
    return sorted(found, key=lambda finding: (finding.urn, finding.property, finding.rule))


def _judge(template: Template) -> list[Finding]:
    from cfnlint.api import lint

    found: dict[tuple[str, str, str], Finding] = {}
    for match in lint(template.text, regions=[template.region]):
        rule, path = match.rule.id, list(match.path)
        if rule.startswith(_NOT_ABOUT_RESOURCES) or rule in _IGNORED_RULES:
            if rule == "E0000" or not path:
                raise RuntimeError(f"cfn-lint could not read the translated template: {match.message}")
            continue
        if len(path) < 2 or path[0] != "Resources":
            continue
        checked = template.origins[str(path[1])]
        reason = _readable(match.message, template)
        property = template.property_at(path)
        finding = Finding(checked.urn, checked.type, checked.name, property, reason, rule)
        found.setdefault((checked.urn, property, reason), finding)  # several rules may say the same
    return list(found.values())


def _readable(message: str, template: Template) -> str:
    """With our names for resources, and without lists of hundreds of allowed values."""

    def shorten(match: re.Match[str]) -> str:
        values = match[1].split(", ")
        if len(values) <= _LONGEST_LIST:
            return match[0]
        return f"[{', '.join(values[:_LONGEST_LIST])}, … ({len(values)} in all)]"

    text = re.sub(r"\[([^\[\]]*)\]", shorten, message)
    for logical, checked in template.origins.items():
        text = text.replace(logical, f"'{checked.name}'")
    return text if len(text) <= _LONGEST_REASON else f"{text[:100]} … {text[-100:]}"
