"""A backup of the database: whole, under the right key, counted, and told of only when it is all that."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from rendering import backup_layout
from rendering.database_roles import DUMP_POLICY
from systems.model import BackupTier, RoleUse
from tests.backup.conftest import ROWS, SYSTEM
from tests.backup.place import Place


def test_a_backup_is_its_objects_and_last_of_all_its_manifest(place: Place) -> None:
    manifest = place.backed_up()
    [dump] = manifest["objects"]
    client, bucket = place.client("s3"), place.bucket("database")
    found = client.get_object(Bucket=bucket, Key=dump["key"], VersionId=dump["version"])
    assert found["SSEKMSKeyId"] == place.key
    content = found["Body"].read()
    assert content.startswith(b"PGDMP")
    assert (len(content), hashlib.sha256(content).hexdigest()) == (dump["bytes"], dump["sha256"])
    assert place.unfinished() == 0
    puts = [each for each in place.door.seen if each.method in ("PUT", "POST")]
    assert "manifest.json" in puts[-2].path
    assert puts[-1].path.endswith("latest/database.json")
    pushed = place.neighbours.pushed["job/backup/kind/database"]
    began = datetime.fromisoformat(manifest["began"]).timestamp()
    assert pushed == {"backup_last_success_timestamp_seconds": began, "backup_last_size_bytes": dump["bytes"]}


def test_keys_tags_and_classes_are_those_of_the_layout(place: Place) -> None:
    """The first backup of all belongs to the longest tier, the next one of the same day to the shortest."""
    place.backed_up()
    second = place.backed_up()
    client, bucket = place.client("s3"), place.bucket("database")
    written = [backup_layout.parse(SYSTEM.backups, key) for key in place.names() if key.endswith(".manifest.json")]
    assert {each.tier for each in written if each} == {BackupTier.YEARLY, BackupTier.DAILY}
    for each in written:
        assert each is not None
        [manifest] = [one for one in place.manifests() if one["tier"] == each.tier]
        key = backup_layout.object_key(SYSTEM.backups, "database", each.tier, each.at, "dump")
        assert [one["key"] for one in manifest["objects"]] == [key]
        assert place.read("database", backup_layout.manifest_key(SYSTEM.backups, "database", each.tier, each.at))
        tags = client.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
        assert {"Key": backup_layout.TIER_TAG, "Value": each.tier.value} in tags
        stored = client.head_object(Bucket=bucket, Key=key)["StorageClass"]
        assert stored == backup_layout.storage_class(SYSTEM.backups.days(each.tier))
    assert place.read("database", "latest/database.json") == second


def test_the_manifest_counts_every_table_as_the_dump_saw_it(place: Place) -> None:
    told = place.backed_up()["database"]
    rows = {table: each["rows"] for table, each in told["tables"].items()}
    assert rows == {
        "public.users": ROWS,
        "public.crisis_sessions": ROWS // 4,
        "public.crisis_messages": ROWS // 4 + 10,
        'public."Odd Name"': 3,
        "public.visits_2025": 214,
        "public.visits_2026": 286,
        "public.nothing": 0,
    }
    assert told["tables"]["public.nothing"] == {"rows": 0, "checksum": "0", "newest": None}
    live = place.live.tell("SELECT system_identifier FROM pg_control_system()")
    assert told["system_identifier"] == live
    assert 0 <= told["newest_row_age_seconds"] < 3_600
    assert set(told["roles"]) >= {each.name for each in SYSTEM.database.roles}
    assert told["made_by"].startswith("pg_dump (PostgreSQL) 15")


@pytest.fixture
def guarded(place: Place) -> Iterator[Place]:
    """As on a managed service: the backup's role may not bypass row security, and users see their own rows."""
    live, role = place.live, place.live.role(RoleUse.BACKUP)
    live.tell(f"ALTER ROLE {role} NOBYPASSRLS;")
    live.tell("ALTER TABLE users ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON users USING (email = current_user);")
    yield place
    live.tell("DROP POLICY own ON users; DROP POLICY IF EXISTS lifeline_dump ON users;")
    live.tell(f"ALTER TABLE users DISABLE ROW LEVEL SECURITY; ALTER ROLE {role} BYPASSRLS;")


def _show(place: Place) -> None:
    role = place.live.role(RoleUse.BACKUP)
    place.live.tell(f"CREATE POLICY {DUMP_POLICY} ON users FOR SELECT TO {role} USING (true);")


def test_rows_that_row_security_hides_are_an_error_and_no_omission(guarded: Place) -> None:
    assert "row security hides rows of public.users" in guarded.run("backup", "database").why
    _show(guarded)
    guarded.live.tell("CREATE POLICY narrow ON users AS RESTRICTIVE FOR SELECT USING (email LIKE 'a%');")
    try:
        assert "row security hides rows of public.users" in guarded.run("backup", "database").why
    finally:
        guarded.live.tell("DROP POLICY narrow ON users;")
    assert guarded.names() == []


def test_with_the_dumps_own_policy_every_row_is_saved_and_comes_back(guarded: Place) -> None:
    _show(guarded)
    manifest = guarded.backed_up()
    assert manifest["database"]["tables"]["public.users"]["rows"] == ROWS
    guarded.login(RoleUse.RESTORE)
    try:
        ended = guarded.run("restore", "--database", "guarded", "--workspace", str(guarded.directory))
        assert ended.code == 0, ended.text
        secured = "SELECT relrowsecurity FROM pg_class WHERE relname = 'users'"
        assert guarded.live.tell(secured, database="guarded") == "t"
    finally:
        guarded.live.tell("DROP DATABASE IF EXISTS guarded;")


def test_nothing_is_ever_written_over(place: Place) -> None:
    """The bucket refuses whatever does not say so itself."""
    conditions: list[str] = []

    def note(request: object, headers: dict[str, str]) -> None:
        conditions.append(headers.get("if-none-match", headers.get("If-None-Match", "")))

    place.door.asked = note
    place.backed_up()
    completing = [
        each
        for each in zip(place.door.seen, conditions, strict=True)
        if (each[0].method == "POST" and "uploadId" in parse_qs(urlsplit(each[0].path).query))
        or (each[0].method == "PUT" and each[0].path.endswith(".manifest.json"))
    ]
    assert [condition for _, condition in completing] == ["*", "*"]


def test_what_nobody_knows_to_save_is_an_error_and_no_omission(place: Place) -> None:
    layout = backup_layout.layout(SYSTEM)
    layout["kinds"]["database"]["contains"] = ["astral_core_v2", "memories"]
    place.changes["layout"] = layout
    assert "database is to hold memories" in place.run("backup", "database").why
    assert place.names() == []


def test_settings_that_cannot_be_read_are_told_with_what_they_lack(place: Place) -> None:
    place.settings()
    broken = place.directory / "broken.json"
    broken.write_text('{"system": "x"}')
    assert "lacks environment, layout, buckets" in place.run("verify", BACKUP_SETTINGS=str(broken)).why
