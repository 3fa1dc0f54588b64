"""Everything that goes wrong on the way: it is said, nothing half-written counts as a backup, and nothing is lost."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from rendering import backup_layout
from tests.backup.conftest import SYSTEM
from tests.backup.door import EXPIRED, SLOW_DOWN, Refusal, Request
from tests.backup.place import Place
from tests.backup.servers import LIMIT_SECONDS, until


def _part_two(refusal: Refusal, times: int) -> Callable[[Request], Refusal | None]:
    left = [times]

    def answer(request: Request) -> Refusal | None:
        if request.is_part and request.number == 2 and left[0]:
            left[0] -= 1
            return refusal
        return None

    return answer


def _nothing_counts(place: Place, kept: list[dict[str, Any]]) -> None:
    """What was there before is still all there is; the next run makes a good backup of all that is in the database."""
    assert place.manifests() == kept
    assert place.neighbours.pushed.get("job/backup/kind/database") == place.before
    place.door.answer = lambda request: None
    assert place.backed_up()["database"]["tables"].keys() >= {"public.users"}


@pytest.fixture
def with_one(place: Place) -> Place:
    place.backed_up()
    place.before = dict(place.neighbours.pushed["job/backup/kind/database"])
    return place


def test_503_half_way_that_ends_costs_nothing(place: Place) -> None:
    place.door.answer = _part_two(SLOW_DOWN, times=2)
    manifest = place.backed_up()
    assert sum(each.is_part for each in place.door.seen) >= 5
    assert place.run("verify").event("verified")["kind"] == "database"
    assert manifest["objects"][0]["bytes"] > 3 * (1 << 14)


@pytest.mark.parametrize(("refusal", "said"), [(SLOW_DOWN, "SlowDown"), (EXPIRED, "ExpiredToken")])
def test_503_that_stays_and_expired_credentials_make_no_backup(with_one: Place, refusal: Refusal, said: str) -> None:
    kept = with_one.manifests()
    with_one.door.answer = _part_two(refusal, times=1_000)
    assert said in with_one.run("backup", "database").why
    assert with_one.unfinished() == 0
    _nothing_counts(with_one, kept)


def test_a_killed_runner_leaves_no_object(with_one: Place) -> None:
    kept, keys = with_one.manifests(), with_one.names()
    process = _stopped_at_part_two(with_one)
    process.kill()
    process.communicate(timeout=LIMIT_SECONDS)
    with_one.door.release.set()
    assert with_one.names() == keys
    _nothing_counts(with_one, kept)


def test_a_runner_that_is_told_to_stop_takes_its_upload_away(with_one: Place) -> None:
    """As when its node is drained."""
    kept = with_one.manifests()
    process = _stopped_at_part_two(with_one)
    process.send_signal(signal.SIGTERM)
    with_one.door.release.set()
    text = process.communicate(timeout=LIMIT_SECONDS)[0]
    assert process.returncode == 1
    assert "stopped by signal 15" in text
    assert with_one.unfinished() == 0
    _nothing_counts(with_one, kept)


def _stopped_at_part_two(place: Place) -> subprocess.Popen[str]:
    """A run whose second part hangs."""
    place.door.hold = lambda request: request.is_part and request.number == 2
    begun = len(place.door.seen)
    process = place.start("backup", "database")
    until("the second part", lambda: any(each.is_part and each.number == 2 for each in place.door.seen[begun:]))
    return process


def test_a_dump_that_dies_completes_nothing(with_one: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """What pg_dump wrote until then begins like any archive, and parts of it are sent already."""
    kept = with_one.manifests()
    real = shutil.which("pg_dump")
    dying = with_one.directory / "pg_dump"
    dying.write_text(f'#!/bin/sh\n{real} "$@" | head -c 40000\necho "connection lost" >&2\nexit 1\n')
    dying.chmod(0o755)
    with monkeypatch.context() as path:
        path.setenv("PATH", f"{with_one.directory}:{os.environ['PATH']}")
        assert "pg_dump ended with 1: connection lost" in with_one.run("backup", "database").why
    assert sum(each.is_part for each in with_one.door.seen) > 2
    assert with_one.unfinished() == 0
    _nothing_counts(with_one, kept)


def test_a_wrong_password_is_said(place: Place) -> None:
    (place.directory / "secrets" / "PGPASSWORD").write_text("of yesterday")
    assert "password authentication failed" in place.run("backup", "database").why
    assert place.names() == []


def test_a_bucket_that_would_encrypt_with_another_key_gets_no_byte(place: Place) -> None:
    def other(request: Request, headers: dict[str, str]) -> None:
        for name in headers:
            if name.lower() == "x-amz-server-side-encryption-aws-kms-key-id":
                headers[name] = place.other_key

    place.door.changed = other
    why = place.run("backup", "database").why
    assert f"would be encrypted with {place.other_key}, not with {place.key}" in why
    assert not any(each.is_part for each in place.door.seen)
    assert (place.names(), place.unfinished()) == ([], 0)


def _replaced(place: Place, stored: dict[str, Any], content: bytes, key: str) -> None:
    """As if the object had been written so: the manifest names what lies there now."""
    put = place.client("s3").put_object(
        Bucket=place.bucket("database"),
        Key=stored["key"],
        Body=content,
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=key,
    )
    stored["version"] = put["VersionId"]


def _tampered(place: Place, change: str) -> str:
    """One good backup, spoilt in one way; what verification must say of it."""
    from lifeline_backup import manifest as manifests

    manifest = place.backed_up()
    [stored] = manifest["objects"]
    client, bucket = place.client("s3"), place.bucket("database")
    content = client.get_object(Bucket=bucket, Key=stored["key"])["Body"].read()
    [key] = [each for each in place.names() if each.endswith(".manifest.json")]
    if change == "missing manifest":
        client.delete_object(Bucket=bucket, Key=key)
        return "there is no backup at all"
    if change == "changed manifest":
        manifest["objects"][0]["bytes"] -= 1
        client.put_object(Bucket=bucket, Key=key, Body=str(manifest).replace("'", '"').encode())
        return "cannot be read"
    said = {
        "truncated object": (content[:-100], place.key, "bytes of"),
        "corrupted byte": (content[:5000] + bytes([content[5000] ^ 1]) + content[5001:], place.key, stored["sha256"]),
        "wrong key": (content, place.other_key, f"is encrypted with {place.other_key}"),
    }
    spoilt, under, words = said[change]
    _replaced(place, stored, spoilt, under)
    manifest["objects"] = tuple(manifests.StoredObject(**each) for each in manifest["objects"])
    manifest |= {name: datetime.fromisoformat(manifest[name]) for name in ("began", "finished")}
    told = {name: value for name, value in manifest.items() if name not in ("format", "sha256")}
    client.put_object(Bucket=bucket, Key=key, Body=manifests.Manifest(**told).text().encode())
    return words


SPOILT = ["truncated object", "corrupted byte", "wrong key", "missing manifest", "changed manifest"]


@pytest.mark.parametrize("change", SPOILT)
def test_a_spoilt_backup_is_found_by_verification_and_refused_by_a_restore(place: Place, change: str) -> None:
    words = _tampered(place, change)
    why = place.run("verify").why
    assert words in why, why
    assert "backup_verified_timestamp_seconds" not in place.neighbours.pushed["job/backup/kind/database"]
    restored = place.run("restore", "--database", "spoilt", "--workspace", str(place.directory))
    assert restored.code == 1, restored.text
    assert place.live.tell("SELECT count(*) FROM pg_database WHERE datname = 'spoilt'") == "0"
    assert not (place.directory / "backup.dump").exists()


def test_objects_of_a_run_that_died_are_reported(place: Place) -> None:
    """Newer than the newest backup and without a manifest, when nobody can be writing them any more."""
    place.backed_up()
    later = datetime.now(UTC) + timedelta(days=1)
    tier = SYSTEM.backups.kept[0].tier
    key = backup_layout.object_key(SYSTEM.backups, "database", tier, later, "dump")
    place.client("s3").put_object(Bucket=place.bucket("database"), Key=key, Body=b"PGDMP")
    place.changes["upload_seconds"] = -60
    assert f"{key} has no manifest" in place.run("verify").why


def test_backups_that_have_stopped_are_reported(place: Place) -> None:
    place.backed_up()
    layout = backup_layout.layout(SYSTEM)
    layout["kinds"]["database"]["every_seconds"] = 0
    place.changes |= {"layout": layout, "upload_seconds": 0}
    assert "the newest backup is" in place.run("verify").why


def test_a_full_disk_stops_a_restore_before_it_touches_the_database(place: Place) -> None:
    """The backup itself needs no disk; here the kernel says what a full one says."""
    place.backed_up()
    (place.directory / "backup.dump").symlink_to("/dev/full")
    why = place.run("restore", "--database", "disk_full", "--workspace", str(place.directory)).why
    assert "No space left on device" in why
    assert place.live.tell("SELECT count(*) FROM pg_database WHERE datname = 'disk_full'") == "0"


def test_a_disk_that_will_be_too_small_for_a_drill_is_known_before(place: Place) -> None:
    from lifeline_backup import manifest as manifests
    from lifeline_backup import restoring, store
    from lifeline_backup import settings as reading
    from lifeline_backup.failure import Failure

    place.backed_up()
    settings = reading.parse(json.loads(place.settings().read_text()))
    [key] = [each for each in place.names() if each.endswith(".manifest.json")]
    read = manifests.parse(place.client("s3").get_object(Bucket=place.bucket("database"), Key=key)["Body"].read(), key)
    read.database["bytes"] = 1 << 60
    with patch.dict(os.environ, place.variables()), pytest.raises(Failure, match="bytes free"):
        restoring.fetch(store.Store(settings, settings.kind("database")), read, place.directory, with_database=True)
    assert not (place.directory / "backup.dump").exists()


def test_a_gateway_that_hears_nothing_fails_the_run(place: Place) -> None:
    """The backup is whole and stays; somebody must look, or its age would rise without a cause."""
    place.changes["pushgateway"] = "http://127.0.0.1:9"
    assert "the push gateway http://127.0.0.1:9 was not told" in place.run("backup", "database").why
    assert len(place.manifests()) == 1


def test_no_login_stands_in_what_a_run_says(place: Place) -> None:
    ended = place.run("backup", "database")
    assert ended.code == 0, ended.text
    assert (place.directory / "secrets" / "PGPASSWORD").read_text() not in ended.text
