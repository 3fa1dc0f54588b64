"""The pack without an engine: `python -m policies.check STATE.json`, a file from `pulumi stack export`.

Exit code 0: nothing mandatory fails; 1: something does; 2: the file cannot be judged.
"""

import sys
from collections import Counter
from pathlib import Path

from policies.adapters import state
from policies.core.verdicts import Level
from policies.run import Run, message, run


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print("usage: python -m policies.check STATE.json   (made by: pulumi stack export --file STATE.json)")
        return 2
    try:
        judged = run(state.graph_of(Path(arguments[0])))
    except (state.NoState, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    _tell(judged)
    return 1 if judged.stops else 0


def _tell(judged: Run) -> None:
    for complaint in judged.complaints:
        print(f"mandatory  {complaint}")
    for level in Level:
        for finding in judged.told(level):
            print(f"{level:9}  {finding.urn.rsplit('::', 1)[-1] or 'the stack'}: {message(finding)}")
    counts = Counter(finding.verdict for finding in judged.findings)
    print(", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items())) or "nothing to judge")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
