"""The drill from end to end: a backup restored into a throwaway server, counted, an application started on it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from lifeline_backup import drill_calendar
from lifeline_backup import settings as reading

from rehearsal.paths import PROJECT
from rendering import backup_settings
from rendering.contract import contract
from systems.model import RoleUse
from tests.backup import servers
from tests.backup.conftest import ROWS, SYSTEM
from tests.backup.place import Ended, Place
from tests.backup.servers import LIMIT_SECONDS, free_port, until

GOOD = {"drill_last_success_timestamp_seconds", "drill_duration_seconds"}
MEASURED = {"drill_recovery_time_seconds", "drill_data_loss_seconds"}


@dataclass
class Throwaway:
    """A drill's own server and disk."""

    place: Place
    workspace: Path
    port: int

    def restore(self) -> Ended:
        return self.place.run("drill-restore")

    def tell(self, statement: str) -> str:
        address = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "drill", "-d", "restore_drill"]
        done = subprocess.run(
            ["psql", "-X", "-A", "-t", *address, "-c", statement], capture_output=True, text=True, timeout=LIMIT_SECONDS
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture
def throwaway(place: Place) -> Iterator[Throwaway]:
    """Started as the pod starts it: before anything else."""
    workspace, port = servers.directory_for_postgres("drill"), free_port()
    process = place.serve_drill(workspace, port)
    yield Throwaway(place, workspace, port)
    process.send_signal(2)
    process.wait(LIMIT_SECONDS)
    shutil.rmtree(workspace, ignore_errors=True)


@contextmanager
def application(place: Place) -> Iterator[int]:
    """The reference application with what the drill's pod gives it."""
    workload = backup_settings.drilled(SYSTEM)
    file = place.directory / "contract.json"
    file.write_text(json.dumps({**contract(SYSTEM, workload), "port": 0, "drain_seconds": 0}))
    secrets = place.directory / "throwaway-secrets"
    secrets.mkdir(exist_ok=True)
    for name, value in backup_settings.secrets(SYSTEM).items():
        (secrets / name).write_text(value)
    told = {**backup_settings.variables(SYSTEM, "example.org"), "LIFELINE_SECRETS_DIR": str(secrets)}
    process = subprocess.Popen(
        [sys.executable, "-m", "reference_application", str(file)],
        cwd=PROJECT / "images" / "reference",
        env={"PATH": os.environ["PATH"], "REFERENCE_HOST": "127.0.0.1", **told},
        stdout=(place.directory / "application.log").open("w"),
    )
    log = place.directory / "application.log"
    until("the application", lambda: "listening" in log.read_text() or process.poll() is not None)
    try:
        yield json.loads(log.read_text().splitlines()[0])["listening"]
    finally:
        process.terminate()
        process.wait(LIMIT_SECONDS)


def _told(place: Place, port: int, **more: Any) -> None:
    wanted = backup_settings.drill(SYSTEM)["application"]
    wanted["benchmark"] |= {"requests": 40, "callers": 4}
    place.changes["drill.application"] = {**wanted, "port": port, **more}


def _replicated(place: Place, status: str = "COMPLETED", change: bytes = b"") -> None:
    """As S3 does it: the emulator has no other region and copies nothing."""

    def completed(request: Any, headers: dict[str, str]) -> None:
        if request.method == "HEAD" and status:
            headers["x-amz-replication-status"] = status

    place.door.changed = completed
    [stored] = place.manifests()[-1]["objects"]
    client = place.client("s3")
    content = client.get_object(Bucket=place.bucket("database"), Key=stored["key"])["Body"].read()
    client.put_object(Bucket=place.bucket("copy"), Key=stored["key"], Body=content + change)


def test_a_backup_is_restored_and_an_application_answers_on_it(throwaway: Throwaway) -> None:
    place = throwaway.place
    backup = place.backed_up()
    _replicated(place)
    restored = throwaway.restore()
    assert restored.code == 0, restored.text
    assert restored.event("compared")["tables"] == len(backup["database"]["tables"])
    assert throwaway.tell("SELECT count(*) FROM users") == str(ROWS)
    role = SYSTEM.database.role(RoleUse.APPLICATION).name
    granted = (
        f"SELECT has_table_privilege('{role}', 'users', 'INSERT'), has_table_privilege('{role}', 'users', 'TRUNCATE')"
    )
    assert throwaway.tell(granted) == "t|f", "grants are part of a backup"
    assert place.neighbours.pushed.get("job/drill") is None, "a restore alone proves nothing yet"
    with application(place) as port:
        _told(place, port)
        proved = place.run("drill-prove")
    assert proved.code == 0, proved.text
    assert {each["proof"] for each in proved.events if each["event"] == "proved"} == {
        "restored",
        "checks",
        "crisis",
        "benchmark",
        "copied",
    }
    assert proved.event("benchmark")["failed"] == 0
    figures = place.neighbours.pushed["job/drill"]
    assert set(figures) == GOOD | MEASURED
    age = datetime.now(UTC).timestamp() - datetime.fromisoformat(backup["began"]).timestamp()
    assert 0 <= figures["drill_data_loss_seconds"] <= age
    assert 0 < figures["drill_recovery_time_seconds"] <= figures["drill_duration_seconds"] <= age + 1
    [report] = [each for each in place.names("evidence") if each.startswith("drills/")]
    assert place.read("evidence", report)["promises"]["database restoration"] == {"restored": "proved"}
    _a_second_drill_beside_it_refuses(throwaway)


def _a_second_drill_beside_it_refuses(throwaway: Throwaway) -> None:
    """Nothing is restored over anything, not even over an earlier drill's."""
    assert "is there already" in throwaway.restore().why


def test_a_restore_that_differs_by_one_row_is_no_good_drill(throwaway: Throwaway, monkeypatch: Any) -> None:
    """The same rows and one value changed: only the checksum knows."""
    place = throwaway.place
    place.backed_up()
    real = shutil.which("pg_restore")
    careless = place.directory / "bin" / "pg_restore"
    careless.parent.mkdir()
    change = f"psql -q -h 127.0.0.1 -p {throwaway.port} -U drill -d restore_drill"
    careless.write_text(
        f'#!/bin/sh\n{real} "$@" || exit\ncase "$*" in *--dbname*)\n'
        f"{change} -c \"UPDATE users SET email = 'other@example.org' WHERE id = 7\" ;; esac\n"
    )
    careless.chmod(0o755)
    monkeypatch.setenv("PATH", f"{careless.parent}:{os.environ['PATH']}")
    why = throwaway.restore().why
    assert "what was restored is not what was saved: public.users: checksum" in why
    assert place.neighbours.pushed.get("job/drill") is None


def test_whoever_answers_with_the_live_identity_is_refused(place: Place) -> None:
    from lifeline_backup import manifest, restoring
    from lifeline_backup.failure import Failure

    place.backed_up()
    [key] = [each for each in place.names() if each.endswith(".manifest.json")]
    text = place.client("s3").get_object(Bucket=place.bucket("database"), Key=key)["Body"].read()
    told, settings = manifest.parse(text, key), reading.parse(json.loads(place.settings().read_text()))
    with pytest.raises(Failure, match="is the live database's address"):
        restoring.refuse_the_live_one(settings, dict(settings.database), told)
    elsewhere = {**settings.database, "host": "localhost", "ssl_mode": "require"}
    os.environ["LIFELINE_SECRETS_DIR"] = str(place.directory / "secrets")
    try:
        with pytest.raises(Failure, match="answers as the live database"):
            restoring.refuse_the_live_one(settings, elsewhere, told)
    finally:
        del os.environ["LIFELINE_SECRETS_DIR"]


@pytest.mark.parametrize(
    ("status", "change", "said"),
    [
        ("COMPLETED", b"", None),
        ("COMPLETED", b"x", "has another checksum"),
        ("FAILED", b"", "is FAILED"),
        ("PENDING", b"", "is PENDING"),
        ("", b"", "is none"),
    ],
)
def test_a_copy_counts_when_it_has_been_read(place: Place, status: str, change: bytes, said: str | None) -> None:
    stored, kept = _store(place)
    _replicated(place, status, change)
    with patch.dict(os.environ, place.variables()):
        problem = kept.problem_of_copy(stored)
        assert (problem is None) if said is None else (problem and said in problem), problem
        place.client("s3").delete_object(Bucket=place.bucket("copy"), Key=stored.key)
        assert status != "COMPLETED" or "cannot be read" in str(kept.problem_of_copy(stored))


def _store(place: Place) -> tuple[Any, Any]:
    """The object of a new backup, and the store that it lies in."""
    from lifeline_backup import manifest, store

    made = place.backed_up()
    settings = reading.parse(json.loads(place.settings().read_text()))
    with patch.dict(os.environ, place.variables()):
        kept = store.Store(settings, settings.kind("database"))
    return manifest.StoredObject(**made["objects"][0]), kept


def test_a_drill_whose_copy_is_bad_is_no_good_drill(place: Place, tmp_path: Path) -> None:
    assert "copied: the copy is FAILED" in _proven(place, tmp_path, copied="the copy is FAILED").why


def test_a_crisis_check_that_fails_is_no_good_drill(place: Place, tmp_path: Path) -> None:
    checks = backup_settings.drill(SYSTEM)["application"]["checks"]
    wrong = [{**each, "status": 204} if each["crisis"] else each for each in checks]
    why = _proven(place, tmp_path, checks=wrong).why
    assert "crisis: /api/crisis/health answers 200 instead of 204" in why
    assert place.neighbours.pushed.get("job/drill") is None
    [report] = place.names("evidence")
    found = place.read("evidence", report)["promises"]["crisis system functionality"]
    assert found == {"crisis": "/api/crisis/health answers 200 instead of 204"}


def _proven(place: Place, workspace: Path, *, copied: str | None = None, **changes: Any) -> Ended:
    """The second half alone, after a restore that went well."""
    state = {"began": datetime.now(UTC).isoformat(), "backup": "2026-12-06", "data_loss_seconds": 1, "copied": copied}
    (workspace / "drill.json").write_text(json.dumps({"skipped": False, **state}))
    place.changes["drill.workspace"] = str(workspace)
    with application(place) as port:
        _told(place, port, **changes)
        return place.run("drill-prove")


def test_an_application_that_does_not_start_is_no_good_drill(place: Place, tmp_path: Path) -> None:
    (tmp_path / "drill.json").write_text(
        json.dumps({"skipped": False, "began": datetime.now(UTC).isoformat(), "data_loss_seconds": 1, "copied": None})
    )
    place.changes["drill.workspace"] = str(tmp_path)
    _told(place, free_port(), start_seconds=0)
    assert "the application does not start on the restored data" in place.run("drill-prove").why


def test_on_other_sundays_the_clock_starts_a_drill_that_does_nothing(place: Place, tmp_path: Path) -> None:
    settings = reading.parse(json.loads(place.settings().read_text()))
    first, second = datetime(2026, 12, 6, 6, tzinfo=UTC), datetime(2026, 12, 13, 6, tzinfo=UTC)
    with pytest.MonkeyPatch.context() as pod:
        pod.setenv(drill_calendar.JOB_VARIABLE, "restore-drill-29418840")
        assert drill_calendar.due(settings, first)
        assert not drill_calendar.due(settings, second)
        pod.setenv(drill_calendar.JOB_VARIABLE, "drill-by-hand")
        assert drill_calendar.due(settings, second), "a person does not have to wait for a Sunday"
    (tmp_path / "drill.json").write_text(json.dumps({"skipped": True}))
    place.changes["drill.workspace"] = str(tmp_path)
    ended = place.run("drill-prove")
    assert ended.code == 0, ended.text
    assert place.neighbours.pushed == {}, "a drill that did nothing proves nothing"


def test_there_is_a_first_sunday_in_every_month() -> None:
    """What the alert's 38 days rest on: 35 days at most between two of them."""
    settings_of = type("Any", (), {"drill": {"first_of_month_only": True}})
    with pytest.MonkeyPatch.context() as pod:
        pod.setenv(drill_calendar.JOB_VARIABLE, "restore-drill-29418840")
        sundays = [
            datetime.fromordinal(day) for day in range(739_000, 742_660) if datetime.fromordinal(day).weekday() == 6
        ]
        due = [each for each in sundays if drill_calendar.due(settings_of, each)]  # type: ignore[arg-type]
    gaps = [(later - earlier).days for earlier, later in pairwise(due)]
    assert set(gaps) == {28, 35}
    assert max(gaps) < SYSTEM.backups.drill.maximum_age_days
