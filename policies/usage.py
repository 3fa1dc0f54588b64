"""`python -m policies`: what the pack is and how it is run. Only the engine can be served, and starts it by itself."""

import sys

TEXT = """\
Lifeline's policy pack for Pulumi: the engine runs it beside a preview or an update. It does nothing by itself.

  make policy STACK=<name>                      a rehearsal's preview under the pack, with all reports
  make up STACK=<name>                          makes the stack stand, unless a mandatory rule refuses it
  pulumi preview --policy-pack policies         the same on a real environment; also with pulumi up
  python -m policies.check STATE.json           judges an exported state: no engine, no program, no cloud
  python -m policies.document                   writes every rule with its reason, its fix and its clauses

LIFELINE_POLICY_REPORTS=<directory> makes any run of the engine leave JSON, SARIF, JUnit and the auditor's pack there.
Exceptions: policies/waivers.yaml. Every rule: docs/policies.md.
"""


def answer(arguments: list[str]) -> int:
    """0 where that was the question; 2 where something else was meant to happen."""
    asked = bool(arguments) and all(each in ("-h", "--help") for each in arguments)
    print(TEXT, end="", file=sys.stdout if asked else sys.stderr)
    return 0 if asked else 2
