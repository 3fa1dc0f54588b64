"""The archive of application state: what is in it, and what stays out of it whoever put it there."""

import io
import json
import tarfile
from typing import Any

import pytest

from tests.backup.place import Place

KEY = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----\n"


def _archive(place: Place, manifest: dict[str, Any]) -> dict[str, bytes]:
    [stored] = [each for each in manifest["objects"] if each["part"] == "tar"]
    content = place.client("s3").get_object(Bucket=place.bucket("application"), Key=stored["key"])["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        return {each.name: (tar.extractfile(each) or io.BytesIO()).read() for each in tar.getmembers()}


@pytest.fixture
def filled(place: Place) -> Place:
    place.neighbours.config_maps = {
        "switches": {"chat": '{"enabled": true}'},
        "careless": {".env": "DATABASE_URL=postgresql://u:p@h/d", "tls": KEY, "fine": "yes"},
    }
    uploads = {
        "pictures/one.jpg": b"\xff\xd8" * 1_000_000,
        "pictures/empty.txt": b"",
        "of a person/ä ö.txt": "grüße".encode(),
        "config/.env.production": b"SECRET=1",
        "keys/server.pem": KEY.encode(),
        "keys/id_rsa": b"whatever it says",
    }
    for key, content in uploads.items():
        place.client("s3").put_object(Bucket=place.bucket("uploads"), Key=key, Body=content)
    return place


def test_configuration_and_uploads_are_kept_as_they_are(filled: Place) -> None:
    manifest = filled.backed_up("application-state")
    found = _archive(filled, manifest)
    assert found["uploads/pictures/one.jpg"] == b"\xff\xd8" * 1_000_000
    assert found["uploads/pictures/empty.txt"] == b""
    assert found["uploads/of a person/ä ö.txt"].decode() == "grüße"
    switches = json.loads(found["configuration/switches.json"])
    assert switches == {"name": "switches", "data": {"chat": '{"enabled": true}'}}
    assert manifest["state"]["members"] == len(found) == 5


def test_private_keys_and_env_files_are_in_no_backup(filled: Place) -> None:
    manifest = filled.backed_up("application-state")
    found = _archive(filled, manifest)
    everything = b"".join(found.values()) + "".join(found).encode()
    for secret in (b"PRIVATE KEY", b"DATABASE_URL", b"SECRET=1", b"whatever it says", b".env"):
        assert secret not in everything
    left_out = {each["name"]: each["because"] for each in manifest["state"]["left_out"]}
    assert left_out == {
        "configuration/careless/.env": "env file",
        "configuration/careless/tls": "private key",
        "uploads/config/.env.production": "env file",
        "uploads/keys/server.pem": "private key",
        "uploads/keys/id_rsa": "private key",
    }
    assert set(manifest["never"]) >= {"private keys", "env files"}


def test_transcripts_are_a_dump_of_their_own_tables(filled: Place) -> None:
    manifest = filled.backed_up("application-state")
    tables = manifest["state"]["crisis-transcripts"]["tables"]
    assert set(tables) == {"public.crisis_sessions", "public.crisis_messages"}
    assert [each["part"] for each in manifest["objects"]] == ["crisis-transcripts.dump", "tar"]


def test_an_upload_that_ends_early_makes_no_backup(filled: Place) -> None:
    """Its length is said before its content: half of it would shift all that follows."""

    def shorten(request: Any, headers: dict[str, str]) -> None:
        if request.method == "GET" and "one.jpg" in request.path:
            headers["X-Shorten"] = "1"

    filled.door.changed = shorten
    why = filled.run("backup", "application-state").why
    assert "1000000 read, but total bytes expected is 2000000" in why
    assert filled.manifests("application") == []
    assert filled.unfinished("application") == 0


def test_without_the_api_there_is_no_backup_of_the_configuration(filled: Place) -> None:
    filled.changes["state.api"] = "http://127.0.0.1:9"
    assert "the configuration cannot be read" in filled.run("backup", "application-state").why
    assert filled.manifests("application") == []


def test_the_archive_is_verified_to_its_last_byte(filled: Place) -> None:
    filled.backed_up()
    filled.backed_up("application-state")
    ended = filled.run("verify")
    assert ended.code == 0, ended.text
    assert set(filled.neighbours.pushed) == {"job/backup/kind/database", "job/backup/kind/application-state"}
