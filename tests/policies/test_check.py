"""The pack on an exported state, as somebody with other tools and no engine at hand runs it."""

import json
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2]
DATABASE = {"urn": "urn:pulumi:theirs::shop::aws:rds/instance:Instance::orders", "type": "aws:rds/instance:Instance"}


def check(file: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "policies.check", str(file)], cwd=PROJECT, capture_output=True, text=True, check=False
    )


def state(tmp_path: Path, **outputs: object) -> Path:
    file = tmp_path / "state.json"
    file.write_text(json.dumps({"deployment": {"resources": [DATABASE | {"outputs": outputs}]}}))
    return file


def test_what_is_wrong_is_told_with_its_fix(tmp_path: Path) -> None:
    told = check(state(tmp_path, storageEncrypted=False))
    assert told.returncode == 1
    assert "orders: LL-ENC-001 (critical) Databases are encrypted at rest" in told.stdout
    assert "expected true, found false" in told.stdout


def test_a_file_that_is_no_state_is_refused_with_the_next_step(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[]")
    told = check(tmp_path / "x.json")
    assert told.returncode == 2
    assert "pulumi stack export --file" in told.stderr


def test_a_secret_in_a_state_is_not_shown(tmp_path: Path) -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:xyz"}
    told = check(state(tmp_path, storageEncrypted=secret))
    assert "v1:xyz" not in told.stdout
    assert "found (secret)" in told.stdout
