"""Backup and drill of 2 GB: time, throughput beside a plain pg_dump, memory that stays flat, equal checksums."""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from systems.model import RoleUse
from tests.backup import servers
from tests.backup.conftest import SYSTEM, authority, neighbours
from tests.backup.door import standing_before
from tests.backup.place import Place
from tests.backup.servers import PASSWORD, Live, free_port, until
from tests.backup.test_drill import _told, application
from tests.campaigns import figures
from tests.live.backup.memory import Watch
from tests.rotation.authority import Authority

pytestmark = [pytest.mark.campaign, pytest.mark.timeout(3_000)]

__all__ = ["authority", "neighbours"]  # fixtures of the small tests

GIB = 1 << 30
MOST_MEMORY_MIB = 200
#: As applications write: short texts that repeat, some of which cannot be compressed.
ROWS = """
CREATE TABLE messages (id bigint PRIMARY KEY, author uuid, body text, seen jsonb, created_at timestamptz NOT NULL);
INSERT INTO messages SELECT n, md5((n % 5000)::text)::uuid,
  repeat('I hear you, and I am here. ', 1 + (n % 9)::int) || encode(sha256(n::text::bytea), 'hex'),
  jsonb_build_object('by', n % 100, 'at', n), now() - n * interval '1 second'
FROM generate_series({first}, {last}) n;
"""
_BATCH = 500_000


@pytest.fixture(scope="module")
def live(authority: Authority) -> Iterator[Live]:
    with servers.running(SYSTEM, authority) as running:
        owner = running.role(RoleUse.OWNER)
        create, insert = ROWS.split(";\n", 1)
        running.tell(f"{create};", owner)
        first = 1
        while int(running.tell("SELECT pg_database_size(current_database())")) < 2 * GIB:
            running.tell(insert.format(first=first, last=first + _BATCH - 1), owner)
            first += _BATCH
        running.tell("VACUUM (ANALYZE) messages", owner)
        yield running


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """In a process of its own: what it keeps is memory."""
    port = free_port()
    words = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(words, **quiet)
    until("the emulated S3", lambda: _answers(port))
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(60)


