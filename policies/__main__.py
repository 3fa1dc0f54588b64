"""The pack for Pulumi's SDK: two stack policies, one a level, over one run of all rules.

Only two, because the SDK decodes all resources anew for every policy that is registered (about 3 ms each).
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pulumi_policy import EnforcementLevel, PolicyPack, ReportViolation, StackValidationArgs, StackValidationPolicy

from policies.adapters import sdk
from policies.core.verdicts import Finding, Level
from policies.run import findings_of, message, told

_LEVELS = {Level.MANDATORY: EnforcementLevel.MANDATORY, Level.ADVISORY: EnforcementLevel.ADVISORY}
_latest: list[Finding] = []


def _policy(level: Level) -> StackValidationPolicy:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        if level is Level.MANDATORY or not _latest:
            _latest[:] = findings_of(sdk.graph_of(args))
        for finding in told(_latest, level):
            report(message(finding), finding.urn or None)
        if level is Level.ADVISORY:
            _latest.clear()

    return StackValidationPolicy(
        name=f"lifeline-{level}",
        description=f"Lifeline's {level} rules (docs/policies.md)",
        enforcement_level=_LEVELS[level],
        validate=validate,
    )


PolicyPack("lifeline", policies=[_policy(Level.MANDATORY), _policy(Level.ADVISORY)])
