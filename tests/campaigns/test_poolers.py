"""Newer PgBouncers than the one every test run uses, before and after the version that production pins."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from components import third_party_images
from components.kubernetes import pooler_pods
from rehearsal.paths import PROJECT
from tests import debian_packages, newer_debian
from tests.campaigns import figures

SUITES = ("trixie", "sid")
_LIBRARIES = (
    *("libc6", "libevent-2.1-7t64", "libssl3t64", "libcares2", "libsystemd0", "libpam0g", "libldap2", "libaudit1"),
    *("libcap2", "libcap-ng0", "zlib1g", "libzstd1", "libgcc-s1", "libsasl2-2"),
)
_TESTS = "tests/live/postgres/test_pooler.py"


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_poolers_of_newer_debians_pass_every_test_of_the_pooler() -> None:
    rows = [_row("bookworm (every test run)", [])]
    for suite in SUITES:
        directory = Path(tempfile.mkdtemp(prefix="lifeline-pooler-"))
        try:
            packages = ("pgbouncer", *_LIBRARIES)
            words = newer_debian.program("pgbouncer", suite=suite, packages=packages, directory=directory)
            rows.append(_row(suite, words))
        finally:
            shutil.rmtree(directory, ignore_errors=True)
    figures.write("poolers", "The pooler's tests with other PgBouncers", _text(rows))


def _row(suite: str, words: list[str]) -> str:
    told = {**os.environ, **({newer_debian.TESTED_POOLER: " ".join(words)} if words else {})}
    version = subprocess.run([*(words or _usual()), "--version"], capture_output=True, text=True, check=True)
    tested = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-o", "timeout=900", _TESTS]
    run = subprocess.run(tested, cwd=PROJECT, env=told, capture_output=True, text=True, check=False)
    print(run.stdout[-4_000:], flush=True)
    assert run.returncode == 0, f"{suite}: {run.stdout[-4_000:]}"
    passed = re.search(r"(\d+) passed", run.stdout)
    assert passed
    number = version.stdout.split()[1]
    prepared = "kept" if tuple(map(int, number.split("."))) >= (1, 21) else "lost, as it says"
    return f"| {suite} | {number} | {passed[1]} of {passed[1]} | {prepared} |"


def _usual() -> list[str]:
    return [str(debian_packages.program("pgbouncer", package="pgbouncer"))]


def _text(rows: list[str]) -> str:
    return f"""The rendered configuration, the follower, rotations, TLS and prepared statements: `{_TESTS}`, with the
programs of newer Debians and their own libraries. Production pins {_pinned()}, which lies between the last two.

| Debian | PgBouncer | tests passed | a statement prepared in one transaction and run in another |
|---|---|---|---|
{chr(10).join(rows)}
"""


def _pinned() -> str:
    return third_party_images.IMAGES[pooler_pods.PROGRAM].tag
