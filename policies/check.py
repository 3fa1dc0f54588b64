"""The pack without an engine: `python -m policies.check STATE.json [--reports DIRECTORY]`.

STATE.json comes from `pulumi stack export`.
Exit code 0: nothing mandatory fails; 1: something does; 2: the file cannot be judged.
"""

import argparse
import sys
from pathlib import Path

from policies import reports
from policies.adapters import state
from policies.reports import console
from policies.run import run


def main(arguments: list[str]) -> int:
    asked = _parser().parse_args(arguments)
    try:
        judged = run(state.graph_of(asked.state))
        if asked.reports:
            reports.write(judged, asked.reports)
    except (state.NoState, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(console.text(reports.report_of(judged)), end="")
    return 1 if judged.stops else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m policies.check", description="Judge an exported state: pulumi stack export --file STATE.json"
    )
    parser.add_argument("state", metavar="STATE.json", type=Path, help="the file from pulumi stack export")
    parser.add_argument(
        "--reports", type=Path, metavar="DIRECTORY", help="where to write JSON, SARIF, JUnit and the auditor's pack"
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
