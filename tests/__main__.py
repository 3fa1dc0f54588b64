"""All tests but the campaigns, as `make test` runs them: two at a time, then what failed once more, alone.

Hundreds of these tests start real engines, API servers and databases. On a machine that others keep busy, one of them
may run out of its time. What fails alone too is broken; what passes alone is told by name, to be mended: it is racy.
More than a few failures are never noise, and nothing is tried again.
"""

import json
import subprocess
import sys
from pathlib import Path

AT_MOST = 3
_FAILED = Path(".pytest_cache/v/cache/lastfailed")
_PYTEST = [sys.executable, "-m", "pytest"]
_TESTS_FAILED = 1


def main(arguments: list[str]) -> int:
    _FAILED.unlink(missing_ok=True)
    together = ["-n", "2", "--dist", "loadgroup", "--durations=30", "--durations-min=5", "-m", "not campaign"]
    code = subprocess.run([*_PYTEST, *together, *arguments], check=False).returncode
    if code != _TESTS_FAILED or not _FAILED.exists():
        return code
    failed = [test for test in json.loads(_FAILED.read_text()) if "::" in test]  # else a file that cannot be read
    if not 0 < len(failed) <= AT_MOST:
        return code
    print(f"\nonce more, alone: {', '.join(failed)}", flush=True)
    code = subprocess.run([*_PYTEST, "-n", "0", "-p", "no:cacheprovider", *failed], check=False).returncode
    if code == 0:
        for test in failed:
            print(f"RACY: {test} failed beside other tests and passed alone; make it independent of the machine")
    return code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