def _answers(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    seconds[name] = time.monotonic() - began


def _plain_dump(place: Place, file: Path, level: int) -> None:
    """What a person would type, on the same machine."""
    told = {"PGHOST": "127.0.0.1", "PGPORT": str(place.live.port), "PGPASSWORD": PASSWORD, "PATH": os.environ["PATH"]}
    words = ["pg_dump", "-U", place.live.role(RoleUse.BACKUP), "-Fc", f"--compress={level}", "-f", str(file)]
    subprocess.run([*words, SYSTEM.database.name], env=told, check=True)


def _run(place: Place, *words: str) -> tuple[float, dict[str, float], list[dict[str, Any]]]:
    began = time.monotonic()
    process = place.start(*words)
    watch = Watch(process.pid)
    text = process.communicate()[0]
    took, peak = time.monotonic() - began, watch.stop()
    assert process.returncode == 0, text
    return took, peak, [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def test_backup_and_drill_of_two_gigabytes(
    live: Live, s3: str, neighbours: Any, authority: Authority, tmp_path: Path
) -> None:
    directory = servers.directory_for_postgres("place")
    plain, seconds = tmp_path / "plain.dump", dict[str, float]()
    size = int(live.tell("SELECT pg_database_size(current_database())"))
    try:
        with standing_before(s3) as door:
            place = Place(SYSTEM, directory, live, s3, door, neighbours, authority)
            door.url = s3  # nobody stands in the way: it would be measured
            place.changes["upload_parts"] = [[1_000, 8, 4], [10_000, 16, 4]]
            place.changes["state.tables"] = {}
            loads = [os.getloadavg()[0]]
            with _timed(seconds, "plain"):
                _plain_dump(place, plain, 1)
            seconds["backup"], peak, _ = _run(place, "backup", "database")
            with _timed(seconds, "plain again"):
                _plain_dump(place, plain, 1)
            loads.append(os.getloadavg()[0])
            with _timed(seconds, "plain, pg_dump's own compression"):
                _plain_dump(place, tmp_path / "six.dump", 6)
            (tmp_path / "six.dump").unlink()
            [manifest] = place.manifests()
            [stored] = manifest["objects"]
            body = place.client("s3").get_object(Bucket=place.bucket("database"), Key=stored["key"])["Body"]
            assert _digest(body.iter_chunks(1 << 20)) == stored["sha256"]
            assert abs(stored["bytes"] - plain.stat().st_size) < plain.stat().st_size / 100
            assert peak["together"] < MOST_MEMORY_MIB, peak
            assert peak["late"] < 1.5 * peak["early"], "memory grows with what has been read"
            seconds["verify"], verifying = _verified(place)
            restoring, drilled = _drill(place)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    assert restoring["runner"] < MOST_MEMORY_MIB
    figures.write(
        "backup",
        "Backups and drills, with a database of 2 GB",
        _report(size, stored["bytes"], seconds, loads, peak, verifying, restoring, manifest, drilled),
    )


def _verified(place: Place) -> tuple[float, dict[str, float]]:
    """The database's kind only: there is nothing else to verify here."""
    layout = json.loads(place.settings().read_text())["layout"]
    layout["kinds"] = {"database": layout["kinds"]["database"]}
    place.changes["layout"] = layout
    took, peak, _ = _run(place, "verify")
    return took, peak


def _drill(place: Place) -> tuple[dict[str, float], dict[str, float]]:
    """Copies are proven elsewhere: the emulator has one region."""
    workspace, port = servers.directory_for_postgres("drill"), free_port()
    server = place.serve_drill(workspace, port)
    try:
        _, peak, _ = _run(place, "drill-restore")
        state = json.loads((workspace / "drill.json").read_text())
        (workspace / "drill.json").write_text(json.dumps({**state, "copied": None}))
        with application(place) as answering:
            _told(place, answering)
            _run(place, "drill-prove")
    finally:
        server.send_signal(2)
        server.wait(120)
        shutil.rmtree(workspace, ignore_errors=True)
    return peak, place.neighbours.pushed["job/drill"]


def _digest(chunks: Iterator[bytes]) -> str:
    seen = hashlib.sha256()
    for chunk in chunks:
        seen.update(chunk)
    return seen.hexdigest()


def _report(
    size: int,
    stored: int,
    seconds: dict[str, float],
    loads: list[float],
    peak: dict[str, float],
    verifying: dict[str, float],
    restoring: dict[str, float],
    manifest: dict[str, Any],
    drilled: dict[str, float],
) -> str:
    def line(what: str, took: float) -> str:
        return f"| {what} | {took:.0f} s | {size / 1e6 / took:.0f} MB/s |"

    rows = sum(each["rows"] for each in manifest["database"]["tables"].values())
    plain = (seconds["plain"] + seconds["plain again"]) / 2
    terabyte = 1e12 / (size / seconds["backup"]) / 3600
    recovered, whole = drilled["drill_recovery_time_seconds"], drilled["drill_duration_seconds"]
    return f"""{size / 1e9:.2f} GB of database ({rows:,} rows), {stored / 1e6:.0f} MB as a dump. PostgreSQL 15 on
loopback, S3 emulated in memory. MB/s are of the database, not of its dump.

| | time | throughput |
|---|---|---|
{line("plain `pg_dump -Fc --compress=1` to a file, before", seconds["plain"])}
{line("`backup database`: dump, checksum, upload, and the count of every row", seconds["backup"])}
{line("plain `pg_dump -Fc --compress=1` to a file, after", seconds["plain again"])}
{line("plain `pg_dump -Fc` with its own compression (6)", seconds["plain, pg_dump's own compression"])}
{line("`verify`: read back to the last byte, every block decompressed", seconds["verify"])}

A backup took {seconds["backup"] / plain:.2f} times as long as the plain dumps right before and after it; it counts and
sums every row besides. The machine's load was {loads[0]:.1f} when the first of the three began and {loads[1]:.1f} when
the last ended, on {os.cpu_count()} cores.

| memory at its highest (PSS) | MiB |
|---|---|
| backup: runner, pg_dump and psql together | {peak["together"]:.0f} |
| of these the runner | {peak["runner"]:.0f} |
| the same together, in the first quarter of the time | {peak["early"]:.0f} |
| and in the last | {peak["late"]:.0f} |
| verification: runner and pg_restore together | {verifying["together"]:.0f} |
| restore: the runner | {restoring["runner"]:.0f} |

The drill: {recovered:.0f} s from its start to an application that answers on the restored data (fetch, checksum,
restore with two processes, every row compared), {whole:.0f} s with all proofs. The checksum of the stored object, read
back past the program, is the manifest's; every table has its rows and checksums.

A floor for the programs, not for AWS: network, KMS and gp3 add to it, more cores take from it. 1 TB at this rate would
take {terabyte:.1f} hours: for databases of that size the point-in-time copies carry the recovery objectives, and the
dump is what is left when account, region or service is lost.
"""
