"""The pack for Pulumi's SDK: two stack policies, one a level, over one run of all rules.

Few, because the SDK decodes all resources anew for every policy that is registered. A third notes what the program
writes for each resource (policies/adapters/sdk.py) and never finds anything.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

if __package__:  # `python -m policies`; the engine runs this directory, which is no package to it
    from policies import usage

    raise SystemExit(usage.answer(sys.argv[1:]))

from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

from policies import reports
from policies.adapters import sdk
from policies.core.verdicts import Level
from policies.run import Run, message, run

_LEVELS = {Level.MANDATORY: EnforcementLevel.MANDATORY, Level.ADVISORY: EnforcementLevel.ADVISORY}
_latest: list[Run] = []
_written = sdk.Written()


def _policy(level: Level) -> StackValidationPolicy:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        if level is Level.MANDATORY:
            _latest[:] = [run(sdk.graph_of(args, _written))]
            if directory := os.environ.get(reports.VARIABLE):
                reports.write(_latest[0], Path(directory))
            for complaint in _latest[0].complaints:
                report(complaint, None)
        # Where the mandatory level was switched off nothing has run yet.
        if not _latest:
            _latest.append(run(sdk.graph_of(args, _written)))
        latest = _latest.pop() if level is Level.ADVISORY else _latest[0]
        for finding in latest.told(level):
            report(message(finding), finding.urn or None)

    return StackValidationPolicy(
        name=f"lifeline-{level}",
        description=f"Lifeline's {level} rules (docs/policies.md)",
        enforcement_level=_LEVELS[level],
        validate=validate,
    )


def _note(args: ResourceValidationArgs, report: ReportViolation) -> None:
    _written.note(args)


_NOTES = ResourceValidationPolicy(
    name="lifeline-written",
    description="Notes what the program writes, for Lifeline's rules",
    enforcement_level=EnforcementLevel.ADVISORY,
    validate=_note,
)

PolicyPack("lifeline", policies=[_NOTES, _policy(Level.MANDATORY), _policy(Level.ADVISORY)])
