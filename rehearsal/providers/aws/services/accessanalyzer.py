"""Analyzers of access from outside and of unused access."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.provider import Failure


def _check(inputs: Mapping[str, Any]) -> list[Failure]:
    configuration, kind = inputs.get("configuration"), inputs.get("type") or "ACCOUNT"
    if isinstance(configuration, dict) and isinstance(kind, str):
        for member, suffix in (("unusedAccess", "_UNUSED_ACCESS"), ("internalAccess", "_INTERNAL_ACCESS")):
            if configuration.get(member) is not None and not kind.endswith(suffix):
                reason = f"needs an analyzer of type ACCOUNT{suffix} or ORGANIZATION{suffix}, not {kind} (AWS rule)"
                return [Failure(f"configuration.{member}", reason)]
    return []


ENTRIES = (
    Entry(
        type="aws:accessanalyzer/analyzer:Analyzer",
        service="accessanalyzer",
        level="validated",
        operation="CreateAnalyzer",
        presets={"type": "ACCOUNT"},
        id=lambda r, answer: r.inputs["analyzerName"],
        update={
            "configuration": lambda r: r.api("UpdateAnalyzer", analyzerName=r.id, **r.request(only=["configuration"]))
        },
        replace=("analyzerName", "type", "configuration.unusedAccess.unusedAccessAge"),
        delete=lambda r: r.api("DeleteAnalyzer", analyzerName=r.id),
        arn="arn:{partition}:access-analyzer:{region}:{account}:analyzer/{id}",
        check=_check,
        tags=tags.mapped(),
        alone=True,
        twin="AWS::AccessAnalyzer::Analyzer",
        twin_rename={"configuration": "AnalyzerConfiguration", "configuration.internalAccess": ""},
    ),
)
